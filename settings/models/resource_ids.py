"""The ids of resources that exist already, as Azure Resource Manager writes them."""

from __future__ import annotations

from typing import Annotated

from settings.models.text_rules import Matches

_GROUP = "/subscriptions/[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/resourceGroups/[A-Za-z0-9_().-]{1,90}"


def _resource_id(
    what: str, rest: str, example: str, *, group: str = "platform-rg", copied_from: str = "its properties"
) -> Matches:
    """Return the rule for the id of a resource: a pattern behind that of its group, and an example of it."""
    return Matches(
        _GROUP + rest,
        f"the resource id of {what}, such as /subscriptions/<GUID>/resourceGroups/{group}{example}",
        f"copy it from {copied_from} in the Azure portal, with capitals as shown here",
    )


ResourceGroupId = Annotated[str, _resource_id("a resource group", "", "")]
StorageAccountId = Annotated[
    str,
    _resource_id(
        "a storage account",
        "/providers/Microsoft\\.Storage/storageAccounts/[a-z0-9]{3,24}",
        "/providers/Microsoft.Storage/storageAccounts/companylake",
        group="lake-rg",
        copied_from="the account's properties (Endpoints)",
    ),
]
LogAnalyticsId = Annotated[
    str,
    _resource_id(
        "a Log Analytics workspace",
        "/providers/Microsoft\\.OperationalInsights/workspaces/[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]",
        "/providers/Microsoft.OperationalInsights/workspaces/platform-logs",
    ),
]
ActionGroupId = Annotated[
    str,
    _resource_id(
        "an action group",
        '/providers/Microsoft\\.Insights/actionGroups/[^/<>*%&:?\\\\+"|#\n]{1,260}',
        "/providers/Microsoft.Insights/actionGroups/on-call",
    ),
]
VirtualNetworkId = Annotated[
    str,
    _resource_id(
        "a virtual network",
        "/providers/Microsoft\\.Network/virtualNetworks/[A-Za-z0-9][A-Za-z0-9_.-]{1,63}",
        "/providers/Microsoft.Network/virtualNetworks/spoke",
        group="hub-rg",
        copied_from="the network's properties",
    ),
]
SubnetId = Annotated[
    str,
    _resource_id(
        "a subnet",
        "/providers/Microsoft\\.Network/virtualNetworks/[A-Za-z0-9_.-]{2,64}/subnets/[A-Za-z0-9_.-]{1,80}",
        "/providers/Microsoft.Network/virtualNetworks/hub/subnets/ml",
        group="hub-rg",
        copied_from="the subnet's properties",
    ),
]
PrivateDnsZoneId = Annotated[
    str,
    _resource_id(
        "a private DNS zone",
        "/providers/Microsoft\\.Network/privateDnsZones/privatelink\\.[a-z.-]+",
        "/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io",
        group="hub-rg",
        copied_from="the zone's properties",
    ),
]
