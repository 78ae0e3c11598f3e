"""Checks of the roles that identities have in Azure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from doctor.live.findings import Finding, Rule


@dataclass(frozen=True)
class Assignment:
    """A role that the Terraform of a stack gives, and whether it is there."""

    stack: str
    address: str
    """In the Terraform, without its type."""
    identity: str
    """Who has the role, by its name in Azure."""
    scope: str
    """On what, by its name in Azure."""
    role: str
    """GUID of the role; empty for one of one's own."""
    there: bool
    waits_for: str = ""
    """What is not there either, without which it cannot be: an address in the Terraform."""


def roles_are_assigned(
    assignments: Iterable[Assignment], names: Mapping[str, str], passed_over: Iterable[str]
) -> Iterator[Finding]:
    """Find roles that the Terraform gives and that are not there.

    ``names`` are those of roles by their GUIDs. Of what is missing as a whole there is one finding, and none where its
    type is one of ``passed_over``.
    """
    others = tuple(f"{name}." for name in passed_over)
    missing: set[tuple[str, str]] = set()
    for one in assignments:
        if one.there:
            continue
        if one.waits_for:
            if not one.waits_for.startswith(others) and (one.stack, one.waits_for) not in missing:
                missing.add((one.stack, one.waits_for))
                yield Finding(
                    Rule.MISSING_RESOURCE,
                    f"{one.waits_for} of {one.stack}",
                    "not in Azure, so that its roles are not either",
                    "what the Terraform of the stack describes",
                    f"make deploy STACK={one.stack} makes it; see first who deleted it",
                )
            continue
        role = names.get(one.role, "of its own") if one.role else "of its own"
        yield Finding(
            Rule.MISSING_ROLE_ASSIGNMENT,
            f"identity {one.identity} on {one.scope}",
            f"no role {role}",
            f"the role {role} ({one.address} of {one.stack})",
            f"make deploy STACK={one.stack} gives it; docs/design.md, Identities and roles, says what for",
        )
