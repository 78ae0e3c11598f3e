"""What the types declare: every name is one of the type's, every computed attribute has an answer."""

from __future__ import annotations

import re
import string
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from facts.reader import PROVIDERS, Attribute, Block, facts
from sandbox.cloud.request import Account, Request
from sandbox.cloud.store import Cloud, Resource
from sandbox.provider.schema import schema_message
from sandbox.services.azure.arm_resource import ArmResource
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.azure.roles import built_in_roles, role_definition_id, role_name
from sandbox.services.data_source import declared_data_sources
from sandbox.services.devops.devops_resource import DevOpsResource
from sandbox.services.resource_type import ResourceType, UndeclaredError, declared
from sandbox.services.types import data_source, resource_type
from tests.unit.sandbox.declared import TABLE, plain, row, row_of_data_source, table, written

TYPES = {name: schema for provider in PROVIDERS for name, schema in facts(provider).resources.items()}
SOURCES = sorted(name for provider in PROVIDERS for name in facts(provider).data_sources)
AZURE = sorted(facts("azurerm").resources)


def named(declaration: ResourceType) -> Iterator[str]:
    """Yield every argument and attribute that a declaration names."""
    rules = declaration.rules
    yield from (*rules.force_new, *rules.force_new_between, *rules.values, *dotted(rules.defaults))
    yield from (name for names in (*rules.exactly_one_of, *rules.conflicts) for name in names)
    yield from (rule.argument for rule in declaration.unchangeable)
    yield from declaration.computed_anew
    if isinstance(declaration, AzureResource):
        yield from (*declaration.upper_case, *declaration.unchecked)
    if isinstance(declaration, DevOpsResource) and declaration.unique_name:
        yield declaration.unique_name.argument


def dotted(defaults: Any, prefix: str = "") -> Iterator[str]:
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


@pytest.mark.parametrize("type_name", TYPES)
def test_a_declaration_names_arguments_of_its_type(type_name: str) -> None:
    declaration = resource_type(type_name)
    block = TYPES[type_name].block
    for name in named(declaration):
        assert nesting_of(block, name), f"{type_name} has no {name}"
    for name in declaration.rules.force_new:
        # Terraform is told the path to what forces a new object, and a path cannot lead into a set.
        assert nesting_of(block, name) != "set" or "." not in name, f"{type_name}: {name} is in a set"


@pytest.mark.parametrize("type_name", TYPES)
def test_the_restrictions_of_values_are_complete(type_name: str) -> None:
    for rule in resource_type(type_name).rules.values.values():
        kinds = [rule.one_of, rule.between, rule.at_least, rule.pattern]
        assert len([kind for kind in kinds if kind not in ((), None, "")]) == 1
        assert bool(rule.pattern) == bool(rule.says)
        assert re.compile(rule.pattern)


@pytest.mark.parametrize("type_name", AZURE)
def test_every_azure_type_has_an_id_made_of_its_arguments_and_says_what_forces_a_new_one(
    type_name: str,
) -> None:
    declaration = resource_type(type_name)
    assert isinstance(declaration, AzureResource)
    # How long a table of logs is kept is all that can be said of it: nothing forces a new one.
    assert declaration.rules.force_new or type_name == "azurerm_log_analytics_workspace_table"
    block = TYPES[type_name].block
    for _, word, _, _ in string.Formatter().parse(declaration.arm_id):
        assert word in {*block.attributes, "group", "subscription", None}
    assert ("{group}" in declaration.arm_id) <= ("resource_group_name" in block.attributes)


def test_what_uses_a_resource_are_types_that_there_are() -> None:
    declarations = [resource_type(name) for name in TYPES]
    used_by = {
        name
        for item in declarations
        if isinstance(item, ArmResource) and item.in_use
        for name in item.in_use.types
    }
    assert used_by
    assert used_by <= TYPES.keys()


def sample(attribute: Attribute, name: str) -> Any:
    """Return a value of the attribute's type, such as a user may set."""
    samples: dict[Any, Any] = {
        "string": f"/subscriptions/s/resourceGroups/rg/providers/P/types/{name}",
        "number": 1,
        "bool": True,
        "dynamic": {},
    }
    if isinstance(attribute.type, str):
        return samples[attribute.type]
    return {} if attribute.nested or attribute.type[0] in ("map", "object") else []


