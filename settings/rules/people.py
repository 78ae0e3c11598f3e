"""Teams that stand for their Entra groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from settings.checking.checked import Checked
from settings.models.environment import Access, Environment
from settings.models.platform import Platform
from settings.reading.problems import KeyPath, Problem


def teams_with_access_have_groups(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Give roles in Azure to teams that have an Entra group: Azure knows no team of Azure DevOps."""
    named: list[tuple[Checked[Any], KeyPath]] = [
        (platform, path) for path in platform.children("backend", "create", "administrators")
    ]
    for environment in environments:
        named += [
            (environment, path)
            for word in Access.model_fields
            for path in environment.children("access", word)
        ]
    for file, path in named:
        team = file.get(*path)
        is_team = team and "-" not in team and platform.given("teams", team)
        if is_team and not platform.given("teams", team, "entra_group"):
            yield file.problem(
                *path,
                found=f"{team}, a team without entra_group",
                allowed="the object id of an Entra group, or a team that has one in platform.yaml",
                fix=f"add entra_group to the team {team}, or write the object id here",
            )
