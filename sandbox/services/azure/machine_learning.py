"""Microsoft.MachineLearningServices, as azurerm shows it."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from sandbox.cloud.request import BAD_REQUEST, CONFLICT, Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.services.azure.arm_resource import SoftDelete
from sandbox.services.azure.authorization import assign, assignments
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.azure.storage import StorageAccount, prepare_for_workspace
from sandbox.services.resource_type import Arguments, Attributes, declared
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
# How the names of the rules begin that Azure makes.
_REQUIRED = "__SYS_PE_"
# What compute in a managed network reaches by endpoints that Azure makes.
_REACHED = {
    "storage_account_id": ("blob", "file"),
    "key_vault_id": ("vault",),
    "container_registry_id": ("registry",),
}


class MachineLearningWorkspace(AzureResource, type_name="azurerm_machine_learning_workspace"):
    """An Azure Machine Learning workspace. Deleted, it can be recovered, and keeps its name in its group."""

    arm_id = "{group}/providers/Microsoft.MachineLearningServices/workspaces/{name}"
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


class ComputeCluster(AzureResource, type_name="azurerm_machine_learning_compute_cluster"):
    """A compute cluster of a workspace."""

    arm_id = "{machine_learning_workspace_id}/computes/{name}"
    lies_in = MachineLearningWorkspace.arm_id
    upper_case = ("vm_size",)
    rules = ProviderRules(
        force_new=(
            "description",
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

    def minutes(self, request: Request, action: Literal["create", "delete"], attributes: Arguments) -> int:
        """Return 40 for the first compute in a managed network, which makes the network and perhaps its firewall."""
        workspace = _workspace(request, attributes["machine_learning_workspace_id"])
        isolated = workspace is not None and _isolation_mode(workspace) not in (None, "", "Disabled")
        there = request.cloud.resources(PrivateEndpointOutboundRule.name)
        made = any(
            rule.name.startswith(_REQUIRED) for rule in there if workspace and _within(rule, workspace)
        )
        return 40 if action == "create" and isolated and not made else 0

    def after_create(self, request: Request, resource: Resource) -> None:
        """Make the managed network, with the endpoints that the workspace needs itself.

        They come with the first compute, as required outbound rules ("Workspace managed virtual network isolation").
        """
        workspace = _workspace(request, resource.attributes["machine_learning_workspace_id"])
        if workspace is None or _isolation_mode(workspace) in (None, "", "Disabled"):
            return
        rule = declared[PrivateEndpointOutboundRule.name]
        for argument, parts in _REACHED.items():
            for part in parts if workspace.attributes[argument] else ():
                target = workspace.attributes[argument]
                wanted = {
                    "name": f"{_REQUIRED}{target.rpartition('/')[2]}_{part}",
                    "workspace_id": workspace.id,
                    "service_resource_id": target,
                    "sub_resource_target": part,
                }
                if not rule.is_there(request, rule.new_id(request, wanted)):
                    rule.create(request, wanted)


class BlobDatastore(AzureResource, type_name="azurerm_machine_learning_datastore_blobstorage"):
    """A datastore of a workspace: a container by another name."""

    arm_id = "{workspace_id}/dataStores/{name}"
    lies_in = MachineLearningWorkspace.arm_id
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

    arm_id = "{workspace_id}/outboundRules/{name}"
    lies_in = MachineLearningWorkspace.arm_id
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

    arm_id = "{workspace_id}/outboundRules/{name}"
    lies_in = MachineLearningWorkspace.arm_id
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
        """Refuse a rule in a workspace without a managed network."""
        super().check(request, arguments)
        workspace = _workspace(request, arguments["workspace_id"])
        if workspace is None or _isolation_mode(workspace) in (None, "", "Disabled"):
            raise ServiceError(
                f"{BAD_REQUEST} ValidationError: An outbound rule needs a workspace with a managed network.",
                "workspace_id",
            )


def _within(rule: Resource, workspace: Resource) -> bool:
    return rule.id.lower().startswith(f"{workspace.id.lower()}/")


def _workspace(request: Request, workspace_id: str) -> Resource | None:
    return request.cloud.find(workspace_id, MachineLearningWorkspace.name)


def _isolation_mode(workspace: Resource) -> Any:
    return next(values_at(workspace.attributes, "managed_network.isolation_mode"), None)
