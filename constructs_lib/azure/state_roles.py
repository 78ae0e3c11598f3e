"""Who reads and who writes the Terraform state of a stack, and its plans between approval and deployment."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.identity import ManagedIdentity, RoleAssignments
from constructs_lib.azure.own_role import OwnRole
from settings.models.platform import AzurermBackend

_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
READS = (f"{_BLOBS}/read",)
"""What reading state takes, listing it included."""
WRITES = (*READS, f"{_BLOBS}/add/action", f"{_BLOBS}/write")
"""What writing and locking state takes. Deleting it is no part of that: an empty state is written, too."""


class StateRoles:
    """Roles on the state of all stacks where the platform makes its storage: each stack has a container of its name.

    They are defined and given on the resource group, with a condition that names account and container: on the account
    a lock would hold them, and the identity of an environment that is gone could not be taken away.

    Source: Azure, "Example Azure role assignment conditions for Blob Storage".
    """

    def __init__(self, scope: TerraformStack, id_: str, *, prefix: str, backend: AzurermBackend) -> None:
        """Define the two roles in the resource group of the state. ``prefix`` tells them apart in the tenant."""
        self._account = backend.storage_account
        resource_group_id = _group_id(backend)
        self._reading = OwnRole(
            scope,
            f"{id_}_reading",
            name=f"Reading Terraform state of {prefix}",
            description="Reads state, and changes nothing.",
            scope_id=resource_group_id,
            data_actions=READS,
        )
        self._writing = OwnRole(
            scope,
            f"{id_}_writing",
            name=f"Writing Terraform state of {prefix}",
            description="Reads, writes and locks state, and deletes none.",
            scope_id=resource_group_id,
            data_actions=WRITES,
        )

    def let_read(self, id_: str, *, identity: ManagedIdentity, container: str) -> None:
        """Let an identity read the state in a container, and nothing else of it."""
        self._reading.assign(
            f"{id_}_roles_state",
            principal_id=identity.principal_id,
            condition=self._only(READS, container),
        )

    def let_write(self, id_: str, *, identity: ManagedIdentity, container: str) -> None:
        """Let an identity read, write and lock the state in a container."""
        self._writing.assign(
            f"{id_}_roles_state",
            principal_id=identity.principal_id,
            condition=self._only(WRITES, container),
        )

    def _only(self, actions: tuple[str, ...], container: str) -> str:
        others = " AND ".join(f"!(ActionMatches{{'{action}'}})" for action in actions)
        account = f"@Resource[Microsoft.Storage/storageAccounts:name] StringEquals '{self._account}'"
        name = (
            "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] "
            f"StringEquals '{container}'"
        )
        return f"(({others}) OR ({account} AND {name}))"


def let_into_somebodys_container(
    scope: TerraformStack, id_: str, *, identity: ManagedIdentity, backend: AzurermBackend, write: bool
) -> None:
    """Let an identity read state in the one container that all stacks share, or with ``write`` write and lock it."""
    place = backend.storage_account, str(backend.container)
    _on_container(scope, f"{id_}_roles", "state", identity, backend, place, write=write)


def let_keep_plans(
    scope: TerraformStack,
    id_: str,
    *,
    identity: ManagedIdentity,
    backend: AzurermBackend,
    account: str,
    container: str,
    write: bool,
) -> None:
    """Let an identity read the plans in a container of ``account`` (its name), or with ``write`` put them there too."""
    _on_container(scope, f"{id_}_roles", "plans", identity, backend, (account, container), write=write)


def _on_container(
    scope: TerraformStack,
    id_: str,
    target: str,
    identity: ManagedIdentity,
    backend: AzurermBackend,
    place: tuple[str, str],
    *,
    write: bool,
) -> None:
    account, container = place
    account_id = f"{_group_id(backend)}/providers/Microsoft.Storage/storageAccounts/{account}"
    role = "Storage Blob Data Contributor" if write else "Storage Blob Data Reader"
    RoleAssignments(
        scope,
        id_,
        principal_id=identity.principal_id,
        subscription_id=backend.subscription_id,
        roles=[(target, f"{account_id}/blobServices/default/containers/{container}", role)],
    )


def _group_id(backend: AzurermBackend) -> str:
    return f"/subscriptions/{backend.subscription_id}/resourceGroups/{backend.resource_group}"
