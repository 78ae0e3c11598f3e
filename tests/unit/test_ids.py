"""The ids of types: there for every type that a provider is asked for, and made of what it has."""

from __future__ import annotations

import re
import string

import pytest

from facts.ids import IDS, ids
from facts.reader import PROVIDERS, facts

TYPES = sorted(name for provider in PROVIDERS for name in facts(provider).resources)


def test_every_type_in_use_has_its_ids_and_no_other() -> None:
    assert list(IDS) == TYPES


@pytest.mark.parametrize("type_name", [name for name in TYPES if name.startswith("azurerm_")])
def test_an_id_of_azure_is_made_of_arguments_and_read_in_a_version(type_name: str) -> None:
    block = facts("azurerm").resources[type_name].block
    known = {*block.attributes, "group", "subscription"}
    words = {word for _, word, _, _ in string.Formatter().parse(ids(type_name).arm_id) if word}
    assert words <= known
    assert re.fullmatch(r"20\d\d-\d\d-\d\d(-preview)?", ids(type_name).api_version)


def test_a_type_that_is_missing_is_told_where_to_go() -> None:
    with pytest.raises(KeyError, match=r"azurerm_x has.*add it to facts/ids\.py"):
        ids("azurerm_x")
