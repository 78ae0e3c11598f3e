"""How Azure DevOps behaves, as microsoft/azuredevops shows it: ids, names, and what things belong to."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import Cloud, Resource
from sandbox.services.data_source import DataSource
from sandbox.services.resource_type import Arguments, ResourceType, declared

PROJECT = "azuredevops_project"
SERVICE_CONNECTIONS = ("azuredevops_serviceendpoint_azurerm", "azuredevops_serviceendpoint_incomingwebhook")

USER = "azuredevops_user"
"""A person. Terraform only looks people up."""

SERVICE = "azuredevops_service_principal_entitlement"
"""A service principal that is a member of the organization."""

_GROUP, _PIPELINE = "azuredevops_group", "azuredevops_build_definition"
# Roles on everything of a kind in a project. What they are on is the project, or "<project>$0" for the Library.
_OF_A_PROJECT = (
    "distributedtask.globalenvironmentreferencerole",
    "distributedtask.library",
    "distributedtask.project.serviceendpointrole",
)
# What checks, authorizations and roles are attached to, by the service's words for it.
_TARGETS: Mapping[str, Sequence[str]] = {
    "distributedtask.environmentreferencerole": ("azuredevops_environment",),
    "distributedtask.serviceendpointrole": SERVICE_CONNECTIONS,
    "distributedtask.variablegroup": ("azuredevops_variable_group",),
    "endpoint": SERVICE_CONNECTIONS,
    "environment": ("azuredevops_environment",),
    "queue": ("azuredevops_agent_queue",),
    "variablegroup": ("azuredevops_variable_group",),
}


@dataclass(frozen=True, kw_only=True)
class UniqueName:
    """A name that is taken once.

    ``argument`` has it, ``within`` is the argument that says where, ``says`` what the service answers about a
    ``{name}`` that is taken. ``types`` share their names; empty: the type alone.
    """

    argument: str
    within: str
    says: str
    types: Sequence[str] = ()


class DevOpsResource(ResourceType):
    """A type in an Azure DevOps project; its resources have GUIDs unless it says otherwise."""

    number_series: ClassVar[str] = ""
    """The series that numbers come from, where ids are numbers."""
    unique_name: ClassVar[UniqueName | None] = None
    known_by: ClassVar[Sequence[str]] = ()
    """Arguments by which one that is there already is recognized, where it has no unique name."""
    import_wants: ClassVar[Literal["anything", "a number", "a GUID"]] = "anything"
    """What the *provider's* import wants as the id behind the project."""

    def new_id(self, request: Request, arguments: Arguments) -> str:
        """Return a number of the type's series, or a GUID."""
        if self.number_series:
            sharing = [
                name
                for name, other in declared.items()
                if isinstance(other, DevOpsResource) and other.number_series == self.number_series
            ]
            return str(request.cloud.next_number(self.number_series, *sharing))
        return super().new_id(request, arguments)

    def read(self, request: Request, resource_id: str) -> Resource | None:
        """Find the resource; it is gone when its project or what it is attached to is gone."""
        resource = super().read(request, resource_id)
        return resource if resource and has_owners(request.cloud, resource) else None

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse projects, targets, pipelines and people that do not exist, and a name that is taken."""
        for problem in missing_owners(request.cloud, arguments):
            raise problem
        for problem in _missing_people(request.cloud, arguments):
            raise problem
        if self.unique_name:
            self._check_name(request, self.unique_name, arguments)

    def remove(self, request: Request, resource: Resource) -> None:
        """Delete the resource with everything attached to it."""
        left = [resource]
        while left:
            for gone in left:
                request.cloud.remove(gone)
            others = [item for item in request.cloud.resources() if item.type.startswith("azuredevops_")]
            left = [item for item in others if not has_owners(request.cloud, item)]

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the resource of ``<project>/<id>``; ServiceError for another form, or a project that nobody knows.

        microsoft/azuredevops 1.16.0, ``utils/tfhelper/tfhelper.go``.
        """
        place, _, resource_id = text.partition("/")
        parsing = "error parsing the resource ID from the Terraform resource data:"
        if not place or not resource_id:
            said = "resourceId" if self.import_wants == "a GUID" else "resourceName"
            raise ServiceError(f"{parsing} unexpected format of ID ({text}), expected projectid/{said}")
        if self.import_wants == "a GUID" and not is_guid(resource_id):
            raise ServiceError(f"{parsing} {resource_id} isn't a valid UUID")
        if self.import_wants == "a number" and not resource_id.isdecimal():
            raise ServiceError(
                f'resource ID was expected to be integer, but was not: strconv.Atoi: parsing "{resource_id}": '
                "invalid syntax"
            )
        project = find_project(request.cloud, place)
        if project is None and not is_guid(place):
            raise ServiceError(
                f"Failed to get the project with specified projectNameOrID: {place} , TF200016: The following project "
                f"does not exist: {place}."
            )
        resource = self.read(request, resource_id)
        return resource if resource and project and resource.attributes["project_id"] == project.id else None

    def import_id(self, resource: Resource) -> str:
        """Return the id with its project."""
        return f"{resource.attributes['project_id']}/{resource.id}"

    def existing(self, request: Request, arguments: Arguments) -> Resource | None:
        """Return what has the same name in the same place, or is attached to the same thing."""
        unique = self.unique_name
        names = (unique.argument, unique.within) if unique else self.known_by
        wanted = {name: arguments.get(name) for name in names if name in self.block.attributes}
        if not wanted or None in wanted.values():
            return None
        found = (
            resource
            for resource in request.cloud.resources(self.name)
            if wanted.items() <= resource.attributes.items()
        )
        return next(filter(None, (self.read(request, resource.id) for resource in found)), None)

    def _check_name(self, request: Request, unique: UniqueName, arguments: Arguments) -> None:
        name, here = arguments[unique.argument], arguments.get(unique.within)
        for other in request.cloud.resources(*(unique.types or (self.name,))):
            if (
                str(other.attributes.get(unique.argument)).lower() == str(name).lower()
                and other.attributes.get(unique.within) == here
                and other.id != arguments.get("id")
                and has_owners(request.cloud, other)
            ):
                raise ServiceError(unique.says.format(name=name), unique.argument)


