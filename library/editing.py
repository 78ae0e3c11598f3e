"""Changes values in the text of a YAML file, and nothing else: comments, quotes, order and ends of lines stay."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from settings.reading.problems import KeyPath
from settings.reading.text import TextError, compose

_TAG = "tag:yaml.org,2002:"
_CANONICAL = {"bool": re.compile("true|false"), "int": re.compile("-?(?:0|[1-9][0-9]{0,17})")}
"""What the loader reads as it is written. Any other spelling is put in quotes, and the type of the setting decides."""
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*([ \t]+#[^\n]*)?\n")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class YamlText:
    """The text of a file while it is changed."""

    def __init__(self, content: bytes) -> None:
        """Take the content of a file that the loader accepts."""
        self._raw = content.decode()
        self._end_of_line = "\r\n" if "\r\n" in self._raw else "\r" if "\r" in self._raw else "\n"

    @property
    def content(self) -> bytes:
        """The content of the file as it is now."""
        return self._raw.encode()

    def set(self, path: KeyPath, value: str, *, now: object, keys: Sequence[str] = ()) -> None:
        """Give a key the value that a variable has.

        ``now`` is what the settings have there: a list is written with commas in a variable, and a key that does not
        stand in the file gets a value of that kind. ``keys`` are all that its section may have, in their order. Raises
        LookupError where the section itself does not stand in the file, or holds something else.
        """
        holder, node = _find(self._root, path)
        if node is None:
            if not isinstance(holder, MappingNode) or not holder.value:
                raise LookupError(path)
            self._insert(holder, str(path[-1]), _written(value, _kind(now)), keys)
        elif isinstance(node, SequenceNode):
            self._set_list(path, node, value.split(","))
        elif isinstance(node, ScalarNode):
            self._set_scalar(path, node, value)
        else:
            raise LookupError(path)

    @property
    def _text(self) -> str:
        """The text as the loader reads it."""
        return re.sub("\r\n?", "\n", self._raw.removeprefix("\ufeff"))

    @property
    def _root(self) -> Node:
        root = compose(self._text)
        assert root is not None  # noqa: S101  # the loader accepts the file
        return root

    def _replace(self, start: int, end: int, new: str) -> None:
        """Replace a part of the text as the loader reads it."""
        mark = "\ufeff" if self._raw.startswith("\ufeff") else ""
        raw = self._raw.removeprefix(mark)
        at = [match.start() for match in re.finditer("\r\n|[\\s\\S]", raw)] + [len(raw)]
        new = new.replace("\n", self._end_of_line)
        self._raw = mark + raw[: at[start]] + new + raw[at[end] :]

    def _set_scalar(self, path: KeyPath, node: ScalarNode, value: str) -> None:
        text = self._text
        start, end = node.start_mark.index, _end(text, node)
        header = _BLOCK_HEADER.match(text, start) if node.style in ("|", ">") else None
        comment = (header[1] or "") if header else ""
        kind = _kind_of(node)
        if node.style is None and value.isprintable():
            changed = text[:start] + value + text[end:]
            if _reads(changed, path, value, kind, text):
                self._replace(start, end, value)
                return
        quote = "'" if node.style == "'" else '"'
        self._replace(start, end, _quoted(value, quote) + comment)

    def _set_list(self, path: KeyPath, node: SequenceNode, values: Sequence[str]) -> None:
        """Change the entries that stay where they are, and add or take away those at the end."""
        for index in range(min(len(values), len(node.value))):
            entry = _find(self._root, (*path, index))[1]
            assert isinstance(entry, ScalarNode)  # noqa: S101  # its list has as many as before
            self._set_scalar((*path, index), entry, values[index])
        text, found = self._text, _find(self._root, path)[1]
        assert isinstance(found, SequenceNode)  # noqa: S101  # as before
        entries = found.value
        last = entries[min(len(values), len(entries)) - 1]
        if len(values) < len(entries):
            ends = [_end(text, entry) for entry in (last, entries[-1])]
            start, end = ends if found.flow_style else [_end_of_line(text, one) for one in ends]
            self._replace(start, end, "")
        elif more := [_written(value, _kind_of(last)) for value in values[len(entries) :]]:
            if found.flow_style:
                at = _end(text, last)
                self._replace(at, at, "".join(f", {value}" for value in more))
            else:
                at, column = _end_of_line(text, _end(text, last)), found.start_mark.column
                self._replace(at, at, "".join(f"\n{' ' * column}- {value}" for value in more))

    def _insert(self, holder: MappingNode, key: str, value: str, keys: Sequence[str]) -> None:
        """Write a new key behind the last one that comes before it."""
        text = self._text
        before = set(keys[: keys.index(key)])
        placed = [(name, entry) for name, entry in holder.value if name.value in before]
        if not placed:
            first = holder.value[0][0].start_mark
            between = ", " if holder.flow_style else "\n" + " " * first.column
            self._replace(first.index, first.index, f"{key}: {value}{between}")
            return
        _, last = max(placed, key=lambda pair: pair[0].start_mark.index)
        end = _end(text, last)
        if holder.flow_style:
            self._replace(end, end, f", {key}: {value}")
        else:
            end, column = _end_of_line(text, end), holder.value[0][0].start_mark.column
            self._replace(end, end, f"\n{' ' * column}{key}: {value}")


def _find(root: Node, path: KeyPath) -> tuple[Node | None, Node | None]:
    """Return what is at a path, and what holds it; None where the file does not have it."""
    holder: Node | None = None
    node: Node | None = root
    for part in path:
        holder, node = node, _below(node, part)
    return holder, node


def _below(node: Node | None, part: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, SequenceNode) and isinstance(part, int):
        return node.value[part] if part < len(node.value) else None
    return None


def _reads(changed: str, path: KeyPath, value: str, kind: str, before: str) -> bool:
    """Tell whether a text reads as this value of this kind at the path, and everything else as before."""
    if kind in _CANONICAL and not _CANONICAL[kind].fullmatch(value):
        return False
    try:
        root, old = compose(changed), compose(before)
    except TextError:
        return False
    assert root is not None and old is not None  # noqa: S101  # both have keys
    found = _find(root, path)[1]
    return (
        isinstance(found, ScalarNode)
        and found.value == value
        and _kind_of(found) == kind
        and _shape(root, path) == _shape(old, path)
    )


def _shape(node: Node, leaving_out: KeyPath | None) -> object:
    """Return what a file says, without the value at one path."""
    if leaving_out == ():
        return None
    if isinstance(node, MappingNode):
        return [(key.value, _shape(value, _inside(leaving_out, key.value))) for key, value in node.value]
    if isinstance(node, SequenceNode):
        return [_shape(item, _inside(leaving_out, index)) for index, item in enumerate(node.value)]
    return _kind_of(node), node.value


def _inside(path: KeyPath | None, part: str | int) -> KeyPath | None:
    return path[1:] if path and path[0] == part else None


def _kind_of(node: Node) -> str:
    """Return what YAML takes a value for; whatever is in quotes is a text."""
    plain = isinstance(node, ScalarNode) and node.style is None
    return str(node.tag).removeprefix(_TAG) if plain else "str"


def _kind(value: object) -> str:
    return "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "str"


def _written(value: str, kind: str) -> str:
    canonical = _CANONICAL.get(kind)
    return value if canonical and canonical.fullmatch(value) else _quoted(value, '"')


def _quoted(value: str, quote: str) -> str:
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(_ESCAPES.get(c) or (c if c.isprintable() else _escape(c)) for c in value) + '"'


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"


def _end(text: str, node: Node) -> int:
    """Return where a value ends. The parser lets blocks go on until the next value begins."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(node, MappingNode) else last)
    start = node.start_mark.index
    return int(start + len(text[start : node.end_mark.index].rstrip()))


def _end_of_line(text: str, index: int) -> int:
    end = text.find("\n", index)
    return len(text) if end < 0 else end
