"""Which id each resource type has, and by which one Terraform imports it: said once, for all who need it.

From the pages and the source of azurerm 4.81.0, azuredevops 1.16.0, azapi 2.12.0 and time 0.13; the versions are those
of Azure's REST specifications in which the type is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

THE_ID = "{id}"


class Ids(NamedTuple):
    """The ids of a type. Words in braces are arguments; of an id of Azure, ``{group}`` is the resource group's id."""

    arm_id: str = ""
    """The id in Azure, made of the arguments; ``{subscription}`` is the GUID. Empty: it is not made of them."""
    lies_in: str = ""
    """The form of what the id lies in, where the id begins with an argument that names that. Empty: with anything."""
    import_form: str = THE_ID
    """What the provider's import takes. Empty: it cannot import the type."""
    api_version: str = ""
    """The version of Azure's REST API in which the type is read. Empty: it is not Azure's, or says it itself."""


def ids(type_name: str) -> Ids:
    """Return the ids of a type; KeyError, which says where to add it, for one that is not in the table."""
    try:
        return IDS[type_name]
    except KeyError:
        message = (
            f"Nothing says which id {type_name} has, and by which it is imported: add it to facts/ids.py"
        )
        raise KeyError(message) from None


_GROUP = "{group}"
_INSIGHTS = "{group}/providers/Microsoft.Insights"
_NETWORK = "{group}/providers/Microsoft.Network"
_SUBNET = f"{_NETWORK}/virtualNetworks/{{virtual_network_name}}/subnets/{{name}}"
_STORAGE = "{group}/providers/Microsoft.Storage/storageAccounts/{name}"
_WORKSPACE = "{group}/providers/Microsoft.MachineLearningServices/workspaces/{name}"
_LOGS = "{group}/providers/Microsoft.OperationalInsights/workspaces/{name}"
_IDENTITY = "{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
_VAULT = "{group}/providers/Microsoft.DataProtection/backupVaults/{name}"
_ROLE = "{scope}/providers/Microsoft.Authorization/roleDefinitions/{role_definition_id}"

_ML, _NET, _STORE = "2024-10-01", "2024-05-01", "2023-05-01"
_CHECK = Ids(import_form="{project}/{id}")

