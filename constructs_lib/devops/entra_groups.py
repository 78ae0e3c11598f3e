"""Entra groups in the teams of the project: their people are the teams' people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from cdktf import TerraformResourceLifecycle, TerraformStack

from constructs_lib.bindings import azuredevops
from settings.models.platform import Team

_ALL = "azuredevops_group.entra"


class Forgotten(NamedTuple):
    """What Terraform may have in its state and is to leave as it is."""

    moved: list[dict[str, str]]
    """Where it goes first: one of many cannot be forgotten."""
    addresses: list[str]


def nest_entra_groups(
    scope: TerraformStack, *, teams: Mapping[str, Team], descriptor: Callable[[str], str], forget: bool
) -> Forgotten:
    """Make the Entra group of each team that has one a member of the team, and return what is to be forgotten.

    ``descriptor`` returns that of the team with a key. Who else is in the team stays there.

    Azure DevOps has to know an Entra group before it can be a member, and to make one known that is known already
    changes nothing. Deleting it would delete it for the whole organization, whoever uses it there. So a group is made
    known once, by the first team that has it, and Terraform always refuses to destroy it; what no longer has a team is
    forgotten. With ``forget`` that is all of it, memberships too, which then stay in Azure DevOps: for a stack that is
    about to be destroyed, because destroying knows no forgetting.
    """
    nested = {key: team.entra_group.lower() for key, team in teams.items() if team.entra_group}
    if forget or not nested:
        memberships = [f"azuredevops_group_membership.{_of_team(key)}" for key in nested]
        return Forgotten([], [_ALL, *memberships])
    made_by: dict[str, str] = {}
    for key, group in sorted(nested.items()):
        made_by.setdefault(group, key)
    groups = azuredevops.Group(
        scope,
        "entra",
        origin_id="${each.value}",
        lifecycle=TerraformResourceLifecycle(
            prevent_destroy=True,
            # What Entra says of the group is read back, and not ours to change.
            ignore_changes=["description"],
        ),
    )
    groups.add_override("for_each", {key: group for group, key in made_by.items()})
    for key, group in nested.items():
        azuredevops.GroupMembership(
            scope,
            _of_team(key),
            group=descriptor(key),
            members=[f'${{{_ALL}["{made_by[group]}"].descriptor}}'],
            mode="add",
        )
    others = [key for key in teams if key not in made_by.values()]
    return Forgotten(
        [{"from": f'{_ALL}["{key}"]', "to": f"{_ALL}_{key}"} for key in others],
        [f"{_ALL}_{key}" for key in others],
    )


def _of_team(key: str) -> str:
    """Return the id of a team's membership. No team's key has a hyphen, so that nothing else is called so."""
    return f"team-{key}"
