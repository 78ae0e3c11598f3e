"""Looks up what a type is and does. A declaration in any module of the provider's package is found."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TypeVar

from sandbox.services.data_source import DataSource, declared_data_sources
from sandbox.services.resource_type import ResourceType, UndeclaredError, declared

# Where each provider's types are declared: a package, or a module alone.
_PLACES = {"azapi": "azure", "azuredevops": "devops", "azurerm": "azure", "time": "time"}


_Declaration = TypeVar("_Declaration")


def resource_type(name: str) -> ResourceType:
    """Return the declaration of a resource type; UndeclaredError for a type without one."""
    return _find(name, declared)


def data_source(name: str) -> DataSource:
    """Return the declaration of a data source; UndeclaredError for one without."""
    return _find(name, declared_data_sources)


def _find(name: str, declarations: Mapping[str, _Declaration]) -> _Declaration:
    place = _PLACES[name.partition("_")[0]]
    _load(place)
    if name not in declarations:
        raise UndeclaredError(f"{name} has no declaration: add a class for it in sandbox/services/{place}")
    return declarations[name]


@cache
def _load(place: str) -> None:
    package = import_module(f"sandbox.services.{place}")
    for module in pkgutil.iter_modules(getattr(package, "__path__", ()), f"{package.__name__}."):
        import_module(module.name)
