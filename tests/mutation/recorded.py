"""What the tests do without a mutant: that they pass, how long they take, and which of them run which block.

It is kept in ``.cache/mutation``, in a file for each file of tests, as long as neither that nor anything that tests
share has changed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from tests.mutation.areas import AREAS, Area
from tests.mutation.copies import KEPT, Copy
from tests.mutation.mutants import Mutant
from tests.mutation.places import block_of


@dataclass(frozen=True)
class RecordedTest:
    """A test, its seconds, and by file the blocks that it runs: the n-th bit is set for the one at line n."""

    node: str
    seconds: float
    ran: dict[str, int]

    def runs(self, file: str, block: int | None) -> bool:
        """Whether it runs this block; for what stands outside of functions (None), whether it runs any of the file."""
        ran = self.ran.get(file, 0)
        return bool(ran if block is None else ran >> block & 1)


class Recorded:
    """The tests, by the file in which they are."""

    def __init__(self, tests: dict[str, list[RecordedTest]]) -> None:
        """Keep the tests."""
        self._tests = tests

    def seconds(self, area: Area) -> float:
        """Return how long all tests of an area take."""
        return sum(test.seconds for file in area.tests for test in self._tests[file])

    def first(self, area: Area, mutant: Mutant, source: str) -> list[str]:
        """Return the node ids of the tests that run the block of a mutant, those that take little time first.

        The tests of a file stay together: they may share fixtures.
        """
        block = block_of(mutant, source)
        found = []
        for file in area.tests:
            tests = sorted((t.seconds, t.node) for t in self._tests[file] if t.runs(mutant.file, block))
            found.append((sum(seconds for seconds, _ in tests), [node for _, node in tests]))
        return [node for _, nodes in sorted(found) for node in nodes]


def record(copy: Copy, areas: list[Area]) -> Recorded | str:
    """Run the tests of these areas of which it is not known yet what they do; return a failure, if there is one."""
    files = sorted({file for area in areas for file in area.tests})
    shared = _shared(copy)
    keys = {file: _key(copy, shared, file) for file in files}
    unknown = [file for file in files if _kept(file).get("key") != keys[file]]
    failure = _run(copy, unknown, keys) if unknown else None
    return failure or Recorded({file: _tests(_kept(file)) for file in files})


def _shared(copy: Copy) -> bytes:
    """Return a hash of what tests share: the code, the configurations, what is in the folders of the tests."""
    hashed = hashlib.sha256()
    for name in copy.files:
        path = PurePath(name)
        own = ("test_*.py", "*.ambr", "*.md", "Makefile", "tests/mutation/*")
        if not any(path.match(pattern) for pattern in own):
            hashed.update(name.encode() + hashlib.sha256(copy.read(name)).digest())
    return hashed.digest()


def _key(copy: Copy, shared: bytes, file: str) -> str:
    """Return what changes with a file of tests, or with the words that it compares, or with what tests share."""
    path = PurePath(file)
    words = (path.parent / "__snapshots__" / f"{path.stem}.ambr").as_posix()
    content = copy.read(file) + (copy.read(words) if words in copy.files else b"")
    return hashlib.sha256(shared + content).hexdigest()


def _run(copy: Copy, files: list[str], keys: dict[str, str]) -> str | None:
    """Record what these files of tests do; keep it of those that pass, and return what a test says that fails."""
    KEPT.mkdir(parents=True, exist_ok=True)
    out = KEPT / "last.json"
    out.unlink(missing_ok=True)
    sources = [f"--of={source}" for source in sorted({s for area in AREAS for s in area.sources})]
    failure = copy.failure("-p", "tests.mutation.recording", f"--record={out}", *sources, *files)
    found = json.loads(out.read_text()) if out.exists() else {"tests": {}, "ran": {}}
    for file in files:
        tests = {node: test for node, test in found["tests"].items() if node.startswith(f"{file}::")}
        if all(test["passed"] for test in tests.values()) and (tests or not failure):
            contexts = {*tests, *(f"fixture {name}" for test in tests.values() for name in test["fixtures"])}
            ran = {context: found["ran"].get(context, {}) for context in contexts}
            _file(file).write_text(json.dumps({"key": keys[file], "tests": tests, "ran": ran}))
    return failure


def _file(tests: str) -> Path:
    return KEPT / f"{tests.replace('/', '.')}.json"


def _kept(tests: str) -> dict[str, Any]:
    path = _file(tests)
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def _tests(kept: dict[str, Any]) -> list[RecordedTest]:
    """Return the tests with all that they run: also what a fixture runs for all who use it."""
    ran = {
        context: {file: int(bits, 16) for file, bits in files.items()}
        for context, files in kept["ran"].items()
    }
    tests = []
    for node, test in kept["tests"].items():
        own = dict(ran[node])
        for name in test["fixtures"]:
            for file, bits in ran[f"fixture {name}"].items():
                own[file] = own.get(file, 0) | bits
        tests.append(RecordedTest(node, test["seconds"], own))
    return tests
