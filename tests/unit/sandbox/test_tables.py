"""The tables that say what the schemas do not: every name in them is a name of a type, every pattern is one."""

from __future__ import annotations

import json
import re
import string
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.cloud.facts import PROVIDERS, Block, facts
from sandbox.cloud.rules import rules
from sandbox.provider.schema import schema_message
from sandbox.services.azure.azurerm_checks import CHECKS
from sandbox.services.azure.azurerm_deletion import HOLDS, SOFT_DELETED
from sandbox.services.azure.azurerm_ids import ARM_IDS, GLOBAL_NAMES
from sandbox.services.azure.azurerm_values import DECIDED, UPPER_CASE
from sandbox.services.azure.roles import built_in_roles, role_definition_id, role_name
from sandbox.services.devops.devops_tables import NAMED, NUMBERED, TARGETS
from sandbox.services.devops.devops_values import COMPOSED_IDS
from sandbox.services.devops.devops_values import DECIDED as DEVOPS_DECIDED
from sandbox.services.types import kind_of
from tests.conftest import REPOSITORY

RULES: dict[str, Any] = json.loads(
    (REPOSITORY / "sandbox" / "cloud" / "rules.json").read_text(encoding="utf-8")
)
TYPES = {name: schema for provider in PROVIDERS for name, schema in facts(provider).resources.items()}
# Things that are there without Terraform: data sources find them, and seed makes them.
GIVEN = {"azuredevops_build_definition", "azuredevops_user", "azurerm_subscription"}


def named(rule: dict[str, Any]) -> Iterator[str]:
    """Yield every argument that an entry of the table names."""
    yield from rule.get("force_new", ())
    yield from rule.get("force_new_between", ())
    yield from rule.get("values", ())
    yield from (name for names in rule.get("exactly_one_of", ()) for name in names)
    yield from (name for names in rule.get("conflicts", ()) for name in names)
    yield from (item["attribute"] for item in rule.get("unchangeable", ()))
    yield from dotted(rule.get("defaults", {}))


def dotted(defaults: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in defaults.items():
        if isinstance(value, dict):
            yield from dotted(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def nesting_of(block: Block, name: str) -> str | None:
    """Say what a name with dots leads to: ``attribute``, a block's nesting, or ``set`` if one is on the way."""
    head, _, rest = name.partition(".")
    if head in block.attributes and not rest:
        return "attribute"
    if head not in block.blocks:
        return None
    nested = block.blocks[head]
    return "set" if nested.nesting == "set" or not rest else nesting_of(nested.block, rest)


@pytest.mark.parametrize("type_name", RULES)
def test_rules_name_arguments_of_their_type(type_name: str) -> None:
    block = TYPES[type_name].block
    for name in named(RULES[type_name]):
        assert nesting_of(block, name), f"{type_name} has no {name}"
    for name in RULES[type_name].get("force_new", ()):
        # Terraform is told the path to what forces a new object, and a path cannot lead into a set.
        assert nesting_of(block, name) != "set" or "." not in name, f"{type_name}: {name} is in a set"
    rules(type_name)  # refuses a key that it does not know


@pytest.mark.parametrize("type_name", RULES)
def test_the_restrictions_of_values_are_complete(type_name: str) -> None:
    for rule in RULES[type_name].get("values", {}).values():
        (kind,) = rule.keys() - {"says"}
        assert kind in ("at_least", "between", "one_of", "pattern")
        if kind == "pattern":
            assert re.compile(rule["pattern"])
            assert rule["says"]


@pytest.mark.parametrize("type_name", sorted(facts("azurerm").resources))
def test_every_azure_type_has_rules_and_an_id_made_of_its_arguments(type_name: str) -> None:
    assert type_name in RULES, f"say in sandbox/rules.json what forces a new {type_name}"
    assert type_name in ARM_IDS, f"say in sandbox/services/azure/azurerm_ids.py which id a {type_name} has"
    block = TYPES[type_name].block
    for _, word, _, _ in string.Formatter().parse(ARM_IDS[type_name]):
        known = {*block.attributes, "group", "subscription"} if word else {word}
        assert word in known
    assert ("{group}" in ARM_IDS[type_name]) <= ("resource_group_name" in block.attributes)


@pytest.mark.parametrize(
    "table",
    [
        *(ARM_IDS, GLOBAL_NAMES, DECIDED, UPPER_CASE, CHECKS, HOLDS, SOFT_DELETED),
        *(NUMBERED, NAMED, COMPOSED_IDS, DEVOPS_DECIDED),
        [type_name for types in TARGETS.values() for type_name in types],
        [type_name for hold in HOLDS.values() for type_name in hold.types],
    ],
)
def test_tables_name_types_that_there_are(table: Any) -> None:
    assert set(table) <= TYPES.keys() | GIVEN


def test_roles_are_guids_and_have_names_both_ways() -> None:
    for name, guid in built_in_roles().items():
        assert str(uuid.UUID(guid)) == guid
        definition = role_definition_id("s", name)
        assert definition is not None
        assert role_name(definition.upper()) == name
    assert role_definition_id("s", "Nobody") is None
    assert role_name("/custom") == ""


# --- Facts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", PROVIDERS)
def test_facts_load_and_every_type_has_a_kind(provider: str) -> None:
    known = facts(provider)
    assert known.source.startswith("registry.terraform.io/")
    assert re.fullmatch(r"\d+\.\d+\.\d+", known.version)
    for name in known.resources:
        assert kind_of(provider, name).block is known.resources[name].block


def nestings(block: Block) -> Iterator[str]:
    for nested in block.blocks.values():
        yield nested.nesting
        yield from nestings(nested.block)


def test_blocks_are_nested_in_three_ways_only() -> None:
    # Planning knows no others; the providers have none.
    assert {nesting for schema in TYPES.values() for nesting in nestings(schema.block)} == {
        "list",
        "set",
        "single",
    }


# --- Schema messages ------------------------------------------------------------------------------------------------


def test_a_schema_message_says_what_the_facts_say() -> None:
    schema = TYPES["azurerm_storage_account"]
    message = schema_message(schema)
    assert message.version == schema.version
    attributes = {item.name: item for item in message.block.attributes}
    assert attributes["name"].required
    assert attributes["name"].type == b'"string"'
    assert attributes["primary_access_key"].sensitive
    assert attributes["tags"].type == b'["map", "string"]'
    (rules_block,) = [item for item in message.block.block_types if item.type_name == "network_rules"]
    assert rules_block.nesting == rules_block.LIST
    assert rules_block.max_items == 1
    assert {item.name for item in rules_block.block.attributes} >= {"default_action", "bypass"}


def test_a_write_only_argument_is_told_to_terraform_though_the_messages_lack_the_field() -> None:
    attributes = {item.name: item for item in schema_message(TYPES["azapi_resource"]).block.attributes}
    # Field 11 of an attribute, true.
    assert attributes["sensitive_body"].SerializeToString().endswith(b"\x58\x01")
    assert b"\x58\x01" not in attributes["body"].SerializeToString()


def test_an_object_with_attributes_of_its_own_has_no_type() -> None:
    attributes = {item.name: item for item in schema_message(TYPES["azapi_resource"]).block.attributes}
    retry = attributes["retry"]
    assert retry.type == b""
    assert retry.nested_type.nesting == retry.nested_type.SINGLE
    assert "error_message_regex" in {item.name for item in retry.nested_type.attributes}
