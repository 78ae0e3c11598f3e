"""What is found in a stack that Terraform finds valid: each kind of mistake, and nothing where there is none."""

from copy import deepcopy
from typing import Any

import pytest

from facts.reader import Schema
from tests.schema import Types, problems, recorded_types

OPTIONAL = {"optional": True, "type": "string"}

BOX = {
    "attributes": {
        "id": {"computed": True, "optional": True, "type": "string"},
        "name": {"required": True, "type": "string"},
        "endpoint": {"computed": True, "type": "string"},
        "size": {"optional": True, "type": "number"},
        "open": {"optional": True, "type": "bool"},
        "zones": {"optional": True, "type": ["list", "string"]},
        "owners": {"optional": True, "type": ["set", "string"]},
        "tags": {"optional": True, "type": ["map", "string"]},
        "limits": {"optional": True, "type": ["object", {"cpu": "number"}]},
        "rules": {"optional": True, "type": ["list", ["object", {"port": "number"}]]},
        "body": {"optional": True, "type": "dynamic"},
        "key": {"optional": True, "sensitive": True, "type": "string"},
        "old": {"optional": True, "deprecated": True, "type": "string"},
        "retry": {
            "optional": True,
            "nested_type": {
                "nesting_mode": "single",
                "attributes": {"pattern": {"required": True, "type": ["list", "string"]}},
            },
        },
        "hooks": {
            "optional": True,
            "nested_type": {"nesting_mode": "list", "attributes": {"url": OPTIONAL}},
        },
    },
    "block_types": {
        "identity": {
            "nesting_mode": "list",
            "block": {
                "attributes": {
                    "type": {"required": True, "type": "string"},
                    "principal_id": {"computed": True, "type": "string"},
                }
            },
        },
        "variable": {
            "nesting_mode": "set",
            "block": {"attributes": {"value": OPTIONAL, "secret": {**OPTIONAL, "sensitive": True}}},
        },
        "legacy": {"nesting_mode": "list", "block": {"deprecated": True}},
    },
}
TYPES: Types = {
    "resource": {"azurerm_box": Schema({"block": BOX})},
    "data": {
        "azurerm_box": Schema({"block": {"attributes": {"name": OPTIONAL, "size": {"type": "number"}}}})
    },
    "provider": {"azurerm": Schema({"block": {"attributes": {"subscription_id": OPTIONAL}}})},
}

STACK: dict[str, Any] = {
    "//": {"metadata": "$${azurerm_box.nowhere}"},
    "terraform": {"backend": {"azurerm": {"key": "mlops-dev.tfstate"}}},
    "provider": {"azurerm": [{"subscription_id": "s"}], "null": [{}]},
    "data": {"azurerm_box": {"found": {"name": "a"}}},
    "resource": {
        "null_resource": {"pause": {"anything": 1}},
        "azurerm_box": {
            "box": {"name": "a"},
            "good": {
                "depends_on": ["azurerm_box.box", "null_resource.pause"],
                "lifecycle": {"ignore_changes": ["tags"]},
                "name": 'a-${join("$", [azurerm_box.box.id, data.azurerm_box.found.name])}',
                "size": 1.5,
                "open": False,
                "zones": ["1", "${azurerm_box.box.identity[0].principal_id}"],
                "owners": "${azurerm_box.box.owners}",
                "tags": {"a": "literal $$ and %%{x}", "b": '${azurerm_box.box.tags["}"]}'},
                "limits": {"cpu": '${lookup({ a = 1 }, "}")}'},
                "rules": [{"port": 1}],
                "body": {"x": [1, None, {"y": True}]},
                "key": "https://host?key=${var.key}",
                "old": None,
                "retry": {"pattern": ["a"]},
                "hooks": [{"url": "${azurerm_box.box.hooks[0].url}"}],
                "identity": [{"type": "SystemAssigned"}],
                "variable": {"value": "0.70", "secret": '${lookup(var.keys, "a.b")}'},
            },
        },
    },
    "output": {"id": {"value": "${azurerm_box.good.id}"}},
}


