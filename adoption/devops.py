"""Looks for what exists in Azure DevOps: by its name, or by what it is attached to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

from adoption.outcome import Found, Missing, Outcome, Several, Unclear
from client.devops.agents import agent_queues
from client.devops.checks import (
    CheckConfiguration,
    checks,
    is_approval,
    is_branch_control,
    is_exclusive_lock,
    pipeline_permissions,
)
from client.devops.environments import environments
from client.devops.graph import GraphGroup, descriptor, groups, identities, service_principals, users
from client.devops.library import VariableGroup, variable_groups
from client.devops.pipelines import build_definitions
from client.devops.policies import policy_configurations, repositories
from client.devops.projects import project
from client.devops.security_roles import role_assignments
from client.devops.service_endpoints import ServiceEndpoint, service_endpoints
from client.errors import NotFoundError
from client.services import Services
from facts.ids import ids

Arguments = Mapping[str, Any]
_Item = TypeVar("_Item")

_RETIRING = "https://vstoken.dev.azure.com/"
_RETIRES = (
    "Its issuer, vstoken.dev.azure.com, ends on 1 July 2027. Convert the connection before that: docs/adopting.md says "
    "how."
)
_NOT_FEDERATED = (
    "It signs in with a secret or certificate, and Terraform would replace it. Convert it to workload identity "
    "federation in Azure DevOps first: docs/adopting.md says how."
)
_HIDDEN = (
    "It is a secret in the Library, and none in the configuration: make it a plain value there, or delete it, before "
    "the deployment."
)
_CONNECTIONS = {
    "azuredevops_serviceendpoint_azurerm": "azurerm",
    "azuredevops_serviceendpoint_incomingwebhook": "incomingwebhook",
}


_CHECKS: Mapping[str, Callable[[CheckConfiguration], bool]] = {
    "azuredevops_check_approval": is_approval,
    "azuredevops_check_branch_control": is_branch_control,
    "azuredevops_check_exclusive_lock": is_exclusive_lock,
}
_BUILD_VALIDATION = "0609b952-1397-4640-95ec-e00a01b2c241"
"""The type of policy that a build has to succeed, the same in every organization."""


class DevOps:
    """Azure DevOps, read through the client."""

    def __init__(self, services: Services) -> None:
        """Read from ``services``; nothing is asked yet."""
        self._services = services
        self._read: dict[tuple[str, ...], list[Any]] = {}
        self._finders: Mapping[str, Callable[[Arguments], Outcome]] = {
            "azuredevops_agent_queue": self._queue,
            "azuredevops_branch_policy_build_validation": self._validation,
            "azuredevops_build_definition": self._pipeline,
            **{name: partial(self._check, name) for name in _CHECKS},
            "azuredevops_environment": self._environment,
            "azuredevops_git_repository": self._repository,
            "azuredevops_group": self._group,
            "azuredevops_pipeline_authorization": self._authorization,
            "azuredevops_project": self._project,
            "azuredevops_securityrole_assignment": self._role,
            "azuredevops_service_principal_entitlement": self._member,
            "azuredevops_users": self._users,
            "azuredevops_variable_group": self._variable_group,
            "azuredevops_variable_group_variable": self._variable,
            **{name: partial(self._connection, name) for name in _CONNECTIONS},
        }

    @property
    def types(self) -> frozenset[str]:
        """The types, of resources and data sources, that can be looked for."""
        return frozenset(self._finders)

    def find(self, type_name: str, arguments: Arguments) -> Outcome:
        """Look for what arguments describe; ``type_name`` is one of :attr:`types`.

        Raises :class:`KeyError` with the argument that is not known and that it goes by, and
        :class:`client.errors.ServiceError`.
        """
        return self._finders[type_name](arguments)

    # --- By a name ---------------------------------------------------------------------------------------------------

    def _project(self, given: Arguments) -> Outcome:
        name = given["name"]
        try:
            (found,) = self._every("project", name, ask=lambda: [project(self._services, name)])
        except NotFoundError:
            return Missing()
        if not found.usable:
            return Unclear(
                f"a project that is only half made ({found.state})",
                "wait until Azure DevOps has made it, or delete it",
            )
        return _found("azuredevops_project", given, id=found.id, project=found.id)

    def _environment(self, given: Arguments) -> Outcome:
        at, name = given["project_id"], given["name"]
        every = self._every("environments", at, ask=lambda: environments(self._services, at))
        return _one("azuredevops_environment", given, [str(e.id) for e in every if _same(e.name, name)])

    def _queue(self, given: Arguments) -> Outcome:
        at, name = given["project_id"], given["name"]
        every = self._every("queues", at, ask=lambda: agent_queues(self._services, at))
        return _looked_up(given, [str(queue.id) for queue in every if _same(queue.name, name)])

    def _pipeline(self, given: Arguments) -> Outcome:
        at, name, path = given["project_id"], given["name"], given["path"]
        every = self._every("pipelines", at, ask=lambda: build_definitions(self._services, at))
        found = [str(p.id) for p in every if _same(p.name, name) and _same(p.path, path)]
        return _one("azuredevops_build_definition", given, found)

    def _repository(self, given: Arguments) -> Outcome:
        at, name = given["project_id"], given["name"]
        every = self._every("repositories", at, ask=lambda: repositories(self._services, at))
        return _looked_up(given, [item.id for item in every if _same(item.name, name)])

    def _variable_group(self, given: Arguments) -> Outcome:
        every = self._groups_of_variables(given["project_id"])
        numbers = [str(group.id) for group in every if _same(group.name, given["name"])]
        return _one("azuredevops_variable_group", given, numbers)

    def _connection(self, type_name: str, given: Arguments) -> Outcome:
        at, name = given["project_id"], given["service_endpoint_name"]
        every = self._every("connections", at, ask=lambda: service_endpoints(self._services, at))
        named = [endpoint for endpoint in every if _same(endpoint.name, name)]
        if not named:
            return Missing()
        (endpoint,) = named[:1]
        if not _same(endpoint.type, _CONNECTIONS[type_name]):
            return Unclear(
                f"a service connection of another type has the name {name}: {endpoint.type}",
                "rename it in Azure DevOps, or name another one in the configuration",
            )
        issuer = endpoint.workload_identity_federation_issuer
        return _found(
            type_name,
            {
                **given,
                "workload_identity_federation_issuer": issuer or None,
                "workload_identity_federation_subject": endpoint.workload_identity_federation_subject or None,
            },
            id=endpoint.id,
            note=_note(endpoint),
        )

    def _group(self, given: Arguments) -> Outcome:
        """Find a group of a project by its name, or one of Entra by its object id."""
        if "origin_id" in given:
            wanted = given["origin_id"]
            every = self._every("groups", ask=lambda: groups(self._services))
            return self._group_of(
                [g for g in every if g.origin == "aad" and _same(g.origin_id, wanted)], given
            )
        looked_up = "name" in given  # a data source has other names for the same
        at, name = (
            given["project_id" if looked_up else "scope"],
            given["name" if looked_up else "display_name"],
        )
        every = self._every("groups", at, ask=lambda: groups(self._services, descriptor(self._services, at)))
        return self._group_of([g for g in every if g.origin != "aad" and _same(g.display_name, name)], given)

    def _group_of(self, named: list[GraphGroup], given: Arguments) -> Outcome:
        if len(named) != 1:
            return Several([group.descriptor for group in named]) if named else Missing()
        (group,) = named
        return _found(
            "azuredevops_group",
            given,
            id=group.descriptor,
            descriptor=group.descriptor,
            group_id=self._storage_key(group.descriptor),
        )

    def _users(self, given: Arguments) -> Outcome:
        name = given["principal_name"]
        every = self._every("users", ask=lambda: users(self._services))
        people = [user.descriptor for user in every if _same(user.principal_name, name)]
        known = [{"id": self._storage_key(subject), "descriptor": subject} for subject in people]
        return Found("", {**given, "users": known})

    def _member(self, given: Arguments) -> Outcome:
        """Find a service principal by its object id."""
        wanted = given["origin_id"]
        every = self._every("service principals", ask=lambda: service_principals(self._services))
        for member in every:
            key = self._storage_key(member.descriptor) if _same(member.origin_id, wanted) else None
            if key:
                type_name = "azuredevops_service_principal_entitlement"
                return _found(type_name, given, id=key, descriptor=member.descriptor)
        return Missing()

    def _storage_key(self, subject: str) -> str | None:
        known = self._every(
            "identity", subject, ask=lambda: identities(self._services, subject_descriptors=[subject])
        )
        return next((identity.id for identity in known), None)

    # --- By what it is in or attached to -----------------------------------------------------------------------------

    def _variable(self, given: Arguments) -> Outcome:
        every = self._groups_of_variables(given["project_id"])
        there = (group for group in every if str(group.id) == given["variable_group_id"])
        variables = {name.lower(): item for group in there for name, item in group.variables.items()}
        variable = variables.get(given["name"].lower())
        if variable is None:
            return Missing()
        note = _HIDDEN if variable.is_secret and "secret_value" not in given else ""
        return _found("azuredevops_variable_group_variable", given, note=note)

    def _check(self, type_name: str, given: Arguments) -> Outcome:
        at, kind, target = given["project_id"], given["target_resource_type"], given["target_resource_id"]
        every = self._every("checks", at, kind, target, ask=lambda: checks(self._services, at, kind, target))
        return _one(type_name, given, [str(check.id) for check in every if _CHECKS[type_name](check)])

    def _validation(self, given: Arguments) -> Outcome:
        """Find the policy by the pipeline that it runs and the branches that it is for."""
        at, wanted = given["project_id"], given["settings"]
        every = self._every("policies", at, ask=lambda: policy_configurations(self._services, at))
        places = {_branch(scope["repository_id"], scope["repository_ref"]) for scope in wanted["scope"]}
        found = [
            str(policy.id)
            for policy in every
            if policy.type.id == _BUILD_VALIDATION
            and not policy.is_deleted
            and str(policy.settings.get("buildDefinitionId")) == wanted["build_definition_id"]
            and places == set(_branches(policy.settings))
        ]
        return _one("azuredevops_branch_policy_build_validation", given, found)

    def _authorization(self, given: Arguments) -> Outcome:
        at, kind, target = given["project_id"], given["type"], given["resource_id"]
        pipeline = int(given["pipeline_id"])
        (opened,) = self._every(
            "permissions",
            at,
            kind,
            target,
            ask=lambda: [pipeline_permissions(self._services, at, kind, target)],
        )
        if any(item.authorized and item.id == pipeline for item in opened.pipelines):
            return _found("azuredevops_pipeline_authorization", given)
        return Missing()

    def _role(self, given: Arguments) -> Outcome:
        scope, target, who = given["scope"], given["resource_id"], given["identity_id"]
        every = self._every(
            "roles", scope, target, ask=lambda: role_assignments(self._services, scope, target)
        )
        if any(_same(role.identity.id, who) and role.access == "assigned" for role in every):
            return _found("azuredevops_securityrole_assignment", given)
        return Missing()

    def _groups_of_variables(self, at: str) -> list[VariableGroup]:
        return self._every("variable groups", at, ask=lambda: variable_groups(self._services, at))

    def _every(self, *key: str, ask: Callable[[], Iterable[_Item]]) -> list[_Item]:
        """Return what a call lists, and ask only once."""
        if key not in self._read:
            self._read[key] = list(ask())
        return self._read[key]


def _found(type_name: str, given: Arguments, *, note: str = "", **known: Any) -> Found:
    attributes = {**given, **known}
    words = {"project": given.get("project_id"), **attributes}
    return Found(ids(type_name).import_form.format_map(words), attributes, note)


def _one(type_name: str, given: Arguments, found: list[str]) -> Outcome:
    if len(found) > 1:
        return Several([_found(type_name, given, id=one).import_id for one in found])
    return _found(type_name, given, id=found[0]) if found else Missing()


def _looked_up(given: Arguments, found: list[str]) -> Outcome:
    """Return what a data source finds: nothing of it is imported."""
    if len(found) > 1:
        return Several(found)
    return Found("", {**given, "id": found[0]}) if found else Missing()


def _note(endpoint: ServiceEndpoint) -> str:
    """Return what is to be done about how a connection signs in; empty where nothing is."""
    if endpoint.authorization.scheme == "ServicePrincipal":
        return _NOT_FEDERATED
    return _RETIRES if endpoint.workload_identity_federation_issuer.startswith(_RETIRING) else ""


def _branches(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield repository and branch of each scope of a policy."""
    for scope in settings.get("scope") or ():
        yield _branch(scope.get("repositoryId"), scope.get("refName"))


def _branch(repository: Any, ref: Any) -> tuple[str, str]:
    return str(repository).lower(), str(ref)


def _same(one: str, other: Any) -> bool:
    return one.lower() == str(other).lower()
