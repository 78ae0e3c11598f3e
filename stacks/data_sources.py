"""The data of others that an environment uses: datastores, roles, and the ways there from a managed network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable

from constructs_lib.azure.data_source import ForeignContainer, add_foreign_datastore
from constructs_lib.azure.identity import ManagedIdentity, RoleAssignments
from constructs_lib.azure.network.outbound_rules import add_outbound_endpoints
from constructs_lib.azure.workspace import Workspace
from settings.models.environment import Environment
from stacks.base import PlatformStack

_READER, _CONTRIBUTOR = "Storage Blob Data Reader", "Storage Blob Data Contributor"
_PARTS: Mapping[str, Sequence[str]] = {"blob": ("blob",), "lake": ("blob", "dfs")}
"""What a kind is reached by. A lake's own service leaves some requests to the one for blobs. Source: Azure Storage,
"Use private endpoints", which asks for both."""


def add_data_sources(
    stack: PlatformStack,
    environment: Environment,
    *,
    workspace: Workspace,
    compute_identity: ManagedIdentity,
) -> None:
    """Add a datastore for each of ``data_sources``, and the roles, on its container alone, that are not the owner's.

    Jobs read and write as the identity of the compute; Studio shows the data in the name of the workspace.
    """
    if environment.data_sources:
        stack.need_azapi()
    jobs, studio = [], []
    for key, source in environment.data_sources.items():
        container = ForeignContainer(source.storage_account, source.container)
        add_foreign_datastore(
            stack, f"data_{key}", workspace=workspace, name=key, container=container, kind=source.kind
        )
        if source.assign_roles:
            jobs.append((key, container.id, _CONTRIBUTOR if source.access == "write" else _READER))
            studio.append((key, container.id, _READER))
    for id_, principal_id, roles in (
        ("compute_identity_data", compute_identity.principal_id, jobs),
        ("workspace_data", workspace.principal_id, studio),
    ):
        RoleAssignments(
            stack, id_, principal_id=principal_id, subscription_id=environment.subscription_id, roles=roles
        )


def reach_data_sources(
    stack: PlatformStack,
    environment: Environment,
    *,
    workspace: Workspace,
    depends_on: Sequence[ITerraformDependable],
) -> list[ITerraformDependable]:
    """Let compute in the managed network reach the accounts by private endpoints, and return all rules so far.

    Not where public networks are open to it: the accounts are then reached as from anywhere. Whoever owns an account
    has to accept its endpoint, once: the workspace may accept none there.
    """
    network = environment.private_network
    rules = list(depends_on)
    if network is None or (
        network.isolation_mode == "AllowInternetOutbound" and not environment.security.private_endpoints
    ):
        return rules
    parts: dict[str, dict[str, None]] = {}
    for source in environment.data_sources.values():
        parts.setdefault(source.storage_account, {}).update(dict.fromkeys(_PARTS[source.kind]))
    for account_id, subresources in parts.items():
        account = account_id.rpartition("/")[2]
        rules = add_outbound_endpoints(
            stack,
            f"outbound_data_{account}",
            name=account,
            workspace=workspace,
            resource_id=account_id,
            subresources=sorted(subresources),
            depends_on=rules,
        )
    return rules
