"""The shared Azure Machine Learning registry. azurerm has no such resource, so it goes through azapi."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from cdktf import TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.identity import ManagedIdentity
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azapi, azurerm
from settings.models import platform

_TYPE = "Microsoft.MachineLearningServices/registries"
_API = f"{_TYPE}@2025-12-01"


def registry_id(settings: platform.Registry) -> str:
    """Return the ARM id of the registry, known before the registry exists."""
    return f"{registry_group_id(settings)}/providers/{_TYPE}/{settings.name}"


def registry_group_id(settings: platform.Registry) -> str:
    """Return the ARM id of the registry's resource group, where roles on the registry are assigned.

    A lock on the registry would also hold the roles that are assigned on itself, and with them whoever has one: an
    environment could not be removed while the registry is locked.
    """
    return f"/subscriptions/{settings.subscription_id}/resourceGroups/{settings.resource_group}"


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
        regions: Sequence[str] = (),
        public_network_access: bool,
        protect: bool = True,
    ) -> None:
        """Create the registry in its resource group's region and in ``regions``, which are further ones.

        Regions are added in place. With ``protect`` Terraform refuses to destroy the registry.
        """
        self._registry = azapi.Resource(
            scope,
            id_,
            type=_API,
            name=name,
            parent_id=resource_group.id,
            location=resource_group.location,
            identity=azapi.ResourceIdentity(type="SystemAssigned"),
            # Azure answers some words of the body in other letters than it takes.
            ignore_casing=True,
            # A registry makes a container registry and a storage account of its own, and takes them along.
            timeouts=azapi.Timeouts(create="60m", delete="60m"),
            body={
                "properties": {
                    "publicNetworkAccess": "Enabled" if public_network_access else "Disabled",
                    "regionDetails": [
                        {
                            "location": location,
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
                        for location in (resource_group.location, *regions)
                    ],
                }
            },
            lifecycle=TerraformResourceLifecycle(prevent_destroy=protect),
        )

    @cached_property
    def id(self) -> str:
        """ARM id of the registry."""
        return self._registry.id


def let_promote(
    scope: TerraformStack,
    id_: str,
    *,
    resource_group: ResourceGroup,
    registry_name: str,
    identity: ManagedIdentity,
) -> None:
    """Let an identity put models into the registries of a resource group, and delete none.

    Azure's own role for this, AzureML Registry User, includes deleting. Source: Azure Machine Learning, "Create and
    manage registries", its custom role. Making a role takes an Owner or a User Access Administrator of the group.
    """
    actions = f"{_TYPE}/assets"
    role = azurerm.RoleDefinition(
        scope,
        f"{id_}_role",
        # Unique in the tenant.
        name=f"Model promotion to {registry_name}",
        description="Reads and writes the assets of the registry, and deletes none.",
        scope=resource_group.id,
        permissions=[
            azurerm.RoleDefinitionPermissions(
                actions=[f"{_TYPE}/read", f"{actions}/read", f"{actions}/write"]
            )
        ],
        assignable_scopes=[resource_group.id],
    )
    azurerm.RoleAssignment(
        scope,
        f"{id_}_identity_roles_registry",
        scope=resource_group.id,
        # Not the id, which azurerm makes of this and the scope.
        role_definition_id=role.role_definition_resource_id,
        principal_id=identity.principal_id,
        principal_type="ServicePrincipal",
    )
