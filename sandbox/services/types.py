"""The resource types' behaviour: one kind for each provider, and a few types that need their own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sandbox.cloud.facts import facts
from sandbox.services.azure.azapi import AnyResourceKind
from sandbox.services.azure.azurerm import AzureKind
from sandbox.services.devops.azuredevops import DevOpsKind, ServiceEndpointKind
from sandbox.services.devops.variables import VariableGroupKind, VariableKind
from sandbox.services.kind import Kind
from sandbox.services.time import SleepKind

_DEVOPS: Mapping[str, type[Kind]] = {
    "azuredevops_serviceendpoint_azurerm": ServiceEndpointKind,
    "azuredevops_variable_group": VariableGroupKind,
    "azuredevops_variable_group_variable": VariableKind,
}


@cache
def kind_of(provider: str, type_name: str) -> Kind:
    """Return the behaviour of a resource type of a provider."""
    schema = facts(provider).resources[type_name]
    match provider, type_name:
        case "azuredevops", _:
            return _DEVOPS.get(type_name, DevOpsKind)(schema)
        case "azapi", _:
            return AnyResourceKind(schema)
        case "time", _:
            return SleepKind(schema)
        case _:
            return AzureKind(schema, type_name)
