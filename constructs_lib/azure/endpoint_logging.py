"""Logs of online endpoints, which pipelines create: an Azure policy gives each a diagnostic setting."""

from __future__ import annotations

import json

from cdktf import TerraformStack

from constructs_lib.azure.identity import RoleAssignments
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm

_POLICY = "/providers/Microsoft.Authorization/policyDefinitions/5cfb9e8a-2f13-40bd-a527-c89bc596d299"
"""Azure's built-in policy that enables logging by category group for online endpoints to Log Analytics."""


def add_endpoint_logging(
    scope: TerraformStack,
    id_: str,
    *,
    resource_group: ResourceGroup,
    log_analytics_id: str,
    elsewhere: bool = False,
) -> None:
    """Send the logs of every online endpoint in a resource group to Log Analytics.

    Their traffic is not among the logs of the workspace, and nobody who adds an endpoint has to think of it. Azure
    looks at new endpoints some ten minutes after they are there; older ones need a remediation task. The policy has an
    identity that may write diagnostic settings in the group, and with ``elsewhere``, where Log Analytics is in another
    group, have them lead there.
    """
    assignment = azurerm.ResourceGroupPolicyAssignment(
        scope,
        id_,
        name="online-endpoint-logs",
        display_name="Logs of online endpoints go to Log Analytics",
        resource_group_id=resource_group.id,
        location=resource_group.location,
        policy_definition_id=_POLICY,
        identity=azurerm.ResourceGroupPolicyAssignmentIdentity(type="SystemAssigned"),
        parameters=json.dumps(
            {"categoryGroup": {"value": "allLogs"}, "logAnalytics": {"value": log_analytics_id}}
        ),
    )
    role = "Log Analytics Contributor"
    RoleAssignments(
        scope,
        f"{id_}_roles",
        principal_id=assignment.identity.principal_id,
        subscription_id=resource_group.subscription_id,
        roles=[
            ("resource_group", resource_group.id, role),
            *([("log_analytics", log_analytics_id, role)] if elsewhere else []),
        ],
    )
