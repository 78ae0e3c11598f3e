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
    """Test files, in the order in which they run."""


def _files(folder: str, *first: str, without: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the test files of a folder: those that say most in little time first, and some not at all."""
    names = {path.stem.removeprefix("test_") for path in (REPOSITORY / folder).glob("test_*.py")}
    others = sorted(names - {*first, *without})
    return tuple(f"{folder}/test_{name}.py" for name in (*first, *others))


def _command(name: str) -> str:
    """Return the test file of a command: what a module does shows in what the command says."""
    return f"tests/unit/cli/test_{name}.py"


_GUIDE, _STACKS = _files("tests/guide"), _files("tests/unit/stacks")
_CONSTRUCTS = (
    *_GUIDE,
    *_files("tests/unit/constructs"),
    *_STACKS,
    *_files("tests/unit/bindings", without=("assembly",)),  # how bindings are loaded, and slow
)
_SETTINGS = _files(
    "tests/unit/settings",
    *("schema", "texts", "types", "values", "variables", "rules", "rules_across_files", "checked"),
    without=("any_input", "sizes"),  # they notice only what crashes, and what takes long
)
_DOCTOR = _files(
    "tests/unit/doctor",
    *("corpus", "examine", "words", "expressions", "sarif"),
    without=("any_pipeline",),  # it notices only what breaks altogether
)
_LIVE = _files("tests/unit/doctor/live")
_CLOUD = _files(
    "tests/unit/sandbox",
    *("store", "values", "planning", "faults", "serving", "cloud", "library"),
    without=("commands",),  # about the sandbox's commands, and slow
)
_SERVICES = _files(
    "tests/unit/sandbox",
    *("declarations", "devops", "azure_checks", "azure_platform", "azure_habits"),
    without=("commands", "providers", "serving", "cloud", "store", "faults", "values"),
)
_DEPLOYING = ("stacks", "unlock", "bootstrap")
AREAS = (
    Area("azure", ("constructs_lib/azure",), _CONSTRUCTS),
    Area("devops", ("constructs_lib/devops",), _CONSTRUCTS),
    Area("stacks", ("stacks",), _CONSTRUCTS),
    Area("guard-rails", ("constructs_lib/guard_rails",), _files("tests/unit/guard_rails")),
    Area("settings", ("settings",), (*_SETTINGS, *_GUIDE, *_STACKS)),
    Area("doctor", ("doctor",), (*_DOCTOR, *_LIVE)),
    Area("cloud", ("sandbox/cloud", "sandbox/provider"), _CLOUD),
    Area("services", ("sandbox/services",), _SERVICES),
    Area("rest", ("sandbox/rest",), _files("tests/unit/sandbox/rest")),
    Area("client", ("client",), _files("tests/unit/client")),
    Area("adoption", ("adoption",), (*_files("tests/unit/adoption"), _command("adopt"))),
    Area("plans", ("plans",), (*_files("tests/unit/plans"), _command("plans"))),
    Area("library", ("library",), (*_files("tests/unit/library"), _command("library"))),
    Area("report", ("report",), (*_files("tests/unit/report"), _command("report"))),
    Area("deployment", ("deployment",), (*_files("tests/unit/deployment"), *map(_command, _DEPLOYING))),
)


def mutants_of(area: Area, root: Path = REPOSITORY) -> list[Mutant]:
    """Return the mutants of all files of an area."""
    files = sorted(path for folder in area.sources for path in (root / folder).rglob("*.py"))
    return [m for path in files for m in mutants(path.relative_to(root).as_posix(), path.read_text())]
