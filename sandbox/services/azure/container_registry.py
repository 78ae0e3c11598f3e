"""Microsoft.ContainerRegistry."""

from __future__ import annotations

import os

from sandbox.cloud.request import CONFLICT, Request, ServiceError
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.resource_type import Arguments, Attributes
from sandbox.services.rules import ProviderRules, Value


class ContainerRegistry(AzureResource, type_name="azurerm_container_registry"):
    """A container registry."""

    global_name = f"{CONFLICT} AlreadyInUse: The registry DNS name {{name}}.azurecr.io is already in use."
    rules = ProviderRules(
        force_new=("name", "location", "resource_group_name", "zone_redundancy_enabled"),
        defaults={
            "azuread_authentication_as_arm_policy_enabled": True,
            "export_policy_enabled": True,
            "network_rule_bypass_option": "AzureServices",
            "public_network_access_enabled": True,
            "role_assignment_mode": "LegacyRegistryPermissions",
        },
        values={
            "name": Value(
                pattern="^[a-zA-Z0-9]{5,50}$",
                says="may only contain alphanumeric characters and must be between 5-50 chars",
            ),
            "sku": Value(one_of=("Basic", "Standard", "Premium")),
        },
    )

    def provider_check(self, request: Request, arguments: Arguments) -> None:
        """Refuse what only the SKU Premium can do."""
        if arguments["sku"] == "Premium":
            return
        wants = {
            "georeplications": bool(arguments.get("georeplications")),
            "public_network_access_enabled": arguments.get("public_network_access_enabled") is False,
            "data_endpoint_enabled": arguments.get("data_endpoint_enabled") is True,
            "zone_redundancy_enabled": arguments.get("zone_redundancy_enabled") is True,
        }
        for name, wanted in wants.items():
            if wanted:
                raise ServiceError(f"`{name}` can only be applied when using the Premium Sku", name)

    def stored(self, attributes: Attributes) -> Attributes:
        """Spread a registry with the SKU Premium over zones, whatever it was told ("Zone redundancy in registries")."""
        return super().stored({**attributes, "zone_redundancy_enabled": attributes["sku"] == "Premium"})

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return its address, and the administrator's account where that is switched on."""
        admin = bool(arguments.get("admin_enabled"))
        return {
            "login_server": f"{arguments['name'].lower()}.azurecr.io",
            "admin_username": arguments["name"] if admin else "",
            "admin_password": os.urandom(32).hex() if admin else "",
            "data_endpoint_host_names": [],
            "encryption": [],
            "network_rule_set": [],
        }
