"""Names that refer to something in another place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from settings.checking.checked import Checked
from settings.checking.explain import nearest, show
from settings.models.environment import Environment
from settings.models.platform import Platform
from settings.reading.problems import KeyPath, Problem
from settings.rules.pieces import pieces


@dataclass(frozen=True)
class _Names:
    """The names to choose from."""

    where: str
    all: list[str]
    broken: list[str]
    """Those that are reported already: a name like one of them is no second mistake."""


@dataclass(frozen=True)
class _Reference:
    """A place that names something."""

    file: Checked[Any]
    path: KeyPath
    at_key: bool = False

    @property
    def name(self) -> str | None:
        """The name; ``None`` when it is reported already."""
        if not self.file.sound(*self.path):
            return None
        return str(self.path[-1] if self.at_key else self.file.get(*self.path))


def references_exist(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Every pipeline, team and environment that is named somewhere is there."""
    to_pipelines, to_teams = [], []
    for file, path, _ in pieces(platform, environments):
        to_pipelines += [_Reference(file, entry) for entry in file.children(*path, "used_by")]
        to_teams += [_Reference(file, entry) for entry in file.children(*path, "approvers")]
        to_teams += [_Reference(file, entry, at_key=True) for entry in file.children(*path, "permissions")]
    yield from _unknown(to_pipelines, _keys(platform, "pipelines"))
    yield from _unknown(to_teams, _keys(platform, "teams"))
    names = [environment.get("name") for environment in environments]
    if names and None not in names:  # a name that cannot be read may be any of those wanted here
        to_environments = [_Reference(platform, path) for path in platform.children("shared", "environments")]
        yield from _unknown(to_environments, _Names("the files in environments/", names, []))


def _keys(platform: Checked[Platform], section: str) -> _Names | None:
    """Return the keys of a section, also of entries with mistakes; ``None`` when there is no such section."""
    if not isinstance(platform.source.get((section,)), dict):
        return None
    paths = list(platform.children(section))
    return _Names(
        f"{section} in platform.yaml",
        [str(path[-1]) for path in paths],
        [str(path[-1]) for path in paths if path in platform.broken],
    )


def _unknown(references: list[_Reference], names: _Names | None) -> Iterator[Problem]:
    """Yield one problem for each name that is not there, however many places have it."""
    places: dict[str, list[_Reference]] = {}
    for reference in references:
        if names and reference.name and reference.name not in names.all:
            places.setdefault(reference.name, []).append(reference)
    for name, (first, *others) in places.items():
        if names is None or nearest(name, names.broken):
            continue
        meant = nearest(name, names.all)
        also = "".join(
            f", also in {other.file.source.name}, line {other.file.source.place(other.path).line}"
            for other in others
        )
        yield first.file.problem(
            *first.path,
            found=show(name) + also,
            allowed=f"a name from {names.where}: {', '.join(names.all)}",
            fix=f"did you mean {meant}?" if meant else f"add it to {names.where}, or choose one of them",
            at_key=first.at_key,
        )
