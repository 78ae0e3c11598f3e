"""Reads a file as text and parses it as YAML; says in plain words why that is not possible."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError, StreamMark
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import Node, ScalarNode
from ruamel.yaml.tokens import ScalarToken

_MAX_DEPTH = 20
# YAML's own rule, and the three characters that only some editors count as the end of a line.
_FORBIDDEN = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_ASTERISK = re.compile(r"(?:^ *|[:,\[] *|- +)\*")
_KEY_BELOW = re.compile(r"\n *(?:- +)?[\w.-]+:[ \n]")
_DIRECTIVE = re.compile(r"(?:[ \t]*(?:#.*)?\n)*%")


class Place(NamedTuple):
    """A line and column of a file, both counted from 1."""

    line: int
    column: int

    @classmethod
    def of(cls, mark: StreamMark) -> Place:
        """Turn the parser's mark, which counts from 0, into a place."""
        return cls(mark.line + 1, mark.column + 1)

    @classmethod
    def at(cls, text: str, index: int) -> Place:
        """Return the place of a character of ``text``."""
        return cls(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


_START = Place(1, 1)


class TextError(Exception):
    """The file cannot be read as YAML: where, what was found, what is allowed and how to fix it."""

    def __init__(self, found: str, allowed: str, fix: str, place: Place = _START) -> None:
        """Keep the parts for the report."""
        super().__init__(found)
        self.found, self.allowed, self.fix, self.place = found, allowed, fix, place


class _Hint(NamedTuple):
    """What a sentence of the parser means. ``at_start``: its context is the place to look at."""

    said: str
    found: str
    fix: str
    at_start: bool = False


_NOT_CLOSED = _Hint("found unexpected", "a quotation mark that is not closed", "close it", True)
# The parser's own words are not shown: they are about tokens, and may quote a value that is a secret.
_HINTS = (
    _Hint("found character '\\t'", "a tab", "indent with blanks"),
    _Hint("cannot start any token", "a sign that cannot start a value", "put the text in quotes"),
    _Hint("mapping values are not", "a colon too many", "put the text in quotes, or mend the indentation"),
    _Hint("could not find expected ':'", "a line without a key and a colon", "write key: value", True),
    _NOT_CLOSED,
    _Hint("alias", "a YAML alias", "put a text that starts with * in quotes"),
    _Hint("anchor", "a YAML anchor", "put a text that starts with & in quotes"),
    _Hint(" tag", "a YAML tag", "put a text that starts with ! in quotes"),
    _Hint("another document", "a second document", "keep one document: remove the line ---"),
    _Hint("expected <block end>", "a line that does not fit the lines above it", "mend the indentation"),
    _Hint("expected ',' or", "a bracket that is not closed, or no comma", "close it, or add the comma", True),
    _Hint("content, but found '<stream end>'", "the end of the file", "close the bracket that is open"),
    _Hint("expected the node content", "a sign where a value should be", "write the value, in quotes"),
    _Hint("escape", "a backslash that starts no escape", "use single quotes, or write it twice"),
)


def read(path: Path) -> str:
    """Return the text of a UTF-8 file with ``\\n`` at the end of each line. Raises :class:`TextError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TextError(
            f"bytes that are not UTF-8 ({error.reason})", "a UTF-8 text file", "save it as UTF-8"
        ) from None
    except FileNotFoundError:
        raise TextError("no such file", "a text file", "create it") from None
    except IsADirectoryError:
        raise TextError("a folder", "a text file", "rename or remove the folder") from None
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
        raise TextError(found, "a readable text file", "check its rights") from None
    if match := _FORBIDDEN.search(text):
        found = f"the character U+{ord(match.group()):04X}"
        raise TextError(found, "plain text", "remove the character", Place.at(text, match.start()))
    return text


class _Composer(Composer):
    """Makes a node of its own of each alias, so that it can be refused where it stands."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose the next node without looking up aliases."""
        if not self.parser.check_event(AliasEvent):
            return super().compose_node(parent, index)
        event = self.parser.get_event()
        return ScalarNode(None, "*", event.start_mark, event.end_mark)


def compose(text: str, max_depth: int = _MAX_DEPTH) -> Node | None:
    """Parse YAML into nodes; ``None`` for an empty text. Raises :class:`TextError`."""
    if match := _DIRECTIVE.match(text):
        place = Place.at(text, match.end() - 1)
        raise TextError("a YAML directive", "keys and values", "remove the line that starts with %", place)
    parser = YAML(typ="safe", pure=True)
    parser.Composer = _Composer
    parser.max_depth = max_depth
    parser.composer.warn_double_anchors = False  # an anchor does no harm without an alias
    constructor, _ = parser.get_constructor_parser(text)
    try:
        node: Node | None = constructor.composer.get_single_node()
    except MaxDepthExceededError as error:
        found, allowed = "values nested too deeply", f"at most {max_depth} levels"
        raise TextError(found, allowed, "flatten this part", Place.of(error.problem_mark)) from None
    except MarkedYAMLError as error:
        raise _explained(error, text) from None
    except Exception:  # broken text makes the parser raise also OverflowError, KeyError, RecursionError, …
        place = Place.of(parser.reader.get_mark())
        raise TextError(
            "text that is not YAML", "well-formed YAML", "mend the text at this place", place
        ) from None
    return node


def _swallows_keys(text: str) -> Place | None:
    """Return the place of the first quotation mark behind which whole lines with keys are part of the text.

    It was left open: the next quotation mark of the file closes it, and the parser stumbles over what stands there.
    """
    with suppress(Exception):  # the parser's error: what stands before it is what counts
        for token in YAML(typ="safe", pure=True).scan(text):
            if isinstance(token, ScalarToken) and token.style in ("'", '"'):
                start, end = token.start_mark.index, token.end_mark.index
                if _KEY_BELOW.search(text, start, end):
                    return Place.of(token.start_mark)
    return None


def _explained(error: MarkedYAMLError, text: str) -> TextError:
    said = f"{error.context} {error.problem}"
    place = Place.of(error.problem_mark)
    if quotation_mark := _swallows_keys(text):
        return TextError(_NOT_CLOSED.found, "well-formed YAML", _NOT_CLOSED.fix, quotation_mark)
    before = text.split("\n")[place.line - 1][: place.column - 1]
    if asterisk := _ASTERISK.search(before):  # a schedule without quotes, for example
        said, place = "alias", Place(place.line, asterisk.end())
    unknown = _Hint("", "text that is not YAML", "mend the text at this place")
    hint = next((hint for hint in _HINTS if hint.said in said), unknown)
    if hint.at_start:
        place = Place.of(error.context_mark)
    return TextError(hint.found, "well-formed YAML", hint.fix, place)
