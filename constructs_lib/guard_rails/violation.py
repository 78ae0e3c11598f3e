"""What a guard-rail says: where, what was found, what is allowed, what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from constructs_lib.guard_rails.allowed import FILE
from settings.reading.problems import paragraph, shorten

Json: TypeAlias = Any
"""A parsed JSON value: whatever an override made of it."""


class Finding(NamedTuple):
    """What was found in one resource, what is allowed there, and what to do."""

    found: str
    allowed: str
    fix: str


Findings: TypeAlias = Iterator[Finding]


@dataclass(frozen=True, kw_only=True)
class Violation:
    """Something a stack must not do: in which construct, what was found, what is allowed, what to do."""

    path: str
    """The construct's path in the app, such as ``mlops-prod/storage``."""
    address: str
    found: str
    allowed: str
    fix: str

    def __str__(self) -> str:
        """Four lines: the construct and its address, then found, allowed and fix."""
        return paragraph(f"{self.path} ({self.address})", self.found, self.allowed, self.fix)


class GuardRailError(Exception):
    """A stack would do what none may. Holds every violation of every stack."""

    def __init__(self, violations: list[Violation]) -> None:
        """Put all of them into the message."""
        self.violations = violations
        count = len(violations)
        head = f"{count} guard-rail{'s' if count != 1 else ''} in the way. Nothing was written."
        super().__init__("\n\n".join([head, *map(str, violations)]))


def unlisted(found: str, allowed: str, fix: str = "take it out") -> Finding:
    """Refuse what is on no list: the remedy names the file in which it could be allowed."""
    return Finding(found, allowed, f"{fix}, or have it reviewed and added to {FILE}")


def shown(value: Json) -> str:
    """Write a value the way Terraform's JSON has it, cut where it is long."""
    if isinstance(value, str) and value.endswith("'s default"):
        return value
    return shorten(json.dumps(value))


def kind_of(value: Json) -> str:
    """Name the kind of a JSON value, for what is not shown itself."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}
    return names.get(type(value), "a number")


def entries(value: Json) -> list[dict[str, Json]]:
    """Return the blocks that Terraform would see, whether one stands there or a list of them."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]
