"""Projects."""

from __future__ import annotations

import base64
import hashlib
from types import MappingProxyType

from sandbox.cloud.request import Request
from sandbox.cloud.store import Resource
from sandbox.services.devops.devops_resource import DevOpsDataSource, DevOpsResource, UniqueName, find_project
from sandbox.services.resource_type import Arguments, Attributes
from sandbox.services.rules import ProviderRules

# The groups that Azure DevOps creates with every project, beside "<project> Team".
DEFAULT_GROUPS = (
    "Build Administrators",
    "Contributors",
    "Endpoint Administrators",
    "Endpoint Creators",
    "Project Administrators",
    "Project Valid Users",
    "Readers",
    "Release Administrators",
)
# The process "Agile", the same in every organization.
AGILE = "adcc42ab-9882-485e-a3ed-7678f01f66bc"


_WELL_FORMED = "wellFormed"


def state_of(project: Resource) -> str:
    """Return ``wellFormed``, or what the project's file says beside its attributes: ``createPending``, half-made."""
    return str(project.contents.get("state", _WELL_FORMED))


class Project(DevOpsResource, type_name="azuredevops_project"):
    """A project."""

    unique_name = UniqueName(
        argument="name",
        within="organization",
        says="TF200019: The following project already exists on the Azure DevOps Server: {name}.",
    )
    rules = ProviderRules(
        force_new=("version_control", "work_item_template"),
        defaults={"version_control": "Git", "visibility": "private", "work_item_template": "Agile"},
    )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return the process that work items follow."""
        return {"process_template_id": AGILE}

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the project of an id or a name: the provider asks the service, which takes both."""
        return find_project(request.cloud, text)

    def import_id(self, resource: Resource) -> str:
        """Return its id."""
        return resource.id


class ExistingProject(DevOpsDataSource, type_name="azuredevops_project"):
    """A project that is there already."""

    missing = "Project with name {name} or ID {project_id} does not exist"
    other_names = MappingProxyType({"project_id": "id"})


class ExistingProjects(DevOpsDataSource, type_name="azuredevops_projects"):
    """The projects of the organization, or the one of a name: none is an answer too.

    Source: microsoft/azuredevops 1.16.0, ``core/data_projects.go``.
    """

    def look_up(self, request: Request, given: Arguments) -> Attributes:
        """Return every project that is called so, whatever its state."""
        name = str(given.get("name") or "")
        found = [
            project
            for project in request.cloud.resources("azuredevops_project")
            if name.lower() in ("", project.name.lower())
        ]
        names = [project.name for project in found] or [name]
        listed = [
            {
                "name": project.name,
                "project_id": project.id,
                "project_url": f"{request.account.organization}/_apis/projects/{project.id}",
                "state": state_of(project),
            }
            for project in found
        ]
        wanted = given.get("state") or "all"
        digest = base64.urlsafe_b64encode(hashlib.sha1(f"{wanted}{'-'.join(names)}".encode()).digest())  # noqa: S324  # as the provider makes its id
        return {
            "name": given.get("name"),
            "state": wanted,
            "projects": listed,
            "id": f"projects#{digest.decode()}",
        }
