"""The checker of whole stacks: each kind of mistake is found, and a stack without one passes."""

from copy import deepcopy
from typing import Any

import pytest

from facts.reader import Schema
from tests.schema import Facts, problems, recorded_facts

OPTIONAL = {"optional": True, "type": "string"}

CONTENT: dict[str, dict[str, Any]] = {
    "provider": {
        "azurerm": {
            "block": {
                "attributes": {"subscription_id": OPTIONAL},
                "block_types": {"features": {"nesting_mode": "list", "min_items": 1, "block": {}}},
            }
        }
    },
    "resource": {
        "azurerm_box": {
            "block": {
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
                        "max_items": 1,
                        "block": {
                            "attributes": {
                                "type": {"required": True, "type": "string"},
                                "principal_id": {"computed": True, "type": "string"},
                            }
                        },
                    },
                    "variable": {
                        "nesting_mode": "set",
                        "min_items": 1,
                        "block": {"attributes": {"value": OPTIONAL}},
                    },
                    "timeouts": {"nesting_mode": "single", "block": {"attributes": {"create": OPTIONAL}}},
                    "legacy": {"nesting_mode": "list", "block": {"deprecated": True}},
                },
            }
        }
    },
    "data": {"azurerm_box": {"block": {"attributes": {"name": {"required": True, "type": "string"}}}}},
}
FACTS: Facts = {
    kind: {name: Schema(content) for name, content in types.items()} for kind, types in CONTENT.items()
}

