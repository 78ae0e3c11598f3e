"""What is there after a deployment, read from the Terraform that was deployed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deployment.stacks import Stack

_PERSON = re.compile(r"^\$\{one\(data\.azuredevops_users\.([\w-]+)\.users\[\*\]\.id\)\}$")
_REFERENCE = re.compile(r'^\$\{(data\.)?azuredevops_group\.(\w+)(?:\["([^"]+)"\])?\.group_id\}$')

# The types that people know by name: lines of the summary, each with what its things are called there.
_LINES = (
    (
        ("azapi_resource", "model registry"),
        ("azurerm_machine_learning_workspace", "workspace"),
        ("azurerm_resource_group", "resource group"),
    ),
    (("azurerm_machine_learning_compute_cluster", "compute"), ("azapi_resource", "workstation")),
    (("azurerm_storage_account", "storage account"), ("azurerm_key_vault", "key vault")),
    (("azurerm_container_registry", "container registry"),),
    (
        ("azurerm_log_analytics_workspace", "Log Analytics"),
        ("azurerm_application_insights", "Application Insights"),
    ),
    (("azurerm_virtual_network", "network"), ("azurerm_data_protection_backup_vault", "backup vault")),
    (
        ("azuredevops_variable_group", "variable group"),
        ("azuredevops_serviceendpoint_azurerm", "connection"),
        ("azuredevops_environment", "environment"),
    ),
)
_OF_AZAPI = {
    "model registry": "Microsoft.MachineLearningServices/registries@",
    "workstation": "Microsoft.MachineLearningServices/workspaces/computes@",
}


@dataclass(frozen=True)
class Gate:
    """What may come into a stack's resources: from which branches, and who approves it."""

    stack: str
    allows: str
    training: bool | None
    """Whether models are trained there; None where there is no workspace."""
    branches: list[str]
    approvers: list[str]
    """Names of teams and people; somebody who is named by an id keeps it."""
    approvals: int


def gate(stack: Stack) -> Gate:
    """Return what the branch controls and approvals of a stack say."""
    checks = [
        body
        for body in stack.bodies("resource", "azuredevops_check_approval")
        if body["target_resource_type"] == "environment" and not _is_of_infrastructure(body)
    ]
    # The connection of an environment without approval has a branch control too. That of an agent pool stands in the
    # stack of the registry, and says nothing of what comes into that, as little as those of the platform's own
    # pipelines.
    branches = {
        name.strip().removeprefix("refs/heads/"): None
        for body in stack.bodies("resource", "azuredevops_check_branch_control")
        if body["target_resource_type"] != "queue" and not _is_of_infrastructure(body)
        for name in body["allowed_branches"].split(",")
    }
    workspace = any(stack.bodies("resource", "azurerm_machine_learning_workspace"))
    # Whoever trains has a schedule, and pipelines read it.
    variables = stack.bodies("resource", "azuredevops_variable_group_variable")
    trains = any(body["name"] == "trainingSchedule" for body in variables)
    return Gate(
        stack=stack.name,
        allows="deployment" if workspace else "promotion",
        training=trains if workspace else None,
        branches=list(branches),
        approvers=[_approver(stack, approver) for body in checks for approver in body["approvers"]],
        approvals=max((int(body["minimum_required_approvers"]) for body in checks), default=0),
    )


def _is_of_infrastructure(check: dict[str, Any]) -> bool:
    """Tell whether a check guards what changes the platform, and no model."""
    return ".infrastructure_" in check.get("target_resource_id", "")


def teams(stacks: Sequence[Stack]) -> list[str]:
    """Return the names of the teams that the stacks create, and that are empty at first."""
    return [
        name
        for stack in stacks
        for body in stack.bodies("resource", "azuredevops_group")
        for key, name in body.get("for_each", {}).items()
        if "origin_id" not in body and not _has_people(stack, key)
    ]


def summarize(
    console: Console, stacks: Sequence[Stack], steps: Sequence[str], title: str = "What is there"
) -> None:
    """Print a screenful: what is there, what may happen where and who approves it, and the next steps."""
    there = Table.grid(padding=(0, 2))
    there.add_column(no_wrap=True)
    there.add_column()
    for stack in stacks:
        lines = "\n".join(line for types in _LINES if (line := _line(stack, types)))
        there.add_row(Text(stack.name, style="bold"), Text(lines))
    rules = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in ("", "training", "may come in", "from branches", "approved by"):
        rules.add_column(column)
    for stack in stacks:
        if _touches_devops(stack):  # nothing comes into the storage of the state
            rules.add_row(*map(Text, _row(gate(stack))))
    console.print(Text(f"\n{title}", style="bold"), there, sep="\n")
    if rules.row_count:
        console.print(Text(), rules, sep="\n")
    console.print(Text("\nNext", style="bold"))
    for number, step in enumerate(steps, 1):
        # A command is copied in one piece, however narrow the window is.
        console.print(Text(f"{number}. {step}"), soft_wrap=True)


def _row(found: Gate) -> tuple[str, str, str, str, str]:
    training = {True: "yes", False: "no", None: ""}[found.training]
    approvers = " and ".join(found.approvers) if found.approvals > 1 else " or ".join(found.approvers)
    if found.approvals > 1 and found.approvals < len(found.approvers):
        approvers = f"{found.approvals} of: {', '.join(found.approvers)}"
    return (
        found.stack,
        training,
        found.allows,
        ", ".join(found.branches) or "any",
        approvers or "nobody: it runs at once",
    )


def _line(stack: Stack, types: Sequence[tuple[str, str]]) -> str:
    parts = []
    for type_name, called in types:
        names = [
            name for body in stack.bodies("resource", type_name) if (name := _name(type_name, called, body))
        ]
        if names:
            parts.append(f"{called} {', '.join(names)}")
    return "; ".join(parts)


def _name(type_name: str, called: str, body: dict[str, Any]) -> str:
    match type_name:
        case "azapi_resource":
            return str(body["name"]) if body["type"].startswith(_OF_AZAPI[called]) else ""
        case "azurerm_machine_learning_compute_cluster":
            scale = body["scale_settings"]
            return f"{body['name']} {scale['min_node_count']}-{scale['max_node_count']} nodes"
        case "azuredevops_serviceendpoint_azurerm":
            return str(body["service_endpoint_name"])
        case _:
            return str(body["name"])


def _touches_devops(stack: Stack) -> bool:
    return any(
        type_name.startswith("azuredevops_")
        for kind in ("resource", "data")
        for type_name in stack.terraform.get(kind, {})
    )


def _has_people(stack: Stack, team: str) -> bool:
    memberships = stack.terraform.get("resource", {}).get("azuredevops_group_membership", {})
    return f"team-{team}" in memberships


def _approver(stack: Stack, approver: str) -> str:
    if person := _PERSON.match(approver):
        return str(stack.terraform["data"]["azuredevops_users"][person[1]]["principal_name"])
    found = _REFERENCE.match(approver)
    if not found:
        return approver
    data, name, key = found.groups()
    group = stack.terraform["data" if data else "resource"]["azuredevops_group"][name]
    return str(group["name"] if data else group["for_each"][key] if key else group["display_name"])
