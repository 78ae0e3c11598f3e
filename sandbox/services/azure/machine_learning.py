"""Microsoft.MachineLearningServices, as azurerm shows it."""

from __future__ import annotations

import re
import uuid
from typing import Any, Literal

from sandbox.cloud.request import BAD_REQUEST, CONFLICT, Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.services.azure.arm_resource import SoftDelete
from sandbox.services.azure.authorization import assign, assignments
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.azure.storage import StorageAccount, prepare_for_workspace
from sandbox.services.resource_type import Arguments, Attributes
from sandbox.services.rules import ProviderRules, Unchangeable, Value, values_at

_NEEDED_BEFORE = (
    ("storage_account_id", "Contributor"),
    ("storage_account_id", "Storage Blob Data Contributor"),
    ("key_vault_id", "Contributor"),
    ("key_vault_id", "Key Vault Administrator"),
    ("container_registry_id", "Contributor"),
    ("application_insights_id", "Contributor"),
)
"""What a user-assigned identity of a workspace must have, by the argument that names the scope."""


REQUIRED_RULE = "__SYS_PE_"
"""How the names of the outbound rules begin that Azure makes."""


class MachineLearningWorkspace(AzureResource, type_name="azurerm_machine_learning_workspace"):
    """An Azure Machine Learning workspace. Deleted, it can be recovered, and keeps its name in its group."""

    soft_delete = SoftDelete(
        says=f"{CONFLICT} Conflict: Soft-deleted workspace exists. Please purge or recover it: {{id}}",
        purge="machine_learning.purge_soft_deleted_workspace_on_destroy",
        purges_by_default=False,
    )
    rules = ProviderRules(
        computed_blocks=("managed_network",),
        force_new=(
            "name",
            "location",
            "resource_group_name",
            "application_insights_id",
            "container_registry_id",
            "encryption",
            "high_business_impact",
            "key_vault_id",
            "managed_network.provision_on_creation_enabled",
            "service_side_encryption_enabled",
            "storage_account_id",
        ),
        defaults={
            "kind": "Default",
            "managed_network": {"provision_on_creation_enabled": False},
            "public_network_access_enabled": True,
            "sku_name": "Basic",
            "storage_account_access_type": "AccessKey",
        },
        values={
            "name": Value(
                pattern=r"^[a-zA-Z0-9][\w-]{2,32}$",
                says="must be between 3 and 33 characters, and may only include alphanumeric characters and '-'",
            ),
            "managed_network.isolation_mode": Value(
                one_of=("AllowInternetOutbound", "AllowOnlyApprovedOutbound", "Disabled")
            ),
            "storage_account_access_type": Value(one_of=("AccessKey", "Identity", "UserDelegationSAS")),
        },
    )
    unchangeable = (
        Unchangeable(
            argument="managed_network.isolation_mode",
            says=(
                "unexpected status 400 (400 Bad Request) with error: ValidationError: Cannot "
                "disable the managed network of a workspace once it is enabled."
            ),
            before=("AllowInternetOutbound", "AllowOnlyApprovedOutbound"),
            after=("Disabled", None),
        ),
    )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return its own id, and where to ask about it."""
        return {
            "workspace_id": str(uuid.uuid4()),
            "discovery_url": f"https://{arguments['location']}.api.azureml.ms/discovery",
        }

    def stored(self, attributes: Attributes) -> Attributes:
        """Say that there is no managed network, of a workspace that was made without one.

        What Azure answers there has not been seen on a live tenant: it may also be nothing.
        """
        none = [{"isolation_mode": "Disabled", "provision_on_creation_enabled": False}]
        return super().stored({**attributes, "managed_network": attributes["managed_network"] or none})

    def minutes(self, request: Request, action: Literal["create", "delete"], attributes: Arguments) -> int:
        """Return 60 for deleting a managed network, which outlasts the provider's own patience (azapi#731)."""
        mode = next(values_at(attributes, "managed_network.isolation_mode"), None)
        return 60 if action == "delete" and mode not in (None, "", "Disabled") else 0

    def check_new(self, request: Request, resource_id: str, arguments: Arguments) -> None:
        """Refuse a user-assigned identity without its roles: Azure makes the default datastores with the workspace.

        Azure gives such an identity nothing ("How to set up authentication between Azure Machine Learning and other
        services": "Managed by you", with a table of roles). Without them the real one may also appear, lacking its
        datastores for good.
        """
        super().check_new(request, resource_id, arguments)
        identity = arguments["identity"][0]
        if "SystemAssigned" in identity["type"]:
            return
        for argument, role in _NEEDED_BEFORE:
            scope = arguments.get(argument)
            if isinstance(scope, str) and not any(
                any(assignments(request.cloud, principal, scope, role))
                for principal in _principals(request, identity)
            ):
                raise ServiceError(
                    f"{BAD_REQUEST} ValidationError: The user-assigned identity of the workspace needs the role "
                    f"{role} on {scope}.",
                    "identity",
                )

    def after_create(self, request: Request, resource: Resource) -> None:
        """Prepare the storage account, and give a system-assigned identity its roles."""
        account = request.cloud.find(resource.attributes["storage_account_id"], StorageAccount.name)
        if account:
            prepare_for_workspace(request, account, resource.attributes["workspace_id"])
        if resource.attributes["identity"][0]["principal_id"]:
            _assign_roles(request, resource)


