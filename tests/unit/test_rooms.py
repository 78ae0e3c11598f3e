"""The direction of imports, as docs/design.md draws it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

FORBIDDEN = {
    "sandbox": ["cdktf", "constructs", "constructs_lib", "stacks", "settings", "cli"],
    "cli": ["cdktf", "constructs", "constructs_lib", "stacks"],
    "settings": ["cdktf", "constructs", "constructs_lib", "stacks", "sandbox"],
    "stacks": ["constructs_lib.bindings", "sandbox"],
    "constructs_lib/azure": ["stacks", "constructs_lib.devops", "settings.environment", "settings.loader"],
    "constructs_lib/devops": ["stacks", "settings.environment", "settings.loader"],
    "constructs_lib/bindings": ["stacks", "settings", "constructs_lib.azure", "constructs_lib.devops"],
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
