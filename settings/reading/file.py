"""Reads a YAML file into plain values and remembers the line and column of each key and value.

The values are taken from the scalar's own text, so nothing is rounded or reformatted on the way: an
unquoted ``0.70`` arrives as :class:`UnquotedNumber` with its text, and the model can then say precisely
what is wrong with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from settings.reading.problems import KeyPath, Problem, shorten
from settings.reading.text import Place, TextError, compose, read

_CANONICAL_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_TAG = "tag:yaml.org,2002:"
_PLAIN_KINDS = ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value")


@dataclass(frozen=True)
class UnquotedNumber:
    """A number YAML would have to convert (``0.70``, ``1_000``, ``0x10``), kept as it is written."""

    text: str


@dataclass(frozen=True)
class Nothing:
    """Stands where a key has no value, or none that can be used. No model accepts it."""


NOTHING = Nothing()


_MERGE_KEY = (
    "a YAML merge key",
    "keys and values",
    "write out here the keys and values that it brings",
)


class YamlFile:
    """The values of one file with the place of every key and entry.

    ``name`` is the path shown to people. ``problems`` holds what is wrong with the file as YAML, and
    ``unusable`` the paths of the values that were dropped because of it, or in part; ``()`` is the whole file.
    """

    def __init__(self, path: Path, name: Path) -> None:
        """Read and parse the file. Never raises for bad content: look at ``problems``."""
        self.name = name
        self.problems: list[Problem] = []
        self.unusable: set[KeyPath] = set()
        self.values: Any = NOTHING
        self._text = ""
        self._keys: dict[KeyPath, Place] = {(): Place(1, 1)}
        self._values: dict[KeyPath, Place] = {(): Place(1, 1)}
        try:
            self._text = read(path)
            node = compose(self._text)
        except TextError as error:
            self._refuse((), error.place, error.found, error.allowed, error.fix)
            return
        if node is not None:
            self.values = self._convert(node, ())

    def get(self, path: KeyPath) -> Any:
        """Return the value at ``path``, or ``None`` when the file does not have it."""
        value = self.values
        for part in path:
            if isinstance(value, tuple) and isinstance(part, int):
                value = value[part] if part < len(value) else None
            else:
                value = value.get(part) if isinstance(value, dict) else None
        return value

    def place(self, path: KeyPath, *, at_key: bool = False) -> Place:
        """Return the place of the value at ``path``, of its key, or else of the nearest key around it."""
        if path in self._values and not at_key:
            return self._values[path]
        known = next(path[:end] for end in range(len(path), -1, -1) if path[:end] in self._keys)
        return self._keys[known]

    def problem(self, path: KeyPath, *, found: str, allowed: str, fix: str, at_key: bool = False) -> Problem:
        """Make a problem of this file, at the place of the value or key."""
        line, column = self.place(path, at_key=at_key)
        return Problem(
            file=self.name, line=line, column=column, path=path, found=found, allowed=allowed, fix=fix
        )

    def _report(self, path: KeyPath, place: Place, found: str, allowed: str, fix: str) -> None:
        problem = self.problem(path, found=found, allowed=allowed, fix=fix)
        self.problems.append(replace(problem, line=place.line, column=place.column))

    def _refuse(self, path: KeyPath, place: Place, found: str, allowed: str, fix: str) -> Nothing:
        self._report(path, place, found, allowed, fix)
        self.unusable.add(path)
        return NOTHING

    def _convert(self, node: Node, path: KeyPath) -> Any:
        place = Place.of(node.start_mark)
        self._values.setdefault(path, place)
        self._keys.setdefault(path, place)
        if refusal := self._refusal(node):
            return self._refuse(path, place, *refusal)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return tuple(self._convert(item, (*path, index)) for index, item in enumerate(node.value))
        return _scalar(node)

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = Place.of(key_node.start_mark)
            # What is left without invisible characters is probably the key that was meant.
            key = "".join(c for c in _text_of(key_node) if c.isprintable())
            key_path = (*path, key)
            if not key:
                self._report(path, place, "a key that is not a word", "words as keys", "write a word")
                continue
            if key == "<<" and key_node.style is None:
                # What it would bring is missed by nobody: one mistake, not one for each key.
                self._report(key_path, place, *_MERGE_KEY)
                self.unusable.add(path)
                continue
            if refusal := self._refusal(key_node):
                self._refuse(key_path, place, *refusal)
            if key in values:
                found = f"the key {shorten(key)} a second time (first on line {self._keys[key_path].line})"
                self._report(key_path, place, found, "each key once", "remove one of the two")
                continue
            self._keys[key_path] = place
            values[key] = self._convert(value_node, key_path)
            if values[key] is NOTHING and not _text_of(value_node):
                self._values[key_path] = place  # the parser puts an empty value on the next line
        return values

    def _refusal(self, node: Node) -> tuple[str, str, str] | None:
        """Tell why this node cannot be used: found, allowed, fix. What it holds may be a secret."""
        start = self._text[node.start_mark.index : node.start_mark.index + 1]
        if start == "*":
            fix = "write the value out, or put a text that starts with * in quotes"
            return "a YAML alias", "plain values", fix
        if start == "!" or str(node.tag).removeprefix(_TAG) not in _PLAIN_KINDS:
            return "a YAML tag", "plain values", "remove the tag, or put a text that starts with ! in quotes"
        hidden = next((c for c in _text_of(node) if not c.isprintable() and c != "\n"), None)
        if hidden:
            return (
                f"the invisible character U+{ord(hidden):04X}",
                "letters, digits, signs and plain blanks",
                "type the text anew instead of copying it",
            )
        return None


def _text_of(node: Node) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else ""


def _scalar(node: Node) -> Any:
    text, kind = _text_of(node), str(node.tag).removeprefix(_TAG)
    if isinstance(node, ScalarNode) and node.style is not None:  # in quotes, or a block of text
        return text
    if kind == "null":
        return NOTHING
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int" and _CANONICAL_INT.fullmatch(text):
        return int(text)
    return UnquotedNumber(text) if kind in ("int", "float") else text
