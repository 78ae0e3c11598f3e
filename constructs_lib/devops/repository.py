"""A repository's pipelines, what they say to a pull request, and that one of them must succeed."""

from __future__ import annotations

from functools import cached_property

from cdktf import TerraformResourceLifecycle, TerraformStack

from constructs_lib.bindings import azuredevops
from constructs_lib.devops.project import Project


class Repository:
    """A Git repository of the project. It is looked up, and a plan without it is refused."""

    def __init__(self, scope: TerraformStack, id_: str, *, project: Project, name: str, branch: str) -> None:
        """Look the repository up. ``branch`` is what its pipelines run on, and what pull requests lead to."""
        self._scope, self._id, self._project, self._branch = scope, id_, project, branch
        self._found = azuredevops.DataAzuredevopsGitRepository(scope, id_, project_id=project.id, name=name)

    @cached_property
    def _repository_id(self) -> str:
        return self._found.id

    def add_pipeline(self, id_: str, *, name: str, folder: str, yaml: str, protect: bool) -> float:
        """Add the pipeline of a YAML file, which says itself what starts it, and return its id.

        Its runs sign in as the build service of the project. With ``protect`` Terraform refuses to destroy it: what its
        runs did, and who approved it, would be gone with it.
        """
        pipeline = azuredevops.BuildDefinition(
            self._scope,
            id_,
            project_id=self._project.id,
            name=name,
            path=folder,
            repository=azuredevops.BuildDefinitionRepository(
                repo_id=self._repository_id,
                repo_type="TfsGit",
                branch_name=self._branch,
                yml_path=yaml,
            ),
            ci_trigger=azuredevops.BuildDefinitionCiTrigger(use_yaml=True),
            job_authorization_scope="project",
            lifecycle=TerraformResourceLifecycle(prevent_destroy=protect),
        )
        self._project.know_pipeline(name, pipeline.pipeline_id)
        return pipeline.pipeline_id

    def must_succeed(self, pipeline_id: float, *, name: str) -> None:
        """Complete a pull request to the branch only after the pipeline has succeeded. Azure Repos ignores ``pr:``."""
        azuredevops.BranchPolicyBuildValidation(
            self._scope,
            f"{self._id}_validation",
            project_id=self._project.id,
            enabled=True,
            blocking=True,
            settings=azuredevops.BuildValidationSettings(
                build_definition_id=pipeline_id,
                display_name=name,
                valid_duration=720,
                queue_on_source_update_only=True,
                scope=[
                    azuredevops.PolicyScope(
                        repository_id=self._repository_id,
                        repository_ref=f"refs/heads/{self._branch}",
                        match_type="Exact",
                    )
                ],
            ),
        )

    def let_pipelines_comment(self) -> None:
        """Let runs comment on pull requests, as the project's build service.

        That service signs in by the project's id (microsoft/terraform-provider-azuredevops, issue 1096).
        """
        service = azuredevops.DataAzuredevopsUsers(
            self._scope,
            f"{self._id}_build_service",
            principal_name=self._project.id,
            subject_types=["svc"],
        )
        message = (
            "The project has no build service yet, as which pipelines comment on pull requests. Run any pipeline of "
            "the project once, and deploy again."
        )
        expected = {"condition": "${length(self.users) == 1}", "error_message": message}
        service.add_override("lifecycle.postcondition", [expected])
        azuredevops.GitPermissions(
            self._scope,
            f"{self._id}_comments",
            project_id=self._project.id,
            repository_id=self._repository_id,
            principal=service.only_descriptor,
            permissions={"PullRequestContribute": "Allow"},
            replace=False,
        )
