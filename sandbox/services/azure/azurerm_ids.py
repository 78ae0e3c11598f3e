"""The ids of Azure's resources, by Terraform type.

Words in braces are arguments of the type; ``{group}`` is the resource group's id and ``{subscription}`` the
subscription's. Every type has an entry: a test says so for one without.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.cloud.request import CONFLICT

ARM_IDS: Mapping[str, str] = {
    "azurerm_application_insights": "{group}/providers/Microsoft.Insights/components/{name}",
    "azurerm_consumption_budget_resource_group": "{resource_group_id}/providers/Microsoft.Consumption/budgets/{name}",
    "azurerm_container_registry": "{group}/providers/Microsoft.ContainerRegistry/registries/{name}",
    "azurerm_data_protection_backup_instance_blob_storage": "{vault_id}/backupInstances/{name}",
    "azurerm_data_protection_backup_policy_blob_storage": "{vault_id}/backupPolicies/{name}",
    "azurerm_data_protection_backup_vault": "{group}/providers/Microsoft.DataProtection/backupVaults/{name}",
    "azurerm_federated_identity_credential": "{user_assigned_identity_id}/federatedIdentityCredentials/{name}",
    "azurerm_key_vault": "{group}/providers/Microsoft.KeyVault/vaults/{name}",
    "azurerm_log_analytics_workspace": "{group}/providers/Microsoft.OperationalInsights/workspaces/{name}",
    "azurerm_log_analytics_workspace_table": "{workspace_id}/tables/{name}",
    "azurerm_machine_learning_compute_cluster": "{machine_learning_workspace_id}/computes/{name}",
    "azurerm_machine_learning_datastore_blobstorage": "{workspace_id}/dataStores/{name}",
    "azurerm_machine_learning_workspace": "{group}/providers/Microsoft.MachineLearningServices/workspaces/{name}",
    "azurerm_machine_learning_workspace_network_outbound_rule_fqdn": "{workspace_id}/outboundRules/{name}",
    "azurerm_management_lock": "{scope}/providers/Microsoft.Authorization/locks/{name}",
    "azurerm_monitor_action_group": "{group}/providers/Microsoft.Insights/actionGroups/{name}",
    # The provider's own format: the two halves of a diagnostic setting's address.
    "azurerm_monitor_diagnostic_setting": "{target_resource_id}|{name}",
    "azurerm_monitor_private_link_scope": "{group}/providers/Microsoft.Insights/privateLinkScopes/{name}",
    "azurerm_monitor_private_link_scoped_service": (
        "{group}/providers/Microsoft.Insights/privateLinkScopes/{scope_name}/scopedResources/{name}"
    ),
    "azurerm_monitor_scheduled_query_rules_alert_v2": "{group}/providers/Microsoft.Insights/scheduledQueryRules/{name}",
    "azurerm_network_security_group": "{group}/providers/Microsoft.Network/networkSecurityGroups/{name}",
    "azurerm_private_dns_zone": "{group}/providers/Microsoft.Network/privateDnsZones/{name}",
    "azurerm_private_dns_zone_virtual_network_link": (
        "{group}/providers/Microsoft.Network/privateDnsZones/{private_dns_zone_name}/virtualNetworkLinks/{name}"
    ),
    "azurerm_private_endpoint": "{group}/providers/Microsoft.Network/privateEndpoints/{name}",
    "azurerm_resource_group": "/subscriptions/{subscription}/resourceGroups/{name}",
    "azurerm_resource_group_policy_assignment": (
        "{resource_group_id}/providers/Microsoft.Authorization/policyAssignments/{name}"
    ),
    "azurerm_role_assignment": "{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
    "azurerm_storage_account": "{group}/providers/Microsoft.Storage/storageAccounts/{name}",
    "azurerm_storage_container": "{storage_account_id}/blobServices/default/containers/{name}",
    "azurerm_storage_management_policy": "{storage_account_id}/managementPolicies/default",
    "azurerm_subnet": "{group}/providers/Microsoft.Network/virtualNetworks/{virtual_network_name}/subnets/{name}",
    # Associations have no id of their own in Azure: the provider uses the subnet's.
    "azurerm_subnet_network_security_group_association": "{subnet_id}",
    "azurerm_user_assigned_identity": "{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}",
    "azurerm_virtual_network": "{group}/providers/Microsoft.Network/virtualNetworks/{name}",
}

# Azure has one namespace for these names, across all customers.
GLOBAL_NAMES: Mapping[str, str] = {
    "azurerm_container_registry": (
        f"{CONFLICT} AlreadyInUse: The registry DNS name {{name}}.azurecr.io is already in use."
    ),
    "azurerm_key_vault": (
        f"{CONFLICT} VaultAlreadyExists: The vault name '{{name}}' is already in "
        "use. Vault names are globally unique so it is possible that the name is already taken."
    ),
    "azurerm_storage_account": (
        f"{CONFLICT} StorageAccountAlreadyTaken: The storage account named {{name}} is already taken."
    ),
}
