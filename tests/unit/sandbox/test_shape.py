"""What the file of a resource may hold: each mistake is named with its place, what is there, and what has to be."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.cloud.shape import mistakes

ROUTE = {"address_prefix": "a", "name": "b", "next_hop_in_ip_address": "", "next_hop_type": "None"}
RULES = {
    "bypass": [],
    "default_action": "Deny",
    "ip_rules": [],
    "virtual_network_subnet_ids": [],
    "private_link_access": [],
}
RETRY = {
    "error_message_regex": ["x"],
    "interval_seconds": 1,
    "max_interval_seconds": 1,
    "multiplier": 1.5,
    "randomization_factor": 0.5,
}

WRONG: dict[str, tuple[str, Any, list[str]]] = {
    # what: (type, attributes, mistakes)
    "a number for a text": (
        "azurerm_resource_group",
        {"name": 1},
        ["name is a number (1), and has to be text"],
    ),
    "a fraction for a text": (
        "azurerm_resource_group",
        {"name": 1.5},
        ["name is a number (1.5), and has to be text"],
    ),
    "a list for a text": (
        "azurerm_resource_group",
        {"name": ["a"]},
        ["name is a list, and has to be text"],
    ),
    "an object for a text": (
        "azurerm_resource_group",
        {"name": {"a": 1}},
        ["name is an object, and has to be text"],
    ),
    "a text for true or false": (
        "azurerm_storage_account",
        {"https_traffic_only_enabled": "x" * 70},
        [f"https_traffic_only_enabled is text ({'x' * 60}), and has to be true or false"],
    ),
    "one for true": (
        "azurerm_storage_account",
        {"https_traffic_only_enabled": 1},
        ["https_traffic_only_enabled is a number (1), and has to be true or false"],
    ),
    "true for a number": (
        "azurerm_key_vault",
        {"soft_delete_retention_days": True},
        ["soft_delete_retention_days is true or false (True), and has to be a number"],
    ),
    "a text for a list": (
        "azurerm_virtual_network",
        {"address_space": "10.0.0.0/8"},
        ["address_space is text (10.0.0.0/8), and has to be a list of text"],
    ),
    "a number in a list": (
        "azurerm_virtual_network",
        {"dns_servers": ["10.0.0.4", 5]},
        ["dns_servers[1] is a number (5), and has to be text"],
    ),
    "a list for a map": (
        "azurerm_resource_group",
        {"tags": []},
        ["tags is a list, and has to be an object of text"],
    ),
    "a number in a map": (
        "azurerm_resource_group",
        {"tags": {"a": "b", "c": 1}},
        ["tags.c is a number (1), and has to be text"],
    ),
    "a text in a map of lists": (
        "azapi_resource",
        {"read_query_parameters": {"a": "b"}},
        ["read_query_parameters.a is text (b), and has to be a list of text"],
    ),
    "a text for a map of lists": (
        "azapi_resource",
        {"read_query_parameters": "a"},
        ["read_query_parameters is text (a), and has to be an object of list of text"],
    ),
    "a text for objects": (
        "azurerm_route_table",
        {"route": "x"},
        ["route is text (x), and has to be a list of an object"],
    ),
    "something more in an object": (
        "azurerm_route_table",
        {"route": [ROUTE | {"more": 1}]},
        ["route[0].more is not known there; known are: " + ", ".join(ROUTE)],
    ),
    "something less in an object": (
        "azurerm_route_table",
        {"route": [ROUTE, {key: ROUTE[key] for key in ROUTE if key != "name"}]},
        ["route[1].name is missing"],
    ),
    "a wrong value in an object": (
        "azurerm_route_table",
        {"route": [ROUTE | {"name": 1}]},
        ["route[0].name is a number (1), and has to be text"],
    ),
    "an object for blocks": (
        "azurerm_storage_account",
        {"network_rules": RULES},
        ["network_rules is an object, and has to be a list of objects"],
    ),
    "a text among blocks": (
        "azurerm_storage_account",
        {"network_rules": ["x"]},
        ["network_rules[0] is text (x), and has to be an object"],
    ),
    "a wrong value in a block": (
        "azurerm_storage_account",
        {"network_rules": [RULES | {"bypass": [1]}]},
        ["network_rules[0].bypass[0] is a number (1), and has to be text"],
    ),
    "something more in a block": (
        "azurerm_storage_account",
        {"network_rules": [RULES | {"more": 1}]},
        ["network_rules[0].more is not known there; known are: " + ", ".join(RULES)],
    ),
    "something less in a block": (
        "azurerm_storage_account",
        {"network_rules": [{key: RULES[key] for key in RULES if key != "private_link_access"}]},
        ["network_rules[0].private_link_access is missing"],
    ),
    "a list for the one block": (
        "azurerm_storage_account",
        {"timeouts": []},
        ["timeouts is a list, and has to be an object"],
    ),
    "a text for the one object": (
        "azapi_resource",
        {"retry": "x"},
        ["retry is text (x), and has to be an object"],
    ),
    "a wrong value in the one object": (
        "azapi_resource",
        {"retry": RETRY | {"multiplier": "x"}},
        ["retry.multiplier is text (x), and has to be a number"],
    ),
    "a data source": (
        "azurerm_client_config",
        {"tenant_id": 1},
        ["tenant_id is a number (1), and has to be text"],
    ),
}
RIGHT: tuple[tuple[str, Any], ...] = (
    ("azurerm_resource_group", {"name": "a", "location": None, "tags": {"a": "b"}, "of_the_sandbox": 1}),
    ("azurerm_key_vault", {"soft_delete_retention_days": 90, "purge_protection_enabled": False}),
    ("azurerm_virtual_network", {"address_space": ["a"], "dns_servers": []}),
    ("azurerm_route_table", {"route": [ROUTE]}),
    ("azurerm_storage_account", {"network_rules": [RULES], "sas_policy": None}),
    (
        "azapi_resource",
        {"body": {"any": ["thing", 1]}, "retry": RETRY, "read_query_parameters": {"a": ["b"]}},
    ),
    ("terraform_data", {"input": 1}),
    ("azurerm_nothing", {"name": 1}),
)


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_is_named(what: str) -> None:
    type_name, attributes, said = WRONG[what]
    assert list(mistakes(type_name, attributes)) == said


@pytest.mark.parametrize(("type_name", "attributes"), RIGHT)
def test_what_fits_is_no_mistake(type_name: str, attributes: Any) -> None:
    assert list(mistakes(type_name, attributes)) == []
