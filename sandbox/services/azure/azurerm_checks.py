"""What Azure refuses for reasons of its own, by type; ids that name nothing are refused for every type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.cloud.request import BAD_REQUEST, CONFLICT, Request, ServiceError
from sandbox.cloud.rules import values_at
from sandbox.cloud.store import Cloud
from sandbox.services.azure import arm
from sandbox.services.azure.azurerm_network import check_dns_link, check_outbound_rule, check_private_endpoint
from sandbox.services.azure.roles import built_in_roles, role_name

Check = Callable[[Request, Mapping[str, Any]], None]


def _role_assignment(request: Request, planned: Mapping[str, Any]) -> None:
    role, principal = planned.get("role_definition_name"), planned["principal_id"]
    if isinstance(role, str) and role not in built_in_roles():
        raise ServiceError(f"listing role definitions: could not find role `{role}`", "role_definition_name")
    # With a type given, Azure does not wait until the directory knows the principal.
    trusted = (
        isinstance(planned.get("principal_type"), str)
        or planned.get("skip_service_principal_aad_check") is True
    )
    if not trusted and principal not in _principals(request.cloud):
        raise ServiceError(
            f"{BAD_REQUEST} PrincipalNotFound: Principal {principal} does not exist in the directory "
            f"{request.account.tenant_id}. Check that you have the correct principal ID.",
            "principal_id",
        )
    wanted = {"scope": planned["scope"], "principal_id": principal, "role_definition_name": _role(planned)}
    for other in arm.existing(request.cloud, request.type):
        if wanted.items() <= other.attributes.items() and other.attributes["name"] != planned["name"]:
            raise ServiceError(
                f"{CONFLICT} RoleAssignmentExists: The role assignment already exists: {other.id}"
            )


def _role(planned: Mapping[str, Any]) -> str:
    name, definition = planned.get("role_definition_name"), planned.get("role_definition_id")
    return name if isinstance(name, str) else role_name(str(definition))


def _principals(cloud: Cloud) -> Iterator[str]:
    for thing in arm.existing(cloud):
        yield from filter(None, values_at(thing.attributes, ("identity", "principal_id")))
        if thing.type == "azurerm_user_assigned_identity":
            yield thing.attributes["principal_id"]


def _compute_cluster(request: Request, planned: Mapping[str, Any]) -> None:
    workspace = request.cloud.find(
        planned["machine_learning_workspace_id"], "azurerm_machine_learning_workspace"
    )
    if workspace is None:
        return
    if workspace.attributes["location"] != planned["location"]:
        raise ServiceError(
            f"{BAD_REQUEST} UserError: The location of the compute ({planned['location']}) is not the workspace's "
            f"({workspace.attributes['location']}).",
            "location",
        )
    isolation = next(values_at(workspace.attributes, ("managed_network", "isolation_mode")), None)
    isolated = isolation not in (None, "", "Disabled")
    subnet = planned.get("subnet_resource_id")
    has_subnet = isinstance(subnet, str) and bool(subnet)
    if isolated and has_subnet:
        raise ServiceError(
            f"{BAD_REQUEST} UserError: A compute of a workspace with a managed network cannot be in a subnet.",
            "subnet_resource_id",
        )
    if planned.get("node_public_ip_enabled") is False and not isolated and not has_subnet:
        raise ServiceError(
            f"{BAD_REQUEST} UserError: Nodes without a public IP need a subnet or a workspace with a managed network.",
            "node_public_ip_enabled",
        )
    scale = planned["scale_settings"][0]
    if scale["min_node_count"] > scale["max_node_count"]:
        raise ServiceError(f"{BAD_REQUEST} UserError: minNodeCount is above maxNodeCount.", "scale_settings")


def _container_registry(_request: Request, planned: Mapping[str, Any]) -> None:
    if planned["sku"] == "Premium":
        return
    wants = {
        "georeplications": bool(planned.get("georeplications")),
        "public_network_access_enabled": planned.get("public_network_access_enabled") is False,
        "data_endpoint_enabled": planned.get("data_endpoint_enabled") is True,
        "zone_redundancy_enabled": planned.get("zone_redundancy_enabled") is True,
    }
    for name, wanted in wants.items():
        if wanted:
            raise ServiceError(f"`{name}` can only be applied when using the Premium Sku", name)


def _key_vault(request: Request, planned: Mapping[str, Any]) -> None:
    for deleted in request.cloud.soft_deleted(request.type):
        if deleted.name.lower() == planned["name"].lower():
            if request.account.features.get("key_vault.recover_soft_deleted_key_vaults") is False:
                raise ServiceError(
                    f'An existing soft-deleted Key Vault exists with the Name "{planned["name"]}" in the location '
                    f'"{deleted.attributes["location"]}", however automatically recovering this KeyVault has been '
                    'disabled via the "features" block.',
                    "name",
                )
            request.cloud.remove(deleted)


def _workspace(request: Request, planned: Mapping[str, Any]) -> None:
    group = arm.resource_group_id(request.account.subscription_id, planned["resource_group_name"]).lower()
    for deleted in request.cloud.soft_deleted(request.type):
        if deleted.name.lower() == planned["name"].lower() and deleted.id.lower().startswith(f"{group}/"):
            raise ServiceError(
                f"{CONFLICT} Conflict: Soft-deleted workspace exists. Please purge or recover it: {deleted.id}",
                "name",
            )


def _backup_instance(request: Request, planned: Mapping[str, Any]) -> None:
    vault = request.cloud.find(planned["vault_id"], "azurerm_data_protection_backup_vault")
    principals = list(values_at(vault.attributes if vault else {}, ("identity", "principal_id")))
    account = planned["storage_account_id"].lower()
    for grant in arm.existing(request.cloud, "azurerm_role_assignment"):
        if (
            grant.attributes["role_definition_name"] == _BACKUP_ROLE
            and grant.attributes["principal_id"] in principals
            and f"{account}/".startswith(f"{grant.attributes['scope']}/".lower())
        ):
            return
    raise ServiceError(
        f"{BAD_REQUEST} UserErrorMissingRequiredPermissions: The vault {planned['vault_id']} needs the role "
        f"{_BACKUP_ROLE} on {planned['storage_account_id']}.",
        "vault_id",
    )


def _diagnostic_setting(request: Request, planned: Mapping[str, Any]) -> None:
    """Two settings of a resource must not send one category of logs to the same workspace."""
    sink = planned.get("log_analytics_workspace_id")
    wanted = set(filter(None, values_at(planned, ("enabled_log", "category"))))
    for other in arm.existing(request.cloud, request.type):
        same = ("target_resource_id", "log_analytics_workspace_id")
        both = wanted.intersection(values_at(other.attributes, ("enabled_log", "category")))
        if (
            sink
            and both
            and other.id != planned.get("id")
            and all(str(other.attributes[name]).lower() == str(planned[name]).lower() for name in same)
        ):
            raise ServiceError(
                f"{CONFLICT} Conflict: Data sink '{sink}' is already used in diagnostic setting '{other.name}' for "
                f"category '{min(both)}'.",
                "enabled_log",
            )


_BACKUP_ROLE = "Storage Account Backup Contributor"

CHECKS: Mapping[str, Check] = {
    "azurerm_container_registry": _container_registry,
    "azurerm_data_protection_backup_instance_blob_storage": _backup_instance,
    "azurerm_key_vault": _key_vault,
    "azurerm_machine_learning_compute_cluster": _compute_cluster,
    "azurerm_machine_learning_workspace": _workspace,
    "azurerm_machine_learning_workspace_network_outbound_rule_fqdn": check_outbound_rule,
    "azurerm_monitor_diagnostic_setting": _diagnostic_setting,
    "azurerm_private_dns_zone_virtual_network_link": check_dns_link,
    "azurerm_private_endpoint": check_private_endpoint,
    "azurerm_role_assignment": _role_assignment,
}
