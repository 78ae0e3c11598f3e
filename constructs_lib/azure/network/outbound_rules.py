"""What compute in a workspace's managed network may reach outside of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.workspace import Workspace
from constructs_lib.bindings import azapi, azurerm

SLOW = "60m"
"""How long a rule may take, which changes a network and perhaps its firewall (Terraform duration). azurerm gives up
after 30 minutes by itself; "Workspace managed virtual network isolation" speaks of more for the first rules."""

_API = "Microsoft.MachineLearningServices/workspaces/outboundRules@2025-12-01"


_LONGEST_NAME = 33
"""Most characters in the name of a rule. Source: Azure Machine Learning REST API, "Managed Network Settings Rule"."""


def add_outbound_hosts(
    scope: TerraformStack, id_: str, *, workspace: Workspace, hosts: Sequence[str]
) -> list[ITerraformDependable]:
    """Approve ``hosts`` (host names, ``*.`` for everything below one), and return the rules.

    For a managed network with ``AllowOnlyApprovedOutbound``, where compute reaches nothing else.
    """
    rules: list[ITerraformDependable] = []
    for host in hosts:
        # No label ends in a hyphen, so that "any-" is the asterisk and nothing else.
        name = host.replace("*", "any-").replace(".", "_")
        rule = azurerm.MachineLearningWorkspaceNetworkOutboundRuleFqdn(
            scope,
            f"{id_}_{name}",
            name=_short(name),
            workspace_id=workspace.id,
            destination_fqdn=host,
            # One after the other: of rules that are made at the same time, Azure has been seen to lose some
            # (Azure/terraform-provider-azapi#453).
            depends_on=rules[-1:] or None,
            timeouts={"create": SLOW, "delete": SLOW},
        )
        rules.append(rule)
    return rules


def add_outbound_endpoints(
    scope: TerraformStack,
    id_: str,
    *,
    name: str,
    workspace: Workspace,
    resource_id: str,
    subresources: Sequence[str],
    depends_on: Sequence[ITerraformDependable],
) -> list[ITerraformDependable]:
    """Add private endpoints from the managed network to parts of a resource, and return all rules so far.

    Azure makes those to blobs and files of the workspace's own storage account, and no others. ``name`` (at most 27
    characters) begins the names of the rules. ``depends_on`` are the other rules of the workspace: see
    `add_outbound_hosts`.
    """
    rules = list(depends_on)
    for subresource in subresources:
        rule = azurerm.MachineLearningWorkspaceNetworkOutboundRulePrivateEndpoint(
            scope,
            f"{id_}_{subresource}",
            name=f"{name}-{subresource}",
            workspace_id=workspace.id,
            service_resource_id=resource_id,
            sub_resource_target=subresource,
            spark_enabled=False,
            depends_on=[*workspace.ready, *rules[-1:]],
            timeouts={"create": SLOW, "delete": SLOW},
            # Azure may answer the id in other letters, which would make the rule anew.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["service_resource_id"]),
        )
        rules.append(rule)
    return rules


def add_outbound_registry(
    scope: TerraformStack,
    id_: str,
    *,
    workspace: Workspace,
    registry_id: str,
    depends_on: Sequence[ITerraformDependable],
) -> None:
    """Add a private endpoint from the managed network to a shared registry that is closed to public networks.

    azurerm's own rule knows workspaces only, so this goes through azapi. ``depends_on`` are the other rules of the
    workspace: see `add_outbound_hosts`.
    """
    azapi.Resource(
        scope,
        id_,
        type=_API,
        name="shared-registry",
        parent_id=workspace.id,
        body={
            "properties": {
                "type": "PrivateEndpoint",
                "category": "UserDefined",
                "destination": {
                    "serviceResourceId": registry_id,
                    "subresourceTarget": "amlregistry",
                    "sparkEnabled": False,
                },
            }
        },
        timeouts=azapi.Timeouts(create=SLOW, delete=SLOW),
        depends_on=[*workspace.ready, *depends_on],
    )


def _short(name: str) -> str:
    """Return a name as it is, or its beginning and what tells it from others that begin so."""
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_NAME - len(digest) - 1]}-{digest}"
