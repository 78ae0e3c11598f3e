"""The hand-bound azapi types: what they write into the synthesized stack."""

import json
from typing import Any

import cdktf
import pytest
from cdktf import TerraformOutput, TerraformResourceLifecycle, TerraformStack, TerraformVariable

from constructs_lib.bindings.azapi import (
    AzapiProvider,
    DataAzapiResourceAction,
    Resource,
    ResourceIdentity,
)
from tests.schema import problems

GROUP_ID = "/subscriptions/s/resourceGroups/mlops-registry-rg"


def synth(stack: TerraformStack) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(cdktf.Testing.synth(stack, True))
    return content


@pytest.fixture
def stack() -> TerraformStack:
    stack = TerraformStack(cdktf.Testing.app(), "example")
    AzapiProvider(stack, "azapi")
    return stack


def minimal(stack: TerraformStack, name: str) -> Resource:
    return Resource(
        stack, name, type="Microsoft.Example/things@2025-01-01", name=name, parent_id=GROUP_ID, body={}
    )


def test_every_argument_is_written(stack: TerraformStack) -> None:
    first = minimal(stack, "first")
    secret = TerraformVariable(stack, "secret", type="string", sensitive=True)
    Resource(
        stack,
        "registry",
        type="Microsoft.MachineLearningServices/registries@2025-12-01",
        name="mlops-central-registry",
        parent_id=GROUP_ID,
        location="eastus",
        identity=ResourceIdentity(type="SystemAssigned"),
        body={
            "properties": {
                "publicNetworkAccess": "Disabled",
                "regionDetails": [{"location": "eastus", "hns": False, "count": 2, "share": 0.5, "none": []}],
                "reference": {"deep": (first.id,)},
            }
        },
        sensitive_body={"properties": {"key": secret.string_value}},
        depends_on=[first],
        lifecycle=TerraformResourceLifecycle(ignore_changes=["body", "tags"]),
    )
    content = synth(stack)
    assert content["resource"]["azapi_resource"]["registry"] == {
        "type": "Microsoft.MachineLearningServices/registries@2025-12-01",
        "name": "mlops-central-registry",
        "parent_id": GROUP_ID,
        "location": "eastus",
        "identity": {"type": "SystemAssigned"},
        "body": {
            "properties": {
                "publicNetworkAccess": "Disabled",
                "regionDetails": [{"location": "eastus", "hns": False, "count": 2, "share": 0.5, "none": []}],
                "reference": {"deep": ["${azapi_resource.first.id}"]},
            }
        },
        "sensitive_body": {"properties": {"key": "${var.secret}"}},
        "depends_on": ["azapi_resource.first"],
        "lifecycle": {"ignore_changes": ["body", "tags"]},
    }
    assert problems("example", content) == []


def test_arguments_left_out_are_not_written(stack: TerraformStack) -> None:
    minimal(stack, "thing")
    assert synth(stack)["resource"]["azapi_resource"]["thing"] == {
        "type": "Microsoft.Example/things@2025-01-01",
        "name": "thing",
        "parent_id": GROUP_ID,
        "body": {},
    }


def test_the_provider_writes_its_settings_and_its_origin() -> None:
    stack = TerraformStack(cdktf.Testing.app(), "example")
    AzapiProvider(stack, "azapi", subscription_id="subscription", tenant_id="tenant")
    content = synth(stack)
    assert content["provider"]["azapi"] == [{"subscription_id": "subscription", "tenant_id": "tenant"}]
    assert content["terraform"]["required_providers"] == {
        "azapi": {"source": "azure/azapi", "version": "~> 2.12"}
    }
    assert problems("example", content) == []


def test_what_an_action_answers_can_be_kept_secret(stack: TerraformStack) -> None:
    action = DataAzapiResourceAction(
        stack,
        "address",
        type="Microsoft.Logic/workflows@2019-05-01",
        resource_id=minimal(stack, "thing").id,
        action="triggers/alert/listCallbackUrl",
        method="POST",
        sensitive_response_export_values=["value"],
    )
    TerraformOutput(stack, "address_value", value=action.sensitive_output_string("value"), sensitive=True)
    content = synth(stack)
    assert content["data"]["azapi_resource_action"]["address"] == {
        "type": "Microsoft.Logic/workflows@2019-05-01",
        "resource_id": "${azapi_resource.thing.id}",
        "action": "triggers/alert/listCallbackUrl",
        "method": "POST",
        "sensitive_response_export_values": ["value"],
    }
    assert content["output"]["address_value"]["value"] == (
        "${data.azapi_resource_action.address.sensitive_output.value}"
    )
    assert problems("example", content) == []
