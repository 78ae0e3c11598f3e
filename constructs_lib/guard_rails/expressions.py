"""Reads the expressions in a text: what they refer to, or why they are refused.

A small part of Terraform's language, which is all that the stacks need. What is not in it is refused, not guessed:
directives (``%{``), escapes (``$${``), templates inside of texts, here-documents, ``for``, objects, and splats without
brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from constructs_lib.guard_rails.allowed import FUNCTIONS


class Key(str):
    """A key or a number in brackets, such as that of one of several resources; ``*`` stands for all of them."""


@dataclass(frozen=True)
class Reference:
    """A name and what is taken of it: ``azurerm_storage_account.storage.identity[0].principal_id``."""

    steps: tuple[str, ...]

    def __str__(self) -> str:
        """Write it as Terraform does, but for quotes in brackets."""
        return "".join(f"[{step}]" if isinstance(step, Key) else f".{step}" for step in self.steps)[1:]


@dataclass(frozen=True)
class Expressions:
    """What the expressions of a text refer to."""

    references: tuple[Reference, ...]
    refused: str = ""
    """What in them is not allowed; empty when all of it is. The references are then incomplete."""


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<name>[A-Za-z_][\w-]*)
    | (?P<text>"(?:[^"\\$%\n]|\\["\\]|[$%](?!\{))*")
    | (?P<number>\d+)
    | (?P<sign>==|!=|\|\||&&|[]()[,.?:!}*])
    )""",
    re.VERBOSE | re.ASCII,
)
_CONSTANTS = ("true", "false", "null")


class _RefusedError(Exception):
    """Says what in an expression is not allowed."""


@cache
def expressions(text: str) -> Expressions:
    """Read every expression in ``text``."""
    found: list[Reference] = []
    try:
        if "%{" in text:
            raise _RefusedError("%{, a directive")
        if "$${" in text:
            raise _RefusedError("$${, which hides an expression")
        at = text.find("${")
        while at >= 0:
            parser = _Parser(text, at + 2)
            found += parser.parse()
            at = text.find("${", parser.at)
    except _RefusedError as refused:
        return Expressions((), str(refused))
    except RecursionError:
        return Expressions((), "an expression nested too deeply")
    return Expressions(tuple(found))


class _Parser:
    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self.at = at
        self._found: list[Reference] = []
        self._next()

    def parse(self) -> list[Reference]:
        """Read up to the brace that ends the expression."""
        self._expression()
        if self._value != "}":
            self._refuse()
        return self._found

    def _next(self) -> None:
        match = _TOKEN.match(self._text, self.at)
        if match is None:
            rest = self._text[self.at :].lstrip()
            raise _RefusedError(f"{rest[0]} in an expression" if rest else "an expression without an end")
        self._kind, self._value = match.lastgroup, match[match.lastgroup or 0]
        self.at = match.end()

    def _refuse(self) -> None:
        raise _RefusedError(f"{self._value} where it makes no sense in an expression")

    def _take(self, value: str) -> bool:
        if self._kind == "sign" and self._value == value:
            self._next()
            return True
        return False

    def _expect(self, value: str) -> None:
        if not self._take(value):
            self._refuse()

    def _expression(self) -> None:
        self._operand()
        while any(self._take(sign) for sign in ("==", "!=", "||", "&&")):
            self._operand()
        if self._take("?"):
            self._expression()
            self._expect(":")
            self._expression()

    def _operand(self) -> None:
        while self._take("!"):
            pass
        if self._take("("):
            self._expression()
            self._expect(")")
        elif self._take("["):
            self._list("]")
        elif self._kind in ("text", "number"):
            self._next()
        elif self._kind == "name":
            name = self._value
            self._next()
            if self._take("("):
                if name not in FUNCTIONS:
                    raise _RefusedError(f"the function {name}")
                self._list(")")
            elif name not in _CONSTANTS:
                self._found.append(Reference((name, *self._steps())))
        else:
            self._refuse()

    def _list(self, end: str) -> None:
        while not self._take(end):
            self._expression()
            if not self._take(","):
                self._expect(end)
                break

    def _steps(self) -> Iterator[str]:
        while True:
            if self._take("."):
                if self._kind != "name":
                    self._refuse()
                yield self._value
                self._next()
            elif self._take("["):
                if self._kind not in ("text", "number") and self._value != "*":
                    self._refuse()
                yield Key(self._value.strip('"'))
                self._next()
                self._expect("]")
            else:
                return