def arguments(block: Block) -> dict[str, Any]:
    """Return what a user has to set, what ids are made of, and one of each block."""
    given = {
        name: sample(item, name)
        for name, item in block.attributes.items()
        if item.required or (item.configurable and name.endswith("_id"))
    }
    for name, nested in block.blocks.items():
        if name != "timeouts":
            inner = arguments(nested.block)
            given[name] = inner if nested.nesting == "single" else [inner]
    return given


# Its variables are in the file of their group.
WITH_FILES = sorted(TYPES.keys() - {"azuredevops_variable_group_variable"})


def new_one(type_name: str, folder: Path) -> tuple[Resource, dict[str, Any]]:
    """Add a resource with what a user has to set, and return it with that; or it raises UndeclaredError."""

    class Everything(type(resource_type(type_name))):  # type: ignore[misc]  # a type that is only known here
        def check(self, *_: Any) -> None:
            """Take the samples as they are: nothing of what they name exists."""

        def check_new(self, *_: Any) -> None:
            """Refuse no place."""

    request = Request(Cloud(folder), Account(subscription_id="s"), type_name)
    block = TYPES[type_name].block
    defaults = {
        name: value for name, value in Everything.rules.defaults.items() if not isinstance(value, dict)
    }
    given = {
        **defaults,
        **arguments(block),
        "name": "name",
        "location": "eastus",
        "resource_group_name": "rg",
    }
    if type_name == "azurerm_private_endpoint":
        given["ip_configuration"] = []  # an address of its own choice would have to be a real one
    with request.cloud.locked():
        return Everything().add(request, given), given


@pytest.mark.parametrize("type_name", WITH_FILES)
def test_every_computed_attribute_of_a_type_is_declared(type_name: str, tmp_path: Path) -> None:
    assert new_one(type_name, tmp_path)[0].id


# --- The table ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_name", TYPES)
def test_a_type_is_what_the_table_says(type_name: str, tmp_path: Path) -> None:
    found = row(resource_type(type_name))
    if type_name in WITH_FILES:
        resource, given = new_one(type_name, tmp_path)
        found["id"] = plain(resource.id)
        found["computed"] = plain(
            {name: value for name, value in resource.attributes.items() if value != given.get(name)}
        )
    assert_in_table(type_name, found)


@pytest.mark.parametrize("type_name", SOURCES)
def test_a_data_source_is_what_the_table_says(type_name: str) -> None:
    assert_in_table(f"data.{type_name}", row_of_data_source(data_source(type_name)))


def test_the_table_has_no_other_rows() -> None:
    assert table().keys() == {*TYPES, *(f"data.{name}" for name in SOURCES)}


def assert_in_table(name: str, found: dict[str, Any]) -> None:
    """Compare with the row of the table; if the provider's source says what was found, the row is to be changed."""
    assert table().get(name) == found, f"{TABLE} says something else of {name}:\n{written({name: found})}"


class Forgetful(ResourceType):
    """A type that says nothing of what it computes."""

    name = "azurerm_user_assigned_identity"


def test_an_attribute_that_no_declaration_knows_is_refused(tmp_path: Path) -> None:
    request = Request(Cloud(tmp_path), Account(), Forgetful.name)
    with pytest.raises(
        UndeclaredError, match="azurerm_user_assigned_identity does not say what client_id is"
    ):
        Forgetful().create(request, {"name": "who"})


@pytest.mark.parametrize("look_up", [resource_type, data_source])
def test_a_type_without_a_declaration_is_named_with_the_place_for_it(look_up: Any) -> None:
    with pytest.raises(
        UndeclaredError, match=r"azurerm_box has no declaration: .* in sandbox/services/azure"
    ):
        look_up("azurerm_box")


def test_every_type_of_the_facts_is_declared_and_no_other() -> None:
    assert {resource_type(name).name for name in TYPES} == TYPES.keys() == declared.keys()
    sources = {name for provider in PROVIDERS for name in facts(provider).data_sources}
    assert {data_source(name).name for name in sources} == sources == declared_data_sources.keys()


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
def test_facts_load_and_every_type_has_its_block(provider: str) -> None:
    known = facts(provider)
    assert known.source.startswith("registry.terraform.io/")
    assert re.fullmatch(r"\d+\.\d+\.\d+", known.version)
    for name in known.resources:
        assert resource_type(name).block is known.resources[name].block


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
