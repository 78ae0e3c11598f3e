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
    ResourceRetry,
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
    Resource(
        stack,
        "registry",
        type="Microsoft.MachineLearningServices/registries@2025-12-01",
        name="mlops-central-registry",
        parent_id=GROUP_ID,
        location="eastus",
        tags={"owner": "platform"},
        identity=ResourceIdentity(type="SystemAssigned, UserAssigned", identity_ids=[first.id]),
        body={
            "properties": {
                "publicNetworkAccess": "Disabled",
                "regionDetails": [{"location": "eastus", "hns": False, "count": 2, "share": 0.5, "none": []}],
                "reference": {"deep": [first.output_string("properties.name")]},
            }
        },
        schema_validation_enabled=True,
        response_export_values=["properties.discoveryUrl"],
        ignore_casing=True,
        ignore_missing_property=False,
        retry=ResourceRetry(
            error_message_regex=["AuthorizationFailed"], interval_seconds=5, max_interval_seconds=60
        ),
        depends_on=[first],
        lifecycle=TerraformResourceLifecycle(ignore_changes=["body", "tags"]),
    )
    content = synth(stack)
    assert content["resource"]["azapi_resource"]["registry"] == {
        "type": "Microsoft.MachineLearningServices/registries@2025-12-01",
        "name": "mlops-central-registry",
        "parent_id": GROUP_ID,
        "location": "eastus",
        "tags": {"owner": "platform"},
        "identity": {
            "type": "SystemAssigned, UserAssigned",
            "identity_ids": ["${azapi_resource.first.id}"],
        },
        "body": {
            "properties": {
                "publicNetworkAccess": "Disabled",
                "regionDetails": [{"location": "eastus", "hns": False, "count": 2, "share": 0.5, "none": []}],
                "reference": {"deep": ["${azapi_resource.first.output.properties.name}"]},
            }
        },
        "schema_validation_enabled": True,
        "response_export_values": ["properties.discoveryUrl"],
        "ignore_casing": True,
        "ignore_missing_property": False,
        "retry": {
            "error_message_regex": ["AuthorizationFailed"],
            "interval_seconds": 5,
            "max_interval_seconds": 60,
        },
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


def test_exported_values_can_be_named(stack: TerraformStack) -> None:
    resource = Resource(
        stack,
        "thing",
        type="Microsoft.Example/things@2025-01-01",
        name="thing",
        parent_id=GROUP_ID,
        body={},
        identity=ResourceIdentity(type="SystemAssigned"),
        response_export_values={"url": "properties.discoveryUrl"},
    )
    TerraformOutput(stack, "url", value=resource.output_string("url"))
    TerraformOutput(stack, "all", value=resource.output)
    TerraformOutput(stack, "principal", value=resource.principal_id)
    content = synth(stack)
    assert content["resource"]["azapi_resource"]["thing"]["response_export_values"] == {
        "url": "properties.discoveryUrl"
    }
    assert content["output"] == {
        "url": {"value": "${azapi_resource.thing.output.url}"},
        "all": {"value": "${azapi_resource.thing.output}"},
        "principal": {"value": "${azapi_resource.thing.identity[0].principal_id}"},
    }
    assert problems("example", content) == []


def test_tags_can_be_set_later(stack: TerraformStack) -> None:
    resource = minimal(stack, "thing")
    assert resource.tags_input is None
    resource.tags = {"environment": "dev"}
    resource.tags = {**(resource.tags_input or {}), "owner": "platform"}
    TerraformOutput(stack, "tags", value=resource.tags)
    content = synth(stack)
    assert content["resource"]["azapi_resource"]["thing"]["tags"] == {
        "environment": "dev",
        "owner": "platform",
    }
    assert content["output"]["tags"]["value"] == "${azapi_resource.thing.tags}"


def test_the_provider_writes_its_settings_and_its_origin() -> None:
    stack = TerraformStack(cdktf.Testing.app(), "example")
    AzapiProvider(
        stack,
        "azapi",
        subscription_id="subscription",
        tenant_id="tenant",
        client_id="client",
        use_cli=True,
        use_msi=False,
        use_oidc=False,
        oidc_azure_service_connection_id="connection",
        skip_provider_registration=True,
        disable_default_output=True,
        enable_preflight=False,
    )
    other = AzapiProvider(stack, "other", alias="other")
    Resource(stack, "thing", type="t@1", name="thing", parent_id=GROUP_ID, body={}, provider=other)
    content = synth(stack)
    assert content["provider"]["azapi"] == [
        {
            "subscription_id": "subscription",
            "tenant_id": "tenant",
            "client_id": "client",
            "use_cli": True,
            "use_msi": False,
            "use_oidc": False,
            "oidc_azure_service_connection_id": "connection",
            "skip_provider_registration": True,
            "disable_default_output": True,
            "enable_preflight": False,
        },
        {"alias": "other"},
    ]
    assert content["terraform"]["required_providers"] == {
        "azapi": {"source": "azure/azapi", "version": "~> 2.12"}
    }
    assert content["resource"]["azapi_resource"]["thing"]["provider"] == "azapi.other"
    assert problems("example", content) == []


def test_a_secret_goes_into_the_write_only_body(stack: TerraformStack) -> None:
    secret = TerraformVariable(stack, "secret", type="string", sensitive=True)
    Resource(
        stack,
        "thing",
        type="Microsoft.Example/things@2025-01-01",
        name="thing",
        parent_id=GROUP_ID,
        body={},
        sensitive_body={"properties": {"key": secret.string_value}},
    )
    content = synth(stack)
    assert content["resource"]["azapi_resource"]["thing"]["sensitive_body"] == {
        "properties": {"key": "${var.secret}"}
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
