"""Teams that stand for their Entra groups."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checking.checked import Checked
from settings.models.environment import Access, Environment
from settings.models.platform import Platform
from settings.reading.problems import Problem


def teams_with_access_have_groups(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Give roles in Azure to teams that have an Entra group: Azure knows no team of Azure DevOps."""
    for environment in environments:
        for path in (entry for word in Access.model_fields for entry in environment.children("access", word)):
            team = environment.get(*path)
            is_team = team and "-" not in team and platform.given("teams", team)
            if is_team and not platform.given("teams", team, "entra_group"):
                yield environment.problem(
                    *path,
                    found=f"{team}, a team without entra_group",
                    allowed="the object id of an Entra group, or a team that has one in platform.yaml",
                    fix=f"add entra_group to the team {team}, or write the object id here",
                )