IDS: Mapping[str, Ids] = MappingProxyType(
    {
        "azapi_resource": Ids(import_form="{resource_id}?api-version={version}"),
        "azuredevops_branch_policy_build_validation": Ids(import_form="{project}/{id}"),
        "azuredevops_build_definition": Ids(import_form="{project}/{id}"),
        "azuredevops_check_approval": _CHECK,
        "azuredevops_check_branch_control": _CHECK,
        "azuredevops_check_exclusive_lock": _CHECK,
        "azuredevops_environment": Ids(import_form="{project}/{id}"),
        "azuredevops_git_permissions": Ids(import_form=""),
        "azuredevops_group": Ids(import_form="{descriptor}"),
        "azuredevops_group_membership": Ids(import_form=""),
        "azuredevops_pipeline_authorization": Ids(
            import_form="{project_id}/{type}/{resource_id};pipeline_id={pipeline_id}"
        ),
        "azuredevops_project": Ids(import_form="{project}"),
        "azuredevops_securityrole_assignment": Ids(import_form="{scope}/{resource_id}/{identity_id}"),
        "azuredevops_service_principal_entitlement": Ids(import_form="{id}"),
        "azuredevops_serviceendpoint_azurerm": Ids(import_form="{project}/{id}"),
        "azuredevops_serviceendpoint_incomingwebhook": Ids(import_form="{project}/{id}"),
        "azuredevops_variable_group": Ids(import_form="{project}/{id}"),
        "azuredevops_variable_group_variable": Ids(import_form="{project_id}/{variable_group_id}/{name}"),
        "azurerm_application_insights": Ids(f"{_INSIGHTS}/components/{{name}}", api_version="2020-02-02"),
        "azurerm_consumption_budget_resource_group": Ids(
            "{resource_group_id}/providers/Microsoft.Consumption/budgets/{name}",
            _GROUP,
            api_version="2023-05-01",
        ),
        "azurerm_container_registry": Ids(
            "{group}/providers/Microsoft.ContainerRegistry/registries/{name}", api_version="2023-07-01"
        ),
        "azurerm_data_protection_backup_instance_blob_storage": Ids(
            "{vault_id}/backupInstances/{name}", _VAULT, api_version="2024-04-01"
        ),
        "azurerm_data_protection_backup_policy_blob_storage": Ids(
            "{vault_id}/backupPolicies/{name}", _VAULT, api_version="2024-04-01"
        ),
        "azurerm_data_protection_backup_vault": Ids(_VAULT, api_version="2024-04-01"),
        "azurerm_federated_identity_credential": Ids(
            "{user_assigned_identity_id}/federatedIdentityCredentials/{name}",
            _IDENTITY,
            api_version="2023-01-31",
        ),
        "azurerm_key_vault": Ids(
            "{group}/providers/Microsoft.KeyVault/vaults/{name}", api_version="2023-07-01"
        ),
        "azurerm_log_analytics_workspace": Ids(_LOGS, api_version="2022-10-01"),
        "azurerm_log_analytics_workspace_table": Ids(
            "{workspace_id}/tables/{name}", _LOGS, api_version="2022-10-01"
        ),
        "azurerm_machine_learning_compute_cluster": Ids(
            "{machine_learning_workspace_id}/computes/{name}", _WORKSPACE, api_version=_ML
        ),
        "azurerm_machine_learning_datastore_blobstorage": Ids(
            "{workspace_id}/dataStores/{name}", _WORKSPACE, api_version=_ML
        ),
        "azurerm_machine_learning_workspace": Ids(_WORKSPACE, api_version=_ML),
        "azurerm_machine_learning_workspace_network_outbound_rule_fqdn": Ids(
            "{workspace_id}/outboundRules/{name}", _WORKSPACE, api_version=_ML
        ),
        "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint": Ids(
            "{workspace_id}/outboundRules/{name}", _WORKSPACE, api_version=_ML
        ),
        "azurerm_management_lock": Ids(
            "{scope}/providers/Microsoft.Authorization/locks/{name}", api_version="2020-05-01"
        ),
        "azurerm_monitor_action_group": Ids(f"{_INSIGHTS}/actionGroups/{{name}}", api_version="2023-01-01"),
        # The provider's own id, as of the two associations with a bar: the two halves of its address.
        "azurerm_monitor_diagnostic_setting": Ids(
            "{target_resource_id}|{name}", api_version="2021-05-01-preview"
        ),
        "azurerm_monitor_private_link_scope": Ids(
            f"{_INSIGHTS}/privateLinkScopes/{{name}}", api_version="2021-07-01-preview"
        ),
        "azurerm_monitor_private_link_scoped_service": Ids(
            f"{_INSIGHTS}/privateLinkScopes/{{scope_name}}/scopedResources/{{name}}",
            api_version="2021-07-01-preview",
        ),
        "azurerm_monitor_scheduled_query_rules_alert_v2": Ids(
            f"{_INSIGHTS}/scheduledQueryRules/{{name}}", api_version="2023-12-01"
        ),
        "azurerm_monitor_smart_detector_alert_rule": Ids(
            "{group}/providers/Microsoft.AlertsManagement/smartDetectorAlertRules/{name}",
            api_version="2021-04-01",
        ),
        "azurerm_nat_gateway": Ids(f"{_NETWORK}/natGateways/{{name}}", api_version=_NET),
        "azurerm_nat_gateway_public_ip_association": Ids(
            "{nat_gateway_id}|{public_ip_address_id}", api_version=_NET
        ),
        "azurerm_network_security_group": Ids(f"{_NETWORK}/networkSecurityGroups/{{name}}", api_version=_NET),
        "azurerm_private_dns_zone": Ids(f"{_NETWORK}/privateDnsZones/{{name}}", api_version="2020-06-01"),
        "azurerm_private_dns_zone_virtual_network_link": Ids(
            f"{_NETWORK}/privateDnsZones/{{private_dns_zone_name}}/virtualNetworkLinks/{{name}}",
            api_version="2020-06-01",
        ),
        "azurerm_private_endpoint": Ids(f"{_NETWORK}/privateEndpoints/{{name}}", api_version=_NET),
        "azurerm_public_ip": Ids(f"{_NETWORK}/publicIPAddresses/{{name}}", api_version=_NET),
        "azurerm_resource_group": Ids(
            "/subscriptions/{subscription}/resourceGroups/{name}", api_version="2021-04-01"
        ),
        "azurerm_resource_group_policy_assignment": Ids(
            "{resource_group_id}/providers/Microsoft.Authorization/policyAssignments/{name}",
            _GROUP,
            api_version="2022-06-01",
        ),
        "azurerm_role_assignment": Ids(
            "{scope}/providers/Microsoft.Authorization/roleAssignments/{name}", api_version="2022-04-01"
        ),
        # The provider's own id has the scope behind the definition's, with a bar between them.
        "azurerm_role_definition": Ids(_ROLE, import_form=f"{_ROLE}|{{scope}}", api_version="2022-04-01"),
        "azurerm_route": Ids(
            f"{_NETWORK}/routeTables/{{route_table_name}}/routes/{{name}}", api_version=_NET
        ),
        "azurerm_route_table": Ids(f"{_NETWORK}/routeTables/{{name}}", api_version=_NET),
        "azurerm_storage_account": Ids(_STORAGE, api_version=_STORE),
        "azurerm_storage_container": Ids(
            "{storage_account_id}/blobServices/default/containers/{name}", _STORAGE, api_version=_STORE
        ),
        "azurerm_storage_management_policy": Ids(
            "{storage_account_id}/managementPolicies/default", _STORAGE, api_version=_STORE
        ),
        "azurerm_subnet": Ids(_SUBNET, api_version=_NET),
        # Associations have no id of their own in Azure: the provider uses the subnet's.
        "azurerm_subnet_nat_gateway_association": Ids("{subnet_id}", _SUBNET, api_version=_NET),
        "azurerm_subnet_network_security_group_association": Ids("{subnet_id}", _SUBNET, api_version=_NET),
        "azurerm_subnet_route_table_association": Ids("{subnet_id}", _SUBNET, api_version=_NET),
        "azurerm_user_assigned_identity": Ids(_IDENTITY, api_version="2023-01-31"),
        "azurerm_virtual_network": Ids(f"{_NETWORK}/virtualNetworks/{{name}}", api_version=_NET),
        "time_sleep": Ids(import_form="{create_duration},{destroy_duration}"),
    }
)
"""The ids of every type that a stack may contain and a provider is asked for. In the order of the alphabet."""
