"""One mistake in the configuration, and how it is shown to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

KeyPath = tuple[str | int, ...]

_LONGEST = 60
_MOST_LISTED = 40
MOST_SHOWN = 50
"""How many mistakes a report shows. It counts the others: nobody reads them all before the first are mended."""


def printable(text: str) -> str:
    """Return the text on one line, with every invisible character as its escape: ``a\\u200bb``."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shorten(text: str) -> str:
    """Cut a long text, so that a report stays readable."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def listed(words: Sequence[str]) -> str:
    """Write words one after the other; of very many the first ones, and how many there are besides."""
    more = len(words) - _MOST_LISTED
    return ", ".join(words[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def counted(number: int, word: str) -> str:
    """Say how many there are: ``1 finding``, ``2 findings``."""
    return f"{number} {word}{'s' if number != 1 else ''}"


def dotted(path: KeyPath) -> str:
    """Write a key path the way people say it: ``compute.training_cluster.max_nodes``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{shorten(part)}" if text else shorten(part)
    return text or "the whole file"


def paragraph(place: str, found: str, allowed: str, fix: str) -> str:
    """Write one mistake as every report shows it: four lines, each of them printable."""
    lines = (place, f"    found:   {found}", f"    allowed: {allowed}", f"    fix:     {fix}")
    return "\n".join(map(printable, lines))


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A mistake at one place of one file: what was found, what is allowed, how to fix it."""

    file: Path
    line: int
    """Line in the file, counted from 1."""
    column: int
    """Column in the line, in characters counted from 1."""
    path: KeyPath
    found: str
    allowed: str
    fix: str

    def __str__(self) -> str:
        """Four lines: the place and key, then found, allowed and fix."""
        place = f"{self.file}:{self.line}:{self.column}: {dotted(self.path)}"
        return paragraph(place, self.found, self.allowed, self.fix)


class ConfigurationError(Exception):
    """The configuration cannot be used. Holds every problem of every file, in file and line order."""

    def __init__(self, problems: list[Problem]) -> None:
        """Sort the problems by place, so that the report reads from top to bottom."""
        self.problems = sorted(problems, key=lambda p: (str(p.file), p.line, p.column, dotted(p.path)))
        super().__init__(self.report())

    def report(self) -> str:
        """Return the report as plain text, one paragraph a problem: of very many the first :data:`MOST_SHOWN`."""
        count = len(self.problems)
        head = f"The configuration has {counted(count, 'mistake')}. Nothing was written."
        more = count - MOST_SHOWN
        tail = [f"And {more} more, which are shown once these are mended."] if more > 0 else []
        return "\n\n".join([head, *map(str, self.problems[:MOST_SHOWN]), *tail])
