"""Microsoft.MachineLearningServices, as azurerm shows it."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.cloud.request import BAD_REQUEST, CONFLICT, Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.services.azure.arm_resource import SoftDelete
from sandbox.services.azure.authorization import assign, assignments
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.resource_type import Arguments
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


class MachineLearningWorkspace(AzureResource, type_name="azurerm_machine_learning_workspace"):
    """An Azure Machine Learning workspace. Deleted, it can be recovered, and keeps its name in its group."""

    arm_id = "{group}/providers/Microsoft.MachineLearningServices/workspaces/{name}"
    soft_delete = SoftDelete(
        says=f"{CONFLICT} Conflict: Soft-deleted workspace exists. Please purge or recover it: {{id}}",
        purge="machine_learning.purge_soft_deleted_workspace_on_destroy",
        purges_by_default=False,
    )
    rules = ProviderRules(
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
        """Give a system-assigned identity its roles.

        Workspaces made after 19 November 2024 are Azure AI Administrator of their resource group ("Manage access to
        Azure Machine Learning workspaces"), where earlier ones were Contributor. They read and write the data of their
        storage account where that is reached by identity ("Disable shared key access"), and everything in their key
        vault ("Enterprise security and governance").
        """
        given = resource.attributes
        principal = given["identity"][0]["principal_id"]
        if not principal:
            return
        assign(request, principal, resource.id.partition("/providers/")[0], "Azure AI Administrator")
        if given["storage_account_access_type"] == "Identity":
            assign(request, principal, given["storage_account_id"], "Storage Blob Data Contributor")
        vault = request.cloud.find(given["key_vault_id"], "azurerm_key_vault")
        if vault and vault.attributes["rbac_authorization_enabled"]:
            assign(request, principal, vault.id, "Key Vault Administrator")


class ComputeCluster(AzureResource, type_name="azurerm_machine_learning_compute_cluster"):
    """A compute cluster of a workspace."""

    arm_id = "{machine_learning_workspace_id}/computes/{name}"
    upper_case = ("vm_size",)
    rules = ProviderRules(
        force_new=(
            "local_auth_enabled",
            "location",
            "machine_learning_workspace_id",
            "name",
            "node_public_ip_enabled",
            "ssh",
            "ssh_public_access_enabled",
            "subnet_resource_id",
            "vm_priority",
            "vm_size",
        ),
        defaults={
            "local_auth_enabled": True,
            "node_public_ip_enabled": True,
            "ssh_public_access_enabled": False,
        },
        values={
            "name": Value(
                pattern="^[a-zA-Z][a-zA-Z0-9-]{1,30}[a-zA-Z0-9]$",
                says=(
                    "must be between 3 and 32 characters, may only include alphanumeric characters "
                    "and '-' and must start with a letter, end with a letter or digit"
                ),
            ),
            "scale_settings.scale_down_nodes_after_idle_duration": Value(
                pattern=r"^P(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$", says="must be an ISO 8601 duration"
            ),
            "vm_priority": Value(one_of=("Dedicated", "LowPriority")),
        },
    )

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse another location than the workspace's, a network that does not fit it, and too few nodes."""
        super().check(request, arguments)
        workspace = _workspace(request, arguments["machine_learning_workspace_id"])
        if workspace is None:
            return
        if workspace.attributes["location"] != arguments["location"]:
            raise ServiceError(
                f"{BAD_REQUEST} UserError: The location of the compute ({arguments['location']}) is not the "
                f"workspace's ({workspace.attributes['location']}).",
                "location",
            )
        isolated = _isolation_mode(workspace) not in (None, "", "Disabled")
        has_subnet = bool(arguments.get("subnet_resource_id"))
        if isolated and has_subnet:
            raise ServiceError(
                f"{BAD_REQUEST} UserError: A compute of a workspace with a managed network cannot be in a subnet.",
                "subnet_resource_id",
            )
        if arguments.get("node_public_ip_enabled") is False and not isolated and not has_subnet:
            raise ServiceError(
                f"{BAD_REQUEST} UserError: Nodes without a public IP need a subnet or a workspace with a managed "
                "network.",
                "node_public_ip_enabled",
            )
        scale = arguments["scale_settings"][0]
        if scale["min_node_count"] > scale["max_node_count"]:
            raise ServiceError(
                f"{BAD_REQUEST} UserError: minNodeCount is above maxNodeCount.", "scale_settings"
            )


class BlobDatastore(AzureResource, type_name="azurerm_machine_learning_datastore_blobstorage"):
    """A datastore of a workspace: a container by another name."""

    arm_id = "{workspace_id}/dataStores/{name}"
    rules = ProviderRules(
        force_new=("name", "workspace_id", "storage_container_id", "tags"),
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

    arm_id = "{workspace_id}/outboundRules/{name}"
    rules = ProviderRules(force_new=("name", "workspace_id"))

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse to approve a host in a workspace whose network does not ask for approval."""
        super().check(request, arguments)
        workspace = _workspace(request, arguments["workspace_id"])
        mode, needed = _isolation_mode(workspace) if workspace else None, "AllowOnlyApprovedOutbound"
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


def _workspace(request: Request, workspace_id: str) -> Resource | None:
    return request.cloud.find(workspace_id, MachineLearningWorkspace.name)


def _isolation_mode(workspace: Resource) -> Any:
    return next(values_at(workspace.attributes, "managed_network.isolation_mode"), None)
