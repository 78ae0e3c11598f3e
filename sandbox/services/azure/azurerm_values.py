"""What Azure decides about its resources: the attributes whose meaning others rely on."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.cloud.request import Request
from sandbox.cloud.values import UNKNOWN
from sandbox.services.azure.azurerm_network import private_endpoint
from sandbox.services.azure.azurerm_storage import storage_account, storage_container
from sandbox.services.azure.roles import role_definition_id, role_name

Decided = Callable[[Request, str, Mapping[str, Any]], Mapping[str, Any]]


def _identity(request: Request, _id: str, _planned: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "principal_id": str(uuid.uuid4()),
        "tenant_id": request.account.tenant_id,
    }


def _federated_credential(_request: Request, thing_id: str, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    identity = thing_id.rpartition("/federatedIdentityCredentials/")[0]
    return {
        "user_assigned_identity_id": identity,
        "parent_id": identity,
        "resource_group_name": identity.split("/")[4],
    }


def _key_vault(_request: Request, _id: str, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    rbac = _first_known(planned, "rbac_authorization_enabled", "enable_rbac_authorization")
    return {
        "vault_uri": f"https://{planned['name']}.vault.azure.net/",
        "access_policy": [],
        "rbac_authorization_enabled": rbac,
        "enable_rbac_authorization": rbac,
    }


def _container_registry(_request: Request, _id: str, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    admin = bool(planned.get("admin_enabled"))
    return {
        "login_server": f"{planned['name'].lower()}.azurecr.io",
        "admin_username": planned["name"] if admin else "",
        "admin_password": secrets.token_urlsafe(32) if admin else "",
        "data_endpoint_host_names": [],
        "encryption": [],
        "network_rule_set": [],
    }


def _log_analytics(_request: Request, _id: str, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    enabled = _negated(planned, "local_authentication_enabled", "local_authentication_disabled")
    return {"sku": "PerGB2018", "retention_in_days": 30, **enabled}


def _application_insights(_request: Request, _id: str, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    key, app = str(uuid.uuid4()), str(uuid.uuid4())
    host = f"{planned['location']}-0.in.applicationinsights.azure.com"
    return {
        "app_id": app,
        "instrumentation_key": key,
        "connection_string": f"InstrumentationKey={key};IngestionEndpoint=https://{host}/;ApplicationId={app}",
        **_negated(planned, "ip_masking_enabled", "disable_ip_masking"),
        **_negated(planned, "local_authentication_enabled", "local_authentication_disabled"),
        **_negated(planned, "daily_data_cap_notifications_enabled", "daily_data_cap_notifications_disabled"),
    }


def _workspace(_request: Request, _id: str, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "workspace_id": str(uuid.uuid4()),
        "discovery_url": f"https://{planned['location']}.api.azureml.ms/discovery",
    }


def _role_assignment(request: Request, _id: str, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    name, definition = planned.get("role_definition_name"), planned.get("role_definition_id")
    subscription = request.account.subscription_id
    return {
        "role_definition_id": role_definition_id(subscription, name) if isinstance(name, str) else None,
        "role_definition_name": role_name(definition) if isinstance(definition, str) else None,
        "principal_type": "ServicePrincipal",
    }


def _private_dns_zone(_request: Request, _id: str, _planned: Mapping[str, Any]) -> Mapping[str, Any]:
    # The one record that every zone begins with is its start of authority; the others are Azure's limits.
    return {
        "number_of_record_sets": 1,
        "max_number_of_record_sets": 25000,
        "max_number_of_virtual_network_links": 1000,
        "max_number_of_virtual_network_links_with_registration": 100,
    }


def _backup_instance(_request: Request, _id: str, _planned: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"protection_state": "ProtectionConfigured"}


def _dns_link(_request: Request, _id: str, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"resolution_policy": "Default"}


def _virtual_network(_request: Request, _id: str, _planned: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"guid": str(uuid.uuid4()), "subnet": []}


def _first_known(planned: Mapping[str, Any], *names: str) -> Any:
    values = [planned.get(name) for name in names]
    return next((value for value in values if value is not None and value is not UNKNOWN), False)


def _negated(planned: Mapping[str, Any], positive: str, negative: str) -> Mapping[str, bool]:
    """Two spellings of one switch, the old one the opposite of the new; on unless told otherwise."""
    chosen = planned.get(positive)
    on = chosen if isinstance(chosen, bool) else planned.get(negative) is not True
    return {positive: on, negative: not on}


# Names that Azure stores in capital letters: written in small ones, they differ in every plan.
UPPER_CASE: Mapping[str, tuple[str, ...]] = {"azurerm_machine_learning_compute_cluster": ("vm_size",)}

DECIDED: Mapping[str, Decided] = {
    "azurerm_application_insights": _application_insights,
    "azurerm_container_registry": _container_registry,
    "azurerm_data_protection_backup_instance_blob_storage": _backup_instance,
    "azurerm_federated_identity_credential": _federated_credential,
    "azurerm_key_vault": _key_vault,
    "azurerm_log_analytics_workspace": _log_analytics,
    "azurerm_machine_learning_workspace": _workspace,
    "azurerm_private_dns_zone": _private_dns_zone,
    "azurerm_private_dns_zone_virtual_network_link": _dns_link,
    "azurerm_private_endpoint": private_endpoint,
    "azurerm_role_assignment": _role_assignment,
    "azurerm_storage_account": storage_account,
    "azurerm_storage_container": storage_container,
    "azurerm_user_assigned_identity": _identity,
    "azurerm_virtual_network": _virtual_network,
}