class DevOpsDataSource(DataSource):
    """A data source of azuredevops."""

    def candidates(self, request: Request, wanted: Arguments) -> list[Resource]:
        """Return what is there; ServiceError for a project that is not."""
        project = wanted.get("project_id")
        if self.name != PROJECT and project and find_project(request.cloud, project) is None:
            raise ServiceError(f"Project with ID: {project} was not found")
        return [item for item in request.cloud.resources(self.name) if has_owners(request.cloud, item)]


def find_project(cloud: Cloud, name_or_id: str) -> Resource | None:
    """Find a project by its GUID or, as the service allows, by its name."""
    wanted = name_or_id.lower()
    return next(
        (item for item in cloud.resources(PROJECT) if wanted in (item.id.lower(), item.name.lower())), None
    )


def has_owners(cloud: Cloud, resource: Resource) -> bool:
    """Whether everything that a resource belongs to and is attached to is there."""
    return not any(missing_owners(cloud, resource.attributes))


def missing_owners(cloud: Cloud, arguments: Arguments) -> Iterator[ServiceError]:
    """Yield a refusal for each project and target that the arguments name and that is not there."""
    for name in ("project_id", "scope"):
        value = arguments.get(name)
        if isinstance(value, str) and is_guid(value) and cloud.find(value, PROJECT) is None:
            yield ServiceError(f"TF200016: The following project does not exist: {value}.", name)
    word, target, name = _target(arguments)
    if word in _OF_A_PROJECT and cloud.find(str(arguments["resource_id"])[:36], PROJECT) is None:
        yield ServiceError(f"TF200016: The following project does not exist: {target}.", name)
    if word in _TARGETS and cloud.find(target, *_TARGETS[word]) is None:
        yield ServiceError(f"The {word} with the id {target} could not be found.", name)


def _missing_people(cloud: Cloud, arguments: Arguments) -> Iterator[ServiceError]:
    """Yield a refusal for each pipeline, approver and role's holder that is not there."""
    pipeline = arguments.get("pipeline_id")
    if isinstance(pipeline, int | float) and cloud.find(str(int(pipeline)), _PIPELINE) is None:
        yield ServiceError(f"The pipeline with the id {int(pipeline)} could not be found.", "pipeline_id")
    known = {group.attributes.get("group_id") for group in cloud.resources(_GROUP)}
    known |= {user.id for user in cloud.resources(USER, SERVICE)}
    named: list[tuple[str, Any]] = [("approvers", item) for item in arguments.get("approvers") or []]
    named += [("identity_id", arguments["identity_id"])] if "identity_id" in arguments else []
    for name, identity in named:
        if identity not in known:
            yield ServiceError(f"VS860016: Could not find the identity {identity}.", name)


def _target(arguments: Arguments) -> tuple[str, str, str]:
    """Return what a check, an authorization or a role is attached to.

    These are the service's word for it, its id, and the argument that names it; nothing for other resources.
    """
    if isinstance(arguments.get("target_resource_id"), str):
        return arguments["target_resource_type"], arguments["target_resource_id"], "target_resource_id"
    resource = arguments.get("resource_id")
    if not isinstance(resource, str):
        return "", "", ""
    if isinstance(arguments.get("type"), str):
        return arguments["type"], resource, "resource_id"
    # The service joins the project's id and the resource's with a sign that depends on the scope.
    project, resource_id = resource[:36], resource[37:]
    return (str(arguments.get("scope")), resource_id if is_guid(project) else resource, "resource_id")


def is_guid(text: str) -> bool:
    """Whether a text is a GUID as Azure DevOps writes it."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return len(text) == 36
