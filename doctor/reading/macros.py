"""Where a text reads variables: ``$(name)``, ``$[ variables.name ]``, conditions, and a shell's own variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from doctor.findings import At
from doctor.reading.document import Text
from doctor.reading.expressions import UNKNOWN, ExpressionError, evaluate
from doctor.reading.pipeline import Script

_MACRO = re.compile(r"\$\(([A-Za-z_][\w.:-]{0,200})\)")
_BASH = re.compile(r"\$(?:\{([A-Za-z_]\w{0,100})\b|([A-Za-z_]\w{0,100}))")
_PWSH = re.compile(r"\$(?:\{env:([A-Za-z_]\w{0,100})\}|env:([A-Za-z_]\w{0,100}))", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"\b([A-Za-z_]\w{0,100})\+?=|\bfor ([A-Za-z_]\w{0,100})\b|--arg(?:json)? ([A-Za-z_]\w{0,100})\b"
)
_FUNCTION = re.compile(r"\b([A-Za-z_]\w{0,100})[ ]?\(\)|\bfunction ([A-Za-z_][\w-]{0,100})")
_READ = re.compile(r"\b(?:read|local|declare|mapfile|readarray)((?: +-?\w{1,100}){1,10})")


@dataclass(frozen=True)
class Use:
    """One place where a variable is read."""

    name: str
    at: At
    syntax: Literal["macro", "runtime", "environment"]
    sign: str = "$"
    """What a shell writes before the name of an environment variable."""


def macros(text: Text) -> Iterator[Use]:
    """Yield each ``$(name)``. What has blanks or other signs in it is a command of a shell."""
    for match in _MACRO.finditer(text.value):
        yield Use(match[1], text.line(match.start()), "macro")


def runtime(text: Text, *, condition: bool = False) -> Iterator[Use]:
    """Yield each variable of a ``$[ … ]``, or of a condition, which needs no such brackets."""
    value = text.value.strip()
    bracketed = value.startswith("$[") and value.endswith("]")
    if not bracketed and not condition:
        return
    names: list[str] = []

    def read(name: str) -> object:
        names.append(name)
        return UNKNOWN

    try:
        evaluate(value[2:-1] if bracketed else value, {"variables": read})
    except ExpressionError:
        return
    yield from (Use(name, text.at, "runtime") for name in names)


def environment_variables(script: Script) -> Iterator[Use]:
    """Yield each variable of its environment that a script reads, where the shell tells case apart."""
    if script.shell not in ("bash", "pwsh"):
        return
    text = script.text
    assigned = _assigned(text.value) if script.shell == "bash" else set()
    for match in (_BASH if script.shell == "bash" else _PWSH).finditer(text.value):
        name = match[1] or match[2]
        if name not in assigned:
            sign = "$" if script.shell == "bash" else "$env:"
            yield Use(name, text.line(match.start()), "environment", sign)


def _assigned(script: str) -> set[str]:
    """Return the names that a bash script gives values itself."""
    found = {name for match in _ASSIGNED.finditer(script) for name in match.groups() if name}
    return found | {name for match in _READ.finditer(script) for name in match[1].split()}


def functions(script: Script) -> set[str]:
    """Return the names of the functions that a script has, which are commands in it."""
    return {(match[1] or match[2]).lower() for match in _FUNCTION.finditer(script.text.value)}
