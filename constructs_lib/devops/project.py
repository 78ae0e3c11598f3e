"""The Azure DevOps project, and the teams and pipelines in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cdktf import TerraformStack

from constructs_lib.bindings import azuredevops
from settings.models.platform import AzureDevOps, Pipeline, Team


class Project:
    """The project that holds the Library, the environments and the connections.

    Its teams and pipelines are looked up when something first names them, under ids of their own (``team_<key>``,
    ``pipeline_<name>``): a stack has those that it uses.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        settings: AzureDevOps,
        teams: Mapping[str, Team],
        pipelines: Mapping[str, Pipeline],
        create: bool,
    ) -> None:
        """Look the project up by its name.

        With ``create`` the project, which is then private, and the teams are created where their settings say so:
        for one stack alone. Destroying a created project destroys all in it. Who belongs to a team is decided in
        Azure DevOps, never here.
        """
        self._scope = scope
        self._teams, self._pipelines, self._create = teams, pipelines, create
        self._group_ids: dict[str, str] = {}
        self._pipeline_ids: dict[str, float] = {}
        self.organization_url = settings.organization_url
        """Address of the organization that the project is in."""
        name = settings.project.name
        self.id: str = (
            azuredevops.Project(scope, id_, name=name, visibility="private").id
            if create and settings.project.create
            else azuredevops.DataAzuredevopsProject(scope, id_, name=name).id
        )
        for key, team in teams.items():
            if create and team.create:
                self.group_id(key)

    def group_id(self, team: str) -> str:
        """Return the storage key (a UUID) of the team with this key: what checks and role assignments take."""
        if team not in self._group_ids:
            self._group_ids[team] = self._group(f"team_{team}", self._teams[team])
        return self._group_ids[team]

    def pipeline_ids(self, names: Iterable[str]) -> dict[str, float]:
        """Return the ids of these pipelines, by the part of an address that each name becomes.

        Those that do not exist yet are left out.
        """
        found = {name.replace(" ", "_"): self._pipelines[name] for name in names}
        return {key: self._pipeline_id(key, pipeline) for key, pipeline in found.items() if pipeline.exists}

    def _group(self, id_: str, team: Team) -> str:
        if self._create and team.create:
            return azuredevops.Group(self._scope, id_, scope=self.id, display_name=team.name).group_id
        return azuredevops.DataAzuredevopsGroup(self._scope, id_, project_id=self.id, name=team.name).group_id

    def _pipeline_id(self, key: str, pipeline: Pipeline) -> float:
        if key not in self._pipeline_ids:
            self._pipeline_ids[key] = azuredevops.DataAzuredevopsBuildDefinition(
                self._scope, f"pipeline_{key}", project_id=self.id, name=pipeline.name, path=pipeline.folder
            ).pipeline_id
        return self._pipeline_ids[key]
