"""The synthesized stacks as the sandbox needs them: kept offline, and with a cloud that fits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from deployment.stacks import Stack
from facts.reader import TERRAFORM_REGISTRY
from files.replacing import replace_file
from sandbox.services.seed import seed


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
        subscriptions=sorted(subscriptions | {subnet.split("/")[2] for subnet in subnets}),
        subnets=sorted(subnets),
        people=sorted({body["principal_name"] for body in looked_up("azuredevops_users")}),
        containers=sorted(_containers_of_others(stacks)),
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
        )


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


def _whole_address(source: str) -> str:
    return source if source.count("/") == 2 else f"{TERRAFORM_REGISTRY}/{source}"
