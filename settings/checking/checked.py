"""One file, checked: what pydantic makes of it, and which parts of it the rules may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from settings.checking.explain import explain
from settings.models.base import Model
from settings.reading.file import YamlFile
from settings.reading.problems import KeyPath, Problem

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Checked(Generic[M]):
    """A file with its model, or with the problems that stand against it.

    The rules read the file through this class. So a mistake in one value keeps no rule from looking at the
    other values, and no rule ever sees a value of the wrong kind.
    """

    source: YamlFile
    settings: M | None
    """The whole file as settings; ``None`` when it does not fit its model."""
    problems: list[Problem]
    broken: frozenset[KeyPath] = field(default_factory=frozenset)
    """Where something is wrong. ``()`` is the whole file."""

    def sound(self, *path: str | int) -> bool:
        """Tell whether nothing is wrong at this path, around it or below it."""
        return not any(path[: len(bad)] == bad or bad[: len(path)] == path for bad in self.broken)

    def get(self, *path: str | int) -> Any:
        """Return the value at this path; ``None`` when it is absent, or wrong in any part."""
        return self.source.get(path) if self.sound(*path) else None

    def given(self, *path: str | int) -> bool:
        """Tell whether the file has this key, right or wrong, or a mistyped key that means it."""
        return self.source.get(path) is not None or path in self.broken

    def children(self, *path: str | int) -> Iterator[KeyPath]:
        """Yield the paths of all entries of a list or mapping, right or wrong."""
        holder = self.source.get(path)
        if isinstance(holder, dict):
            yield from ((*path, key) for key in holder)
        elif isinstance(holder, tuple):
            yield from ((*path, index) for index in range(len(holder)))

    def problem(self, *path: str | int, found: str, allowed: str, fix: str, at_key: bool = False) -> Problem:
        """Make a problem of this file."""
        return self.source.problem(path, found=found, allowed=allowed, fix=fix, at_key=at_key)


def check(model: type[M], file: YamlFile) -> Checked[M]:
    """Validate the file against its model."""
    if not isinstance(file.values, dict):
        problems = file.problems or [
            file.problem(
                (),
                found="a file without keys and values",
                allowed="keys and values",
                fix="write one key and value a line",
            )
        ]
        return Checked(file, None, problems, frozenset({()}))
    try:
        settings = model.model_validate(file.values)
    except ValidationError as error:
        problems, broken = explain(error, model, file)
        return Checked(file, None, file.problems + problems, frozenset(broken))
    return Checked(file, settings, file.problems)
