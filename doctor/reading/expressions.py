"""The expressions of Azure Pipelines: ``${{ … }}``, ``$[ … ]`` and conditions, as far as they are known beforehand.

Source: "Expressions" and "Template expressions" in Microsoft's documentation of Azure Pipelines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from doctor.reading import document

MAX_LENGTH = 5_000
"""Characters of an expression that are looked at."""
_MAX_DEPTH = 40


class ExpressionError(Exception):
    """The text is no expression."""


class Unknown:
    """A value that nobody knows before the run."""

    def __repr__(self) -> str:
        """Name it in a traceback of a test."""
        return "UNKNOWN"


UNKNOWN = Unknown()
Value = Any
"""A text, a bool, ``None``, part of a document, a dictionary of these, or :data:`UNKNOWN`."""
Names = Mapping[str, Value]
"""The names an expression may start with, in lower case. A function looks up what stands below the name."""

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\.?\d[\w.]*)|(?P<name>[A-Za-z_][\w-]*)|(?P<sign>[][().,*]))"
)


class _Token(NamedTuple):
    kind: str
    text: str


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at, end)
        if not match or not match.lastgroup:
            raise ExpressionError
        yield _Token(match.lastgroup, match[match.lastgroup])
        at = match.end()


def evaluate(text: str, names: Names) -> Value:
    """Return the value of an expression, :data:`UNKNOWN` where it depends on the run.

    Raises :class:`ExpressionError`.
    """
    if len(text) > MAX_LENGTH:
        return UNKNOWN
    parser = _Parser(list(_tokens(text)), names)
    value = parser.expression(0)
    if parser.rest:
        raise ExpressionError
    return value


def truth(value: Value) -> bool | None:
    """Tell whether a condition with this value holds; ``None`` when nobody knows."""
    if isinstance(value, Unknown):
        return None
    if isinstance(value, document.Text):
        return _text_truth(value.value)
    if isinstance(value, str):
        return bool(value)
    if value is None or isinstance(value, bool):
        return bool(value)
    return True


def _text_truth(text: str) -> bool:
    # A text of a document may have been a boolean of YAML: Azure DevOps keeps those.
    return text != "" and text.lower() != "false"


def plain(value: Value) -> str | None:
    """Return a value as text, ``None`` when it is unknown or no text."""
    if isinstance(value, document.Text):
        return value.value
    if isinstance(value, bool):
        return str(value)
    if value is None:
        return ""
    return value if isinstance(value, str) else None


def member(value: Value, name: str) -> Value:
    """Return what stands below a value: the entry of a mapping or list, or what a function says of the name."""
    if isinstance(value, Unknown):
        return UNKNOWN
    if callable(value):
        return value(name)
    if isinstance(value, dict):
        return value.get(name.lower())
    if isinstance(value, document.Mapping):
        return value.get(name)
    if isinstance(value, document.Listing) and name.isdecimal() and len(name) < 9:
        return value.items[int(name)] if int(name) < len(value.items) else None
    return None


class _Parser:
    def __init__(self, tokens: list[_Token], names: Names) -> None:
        self._tokens = tokens
        self._at = 0
        self._names = names

    @property
    def rest(self) -> bool:
        return self._at < len(self._tokens)

    def expression(self, depth: int) -> Value:
        if depth > _MAX_DEPTH:
            raise ExpressionError
        token = self._next()
        if token.kind == "text":
            return token.text[1:-1].replace("''", "'")
        if token.kind == "number":
            return token.text
        if token.kind != "name":
            raise ExpressionError
        if self._takes("("):
            return _call(token.text.lower(), list(self._arguments(depth)))
        if token.text.lower() in ("true", "false"):
            return token.text.lower() == "true"
        if token.text.lower() == "null":
            return None
        return self._members(self._names.get(token.text.lower(), UNKNOWN), depth)

    def _members(self, value: Value, depth: int) -> Value:
        while True:
            if self._takes("."):
                token = self._next()
                # A variable may have dots in its name, such as Build.Reason.
                name = token.text
                while callable(value) and self._looks(".") and self._name_follows():
                    self._at += 1
                    name += f".{self._next().text}"
                value = self._each(value) if name == "*" else member(value, name)
            elif self._takes("["):
                key = plain(self.expression(depth + 1))
                if not self._takes("]"):
                    raise ExpressionError
                value = UNKNOWN if key is None else member(value, key)
            else:
                return value

    def _each(self, value: Value) -> Value:
        """Return what a name has below each item of a list: ``stacks.*.name``. An item without it is left out."""
        if not (isinstance(value, document.Listing) and self._looks(".") and self._name_follows()):
            return UNKNOWN
        self._at += 1
        name = self._next().text
        found = (item.get(name) for item in value.items if isinstance(item, document.Mapping))
        return document.Listing(tuple(item for item in found if item is not None), value.at)

    def _arguments(self, depth: int) -> Iterator[Value]:
        if self._takes(")"):
            return
        while True:
            yield self.expression(depth + 1)
            if self._takes(")"):
                return
            if not self._takes(","):
                raise ExpressionError

    def _next(self) -> _Token:
        if not self.rest:
            raise ExpressionError
        self._at += 1
        return self._tokens[self._at - 1]

    def _looks(self, sign: str) -> bool:
        return self.rest and self._tokens[self._at] == _Token("sign", sign)

    def _name_follows(self) -> bool:
        return self._at + 1 < len(self._tokens) and self._tokens[self._at + 1].kind == "name"

    def _takes(self, sign: str) -> bool:
        if not self._looks(sign):
            return False
        self._at += 1
        return True


def _call(name: str, values: list[Value]) -> Value:
    if name in ("and", "or"):
        known = [truth(value) for value in values]
        decides = name == "or"
        return decides if decides in known else UNKNOWN if None in known else not decides
    if name == "not" and len(values) == 1:
        known_truth = truth(values[0])
        return UNKNOWN if known_truth is None else not known_truth
    if name == "coalesce":
        return next((value for value in values if isinstance(value, Unknown) or plain(value) != ""), None)
    if name == "iif" and len(values) == 3:
        known_truth = truth(values[0])
        return UNKNOWN if known_truth is None else values[1 if known_truth else 2]
    if name == "length" and values and isinstance(values[0], document.Listing):
        return str(len(values[0].items))
    if name == "containsvalue" and len(values) == 2 and isinstance(values[0], document.Listing):
        return any(_same(item, values[1]) for item in values[0].items)
    if name == "join" and len(values) == 2 and isinstance(values[1], document.Listing):
        parts = [plain(item) for item in values[1].items]
        return UNKNOWN if None in parts else (plain(values[0]) or "").join(str(part) for part in parts)
    written = [plain(value) for value in values]
    function = _OF_TEXTS.get(name)
    if function is None or not written or None in written:
        return UNKNOWN
    try:
        return function(*map(str, written))
    except (TypeError, IndexError):  # another number of arguments
        return UNKNOWN


def _same(one: Value, other: Value) -> bool:
    left, right = plain(one), plain(other)
    return left is not None and right is not None and left.lower() == right.lower()


def _compared(text: str) -> tuple[float, str]:
    try:
        return float(text), ""
    except ValueError:
        return 0.0, text.lower()


def _format(text: str, *values: str) -> str:
    return re.sub(r"\{(\d{1,3})[^{}]*\}", lambda match: values[int(match[1])], text)


_OF_TEXTS: dict[str, Callable[..., Value]] = {
    "eq": lambda one, other: one.lower() == other.lower(),
    "ne": lambda one, other: one.lower() != other.lower(),
    "gt": lambda one, other: _compared(one) > _compared(other),
    "ge": lambda one, other: _compared(one) >= _compared(other),
    "lt": lambda one, other: _compared(one) < _compared(other),
    "le": lambda one, other: _compared(one) <= _compared(other),
    "in": lambda one, *others: one.lower() in [other.lower() for other in others],
    "notin": lambda one, *others: one.lower() not in [other.lower() for other in others],
    "xor": lambda one, other: _text_truth(one) != _text_truth(other),
    "contains": lambda text, part: part.lower() in text.lower(),
    "startswith": lambda text, part: text.lower().startswith(part.lower()),
    "endswith": lambda text, part: text.lower().endswith(part.lower()),
    "format": _format,
    "lower": lambda text: text.lower(),
    "upper": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
    "length": lambda text: str(len(text)),
    "replace": lambda text, old, new: text.replace(old, new)[:MAX_LENGTH] if old else text,
}
