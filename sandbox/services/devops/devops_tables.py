"""Azure DevOps in tables: which ids are numbers, which names are taken once, what things are attached to."""

from __future__ import annotations

from collections.abc import Mapping

# Types whose ids are numbers, and the series that the numbers come from: all checks share one.
NUMBERED: Mapping[str, str] = {
    "azuredevops_build_definition": "pipelines",
    "azuredevops_check_approval": "checks",
    "azuredevops_check_branch_control": "checks",
    "azuredevops_check_exclusive_lock": "checks",
    "azuredevops_environment": "environments",
    "azuredevops_variable_group": "variable groups",
}

# Service connections of every kind share their names, and checks and roles are attached to any of them.
SERVICE_CONNECTIONS = ("azuredevops_serviceendpoint_azurerm", "azuredevops_serviceendpoint_incomingwebhook")

_CONNECTION_TAKEN = (
    "Service connection with name {name} already exists. Only a user having Administrator/User role permissions "
    "on service connection {name} can see it."
)

# Types whose names are taken once in a project: the name's argument, the project's, and the service's words.
NAMED: Mapping[str, tuple[str, str, str]] = {
    "azuredevops_environment": (
        "name",
        "project_id",
        "Environment with name {name} already exists in the project.",
    ),
    "azuredevops_group": (
        "display_name",
        "scope",
        "TF50632: The group {name} already exists.",
    ),
    "azuredevops_project": (
        "name",
        "organization",
        "TF200019: The following project already exists on the Azure DevOps Server: {name}.",
    ),
    **dict.fromkeys(SERVICE_CONNECTIONS, ("service_endpoint_name", "project_id", _CONNECTION_TAKEN)),
    "azuredevops_variable_group": (
        "name",
        "project_id",
        "Variable group with name {name} already exists.",
    ),
}

# What checks, authorizations and roles are attached to, by the service's words for it.
TARGETS: Mapping[str, tuple[str, ...]] = {
    "distributedtask.environmentreferencerole": ("azuredevops_environment",),
    "distributedtask.serviceendpointrole": SERVICE_CONNECTIONS,
    "distributedtask.variablegroup": ("azuredevops_variable_group",),
    "endpoint": SERVICE_CONNECTIONS,
    "environment": ("azuredevops_environment",),
    "variablegroup": ("azuredevops_variable_group",),
}