def stack_with(**arguments: Any) -> dict[str, Any]:
    """Return the good stack with some arguments of ``azurerm_box.box`` changed."""
    stack = deepcopy(STACK)
    stack["resource"]["azurerm_box"]["box"] |= arguments
    return stack


def test_a_good_stack_has_no_problems() -> None:
    assert problems("mlops-dev", STACK, TYPES) == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"endpoint": "x"}, "endpoint is read-only"),
        ({"identity": [{"type": "a", "principal_id": "b"}]}, "identity.principal_id is read-only"),
        ({"old": "x"}, "old is deprecated"),
        ({"legacy": {}}, "legacy is deprecated"),
        ({"key": "hunter2"}, "key is a secret and holds a literal"),
        ({"key": '${sensitive("hunter2.x")}'}, "key is a secret and holds a literal"),
        ({"variable": [{"secret": "x"}]}, "variable.secret is a secret and holds a literal"),
        ({"name": 5}, "name: expected a string, not 5"),
        ({"size": "5"}, "size: expected a number, not '5'"),
        ({"size": "${azurerm_box.good.size}0"}, "size: expected a number, not '${azurerm_box.good.size}0'"),
        ({"size": "${var.a}-${var.b}"}, "size: expected a number, not '${var.a}-${var.b}'"),
        ({"size": True}, "size: expected a number, not True"),
        ({"open": "true"}, "open: expected a bool, not 'true'"),
        ({"open": 1}, "open: expected a bool, not 1"),
        ({"zones": ["1", 2]}, "zones[1]: expected a string, not 2"),
        ({"owners": [True]}, "owners[0]: expected a string, not True"),
        ({"tags": {"a": 1}}, "tags['a']: expected a string, not 1"),
        ({"limits": {"ram": 1}}, "limits.ram is unknown"),
        ({"rules": [{"port": "1"}]}, "rules[0].port: expected a number, not '1'"),
        ({"retry": {"pattern": [], "times": 1}}, "retry.times is unknown"),
        ({"retry": {"pattern": [1]}}, "retry.pattern[0]: expected a string, not 1"),
        ({"hooks": [{"url": "x"}, {"uri": "x"}]}, "hooks.uri is unknown"),
    ],
)
def test_a_wrong_argument_is_found(arguments: dict[str, Any], problem: str) -> None:
    assert problems("mlops-dev", stack_with(**arguments), TYPES) == [
        f"mlops-dev: resource.azurerm_box.box: {problem}"
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("#{TfToken[TOKEN.1]}", "holds a token that was never resolved"),
        ("${azurerm_box.good.id}$${azurerm_box.many.id}", "$$ makes a literal of the reference after it"),
    ],
)
def test_a_broken_string_is_found(text: str, problem: str) -> None:
    assert problems("mlops-dev", stack_with(name=text), TYPES) == [
        f"mlops-dev: resource.azurerm_box.box.name: {problem}: {text!r}"
    ]
    stack = deepcopy(STACK)
    stack["output"]["id"]["value"] = text
    assert problems("mlops-dev", stack, TYPES) == [f"mlops-dev: output.id.value: {problem}: {text!r}"]


def test_data_sources_and_providers_are_looked_at_too() -> None:
    stack = deepcopy(STACK)
    stack["data"]["azurerm_box"]["found"]["size"] = 1
    stack["provider"]["azurerm"].append({"alias": "second", "subscription_id": 5})
    assert problems("mlops-dev", stack, TYPES) == [
        "mlops-dev: data.azurerm_box.found: size is read-only",
        "mlops-dev: provider.azurerm: subscription_id: expected a string, not 5",
    ]


def test_the_recorded_facts_are_used_by_default() -> None:
    group = {"display_name": "QA", "group_id": "x"}
    assert "azuredevops_group" in recorded_types()["resource"]
    assert problems("mlops-dev", {"resource": {"azuredevops_group": {"qa": group}}}) == [
        "mlops-dev: resource.azuredevops_group.qa: group_id is read-only"
    ]
