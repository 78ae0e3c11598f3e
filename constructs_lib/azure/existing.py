"""What is there already and belongs to others: looked up, never made, changed or tagged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from cdktf import TerraformStack

from constructs_lib.bindings import azapi
from constructs_lib.forgotten import forget

_TYPES = {
    "action group": "Microsoft.Insights/actionGroups@2023-01-01",
    "Log Analytics workspace": "Microsoft.OperationalInsights/workspaces@2023-09-01",
    "resource group": "Microsoft.Resources/resourceGroups@2024-03-01",
}


def use_existing(
    scope: TerraformStack,
    id_: str,
    *,
    kind: Literal["action group", "Log Analytics workspace", "resource group"],
    resource_id: str,
    instead_of: Iterable[str],
) -> str:
    """Look up a resource by its ARM id, in whatever subscription it is, and return the id.

    A plan fails when it is not there, or when whoever plans may not read it. Nothing of it gets into the state but its
    name, region and tags: azurerm's own data sources keep keys of a workspace and addresses of an action group there.
    ``instead_of`` are the Terraform addresses of what was made before there was an id: it is forgotten, not destroyed.
    """
    azapi.DataAzapiResource(scope, id_, type=_TYPES[kind], resource_id=resource_id, response_export_values=[])
    forget(scope, instead_of)
    return resource_id
