"""Roles of our own, where every built-in role allows too much."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import TerraformStack

from constructs_lib.bindings import azurerm


class OwnRole:
    """A role that allows nothing but what is listed. Making one takes an Owner or a User Access Administrator."""

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        name: str,
        description: str,
        scope_id: str,
        actions: Sequence[str] = (),
        data_actions: Sequence[str] = (),
    ) -> None:
        """Define the role on ``scope_id`` (ARM id). Its ``name`` is unique in the tenant."""
        self._scope, self._id, self._scope_id = scope, id_, scope_id
        self._role = azurerm.RoleDefinition(
            scope,
            id_,
            name=name,
            description=description,
            scope=scope_id,
            permissions=[
                azurerm.RoleDefinitionPermissions(
                    actions=[*actions] or None, data_actions=[*data_actions] or None
                )
            ],
            assignable_scopes=[scope_id],
        )

    def assign(self, id_: str, *, principal_id: str, condition: str | None = None) -> None:
        """Give the role to an identity, where it is defined. ``condition`` limits what it allows."""
        azurerm.RoleAssignment(
            self._scope,
            id_,
            scope=self._scope_id,
            # Not the id, which azurerm makes of this and the scope.
            role_definition_id=self._role.role_definition_resource_id,
            principal_id=principal_id,
            principal_type="ServicePrincipal",
            condition=condition,
            condition_version="2.0" if condition else None,
        )
