"""What the policies of a landing zone do to resources of others: off, and switched on by name.

``SANDBOX_POLICIES`` names them, with commas between: ``dns-zone-groups`` writes a group of DNS zones on every new
private endpoint that has none (effect DeployIfNotExists, "Private Link and DNS integration at scale"), ``tags`` puts a
tag on whatever takes tags (effect Modify). See also Azure/Azure-Verified-Modules#445 and azurerm#7034.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

VARIABLE = "SANDBOX_POLICIES"
DNS_ZONE_GROUPS, TAGS = "dns-zone-groups", "tags"

TAG = {"cost-center": "landing-zone"}
ZONE_GROUP = "deployedByPolicy"
_HUB = "/subscriptions/{}/resourceGroups/hub-dns/providers/Microsoft.Network/privateDnsZones/privatelink.{}"

_ZONES = {
    **{part: f"{part}.core.windows.net" for part in ("blob", "file", "queue", "table")},
    "amlworkspace": "api.azureml.ms",
    "registry": "azurecr.io",
    "vault": "vaultcore.azure.net",
}


def is_on(policy: str) -> bool:
    """Whether a policy was switched on."""
    return policy in os.environ.get(VARIABLE, "").split(",")


def tagged(tags: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """Return the tags with the policy's own, where that is on."""
    return {**TAG, **(tags or {})} if is_on(TAGS) else tags


def zone_group(subscription_id: str, part: str) -> Mapping[str, Any] | None:
    """Return the group that the policies write for a part of a resource, with its zone in the hub.

    There is a policy for each part; None if that is off, or nobody has written one.
    """
    if not is_on(DNS_ZONE_GROUPS) or part not in _ZONES:
        return None
    return {"name": ZONE_GROUP, "private_dns_zone_ids": [_HUB.format(subscription_id, _ZONES[part])]}
