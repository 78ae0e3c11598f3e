"""What compute in a workspace's managed network may reach outside of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from constructs import Construct

from constructs_lib.azure.workspace import Workspace
from constructs_lib.bindings import azapi, azurerm

_API = "Microsoft.MachineLearningServices/workspaces/outboundRules@2025-12-01"


class OutboundHosts:
    """Hosts that compute may reach in a managed network with ``AllowOnlyApprovedOutbound``."""

    def __init__(self, scope: Construct, id_: str, *, workspace: Workspace, hosts: Sequence[str]) -> None:
        """Approve ``hosts`` (host names, ``*.`` for everything below one)."""
        for host in hosts:
            words = re.sub(r"[^a-z0-9]+", "_", host.replace("*", "any"))
            azurerm.MachineLearningWorkspaceNetworkOutboundRuleFqdn(
                scope,
                f"{id_}_{words}",
                name=words.replace("_", "-"),
                workspace_id=workspace.id,
                destination_fqdn=host,
            )


class OutboundRegistry:
    """A private endpoint from the managed network to a shared registry that is closed to public networks."""

    def __init__(self, scope: Construct, id_: str, *, workspace: Workspace, registry_id: str) -> None:
        """Create the endpoint. azurerm's own rule knows workspaces only, so this goes through azapi."""
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
        )
