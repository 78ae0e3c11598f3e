"""Expressions of Azure Pipelines, worked out beforehand."""

from __future__ import annotations

from pathlib import Path

import pytest

from doctor.findings import At
from doctor.reading.document import Listing, Mapping, Text
from doctor.reading.expressions import UNKNOWN, ExpressionError, evaluate, plain, truth

AT = At(Path("p.yml"), 1)


def text(value: str) -> Text:
    return Text(value, AT)


NAMES = {
    "parameters": {
        "where": text("prod"),
        "flag": True,
        "list": Listing((text("a"), text("B")), AT),
        "map": Mapping(((text("Key"), text("value")),), AT),
        "stacks": Listing(
            (
                Mapping(((text("name"), text("dev")),), AT),
                Mapping(((text("other"), text("x")),), AT),
                Mapping(((text("name"), text("prod")),), AT),
            ),
            AT,
        ),
        "none": Listing((), AT),
        "absent": None,
    },
    "variables": lambda name: {"build.reason": "Manual", "a.b.c": "dotted"}.get(name.lower(), UNKNOWN),
}

KNOWN = {
    "'it''s'": "it's",
    "1.5": "1.5",
    "null": "",
    "TRUE": "True",
    "parameters.where": "prod",
    "parameters['where']": "prod",
    "Parameters.WHERE": "prod",
    "parameters.list[1]": "B",
    "parameters.list[7]": "",
    "parameters.map.key": "value",
    "parameters.nothing": "",
    "variables['Build.Reason']": "Manual",
    "variables.Build.Reason": "Manual",
    "variables.a.b.c": "dotted",
    "format('{0}-{1}', 'a', 'b')": "a-b",
    "upper(lower('Ab'))": "AB",
    "trim('  a ')": "a",
    "replace('a.b', '.', '-')": "a-b",
    "join(';', parameters.list)": "a;B",
    "join(' ', parameters.stacks.*.name)": "dev prod",
    "join(' ', parameters.none.*.name)": "",
    "length(parameters.list)": "2",
    "length('abc')": "3",
    "coalesce('', parameters.absent, 'c')": "c",
    "iif(parameters.flag, 'yes', 'no')": "yes",
}
TRUE = [
    "eq(parameters.where, 'PROD')",
    "eq(parameters.flag, true)",
    "ne('a', 'b')",
    "and(true, eq('1', '1'), parameters.flag)",
    "or(false, variables.unknown, true)",
    "not(and(false, variables.unknown))",
    "in('b', 'a', 'B')",
    "notIn('c', 'a', 'B')",
    "containsValue(parameters.list, 'b')",
    "contains('refs/heads/main', 'HEADS')",
    "startsWith('refs/heads/release/1', 'refs/heads/release/')",
    "endsWith('a.md', '.MD')",
    "gt(10, 9)",
    "le('1.5', 1.5)",
    "xor(true, false)",
]
UNKNOWNS = [
    "variables.unknown",
    "eq(variables.unknown, 'a')",
    "and(true, variables.unknown)",
    "or(false, variables.unknown)",
    "not(variables.unknown)",
    "succeeded()",
    "dependencies.A.outputs['b.c']",
    "counter('a', 1)",
    "format('{3}', 'a')",
    "parameters.list.*",
    "upper('a', 'b')",
    "length('" + "a" * 6000 + "')",
]
BROKEN = [
    "",
    "(",
    "eq(",
    "eq('a' 'b')",
    "eq('a', ",
    "a b",
    "a.",
    "a[",
    "a['b'",
    "'open",
    "1 2",
    ")",
    "$",
    "a..b",
    "(" * 900,
]


@pytest.mark.parametrize("expression", KNOWN)
def test_what_is_known(expression: str) -> None:
    assert plain(evaluate(expression, NAMES)) == KNOWN[expression]


@pytest.mark.parametrize("expression", TRUE)
def test_what_is_true(expression: str) -> None:
    assert truth(evaluate(expression, NAMES)) is True
    assert truth(evaluate(f"not({expression})", NAMES)) is False


@pytest.mark.parametrize("expression", UNKNOWNS)
def test_what_only_the_run_knows(expression: str) -> None:
    assert evaluate(expression, NAMES) is UNKNOWN


@pytest.mark.parametrize("expression", BROKEN)
def test_what_is_no_expression(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, NAMES)


def test_what_counts_as_true() -> None:
    values = (True, "false", text("false"), text("x"), text(""), "", None, Listing((), AT), UNKNOWN)
    assert [truth(value) for value in values] == [True, True, False, True, False, False, False, True, None]
