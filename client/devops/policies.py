"""Branch policies and repositories. Documentation: policy/configurations, git/repositories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from client.calls import Call
from client.services import Services

_POLICIES = Call("{project}/_apis/policy/configurations", needs="View project-level information")
_REPOSITORIES = Call("{project}/_apis/git/repositories", needs="Repositories, Read")


@dataclass(frozen=True)
class PolicyType:
    """The kind of a policy."""

    id: str
    display_name: str = ""
    """``Minimum number of reviewers``, ``Build`` and others."""


@dataclass(frozen=True)
class PolicyConfiguration:
    """A policy of branches."""

    id: int
    type: PolicyType
    is_enabled: bool = False
    is_blocking: bool = False
    is_deleted: bool = False
    settings: Mapping[str, object] = field(default_factory=dict)
    """Other for each type. ``scope`` lists repositories and branches."""


@dataclass(frozen=True)
class Repository:
    """A git repository."""

    id: str
    name: str
    default_branch: str = ""
    """``refs/heads/main``; empty where nothing has been pushed."""
    is_disabled: bool = False


def policy_configurations(services: Services, project: str) -> Iterator[PolicyConfiguration]:
    """List the policies of a project. Raises :class:`client.errors.ServiceError`."""
    return services.devops.listed(PolicyConfiguration, _POLICIES, project=project)


def repositories(services: Services, project: str) -> Iterator[Repository]:
    """List the git repositories of a project. Raises :class:`client.errors.ServiceError`."""
    return services.devops.listed(Repository, _REPOSITORIES, project=project)
