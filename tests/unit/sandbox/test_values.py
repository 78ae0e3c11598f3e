"""Terraform's values survive the way to Python and back."""

from __future__ import annotations

from typing import Any

import msgpack  # type: ignore[import-untyped]  # the package ships no type information
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.provider.values import UNKNOWN, Dynamic, decode, encode, is_empty, known, plain, typed
from tests.inputs import inputs

TYPES = st.sampled_from(
    ["string", "number", "bool", "dynamic", ["list", "string"], ["object", {"a": "bool"}]]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.text(),
    st.just(UNKNOWN),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(), inner, max_size=4),
        st.builds(Dynamic, TYPES, inner),
    ),
    max_leaves=12,
)


@inputs(100)
@given(VALUES)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    assert decode(encode(value)) == value


@inputs(100)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_fraction_keeps_its_value(number: float) -> None:
    assert float(decode(encode(number))) == number


def test_a_fraction_travels_as_terraform_writes_it() -> None:
    # A binary 0.05 would differ from the 0.05 of a configuration, in every plan.
    assert msgpack.unpackb(encode({"threshold": 0.05})) == {"threshold": "0.05"}
    assert msgpack.unpackb(encode(2.0)) == 2


def test_no_data_is_null() -> None:
    assert decode(b"") is None


@pytest.mark.parametrize(
    "wire",
    [
        msgpack.ExtType(0, b"\x00"),
        # What Terraform knows of it already: not null, and a prefix.
        msgpack.ExtType(12, msgpack.packb({1: False, 2: "/subscriptions/"})),
    ],
)
def test_an_unknown_value_however_much_is_known_of_it(wire: Any) -> None:
    assert decode(msgpack.packb({"id": wire})) == {"id": UNKNOWN}


def test_a_dynamic_value_carries_its_type() -> None:
    wire = [b'["object",{"sku":"string"}]', {"sku": "Premium"}]
    value = decode(msgpack.packb(wire))
    assert value == Dynamic(["object", {"sku": "string"}], {"sku": "Premium"})
    assert msgpack.unpackb(encode(value)) == wire


def test_two_strings_in_a_list_are_no_dynamic_value() -> None:
    assert decode(encode(["string", "text"])) == ["string", "text"]


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (True, "bool"),
        (1, "number"),
        (0.5, "number"),
        ("a", "string"),
        (["a", 1], ["tuple", ["string", "number"]]),
        ({"a": {"b": None}}, ["object", {"a": ["object", {"b": "dynamic"}]}]),
    ],
)
def test_a_literal_gets_the_type_that_terraform_gives_it(value: Any, type_: Any) -> None:
    assert typed(value) == Dynamic(type_, value)


def test_null_has_no_type() -> None:
    assert typed(None) is None


def test_plain_values_carry_no_types() -> None:
    assert plain({"body": Dynamic("dynamic", [Dynamic("string", "a")])}) == {"body": ["a"]}


@pytest.mark.parametrize("value", [UNKNOWN, [UNKNOWN], {"a": [{"b": UNKNOWN}]}, Dynamic("string", UNKNOWN)])
def test_unknown_at_any_depth_is_not_known(value: Any) -> None:
    assert not known(value)


@pytest.mark.parametrize("value", [None, "", False, 0, 0.0, [], {}])
def test_null_and_a_types_zero_are_empty(value: Any) -> None:
    assert is_empty(value)
    assert known(value)


@pytest.mark.parametrize("value", ["0", True, -1, [None], {"a": None}, UNKNOWN, Dynamic("string", "")])
def test_anything_else_is_not_empty(value: Any) -> None:
    assert not is_empty(value)
