"""Looks up what a type is and does. A declaration in any module of the provider's package is found."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from sandbox.services.data_source import DataSource, declared_data_sources
from sandbox.services.resource_type import ResourceType, declared

# Where each provider's types are declared: a package, or a module alone.
_PLACES = {"azapi": "azure", "azuredevops": "devops", "azurerm": "azure", "time": "time"}


def resource_type(name: str) -> ResourceType:
    """Return the declaration of a resource type; KeyError for a type without one."""
    _load(_PLACES[name.partition("_")[0]])
    return declared[name]


def data_source(name: str) -> DataSource:
    """Return the declaration of a data source; KeyError for one without."""
    _load(_PLACES[name.partition("_")[0]])
    return declared_data_sources[name]


@cache
def _load(place: str) -> None:
    package = import_module(f"sandbox.services.{place}")
    for module in pkgutil.iter_modules(getattr(package, "__path__", ()), f"{package.__name__}."):
        import_module(module.name)
