"""What can be asked of Azure Resource Manager. Everything here reads.

The pages of documentation that are named lie below https://learn.microsoft.com/rest/api/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from client.calls import Call
from client.errors import NotFoundError
from client.services import Services

_READER = "the role Reader there"
_AUTHORIZATION = "2022-04-01"
_KEY_VAULT = "2023-07-01"
_MACHINE_LEARNING, _ML_VERSION = "Microsoft.MachineLearningServices", "2025-06-01"

T = TypeVar("T")


@dataclass(frozen=True)
class Resource:
    """Any resource of Azure. What ``properties`` holds is said by the documentation of its type."""

    id: str
    name: str
    type: str = ""
    location: str = ""
    kind: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    sku: Mapping[str, object] = field(default_factory=dict)
    identity: Mapping[str, object] = field(default_factory=dict)
    properties: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class RoleAssignmentProperties:
    """What a role assignment says."""

    principal_id: str
    role_definition_id: str
    scope: str
    principal_type: str = ""
    """``User``, ``Group``, ``ServicePrincipal``."""
    condition: str = ""


@dataclass(frozen=True)
class RoleAssignment:
    """Somebody, or a group, has a role."""

    id: str
    name: str
    properties: RoleAssignmentProperties


@dataclass(frozen=True)
class RolePermission:
    """What a role allows, with ``*`` for anything."""

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()


@dataclass(frozen=True)
class RoleDefinitionProperties:
    """What a role is."""

    role_name: str
    type: str = ""
    """``BuiltInRole`` or ``CustomRole``."""
    description: str = ""
    assignable_scopes: tuple[str, ...] = ()
    permissions: tuple[RolePermission, ...] = ()


@dataclass(frozen=True)
class RoleDefinition:
    """A role."""

    id: str
    name: str
    """A GUID. People know ``properties.role_name``."""
    properties: RoleDefinitionProperties


@dataclass(frozen=True)
class ResourceProvider:
    """A namespace of types, and whether the subscription may use it."""

    namespace: str
    registration_state: str
    """``Registered``, ``NotRegistered``, ``Registering``, ``Unregistering``."""


@dataclass(frozen=True)
class NameAvailability:
    """Whether a name that is global in Azure is free."""

    name_available: bool
    reason: str = ""
    """``AlreadyExists``, ``AccountNameInvalid`` and others."""
    message: str = ""


@dataclass(frozen=True)
class UsageName:
    """What is counted: ``value`` for programs, ``localized_value`` for people."""

    value: str
    localized_value: str = ""


@dataclass(frozen=True)
class Usage:
    """How much of something is used, and how much may be."""

    name: UsageName
    limit: int
    """-1 where there is no limit."""
    current_value: int = 0
    unit: str = ""


@dataclass(frozen=True)
class Quota:
    """How much of Azure Machine Learning's quota a subscription, or one workspace of it, may use."""

    id: str
    """Has ``/workspaces/<name>/`` in it where it is one workspace's."""
    name: UsageName
    limit: int
    """-1 where there is no limit."""
    type: str = ""
    unit: str = ""


GLOBAL_NAMES = {
    "Microsoft.Storage/storageAccounts": "2023-05-01",
    "Microsoft.KeyVault/vaults": _KEY_VAULT,
    "Microsoft.ContainerRegistry/registries": "2023-07-01",
}
"""The types whose names :func:`name_availability` asks for, each with the version of that call."""


def get(services: Services, resource_id: str, api_version: str) -> Resource:
    """Read a resource. Raises :class:`client.errors.NotFoundError` where there is none.

    Each type has versions of its own: the page of the type lists them.
    """
    return services.azure.get(Resource, Call("{arm_id}", api_version, _READER), arm_id=resource_id)


def exists(services: Services, resource_id: str, api_version: str) -> bool:
    """Tell whether there is a resource that this identity may see. Raises :class:`client.errors.ServiceError`."""
    try:
        get(services, resource_id, api_version)
    except NotFoundError:
        return False
    return True


def resources(
    services: Services, path: str, api_version: str, filter: str | None = None
) -> Iterator[Resource]:
    """List what a path lists, such as ``/subscriptions/<id>/resourceGroups`` or a type below a resource group.

    Raises :class:`client.errors.ServiceError`.
    """
    return services.azure.listed(
        Resource, Call("{arm_id}", api_version, _READER), {"$filter": filter}, arm_id=path
    )


def role_assignments(
    services: Services, scope: str, *, principal_id: str | None = None, assigned_to: str | None = None
) -> Iterator[RoleAssignment]:
    """List the roles that hold at a scope, inherited ones included.

    With ``principal_id`` those of one principal at the scope and below it; with ``assigned_to`` those that a principal
    has at the scope, also by the groups that it is in. Documentation: authorization/role-assignments/list-for-scope.
    Raises :class:`client.errors.ServiceError`.
    """
    call = Call("{arm_id}/providers/Microsoft.Authorization/roleAssignments", _AUTHORIZATION, _READER)
    wanted = "atScope()"
    if principal_id is not None:
        wanted = f"principalId eq '{principal_id}'"
    elif assigned_to is not None:
        wanted = f"atScope() and assignedTo('{assigned_to}')"
    return services.azure.listed(RoleAssignment, call, {"$filter": wanted}, arm_id=scope)


