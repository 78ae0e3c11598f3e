"""What a subscription knows beside its resources: what was deleted and is kept, which names are free, its quotas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.cloud.store import BrokenFileError, Resource
from sandbox.rest.azure.bodies import SHAPES
from sandbox.rest.azure.shape import Body, body_by
from sandbox.rest.calls import Answer, Call, RefusedError, arm_page
from sandbox.services.azure import arm

_VAULT, _LOGS = "azurerm_key_vault", "azurerm_log_analytics_workspace"
_CLUSTER = "azurerm_machine_learning_compute_cluster"
_NAMED = {
    "microsoft.storage": ("azurerm_storage_account", "The storage account named {} is already taken."),
    "microsoft.keyvault": (_VAULT, "The vault name '{}' is already in use."),
    "microsoft.containerregistry": ("azurerm_container_registry", "The registry {} is already in use."),
}
QUOTAS = "quotas"
"""Where the file of a subscription says how many cores it may use: ``{"standardDSv2Family": 24}``."""
_CORES = 100
"""How many cores of a family a subscription may use, unless its file says something else."""
_SIZE = re.compile(r"Standard_([A-Z]+?)\d+(?:-\d+)?([a-z]*)(?:_v(\d))?", re.IGNORECASE)


def deleted_vaults(call: Call) -> Answer:
    """Vaults - List Deleted."""
    return arm_page(call, [_deleted_vault(item) for item in _deleted(call, _VAULT)])


def deleted_vault(call: Call) -> Answer:
    """Vaults - Get Deleted."""
    for item in _deleted(call, _VAULT):
        if item.name.lower() == call.names["name"].lower():
            return Answer(_deleted_vault(item))
    raise RefusedError(
        404, "DeletedVaultNotFound", f"The deleted vault '{call.names['name']}' does not exist."
    )


def deleted_log_workspaces(call: Call) -> Answer:
    """Log Analytics, Deleted Workspaces - List, and List By Resource Group.

    Those of Azure Machine Learning only the portal shows: the REST reference has no call for them.
    """
    return arm_page(call, [body_by(SHAPES[_LOGS], call.cloud, item) for item in _deleted(call, _LOGS)])


def check_name(call: Call) -> Answer:
    """Storage Accounts, Vaults, Registries - Check Name Availability: a POST that reads."""
    namespace = call.names["namespace"].lower()
    if namespace not in _NAMED:
        raise RefusedError(
            404, "InvalidResourceNamespace", f"The sandbox checks no names of {call.names['namespace']}."
        )
    type_name, says = _NAMED[namespace]
    name = call.json().get("name")
    if not isinstance(name, str) or not name:
        raise RefusedError(400, "InvalidRequestContent", "The body has to name what is asked for: name.")
    taken = [
        *(item.name.lower() for item in arm.existing(call.cloud, type_name)),
        *(item.name.lower() for item in call.cloud.soft_deleted(type_name)),
    ]
    if name.lower() not in taken:
        return Answer({"nameAvailable": True})
    return Answer({"nameAvailable": False, "reason": "AlreadyExists", "message": says.format(name)})


def usages(call: Call) -> Answer:
    """Compute, Usage - List, and Azure Machine Learning, Usages - List: cores in use, by family."""
    clusters = list(_clusters(call))
    machine_learning = call.names["namespace"].lower().endswith("machinelearningservices")
    values = []
    for family, limit in _quotas(call).items():
        in_use = sum(
            item.attributes["scale_settings"][0]["min_node_count"] * _cores(item.attributes["vm_size"])
            for item in clusters
            if machine_learning and _family(item.attributes["vm_size"]) == family
        )
        values.append(
            {
                "currentValue": in_use,
                "limit": limit,
                "unit": "Count",
                "name": {"value": family, "localizedValue": f"{family} vCPUs"},
            }
        )
    return arm_page(call, values)


def quotas(call: Call) -> Answer:
    """Azure Machine Learning, Quotas - List: the cores of the subscription's own quota, by family."""
    place = f"/subscriptions/{call.names['subscription']}/providers/{call.names['namespace']}/locations"
    return arm_page(
        call,
        [
            {
                "id": f"{place}/{call.names['location']}/quotas/{family}",
                "type": "Microsoft.MachineLearningServices/vmFamily/dedicatedCores/quotas",
                "name": {"value": family, "localizedValue": f"{family} vCPUs"},
                "limit": limit,
                "unit": "Count",
            }
            for family, limit in _quotas(call).items()
        ],
    )


def _deleted(call: Call, type_name: str) -> list[Resource]:
    inside = f"/{call.path.strip('/').lower().partition('/providers/')[0]}/"
    return [item for item in call.cloud.soft_deleted(type_name) if item.id.lower().startswith(inside)]


def _deleted_vault(vault: Resource) -> Body:
    given, subscription = vault.attributes, "/".join(vault.id.split("/")[:3])
    place = f"{subscription}/providers/Microsoft.KeyVault/locations/{given['location']}"
    return {
        "id": f"{place}/deletedVaults/{vault.name}",
        "name": vault.name,
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": {
            "vaultId": vault.id,
            "location": given["location"],
            "purgeProtectionEnabled": bool(given.get("purge_protection_enabled")),
            "tags": given.get("tags") or {},
        },
    }


def _quotas(call: Call) -> dict[str, int]:
    """Return the cores that a subscription may use, by family: those of its clusters, and those its file names."""
    found = call.cloud.find(f"/subscriptions/{call.names['subscription']}", "azurerm_subscription")
    if found is None:
        raise RefusedError(
            404,
            "SubscriptionNotFound",
            f"The subscription '{call.names['subscription']}' could not be found.",
        )
    families = {_family(item.attributes["vm_size"]) for item in _clusters(call)}
    return {**dict.fromkeys(sorted(families), _CORES), **_given(found)}


def _given(subscription: Resource) -> dict[str, int]:
    given = subscription.contents.get(QUOTAS, {})
    if not isinstance(given, dict) or not all(type(item) is int and item >= 0 for item in given.values()):
        raise BrokenFileError(
            f'{subscription.path}: "{QUOTAS}" has to look like {{"standardDSv2Family": 24}}: the cores of families'
        )
    return given


def _clusters(call: Call) -> Iterator[Resource]:
    inside = f"/subscriptions/{call.names['subscription']}/".lower()
    return (item for item in arm.existing(call.cloud, _CLUSTER) if item.id.lower().startswith(inside))


def _family(size: str) -> str:
    """Return the family of a VM size as quotas name it: ``standardDSv2Family`` of ``Standard_DS3_v2``."""
    match = _SIZE.fullmatch(size)
    if match is None:
        return size
    version = f"v{match[3]}" if match[3] else ""
    return f"standard{match[1].upper()}{match[2].upper()}{version}Family"


def _cores(size: str) -> int:
    """Return how many cores a VM has: the number in its name, but of the D series of version 2, which double from 1."""
    old = re.fullmatch(r"Standard_DS?([1-5])_v2", size, re.IGNORECASE)
    number = re.search(r"\d+", size)
    return 2 ** (int(old[1]) - 1) if old else int(number[0]) if number else 1