STACK: dict[str, Any] = {
    "//": {"metadata": "${azurerm_box.nowhere}"},
    "terraform": {"backend": {"azurerm": {"key": "mlops-dev.tfstate"}}},
    "provider": {
        "azurerm": [{"features": [{}]}, {"features": {}, "alias": "second", "subscription_id": "s"}],
        "null": [{}],
    },
    "data": {"azurerm_box": {"found": {"name": "a", "provider": "azurerm.second"}}},
    "resource": {
        "null_resource": {"pause": {"anything": 1, "depends_on": ["azurerm_box.box"]}},
        "azurerm_box": {
            "box": {"name": "a", "variable": {"value": "0.70"}},
            "many": {"count": 2, "name": "a", "variable": [{}, {}]},
            "good": {
                "//": {"metadata": {"path": "mlops-dev/good"}},
                "depends_on": ["azurerm_box.box", "data.azurerm_box.found", "null_resource.pause"],
                "provider": "azurerm",
                "lifecycle": {"ignore_changes": ["tags", 'tags["a"]', "identity[0].type"]},
                "name": 'a-${join("$", [azurerm_box.box.id, data.azurerm_box.found.name])}',
                "size": 1.5,
                "open": False,
                "zones": ["1", "${azurerm_box.box.identity[0].principal_id}"],
                "owners": "${azurerm_box.box.owners}",
                "tags": {"a": "literal $${azure} and %%{x}", "b": '${azurerm_box.box.tags["}"]}'},
                "limits": {"cpu": "${azurerm_box.box.limits.cpu}"},
                "rules": [{"port": 1}],
                "body": {"x": [1, None, {"y": "${azurerm_box.box.body.any[0].thing}"}]},
                "key": "https://host?key=${var.key}",
                "old": None,
                "retry": {"pattern": ["${azurerm_box.many[0].retry.pattern[1]}"]},
                "hooks": [{"url": "${azurerm_box.many[1].hooks[0].url}"}],
                "identity": [{"type": "SystemAssigned"}],
                "variable": [{"value": "${azurerm_box.box.variable[*].value}"}],
                "timeouts": {"create": "30m"},
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
    assert problems("mlops-dev", STACK, FACTS) == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"colour": "red"}, "colour is unknown"),
        ({"name": None}, "name is missing"),
        ({"endpoint": "x"}, "endpoint is read-only"),
        ({"old": "x"}, "old is deprecated"),
        ({"legacy": {}}, "legacy is deprecated"),
        ({"key": "hunter2"}, "key is a secret and holds a literal"),
        ({"key": '${sensitive("hunter2")}'}, "key is a secret and holds a literal"),
        ({"name": 5}, "name: expected a string, not 5"),
        ({"size": "5"}, "size: expected a number, not '5'"),
        ({"size": "${azurerm_box.good.size}0"}, "size: expected a number, not '${azurerm_box.good.size}0'"),
        ({"size": True}, "size: expected a number, not True"),
        ({"open": "true"}, "open: expected a bool, not 'true'"),
        ({"open": 1}, "open: expected a bool, not 1"),
        ({"zones": "1"}, "zones: expected a list, not '1'"),
        ({"zones": ["1", 2]}, "zones[1]: expected a string, not 2"),
        ({"owners": {"a": "b"}}, "owners: expected a set, not {'a': 'b'}"),
        ({"tags": ["a"]}, "tags: expected a map, not ['a']"),
        ({"tags": {"a": 1}}, "tags['a']: expected a string, not 1"),
        ({"limits": [1]}, "limits: expected an object, not [1]"),
        ({"limits": {"ram": 1}}, "limits.ram is unknown"),
        ({"rules": [{"port": "1"}]}, "rules[0].port: expected a number, not '1'"),
        ({"retry": [{"pattern": []}]}, "retry: expected an object, not [{'pattern': []}]"),
        ({"retry": {}}, "retry.pattern is missing"),
        ({"retry": {"pattern": [], "times": 1}}, "retry.times is unknown"),
        ({"hooks": {"url": "x"}}, "hooks: expected a list, not {'url': 'x'}"),
        ({"hooks": ["x"]}, "hooks[0]: expected an object, not 'x'"),
        ({"identity": {}}, "identity.type is missing"),
        ({"identity": [{"type": "a", "principal_id": "b"}]}, "identity[0].principal_id is read-only"),
        ({"identity": [{"type": "a"}, {"type": "b"}]}, "identity: 2 blocks, but at most 1 allowed"),
        ({"identity": "a"}, "identity: expected a block, not 'a'"),
        ({"variable": []}, "variable: 0 blocks, but at least 1 needed"),
        ({"variable": None}, "variable: 0 blocks, but at least 1 needed"),
        ({"variable": [{"secret": "x"}]}, "variable[0].secret is unknown"),
        ({"timeouts": [{}, {}]}, "timeouts: 2 blocks, but at most 1 allowed"),
        ({"provider": "azurerm.third"}, "provider: azurerm.third is not configured in this stack"),
        ({"provisioners": []}, "provisioners is unknown"),
        ({"lifecycle": {"ignore_change": ["name"]}}, "lifecycle: ignore_change is unknown"),
        (
            {"lifecycle": {"ignore_changes": ["variables"]}},
            "lifecycle.ignore_changes: azurerm_box has no variables",
        ),
        (
            {"lifecycle": {"ignore_changes": ["the name"]}},
            "lifecycle.ignore_changes: the name is not the path of an argument",
        ),
    ],
)
def test_a_wrong_argument_is_found(arguments: dict[str, Any], problem: str) -> None:
    assert problems("mlops-dev", stack_with(**arguments), FACTS) == [f"mlops-dev: azurerm_box.box: {problem}"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("${azurerm_box.gone.id}", "this stack has no azurerm_box.gone"),
        ("${data.azurerm_box.box.name}", "this stack has no data.azurerm_box.box"),
        ("${azurerm_box.good.colour}", "azurerm_box has no colour"),
        ("${azurerm_box.good.id.x}", "azurerm_box.id is a string without .x"),
        ("${azurerm_box.good.zones.first}", "azurerm_box.zones is a list and needs an index before .first"),
        (
            "${azurerm_box.good.identity.type}",
            "azurerm_box.identity is a list and needs an index before .type",
        ),
        ("${azurerm_box.good.identity[0].kind}", "azurerm_box.identity[0] has no kind"),
        (
            "${azurerm_box.good.variable[0].value}",
            "azurerm_box.variable is a set, which has no index [0]",
        ),
        ("${azurerm_box.good.retry.times}", "azurerm_box.retry has no times"),
        ("${azurerm_box.good[0].id}", "azurerm_box has no 0"),
    ],
)
def test_a_wrong_reference_is_found(text: str, problem: str) -> None:
    reference = text.removeprefix("${").removesuffix("}")
    assert problems("mlops-dev", stack_with(name=text), FACTS) == [
        f"mlops-dev: azurerm_box.box: name: refers to {reference}, but {problem}"
    ]