def role_definitions(
    services: Services, scope: str, role_name: str | None = None
) -> Iterator[RoleDefinition]:
    """List the roles that can be assigned at a scope, or those of a name.

    Documentation: authorization/role-definitions/list. Raises :class:`client.errors.ServiceError`.
    """
    call = Call("{arm_id}/providers/Microsoft.Authorization/roleDefinitions", _AUTHORIZATION, _READER)
    wanted = None if role_name is None else f"roleName eq '{role_name}'"
    return services.azure.listed(RoleDefinition, call, {"$filter": wanted}, arm_id=scope)


def permissions(services: Services, scope: str) -> Iterator[RolePermission]:
    """List what the identity that asks may do at a scope, by all of its roles, those of its groups included.

    Documentation: authorization/permissions/list-for-resource-group. Of a subscription it names no call; the portal
    makes the same one. Raises :class:`client.errors.ServiceError`.
    """
    call = Call("{arm_id}/providers/Microsoft.Authorization/permissions", _AUTHORIZATION, _READER)
    return services.azure.listed(RolePermission, call, arm_id=scope)


def resource_provider(services: Services, subscription_id: str, namespace: str) -> ResourceProvider:
    """Read whether a subscription may use a namespace. Documentation: resources/providers/get.

    Raises :class:`client.errors.ServiceError`.
    """
    call = Call("subscriptions/{subscription_id}/providers/{namespace}", "2021-04-01", _READER)
    return services.azure.get(ResourceProvider, call, subscription_id=subscription_id, namespace=namespace)


def deleted_vaults(services: Services, subscription_id: str) -> Iterator[Resource]:
    """List the key vaults that are deleted, but keep their names until they are purged.

    ``properties`` has ``vaultId``, ``location``, ``deletionDate``, ``scheduledPurgeDate`` and
    ``purgeProtectionEnabled``. Documentation: keyvault/keyvault/vaults/list-deleted. Raises
    :class:`client.errors.ServiceError`.
    """
    path = f"/subscriptions/{subscription_id}/providers/Microsoft.KeyVault/deletedVaults"
    return resources(services, path, _KEY_VAULT)


def deleted_log_analytics_workspaces(services: Services, subscription_id: str) -> Iterator[Resource]:
    """List the Log Analytics workspaces that are deleted, but keep their names for fourteen days.

    There is no documented call for deleted workspaces of Azure Machine Learning: the portal shows them under "Recently
    deleted". Documentation: loganalytics/deleted-workspaces/list. Raises :class:`client.errors.ServiceError`.
    """
    path = f"/subscriptions/{subscription_id}/providers/Microsoft.OperationalInsights/deletedWorkspaces"
    return resources(services, path, "2023-09-01")


def name_availability(
    services: Services, subscription_id: str, resource_type: str, name: str
) -> NameAvailability:
    """Ask whether a global name is free for a storage account, key vault or container registry.

    A POST that changes nothing. Documentation: check-name-availability of storagerp/storage-accounts,
    keyvault/keyvault/vaults and containerregistry/registries. Raises :class:`client.errors.ServiceError`; KeyError for
    another type.
    """
    namespace = resource_type.split("/")[0]
    call = Call(
        f"subscriptions/{{subscription_id}}/providers/{namespace}/checkNameAvailability",
        GLOBAL_NAMES[resource_type],
        _READER,
    )
    body = {"name": name, "type": resource_type}
    return services.azure.post(NameAvailability, call, body, subscription_id=subscription_id)


def compute_usages(services: Services, subscription_id: str, location: str) -> Iterator[Usage]:
    """List how many cores of each family are used, and may be, in a region. Documentation: compute/usage/list.

    Raises :class:`client.errors.ServiceError`.
    """
    return _of_region(services, Usage, "Microsoft.Compute", "usages", "2024-07-01", subscription_id, location)


def machine_learning_usages(services: Services, subscription_id: str, location: str) -> Iterator[Usage]:
    """List the same for Azure Machine Learning, which has a quota of its own. Documentation: azureml/usages/list.

    Raises :class:`client.errors.ServiceError`.
    """
    return _of_region(services, Usage, _MACHINE_LEARNING, "usages", _ML_VERSION, subscription_id, location)


def machine_learning_quotas(services: Services, subscription_id: str, location: str) -> Iterator[Quota]:
    """List how that quota is divided among workspaces. Documentation: azureml/quotas/list.

    Raises :class:`client.errors.ServiceError`.
    """
    return _of_region(services, Quota, _MACHINE_LEARNING, "quotas", _ML_VERSION, subscription_id, location)


def _of_region(
    services: Services,
    kind: type[T],
    namespace: str,
    what: str,
    version: str,
    subscription_id: str,
    location: str,
) -> Iterator[T]:
    path = f"subscriptions/{{subscription_id}}/providers/{namespace}/locations/{{location}}/{what}"
    call = Call(path, version, _READER)
    return services.azure.listed(kind, call, subscription_id=subscription_id, location=location)
