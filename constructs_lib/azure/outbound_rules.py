"""What compute in a workspace's managed network may reach outside of it."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformStack

from constructs_lib.azure.workspace import Workspace
from constructs_lib.bindings import azapi, azurerm

_API = "Microsoft.MachineLearningServices/workspaces/outboundRules@2025-12-01"


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
            name=name,
            workspace_id=workspace.id,
            destination_fqdn=host,
            # One after the other: of rules that are made at the same time, Azure has been seen to lose some
            # (Azure/terraform-provider-azapi#453).
            depends_on=rules[-1:] or None,
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
        depends_on=[*workspace.ready, *depends_on],
    )
