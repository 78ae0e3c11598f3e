"""What people may do in Azure: the groups of ``access``, and the roles that each of its words stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from constructs_lib.azure.identity import RoleAssignments
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.workspace import Workspace
from settings.models.environment import Access, Environment
from settings.models.platform import Team
from stacks.base import PlatformStack

ROLES: Mapping[str, Sequence[tuple[str, str]]] = {
    "data_scientist": (
        ("workspace", "AzureML Data Scientist"),
        ("workspace", "Reader"),
        ("resource_group", "Storage Blob Data Contributor"),
        ("resource_group", "Storage File Data Privileged Contributor"),
    ),
    "reader": (
        ("workspace", "Reader"),
        ("resource_group", "Storage Blob Data Reader"),
        ("resource_group", "Storage File Data Privileged Reader"),
    ),
    "operator": (
        ("workspace", "AzureML Compute Operator"),
        ("workspace", "Reader"),
        ("resource_group", "Monitoring Reader"),
        ("resource_group", "Storage Blob Data Reader"),
        ("resource_group", "Storage File Data Privileged Reader"),
    ),
}
"""The roles of a group, and what each is on.

The storage account has no keys, so that people need data roles themselves. These are on the resource group, where it is
the only account: on the account, a lock would hold them, and nobody's access could be taken away.
"""


def add_access(
    stack: PlatformStack,
    environment: Environment,
    *,
    teams: Mapping[str, Team],
    resource_group: ResourceGroup,
    workspace: Workspace,
) -> None:
    """Give the groups of an environment their roles in it. The registry stack lets them read the registry."""
    scopes = {"workspace": workspace.id, "resource_group": resource_group.id}
    for group, words in _groups(environment.access, teams).items():
        # What several words of a group have in common is assigned once: Azure refuses it twice.
        wanted = dict.fromkeys(role for word in words for role in ROLES[word])
        RoleAssignments(
            stack,
            f"access_{group}",
            principal_id=group,
            principal_type="Group",
            subscription_id=environment.subscription_id,
            roles=[(target, scopes[target], role) for target, role in wanted],
        )


def let_people_read_registry(
    stack: PlatformStack,
    environments: Iterable[Environment],
    *,
    teams: Mapping[str, Team],
    resource_group: ResourceGroup,
) -> None:
    """Let every group of every environment read the registry: once, however many environments it has."""
    for group in sorted({group for e in environments for group in _groups(e.access, teams)}):
        RoleAssignments(
            stack,
            f"access_{group}",
            principal_id=group,
            principal_type="Group",
            subscription_id=resource_group.subscription_id,
            roles=[("resource_group", resource_group.id, "Reader")],
        )


def _groups(access: Access | None, teams: Mapping[str, Team]) -> dict[str, list[str]]:
    """Return what each group is called in ``access``, where a team stands for its Entra group."""
    groups: dict[str, list[str]] = {}
    for word in ROLES:
        for group in group_ids(getattr(access, word, ()), teams):
            groups.setdefault(group, []).append(word)
    return groups


def group_ids(named: Iterable[str], teams: Mapping[str, Team]) -> list[str]:
    """Return the object ids of Entra groups, of which teams stand for some; each once."""
    ids = (teams[name].entra_group if name in teams else name for name in named)
    return list(
        dict.fromkeys(id_.lower() for id_ in ids if id_)
    )  # a rule of the settings has seen to the teams
