"""What the Terraform of a stack says that people ask about: checks, roles, networks, alert rules, lifecycle rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deployment.stacks import Stack

_BRANCH = "refs/heads/"
_GUARDED = {
    "azuredevops_environment": "name",
    "azuredevops_serviceendpoint_azurerm": "service_endpoint_name",
}
"""The types that have checks here, and the argument with the name that people know."""
_LOOKED_UP = re.compile(r"data\.(azuredevops_group|azuredevops_users)\.([\w-]+)[.\[]")
_CREATED = re.compile(r'azuredevops_group\.team\["([^"]+)"\]')
_OPENED = {
    "azurerm_machine_learning_workspace": "workspace",
    "azurerm_storage_account": "storage account",
    "azurerm_key_vault": "key vault",
    "azurerm_container_registry": "container registry",
}


@dataclass(frozen=True)
class Approval:
    """Who is asked before a stage starts. An entry is a team or a person."""

    entries: tuple[str, ...]
    minimum: int
    """How many entries must approve (approvals)."""
    minutes: int
    """How long a run waits for them (minutes)."""
    instructions: str
    requester_can_approve: bool


@dataclass(frozen=True)
class Checks:
    """The checks of an Azure DevOps environment or of a service connection."""

    approval: Approval | None
    branches: tuple[str, ...]
    """Branches that a run may come from; none: any."""
    protected: bool
    """Whether the branch must have branch policies."""
    one_at_a_time: bool


@dataclass(frozen=True)
class Network:
    """What public networks reach of an environment, and what its compute reaches."""

    open: tuple[str, ...]
    """What public networks reach, behind sign-in and roles."""
    closed: tuple[str, ...]
    address_space: str
    """Range of the virtual network that is made here; empty: there is none."""
    of_others: str
    """Name of the virtual network of others that the environment is in; empty: there is none."""
    subnets: tuple[tuple[str, str], ...]
    """Name and range of each subnet."""
    endpoints: tuple[str, ...]
    """What has a private endpoint, by its sub-resource."""
    isolation_mode: str
    """Of the managed network that compute runs in; empty: there is none."""
    hosts: tuple[str, ...]
    """Hosts that compute is let out to by name."""


@dataclass(frozen=True)
class AlertRule:
    """A rule of Azure Monitor. Severity is from 0 (critical) to 4; times are ISO 8601 durations."""

    key: str
    title: str
    advice: str
    severity: int
    every: str
    over: str
    rolls_back: bool
    """Whether it also starts the pipeline that takes traffic back."""


def checks(stack: Stack, name: str) -> Checks:
    """Return the checks of the environment or service connection with this name. Raises KeyError without one."""
    target = _reference(stack, name)
    approval = _check(stack, "azuredevops_check_approval", target)
    branches = _check(stack, "azuredevops_check_branch_control", target)
    allowed = branches.get("allowed_branches", "").split(",") if branches else []
    return Checks(
        approval=_approval(stack, approval) if approval else None,
        branches=tuple(branch.strip().removeprefix(_BRANCH) for branch in allowed),
        protected=bool(branches.get("verify_branch_protection")),
        one_at_a_time=bool(_check(stack, "azuredevops_check_exclusive_lock", target)),
    )


def roles(stack: Stack) -> Iterator[tuple[str, str, str]]:
    """Yield what the stack gives in Azure DevOps: the name of the group or environment, of whom, and the role."""
    named = {
        f"{type_}.{logical}.id": body["name"]
        for type_ in ("azuredevops_environment", "azuredevops_variable_group")
        for logical, body in _resources(stack, type_).items()
    }
    for body in stack.bodies("resource", "azuredevops_securityrole_assignment"):
        for reference, name in named.items():
            if f" {reference}]" in body["resource_id"]:
                yield name, _who(stack, body["identity_id"]), body["role_name"]


def network(stack: Stack) -> Network:
    """Return what is open and what is private of an environment's stack."""
    reached: dict[bool, list[str]] = {True: [], False: []}
    for type_, word in _OPENED.items():
        for body in stack.bodies("resource", type_):
            denied = body.get("network_rules", {}).get("default_action") == "Deny"
            reached[body.get("public_network_access_enabled") is not False and not denied].append(word)
    spaces = [body["address_space"][0] for body in stack.bodies("resource", "azurerm_virtual_network")]
    rules = "azurerm_machine_learning_workspace_network_outbound_rule_fqdn"
    modes = [
        body["managed_network"]["isolation_mode"]
        for body in stack.bodies("resource", "azurerm_machine_learning_workspace")
        if "managed_network" in body
    ]
    return Network(
        open=tuple(reached[True]),
        closed=tuple(reached[False]),
        address_space="".join(spaces),
        of_others=", ".join(body["name"] for body in stack.bodies("data", "azurerm_virtual_network")),
        subnets=tuple(
            (body["name"], body["address_prefixes"][0]) for body in stack.bodies("resource", "azurerm_subnet")
        ),
        endpoints=tuple(
            body["private_service_connection"]["subresource_names"][0]
            for body in stack.bodies("resource", "azurerm_private_endpoint")
        ),
        isolation_mode="".join(modes),
        hosts=tuple(body["destination_fqdn"] for body in stack.bodies("resource", rules)),
    )


