"""Names that refer to something in another place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from settings.checking.checked import Checked, Marked
from settings.checking.explain import MOST_COMPARED, nearest, show
from settings.models.environment import Environment
from settings.models.markers import RefersTo
from settings.models.platform import Platform
from settings.reading.problems import Problem, listed


@dataclass(frozen=True)
class _Names:
    """The names to choose from."""

    where: str
    all: dict[str, None]
    """In the order of the file."""
    broken: list[str]
    """Those that are reported already: a name like one of them is no second mistake."""


def references_exist(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Every pipeline, team and environment that is named somewhere is there."""
    files: list[Checked[Any]] = [platform, *environments]
    references: dict[str, list[Marked[RefersTo]]] = {}
    for reference in (reference for file in files for reference in file.marked(RefersTo)):
        sign = reference.marker.unless
        if not (sign and sign in (reference.text or "")):
            references.setdefault(reference.marker.section, []).append(reference)
    for section, found in references.items():
        names = _environments(environments) if section == "environments" else _keys(platform, section)
        if names:
            yield from _unknown(found, names)


def _environments(environments: list[Checked[Environment]]) -> _Names | None:
    """Return the names of the environments; ``None`` when one cannot be read, for it may be any name."""
    names = [environment.get("name") for environment in environments]
    return (
        None if not names or None in names else _Names("the files in environments/", dict.fromkeys(names), [])
    )


def _keys(platform: Checked[Platform], section: str) -> _Names | None:
    """Return the keys of a section, also of entries with mistakes; ``None`` when there is no such section."""
    if not platform.has_keys(section):
        return None
    paths = list(platform.children(section))
    return _Names(
        f"{section} in platform.yaml",
        dict.fromkeys(str(path[-1]) for path in paths),
        [str(path[-1]) for path in paths if path in platform.broken],
    )


def _unknown(references: list[Marked[RefersTo]], names: _Names) -> Iterator[Problem]:
    """Yield one problem for each name that is not there, however many places have it."""
    places: dict[str, list[Marked[RefersTo]]] = {}
    for reference in references:
        if reference.text and reference.text not in names.all:
            places.setdefault(reference.text, []).append(reference)
    known = list(names.all)
    choice = f"a name from {names.where}: {listed(known)}"
    for index, (name, (first, *others)) in enumerate(places.items()):
        compared = index < MOST_COMPARED
        if compared and nearest(name, names.broken):
            continue
        meant = nearest(name, known) if compared else None
        also = listed([f"also in {other.line}" for other in others])
        yield first.problem(
            found=f"{show(name)}, {also}" if also else show(name),
            allowed=choice,
            fix=f"did you mean {meant}?" if meant else f"add it to {names.where}, or choose one of them",
        )
