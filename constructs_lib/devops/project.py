"""The Azure DevOps project, and the teams and pipelines in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Literal

from cdktf import Precondition, TerraformResourceLifecycle, TerraformStack

from constructs_lib.bindings import azuredevops
from constructs_lib.devops.entra_groups import nest_entra_groups
from constructs_lib.forgotten import forget
from settings.models.devops import ServiceConnection, is_person
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
        agent_pools: Sequence[str] = (),
        repository: str | None = None,
        protect: bool = True,
        forget_entra_groups: bool = False,
    ) -> None:
        """Look the project up by its name.

        With ``create`` the project, which is then private, and the teams are created where their settings say so:
        for one stack alone. A plan that would create the project is refused while any pipeline is said to exist, or
        while it is to have ``agent_pools`` or a ``repository``. Who belongs to a team is decided in Azure DevOps and,
        by their Entra groups, in Entra.

        Destroying a created project destroys all in it, and a team takes its members with it. With ``protect``
        Terraform refuses both. What the settings no longer want created is forgotten and stays as it is. Entra groups
        are never destroyed; ``forget_entra_groups`` has Terraform forget them: see :func:`nest_entra_groups`.
        """
        self._scope = scope
        self._teams, self._pipelines = teams, pipelines
        self._created = {key: team for key, team in teams.items() if create and team.create}
        self._groups: dict[str, str] = {}
        self._built_in_groups: dict[str, str] = {}
        self._person_ids: dict[str, str] = {}
        self._pipelines_found: dict[str, _ExistingPipeline] = {}
        self._pipelines_made: dict[str, float] = {}
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
                    precondition=_nothing_in_it_yet(scope, id_, name, pipelines, agent_pools, repository),
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
            moved, forgotten = self._create_teams(protect=protect)
            if not settings.project.create:
                forgotten.append(f"azuredevops_project.{id_}")
            entra = nest_entra_groups(
                scope,
                teams=teams,
                descriptor=lambda team: self._of_team(team, "descriptor"),
                forget=forget_entra_groups,
            )
            scope.add_override("moved", [*moved, *entra.moved])
            forget(scope, [*forgotten, *entra.addresses])

    def identity_id(self, who: str) -> str:
        """Return what checks and role assignments take: the storage key (a UUID) of a team or a person.

        A team goes by its key, a person by the name that the person signs in with.
        """
        return self._person_id(who) if is_person(who) else self._of_team(who, "group_id")

    def pipeline_ids(self, names: Iterable[str]) -> dict[str, float]:
        """Return the ids of these pipelines, by the part of an address that each name becomes.

        Those that do not exist yet are left out.
        """
        ids = {}
        for name in names:
            key = name.replace(" ", "_")
            if name in self._pipelines_made:
                ids[key] = self._pipelines_made[name]
            elif self._pipelines[name].exists:
                ids[key] = self._pipeline(key, self._pipelines[name]).id
        return ids

    def know_pipeline(self, name: str, pipeline_id: float) -> None:
        """Take note of a pipeline that the stack makes itself, by a name that none of the settings' pipelines has."""
        self._pipelines_made[name] = pipeline_id

    def built_in_group(self, name: str) -> str:
        """Return the descriptor of a group that every project has, such as Readers."""
        key = name.lower().replace(" ", "_")
        if key not in self._built_in_groups:
            self._built_in_groups[key] = azuredevops.DataAzuredevopsGroup(
                self._scope, f"built_in_{key}", project_id=self.id, name=name
            ).address
        return f"${{{self._built_in_groups[key]}.descriptor}}"

    def expect_start_on(self, names: Iterable[str], connection: ServiceConnection) -> None:
        """Refuse a plan when one of these pipelines starts on a branch that ``connection`` does not let in.

        For pipelines that nobody starts by hand: they run on their default branch. Without ``branches`` a connection
        lets any in.
        """
        for key in self.pipeline_ids(names) if connection.branches else ():
            self._pipelines_found[key].must_start_on(connection.branches, connection=connection.name)

    def _create_teams(self, *, protect: bool) -> tuple[list[dict[str, str]], list[str]]:
        """Create the teams as one resource: an entry that is gone from the settings is then protected as well.

        A resource of its own would be gone with its entry, and its protection with it. Returns what moves, and the
        addresses under which Terraform may still have teams that are not to be created.
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
        return moved, forgotten

    def _of_team(self, key: str, attribute: Literal["descriptor", "group_id"]) -> str:
        if key in self._created:
            return f'${{azuredevops_group.team["{key}"].{attribute}}}'
        if key not in self._groups:
            self._groups[key] = azuredevops.DataAzuredevopsGroup(
                self._scope, f"team_{key}", project_id=self.id, name=self._teams[key].name
            ).address
        return f"${{{self._groups[key]}.{attribute}}}"

    def _person_id(self, name: str) -> str:
        if name not in self._person_ids:
            found = azuredevops.DataAzuredevopsUsers(
                self._scope, f"person_{address_of(name)}", principal_name=name
            )
            message = (
                f"No one person signs in to {self.organization_url} as {name}, who is to approve. Add the person "
                "in Azure DevOps (Organization settings, Users), or write in config/ (approvers) the name that is "
                "shown there, in lower case."
            )
            expected = {"condition": "${length(self.users) == 1}", "error_message": message}
            found.add_override("lifecycle.postcondition", [expected])
            self._person_ids[name] = found.only_id
        return self._person_ids[name]

    def _pipeline(self, key: str, settings: Pipeline) -> _ExistingPipeline:
        if key not in self._pipelines_found:
            self._pipelines_found[key] = _ExistingPipeline(
                self._scope, f"pipeline_{key}", project_id=self.id, settings=settings
            )
        return self._pipelines_found[key]


def _nothing_in_it_yet(
    scope: TerraformStack,
    id_: str,
    name: str,
    pipelines: Mapping[str, Pipeline],
    agent_pools: Sequence[str],
    repository: str | None,
) -> list[Precondition] | None:
    """Expect no pipelines, agent pools and repositories in a project that is still to be created.

    Otherwise the plan would pass, for what is in a new project is not known before, and the deployment would fail
    halfway, once the project is there and the first of them is looked up in it.
    """
    expected = [pipeline.name for pipeline in pipelines.values() if pipeline.exists]
    messages = []
    if expected:
        messages.append(
            f"The project {name} does not exist yet, nor do its pipelines: {', '.join(expected)}. "
            "Set exists: false for each of them in config/platform.yaml (pipelines) and deploy. Then create them in "
            "Azure DevOps, take exists: false out, and deploy again. Where the project exists under another name, "
            f"rename it to {name} in Azure DevOps first (Project settings, Overview)."
        )
    if agent_pools:
        messages.append(
            f"The project {name} does not exist yet, and has no agent pools: {', '.join(agent_pools)}. Take agent_pool "
            "out of config/environments and deploy. Then add the pools to the project in Azure DevOps (Project "
            "settings, Agent pools), put agent_pool back, and deploy again."
        )
    if repository:
        messages.append(
            f"The project {name} does not exist yet, and has no repository {repository}. Take infrastructure_pipelines "
            "out of config/platform.yaml and deploy. Then create the repository in Azure DevOps (Repos), push this "
            "code to it, put infrastructure_pipelines back, and deploy again."
        )
    if not messages:
        return None
    known = azuredevops.DataAzuredevopsProjects(scope, f"{id_}_there", name=name)
    condition = f"${{length({known.fqn}.projects) != 0}}"
    return [Precondition(condition=condition, error_message=message) for message in messages]


def address_of(who: str) -> str:
    """Return the part of an address that a team or a person becomes: a team's key, or the letters of a name.

    ``anna.maier@contoso.com`` becomes ``anna_maier-at-contoso_com``. No other name becomes the same: a hyphen begins
    what stands for a sign.
    """
    return "".join(_SIGNS.get(sign, sign) for sign in who) if is_person(who) else who


_SIGNS = {"@": "-at-", ".": "_", "_": "-_", "-": "--"}


class _ExistingPipeline:
    """A pipeline that is looked up, and what must hold of it: otherwise the plan is refused."""

    def __init__(self, scope: TerraformStack, id_: str, *, project_id: str, settings: Pipeline) -> None:
        self._name = settings.name
        self._found = azuredevops.DataAzuredevopsBuildDefinition(
            scope, id_, project_id=project_id, name=settings.name, path=settings.folder
        )
        self._expected: list[dict[str, str]] = []
        # The provider looks for the root folder by looking everywhere.
        self._expect(
            f"lower(self.path) == {quoted(settings.folder.lower())}",
            f"The pipeline {settings.name} was found in the folder ${{self.path}}, not in {settings.folder}. Set its "
            "folder in config/platform.yaml (pipelines), or give one of the two another name in Azure DevOps.",
        )

    @cached_property
    def id(self) -> float:
        """The id as a number."""
        return self._found.pipeline_id

    def must_start_on(self, branches: Sequence[str], *, connection: str) -> None:
        """Refuse a default branch that is none of ``branches``, which ``connection`` lets in."""
        patterns = "|".join(re.escape(branch).replace("\\*", ".*") for branch in branches)
        expression = quoted(f"^(refs/heads/)?({patterns})$")
        self._expect(
            f"can(regex({expression}, self.repository[0].branch_name))",
            f"The pipeline {self._name} starts on its default branch, ${{self.repository[0].branch_name}}, and "
            f"{connection} lets only {', '.join(branches)} in: a run that nobody starts by hand would be refused. In "
            "Azure DevOps, change the default branch of the pipeline (Edit, Triggers, YAML, Get sources), or add the "
            "branch to service_connection.branches.",
        )

    def _expect(self, condition: str, message: str) -> None:
        self._expected.append({"condition": f"${{{condition}}}", "error_message": message})
        self._found.add_override("lifecycle.postcondition", self._expected)


def quoted(text: str) -> str:
    """Return a text as an expression of Terraform's language has it."""
    return json.dumps(text, ensure_ascii=False)
