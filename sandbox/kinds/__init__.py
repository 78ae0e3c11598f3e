"""The resource types' behaviour: one kind for each provider, and a few types that need their own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sandbox.facts import facts
from sandbox.kinds.azapi import AnyResourceKind
from sandbox.kinds.azuredevops import DevOpsKind, ServiceEndpointKind
from sandbox.kinds.azurerm import AzureKind
from sandbox.kinds.base import Kind
from sandbox.kinds.time import SleepKind
from sandbox.kinds.variables import VariableGroupKind, VariableKind

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