@pytest.mark.parametrize(
    "text",
    [
        'a ${upper("b") != "" ? azurerm_box.gone.id : null} c',
        '${join("-", ["}", "${azurerm_box.gone.id}"])}',
        "${{ a = azurerm_box.gone.id }}",
        "${azurerm_box.good.tags[azurerm_box.gone.id]}",
        "%{ if azurerm_box.gone.id == 1 }a%{ endif }",
    ],
)
def test_references_inside_expressions_are_found(text: str) -> None:
    assert problems("mlops-dev", stack_with(name=text), FACTS) == [
        "mlops-dev: azurerm_box.box: name: refers to azurerm_box.gone.id, "
        "but this stack has no azurerm_box.gone"
    ]


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({"depends_on": ["azurerm_box.gone"]}, "depends_on[0]"),
        ({"lifecycle": {"replace_triggered_by": ["azurerm_box.gone"]}}, "lifecycle.replace_triggered_by[0]"),
    ],
)
def test_references_without_interpolation_are_found(arguments: dict[str, Any], path: str) -> None:
    assert problems("mlops-dev", stack_with(**arguments), FACTS) == [
        f"mlops-dev: azurerm_box.box: {path}: refers to azurerm_box.gone, "
        "but this stack has no azurerm_box.gone"
    ]


def test_a_reference_in_an_output_is_checked() -> None:
    stack = deepcopy(STACK)
    stack["output"]["id"]["value"] = "${azurerm_box.gone.id}"
    assert problems("mlops-dev", stack, FACTS) == [
        "mlops-dev: output: id.value: refers to azurerm_box.gone.id, but this stack has no azurerm_box.gone"
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("${TfToken[TOKEN.1]}", "holds a token that was never resolved"),
        ("${azurerm_box.good.id", "an interpolation is not closed"),
        ('${join("-, [1])}', "a quote is not closed"),
        (
            "${azurerm_box.good.id}$${azurerm_box.many.id}",
            "$$ makes a literal of the reference after it",
        ),
    ],
)
def test_a_broken_string_is_found(text: str, problem: str) -> None:
    assert problems("mlops-dev", stack_with(name=text), FACTS) == [
        f"mlops-dev: azurerm_box.box: name: {problem}: {text!r}"
    ]


def test_a_data_source_is_checked() -> None:
    stack = deepcopy(STACK)
    stack["data"]["azurerm_box"]["found"] = {"title": "a", "lifecycle": {"prevent_destroy": True}}
    assert problems("mlops-dev", stack, FACTS) == [
        "mlops-dev: data.azurerm_box.found: title is unknown",
        "mlops-dev: data.azurerm_box.found: name is missing",
        "mlops-dev: data.azurerm_box.found: lifecycle: prevent_destroy is unknown",
    ]


def test_a_provider_is_checked() -> None:
    stack = deepcopy(STACK)
    stack["provider"]["azurerm"][1] = {"alias": "second", "subscription": "s"}
    assert problems("mlops-dev", stack, FACTS) == [
        "mlops-dev: provider.azurerm: subscription is unknown",
        "mlops-dev: provider.azurerm: features: 0 blocks, but at least 1 needed",
    ]


def test_a_type_without_facts_is_found() -> None:
    stack = deepcopy(STACK)
    stack["resource"]["azurerm_crate"] = {"c": {"name": "a"}}
    assert problems("mlops-dev", stack, FACTS) == [
        "mlops-dev: azurerm_crate.c: no facts about this type; see constructs_lib/bindings/write_facts.py"
    ]


def test_the_recorded_facts_are_used_by_default() -> None:
    group = {"display_name": "QA", "group_id": "x"}
    assert "azuredevops_group" in recorded_facts()["resource"]
    assert problems("mlops-dev", {"resource": {"azuredevops_group": {"qa": group}}}) == [
        "mlops-dev: azuredevops_group.qa: group_id is read-only"
    ]
