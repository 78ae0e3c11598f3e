"""Groups of people, who is in them, people, and services."""

from __future__ import annotations

import base64
import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType

from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import Cloud, Resource
from sandbox.services.devops.devops_resource import (
    PROJECT,
    SERVICE,
    USER,
    DevOpsDataSource,
    DevOpsResource,
    UniqueName,
    find_project,
)
from sandbox.services.resource_type import Arguments, Attributes
from sandbox.services.rules import ProviderRules, Value

_ENTRA = "aad"


class Group(DevOpsResource, type_name="azuredevops_group"):
    """A group of people: a project's teams are groups too, and so is an Entra group that the organization knows.

    To make an Entra group known again finds the one that is known; to delete it deletes it for the whole organization
    ("Graph - Groups - Create": "materialize an existing AAD group"; microsoft/azuredevops 1.16.0,
    ``graph/resource_group.go``).
    """

    unique_name = UniqueName(
        argument="display_name", within="scope", says="TF50632: The group {name} already exists."
    )
    rules = ProviderRules(
        force_new=("scope", "origin_id", "mail"),
        conflicts=(
            *(("display_name", "mail"), ("display_name", "origin_id"), ("mail", "origin_id")),
            *(("scope", "origin_id"), ("scope", "mail")),
        ),
    )

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the group of a descriptor."""
        return self.read(request, text)

    def import_id(self, resource: Resource) -> str:
        """Return its descriptor."""
        return resource.id

    def existing(self, request: Request, arguments: Arguments) -> Resource | None:
        """Return the group of this name, or the Entra group, which goes by its descriptor."""
        if _of_entra(arguments):
            return self.read(request, self.new_id(request, arguments))
        return super().existing(request, arguments)

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a name that is taken, of a group of Azure DevOps itself."""
        if not _of_entra(arguments):
            super().check(request, arguments)

    def new_id(self, request: Request, arguments: Arguments) -> str:
        """Return a descriptor, of an Entra group always the same."""
        if _of_entra(arguments):
            return f"aadgp.{hashlib.sha256(arguments['origin_id'].lower().encode()).hexdigest()[:40]}"
        return f"vssgp.Uy0xLTktMTU1MTM3NDI0NS{os.urandom(24).hex()}"

    def add(self, request: Request, arguments: Arguments) -> Resource:
        """Add a group, or find the Entra group that is known."""
        known = request.cloud.find(self.new_id(request, arguments), self.name)
        return known or super().add(request, arguments)

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return its names in the directory of the organization."""
        url = f"{request.account.organization}/_apis/Graph/Groups/{resource_id}"
        common = {"descriptor": resource_id, "subject_kind": "group", "members": [], "url": url}
        if _of_entra(arguments):
            origin_id = arguments["origin_id"].lower()
            name = f"Entra group {origin_id[:8]}"
            return {
                **common,
                "display_name": name,
                "group_id": str(uuid.uuid5(uuid.NAMESPACE_URL, resource_id)),
                "origin": _ENTRA,
                "domain": request.account.tenant_id,
                "mail": "",
                "principal_name": f"[{request.account.tenant_id}]\\{name}",
            }
        scope = arguments.get("scope")
        project = find_project(request.cloud, scope) if isinstance(scope, str) else None
        place = project.name if project else "TEAM FOUNDATION"
        domain = f"Classification/TeamProject/{scope}" if project else "Framework/IdentityDomain/0"
        own = str(uuid.uuid4())  # of a group of Azure DevOps itself, both ids are one
        return {
            **common,
            "group_id": own,
            "origin": "vsts",
            "origin_id": own,
            "domain": f"vstfs:///{domain}",
            "mail": "",
            "principal_name": f"[{place}]\\{arguments.get('display_name')}",
        }

    def stored(self, attributes: Attributes) -> Attributes:
        """Return the attributes, of an Entra group as Entra has them: nobody describes it here."""
        if attributes["origin"] != _ENTRA:
            return attributes
        description = f"The people of {attributes['display_name']}"
        return {**attributes, "origin_id": attributes["origin_id"].lower(), "description": description}

    def remove(self, request: Request, resource: Resource) -> None:
        """Delete the group, and take it out of all groups that it is in."""
        super().remove(request, resource)
        leave_all_groups(request.cloud, resource.id)


class ExistingGroup(DevOpsDataSource, type_name="azuredevops_group"):
    """A group that is there already, of the project or of the organization; the provider finds no Entra group.

    Source: microsoft/azuredevops 1.16.0, ``graph/data_group.go``, ``getGroupsForDescriptor``.
    """

    missing = "Could not find Group with Name: {name} in project with ID: {project_id}"
    other_names = MappingProxyType({"name": "display_name", "project_id": "scope"})

    def candidates(self, request: Request, wanted: Arguments) -> list[Resource]:
        """Return the groups of Azure DevOps itself."""
        return [
            item for item in super().candidates(request, wanted) if item.attributes.get("origin") != _ENTRA
        ]


class GroupMembership(DevOpsResource, type_name="azuredevops_group_membership"):
    """Members of a group, which keeps the others that it has.

    The provider asks the group who is in it, and keeps those of its own that are there (microsoft/azuredevops 1.16.0,
    ``graph/resource_group_membership.go``).
    """

    rules = ProviderRules(
        force_new=("group",), defaults={"mode": "add"}, values={"mode": Value(one_of=("add", "overwrite"))}
    )

    def imported(self, request: Request, text: str) -> Resource | None:
        """Refuse every id: the provider makes it anew, and the members are there already."""
        raise ServiceError(f"resource {self.name} doesn't support import")

    def new_id(self, request: Request, arguments: Arguments) -> str:
        """Return a number without meaning."""
        return str(int.from_bytes(os.urandom(7)))

    def read(self, request: Request, resource_id: str) -> Resource | None:
        """Return those of the members that are in the group; None without the group."""
        membership = super().read(request, resource_id)
        group = membership and request.cloud.find(membership.attributes["group"], Group.name)
        if membership is None or group is None:
            return None
        there = [member for member in membership.attributes["members"] if member in _members(group)]
        return replace(membership, attributes={**membership.attributes, "members": there})

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a group or a member that the organization does not know."""
        known = known_descriptors(request.cloud)
        for name, descriptors in (("group", [arguments["group"]]), ("members", arguments["members"])):
            for descriptor in descriptors:
                if descriptor not in known:
                    raise ServiceError(
                        f"VS403283: Could not add the member: the subject {descriptor} could not be found.",
                        name,
                    )

    def after_create(self, request: Request, resource: Resource) -> None:
        """Put the members into the group."""
        _change_members(request.cloud, resource, add=resource.attributes["members"])

    def update(self, request: Request, resource: Resource, arguments: Arguments) -> Resource:
        """Take out who is no longer named, and put in who is."""
        updated = super().update(request, resource, arguments)
        _change_members(request.cloud, updated, add=arguments["members"], take=resource.attributes["members"])
        return updated

    def after_delete(self, request: Request, resource: Resource) -> None:
        """Take the members out of the group."""
        _change_members(request.cloud, resource, take=resource.attributes["members"])


