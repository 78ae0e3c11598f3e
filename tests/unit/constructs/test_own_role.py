"""Roles of our own."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.own_role import OwnRole
from tests.unit.constructs.examples import synthesized

SCOPE = "/subscriptions/s/resourceGroups/rg"


def test_it_allows_what_is_listed_where_it_is_defined(stack: TerraformStack) -> None:
    role = OwnRole(
        stack, "role", name="Looking", description="Looks.", scope_id=SCOPE, actions=["Microsoft.X/y/read"]
    )
    role.assign("given", principal_id="principal")
    written = synthesized(stack)
    assert written.at("azurerm_role_definition.role") == {
        "name": "Looking",
        "description": "Looks.",
        "scope": SCOPE,
        "assignable_scopes": [SCOPE],
        "permissions": [{"actions": ["Microsoft.X/y/read"]}],
    }
    assert written.at("azurerm_role_assignment.given") == {
        "scope": SCOPE,
        "role_definition_id": "${azurerm_role_definition.role.role_definition_resource_id}",
        "principal_id": "principal",
        "principal_type": "ServicePrincipal",
    }
