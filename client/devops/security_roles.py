"""Who has which role on a resource, inherited ones included.

Documentation: securityroles/roleassignments. It lists no scopes and no forms of resource ids: the constants have those
that the portal uses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from client.calls import Call
from client.devops.identities import IdentityRef
from client.services import Services

_LIST = Call(
    "_apis/securityroles/scopes/{scope}/roleassignments/resources/{resource_id}",
    "7.1-preview.1",
    "Administrator of the resource",
)

VARIABLE_GROUP = "distributedtask.variablegroup"
"""Resource id ``<project id>$<group id>``."""
LIBRARY = "distributedtask.library"
"""Resource id ``<project id>$0``: what the groups of a project inherit."""
ENVIRONMENT = "distributedtask.environmentreferencerole"
"""Resource id ``<project id>_<environment id>``."""
SERVICE_ENDPOINT = "distributedtask.serviceendpointrole"
"""Resource id ``<project id>_<endpoint id>``."""
AGENT_QUEUE = "distributedtask.agentqueuerole"
"""Resource id ``<project id>_<queue id>``."""


@dataclass(frozen=True)
class SecurityRole:
    """A role: ``Reader``, ``User``, ``Administrator``, ``Creator``."""

    name: str
    display_name: str = ""
    scope: str = ""


@dataclass(frozen=True)
class RoleAssignment:
    """Somebody, or a group, has a role."""

    identity: IdentityRef
    role: SecurityRole
    access: str
    """``assigned`` on the resource itself, or ``inherited``."""
    access_display_name: str = ""


def role_assignments(services: Services, scope: str, resource_id: str) -> Iterator[RoleAssignment]:
    """List the roles on a resource as they are in effect. Raises :class:`client.errors.ServiceError`.

    ``scope`` is one of the constants of this module, which say how the resource id is written.
    """
    return services.devops.listed(RoleAssignment, _LIST, scope=scope, resource_id=resource_id)
