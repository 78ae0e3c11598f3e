"""A YAML file of a pipeline as texts, lists and mappings, each with its place. Every value stays text.

Duplicate keys stay too: a mapping may have several ``${{ if … }}``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from doctor.findings import At
from settings.reading.text import Place, TextError, compose, read

MAX_DEPTH = 60
"""Levels that a file may be nested: an expression around a part of a pipeline adds two."""
MAX_CHARACTERS = 1_000_000
"""Characters that a file may have."""


@dataclass(frozen=True)
class Text:
    """One scalar."""

    value: str
    at: At
    block: bool = False
    """Whether it is a literal block (``|``): its lines are lines of the file."""
    plain: bool = False
    """Whether it stands without quotes, so that an empty one is null."""

    def line(self, offset: int) -> At:
        """Return the line that the character at ``offset`` stands in."""
        if not self.block:
            return self.at
        return At(self.at.file, self.at.line + 1 + self.value.count("\n", 0, offset))


@dataclass(frozen=True)
class Listing:
    """A list."""

    items: tuple[Item, ...]
    at: At


@dataclass(frozen=True)
class Mapping:
    """Keys and values, in the order of the file."""

    entries: tuple[tuple[Text, Item], ...]
    at: At

    def get(self, key: str) -> Item | None:
        """Return the first value of a key, or ``None``. Azure DevOps does not tell case apart here."""
        wanted = key.lower()
        return next((item for name, item in self.entries if name.value.lower() == wanted), None)

    def text(self, key: str) -> Text | None:
        """Return the value of a key where it is a text that is not empty."""
        item = self.get(key)
        return item if isinstance(item, Text) and item.value else None

    def mapping(self, key: str) -> Mapping:
        """Return the keys and values below a key; none where there is something else."""
        item = self.get(key)
        return item if isinstance(item, Mapping) else Mapping((), self.at)

    def items(self, key: str) -> tuple[Item, ...]:
        """Return the entries of the list at a key; a single text counts as a list of one."""
        item = self.get(key)
        if isinstance(item, Listing):
            return item.items
        return (item,) if isinstance(item, Text) and item.value else ()

    def __contains__(self, key: str) -> bool:
        """Tell whether there is such a key."""
        return self.get(key) is not None


Item = Text | Listing | Mapping


def texts(item: Item, key: str = "") -> Iterator[tuple[str, Text]]:
    """Yield every value below ``item`` with the key that it, or the list around it, stands at."""
    stack = [(key, item)]
    while stack:
        name, current = stack.pop()
        if isinstance(current, Text):
            yield name, current
        elif isinstance(current, Listing):
            stack += [(name, entry) for entry in reversed(current.items)]
        else:
            stack += [(entry_key.value, value) for entry_key, value in reversed(current.entries)]


def read_document(path: Path, shown: Path) -> Item | None:
    """Return the content of a file, ``None`` for an empty one. ``shown`` is its name in the report.

    Raises :class:`~settings.reading.text.TextError`, which says why the file is no YAML that Azure DevOps reads.
    """
    text = read(path)
    if len(text) > MAX_CHARACTERS:
        raise TextError(
            f"{len(text)} characters",
            f"at most {MAX_CHARACTERS}",
            "move parts of it to templates, or to scripts",
        )
    node = compose(text, MAX_DEPTH)
    return None if node is None else _item(node, shown)


def _item(node: Node, file: Path) -> Item:
    at = At(file, Place.of(node.start_mark).line)
    if isinstance(node, MappingNode):
        return Mapping(tuple((_key(key, file), _item(value, file)) for key, value in node.value), at)
    if not isinstance(node, ScalarNode):
        return Listing(tuple(_item(item, file) for item in node.value), at)
    if node.value == "*" and node.style is None:
        raise TextError(
            "a YAML alias",
            "plain values: Azure DevOps reads no anchors and aliases",
            "write the value out, or use a template",
            Place.of(node.start_mark),
        )
    return Text(str(node.value), at, block=node.style == "|", plain=node.style is None)


def _key(node: Node, file: Path) -> Text:
    if not isinstance(node, ScalarNode):
        place = Place.of(node.start_mark)
        raise TextError("a list or mapping as a key", "words as keys", "write a word", place)
    return Text(str(node.value), At(file, Place.of(node.start_mark).line))
