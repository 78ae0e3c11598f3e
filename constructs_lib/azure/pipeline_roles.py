"""What the identities of the platform's own pipelines may do in Azure: one plans a stack, one applies its plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cdktf import TerraformStack

from constructs_lib.azure.identity import ManagedIdentity, RoleAssignments
from constructs_lib.azure.own_role import OwnRole
from constructs_lib.azure.roles import FOR_APPLYING, ROLES, may_assign

PLANNING = ("Microsoft.Logic/workflows/triggers/listCallbackUrl/action",)
"""What planning takes beyond Reader: azapi asks for the address of an alert's workflow in every plan.

Other keys that azurerm asks for stay away when it may not have them (4.x, ``storage_account_resource.go``: a 403 of
``listKeys`` is passed over; ``log_analytics_workspace_resource.go``: so is that of ``sharedKeys``).
"""

ENVIRONMENT_ROLES = tuple(sorted(ROLES.keys() - set(FOR_APPLYING)))
"""The roles that an environment's stack gives to identities and people."""


def let_plan(
    scope: TerraformStack,
    id_: str,
    *,
    identity: ManagedIdentity,
    subscription_id: str,
    reads: Mapping[str, str],
    planning: OwnRole | None,
) -> None:
    """Let an identity read all that a plan of a stack looks at, and change nothing.

    ``reads`` are the scopes that it reads: what each is called in addresses, and its ARM id. ``planning`` is the role
    with what planning takes beyond that.
    """
    RoleAssignments(
        scope,
        f"{id_}_roles",
        principal_id=identity.principal_id,
        subscription_id=subscription_id,
        roles=[(target, scope_id, "Reader") for target, scope_id in reads.items()],
    )
    if planning:
        planning.assign(f"{id_}_roles_planning", principal_id=identity.principal_id)


def planning_role(scope: TerraformStack, id_: str, *, stack: str, scope_id: str) -> OwnRole:
    """Define the role with what planning a stack takes beyond Reader."""
    return OwnRole(
        scope,
        id_,
        name=f"Planning of {stack}",
        description="What a plan asks for beyond Reader. It changes nothing.",
        scope_id=scope_id,
        actions=PLANNING,
    )


def let_apply(
    scope: TerraformStack,
    id_: str,
    *,
    identity: ManagedIdentity,
    subscription_id: str,
    makes: str,
    policies: bool,
    hands_on: Iterable[str],
    elsewhere: Mapping[str, tuple[str, Iterable[str]]],
    reads: Mapping[str, str],
) -> None:
    """Let an identity make what a stack holds, in ``makes`` (ARM id of a resource group, or of a subscription).

    It gives and takes the roles ``hands_on`` there, and none that would let it hand on more; with ``policies`` it
    assigns policies. ``elsewhere`` are scopes where it only gives and takes roles: what each is called in addresses,
    its ARM id, and those roles. ``reads`` are scopes that it reads.
    """
    administrator = "Role Based Access Control Administrator"
    roles = [
        ("stack", makes, "Contributor"),
        ("stack", makes, "Locks Contributor"),
        ("stack", makes, administrator),
        *([("stack", makes, "Resource Policy Contributor")] if policies else []),
    ]
    conditions = {("stack", administrator): may_assign(hands_on)}
    for target, (scope_id, given) in elsewhere.items():
        roles.append((target, scope_id, administrator))
        conditions[target, administrator] = may_assign(given)
    roles += [(target, scope_id, "Reader") for target, scope_id in reads.items()]
    RoleAssignments(
        scope,
        f"{id_}_roles",
        principal_id=identity.principal_id,
        subscription_id=subscription_id,
        roles=roles,
        conditions=conditions,
    )
