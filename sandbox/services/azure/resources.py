"""Microsoft.Resources: subscriptions and resource groups."""

from __future__ import annotations

from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.services.azure import arm
from sandbox.services.azure.arm_resource import inside
from sandbox.services.azure.azure_resource import AzureDataSource, AzureResource
from sandbox.services.resource_type import Arguments
from sandbox.services.rules import ProviderRules, Value


class Subscription(AzureDataSource, type_name="azurerm_subscription"):
    """A subscription; without an argument the one that the provider works in."""

    missing = 'Subscription: (Subscription: "{subscription_id}") was not found'

    def wanted(self, request: Request, given: Arguments) -> Arguments:
        """Return what the one that is looked up has to have."""
        return {"subscription_id": request.account.subscription_id, **given}


# What Azure does not list as a resource of a group: it extends the group or a resource in it.
_EXTENSIONS = ("microsoft.authorization", "microsoft.consumption")


class ResourceGroup(AzureResource, type_name="azurerm_resource_group"):
    """A resource group. Azure deletes it with everything in it."""

    rules = ProviderRules(
        force_new=("name", "location"),
        values={
            "name": Value(
                pattern=r"^[-\w._()]{0,89}[-\w_()]$",
                says=(
                    "may only contain alphanumeric characters, dash, underscores, parentheses and "
                    "periods, and not end with a period"
                ),
            )
        },
    )

    def provider_check_deletion(self, request: Request, resource: Resource) -> None:
        """Refuse to delete a group with resources in it, as a switch of the provider's features block says."""
        if request.account.features.get("resource_group.prevent_deletion_if_contains_resources") is False:
            return
        resources = arm.index(request.cloud)
        for other in inside(request, resource):
            if _is_listed(other) and arm.exists(resources, other.id):
                raise ServiceError(
                    f"deleting Resource Group {resource.name}: the Resource Group still contains "
                    f"Resources: {other.id}. "
                    "Remove them first, or turn the check off with the feature "
                    "`prevent_deletion_if_contains_resources`."
                )


def _is_listed(resource: Resource) -> bool:
    """Whether Azure lists something among the resources of its group."""
    parts = resource.id.lower().split("/")
    return len(parts) == 9 and parts[6] not in _EXTENSIONS
