"""Which types hold something that is lost when Terraform replaces or destroys them."""

from __future__ import annotations

STATELESS = frozenset(
    {
        "azuredevops_check_approval",
        "azuredevops_check_branch_control",
        "azuredevops_check_exclusive_lock",
        "azuredevops_pipeline_authorization",
        "azuredevops_securityrole_assignment",
        "azurerm_consumption_budget_resource_group",
        "azurerm_data_protection_backup_policy_blob_storage",
        "azurerm_federated_identity_credential",
        "azurerm_log_analytics_workspace_table",
        "azurerm_machine_learning_datastore_blobstorage",
        "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint",
        "azurerm_management_lock",
        "azurerm_monitor_action_group",
        "azurerm_monitor_diagnostic_setting",
        "azurerm_monitor_private_link_scope",
        "azurerm_monitor_private_link_scoped_service",
        "azurerm_monitor_scheduled_query_rules_alert_v2",
        "azurerm_monitor_smart_detector_alert_rule",
        "azurerm_network_security_group",
        "azurerm_private_dns_zone",
        "azurerm_private_dns_zone_virtual_network_link",
        "azurerm_private_endpoint",
        "azurerm_resource_group_policy_assignment",
        "azurerm_role_assignment",
        "azurerm_role_definition",
        "azurerm_storage_management_policy",
        "azurerm_subnet_network_security_group_association",
        "terraform_data",
        "time_sleep",
    }
)
"""Types that can be made again without losing anything."""

VARIABLE = "azuredevops_variable_group_variable"
"""A variable comes and goes with a change of the configuration, and its group stays."""


def is_stateful(type_name: str) -> bool:
    """Tell whether a replacement loses something. A type that nobody has thought about does."""
    return type_name not in STATELESS and type_name != VARIABLE
