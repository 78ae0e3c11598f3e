"""Microsoft.OperationalInsights."""

from __future__ import annotations

import os
import uuid
from dataclasses import replace

from sandbox.cloud.request import Request
from sandbox.cloud.store import Resource
from sandbox.services.azure.arm_resource import SoftDelete
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.azure.spellings import both_spellings
from sandbox.services.resource_type import Arguments
from sandbox.services.rules import ProviderRules, Value


class LogAnalyticsWorkspace(AzureResource, type_name="azurerm_log_analytics_workspace"):
    """A Log Analytics workspace. Deleted, it is kept for 14 days, and one of its name gets back what it held.

    "Delete and recover a Log Analytics workspace".
    """

    soft_delete = SoftDelete(
        says="", purge="log_analytics_workspace.permanently_delete_on_destroy", purges_by_default=False
    )
    rules = ProviderRules(
        force_new=("name", "location", "resource_group_name", "sku"),
        defaults={
            "allow_resource_only_permissions": True,
            "daily_quota_gb": -1,
            "internet_ingestion_enabled": True,
            "internet_query_enabled": True,
        },
        values={
            "name": Value(
                pattern="^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$",
                says=(
                    "must be between 4-63 chars, contain only letters, digits and hyphens, and start "
                    "and end with a letter or digit"
                ),
            ),
            "retention_in_days": Value(between=(30, 730)),
        },
    )

    def add(self, request: Request, arguments: Arguments) -> Resource:
        """Add a workspace, or recover the deleted one of that name with its own id and its logs."""
        deleted = self.soft_deleted(request, self.new_id(request, arguments))
        if deleted is None:
            return super().add(request, arguments)
        request.cloud.remove(deleted)
        resource = super().add(request, arguments)
        own = {name: deleted.attributes[name] for name in ("workspace_id", "primary_shared_key")}
        return self.store(request, replace(resource, attributes={**resource.attributes, **own}))

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return its own id and keys, what it costs and keeps unless told otherwise."""
        return {
            "workspace_id": str(uuid.uuid4()),
            "primary_shared_key": os.urandom(64).hex(),
            "secondary_shared_key": os.urandom(64).hex(),
            "sku": "PerGB2018",
            "retention_in_days": 30,
            **both_spellings(arguments, "local_authentication_enabled", "local_authentication_disabled"),
        }


class LogAnalyticsTable(AzureResource, type_name="azurerm_log_analytics_workspace_table"):
    """How long a table of logs is kept. Azure makes the tables."""

    rules = ProviderRules(
        defaults={"plan": "Analytics"},
        values={
            "retention_in_days": Value(between=(4, 730)),
            "total_retention_in_days": Value(between=(4, 4383)),
        },
    )
