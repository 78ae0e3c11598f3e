"""azapi: any resource of Azure by its type and its body, and the actions on it."""

from __future__ import annotations

import pytest

from sandbox.cloud.store import Cloud
from sandbox.provider.values import typed
from sandbox.services.azure import landing_zone
from tests.unit.sandbox.client import Client, RefusedError, Values
from tests.unit.sandbox.resources import GROUP, model_registry, storage, workspace_arguments


def test_a_registry(azapi: Client, cloud: Cloud) -> None:
    state = azapi.create("azapi_resource", **model_registry())
    assert state["id"] == f"{GROUP}/providers/Microsoft.MachineLearningServices/registries/models"
    assert state["location"] == "eastus"
    assert state["output"].value["properties"]["provisioningState"] == "Succeeded"
    assert "models" in state["output"].value["properties"]["mlFlowRegistryUri"]
    plan = azapi.plan("azapi_resource", state, **model_registry())
    assert (plan.state, plan.replace) == (state, [])
    # In the cloud's file the body is as one would write it, without Terraform's types.
    (resource,) = cloud.resources("azapi_resource")
    assert resource.attributes["body"] == {"properties": {"publicNetworkAccess": "Enabled"}}


def test_a_body_changes_in_place_and_the_answer_follows(azapi: Client) -> None:
    state = azapi.create("azapi_resource", **model_registry())
    closed = model_registry(body=typed({"properties": {"publicNetworkAccess": "Disabled"}}))
    changed = azapi.change("azapi_resource", state, **closed)
    assert changed["output"].value["properties"]["publicNetworkAccess"] == "Disabled"
    assert changed["identity"] == state["identity"]
    assert azapi.plan("azapi_resource", state, **model_registry(name="other")).replace == ["name"]


