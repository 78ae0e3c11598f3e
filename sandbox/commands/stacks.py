"""The synthesized stacks as the sandbox needs them: kept offline, and with a cloud that fits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from deployment.stacks import Stack
from facts.reader import TERRAFORM_REGISTRY
from files.replacing import replace_file
from sandbox.cloud.request import Account, Request, ServiceError
from sandbox.cloud.store import Cloud
from sandbox.services.azure.arm import resource_group_id
from sandbox.services.azure.hub import add_network, add_zone
from sandbox.services.seed import seed
from sandbox.services.types import resource_type


def keep_offline(stack: Stack, state: Path) -> None:
    """Keep the stack's state in the file ``state``, whatever its backend is, and its providers at one address."""
    terraform = {
        "backend": {"local": {"path": str(state)}},
        # For OpenTofu a short address means its own registry; cdktf looks for Terraform's in the lock file.
        "required_providers": {
            name: {**provider, "source": _whole_address(provider["source"])}
            for name, provider in stack.terraform["terraform"]["required_providers"].items()
        },
    }
    # Terraform reads such a file last.
    override = stack.folder / "sandbox_override.tf.json"
    replace_file(override, json.dumps({"terraform": terraform}).encode(), flush=False)


def seed_for(cloud_folder: Path, stacks: Sequence[Stack]) -> None:
    """Put into the cloud what the stacks look up and none of them creates."""

    def looked_up(type_name: str) -> list[dict[str, Any]]:
        return [body for stack in stacks for body in stack.bodies("data", type_name)]

    def created(type_name: str, key: str) -> set[str]:
        return {
            name
            for stack in stacks
            for body in stack.bodies("resource", type_name)
            if key in body  # an Entra group has no name of its own
            for name in body.get("for_each", {"": body[key]}).values()
        }

    existing = {body["resource_id"]: body["type"] for body in looked_up("azapi_resource")}
    subnets = {
        body["subnet_resource_id"]
        for stack in stacks
        for body in stack.bodies("resource", "azurerm_machine_learning_compute_cluster")
        if "subnet_resource_id" in body
    }
    subscriptions = {body["subscription_id"] for body in looked_up("azurerm_subscription")}
    seed(
        cloud_folder,
        project=None,
        subscriptions=sorted({*subscriptions, *(found.split("/")[2] for found in (*existing, *subnets))}),
        subnets=sorted(subnets),
        # A name that is looked up itself is a service's of the project.
        people=sorted(
            {
                name
                for body in looked_up("azuredevops_users")
                if not (name := body["principal_name"]).startswith("$")
            }
        ),
        containers=sorted(_containers_of_others(stacks)),
        existing=existing,
    )
    projects = {body["name"] for body in looked_up("azuredevops_project")}
    groups = {body["name"] for body in looked_up("azuredevops_group")}
    for project in sorted(projects - created("azuredevops_project", "name")):
        seed(
            cloud_folder,
            project=project,
            pipelines={body["name"]: body["path"] for body in looked_up("azuredevops_build_definition")},
            subscriptions=(),
            groups=sorted(groups - created("azuredevops_group", "display_name")),
            agent_pools=sorted({body["name"] for body in looked_up("azuredevops_agent_queue")}),
            repositories=sorted({body["name"] for body in looked_up("azuredevops_git_repository")}),
        )
    for stack in stacks:
        _seed_network_of_others(cloud_folder, stack)


def _seed_network_of_others(cloud_folder: Path, stack: Stack) -> None:
    """Put into the cloud the virtual network that a stack looks up, and the DNS zones that it names by their ids."""
    endpoints = list(stack.bodies("resource", "azurerm_private_endpoint"))
    subscriptions = {
        f"azurerm.{provider['alias']}" if "alias" in provider else None: _id(provider["subscription_id"])
        for provider in stack.terraform.get("provider", {}).get("azurerm", ())
    }
    networks = [
        f"{resource_group_id(subscriptions[body.get('provider')], body['resource_group_name'])}"
        f"/providers/Microsoft.Network/virtualNetworks/{body['name']}"
        for body in stack.bodies("data", "azurerm_virtual_network")
    ]
    named = [
        zone_id
        for endpoint in endpoints
        for zone_id in endpoint.get("private_dns_zone_group", {}).get("private_dns_zone_ids", ())
        if zone_id.startswith("/")
    ]
    cloud = seed(
        cloud_folder, project=None, subscriptions=sorted({item.split("/")[2] for item in (*networks, *named)})
    )
    with cloud.locked():
        for network_id in networks:
            add_network(
                cloud,
                network_id,
                location=endpoints[0]["location"],
                subnets={endpoint["subnet_id"].rpartition("/")[2] for endpoint in endpoints},
            )
        for zone_id in named:
            add_zone(cloud, zone_id)


def _id(text: str) -> str:
    """Return the id in a text, which is an expression where it is a placeholder."""
    return text if not text.startswith("$") else text.split('"')[1]


def _containers_of_others(stacks: Sequence[Stack]) -> Iterator[str]:
    """Yield the ids of the containers that datastores made by azapi lead to: azurerm makes those of our own."""
    for stack in stacks:
        for body in stack.bodies("resource", "azapi_resource"):
            if "/workspaces/datastores@" in body["type"]:
                of = body["body"]["properties"]
                group = f"/subscriptions/{of['subscriptionId']}/resourceGroups/{of['resourceGroup']}"
                account = f"{group}/providers/Microsoft.Storage/storageAccounts/{of['accountName']}"
                name = of.get("containerName") or of.get("filesystem")
                yield f"{account}/blobServices/default/containers/{name}"


def leave_out(stack: Stack, cloud: Cloud) -> list[str]:
    """Take imports of what the cloud does not have out of the stack that was written; return their addresses.

    They are of other services, or of a cloud that was thrown away, and Terraform would plan nothing at all.
    """
    imports = stack.terraform.get("import", [])
    with cloud.locked():
        kept = [body for body in imports if _may_exist(cloud, body)]
    if len(kept) == len(imports):
        return []
    del stack.terraform["import"]
    if kept:
        stack.terraform["import"] = kept
    replace_file(stack.folder / "cdk.tf.json", json.dumps(stack.terraform, indent=2).encode(), flush=False)
    return [body["to"] for body in imports if body not in kept]


def _may_exist(cloud: Cloud, body: dict[str, Any]) -> bool:
    type_name = body["to"].partition(".")[0]
    try:
        return resource_type(type_name).imported(Request(cloud, Account(), type_name), body["id"]) is not None
    except ServiceError:  # Terraform shows what the provider says of such an id
        return True


def taken_names(stack: Stack, cloud: Cloud) -> list[str]:
    """Return the addresses of what a stack would create under a name that something in the cloud has."""
    return [
        f"{type_name}.{name}"
        for type_name, bodies in stack.terraform.get("resource", {}).items()
        if (there := {resource.name for resource in cloud.resources(type_name)})
        for name, body in bodies.items()
        if {body.get("name"), body.get("display_name"), body.get("service_endpoint_name")} & there
    ]


def _whole_address(source: str) -> str:
    return source if source.count("/") == 2 else f"{TERRAFORM_REGISTRY}/{source}"
