"""Namespaces of Azure's resource types: a subscription knows a type once its namespace is registered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sandbox.cloud.request import CONFLICT, Request, ServiceError
from sandbox.cloud.store import BrokenFileError, Cloud, Resource

NAMESPACES = (
    "Microsoft.AlertsManagement",
    "Microsoft.App",
    "Microsoft.Authorization",
    "Microsoft.Cdn",
    "Microsoft.Compute",
    "Microsoft.Consumption",
    "Microsoft.ContainerInstance",
    "Microsoft.ContainerRegistry",
    "Microsoft.ContainerService",
    "Microsoft.DataProtection",
    "Microsoft.EventGrid",
    "Microsoft.EventHub",
    "Microsoft.KeyVault",
    "Microsoft.Logic",
    "Microsoft.MachineLearningServices",
    "Microsoft.ManagedIdentity",
    "Microsoft.Network",
    "Microsoft.Notebooks",
    "Microsoft.OperationalInsights",
    "Microsoft.OperationsManagement",
    "Microsoft.PolicyInsights",
    "Microsoft.RecoveryServices",
    "Microsoft.Search",
    "Microsoft.Storage",
    "Microsoft.Web",
    "microsoft.insights",
)
"""As Azure spells them. azurerm compares letter by letter, case included, and
passes over a name that is not in Azure's list with a line in its log (azurerm 4.81.0,
``internal/resourceproviders/requiring_registration.go`` and ``required.go``)."""

_ALWAYS = (
    "microsoft.authorization",
    "microsoft.consumption",
    "microsoft.resources",
)
"""In small letters, those that every subscription has ("Azure resource providers and types")."""


def register(cloud: Cloud, subscription_id: str, wanted: Iterable[str]) -> None:
    """Register what Azure's list has of the ``wanted`` namespaces, in a subscription that exists."""
    subscription = cloud.find(f"/subscriptions/{subscription_id}", "azurerm_subscription")
    if subscription is None:
        return
    names = {*registered(subscription), *(set(wanted) & set(NAMESPACES))}
    contents = {**subscription.contents, "registered": sorted(names)}
    if contents != subscription.contents:
        cloud.write(replace(subscription, contents=contents))


def require_registration(request: Request, resource_id: str) -> None:
    """Refuse a resource of a namespace that its subscription does not know yet; raises ServiceError."""
    _, _, typed = resource_id.rpartition("/providers/")
    namespace = typed.partition("/")[0].lower()
    subscription = request.cloud.find("/".join(resource_id.split("/")[:3]), "azurerm_subscription")
    if subscription is None or "/providers/" not in resource_id or namespace in _ALWAYS:
        return
    if namespace not in {name.lower() for name in registered(subscription)}:
        raise ServiceError(
            f"{CONFLICT} MissingSubscriptionRegistration: The subscription is not registered to use namespace "
            f"'{typed.partition('/')[0]}'. See https://aka.ms/rps-not-found for how to register subscriptions."
        )


def registered(subscription: Resource) -> list[str]:
    """Return the namespaces that a subscription knows; BrokenFileError if its file has something else there."""
    names = subscription.contents.get("registered", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BrokenFileError(
            f'{subscription.path}: "registered" has to be a list of namespaces, each a text'
        )
    return names
