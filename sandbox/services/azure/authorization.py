"""Microsoft.Authorization: roles, locks, policies."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from dataclasses import replace

from sandbox.cloud.request import BAD_REQUEST, CONFLICT, Request, ServiceError
from sandbox.cloud.store import Cloud, Resource
from sandbox.services.azure import arm
from sandbox.services.azure.azure_resource import AzureDataSource, AzureResource
from sandbox.services.azure.roles import built_in_roles, role_definition_id, role_name
from sandbox.services.resource_type import Arguments, Attributes, declared
from sandbox.services.rules import ProviderRules, Value, values_at

DEPLOYER = "d0d0d0d0-0000-4000-8000-000000000001"
"""Object id, and client id, of whoever runs Terraform here."""


class ClientConfig(AzureDataSource, type_name="azurerm_client_config"):
    """Who is signed in: nothing that is looked up in the cloud."""

    def look_up(self, request: Request, given: Arguments) -> Attributes:
        """Return the ids of the provider's configuration, and one id for whoever runs it."""
        tenant, subscription = request.account.tenant_id, request.account.subscription_id
        who = f"clientId={DEPLOYER};objectId={DEPLOYER};subscriptionId={subscription};tenantId={tenant}"
        return {
            **dict.fromkeys(self.block.attributes),
            "client_id": DEPLOYER,
            "object_id": DEPLOYER,
            "subscription_id": subscription,
            "tenant_id": tenant,
            # As azurerm 4.81.0 makes it: internal/services/authorization/client_config_data_source.go.
            "id": base64.b64encode(f"clientConfigs/{who}".encode()).decode(),
        }


class RoleDefinition(AzureResource, type_name="azurerm_role_definition"):
    """A role of one's own."""

    rules = ProviderRules(force_new=("role_definition_id", "scope"))

    def chosen(self, request: Request, arguments: Arguments) -> Arguments:
        """Return a new GUID as its id."""
        return {} if "role_definition_id" in arguments else {"role_definition_id": str(uuid.uuid4())}

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the role; ServiceError without the scope behind a bar.

        azurerm 4.81.0, ``authorization/parse/role_definition.go``.
        """
        resource_id, bar, scope = text.partition("|")
        if not bar or "|" in scope or "/roleDefinitions/" not in resource_id:
            raise ServiceError(f'could not parse Role Definition ID, invalid format "{text}"')
        if not scope.startswith(("/subscriptions/", "/providers/Microsoft.Management/managementGroups/")):
            raise ServiceError(f'failed to parse scope from Role Definition ID "{text}"')
        return self.read(request, resource_id)

    def import_id(self, resource: Resource) -> str:
        """Return the id with the scope behind it."""
        return f"{resource.id}|{resource.attributes['scope']}"

    def existing(self, request: Request, arguments: Arguments) -> Resource | None:
        """Return the role of this name on this scope: its id may be a random GUID."""
        wanted = {name: arguments.get(name) for name in ("name", "scope")}
        return next(
            (
                role
                for role in arm.existing(request.cloud, self.name)
                if None not in wanted.values() and wanted.items() <= role.attributes.items()
            ),
            None,
        )

    def check_new(self, request: Request, resource_id: str, arguments: Arguments) -> None:
        """Refuse a name that another role of the tenant has."""
        super().check_new(request, resource_id, arguments)
        names = [*built_in_roles(), *(other.name for other in arm.existing(request.cloud, self.name))]
        if arguments["name"].lower() in map(str.lower, names):
            raise ServiceError(
                f"{CONFLICT} RoleDefinitionWithSameNameExists: A custom role with the same name already exists in this "
                "directory. Use a different name",
                "name",
            )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return the id that assignments name it by, and where it can be assigned."""
        subscription = "/".join(arguments["scope"].split("/")[:3])
        guid = arguments["role_definition_id"]
        return {
            "role_definition_resource_id": f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{guid}",
            "assignable_scopes": [arguments["scope"]],
        }

    def check_deletion(self, request: Request, resource: Resource) -> None:
        """Refuse to delete a role that somebody has."""
        super().check_deletion(request, resource)
        own = resource.attributes["role_definition_resource_id"].lower()
        for other in arm.existing(request.cloud, RoleAssignment.name):
            if other.attributes["role_definition_id"].lower() == own:
                raise ServiceError(
                    f"{BAD_REQUEST} RoleDefinitionHasAssignments: There are existing role assignments referencing role "
                    f"(code: {resource.attributes['role_definition_id']})."
                )


class RoleAssignment(AzureResource, type_name="azurerm_role_assignment"):
    """A role of a principal on a scope."""

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

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the assignment; ServiceError for an id that leads to none.

        The tenant may stand behind a bar (azurerm 4.81.0, ``authorization/parse/role_assignment.go``).
        """
        resource_id = text.partition("|")[0]
        if not resource_id.startswith(("/subscriptions/", "/providers/")):
            raise ServiceError(f'could not parse Role Assignment ID "{text}"')
        if not resource_id.partition("/roleAssignments/")[2]:
            raise ServiceError("ID was missing a value for the roleAssignments element")
        return self.read(request, resource_id)

    def existing(self, request: Request, arguments: Arguments) -> Resource | None:
        """Return the assignment of this role to this principal on this scope: its name may be a random GUID."""
        scope, principal = arguments.get("scope"), arguments.get("principal_id")
        if not isinstance(scope, str) or not isinstance(principal, str):
            return None
        return next(assignments(request.cloud, principal, scope, _role(request, arguments)), None)

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
        role = _role(request, arguments)
        if not role:
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
        for other in assignments(request.cloud, principal, arguments["scope"], role):
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
            "role_definition_name": _role(request, arguments) if isinstance(definition, str) else None,
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


def _role(request: Request, arguments: Arguments) -> str:
    """Return the name of the role that is meant, or nothing if there is no such role."""
    name, definition = arguments.get("role_definition_name"), str(arguments.get("role_definition_id"))
    if isinstance(name, str):
        return name
    own = (
        role.name
        for role in arm.existing(request.cloud, RoleDefinition.name)
        if role.attributes["role_definition_resource_id"].lower() == definition.lower()
    )
    return role_name(definition) or next(own, "")


def _principals(cloud: Cloud) -> Iterator[str]:
    yield DEPLOYER
    for resource in arm.existing(cloud):
        yield from filter(None, values_at(resource.attributes, "identity.principal_id"))
        if resource.type == "azurerm_user_assigned_identity":
            yield resource.attributes["principal_id"]


class ManagementLock(AzureResource, type_name="azurerm_management_lock"):
    """A lock on a scope and everything in it."""

    rules = ProviderRules(
        force_new=("name", "scope", "lock_level", "notes"),
        values={"lock_level": Value(one_of=("CanNotDelete", "ReadOnly"))},
    )


class ResourceGroupPolicyAssignment(AzureResource, type_name="azurerm_resource_group_policy_assignment"):
    """A policy that holds in a resource group."""

    rules = ProviderRules(
        force_new=("name", "resource_group_id", "policy_definition_id"), defaults={"enforce": True}
    )
