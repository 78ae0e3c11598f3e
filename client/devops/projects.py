"""Projects, their teams and who is in them.

Documentation: core/projects, core/teams, security/permissions/has-permissions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from client.calls import Call
from client.devops.identities import IdentityRef
from client.services import Services

_PROJECTS = Call("_apis/projects", needs="View project-level information")
_PROJECT = Call("_apis/projects/{project}", needs="View project-level information")
_TEAMS = Call("_apis/projects/{project}/teams", needs="View project-level information")
_MEMBERS = Call("_apis/projects/{project}/teams/{team}/members", needs="View project-level information")

_HAS_PERMISSIONS = Call("_apis/permissions/{namespace}/{permissions}", needs="View project-level information")

_PAGE = 100
_NAMESPACE, _EDIT = "52d39943-cb85-4d7f-8fa8-c6baac873819", 2
"""The security namespace Project, and its bit for "Edit project-level information" (GENERIC_WRITE)."""


@dataclass(frozen=True)
class Project:
    """A project."""

    id: str
    name: str
    state: str
    """``wellFormed``. One that is only half made is ``createPending`` or ``new``, and cannot be used."""
    description: str = ""
    visibility: str = ""
    """``private`` or ``public``."""

    @property
    def usable(self) -> bool:
        """Whether it is made as a whole."""
        return self.state == "wellFormed"


@dataclass(frozen=True)
class Team:
    """A team. Its id is the storage key of its group, which checks and role assignments name."""

    id: str
    name: str
    description: str = ""
    project_id: str = ""
    project_name: str = ""


@dataclass(frozen=True)
class TeamMember:
    """A member of a team, as the team's page lists it. A group is one member: who is in it is not told here."""

    identity: IdentityRef
    is_team_admin: bool = False


def projects(services: Services) -> Iterator[Project]:
    """List all projects, half made ones too. Raises :class:`client.errors.ServiceError`."""
    return services.devops.listed(Project, _PROJECTS, {"stateFilter": "all"})


def project(services: Services, name: str) -> Project:
    """Read the project of a name or id. Raises :class:`client.errors.NotFoundError` where there is none."""
    return services.devops.get(Project, _PROJECT, project=name)


def teams(services: Services, project: str) -> Iterator[Team]:
    """List the teams of a project. Raises :class:`client.errors.ServiceError`."""
    return services.devops.skipped(Team, _TEAMS, _PAGE, project=project)


def team_members(services: Services, project: str, team: str) -> Iterator[TeamMember]:
    """List the members of a team, by its name or id. Raises :class:`client.errors.ServiceError`."""
    return services.devops.skipped(TeamMember, _MEMBERS, _PAGE, project=project, team=team)


def may_edit(services: Services, project_id: str) -> bool:
    """Tell whether the identity that asks may edit project-level information, as administrators of a project may.

    Raises :class:`client.errors.ServiceError`.
    """
    query = {"tokens": f"$PROJECT:vstfs:///Classification/TeamProject/{project_id}"}
    answers = services.devops.listed(bool, _HAS_PERMISSIONS, query, namespace=_NAMESPACE, permissions=_EDIT)
    return all(list(answers))
