"""The namespaces of Azure's resource types that this platform needs."""

from __future__ import annotations

RESOURCE_PROVIDERS = (
    "Microsoft.AlertsManagement",
    "Microsoft.Authorization",
    "Microsoft.Cdn",
    "Microsoft.Compute",
    "Microsoft.Consumption",
    "Microsoft.ContainerRegistry",
    "Microsoft.DataProtection",
    "Microsoft.KeyVault",
    "Microsoft.Logic",
    "Microsoft.MachineLearningServices",
    "Microsoft.ManagedIdentity",
    "Microsoft.Network",
    "Microsoft.OperationalInsights",
    "Microsoft.PolicyInsights",
    "Microsoft.Storage",
    "microsoft.insights",
)
"""What a subscription must have registered for this platform; registered when it is not.

Spelled as Azure does, small letters included: azurerm passes over any other spelling without a word (azurerm 4.81.0,
``internal/resourceproviders``). All but three are the namespaces of the types in the stacks. ``Cdn``, ``Compute`` and
``PolicyInsights`` are for online endpoints, which pipelines make: people have seen the first one of a subscription fail
for a namespace that the error does not name (MicrosoftLearning/mslearn-azure-ml#106)."""