def alert_rules(stack: Stack) -> list[AlertRule]:
    """Return the alert rules of an environment's stack."""
    found = _resources(stack, "azurerm_monitor_scheduled_query_rules_alert_v2")
    return [
        AlertRule(
            key=logical.removeprefix("alert_"),
            title=body["display_name"].partition(": ")[2],
            advice=body["description"],
            severity=body["severity"],
            every=body["evaluation_frequency"],
            over=body["window_duration"],
            rolls_back=any(".rollback." in group for group in body["action"]["action_groups"]),
        )
        for logical, body in found.items()
    ]


def deleted_after(stack: Stack) -> dict[str, int]:
    """Return after how many days blobs go, by the container that the lifecycle rule is for."""
    return {
        rule["filters"]["prefix_match"][0].rstrip("/"): days
        for body in stack.bodies("resource", "azurerm_storage_management_policy")
        for rule in body["rule"]
        if (
            days := rule["actions"]
            .get("base_blob", {})
            .get("delete_after_days_since_modification_greater_than")
        )
    }


def keeps_logs(stack: Stack) -> bool:
    """Return whether the stack has logs of its own; otherwise their owner says how long they are kept."""
    return bool(_resources(stack, "azurerm_log_analytics_workspace"))


def locked(stack: Stack) -> int:
    """Return how many locks keep something in the stack from being deleted."""
    return len(_resources(stack, "azurerm_management_lock"))


def _resources(stack: Stack, type_: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = stack.terraform.get("resource", {}).get(type_, {})
    return found


def _reference(stack: Stack, name: str) -> str:
    for type_, argument in _GUARDED.items():
        for logical, body in _resources(stack, type_).items():
            if body[argument] == name:
                return f"${{{type_}.{logical}.id}}"
    raise KeyError(name)


def _check(stack: Stack, type_: str, target: str) -> dict[str, Any]:
    """Return the check of a type on a target; an empty one where there is none."""
    found = (body for body in stack.bodies("resource", type_) if body["target_resource_id"] == target)
    return next(found, {})


def _approval(stack: Stack, body: dict[str, Any]) -> Approval:
    return Approval(
        entries=tuple(_who(stack, reference) for reference in body["approvers"]),
        minimum=body["minimum_required_approvers"],
        minutes=body["timeout"],
        instructions=body["instructions"],
        requester_can_approve=body["requester_can_approve"],
    )


def _who(stack: Stack, reference: str) -> str:
    """Return the name of a team or person that Terraform refers to."""
    if found := _LOOKED_UP.search(reference):
        type_, logical = found.groups()
        body = stack.terraform["data"][type_][logical]
        return str(body["name" if type_ == "azuredevops_group" else "principal_name"])
    if created := _CREATED.search(reference):
        return str(_resources(stack, "azuredevops_group")["team"]["for_each"][created[1]])
    raise KeyError(reference)
