"""The mutants are what somebody could write by mistake, and each list of exceptions is true."""

from __future__ import annotations

import re

import pytest

from tests.mutation.areas import AREAS, mutants_of
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.unchanged import UNCHANGED
from tests.project import REPOSITORY

SOURCE = '''"""The docstring stays."""
import a

ROLES = ["AcrPull", "AcrPush"]

def f(x: int, wanted: bool = False) -> "None":
    """Stays too."""
    first, second = x
    if x < 3 and not wanted:
        g(f"{x} stays", {"key": ROLES[0], "other": 1}, depends_on=ROLES)
    return [y for y in x if y in ROLES]
'''


def test_every_kind_of_mistake() -> None:
    found = mutants("m.py", SOURCE)
    assert [re.sub(r"^m\.py:", "", str(mutant)) for mutant in found] == [
        "4: without 'AcrPush'",
        "4: without 'AcrPull'",
        "4: \"AcrPull\" -> 'AcrPush'",
        "4: \"AcrPush\" -> 'AcrPull'",
        "6: False -> True",
        "9: x < 3 -> (x <= 3)",
        "9: x < 3 and not wanted -> (not (x < 3 and (not wanted)))",
        "9: x < 3 and not wanted -> (x < 3 or not wanted)",
        "9: 3 -> 4",
        "9: not wanted -> (wanted)",
        "10: without depends_on=ROLES",
        '10: g(f"{x} stays", {"key": ROLES[0], "other": 1}, depends_on=ROLES) -> pass',
        "10: without 'other'",
        "10: without 'key'",
        "10: \"key\" -> 'other'",
        "10: 0 -> 1",
        "10: \"other\" -> 'key'",
        "10: 1 -> 2",
        "11: y in ROLES -> (y not in ROLES)",
    ]


def test_a_mutant_differs_in_one_place_and_is_python() -> None:
    for mutant in mutants("m.py", SOURCE):
        changed = mutant.applied(SOURCE)
        assert changed != SOURCE
        compile(changed, "m.py", "exec")


def test_offsets_are_right_behind_other_letters() -> None:
    (mutant,) = mutants("m.py", "name = 'ü'; on = True")[1:]
    assert mutant.applied("name = 'ü'; on = True") == "name = 'ü'; on = False"


def test_what_only_guards_the_code_itself_stays() -> None:
    code = "@dataclass(frozen=True, order=True)\nclass A: ...\n\nzip(a, b, strict=True)\nf(strict=True)\n"
    assert [m.line for m in mutants("m.py", code) if m.change == "True -> False"] == [1, 5]


@pytest.fixture(scope="module")
def everything() -> dict[str, list[Mutant]]:
    return {area.name: mutants_of(area) for area in AREAS}


def test_what_a_callable_takes_is_for_mypy_alone() -> None:
    assert mutants("m.py", "more: Callable[[Cloud, Resource], Body]") == []
    kept = mutants("m.py", 'name: Annotated[str, Pattern("a")]')
    assert [mutant.change for mutant in kept] == ["\"a\" -> 'ax'"]


def test_every_area_has_mutants_and_tests(everything: dict[str, list[Mutant]]) -> None:
    for area in AREAS:
        assert len(everything[area.name]) > 100
        for test in area.tests:
            assert (REPOSITORY / test).exists()
            assert "snapshots" not in test


def test_what_is_said_to_change_nothing_is_still_there(everything: dict[str, list[Mutant]]) -> None:
    there = {(m.file, m.change) for found in everything.values() for m in found}
    assert [known for known in UNCHANGED if known not in there] == []
    assert all(len(reason) > 20 for reason in UNCHANGED.values())
