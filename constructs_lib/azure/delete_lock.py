"""Locks on what must not vanish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_lib.bindings import azurerm


class DeleteLocks:
    """Locks that keep resources, and everything in them, from being deleted.

    Not for a workspace: its clusters could no longer be replaced. What extends a resource counts as in it, so
    that a role assignment on a locked resource cannot be taken away either, until the lock is.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        resources: Mapping[str, str],
        notes: str,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        """Lock ``resources`` (what each is called in the address, and its ARM id); ``notes`` tell people why.

        ``depends_on`` is everything that lies in them. On the way down the locks then go before all of it.
        """
        before = list(depends_on)
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
