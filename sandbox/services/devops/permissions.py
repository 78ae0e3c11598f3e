"""Who may do what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import Cloud, Resource
from sandbox.services.devops.devops_resource import (
    DevOpsResource,
)
from sandbox.services.resource_type import Arguments
from sandbox.services.rules import IS_UUID, ProviderRules

INHERITED = MappingProxyType(
    {
        "Project Valid Users": "Reader",  # everybody in the project
        "Contributors": "Reader",
        "Project Administrators": "Administrator",
        "Build Administrators": "Administrator",
        "Release Administrators": "Administrator",
    }
)
"""Roles that every variable group has from the Library, by groups of the project.

No assignment takes them away (MicrosoftDocs/azure-devops-docs: ``pipelines/policies/permissions.md``, Library).
"""

_INHERITED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "distributedtask.agentqueuerole": {
            "Project Valid Users": "Reader",
            "Project Administrators": "Administrator",
            "Build Administrators": "Administrator",
            "Release Administrators": "Administrator",
        },
        "distributedtask.library": {**INHERITED, "Contributors": "Creator"},
        "distributedtask.variablegroup": INHERITED,
        "distributedtask.environmentreferencerole": {
            "Project Valid Users": "Reader",
            "Contributors": "Reader",
            "Project Administrators": "Creator",
        },
        "distributedtask.serviceendpointrole": {
            "Endpoint Administrators": "Administrator",
            "Endpoint Creators": "Creator",
        },
    }
)
"""The same of every scope that roles are granted in (the same page, the tables of default roles)."""


def inherited_roles(cloud: Cloud, scope: str, project: str) -> Iterator[tuple[Resource, str]]:
    """Yield each group of a project that has a role on everything of a scope, with the role."""
    roles = _INHERITED.get(scope.lower(), {})
    for group in cloud.resources("azuredevops_group"):
        if group.attributes.get("scope") == project and group.name in roles:
            yield group, roles[group.name]


def roles_on(cloud: Cloud, group: Resource) -> dict[str, str]:
    """Return the role that each group of the project has on a variable group: the higher of inherited and assigned."""
    project = group.attributes["project_id"]
    assigned = {
        item.attributes["identity_id"]: item.attributes["role_name"]
        for item in cloud.resources(SecurityRoleAssignment.name)
        if item.attributes["resource_id"] == f"{project}${group.id}"
    }
    roles = {}
    for team in cloud.resources("azuredevops_group"):
        given = [INHERITED.get(team.name), assigned.get(team.attributes["group_id"])]
        if team.attributes.get("scope") == project and any(given):
            roles[team.name] = max(filter(None, given), key=_BY_RIGHTS.index)
    return roles


_BY_RIGHTS = ("Reader", "User", "Administrator")


class SecurityRoleAssignment(DevOpsResource, type_name="azuredevops_securityrole_assignment"):
    """A role of a group or person on something. Granted again, it is granted as if for the first time."""

    rules = ProviderRules(force_new=("resource_id", "identity_id"), values={"identity_id": IS_UUID})

    def new_id(self, request: Request, arguments: Arguments) -> str:
        """Return the provider's id: what the role is on, and whose it is."""
        return f"{arguments['scope']}/{arguments['resource_id']}/{arguments['identity_id']}"

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the role; ServiceError without three parts.

        microsoft/azuredevops 1.16.0, ``utils/tfhelper/tfhelper.go``.
        """
        expected = "expected scope/resource_id/identity_id"
        parts = text.split("/", 2)
        if len(parts) != 3:
            raise ServiceError(f"unexpected format of ID ({text}), {expected}")
        for index, part in enumerate(parts):
            if not part.strip():
                raise ServiceError(f"unexpected format of ID ({text}), part {index} is empty, {expected}")
        return self.read(request, text)

    def import_id(self, resource: Resource) -> str:
        """Return its id, which says all of it."""
        return resource.id

    def existing(self, request: Request, arguments: Arguments) -> Resource | None:
        """Return the role on the same thing, of the same people."""
        known = all(isinstance(arguments.get(name), str) for name in ("scope", "resource_id", "identity_id"))
        return self.read(request, self.new_id(request, arguments)) if known else None
