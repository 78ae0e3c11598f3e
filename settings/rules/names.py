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
    first: dict[tuple[str, str, str], Marked[Unique]] = {}
    for name in (name for file in files for name in file.marked(Unique)):
        text, within, unique = name.text, _within(name), name.marker
        if text is None or within is None:
            continue
        bare = text if unique.hyphens_count else text.replace("-", "")
        other = first.setdefault((unique.kind, within.lower(), bare.lower()), name)
        if other is not name:
            hint = "" if unique.hyphens_count else " (hyphens do not count)"
            yield name.problem(
                found=f"{show(text)}, like {show(other.text)} in {other.line}",
                allowed=f"each {unique.kind} with a name of its own{hint}",
                fix="choose another name in one of the two places",
            )


def _within(name: Marked[Unique]) -> str | None:
    """Return what the name is unique in; ``None`` when that is reported already."""
    file, within = name.file, name.marker.within
    if within == "platform":
        return ""
    if within == "file":
        return str(file.source.name)
    key = (*name.path[:-1], within)
    # A pipeline that names no folder is in the root, \; a final backslash means nothing.
    return str(file.get(*key) or "").rstrip("\\") if file.sound(*key) else None
