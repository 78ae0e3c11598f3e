"""The Azure DevOps project, and the teams and pipelines in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cdktf import TerraformResourceLifecycle, TerraformStack

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
        protect: bool = True,
    ) -> None:
        """Look the project up by its name.

        With ``create`` the project, which is then private, and the teams are created where their settings say so:
        for one stack alone. Who belongs to a team is decided in Azure DevOps, never here.

        Destroying a created project destroys all in it, and a team takes its members with it. With ``protect``
        Terraform refuses both. What the settings no longer want created is forgotten and stays as it is.
        """
        self._scope = scope
        self._teams, self._pipelines = teams, pipelines
        self._created = {key: team for key, team in teams.items() if create and team.create}
        self._group_ids: dict[str, str] = {}
        self._pipeline_ids: dict[str, float] = {}
        self.organization_url = settings.organization_url
        """Address of the organization that the project is in."""
        name = settings.project.name
        self.id: str = (
            azuredevops.Project(
                scope,
                id_,
                name=name,
                visibility="private",
                lifecycle=TerraformResourceLifecycle(
                    prevent_destroy=protect,
                    # Somebody who moves the project to another process, as project settings offer, would have it
                    # replaced: the process is read back, and cannot be changed by Terraform.
                    ignore_changes=["work_item_template", "version_control", "description", "visibility"],
                ),
            ).id
            if create and settings.project.create
            else azuredevops.DataAzuredevopsProject(scope, id_, name=name).id
        )
        if create:
            forgotten = self._create_teams(protect=protect)
            if not settings.project.create:
                forgotten.append(f"azuredevops_project.{id_}")
            scope.add_override(
                "removed", [{"from": address, "lifecycle": {"destroy": False}} for address in forgotten]
            )

    def group_id(self, team: str) -> str:
        """Return the storage key (a UUID) of the team with this key: what checks and role assignments take."""
        if team not in self._group_ids:
            self._group_ids[team] = self._group(team)
        return self._group_ids[team]

    def pipeline_ids(self, names: Iterable[str]) -> dict[str, float]:
        """Return the ids of these pipelines, by the part of an address that each name becomes.

        Those that do not exist yet are left out.
        """
        found = {name.replace(" ", "_"): self._pipelines[name] for name in names}
        return {key: self._pipeline_id(key, pipeline) for key, pipeline in found.items() if pipeline.exists}

    def _create_teams(self, *, protect: bool) -> list[str]:
        """Create the teams as one resource: an entry that is gone from the settings is then protected as well.

        A resource of its own would be gone with its entry, and its protection with it. Returns the addresses under
        which Terraform may still have teams that are not to be created.
        """
        groups = azuredevops.Group(
            self._scope,
            "team",
            scope=self.id,
            display_name="${each.value}",
            lifecycle=TerraformResourceLifecycle(prevent_destroy=protect),
        )
        groups.add_override("for_each", {key: team.name for key, team in self._created.items()})
        moved, forgotten = [], []
        for key in self._teams:
            alone, among_all = f"{groups.address}_{key}", f'{groups.address}["{key}"]'
            if key in self._created:
                moved.append({"from": alone, "to": among_all})  # where earlier versions had it
            else:
                # Terraform forgets a resource, and not one of many.
                moved.append({"from": among_all, "to": alone})
                forgotten.append(alone)
        self._scope.add_override("moved", moved)
        return forgotten

    def _group(self, key: str) -> str:
        if key in self._created:
            return f'${{azuredevops_group.team["{key}"].group_id}}'
        return azuredevops.DataAzuredevopsGroup(
            self._scope, f"team_{key}", project_id=self.id, name=self._teams[key].name
        ).group_id

    def _pipeline_id(self, key: str, pipeline: Pipeline) -> float:
        if key not in self._pipeline_ids:
            self._pipeline_ids[key] = azuredevops.DataAzuredevopsBuildDefinition(
                self._scope, f"pipeline_{key}", project_id=self.id, name=pipeline.name, path=pipeline.folder
            ).pipeline_id
        return self._pipeline_ids[key]
