"""Locks on what must not vanish."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import ITerraformDependable, TerraformResource, TerraformStack

from constructs_lib.bindings import azapi, azurerm
from constructs_lib.bindings.terraform import BoundResource


def lock_against_deletion(
    scope: TerraformStack,
    id_: str,
    *,
    resources: Mapping[str, str],
    notes: str,
) -> None:
    """Keep ``resources``, and everything in them, from being deleted. ``notes`` tell people why.

    The keys of ``resources`` become part of the addresses, the values are ARM ids. Not for a workspace: its clusters
    could no longer be replaced. What extends a resource counts as in it, so that a role assignment on a locked resource
    cannot be taken away either, until the lock is.

    To be called last: the locks are made after everything that the stack has in Azure by then, and so on the
    way down they go before all of it, some of which lies in what they lock.
    """
    before: list[ITerraformDependable] = [
        node
        for node in scope.node.children
        if isinstance(node, TerraformResource)
        # All types but azurerm's are bound by hand. Asking for the type would be a call to Node for each.
        and (isinstance(node, azapi.Resource) or not isinstance(node, BoundResource))
    ]
    for key, resource_id in resources.items():
        lock = azurerm.ManagementLock(
            scope,
            f"{id_}_{key}",
            name="do-not-delete",
            scope=resource_id,
            lock_level="CanNotDelete",
            notes=notes,
            depends_on=before,
        )
        # A chain, so that only the first lock has to name everything.
        before = [lock]
