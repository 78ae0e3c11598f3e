"""Reads what a project of Azure DevOps has of what the settings want."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from client.devops import agents, checks, environments, library, pipelines, projects, security_roles
from client.devops.agents import AgentQueue
from client.devops.checks import CheckConfiguration, PipelinePermissions
from client.devops.environments import Environment
from client.devops.library import VariableGroup
from client.devops.pipelines import BuildDefinition
from client.devops.projects import Project
from client.devops.security_roles import RoleAssignment
from client.devops.service_endpoints import ServiceEndpoint, service_endpoints
from client.services import Services
from doctor.live.looking import Gone, Looking
from doctor.live.people import People
from doctor.live.wanted import WORDS, Guarded, Kind, Wanted

_Item = TypeVar("_Item")
_Listed = VariableGroup | Environment | ServiceEndpoint | AgentQueue

_SCOPES: Mapping[Kind, tuple[str, str]] = {
    "variablegroup": (security_roles.VARIABLE_GROUP, "$"),
    "environment": (security_roles.ENVIRONMENT, "_"),
}
"""Where the configuration gives roles: the scope, and what stands between the ids of project and resource."""


@dataclass(frozen=True)
class Seen:
    """Something that is wanted, as it is. What is None could not be seen."""

    wanted: Guarded
    id: str
    checks: tuple[CheckConfiguration, ...] | None = None
    permissions: PipelinePermissions | None = None
    roles: tuple[RoleAssignment, ...] | None = None
    group: VariableGroup | None = None
    """Of a variable group."""
    endpoint: ServiceEndpoint | None = None
    """Of a service connection."""
    creator: str = ""
    """Storage key of the identity that made it, which Azure DevOps gives a role on it."""


@dataclass(frozen=True)
class Organization:
    """What a project has of what is wanted."""

    project: Project | Gone | None
    seen: tuple[Seen, ...] = ()
    missing: tuple[Guarded, ...] = ()
    pipelines: tuple[BuildDefinition, ...] | None = None
    people: People | None = None


def read_organization(services: Services, looking: Looking, wanted: Wanted) -> Organization:
    """Read it. Raises :class:`client.errors.ServiceError` where nothing can be read."""
    place = f"the project {wanted.project}"
    project = looking.find(place, lambda: projects.project(services, wanted.project))
    if not isinstance(project, Project) or not project.usable:
        return Organization(project)
    return _Reader(services, looking, wanted, project).read()


class _Reader:
    """Reads one thing after the other."""

    def __init__(self, services: Services, looking: Looking, wanted: Wanted, project: Project) -> None:
        self._services, self._looking, self._wanted, self._project = services, looking, wanted, project

    def read(self) -> Organization:
        there = {
            kind: self._listed(kind) for kind in dict.fromkeys(item.kind for item in self._wanted.guarded)
        }
        seen, missing = [], []
        for item in self._wanted.guarded:
            known = there[item.kind]
            found = known.get(item.name.lower()) if known is not None else None
            if found is not None:
                seen.append(self._see(item, found))
            elif known is not None:
                missing.append(item)
        definitions = self._looking.every(
            "the pipelines", lambda: pipelines.build_definitions(self._services, self._project.id)
        )
        people = People(self._services, self._looking, self._project.id)
        people.find_ids(dict.fromkeys(name for item in self._wanted.guarded for name in item.people))
        return Organization(
            self._project,
            tuple(seen),
            tuple(missing),
            None if definitions is None else tuple(definitions),
            people,
        )

    def _listed(self, kind: Kind) -> Mapping[str, _Listed] | None:
        """Return what the project has of a kind, by the names in lower case: Azure DevOps does not tell case apart."""
        services, at = self._services, self._project.id
        asks: Mapping[Kind, Callable[[], Iterable[_Listed]]] = {
            "variablegroup": lambda: library.variable_groups(services, at),
            "environment": lambda: environments.environments(services, at),
            "endpoint": lambda: service_endpoints(services, at),
            "queue": lambda: agents.agent_queues(services, at),
        }
        found = self._looking.every(f"the {WORDS[kind]}s", asks[kind])
        return None if found is None else {item.name.lower(): item for item in found}

    def _see(self, item: Guarded, found: _Listed) -> Seen:
        services, at, number = self._services, self._project.id, str(found.id)
        return Seen(
            item,
            number,
            checks=self._several(
                f"the checks of the {item.place}", lambda: checks.checks(services, at, item.kind, number)
            ),
            permissions=self._looking.see(
                f"the pipelines that may use the {item.place}",
                lambda: checks.pipeline_permissions(services, at, item.kind, number),
            ),
            roles=self._roles(item, number),
            group=found if isinstance(found, VariableGroup) else None,
            endpoint=found if isinstance(found, ServiceEndpoint) else None,
            creator=_creator(found),
        )

    def _roles(self, item: Guarded, number: str) -> tuple[RoleAssignment, ...] | None:
        if item.kind not in _SCOPES:
            return ()
        scope, separator = _SCOPES[item.kind]
        resource_id = f"{self._project.id}{separator}{number}"
        return self._several(
            f"the roles on the {item.place}",
            lambda: security_roles.role_assignments(self._services, scope, resource_id),
        )

    def _several(self, what: str, ask: Callable[[], Iterable[_Item]]) -> tuple[_Item, ...] | None:
        found = self._looking.every(what, ask)
        return None if found is None else tuple(found)


def _creator(found: _Listed) -> str:
    made_by = None if isinstance(found, AgentQueue) else found.created_by
    return made_by.id if made_by else ""
