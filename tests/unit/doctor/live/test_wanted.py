"""What the doctor wants of Azure DevOps and Azure is what the Terraform of the same settings makes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from doctor.live.resources import IMAGES, STORAGE, VAULT, WORKSPACE, Expected, expected
from doctor.live.wanted import Guarded, Pipeline, wanted
from settings.loader import Settings, load_settings
from tests.project import COMPANY, close_everything, copy_configuration, use_every_option
from tests.synthesized import Stack

CONFIGURATIONS = ("stacks", "variant", "closed", "company")
_NAMED = {
    "azuredevops_variable_group": ("variablegroup", "name"),
    "azuredevops_environment": ("environment", "name"),
    "azuredevops_serviceendpoint_azurerm": ("endpoint", "service_endpoint_name"),
    "azuredevops_serviceendpoint_incomingwebhook": ("endpoint", "service_endpoint_name"),
}


@pytest.fixture(params=CONFIGURATIONS)
def both(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path
) -> tuple[Settings, dict[str, Stack]]:
    name: str = request.param
    stacks: dict[str, Stack] = request.getfixturevalue(name)
    if name == "stacks":
        return settings, stacks
    config = copy_configuration(tmp_path, COMPANY) if name == "company" else copy_configuration(tmp_path)
    if name != "company":
        {"variant": use_every_option, "closed": close_everything}[name](config)
    return load_settings(config), stacks


def bodies(stacks: dict[str, Stack], type_: str) -> list[tuple[Stack, dict[str, Any]]]:
    return [(stack, body) for stack in stacks.values() for body in stack.resources(type_).values()]


def target(stack: Stack, reference: str) -> tuple[str, str]:
    """Return kind and name of what a check or an authorization is on."""
    parts = reference.strip("${}").split(".")
    if parts[0] == "data":
        return "queue", stack.data(parts[1])[parts[2]]["name"]
    kind, argument = _NAMED[parts[0]]
    return kind, stack.resources(parts[0])[parts[1]][argument]


def on(stacks: dict[str, Stack], type_: str) -> Counter[tuple[str, str]]:
    return Counter(target(stack, body["target_resource_id"]) for stack, body in bodies(stacks, type_))


def counted(items: list[Guarded]) -> Counter[tuple[str, str]]:
    return Counter((item.kind, item.name) for item in items)


def test_what_is_made(both: tuple[Settings, dict[str, Stack]]) -> None:
    settings, stacks = both
    every = wanted(settings).guarded
    made = Counter(
        (kind, body[argument])
        for type_, (kind, argument) in _NAMED.items()
        for _, body in bodies(stacks, type_)
    )
    assert counted([item for item in every if item.kind != "queue"]) == made
    stack_of = {
        (kind, body[argument]): stack.name
        for type_, (kind, argument) in _NAMED.items()
        for stack, body in bodies(stacks, type_)
    }
    assert {key: item.stack for item in every if (key := (item.kind, item.name)) in stack_of} == stack_of


def test_what_stands_in_front(both: tuple[Settings, dict[str, Stack]]) -> None:
    settings, stacks = both
    every = wanted(settings).guarded
    assert counted([i for i in every if i.approval]) == on(stacks, "azuredevops_check_approval")
    assert counted([i for i in every if i.branches]) == on(stacks, "azuredevops_check_branch_control")
    assert counted([i for i in every if i.exclusive]) == on(stacks, "azuredevops_check_exclusive_lock")
    items: dict[tuple[str, str], Guarded] = {(item.kind, item.name): item for item in every}
    for stack, body in bodies(stacks, "azuredevops_check_approval"):
        item = items[target(stack, body["target_resource_id"])]
        assert item.approval
        assert len(item.approval.approvers) == len(body["approvers"])
        assert (item.approval.minimum, item.approval.timeout) == (
            body["minimum_required_approvers"],
            body["timeout"],
        )
    for stack, body in bodies(stacks, "azuredevops_check_branch_control"):
        item = items[target(stack, body["target_resource_id"])]
        assert ", ".join(f"refs/heads/{branch}" for branch in item.branches) == body["allowed_branches"]
        assert item.protected == body["verify_branch_protection"]


def test_who_may_use_it(both: tuple[Settings, dict[str, Stack]]) -> None:
    settings, stacks = both
    every = wanted(settings).guarded
    authorized = Counter(
        target(stack, body["resource_id"])
        for stack, body in bodies(stacks, "azuredevops_pipeline_authorization")
        if body["type"] != "repository"
    )
    assert Counter({(i.kind, i.name): len(i.used_by) for i in every if i.used_by}) == authorized
    scopes = ("distributedtask.variablegroup", "distributedtask.environmentreferencerole")
    roles = [
        body["role_name"]
        for _, body in bodies(stacks, "azuredevops_securityrole_assignment")
        if body["scope"] in scopes
    ]
    assert Counter(role for item in every for role in item.roles.values()) == Counter(roles)


def test_where_connections_lead(both: tuple[Settings, dict[str, Stack]]) -> None:
    settings, stacks = both
    leads = {item.name: item.subscription for item in wanted(settings).guarded if item.type == "azurerm"}
    assert {
        body["service_endpoint_name"]: body["azurerm_subscription_id"]
        for _, body in bodies(stacks, "azuredevops_serviceendpoint_azurerm")
    } == leads


def test_where_the_identities_behind_connections_are(both: tuple[Settings, dict[str, Stack]]) -> None:
    """In the subscription of the stack that makes them, wherever the connection leads."""
    settings, stacks = both
    where = {item.name: item.identity_in for item in wanted(settings).guarded if item.type == "azurerm"}
    default = {
        stack.name: next(one for one in stack.terraform["provider"]["azurerm"] if "alias" not in one)[
            "subscription_id"
        ]
        for stack in stacks.values()
    }
    assert where
    for stack, body in bodies(stacks, "azuredevops_serviceendpoint_azurerm"):
        assert where[body["service_endpoint_name"]] in default[stack.name]


def test_what_azure_is_to_be_like(both: tuple[Settings, dict[str, Stack]]) -> None:
    settings, stacks = both
    every = {(one.kind.type, one.name): one for one in expected(settings)}

    def check(type_: str, kind: Any, wants: Any) -> None:
        for stack, body in bodies(stacks, type_):
            one: Expected | None = every.pop((kind.type, body["name"]), None)
            if one is None:
                assert stack.name.endswith("-state"), body["name"]
                continue
            assert one.stack == stack.name
            assert {path: value for path, (value, _, _) in one.properties.items()} == wants(body)

    def public(body: dict[str, Any]) -> str:
        return "Enabled" if body["public_network_access_enabled"] else "Disabled"

    check(
        "azurerm_storage_account",
        STORAGE,
        lambda body: {
            "publicNetworkAccess": public(body),
            "networkAcls.defaultAction": body["network_rules"]["default_action"],
            "allowSharedKeyAccess": str(body["shared_access_key_enabled"]).lower(),
            "allowBlobPublicAccess": str(body["allow_nested_items_to_be_public"]).lower(),
        },
    )
    check(
        "azurerm_key_vault",
        VAULT,
        lambda body: {
            "publicNetworkAccess": public(body),
            "networkAcls.defaultAction": body["network_acls"]["default_action"],
            "enableRbacAuthorization": str(body["rbac_authorization_enabled"]).lower(),
        },
    )
    check(
        "azurerm_container_registry",
        IMAGES,
        lambda body: {
            "publicNetworkAccess": public(body),
            "adminUserEnabled": str(body["admin_enabled"]).lower(),
        },
    )
    check(
        "azurerm_machine_learning_workspace",
        WORKSPACE,
        lambda body: {
            "publicNetworkAccess": public(body),
            "managedNetwork.isolationMode": body.get("managed_network", {}).get("isolation_mode", "Disabled"),
        },
    )
    left = {type_.rpartition("/")[0] for type_, _ in every}
    # The model registry is azapi's, and the logs are only looked for.
    assert left == {"Microsoft.MachineLearningServices", "Microsoft.OperationalInsights"}


def test_one_environment(settings: Settings) -> None:
    only = wanted(settings, "prod")
    assert {item.name for item in only.guarded} == {
        *("mlops-prod-variables", "Azure-MLOps-Prod", "prod-deployment", "mlops-prod-rollback")
    }
    assert only.teams == ("Senior engineers", "Platform lead")
    assert only.pipelines == (Pipeline("Prod Deployment"),)
    assert {one.stack for one in expected(settings, "prod")} == {"mlops-prod"}
