"""What may stand in a text: no secret, and only expressions whose references lead somewhere allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from constructs_lib.guard_rails.allowed import FUNCTIONS, SECRETS
from constructs_lib.guard_rails.expressions import expressions
from constructs_lib.guard_rails.references import Declared, Owner
from constructs_lib.guard_rails.violation import Finding, Findings, Json, kind_of, unlisted

_KEY = re.compile(
    r"(?:Account|SharedAccess|Instrumentation)Key\s*=|SharedAccess(?:KeyName|Signature)|[?&]sig=|-----BEGIN "
    r"|hooks\.slack\.com/\w|events\.(?:eu\.)?pagerduty\.com/\w",
    re.IGNORECASE,
)
_DEEPEST = 40
_REMEDY = (
    "take it out; a pipeline gets it from the key vault, by a group that is linked (key_vault_variable_group)"
)


@dataclass(frozen=True)
class Text:
    """Where a text stands."""

    owner: Owner
    sink: str = ""
    """The argument, as ``allowed.SECRETS`` names it."""
    self_allowed: bool = False
    """Whether ``self`` is known there: in a postcondition."""
    only_judged: bool = False
    """Whether nothing but true or false comes of it: in a condition."""


def texts_in(value: Json, where: str) -> Iterator[tuple[str, str]]:
    """Yield place and text of every text in ``value``, keys among them, which may hold expressions too."""
    waiting: list[tuple[str, Json]] = [(where, value)]
    while waiting:
        place, item = waiting.pop()
        if isinstance(item, str):
            yield place, item
        elif isinstance(item, list):
            waiting += [(place, inner) for inner in item]
        elif isinstance(item, dict):
            for key, inner in item.items():
                yield place, key
                waiting.append((f"{place}.{key}" if key.isidentifier() else place, inner))


def too_deep(value: Json) -> bool:
    """Tell whether a value is nested deeper than anything here is."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True


def value_findings(value: Json, where: str, declared: Declared, text: Text) -> Findings:
    """Yield what is wrong with the texts in ``value``, which stands at ``where``."""
    if isinstance(value, str):
        yield from text_findings(value, where, declared, text)
    elif isinstance(value, dict | list):
        for place, inner in texts_in(value, where):
            yield from text_findings(inner, place, declared, text)


def text_findings(value: str, where: str, declared: Declared, text: Text) -> Findings:
    """Yield what is wrong with one text."""
    if _KEY.search(value):
        yield _a_secret(where)
        return
    if "${" not in value and "%{" not in value:
        return
    read = expressions(value)
    if read.refused:
        yield unlisted(
            f"{read.refused} in {where}",
            f"references, texts, comparisons and the functions {', '.join(FUNCTIONS)}",
            "write what it comes to",
        )
        return
    for reference in read.references:
        target = declared.target(reference, text.owner, self_allowed=text.self_allowed)
        if target.wrong and not (target.judged_only and text.only_judged):
            yield Finding(
                f"{reference} in {where}, {target.wrong}",
                "an attribute of what this stack declares, by the schema of its type",
                "refer to that; for more, see constructs_lib/guard_rails/allowed.py",
            )
        elif target.secret and not text.only_judged and target.secret not in SECRETS.get(text.sink, ()):
            yield unlisted(
                f"a secret in {where}: {reference}",
                "settings: whoever sees the stack, its state or a variable group reads them",
                _REMEDY,
            )


def literal(value: Json, where: str) -> Findings:
    """Refuse everything but a text, number or truth value that is known now, and is no secret."""
    if not isinstance(value, str | int | float) or (
        isinstance(value, str) and ("${" in value or "%{" in value)
    ):
        yield Finding(
            f"{kind_of(value)} in {where}, which is not known before Terraform runs",
            "a value that is written out",
            "write out what it comes to",
        )
    elif isinstance(value, str) and _KEY.search(value):
        yield _a_secret(where)


def _a_secret(where: str) -> Finding:
    # The value itself is not shown.
    return Finding(f"a secret in {where}", "settings: whoever sees the stack reads them", _REMEDY)
