"""Of which types a replacement is a loss: each that is in use is one of these, or holds nothing."""

from __future__ import annotations

from facts.reader import PROVIDERS, facts
from plans.stateful import is_stateful

DATA = {
    "azapi_resource",
    "azurerm_application_insights",
    "azurerm_container_registry",
    "azurerm_data_protection_backup_instance_blob_storage",
    "azurerm_data_protection_backup_vault",
    "azurerm_key_vault",
    "azurerm_log_analytics_workspace",
    "azurerm_machine_learning_workspace",
    "azurerm_resource_group",
    "azurerm_storage_account",
    "azurerm_storage_container",
}
"""They hold data, models, secrets, logs, or other resources that go with them."""
WHO = {
    "azuredevops_environment",
    "azuredevops_group",
    "azuredevops_group_membership",
    "azuredevops_git_permissions",
    "azuredevops_service_principal_entitlement",
    "azurerm_user_assigned_identity",
}
"""Others refer to their ids: roles, approvals, permissions that people have added."""
PIPELINES = {
    "azuredevops_branch_policy_build_validation",
    "azuredevops_build_definition",
    "azuredevops_project",
    "azuredevops_serviceendpoint_azurerm",
    "azuredevops_serviceendpoint_incomingwebhook",
    "azuredevops_variable_group",
}
"""Their history goes, or pipelines stop working that name them."""
NETWORK = {
    "azurerm_machine_learning_compute_cluster",
    "azurerm_machine_learning_workspace_network_outbound_rule_fqdn",
    "azurerm_nat_gateway",
    "azurerm_nat_gateway_public_ip_association",
    "azurerm_public_ip",
    "azurerm_route",
    "azurerm_route_table",
    "azurerm_subnet",
    "azurerm_subnet_nat_gateway_association",
    "azurerm_subnet_route_table_association",
    "azurerm_virtual_network",
}
"""Jobs that run break off, or an address changes that others allow."""


def test_a_replacement_is_a_loss_where_something_is_in_it_or_others_rely_on_it() -> None:
    in_use = {name for provider in PROVIDERS for name in facts(provider).resources}
    assert {name for name in in_use if is_stateful(name)} == DATA | WHO | PIPELINES | NETWORK


def test_what_terraform_itself_makes_holds_nothing() -> None:
    assert not is_stateful("terraform_data")
    assert not is_stateful("time_sleep")
