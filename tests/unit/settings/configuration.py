"""A copy of the guide that a test may break, with a mark for the place where the report must point."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from syrupy.assertion import SnapshotAssertion

from settings.loader import load_settings
from settings.reading.problems import ConfigurationError, Problem, dotted
from settings.reading.text import Place
from tests.project import copy_configuration

MARK = "«"
PLATFORM, DEV, TEST, PROD = (
    "platform.yaml",
    "environments/dev.yaml",
    "environments/test.yaml",
    "environments/prod.yaml",
)


class Configuration:
    """A copy of the guide in a temporary folder, as a user's ``config/``."""

    def __init__(self, parent: Path, words: SnapshotAssertion) -> None:
        self.folder = copy_configuration(parent)
        self._words = words

    def assert_said(self, paragraph: str) -> None:
        """Check a report on a mistake word for word, but for the place: the words are there for people to read.

        After a change that is meant: ``make generate``, and read the difference in ``__snapshots__``.
        """
        _, _, said = paragraph.partition("\n")
        assert said == self._words

    def edit(self, file: str, old: str, new: str) -> Place:
        """Replace the first ``old``, take the mark out of ``new``, and return its place."""
        text = self.text(file)
        assert old in text, f"{old!r} does not stand in {file}"
        return self.write(file, text.replace(old, new, 1))

    def write(self, file: str, text: str) -> Place:
        """Write a whole file without its mark; return the place of the mark, or else the file's start."""
        path = self.folder / file
        path.write_text(text.replace(MARK, ""), encoding="utf-8")
        before, mark, _ = text.partition(MARK)
        return Place.at(text, len(before) if mark else 0)

    def text(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="utf-8")

    def problems(self) -> list[Problem]:
        """Return all problems, in the order of the report."""
        with pytest.raises(ConfigurationError) as refused:
            load_settings(self.folder)
        return refused.value.problems


class Mistake(NamedTuple):
    """An edit that breaks the configuration, and what the one problem about it must say."""

    file: str
    old: str
    new: str
    """The replacement. The mark stands before the character that the report points at."""
    path: str
    found: str
    allowed: str
    fix: str


def assert_one_problem(configuration: Configuration, mistake: Mistake) -> None:
    """Make the mistake and check that it is reported once, at its place, in the right words."""
    place = configuration.edit(mistake.file, mistake.old, mistake.new)
    problems = configuration.problems()
    assert [dotted(problem.path) for problem in problems] == [mistake.path]
    (problem,) = problems
    assert problem.file == Path("config") / mistake.file
    assert (problem.line, problem.column) == place
    assert mistake.found in problem.found
    assert mistake.allowed in problem.allowed
    assert mistake.fix in problem.fix
    configuration.assert_said(str(problem))
