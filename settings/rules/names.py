"""Names that are taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from settings.checking.checked import Checked, Marked
from settings.checking.explain import show
from settings.models.environment import Environment
from settings.models.markers import Unique
from settings.models.platform import Platform
from settings.reading.problems import Problem

# The platform's own stacks are called mlops-registry and mlops-state.
_TAKEN = ("registry", "state")
_HINTS = {"": "", "-": " (hyphens do not count)", "_": " (underscores do not count)"}


def stacks_keep_their_names(environment: Checked[Environment]) -> Iterator[Problem]:
    """Call no environment like a stack of the platform."""
    if environment.get("name") in _TAKEN:
        yield environment.problem(
            "name",
            found=show(environment.get("name")),
            allowed=f"another name: the platform has stacks for {' and '.join(_TAKEN)}",
            fix="choose another name",
        )


def names_are_unique(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """No two things of a kind have the same name."""
    files: list[Checked[Any]] = [platform, *environments]
    same: dict[tuple[str, str, str], list[Marked[Unique]]] = {}
    for name in (name for file in files for name in file.marked(Unique)):
        text, within, unique = name.text, _within(name), name.marker
        if text is not None and within is not None:
            bare = text.replace(unique.without, "") if unique.without else text
            same.setdefault((unique.kind, within.lower(), bare.lower()), []).append(name)
    for names in same.values():
        first = max(names, key=_fits_its_file)  # of several the first
        for name in names:
            if name is not first:
                hint = _HINTS[name.marker.without]
                copied = _fits_its_file(first) and not _fits_its_file(name)
                yield name.problem(
                    found=f"{show(name.text)}, like {show(first.text)} in {first.line}",
                    allowed=f"each {name.marker.kind} with a name of its own{hint}",
                    fix=f"choose another name {'here' if copied else 'in one of the two places'}",
                )


def named_after(file: Checked[Any], text: str) -> bool:
    """Tell whether a text has the file's name in it, as ``mlops-dev-rg`` in dev.yaml. In a copy of that it does not."""
    return file.source.name.stem.replace("-", "").lower() in text.replace("-", "").lower()


def _fits_its_file(name: Marked[Unique]) -> bool:
    return named_after(name.file, name.text or "")


def _within(name: Marked[Unique]) -> str | None:
    """Return what the name is unique in; ``None`` when that is reported already."""
    file, within = name.file, name.marker.within
    if within == "platform":
        return ""
    if within == "location":
        return str(file.get(within)) if file.sound(within) else None
    if within == "file":
        return str(file.source.name)
    key = (*name.path[:-1], within)
    # A pipeline that names no folder is in the root, \; a final backslash means nothing.
    return str(file.get(*key) or "").rstrip("\\") if file.sound(*key) else None
