"""What holds for every list and every text of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from settings.checking.checked import Checked
from settings.checking.explain import show
from settings.reading.problems import KeyPath, Problem


def entries_stand_once(file: Checked[Any], *path: str | int) -> Iterator[Problem]:
    """Name nothing twice in a list: a pipeline, a team, a branch, a channel."""
    seen = set()
    for child in file.children(*path):
        entry = file.get(*child)
        if isinstance(child[-1], int) and isinstance(entry, str):
            if entry in seen:
                yield file.problem(
                    *child,
                    found=f"{show(entry, child)} a second time",
                    allowed="each entry once",
                    fix="remove one of the two",
                )
            seen.add(entry)
        yield from entries_stand_once(file, *child)


def no_expressions(file: Checked[Any]) -> Iterator[Problem]:
    """Refuse what Terraform (``${``, ``%{``) or cdktf (its marks for lists and maps) would take for its own."""
    for path, text, is_key in _texts(file):
        if "${" in text or "%{" in text:
            yield file.problem(
                *path,
                found="${ or %{, which Terraform would replace",
                allowed="text without ${ and %{",
                fix="write it in another way; pipelines read a variable with $(name)",
                at_key=is_key,
            )
        elif "#{TfToken[" in text or "&{TfToken[" in text:
            yield file.problem(
                *path,
                found="#{TfToken[ or &{TfToken[, which cdktf would replace",
                allowed="text without #{TfToken[ and &{TfToken[",
                fix="write it in another way",
                at_key=is_key,
            )


def _texts(file: Checked[Any], *path: str | int) -> Iterator[tuple[KeyPath, str, bool]]:
    """Yield path and text of every sound key and value, and whether it is a key."""
    for child in file.children(*path):
        key, value = child[-1], file.get(*child)
        if isinstance(key, str) and file.sound(*child):
            yield child, key, True
        if isinstance(value, str):
            yield child, value, False
        yield from _texts(file, *child)