class ExistingUsers(DevOpsDataSource, type_name="azuredevops_users"):
    """The people of the organization, or those who sign in by a name: none is an answer too.

    Source: microsoft/azuredevops 1.16.0, ``graph/data_users.go``.
    """

    def look_up(self, request: Request, given: Arguments) -> Attributes:
        """Return everybody who signs in by the name, whatever the case of its letters.

        Of which kind somebody is, stands before the dot of the descriptor.
        """
        name, kinds = str(given.get("principal_name") or "").lower(), given.get("subject_types")
        people = [
            person
            for person in _people(request.cloud)
            if name in ("", str(person.get("principal_name")).lower())
            and (not kinds or str(person.get("descriptor")).partition(".")[0] in kinds)
        ]
        names = ("id", "descriptor", "display_name", "mail_address", "origin", "origin_id", "principal_name")
        digest = hashlib.sha1("-".join(str(p.get("descriptor")) for p in people).encode()).digest()  # noqa: S324  # as the provider makes its id
        return {
            **{argument: given.get(argument) for argument in self.block.attributes},
            "users": [{key: person.get(key) for key in names} for person in people],
            "features": given.get("features") or [],
            "id": f"users#{base64.urlsafe_b64encode(digest).decode()}",
        }


def leave_all_groups(cloud: Cloud, descriptor: str) -> None:
    """Take somebody out of all groups."""
    for group in cloud.resources(Group.name):
        _set_members(cloud, group, [member for member in _members(group) if member != descriptor])


def known_descriptors(cloud: Cloud) -> set[str]:
    """Return the descriptors of everybody whom the organization knows."""
    members = [item.attributes for item in cloud.resources(SERVICE)]
    others = {str(item.get("descriptor")) for item in (*members, *_people(cloud))}
    return others | {item.id for item in cloud.resources(Group.name)}


def _people(cloud: Cloud) -> Iterator[Attributes]:
    """Yield everybody whom the organization knows, and the service of each project that its pipelines run as.

    That service signs in by the project's id, from the project's creation on
    (microsoft/terraform-provider-azuredevops, issues 280 and 1096).
    """
    yield from ({"id": user.id, **user.attributes} for user in cloud.resources(USER))
    for project in cloud.resources(PROJECT):
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"Build/{project.id}")
        yield {
            "id": str(key),
            "principal_name": project.id,
            "display_name": f"{project.name} Build Service",
            "mail_address": "",
            "descriptor": f"svc.{key.hex}",
            "origin": "vsts",
            "origin_id": str(key),
        }


def _of_entra(arguments: Arguments) -> bool:
    """Whether a group is made known by its object id, or was."""
    return arguments.get("origin") == _ENTRA or (
        isinstance(arguments.get("origin_id"), str) and not isinstance(arguments.get("display_name"), str)
    )


def _members(group: Resource) -> list[str]:
    return list(group.attributes.get("members") or [])


def _change_members(
    cloud: Cloud, membership: Resource, *, add: Iterable[str] = (), take: Iterable[str] = ()
) -> None:
    group = cloud.find(membership.attributes["group"], Group.name)
    if group:
        left = [member for member in _members(group) if member not in list(take)]
        _set_members(cloud, group, [*left, *(member for member in add if member not in left)])


def _set_members(cloud: Cloud, group: Resource, members: list[str]) -> None:
    if members != _members(group):
        cloud.write(replace(group, attributes={**group.attributes, "members": members}))
