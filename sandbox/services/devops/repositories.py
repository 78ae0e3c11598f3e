"""Repositories: pipelines from their files, what must succeed before a pull request completes, who may do what."""

from __future__ import annotations

import uuid

from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import Cloud, Resource
from sandbox.services.devops.devops_resource import (
    DevOpsDataSource,
    DevOpsResource,
    UniqueName,
    find_project,
)
from sandbox.services.devops.graph import known_descriptors
from sandbox.services.resource_type import Arguments
from sandbox.services.rules import IS_UUID, ProviderRules, Value, values_at

REPOSITORY = "azuredevops_git_repository"
"""A repository. Terraform only looks repositories up."""

# The permissions of a repository, as its security namespace names them ("Security namespace and permission reference").
PERMISSIONS = (
    *(
        "Administer",
        "GenericRead",
        "GenericContribute",
        "ForcePush",
        "CreateBranch",
        "CreateTag",
        "ManageNote",
    ),
    *("PolicyExempt", "CreateRepository", "DeleteRepository", "RenameRepository", "EditPolicies"),
    *("RemoveOthersLocks", "ManagePermissions", "PullRequestContribute", "PullRequestBypassPolicy"),
    "ViewAdvSecAlerts",
)


class ExistingRepository(DevOpsDataSource, type_name=REPOSITORY):
    """A repository that is there already.

    Source: microsoft/azuredevops 1.16.0, ``git/data_git_repository.go``.
    """

    missing = "Repository with name {name} does not exist in project {project_id}"


class PipelineDefinition(DevOpsResource, type_name="azuredevops_build_definition"):
    """A pipeline: the YAML file of a repository. The file need not be there yet.

    Source: microsoft/azuredevops 1.16.0, ``build/resource_build_definition.go``. What the service says of a name that
    is taken is known from Dejulia489/AzurePipelinesPS, issue 20.
    """

    number_series = "pipelines"
    unique_name = UniqueName(
        argument="name", within="path", says="Build pipeline {name} already exists for project {project}"
    )
    rules = ProviderRules(
        force_new=("project_id",),
        defaults={
            "agent_pool_name": "Azure Pipelines",
            "ci_trigger": {"use_yaml": False},
            "job_authorization_scope": "projectCollection",
            "path": "\\",
            "queue_status": "enabled",
            "repository": {
                "branch_name": "master",
                "github_enterprise_url": "",
                "report_build_status": True,
                "service_connection_id": "",
            },
        },
        values={
            "job_authorization_scope": Value(one_of=("project", "projectCollection")),
            "queue_status": Value(one_of=("enabled", "paused", "disabled")),
            "repository.repo_type": Value(
                one_of=("GitHub", "TfsGit", "Bitbucket", "GitHubEnterprise", "Git")
            ),
        },
    )

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a repository that is not there, and a name that another pipeline of the folder has."""
        super().check(request, arguments)
        for repository in arguments["repository"]:
            if repository["repo_type"] == "TfsGit":
                _check_repository(request.cloud, repository["repo_id"])

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return its revision, and the jobs that look for what starts it."""
        job = {"polling_job_id": str(uuid.uuid4())}
        return {
            "revision": 1,
            "repository": {"url": ""},
            "ci_trigger": {"override": job},
            "schedules": {"schedule_job_id": str(uuid.uuid4())},
        }

    def _check_name(self, request: Request, unique: UniqueName, arguments: Arguments) -> None:
        project = find_project(request.cloud, arguments["project_id"])
        for other in request.cloud.resources(self.name):
            same = [str(of.get("name")).lower() for of in (other.attributes, arguments)]
            place = [
                (of.get("project_id"), str(of.get("path")).lower()) for of in (other.attributes, arguments)
            ]
            if same[0] == same[1] and place[0] == place[1] and other.id != arguments.get("id"):
                raise ServiceError(
                    unique.says.format(name=arguments["name"], project=project.name if project else ""),
                    unique.argument,
                )


class BuildValidationPolicy(DevOpsResource, type_name="azuredevops_branch_policy_build_validation"):
    """A pipeline that has to succeed before a pull request completes.

    Source: microsoft/azuredevops 1.16.0, ``policy/branch/common.go`` and ``resource_branchpolicy_build_validation.go``.
    """

    number_series = "policies"
    import_wants = "a number"
    rules = ProviderRules(
        force_new=("project_id",),
        defaults={
            "blocking": True,
            "enabled": True,
            "settings": {
                "manual_queue_only": False,
                "queue_on_source_update_only": True,
                "scope": {"match_type": "Exact"},
                "valid_duration": 720,
            },
        },
        values={"settings.valid_duration": Value(at_least=0)},
    )

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a pipeline or a repository that is not there."""
        super().check(request, arguments)
        for number in values_at(arguments, "settings.build_definition_id"):
            if request.cloud.find(str(int(number)), PipelineDefinition.name) is None:
                raise ServiceError(f"The pipeline with the id {int(number)} could not be found.", "settings")
        for repository in values_at(arguments, "settings.scope.repository_id"):
            if isinstance(repository, str):
                _check_repository(request.cloud, repository)


class GitPermissions(DevOpsResource, type_name="azuredevops_git_permissions"):
    """What somebody may do with a repository. Given again, it is given as if for the first time.

    The provider imports none (microsoft/azuredevops 1.16.0, ``permissions/resource_git_permissions.go``).
    """

    rules = ProviderRules(
        force_new=("project_id", "repository_id", "branch_name", "principal"),
        defaults={"replace": True},
        values={"project_id": IS_UUID, "repository_id": IS_UUID},
    )

    def imported(self, request: Request, text: str) -> Resource | None:
        """Refuse every id."""
        raise ServiceError(f"resource {self.name} doesn't support import")

    def new_id(self, request: Request, arguments: Arguments) -> str:
        """Return the provider's id: what the permissions are on, and whose they are."""
        place = "/".join(filter(None, (arguments["project_id"], arguments.get("repository_id"))))
        return f"repoV2/{place}/{arguments['principal']}"

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a repository that is not there, somebody whom nobody knows, and what is no permission."""
        super().check(request, arguments)
        if isinstance(arguments.get("repository_id"), str):
            _check_repository(request.cloud, arguments["repository_id"])
        if arguments["principal"] not in known_descriptors(request.cloud):
            raise ServiceError(
                f"Failed to load identity information for defined principals [{arguments['principal']}]",
                "principal",
            )
        for name in arguments["permissions"]:
            if name not in PERMISSIONS:
                raise ServiceError(
                    f"Invalid permission [{name}], valid permissions are {' '.join(PERMISSIONS)}",
                    "permissions",
                )


def _check_repository(cloud: Cloud, repository_id: str) -> None:
    if cloud.find(repository_id, REPOSITORY) is None:
        raise ServiceError(
            f"TF401019: The Git repository with name or identifier {repository_id} does not exist or you do not have "
            "permissions for the operation you are attempting."
        )
