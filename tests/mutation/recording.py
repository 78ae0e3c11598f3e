"""A pytest plugin that writes down which test runs which block of the code that is mutated.

``pytest -p tests.mutation.recording --record FILE --of FOLDER ...``. What a fixture runs that several tests share
is written down for the fixture: it runs only once, before the first of them.

Modules report their blocks themselves, as they are imported. Tracing, as coverage does it with this Python, made the
tests of the settings take three times as long.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

from tests.mutation.places import RAN, reporting


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the file to write, and the folders whose blocks are meant."""
    parser.addoption("--record", type=Path, required=True)
    parser.addoption("--of", action="append", default=[])


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begin before anything is imported that is tested: the first conftest does so."""
    options = early_config.known_args_namespace
    recorder = _Recorder(options.record)
    early_config.pluginmanager.register(recorder)
    sys.meta_path.insert(0, _Finder(early_config.rootpath, options.of, recorder.ran))


class _Recorder:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._tests: dict[str, dict[str, Any]] = {}
        self._context = ""
        self._ran: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def ran(self, file: str) -> Callable[[int], None]:
        """Return what the module calls with the line of a block."""

        def block(line: int) -> None:
            self._ran[self._context][file] |= 1 << line

        return block

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        fixtures = getattr(item, "fixturenames", [])
        self._tests[item.nodeid] = {"seconds": 0.0, "passed": True, "fixtures": fixtures}
        return (yield from self._in(item.nodeid))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        shared = fixturedef.scope != "function"
        return (yield from self._in(f"fixture {fixturedef.argname}" if shared else self._context))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = self._tests[report.nodeid]
        test["seconds"] += report.duration
        test["passed"] &= not report.failed

    def pytest_sessionfinish(self) -> None:
        # The n-th bit of a number is set for the block at line n.
        ran = {
            context: {file: f"{bits:x}" for file, bits in files.items()}
            for context, files in self._ran.items()
        }
        self._file.write_text(json.dumps({"tests": self._tests, "ran": ran}))

    def _in(self, context: str) -> Generator[None, object, object]:
        before, self._context = self._context, context
        try:
            return (yield)
        finally:
            self._context = before


class _Finder(PathFinder):
    """Finds the modules that report."""

    def __init__(self, root: Path, folders: list[str], ran: Callable[[str], Callable[[int], None]]) -> None:
        self._root, self._folders, self._ran = root, [root / folder for folder in folders], ran

    def find_spec(  # type: ignore[override]  # a class method there
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        found = PathFinder.find_spec(fullname, path, target)
        if found and isinstance(found.loader, SourceFileLoader):
            file = Path(found.loader.path)
            if any(file.is_relative_to(folder) for folder in self._folders):
                report = self._ran(file.relative_to(self._root).as_posix())
                found.loader = _Loader(fullname, found.loader.path, report)
                return found
        return None


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, report: Callable[[int], None]) -> None:
        super().__init__(fullname, path)
        self._report = report

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(reporting(self.get_data(self.path)), self.path, "exec", dont_inherit=True)
        return code

    def exec_module(self, module: ModuleType) -> None:
        vars(module)[RAN] = self._report
        super().exec_module(module)
