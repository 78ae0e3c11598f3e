"""What is mutated, and the tests that are to notice.

Snapshots are left out: they notice everything and explain nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.mutation.mutants import Mutant, mutants
from tests.project import REPOSITORY


@dataclass(frozen=True)
class Area:
    """Files that the same tests are about."""

    name: str
    sources: tuple[str, ...]
    """Folders, whose modules are mutated."""
    tests: tuple[str, ...]
    """Test files and folders, in the order in which they run."""


_CONSTRUCTS = ("tests/guide", "tests/unit/constructs", "tests/unit/stacks", "tests/unit/bindings")
_DOCTOR = (
    "corpus",
    "examine",
    "words",
    "expressions",
    "sarif",
)  # the others notice only what breaks altogether
AREAS = (
    Area("azure", ("constructs_lib/azure",), _CONSTRUCTS),
    Area("devops", ("constructs_lib/devops",), _CONSTRUCTS),
    Area("stacks", ("stacks",), _CONSTRUCTS),
    Area("guard-rails", ("constructs_lib/guard_rails",), ("tests/unit/guard_rails",)),
    Area("settings", ("settings",), ("tests/unit/settings", "tests/guide", "tests/unit/stacks")),
    Area("doctor", ("doctor",), tuple(f"tests/unit/doctor/test_{name}.py" for name in _DOCTOR)),
    Area("cloud", ("sandbox/cloud", "sandbox/provider"), ("tests/unit/sandbox",)),
    Area("services", ("sandbox/services",), ("tests/unit/sandbox",)),
)


def mutants_of(area: Area, root: Path = REPOSITORY) -> list[Mutant]:
    """Return the mutants of all files of an area."""
    files = sorted(path for folder in area.sources for path in (root / folder).rglob("*.py"))
    return [m for path in files for m in mutants(path.relative_to(root).as_posix(), path.read_text())]
