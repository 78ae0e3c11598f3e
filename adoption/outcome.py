"""What came of looking for one resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Found:
    """It is there."""

    import_id: str
    """What ``terraform import`` takes."""
    attributes: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What others may refer to, by Terraform's names."""
    note: str = ""
    """What is worth knowing of it before a plan."""


@dataclass(frozen=True)
class Missing:
    """It is not there. ``waits_for`` names what has to be there first, if that is why."""

    waits_for: str = ""


@dataclass(frozen=True)
class Several:
    """There is more than one of it, and none is chosen."""

    import_ids: Sequence[str]


@dataclass(frozen=True)
class Unclear:
    """Nobody knows: the service did not say, or something else is in its place. ``fix`` is what to do about it."""

    why: str
    fix: str


Outcome: TypeAlias = Found | Missing | Several | Unclear
