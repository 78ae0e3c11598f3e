"""The direction of imports, as docs/design.md draws it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.project import REPOSITORY

FORBIDDEN = {
    "facts": [
        "cdktf",
        "constructs",
        "constructs_lib",
        "stacks",
        "settings",
        "deployment",
        "client",
        "sandbox",
        "report",
        "library",
        "cli",
        "checks",
    ],
    "files": [
        "cdktf",
        "constructs",
        "constructs_lib",
        "stacks",
        "settings",
        "deployment",
        "facts",
        "client",
        "sandbox",
        "report",
        "library",
        "cli",
        "checks",
    ],
    "deployment": [
        "cdktf",
        "constructs",
        "constructs_lib",
        "stacks",
        "settings",
        "facts",
        "client",
        "sandbox",
        "report",
        "library",
        "cli",
        "checks",
    ],
    "client": [
        *(
            "cdktf",
            "constructs",
            "constructs_lib",
            "stacks",
            "settings",
            "deployment",
            "doctor",
            "facts",
            "files",
            "sandbox",
            "report",
            "library",
            "cli",
            "checks",
        ),
    ],
    "sandbox": [
        "cdktf",
        "constructs",
        "constructs_lib",
        "stacks",
        "settings",
        "client",
        "report",
        "library",
        "cli",
        "checks",
    ],
    "adoption": [
        *(
            "cdktf",
            "constructs",
            "constructs_lib",
            "stacks",
            "doctor",
            "files",
            "sandbox",
            "report",
            "cli",
            "checks",
        ),
    ],
    "cli": ["cdktf", "constructs", "constructs_lib", "stacks", "sandbox", "checks"],
    "doctor": [
        *(
            "cdktf",
            "constructs",
            "constructs_lib",
            "stacks",
            "deployment",
            "facts",
            "files",
            "sandbox",
            "report",
            "library",
            "cli",
            "checks",
        ),
    ],
    "plans": [
        *("cdktf", "constructs", "constructs_lib", "stacks", "sandbox", "doctor", "report", "cli", "checks"),
    ],
    "report": [
        "cdktf",
        "constructs",
        "constructs_lib",
        "stacks",
        "facts",
        "files",
        "sandbox",
        "library",
        "cli",
        "checks",
    ],
    "library": [
        *(
            "cdktf",
            "constructs",
            "constructs_lib",
            "stacks",
            "deployment",
            "facts",
            "sandbox",
            "report",
            "cli",
            "checks",
        ),
    ],
    "settings": [
        *(
            "cdktf",
            "constructs",
            "constructs_lib",
            "stacks",
            "deployment",
            "client",
            "sandbox",
            "doctor",
            "report",
            "library",
            "cli",
            "checks",
        ),
    ],
    "stacks": ["constructs_lib.bindings", "client", "library", "sandbox", "report", "checks"],
    "constructs_lib": ["deployment", "client", "library", "report", "checks"],
    # A stack, not any construct: addresses are flat (ADR 2).
    "constructs_lib/azure": [
        "constructs",
        "stacks",
        "constructs_lib.devops",
        "settings.models.environment",
        "settings.loader",
    ],
    "constructs_lib/devops": ["constructs", "stacks", "settings.models.environment", "settings.loader"],
    "constructs_lib/bindings": ["stacks", "settings", "constructs_lib.azure", "constructs_lib.devops"],
}

# Layers of a room, the lowest first: each may import those below it, and its own.
LAYERS = {
    "adoption": [
        *("wanted", "references", "outcome", "azure", "devops", "search"),
        *("setting", "plan", "state", "result", "report"),
    ],
    "sandbox": ["tls", "cloud", "services", "provider", "rest", "commands"],
    "client": [
        *("errors", "fields", "calls", "waiting", "sign_in", "answers", "api"),
        *("services", "azure", "devops"),
    ],
    "settings": ["reading", "models", "checking", "rules", "loader", "variables_table"],
    "doctor": ["findings", "platform", "reading", "checks", "examine", "sarif", "live"],
    "plans": [
        *(
            "stateful",
            "hiding",
            "changes",
            "reading",
            "markdown",
            "azure_cli",
            "terraform",
            "blobs",
            "channels",
        ),
        *("saved", "pipeline", "affected", "comment", "gates", "stack_list"),
    ],
    "library": ["editing", "pull"],
    "report": ["words", "terraform", "steps", "content", "page"],
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_does_not_import_what_it_must_not_know(room: str) -> None:
    files = sorted((REPOSITORY / room).rglob("*.py"))
    assert files
    wrong = [
        f"{path.relative_to(REPOSITORY)} imports {name}"
        for path in files
        for name in imports(path)
        if any(name == other or name.startswith(f"{other}.") for other in FORBIDDEN[room])
    ]
    assert wrong == []


def test_every_ban_names_something_that_is_there() -> None:
    names = {name for names in FORBIDDEN.values() for name in names}
    assert [name for name in sorted(names) if find_spec(name) is None] == []


def test_the_table_names_every_part_that_stacks_have() -> None:
    (row,) = re.findall(r"^\| `stacks/` .*$", (REPOSITORY / "docs" / "design.md").read_text(), re.M)
    parts = {path.stem for path in (REPOSITORY / "stacks").glob("[a-z]*.py")}
    # Those with a class are named by it.
    assert parts - {"registry", "environment", "state"} - set(re.findall(r"`(\w+)`", row)) == set()


@pytest.mark.parametrize("room", LAYERS)
def test_a_layer_imports_only_what_lies_below_it(room: str) -> None:
    layers = LAYERS[room]
    outside = {
        path.relative_to(REPOSITORY / room).parts[0].removesuffix(".py")
        for path in (REPOSITORY / room).rglob("*.py")
    } - {*layers, "__init__", "__main__"}
    assert outside == set(), "say in LAYERS where this lies"
    wrong = []
    arrows = set()
    for path in sorted((REPOSITORY / room).rglob("*.py")):
        layer = path.relative_to(REPOSITORY / room).parts[0].removesuffix(".py")
        for name in imports(path):
            if layer in layers and name.startswith(f"{room}."):
                other = name.split(".")[1]
                arrows.add((layer, other))
                if layers.index(other) > layers.index(layer):
                    wrong.append(f"{path.relative_to(REPOSITORY)} imports {name}")
    assert wrong == []
    assert arrows, "no layer imports another: the names above are wrong"


def test_the_doors_of_the_sandbox_know_nothing_of_each_other() -> None:
    for one, other in (("rest", "provider"), ("provider", "rest")):
        names = {name for path in (REPOSITORY / "sandbox" / one).rglob("*.py") for name in imports(path)}
        assert [name for name in sorted(names) if f"{name}.".startswith(f"sandbox.{other}.")] == []


def test_constructs_and_stacks_know_no_environment_by_name() -> None:
    names = {'"dev"', '"test"', '"mlops-dev', '"mlops-test', '"mlops-prod'}
    wrong = [
        f"{path.relative_to(REPOSITORY)}: {name}"
        for room in ("constructs_lib", "stacks")
        for path in (REPOSITORY / room).rglob("*.py")
        for name in names
        if name in path.read_text()
    ]
    assert wrong == []


def test_every_construct_has_a_test_of_its_own() -> None:
    constructs = {
        path.stem
        for room in ("azure", "devops")
        for path in (REPOSITORY / "constructs_lib" / room).glob("[!_]*.py")
    }
    tests = {
        path.stem.removeprefix("test_") for path in (REPOSITORY / "tests/unit/constructs").glob("test_*")
    }
    assert constructs - tests == set()


def test_no_test_imports_a_conftest() -> None:
    """Its fixtures come by their names; what tests import stands in a module of its own."""
    wrong = [
        f"{path.relative_to(REPOSITORY)} imports {name}"
        for path in (REPOSITORY / "tests").rglob("*.py")
        if ".venv" not in path.parts  # checkov's environment
        for name in imports(path)
        if "conftest" in name.split(".")
    ]
    assert wrong == []


@pytest.mark.parametrize("theirs", ["config/platform.yaml", "checks/skips.yaml"])
def test_no_test_reads_what_belongs_to_the_user(theirs: str) -> None:
    """Whatever they write there, the project's own tests stay green."""
    with pytest.raises(AssertionError, match=f"do not read {theirs}"):
        (REPOSITORY / theirs).read_text()