def test_a_policy_tags_what_azapi_has_made(azapi: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(landing_zone.VARIABLE, "tags")
    state = azapi.create("azapi_resource", **model_registry(tags={"a": "b"}))
    assert state["tags"] == {**landing_zone.TAG, "a": "b"}
    planned = azapi.plan("azapi_resource", state, **model_registry(tags={"a": "b"}))
    assert planned.state and planned.state["tags"] == {"a": "b"}


@pytest.mark.parametrize("kind", ["datastores", "outboundRules"])
def test_tags_on_a_type_that_has_none_are_refused(azure: Client, azapi: Client, kind: str) -> None:
    workspace = azure.create("azurerm_machine_learning_workspace", **workspace_arguments(azure))
    arguments = {
        "type": f"Microsoft.MachineLearningServices/workspaces/{kind}@2025-12-01",
        "parent_id": workspace["id"],
        "name": "sales",
        "body": typed({"properties": {}}),
    }
    with pytest.raises(RefusedError, match="`tags` is not expected here") as refused:
        azapi.create("azapi_resource", **arguments, tags={"platform": "mlops"})
    assert refused.value.attributes == ["tags"]
    assert azapi.create("azapi_resource", **arguments)["id"] == f"{workspace['id']}/{kind}/sales"


def test_a_body_edited_by_hand_is_drift(azapi: Client, cloud: Cloud) -> None:
    state = azapi.create("azapi_resource", **model_registry())
    (resource,) = cloud.resources("azapi_resource")
    assert resource.path is not None
    resource.path.write_text(resource.path.read_text().replace('"Enabled"', '"Disabled"'))
    found = azapi.read("azapi_resource", state)
    assert found is not None
    assert found["body"].value == {"properties": {"publicNetworkAccess": "Disabled"}}


def test_a_child_of_a_resource_and_its_import(azure: Client, azapi: Client) -> None:
    workspace = azure.create("azurerm_machine_learning_workspace", **workspace_arguments(azure))
    endpoint = {
        "type": "Microsoft.MachineLearningServices/workspaces/onlineEndpoints@2025-12-01",
        "parent_id": workspace["id"],
        "name": "score",
    }
    state = azapi.create("azapi_resource", **endpoint)
    assert state["id"] == f"{workspace['id']}/onlineEndpoints/score"
    imported = azapi.import_("azapi_resource", f"{state['id']}?api-version=2025-12-01")
    assert imported is not None
    assert (imported["id"], imported["type"]) == (state["id"], endpoint["type"])
    assert azapi.import_("azapi_resource", f"{workspace['id']}/onlineEndpoints/other") is None
    azure.destroy("azurerm_machine_learning_workspace", workspace)
    assert azapi.read("azapi_resource", state) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parent_id": f"{GROUP}x"}, "ResourceGroupNotFound"),
        ({"parent_id": None}, "`parent_id` is not set"),
        (
            {"type": "Microsoft.MachineLearningServices/registries"},
            '"type" must be <resource-type>@<api-version>',
        ),
        (
            {"body": typed({"storage": f"{GROUP}/providers/Microsoft.Storage/storageAccounts/a"})},
            "ResourceNotFound",
        ),
    ],
)
def test_what_azapi_refuses(azapi: Client, change: Values, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        azapi.create("azapi_resource", **model_registry(**change))


def test_an_id_that_another_provider_has_taken(azure: Client, azapi: Client) -> None:
    storage(azure)
    account = {"type": "Microsoft.Storage/storageAccounts@2024-01-01", "parent_id": GROUP, "name": "acc"}
    with pytest.raises(RefusedError, match="already exists"):
        azapi.create("azapi_resource", **account)


def test_what_others_have_made_is_found_by_its_id(azure: Client, azapi: Client) -> None:
    account = storage(azure)
    wanted = {
        "type": "Microsoft.Storage/storageAccounts@2024-01-01",
        "resource_id": account["id"].upper(),
        "response_export_values": typed([]),
    }
    found = azapi.look_up("azapi_resource", **wanted)
    assert (found["id"], found["name"], found["location"]) == (account["id"], "acc", "eastus")
    assert (found["parent_id"], found["exists"], found["output"].value) == (GROUP, True, {})
    with pytest.raises(RefusedError, match=r"The Resource '.*/accx' under resource group 'rg' was not found"):
        azapi.look_up("azapi_resource", **{**wanted, "resource_id": f"{account['id']}x"})


LOGIC_APP = {
    "type": "Microsoft.Logic/workflows@2019-05-01",
    "parent_id": GROUP,
    "name": "slack",
    "location": "eastus",
    "body": typed({"properties": {"definition": {"triggers": {"alert": {"type": "Request"}}}}}),
}


def test_the_address_of_a_logic_apps_trigger(azapi: Client) -> None:
    app = azapi.create("azapi_resource", **LOGIC_APP)
    wanted = {
        "type": LOGIC_APP["type"],
        "resource_id": app["id"],
        "action": "triggers/alert/listCallbackUrl",
        "sensitive_response_export_values": typed(["value"]),
    }
    found = azapi.look_up("azapi_resource_action", **wanted)
    address = found["sensitive_output"].value["value"]
    assert address.startswith("https://prod-00.eastus.logic.azure.com:443/workflows/")
    assert (found["id"], found["output"], found["method"]) == (app["id"], None, "POST")
    assert azapi.look_up("azapi_resource_action", **wanted) == found
    for change, message in (
        ({"action": "triggers/other/listCallbackUrl"}, "WorkflowTriggerNotFound"),
        ({"action": "listKeys"}, "the stand-in knows no action listKeys, only listCallbackUrl"),
        ({"resource_id": f"{app['id']}x"}, "ResourceNotFound"),
    ):
        with pytest.raises(RefusedError, match=message):
            azapi.look_up("azapi_resource_action", **{**wanted, **change})


def test_a_registry_gets_a_further_region_in_place(azapi: Client) -> None:
    def regions(*names: str) -> Values:
        return model_registry(
            body=typed({"properties": {"regionDetails": [{"location": name} for name in names]}})
        )

    state = azapi.create("azapi_resource", **regions("eastus"))
    plan = azapi.plan("azapi_resource", state, **regions("eastus", "westeurope"))
    assert plan.state is not None
    assert (plan.state["id"], plan.replace) == (state["id"], [])
    changed = azapi.change("azapi_resource", state, **regions("eastus", "westeurope"))
    assert (
        changed["output"].value["properties"]["registryId"]
        == state["output"].value["properties"]["registryId"]
    )
