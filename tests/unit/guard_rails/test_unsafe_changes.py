"""Whatever unsafe change is made to a stack, at whatever place: it is refused. Whatever its shape: nothing raises."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.guard_rails import Violation, violations
from tests.inputs import inputs
from tests.synthesized import Stack
from tests.unit.guard_rails.unsafe import (
    NOWHERE,
    bodies,
    holds_secrets,
    replaced,
    text_places,
    unsafe_changes,
    unsafe_providers,
)

Stacks = dict[str, Stack]
Json = Any

TAGS = {"platform", "managed-by", "environment"}
LEAST = 20_000
"""So many unsafe changes are tried at least: fewer would mean that places are no longer found."""


@pytest.fixture(scope="module")
def all_stacks(stacks: Stacks, variant: Stacks, closed: Stacks, company: Stacks) -> list[tuple[Json, bool]]:
    """Every stack of the four configurations, and whether it is closed to public networks."""
    return [
        *(
            (stack.terraform, name == "mlops-prod")
            for group in (stacks, variant, company)
            for name, stack in group.items()
        ),
        *((stack.terraform, name != "mlops-registry") for name, stack in closed.items()),
    ]


def refused(terraform: Json, *, closed: bool) -> Counter[tuple[str, str]]:
    return Counter(
        (violation.address, violation.found) for violation in violations(terraform, private=closed, tags=TAGS)
    )


def test_the_configurations_as_they_are_pass(all_stacks: list[tuple[Json, bool]]) -> None:
    assert [refused(terraform, closed=closed) for terraform, closed in all_stacks] == [Counter()] * len(
        all_stacks
    )


class Part:
    """The part of a stack that judges a change of one resource: that resource, and what has secrets."""

    def __init__(self, terraform: Json) -> None:
        self._variables = {"variable": terraform.get("variable", {})}
        self._sensitive = [
            (section, type_, name, body)
            for section, type_, name, body in bodies(terraform)
            if holds_secrets(section, type_)
        ]

    def around(self, section: str, type_: str, name: str, body: Json) -> Json:
        part: Json = {**self._variables, "resource": {}, "data": {}}
        for place in (*self._sensitive, (section, type_, name, body)):
            part[place[0]].setdefault(place[1], {})[place[2]] = place[3]
        return part


def test_no_unsafe_change_of_a_resource_passes(all_stacks: list[tuple[Json, bool]]) -> None:
    tried = 0
    passed = []
    seen: set[tuple[Any, ...]] = set()
    for terraform, closed in all_stacks:
        part = Part(terraform)
        before: dict[tuple[str, str, str], Counter[tuple[str, str]]] = {}
        for what, section, type_, name, body in unsafe_changes(terraform, closed=closed, seen=seen):
            tried += 1
            place = section, type_, name
            if place not in before:
                as_it_was = part.around(*place, terraform[section][type_][name])
                before[place] = refused(as_it_was, closed=closed)
            # Only the part is looked at: what it refers to and does not hold was refused before as well.
            if not refused(part.around(*place, body), closed=closed) - before[place]:
                passed.append(f"{type_}.{name}: {what}")
    print(f"{tried} unsafe changes")  # noqa: T201 # shown by pytest -rP
    assert passed == []
    assert tried >= LEAST


def test_no_unsafe_setting_of_a_provider_passes(all_stacks: list[tuple[Json, bool]]) -> None:
    passed = [
        what
        for terraform, closed in all_stacks[::4]
        for what, changed in unsafe_providers({**terraform, "resource": {}, "data": {}})
        if not refused(changed, closed=closed)
    ]
    assert passed == []


def sections(terraform: Json) -> Iterator[tuple[str, Json]]:
    value: Json
    for name in (
        "locals",
        "output",
        "module",
        "ephemeral",
        "action",
        "list",
        "Resource",
        "dynamic",
        "provisioner",
    ):
        for value in ({}, [], {"x": {"value": "y"}}, [{"x": 1}]):
            yield name, {**terraform, name: value}
    for name in (
        "terraform",
        "provider",
        "variable",
        "resource",
        "data",
        "moved",
        "removed",
        "import",
        "check",
    ):
        for value in ("x", 1, [1], ["x"], [["x"]], {"x": "y"}, {"x": {"y": "z"}}, {"x": [{"y": "z"}]}):
            yield f"{name} = {value!r}", {**terraform, name: value}
    for type_ in (
        "http",
        "external",
        "terraform_remote_state",
        "azurerm_key_vault_secret",
        "local_file",
        "aws_x",
    ):
        for section in ("data", "resource"):
            yield f"{section}.{type_}", {**terraform, section: {type_: {"x": {"url": "https://x"}}}}
    for path in text_places({key: terraform[key] for key in ("terraform", "variable") if key in terraform}):
        for text in NOWHERE:
            if path[-1] != "condition" or "slack_webhook_url" not in text:
                yield f"{text!r} at {path}", replaced(terraform, path, text)


def test_no_unsafe_section_passes(all_stacks: list[tuple[Json, bool]]) -> None:
    passed = [
        what
        for terraform, closed in all_stacks[::4]
        for what, changed in sections({**terraform, "resource": {}, "data": {}})
        if not refused(changed, closed=closed)
    ]
    assert passed == []


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.sampled_from(["${", "%{", "${var.x}", "Allow", "//", "lifecycle", "${self.id}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@inputs(250)
@given(data=st.data())
def test_any_shape_at_any_place_is_judged(all_stacks: list[tuple[Json, bool]], data: st.DataObject) -> None:
    terraform, closed = data.draw(st.sampled_from(all_stacks))
    path: tuple[Any, ...] = ()
    node = terraform
    while isinstance(node, dict | list) and node and (not path or data.draw(st.integers(0, 5)) > 0):
        key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
        path, node = (*path, key), node[key]
    changed = replaced(terraform, path, data.draw(JSON))
    for violation in violations(changed, private=closed, tags=TAGS):
        assert isinstance(violation, Violation)
        assert len(str(violation).splitlines()) == 4


@pytest.mark.parametrize("value", [None, 1, "x", [], [1], True, {"resource": []}, {"resource": {"x": 1}}])
def test_what_is_no_stack_is_refused(value: Json) -> None:
    assert list(violations(value, private=True, tags=TAGS))


def test_what_is_too_deep_is_refused() -> None:
    deep: Json = "x"
    for _ in range(5000):
        deep = {"x": deep}
    (violation,) = violations({"resource": deep}, private=True, tags=TAGS)
    assert "without an end" in violation.found
    assert json.dumps(violation.found)
