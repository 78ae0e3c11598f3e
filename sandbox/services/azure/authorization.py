"""Microsoft.Authorization: roles, locks, policies."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

from sandbox.cloud.request import BAD_REQUEST, CONFLICT, Request, ServiceError
from sandbox.cloud.store import Cloud, Resource
from sandbox.services.azure import arm
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.azure.roles import built_in_roles, role_definition_id, role_name
from sandbox.services.resource_type import Arguments, declared
from sandbox.services.rules import ProviderRules, Value, values_at


class RoleAssignment(AzureResource, type_name="azurerm_role_assignment"):
    """A role of a principal on a scope."""

    arm_id = "{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
    unchecked = ("role_definition_id", "condition")
    rules = ProviderRules(
        force_new=(
            "name",
            "scope",
            "role_definition_id",
            "role_definition_name",
            "principal_id",
            "principal_type",
            "delegated_managed_identity_resource_id",
        ),
        values={"principal_type": Value(one_of=("User", "Group", "ServicePrincipal"))},
        exactly_one_of=(("role_definition_id", "role_definition_name"),),
    )

    def chosen(self, request: Request, arguments: Arguments) -> Arguments:
        """Return a new GUID as its name."""
        return {} if "name" in arguments else {"name": str(uuid.uuid4())}

    def provider_check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a role that no definition has the name of."""
        role = arguments.get("role_definition_name")
        if isinstance(role, str) and role not in built_in_roles():
            raise ServiceError(
                f"listing role definitions: could not find role `{role}`", "role_definition_name"
            )

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a principal that the directory does not know, and an assignment that is there by another name."""
        super().check(request, arguments)
        if not _role(arguments):
            raise ServiceError(
                f"{BAD_REQUEST} RoleDefinitionDoesNotExist: The specified role definition with ID "
                f"'{arguments['role_definition_id'].rpartition('/')[2]}' does not exist.",
                "role_definition_id",
            )
        principal = arguments["principal_id"]
        # With a type given, Azure does not wait until the directory knows the principal.
        trusted = (
            isinstance(arguments.get("principal_type"), str)
            or arguments.get("skip_service_principal_aad_check") is True
        )
        if not trusted and principal not in _principals(request.cloud):
            raise ServiceError(
                f"{BAD_REQUEST} PrincipalNotFound: Principal {principal} does not exist in the directory "
                f"{request.account.tenant_id}. Check that you have the correct principal ID.",
                "principal_id",
            )
        for other in assignments(request.cloud, principal, arguments["scope"], _role(arguments)):
            if other.attributes["name"] != arguments["name"]:
                raise ServiceError(
                    f"{CONFLICT} RoleAssignmentExists: The role assignment already exists: {other.id}"
                )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return the role by its other name, and the type of the principal."""
        name, definition = arguments.get("role_definition_name"), arguments.get("role_definition_id")
        subscription = request.account.subscription_id
        return {
            "role_definition_id": role_definition_id(subscription, name) if isinstance(name, str) else None,
            "role_definition_name": role_name(definition) if isinstance(definition, str) else None,
            "principal_type": "ServicePrincipal",
        }


def assignments(cloud: Cloud, principal_id: str, scope: str, role: str) -> Iterator[Resource]:
    """Yield the assignments of a role (its name) to a principal on this very scope."""
    for other in arm.existing(cloud, RoleAssignment.name):
        given = other.attributes
        if (given["principal_id"], given["scope"].lower(), given["role_definition_name"]) == (
            principal_id,
            scope.lower(),
            role,
        ):
            yield other


def assign(request: Request, principal_id: str, scope: str, role: str) -> None:
    """Assign a role (its name) to the identity of a resource, as a service does by itself."""
    grant = replace(request, type=RoleAssignment.name)
    declared[RoleAssignment.name].create(
        grant,
        {
            "scope": scope,
            "role_definition_name": role,
            "principal_id": principal_id,
            "principal_type": "ServicePrincipal",
        },
    )


def _role(arguments: Arguments) -> str:
    name, definition = arguments.get("role_definition_name"), arguments.get("role_definition_id")
    return name if isinstance(name, str) else role_name(str(definition))


def _principals(cloud: Cloud) -> Iterator[str]:
    for resource in arm.existing(cloud):
        yield from filter(None, values_at(resource.attributes, "identity.principal_id"))
        if resource.type == "azurerm_user_assigned_identity":
            yield resource.attributes["principal_id"]


class ManagementLock(AzureResource, type_name="azurerm_management_lock"):
    """A lock on a scope and everything in it."""

    arm_id = "{scope}/providers/Microsoft.Authorization/locks/{name}"
    rules = ProviderRules(
        force_new=("name", "scope", "lock_level", "notes"),
        values={"lock_level": Value(one_of=("CanNotDelete", "ReadOnly"))},
    )


class ResourceGroupPolicyAssignment(AzureResource, type_name="azurerm_resource_group_policy_assignment"):
    """A policy that holds in a resource group."""

    arm_id = "{resource_group_id}/providers/Microsoft.Authorization/policyAssignments/{name}"
    rules = ProviderRules(
        force_new=("name", "resource_group_id", "policy_definition_id"), defaults={"enforce": True}
    )
