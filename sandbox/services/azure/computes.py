"""Microsoft.MachineLearningServices/workspaces/computes: clusters and compute instances."""

from __future__ import annotations

from typing import Any, Literal

from sandbox.cloud.request import BAD_REQUEST, Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.services.azure import arm
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.azure.machine_learning import (
    REQUIRED_RULE,
    PrivateEndpointOutboundRule,
    find_workspace,
    isolation_mode,
)
from sandbox.services.resource_type import Arguments, declared
from sandbox.services.rules import ProviderRules, Value

_COMPUTES = "microsoft.machinelearningservices/workspaces/computes"
# What compute in a managed network reaches by endpoints that Azure makes.
_REACHED = {
    "storage_account_id": ("blob", "file"),
    "key_vault_id": ("vault",),
    "container_registry_id": ("registry",),
}


class ComputeCluster(AzureResource, type_name="azurerm_machine_learning_compute_cluster"):
    """A compute cluster of a workspace."""

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
        workspace = find_workspace(request, arguments["machine_learning_workspace_id"])
        if workspace is None:
            return
        _check_place(
            workspace,
            arguments["location"],
            has_subnet=bool(arguments.get("subnet_resource_id")),
            public_ip=arguments.get("node_public_ip_enabled") is not False,
            names=("subnet_resource_id", "node_public_ip_enabled"),
        )
        scale = arguments["scale_settings"][0]
        if scale["min_node_count"] > scale["max_node_count"]:
            raise ServiceError(
                f"{BAD_REQUEST} UserError: minNodeCount is above maxNodeCount.", "scale_settings"
            )

    def minutes(self, request: Request, action: Literal["create", "delete"], attributes: Arguments) -> int:
        """Return 40 for the first compute in a managed network, which makes the network and perhaps its firewall."""
        workspace = find_workspace(request, attributes["machine_learning_workspace_id"])
        return _minutes_of_the_network(request, workspace) if action == "create" else 0

    def after_create(self, request: Request, resource: Resource) -> None:
        """Make the managed network, with the endpoints that the workspace needs itself."""
        _make_network(request, find_workspace(request, resource.attributes["machine_learning_workspace_id"]))


# --- Compute instances, which azapi shows ------------------------------------------------------------------------


def is_instance(arguments: Arguments) -> bool:
    """Whether something that azapi makes is a compute instance."""
    arm_type = str(arguments["type"]).partition("@")[0].lower()
    return arm_type == _COMPUTES and _properties(arguments).get("computeType") == "ComputeInstance"


def check_instance(request: Request, arguments: Arguments) -> None:
    """Refuse another location than the workspace's, and a network that does not fit it."""
    workspace = find_workspace(request, arguments["parent_id"])
    settings = _properties(arguments).get("properties", {})
    if workspace is not None:
        _check_place(
            workspace,
            arguments["location"],
            has_subnet="subnet" in settings,
            public_ip=settings.get("enableNodePublicIp") is not False,
            names=("body", "body"),
        )


def check_new_instance(request: Request, arguments: Arguments) -> None:
    """Refuse a name that another compute instance of the region has, in whichever workspace."""
    for other in arm.existing(request.cloud, "azapi_resource"):
        same = (other.name.lower(), other.attributes["location"]) == (
            arguments["name"].lower(),
            arguments["location"],
        )
        if same and is_instance(other.attributes):
            name = arguments["name"]
            raise ServiceError(
                f"{BAD_REQUEST} UserError: Compute name '{name}' is not available. Reason: AlreadyExists. Message: The "
                f"specified name {name} is already in use and is therefore unavailable.",
                "name",
            )


def minutes_of_instance(request: Request, arguments: Arguments) -> int:
    """Return how long a new compute instance takes, as a cluster does."""
    return _minutes_of_the_network(request, find_workspace(request, arguments["parent_id"]))


def after_instance(request: Request, resource: Resource) -> None:
    """Make the managed network, as a cluster does."""
    _make_network(request, find_workspace(request, resource.attributes["parent_id"]))


def _properties(arguments: Arguments) -> Arguments:
    body = arguments.get("body")
    found: Any = body.get("properties") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


# --- Where a compute is ------------------------------------------------------------------------------------------


def _check_place(
    workspace: Resource, location: str, *, has_subnet: bool, public_ip: bool, names: tuple[str, str]
) -> None:
    """Refuse a compute where it cannot be; ``names`` are the arguments for the subnet and the public IP."""
    if workspace.attributes["location"] != location:
        raise ServiceError(
            f"{BAD_REQUEST} UserError: The location of the compute ({location}) is not the "
            f"workspace's ({workspace.attributes['location']}).",
            "location",
        )
    isolated = isolation_mode(workspace) not in (None, "", "Disabled")
    if isolated and has_subnet:
        raise ServiceError(
            f"{BAD_REQUEST} UserError: A compute of a workspace with a managed network cannot be in a subnet.",
            names[0],
        )
    if not public_ip and not isolated and not has_subnet:
        raise ServiceError(
            f"{BAD_REQUEST} UserError: Nodes without a public IP need a subnet or a workspace with a managed "
            "network.",
            names[1],
        )


def _minutes_of_the_network(request: Request, workspace: Resource | None) -> int:
    if workspace is None or isolation_mode(workspace) in (None, "", "Disabled"):
        return 0
    rules = request.cloud.resources(PrivateEndpointOutboundRule.name)
    inside = f"{workspace.id.lower()}/"
    made = any(rule.name.startswith(REQUIRED_RULE) and rule.id.lower().startswith(inside) for rule in rules)
    return 0 if made else 40


def _make_network(request: Request, workspace: Resource | None) -> None:
    """Make the managed network with the first compute.

    Its endpoints are required outbound rules ("Workspace managed virtual network isolation").
    """
    if workspace is None or isolation_mode(workspace) in (None, "", "Disabled"):
        return
    rule = declared[PrivateEndpointOutboundRule.name]
    for argument, parts in _REACHED.items():
        for part in parts if workspace.attributes[argument] else ():
            target = workspace.attributes[argument]
            wanted = {
                "name": f"{REQUIRED_RULE}{target.rpartition('/')[2]}_{part}",
                "workspace_id": workspace.id,
                "service_resource_id": target,
                "sub_resource_target": part,
            }
            if not rule.is_there(request, rule.new_id(request, wanted)):
                rule.create(request, wanted)
