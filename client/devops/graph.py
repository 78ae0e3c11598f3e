"""Groups, users and who is a member of what.

Documentation: graph/groups, graph/memberships, graph/users, graph/service-principals, graph/descriptors,
ims/identities.

Members of Entra groups are not visible here: :func:`is_entra_group` marks one, and its members are to be called "not
visible", never "none".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from client.calls import Call
from client.services import Services

_VERSION = "7.1-preview.1"
_SEE = "View instance-level information of the organization"
_GROUPS = Call("_apis/graph/groups", _VERSION, _SEE)
_GROUP = Call("_apis/graph/groups/{descriptor}", _VERSION, _SEE)
_USERS = Call("_apis/graph/users", _VERSION, _SEE)
_SERVICE_PRINCIPALS = Call("_apis/graph/serviceprincipals", _VERSION, _SEE)
_USER = Call("_apis/graph/users/{descriptor}", _VERSION, _SEE)
_MEMBERSHIPS = Call("_apis/graph/memberships/{descriptor}", _VERSION, _SEE)
_DESCRIPTOR = Call("_apis/graph/descriptors/{storage_key}", needs=_SEE)
_IDENTITIES = Call("_apis/identities", needs=_SEE)

_AT_ONCE = 50
"""How many identities are asked for in one call: an address may be about 2,000 characters long."""


@dataclass(frozen=True)
class GraphGroup:
    """A group: of Azure DevOps, such as ``[mlops]\\Senior Engineers``, or of Entra ID."""

    descriptor: str
    display_name: str
    principal_name: str = ""
    origin: str = ""
    """``vsts`` for one of Azure DevOps, ``aad`` for one of Entra ID."""
    origin_id: str = ""
    """For one of Entra ID its object id."""
    description: str = ""
    domain: str = ""


@dataclass(frozen=True)
class GraphUser:
    """Somebody of the organization."""

    descriptor: str
    display_name: str
    principal_name: str = ""
    """The sign-in name."""
    mail_address: str = ""
    origin: str = ""
    origin_id: str = ""
    """For one of Entra ID the object id."""


@dataclass(frozen=True)
class GraphServicePrincipal:
    """An application or managed identity that is a member of the organization."""

    descriptor: str
    display_name: str = ""
    origin: str = ""
    origin_id: str = ""
    """The object id in Entra ID."""


@dataclass(frozen=True)
class GraphMembership:
    """The member with one descriptor is in the container with the other."""

    container_descriptor: str
    member_descriptor: str


@dataclass(frozen=True)
class Identity:
    """Anybody or any group, by both of its ids."""

    id: str
    """The storage key."""
    subject_descriptor: str = ""
    provider_display_name: str = ""
    custom_display_name: str = ""
    is_active: bool = False
    is_container: bool = False
    """It is a group."""


@dataclass(frozen=True)
class _Identities:
    value: tuple[Identity | None, ...]


@dataclass(frozen=True)
class _Descriptor:
    value: str


def is_entra_group(descriptor: str) -> bool:
    """Tell whether a subject descriptor is that of an Entra group, whose members Azure DevOps does not show."""
    return descriptor.startswith("aadgp.")


def is_group(descriptor: str) -> bool:
    """Tell whether a subject descriptor is that of a group, of Azure DevOps or of Entra ID."""
    return descriptor.startswith(("vssgp.", "aadgp."))


def descriptor(services: Services, storage_key: str) -> str:
    """Return the descriptor of a storage key: of a project's id the scope that its groups have.

    Raises :class:`client.errors.NotFoundError` where there is none.
    """
    return services.graph.get(_Descriptor, _DESCRIPTOR, storage_key=storage_key).value


def groups(services: Services, scope_descriptor: str | None = None) -> Iterator[GraphGroup]:
    """List the groups of the organization, or of a project (see :func:`descriptor`).

    Raises :class:`client.errors.ServiceError`.
    """
    return services.graph.listed(GraphGroup, _GROUPS, {"scopeDescriptor": scope_descriptor})


def group(services: Services, descriptor: str) -> GraphGroup:
    """Read one group. Raises :class:`client.errors.NotFoundError` where there is none."""
    return services.graph.get(GraphGroup, _GROUP, descriptor=descriptor)


def users(services: Services) -> Iterator[GraphUser]:
    """List the users of the organization. Raises :class:`client.errors.ServiceError`."""
    return services.graph.listed(GraphUser, _USERS)


def service_principals(services: Services) -> Iterator[GraphServicePrincipal]:
    """List the service principals of the organization. Raises :class:`client.errors.ServiceError`."""
    return services.graph.listed(GraphServicePrincipal, _SERVICE_PRINCIPALS)


def user(services: Services, descriptor: str) -> GraphUser:
    """Read one user. Raises :class:`client.errors.NotFoundError` where there is none."""
    return services.graph.get(GraphUser, _USER, descriptor=descriptor)


def members(services: Services, descriptor: str) -> Iterator[GraphMembership]:
    """List who is directly in a group. Of an Entra group nobody is shown: ask :func:`is_entra_group` first.

    Raises :class:`client.errors.ServiceError`.
    """
    return services.graph.listed(GraphMembership, _MEMBERSHIPS, {"direction": "Down"}, descriptor=descriptor)


def containers(services: Services, descriptor: str) -> Iterator[GraphMembership]:
    """List the groups that somebody, or a group, is directly in. Raises :class:`client.errors.ServiceError`."""
    return services.graph.listed(GraphMembership, _MEMBERSHIPS, {"direction": "Up"}, descriptor=descriptor)


def identities(
    services: Services, *, ids: Sequence[str] = (), subject_descriptors: Sequence[str] = ()
) -> Iterator[Identity]:
    """Read identities by storage keys, by descriptors, or both. Those that do not exist are left out.

    Raises :class:`client.errors.ServiceError`.
    """
    for parameter, wanted in (("identityIds", ids), ("subjectDescriptors", subject_descriptors)):
        for begin in range(0, len(wanted), _AT_ONCE):
            query = {parameter: ",".join(wanted[begin : begin + _AT_ONCE])}
            found = services.graph.get(_Identities, _IDENTITIES, query).value
            yield from (identity for identity in found if identity is not None)
