"""What no stack may do, whatever code or override made it do so: looked for in the Terraform itself.

This reads what Terraform will read, after cdktf has written it and before anybody can deploy it. A cdktf aspect
would see the constructs instead: it misses overrides, and costs a call from Node for every one of them.

``allowed`` lists what a stack may contain. ``sections`` and ``arguments`` hold the Terraform to it, ``texts`` and
``references`` every expression in it; ``rules``, ``network``, ``azapi`` and ``roles`` say what single types must be.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import partial
from pathlib import Path

from constructs_lib.guard_rails.arguments import Arguments, is_known
from constructs_lib.guard_rails.azapi import azapi_is_allowed, azapi_is_closed, question_is_allowed
from constructs_lib.guard_rails.network import lets_in_only_private_networks
from constructs_lib.guard_rails.references import Declared, Owner
from constructs_lib.guard_rails.roles import role_is_allowed
from constructs_lib.guard_rails.rules import (
    Body,
    entra_group_stays,
    is_closed,
    is_tagged,
    only_comments,
    storage_uses_tls,
    variable_holds_no_secret,
)
from constructs_lib.guard_rails.sections import section_findings
from constructs_lib.guard_rails.texts import too_deep
from constructs_lib.guard_rails.violation import (
    Finding,
    Findings,
    GuardRailError,
    Json,
    Violation,
    kind_of,
)

__all__ = ["GuardRailError", "Violation", "check", "violations"]


def check(
    outdir: Path,
    *,
    private: Iterable[str],
    tags: Iterable[str],
    own_tags: Mapping[str, Iterable[str]] | None = None,
) -> None:
    """Check every stack that cdktf has written to ``outdir``.

    ``private`` names the stacks that public networks must not reach, ``tags`` the tags that every resource
    has, and ``own_tags`` those that the resources of single stacks have beside them. Raises :class:`GuardRailError`.
    """
    closed, wanted, more = set(private), set(tags), own_tags or {}
    found: list[Violation] = []
    for path in sorted(path for path in outdir.rglob("*") if not path.is_dir() or path.is_symlink()):
        where = path.relative_to(outdir).as_posix()
        if path.is_symlink() or not (where == "manifest.json" or path.match("stacks/*/cdk.tf.json")):
            finding = Finding(
                "a file that no stack is made of", "cdk.tf.json of each stack", "do not write it"
            )
            found.append(_violation(where, "file", finding))
            continue
        if where == "manifest.json":
            continue
        stack = path.parent.name
        try:
            terraform = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_without_doubles)
        except (ValueError, RecursionError) as error:
            finding = Finding(f"no JSON: {error}", "the form that cdktf writes", "write it with cdktf alone")
            found.append(_violation(stack, where, finding))
            continue
        found += violations(
            terraform, stack=stack, private=stack in closed, tags=wanted.union(more.get(stack, ()))
        )
    if found:
        raise GuardRailError(found)


def violations(
    terraform: Json, *, private: bool, tags: set[str], stack: str = "the stack"
) -> Iterator[Violation]:
    """Yield everything that one stack, of whatever shape, must not do. ``stack`` is its name, for the report."""
    if not isinstance(terraform, dict):
        finding = Finding(f"{kind_of(terraform)} as a stack", "an object", "write it with cdktf alone")
        yield _violation(stack, stack, finding)
        return
    if too_deep(terraform):
        finding = Finding("objects in objects without an end", "what Terraform can read", "write less of it")
        yield _violation(stack, stack, finding)
        return
    declared = Declared(terraform)
    rules: list[Callable[[str, Body], Findings]] = [
        storage_uses_tls,
        entra_group_stays,
        only_comments,
        variable_holds_no_secret,
        lets_in_only_private_networks,
        azapi_is_allowed,
        role_is_allowed,
        *([is_closed, azapi_is_closed] if private else []),
        partial(is_tagged, tags),
    ]
    for section, value in terraform.items():
        if section not in ("resource", "data"):
            for address, finding in section_findings(section, value, declared):
                yield _violation(stack, address, finding)
            continue
        for type_, name, body in _declarations(section, value):
            address = f"{'data.' if section == 'data' else ''}{type_}.{name}"
            if not isinstance(body, dict):
                finding = Finding(
                    f"{kind_of(body)} where an object belongs", "the form that cdktf writes", "do so"
                )
                yield _violation(stack, address, finding)
                continue
            for finding in _resource_findings(section, type_, body, declared, rules, tags):
                yield _violation(_path(body, name), address, finding)


def _resource_findings(
    section: str,
    type_: str,
    body: Body,
    declared: Declared,
    rules: Iterable[Callable[[str, Body], Findings]],
    tags: Set[str],
) -> Findings:
    unknown = list(is_known(section, type_))
    if unknown:
        yield from unknown
        return
    yield from Arguments(declared, Owner(section=section, type=type_, body=body), tags).findings()
    for rule in rules if section == "resource" else [question_is_allowed]:
        yield from rule(type_, body)


def _declarations(section: str, value: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield type, name and body of each resource; whatever is no object on the way there stands for a body."""
    if not isinstance(value, dict):
        yield section, "", value
        return
    for type_, bodies in value.items():
        if isinstance(bodies, dict):
            for name, body in bodies.items():
                yield type_, name, body
        else:
            yield type_, "", bodies


def _path(body: Body, name: str) -> str:
    """Return the construct's path as cdktf wrote it down."""
    path: Json = body
    for key in ("//", "metadata", "path"):
        path = path.get(key) if isinstance(path, dict) else None
    return path if isinstance(path, str) else name


def _violation(path: str, address: str, finding: Finding) -> Violation:
    return Violation(
        path=path, address=address, found=finding.found, allowed=finding.allowed, fix=finding.fix
    )


def _without_doubles(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Refuse a key that stands twice: Terraform would read both, Python only the second."""
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a key that stands twice"
        raise ValueError(message)
    return found
