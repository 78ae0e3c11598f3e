"""What Azure decides about storage accounts and their containers."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sandbox.cloud.request import Request

# The regions that Azure pairs for geo-redundant storage, for the regions in common use.
_PAIRED_REGIONS = {
    "centralus": "eastus2",
    "eastus": "westus",
    "eastus2": "centralus",
    "germanywestcentral": "germanynorth",
    "northeurope": "westeurope",
    "swedencentral": "swedensouth",
    "uksouth": "ukwest",
    "westeurope": "northeurope",
    "westus": "eastus",
    "westus2": "westcentralus",
}


def storage_container(_request: Request, thing_id: str, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a container's address."""
    account = thing_id.split("/")[8]
    return {
        "url": f"https://{account}.blob.core.windows.net/{planned['name']}",
        "resource_manager_id": thing_id,
        "default_encryption_scope": "$account-encryption-key",
        "metadata": {},
    }


def storage_account(_request: Request, _id: str, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an account's regions, its addresses, and its keys unless they are switched off."""
    name, location = planned["name"], planned["location"]
    replication = planned["account_replication_type"]
    # A second region can be read only with RA-GRS and RA-GZRS.
    paired, readable = replication not in ("LRS", "ZRS"), replication.startswith("RA")
    keys = planned.get("shared_access_key_enabled") is not False
    decided: dict[str, Any] = {
        "access_tier": "Hot",
        "primary_location": location,
        "secondary_location": _PAIRED_REGIONS.get(location, "") if paired else "",
        "large_file_share_enabled": True,
    }
    for service in ("blob", "dfs", "file", "queue", "table", "web"):
        host = (
            f"{name}.z13.web.core.windows.net" if service == "web" else f"{name}.{service}.core.windows.net"
        )
        decided[f"primary_{service}_host"] = host
        decided[f"primary_{service}_endpoint"] = f"https://{host}/"
        second = host.replace(name, f"{name}-secondary", 1) if readable and service != "file" else ""
        decided[f"secondary_{service}_host"] = second
        decided[f"secondary_{service}_endpoint"] = f"https://{second}/" if second else ""
        for route in ("internet", "microsoft"):
            for place in ("primary", "secondary"):
                decided[f"{place}_{service}_{route}_host"] = ""
                decided[f"{place}_{service}_{route}_endpoint"] = ""
    for place in ("primary", "secondary"):
        key = secrets.token_urlsafe(64) if keys else ""
        text = f"DefaultEndpointsProtocol=https;AccountName={name};AccountKey={key}" if keys else ""
        decided[f"{place}_access_key"] = key
        decided[f"{place}_connection_string"] = text
        decided[f"{place}_blob_connection_string"] = text
    return decided
