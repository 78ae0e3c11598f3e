"""Data that others own, as a datastore of the workspace. azurerm's type for blobs cannot name where the account is."""

from __future__ import annotations

from typing import Literal, NamedTuple

from cdktf import TerraformStack

from constructs_lib.azure.workspace import Workspace
from constructs_lib.bindings import azapi

_API = "Microsoft.MachineLearningServices/workspaces/datastores@2025-12-01"


class ForeignContainer(NamedTuple):
    """A blob container, or a file system of a lake, in a storage account of any subscription of the tenant."""

    account_id: str
    """ARM id of the storage account."""
    name: str

    @property
    def id(self) -> str:
        """ARM id of the container; that of a file system is the same."""
        return f"{self.account_id}/blobServices/default/containers/{self.name}"

    @property
    def account(self) -> str:
        """Name of the storage account."""
        return self.account_id.rpartition("/")[2]


def add_foreign_datastore(
    scope: TerraformStack,
    id_: str,
    *,
    workspace: Workspace,
    name: str,
    container: ForeignContainer,
    kind: Literal["blob", "lake"],
) -> None:
    """Add a datastore that reads and writes by identity: that of the compute in jobs, the workspace's in Studio.

    Neither gets a role here. ``name`` has letters, digits and underscores. Azure does not try whether the data can be
    reached: the owner may still have to let somebody in.
    """
    _, _, subscription, _, group, *_ = container.account_id.split("/")
    lake = kind == "lake"
    azapi.Resource(
        scope,
        id_,
        type=_API,
        name=name,
        parent_id=workspace.id,
        # Azure may answer ids and words in other letters.
        ignore_casing=True,
        create_query_parameters=azapi.UNTRIED,
        update_query_parameters=azapi.UNTRIED,
        body={
            "properties": {
                "datastoreType": "AzureDataLakeGen2" if lake else "AzureBlob",
                "subscriptionId": subscription,
                "resourceGroup": group,
                "accountName": container.account,
                "filesystem" if lake else "containerName": container.name,
                "endpoint": "core.windows.net",
                "protocol": "https",
                "credentials": {"credentialsType": "None"},
                "serviceDataAccessAuthIdentity": workspace.data_identity,
            }
        },
    )
