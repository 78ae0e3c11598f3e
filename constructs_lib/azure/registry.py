"""The shared Azure Machine Learning registry. azurerm has no such resource, so it goes through azapi."""

from __future__ import annotations

from functools import cached_property

from cdktf import TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azapi
from settings.models import platform

_API = "Microsoft.MachineLearningServices/registries@2025-12-01"


def registry_id(settings: platform.Registry) -> str:
    """Return the ARM id of the registry, known before the registry exists."""
    return (
        f"/subscriptions/{settings.subscription_id}/resourceGroups/{settings.resource_group}"
        f"/providers/Microsoft.MachineLearningServices/registries/{settings.name}"
    )


class Registry:
    """A model registry that several workspaces share.

    Azure creates its storage and container registry in a resource group of its own and refuses others.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        name: str,
        public_network_access: bool,
        protect: bool = True,
    ) -> None:
        """Create the registry in its resource group's region. With ``protect`` Terraform refuses to destroy it."""
        self._registry = azapi.Resource(
            scope,
            id_,
            type=_API,
            name=name,
            parent_id=resource_group.id,
            location=resource_group.location,
            identity=azapi.ResourceIdentity(type="SystemAssigned"),
            body={
                "properties": {
                    "publicNetworkAccess": "Enabled" if public_network_access else "Disabled",
                    "regionDetails": [
                        {
                            "location": resource_group.location,
                            "acrDetails": [{"systemCreatedAcrAccount": {"acrAccountSku": "Premium"}}],
                            "storageAccountDetails": [
                                {
                                    "systemCreatedStorageAccount": {
                                        "storageAccountType": "Standard_LRS",
                                        "storageAccountHnsEnabled": False,
                                        "allowBlobPublicAccess": False,
                                    }
                                }
                            ],
                        }
                    ],
                }
            },
            lifecycle=TerraformResourceLifecycle(prevent_destroy=protect),
        )

    @cached_property
    def id(self) -> str:
        """ARM id of the registry."""
        return self._registry.id
