"""The reader of the schema facts."""

from __future__ import annotations

from facts.reader import BUILT_IN, PROVIDERS, TERRAFORM_REGISTRY, Attribute, Block, NestedBlock, facts


def test_what_a_file_does_not_say_is_false_or_none() -> None:
    attribute = Attribute({"type": "string"})
    assert attribute.type == "string"
    assert not attribute.configurable
    assert not (attribute.computed or attribute.sensitive or attribute.write_only or attribute.deprecated)
    assert attribute.nested is None
    assert (Block({}).attributes, Block({}).blocks, Block({}).deprecated) == ({}, {}, False)
    block = NestedBlock({"nesting_mode": "list", "block": {}})
    assert (block.nesting, block.min_items, block.max_items) == ("list", 0, 0)


def test_an_object_with_attributes_of_its_own_is_a_block_without_blocks() -> None:
    content = {
        "optional": True,
        "nested_type": {"nesting_mode": "single", "attributes": {"url": {"required": True}}},
    }
    attribute = Attribute(content)
    assert attribute.type is None
    assert attribute.nested is not None
    assert attribute.nested.nesting == "single"
    assert attribute.nested.attributes["url"].required
    assert not attribute.nested.blocks


def test_every_provider_says_where_it_is_from_and_what_it_has() -> None:
    for provider in PROVIDERS:
        known = facts(provider)
        assert known.source.startswith(f"{TERRAFORM_REGISTRY}/")
        assert known.source.endswith(f"/{provider}")
        assert known.resources
        assert all(name.startswith(f"{provider}_") for name in (*known.resources, *known.data_sources))
        assert known.provider.block.attributes or provider == "time"


def test_what_terraform_has_itself_is_installed_from_nowhere() -> None:
    known = facts(BUILT_IN)
    assert known.source == "terraform.io/builtin/terraform"
    assert list(known.resources) == ["terraform_data"]


def test_a_part_is_made_once() -> None:
    known = facts("azurerm")
    assert facts("azurerm") is known
    vault = known.resources["azurerm_key_vault"]
    assert known.resources["azurerm_key_vault"] is vault
    assert vault.block.attributes["name"] is vault.block.attributes["name"]
