"""The Azure DevOps project, and the pipelines and teams in it."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.bindings import azuredevops


class Project:
    """The project that holds the Library, the environments and the connections."""

    def __init__(self, scope: TerraformStack, id_: str, *, name: str, create: bool) -> None:
        """Look the project up, or create a private one. Destroying a created one destroys all in it."""
        self.id: str = (
            azuredevops.Project(scope, id_, name=name, visibility="private").id
            if create
            else azuredevops.DataAzuredevopsProject(scope, id_, name=name).id
        )


class Team:
    """A group of people in the project."""

    def __init__(self, scope: TerraformStack, id_: str, *, project: Project, name: str, create: bool) -> None:
        """Look the group up, or create it. Who belongs to it is decided in Azure DevOps, never here."""
        self.group_id: str = (
            azuredevops.Group(scope, id_, scope=project.id, display_name=name).group_id
            if create
            else azuredevops.DataAzuredevopsGroup(scope, id_, project_id=project.id, name=name).group_id
        )
        """Storage key (a UUID) that checks and role assignments take."""


class Pipeline:
    """An existing pipeline."""

    def __init__(self, scope: TerraformStack, id_: str, *, project: Project, name: str, folder: str) -> None:
        """Look the pipeline up by its name and folder (``\\`` is the top)."""
        self.pipeline_id: float = azuredevops.DataAzuredevopsBuildDefinition(
            scope, id_, project_id=project.id, name=name, path=folder
        ).pipeline_id
        """Id of the pipeline, as a token."""