class BlobDatastore(AzureResource, type_name="azurerm_machine_learning_datastore_blobstorage"):
    """A datastore of a workspace: a container by another name."""

    rules = ProviderRules(
        force_new=("name", "workspace_id", "storage_container_id", "description", "tags"),
        defaults={"is_default": False, "service_data_auth_identity": "None"},
        values={
            "service_data_auth_identity": Value(
                one_of=("None", "WorkspaceSystemAssignedIdentity", "WorkspaceUserAssignedIdentity")
            )
        },
    )


class FqdnOutboundRule(
    AzureResource, type_name="azurerm_machine_learning_workspace_network_outbound_rule_fqdn"
):
    """A host that compute may reach."""

    rules = ProviderRules(force_new=("name", "workspace_id"))

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a name, and to approve a host in a workspace whose network does not ask for approval."""
        super().check(request, arguments)
        _check_rule_name(arguments)
        workspace = find_workspace(request, arguments["workspace_id"])
        mode, needed = isolation_mode(workspace) if workspace else None, "AllowOnlyApprovedOutbound"
        if mode != needed:
            raise ServiceError(
                f"{BAD_REQUEST} ValidationError: An outbound rule of this type needs a workspace whose managed network "
                f"has the isolation mode {needed}, not {mode or 'Disabled'}.",
                "workspace_id",
            )


def _principals(request: Request, identity: Arguments) -> list[str]:
    """Return the principals of the user-assigned identities of a resource."""
    found = [request.cloud.find(item, "azurerm_user_assigned_identity") for item in identity["identity_ids"]]
    return [item.attributes["principal_id"] for item in found if item]


def _assign_roles(request: Request, workspace: Resource) -> None:
    """Give a system-assigned identity its roles.

    Workspaces made after 19 November 2024 are Azure AI Administrator of their resource group ("Manage access to Azure
    Machine Learning workspaces"), where earlier ones were Contributor. They read and write the data of their storage
    account where that is reached by identity ("Disable shared key access"), and everything in their key vault; they are
    Contributor of their container registry and of themselves ("Enterprise security and governance").
    """
    given = workspace.attributes
    principal = given["identity"][0]["principal_id"]
    assign(request, principal, workspace.id.partition("/providers/")[0], "Azure AI Administrator")
    for scope in filter(None, (workspace.id, given["container_registry_id"])):
        assign(request, principal, scope, "Contributor")
    if given["storage_account_access_type"] == "Identity":
        assign(request, principal, given["storage_account_id"], "Storage Blob Data Contributor")
    vault = request.cloud.find(given["key_vault_id"], "azurerm_key_vault")
    if vault and vault.attributes["rbac_authorization_enabled"]:
        assign(request, principal, vault.id, "Key Vault Administrator")


class PrivateEndpointOutboundRule(
    AzureResource, type_name="azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint"
):
    """A private endpoint from the managed network to a part of a resource."""

    rules = ProviderRules(
        force_new=("name", "workspace_id", "service_resource_id", "sub_resource_target", "spark_enabled"),
        defaults={"spark_enabled": False},
        values={
            "sub_resource_target": Value(
                one_of=("vault", "amlworkspace", "blob", "table", "queue", "file", "web", "dfs", "redisCache")
            )
        },
    )

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a name, and a rule in a workspace without a managed network."""
        super().check(request, arguments)
        _check_rule_name(arguments)
        workspace = find_workspace(request, arguments["workspace_id"])
        if workspace is None or isolation_mode(workspace) in (None, "", "Disabled"):
            raise ServiceError(
                f"{BAD_REQUEST} ValidationError: An outbound rule needs a workspace with a managed network.",
                "workspace_id",
            )


def _check_rule_name(arguments: Arguments) -> None:
    """Refuse the name of a rule that Azure does not take ("Managed Network Settings Rule - Create Or Update")."""
    name = arguments["name"]
    if not name.startswith(REQUIRED_RULE) and not re.fullmatch("[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}", name):
        raise ServiceError(
            f"{BAD_REQUEST} ValidationError: The name of an outbound rule has 3 to 33 letters, digits, hyphens and "
            f"underscores, and starts with a letter or digit: {name}.",
            "name",
        )


def find_workspace(request: Request, workspace_id: str) -> Resource | None:
    """Return the workspace with this id, or None."""
    return request.cloud.find(workspace_id, MachineLearningWorkspace.name)


def isolation_mode(workspace: Resource) -> Any:
    """Return what the managed network of a workspace lets out; ``Disabled`` or nothing where it has none."""
    return next(values_at(workspace.attributes, "managed_network.isolation_mode"), None)
