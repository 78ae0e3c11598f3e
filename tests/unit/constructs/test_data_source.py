"""Datastores of data that others own."""

from __future__ import annotations

from typing import Literal

import pytest
from cdktf import TerraformStack

from constructs_lib.azure.data_source import ForeignContainer, add_foreign_datastore
from tests.project import SUBSCRIPTION
from tests.unit.constructs.examples import resource_group, synthesized, workspace

LAKE = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/lake-rg/providers/Microsoft.Storage/storageAccounts/lake"
)


@pytest.mark.parametrize(
    ("kind", "type_", "container", "managed_network", "identity"),
    [
        ("blob", "AzureBlob", "containerName", True, "WorkspaceUserAssignedIdentity"),
        ("lake", "AzureDataLakeGen2", "filesystem", False, "WorkspaceSystemAssignedIdentity"),
    ],
)
def test_it_says_where_the_account_is_and_holds_no_key(
    stack: TerraformStack,
    kind: Literal["blob", "lake"],
    type_: str,
    container: str,
    managed_network: bool,
    identity: str,
) -> None:
    add_foreign_datastore(
        stack,
        "data_sales",
        workspace=workspace(stack, resource_group(stack), managed_network=managed_network),
        name="sales",
        container=ForeignContainer(LAKE, "forecasts"),
        kind=kind,
    )
    datastore = synthesized(stack).at("azapi_resource.data_sales")
    assert datastore["parent_id"] == "${azurerm_machine_learning_workspace.workspace.id}"
    assert datastore["name"] == "sales"
    assert datastore["body"] == {
        "properties": {
            "datastoreType": type_,
            "subscriptionId": SUBSCRIPTION,
            "resourceGroup": "lake-rg",
            "accountName": "lake",
            container: "forecasts",
            "endpoint": "core.windows.net",
            "protocol": "https",
            "credentials": {"credentialsType": "None"},
            "serviceDataAccessAuthIdentity": identity,
        }
    }
    # Whether it can be reached is the owner's: Azure is not to try.
    untried = {"skipValidation": ["true"]}
    assert datastore["create_query_parameters"] == datastore["update_query_parameters"] == untried


def test_roles_are_given_on_the_container() -> None:
    assert ForeignContainer(LAKE, "forecasts").id == f"{LAKE}/blobServices/default/containers/forecasts"
