"""What all hand-bound types have in common: how their arguments come into the stack, and what they refuse."""

import json
from typing import Any

import cdktf
import pytest
from cdktf import TerraformResourceLifecycle, TerraformStack
from constructs import Construct

from constructs_lib.bindings.azapi import AzapiProvider, DataAzapiResourceAction, Resource

GROUP_ID = "/subscriptions/s/resourceGroups/mlops-registry-rg"


@pytest.fixture
def stack() -> TerraformStack:
    stack = TerraformStack(cdktf.Testing.app(), "example")
    AzapiProvider(stack, "azapi")
    return stack


def thing(scope: Construct, id_: str, **arguments: Any) -> Resource:
    return Resource(
        scope, id_, **{"type": "t@1", "name": "thing", "parent_id": GROUP_ID, "body": {}, **arguments}
    )


def resources(stack: TerraformStack) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(cdktf.Testing.synth(stack, True))
    found: dict[str, Any] = content["resource"]["azapi_resource"]
    return found


def test_a_name_with_dots_stays_one_name(stack: TerraformStack) -> None:
    body = {"cost.center.id": "42", "a.b": {"c.d": "e"}}
    thing(stack, "thing", body=body)
    assert resources(stack)["thing"]["body"] == body


def test_an_override_is_written_on_top_of_the_arguments(stack: TerraformStack) -> None:
    one = thing(stack, "one", body={"properties": {"a": 1, "b": 2}})
    thing(stack, "two", body={"properties": {"a": 1}})
    one.add_override("name", "other")
    one.add_override("body.properties", {"b": 3, "c": 4})
    found = resources(stack)
    assert found["one"]["name"] == "other"
    assert found["one"]["body"] == {"properties": {"a": 1, "b": 3, "c": 4}}
    assert found["two"]["body"] == {"properties": {"a": 1}}


def test_every_stack_has_its_own_arguments() -> None:
    app = cdktf.Testing.app()
    stacks = [TerraformStack(app, name) for name in ("one", "two")]
    for stack in stacks:
        AzapiProvider(stack, "azapi")
        thing(stack, "thing", name=stack.node.id)
    assert [resources(stack)["thing"]["name"] for stack in stacks] == ["one", "two"]


def test_what_is_not_an_argument_is_written_by_cdktf(stack: TerraformStack) -> None:
    first = thing(stack, "first")
    lifecycle = TerraformResourceLifecycle(prevent_destroy=True, ignore_changes=["tags"])
    thing(stack, "second", depends_on=(first,), lifecycle=lifecycle)
    second = resources(stack)["second"]
    assert second["depends_on"] == ["azapi_resource.first"]
    assert second["lifecycle"] == {"prevent_destroy": True, "ignore_changes": ["tags"]}


@pytest.mark.parametrize("id_", ["", "a thing", "a.thing", "a/thing", "x" * 256])
def test_an_id_that_is_no_name_is_refused(stack: TerraformStack, id_: str) -> None:
    with pytest.raises(
        ValueError, match="not an id for azapi_resource, which has 1 to 255 letters, digits, - and _"
    ):
        thing(stack, id_)


@pytest.mark.parametrize("id_", ["Storage-1_a", "x" * 255])
def test_an_id_is_the_name(stack: TerraformStack, id_: str) -> None:
    assert thing(stack, id_).friendly_unique_id == id_


def test_only_a_stack_has_hand_bound_types(stack: TerraformStack) -> None:
    with pytest.raises(TypeError, match="inner: azapi_resource in a Construct, and it has to be in a stack"):
        thing(Construct(stack, "outer"), "inner")


def test_another_name_is_refused(stack: TerraformStack) -> None:
    resource = thing(stack, "thing")
    action = DataAzapiResourceAction(stack, "action", type="t@1", resource_id=resource.id)
    for element in (resource, action):
        with pytest.raises(ValueError, match=r"other than the id \(new\).* give it that id"):
            element.override_logical_id("new")


def test_a_resource_knows_only_where_it_comes_from(stack: TerraformStack) -> None:
    old, new = thing(stack, "old"), thing(stack, "new")
    for move in (old.move_to, old.move_to_id):
        with pytest.raises(ValueError, match=r"call move_from_id\(\) of the new one"):
            move("azapi_resource.new")
    new.move_from_id("azapi_resource.former")
    content = json.loads(cdktf.Testing.synth(stack, True))
    assert content["moved"] == [{"from": "azapi_resource.former", "to": "azapi_resource.new"}]
    assert content["resource"]["azapi_resource"]["new"]["name"] == "thing"
