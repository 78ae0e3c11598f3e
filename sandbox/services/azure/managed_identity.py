"""Microsoft.ManagedIdentity."""

from __future__ import annotations

import uuid

from sandbox.cloud.request import Request
from sandbox.services.azure.azure_resource import AzureDataSource, AzureResource
from sandbox.services.resource_type import Arguments
from sandbox.services.rules import ProviderRules


class ExistingUserAssignedIdentity(AzureDataSource, type_name="azurerm_user_assigned_identity"):
    """A user-assigned identity that is there already."""


class UserAssignedIdentity(AzureResource, type_name="azurerm_user_assigned_identity"):
    """A user-assigned identity."""

    rules = ProviderRules(force_new=("name", "location", "resource_group_name"))

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return the principal that it is in the directory."""
        return {
            "client_id": str(uuid.uuid4()),
            "principal_id": str(uuid.uuid4()),
            "tenant_id": request.account.tenant_id,
        }


class FederatedIdentityCredential(AzureResource, type_name="azurerm_federated_identity_credential"):
    """The trust of an identity in somebody else's tokens."""

    rules = ProviderRules(force_new=("name", "parent_id", "user_assigned_identity_id"))

    def chosen(self, request: Request, arguments: Arguments) -> Arguments:
        """Return the identity by its new name, where only the old one is given."""
        if "user_assigned_identity_id" in arguments or not isinstance(arguments.get("parent_id"), str):
            return {}
        return {"user_assigned_identity_id": arguments["parent_id"]}

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return the identity by all of its names."""
        identity = resource_id.rpartition("/federatedIdentityCredentials/")[0]
        return {
            "user_assigned_identity_id": identity,
            "parent_id": identity,
            "resource_group_name": identity.split("/")[4],
        }
