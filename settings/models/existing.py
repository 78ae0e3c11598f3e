"""What is there already and belongs to others: used by its ARM id, and never made or changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from settings.models.base import Model
from settings.models.resource_ids import ActionGroupId, LogAnalyticsId, ResourceGroupId

_GATES = (
    "no gates of others: a pipeline is let through only once all checks of a gate exist, which can be kept only where "
    "both are made here"
)


class Existing(Model):
    """What is there already, by ARM id. Terraform looks it up and changes nothing of it."""

    refused: ClassVar[Mapping[str, str]] = {
        "storage_account": "no storage account of others: its data isolation is set at creation only, and an account "
        "takes one retention policy",
        "key_vault": "no key vault of others: the workspace administers its vault, with all secrets in it",
        "container_registry": "no container registry of others: the workspace administers its registry, with all "
        "images in it",
        "registry": "no model registry of others: who promotes and who may delete is decided where it is made",
        "application_insights": "no Application Insights of others: access, sampling and retention are this "
        "environment's",
        "approval_environment": _GATES,
        "service_connection": _GATES,
    }

    resource_group: ResourceGroupId | None = None
    """The resource group: the one that ``resource_group`` and ``subscription_id`` name."""
    log_analytics: LogAnalyticsId | None = None
    """The Log Analytics workspace, in any subscription of the tenant. How long it keeps logs is its owner's."""


class ExistingInEnvironment(Existing):
    """The same, and what an environment alone has."""

    action_group: ActionGroupId | None = None
    """The action group that alerts call, instead of one made here with the channels of ``monitoring.alerts``."""
