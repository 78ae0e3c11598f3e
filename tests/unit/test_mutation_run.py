"""A mutation run knows which tests run what, runs those first, and all others too."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mutation.areas import Area
from tests.mutation.mutants import mutants
from tests.mutation.places import RAN, block_of, reporting
from tests.mutation.recorded import Recorded, RecordedTest
from tests.project import REPOSITORY

CODE = '''"""What is tested."""

TABLE = ["a", "b"]


def size(value: int) -> str:
    """A docstring stays one."""
    if value > 9:
        return "large"
    for item in TABLE:
        if value == len(item):
            return (
                "one"
            )
    return "small"


def load() -> list[str]:
    return [*TABLE, "c"]
'''
CONFTEST = """import pytest
from code_of_it.module import load

@pytest.fixture(scope="session")
def loaded():
    return load()
"""
TESTS = """from code_of_it.module import size

def test_large(loaded): assert size(10) == "large"
def test_other(loaded): assert loaded
def test_one(): assert size(1) == "one"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "code_of_it").mkdir()
    (tmp_path / "code_of_it/module.py").write_text(CODE)
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(TESTS)
    return tmp_path


def run_pytest(project: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def blocks(ran: dict[str, dict[str, str]], context: str) -> set[int]:
    """Return the lines of the blocks that ran."""
    bits = int(ran[context].get("code_of_it/module.py", "0"), 16)
    return {line for line in range(bits.bit_length()) if bits >> line & 1}


def test_each_test_is_known_by_the_blocks_that_it_runs(project: Path) -> None:
    out = project / "out.json"
    run_pytest(project, "-p", "tests.mutation.recording", f"--record={out}", "--of=code_of_it")
    found: dict[str, Any] = json.loads(out.read_text())
    assert all(test["passed"] for test in found["tests"].values())
    assert blocks(found["ran"], "test_it.py::test_large") == {7, 9}
    assert blocks(found["ran"], "test_it.py::test_one") == {7, 11, 12}
    # What a shared fixture runs is the fixture's, of whoever is first.
    assert blocks(found["ran"], "fixture loaded") == {19}
    assert "loaded" in found["tests"]["test_it.py::test_other"]["fixtures"]
    assert "test_it.py::test_other" not in found["ran"]


def test_tests_that_are_named_come_first_and_the_others_after_them(project: Path) -> None:
    (project / "order").write_text("test_it.py::test_one\n")
    printed = run_pytest(project, "-p", "tests.mutation.ordering", f"--order={project / 'order'}", "-v")
    ran = [line.split()[0] for line in printed.splitlines() if "PASSED" in line]
    assert ran == [f"test_it.py::{name}" for name in ("test_one", "test_large", "test_other")]


def test_a_module_that_reports_does_what_it_did() -> None:
    ran: list[int] = []
    names: dict[str, Any] = {RAN: ran.append}
    exec(compile(reporting(CODE.encode()), "module.py", "exec"), names)  # noqa: S102  # CODE, above
    assert [names["size"](value) for value in (10, 1, 2)] == ["large", "one", "small"]
    assert names["size"].__doc__ == "A docstring stays one."
    assert ran[:2] == [7, 9]


def test_a_mutant_stands_in_the_innermost_block() -> None:
    found = {m.change.partition(" -> ")[0]: block_of(m, CODE) for m in mutants("module.py", CODE)}
    assert [found[old] for old in ('"a"', "9", '"large"', "value == len(item)", '"one"', '"small"')] == [
        *(None, 7, 9, 11, 12, 7)
    ]


@pytest.mark.parametrize("folder", ["settings", "stacks", "doctor", "sandbox", "constructs_lib"])
def test_every_module_can_report(folder: str) -> None:
    for path in (REPOSITORY / folder).rglob("*.py"):
        source = path.read_bytes()
        compile(reporting(source), str(path), "exec")
        assert ast.get_docstring(reporting(source)) == ast.get_docstring(ast.parse(source))


def test_the_tests_of_a_block_come_first_the_quick_ones_before_the_others() -> None:
    area = Area("any", ("code_of_it",), ("test_a.py", "test_b.py"))
    ran = {"code_of_it/module.py": 1 << 9}
    recorded = Recorded(
        {
            "test_a.py": [
                RecordedTest("a::slow", 3, ran),
                RecordedTest("a::quick", 1, ran),
                RecordedTest("a::other", 0, {}),
            ],
            "test_b.py": [RecordedTest("b::quick", 2, ran)],
        }
    )
    by_change = {m.change.partition(" -> ")[0]: m for m in mutants("code_of_it/module.py", CODE)}
    large, table = by_change['"large"'], by_change["without 'b'"]
    assert recorded.first(area, large, CODE) == ["b::quick", "a::quick", "a::slow"]
    assert recorded.first(area, table, CODE) == ["b::quick", "a::quick", "a::slow"]
    assert recorded.first(area, by_change['"c"'], CODE) == []
    assert recorded.seconds(area) == 6
