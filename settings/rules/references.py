"""Names that refer to something in another place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from settings.checked import Checked
from settings.environment import Environment
from settings.explain import nearest, show
from settings.platform import Platform
from settings.problems import KeyPath, Problem
from settings.rules.pieces import pieces


@dataclass(frozen=True)
class _Names:
    """The names to choose from."""

    where: str
    all: list[str]
    broken: list[str]
    """Those that are reported already: a name like one of them is no second mistake."""


def references_exist(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Every pipeline, team and environment that is named somewhere is there."""
    pipelines = _keys(platform, "pipelines")
    teams = _keys(platform, "teams")
    for file, path, _ in pieces(platform, environments):
        for entry in file.children(*path, "used_by"):
            yield from _known(file, entry, file.get(*entry), pipelines)
        for entry in file.children(*path, "approvers"):
            yield from _known(file, entry, file.get(*entry), teams)
        for entry in file.children(*path, "permissions"):
            yield from _known(file, entry, str(entry[-1]), teams, at_key=True)
    names = [environment.get("name") for environment in environments]
    if names and None not in names:  # a name that cannot be read may be any of those wanted here
        known = _Names("the files in environments/", names, [])
        for entry in platform.children("shared", "environments"):
            yield from _known(platform, entry, platform.get(*entry), known)


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


def _known(
    file: Checked[Any], path: KeyPath, name: str | None, names: _Names | None, *, at_key: bool = False
) -> Iterator[Problem]:
    if name is None or names is None or name in names.all or nearest(name, names.broken):
        return
    if at_key and not file.sound(*path):  # the key itself may be what is wrong
        return
    meant = nearest(name, names.all)
    yield file.problem(
        *path,
        found=show(name),
        allowed=f"a name from {names.where}: {', '.join(names.all)}",
        fix=f"did you mean {meant}?" if meant else f"add it to {names.where}, or choose one of them",
        at_key=at_key,
    )
