"""Managed identities, and the roles they are given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from cdktf import ITerraformDependable, TerraformProvider, TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.roles import role_definition_id
from constructs_lib.bindings import azurerm, time


class ManagedIdentity:
    """A user-assigned managed identity: a name in Entra without any password."""

    def __init__(self, scope: TerraformStack, id_: str, *, resource_group: ResourceGroup, name: str) -> None:
        """Create the identity."""
        self._identity = azurerm.UserAssignedIdentity(
            scope,
            id_,
            name=name,
            resource_group_name=resource_group.name_reference,
            location=resource_group.location,
        )

    @cached_property
    def id(self) -> str:
        """ARM id of the identity."""
        return self._identity.id

    @cached_property
    def client_id(self) -> str:
        """Application (client) id: what signs in."""
        return self._identity.client_id

    @cached_property
    def principal_id(self) -> str:
        """Object id: what roles are assigned to."""
        return self._identity.principal_id


def look_up_principal_id(
    scope: TerraformStack, id_: str, *, name: str, resource_group: str, provider: TerraformProvider
) -> str:
    """Look up an identity that another stack made, and return its object id."""
    return azurerm.DataAzurermUserAssignedIdentity(
        scope, id_, name=name, resource_group_name=resource_group, provider=provider
    ).principal_id


class RoleAssignments:
    """Built-in Azure roles of one identity or group of people, each on one resource."""

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        principal_id: str,
        subscription_id: str,
        principal_type: Literal["ServicePrincipal", "Group"] = "ServicePrincipal",
        roles: Sequence[tuple[str, str, str]],
        conditions: Mapping[tuple[str, str], str] = MappingProxyType({}),
    ) -> None:
        """Assign ``roles``: what the scope is called in the address, its ARM id, and the role's name.

        What the scope is called and the role's name here must be stable: they become part of the Terraform address.
        Azure gets the role by its id: it renames roles, azurerm reads their names back and would replace every
        assignment. An id has the subscription of the scope in it, as Azure answers: that is ``subscription_id``, unless
        the scope is known already and says another one itself.

        ``conditions`` limit what a role allows: texts in Azure's language for that, by what the scope is called and the
        role.
        """
        self._scope, self._id = scope, id_
        self._assignments = {
            f"{target}_{_words(role)}": azurerm.RoleAssignment(
                scope,
                f"{id_}_{target}_{_words(role)}",
                scope=target_id,
                role_definition_id=role_definition_id(_subscription(target_id) or subscription_id, role),
                principal_id=principal_id,
                # A new identity takes minutes to reach every Entra replica; with its type given, Azure
                # does not look it up and the assignment does not fail in the meantime.
                principal_type=principal_type,
                condition=conditions.get((target, role)),
                condition_version="2.0" if (target, role) in conditions else None,
            )
            for target, target_id, role in roles
        }

    @property
    def all(self) -> list[ITerraformDependable]:
        """The assignments, for what must wait until the identity has its roles."""
        return list(self._assignments.values())

    def wait_for_propagation(
        self, duration: str, *, given_with: Mapping[str, str] | None = None
    ) -> ITerraformDependable:
        """Wait ``duration`` (Terraform duration), anew with each new role, for what checks the roles at once.

        ``given_with`` names resources whose identity gets roles from Azure itself, by their ids: it waits for those.
        """
        return time.Sleep(
            self._scope,
            f"{self._id}_wait",
            create_duration=duration,
            triggers={
                **{name: assignment.id for name, assignment in self._assignments.items()},
                **(given_with or {}),
            },
            depends_on=self.all,
        )


def let_in_whoever_deploys(
    scope: TerraformStack, id_: str, *, target_id: str, subscription_id: str, role: str, wait: str
) -> None:
    """Give a role on ``target_id`` to whoever deploys the stack first, and wait (Terraform duration) until it holds.

    Others who deploy later change nothing of it: they need roles of their own.
    """
    caller = azurerm.DataAzurermClientConfig(scope, f"{id_}_identity")
    assignment = azurerm.RoleAssignment(
        scope,
        id_,
        scope=target_id,
        role_definition_id=role_definition_id(subscription_id, role),
        principal_id=caller.object_id,
        lifecycle=TerraformResourceLifecycle(ignore_changes=["principal_id"]),
    )
    time.Sleep(
        scope,
        f"{id_}_wait",
        create_duration=wait,
        triggers={"role": assignment.id},
        depends_on=[assignment],
    )


def _subscription(scope_id: str) -> str | None:
    """Return the subscription in an ARM id, if that is no reference."""
    match = re.match("/subscriptions/([^/]+)/", scope_id)
    return match[1] if match else None


def _words(role: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", role.lower())
