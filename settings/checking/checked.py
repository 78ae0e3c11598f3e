"""One file, checked: what pydantic makes of it, and which parts of it the rules may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from settings.checking.explain import explain
from settings.models.base import Model
from settings.models.declarations import Declaration, declared
from settings.reading.file import YamlFile
from settings.reading.problems import KeyPath, Problem, dotted

M = TypeVar("M", bound=Model)
T = TypeVar("T")


@dataclass(frozen=True)
class Checked(Generic[M]):
    """A file with its model, or with the problems that stand against it.

    The rules read the file through this class. So a mistake in one value keeps no rule from looking at the
    other values, and no rule ever sees a value of the wrong kind.

    A path that neither the file nor the model has is a mistake in the rule: every method that takes a path then
    raises ``LookupError``.
    """

    source: YamlFile
    model: type[M]
    settings: M | None
    """The whole file as settings; ``None`` when it does not fit its model."""
    problems: list[Problem]
    broken: frozenset[KeyPath] = field(default_factory=frozenset)
    """Where something is wrong. ``()`` is the whole file."""

    def sound(self, *path: str | int) -> bool:
        """Tell whether nothing is wrong at this path, around it or below it."""
        self._value(path)
        around = (path[:end] for end in range(len(path) + 1))
        return path not in self._around_broken and self.broken.isdisjoint(around)

    def get(self, *path: str | int) -> Any:
        """Return the value at this path; ``None`` when it is absent, or wrong in any part."""
        return self._value(path) if self.sound(*path) else None

    def given(self, *path: str | int) -> bool:
        """Tell whether the file has this key, right or wrong, or a mistyped key that means it."""
        return self._value(path) is not None or path in self.broken

    def has_keys(self, *path: str | int) -> bool:
        """Tell whether there are keys and values at this path, right or wrong."""
        return isinstance(self._value(path), dict)

    def children(self, *path: str | int) -> Iterator[KeyPath]:
        """Yield the paths of all entries of a list or mapping, right or wrong."""
        holder = self._value(path)
        if isinstance(holder, dict):
            yield from ((*path, key) for key in holder)
        elif isinstance(holder, tuple):
            yield from ((*path, index) for index in range(len(holder)))

    def problem(self, *path: str | int, found: str, allowed: str, fix: str, at_key: bool = False) -> Problem:
        """Make a problem of this file."""
        self._value(path)
        return self.source.problem(path, found=found, allowed=allowed, fix=fix, at_key=at_key)

    def line(self, *path: str | int) -> str:
        """Name file and line of a value: ``config/platform.yaml, line 7``."""
        self._value(path)
        return f"{self.source.name}, line {self.source.place(path).line}"

    def marked(self, marker: type[T]) -> Iterator[Marked[T]]:
        """Yield every place of the file, right or wrong, whose type carries such a marker."""
        for path, declaration, is_key in self._places:
            for found in declaration.markers:
                if isinstance(found, marker):
                    yield Marked(self, path, found, is_key)

    def sections(self, model: type[Model]) -> Iterator[KeyPath]:
        """Yield the path of every section of the file, right or wrong, that is declared as this model."""
        yield from (path for path, declaration, _ in self._places if declaration.model is model)

    @cached_property
    def _around_broken(self) -> set[KeyPath]:
        """Every place with something wrong in it: a rule asks for each place of a file, however long that is."""
        return {path[:end] for path in self.broken for end in range(len(path) + 1)}

    @cached_property
    def _places(self) -> list[tuple[KeyPath, Declaration, bool]]:
        return list(declared(self.model).places(self.source.values))

    def _value(self, path: KeyPath) -> Any:
        value = self.source.get(path)
        if value is None and not declared(self.model).has(path):
            raise LookupError(f"{self.model.__name__} has no key {dotted(path)}")
        return value


@dataclass(frozen=True)
class Marked(Generic[T]):
    """A text of a file whose type carries a marker."""

    file: Checked[Any]
    path: KeyPath
    marker: T
    is_key: bool
    """Whether the text is a key, not a value."""

    @property
    def text(self) -> str | None:
        """The text; ``None`` when it is reported already."""
        if not self.file.sound(*self.path):
            return None
        return str(self.path[-1] if self.is_key else self.file.get(*self.path))

    @property
    def line(self) -> str:
        """File and line."""
        return self.file.line(*self.path)

    def problem(self, found: str, allowed: str, fix: str) -> Problem:
        """Make a problem of this text."""
        return self.file.problem(*self.path, found=found, allowed=allowed, fix=fix, at_key=self.is_key)


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
        return Checked(file, model, None, problems, frozenset({()}))
    try:
        settings = model.model_validate(file.values)
    except ValidationError as error:
        problems, broken = explain(error, model, file)
        return Checked(file, model, None, file.problems + problems, frozenset(broken))
    return Checked(file, model, settings, file.problems)
