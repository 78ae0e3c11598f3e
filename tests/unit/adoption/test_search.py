"""The walk over what a stack describes: what others refer to first, and one answer does not end it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adoption.azure import Azure
from adoption.devops import DevOps
from adoption.outcome import Found, Missing, Outcome, Several, Unclear
from adoption.search import Search
from adoption.wanted import ONLY_IN_STATE, Terraform
from client.errors import NotSignedInError, UnavailableError
from client.services import Services
from deployment.stacks import Stack
from facts.ids import IDS
from facts.reader import PROVIDERS, facts
from tests.synthesized import Stack as Synthesized
from tests.unit.client.server import AZURE, DEVOPS, GRAPH, Reply, Server

SUBSCRIPTION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
SHARED = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
IDENTITIES = "providers/Microsoft.ManagedIdentity/userAssignedIdentities"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/v"
PROJECT = "11111111-1111-4111-8111-111111111111"
READER = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7"

TERRAFORM: dict[str, Any] = {
    "provider": {
        "azurerm": [{"subscription_id": SUBSCRIPTION}, {"alias": "registry", "subscription_id": SHARED}]
    },
    "data": {
        "azurerm_user_assigned_identity": {
            "shared": {"name": "shared", "resource_group_name": "registry-rg", "provider": "azurerm.registry"}
        },
        "azuredevops_project": {"project": {"name": "mlops"}},
    },
    "resource": {
        "azuredevops_environment": {
            "approval": {"name": "prod", "project_id": "${data.azuredevops_project.project.id}"}
        },
        "azuredevops_group_membership": {"members": {"group": "g", "members": []}},
        "azurerm_key_vault": {
            "vault": {"name": "v", "resource_group_name": "${azurerm_resource_group.rg.name}"}
        },
        "azurerm_resource_group": {"rg": {"name": "rg"}},
        "azurerm_role_assignment": {
            "reader": {
                "scope": "${azurerm_key_vault.vault.id}",
                "principal_id": "${data.azurerm_user_assigned_identity.shared.principal_id}",
                "role_definition_id": READER,
                "lifecycle": {"ignore_changes": ["x"]},
            }
        },
        "azurerm_storage_container": {"kept": {"count": 0, "name": "kept", "storage_account_id": "/a"}},
        "terraform_data": {"kind": {"input": "x"}},
        "time_sleep": {"wait": {"create_duration": "5m"}},
    },
}

Look = Callable[[], dict[str, Outcome]]


@pytest.fixture
def look(services: Services, tmp_path: Path) -> Look:
    stack = Stack("mlops-dev", tmp_path, TERRAFORM)
    return lambda: Search(Terraform(stack), Azure(services), DevOps(services)).run()


def has(server: Server, resource_id: str, **properties: str) -> None:
    body = {"id": resource_id, "name": resource_id.rpartition("/")[2], "properties": properties}
    server.answer("GET", f"{AZURE}{resource_id}", Reply(body))


def everything(server: Server) -> None:
    has(server, GROUP)
    has(server, VAULT)
    has(server, f"/subscriptions/{SHARED}/resourceGroups/registry-rg/{IDENTITIES}/shared", principalId="p1")
    assignment = {"principalId": "p1", "roleDefinitionId": READER, "scope": VAULT}
    server.lists(
        f"{AZURE}{VAULT}/providers/Microsoft.Authorization/roleAssignments",
        {"id": "x", "name": "guid", "properties": assignment},
    )
    server.answer(
        "GET",
        f"{DEVOPS}/_apis/projects/mlops",
        Reply({"id": PROJECT, "name": "mlops", "state": "wellFormed"}),
    )
    server.lists(f"{DEVOPS}/{PROJECT}/_apis/distributedtask/environments", {"id": 3, "name": "prod"})


def ids(outcomes: dict[str, Outcome]) -> dict[str, str]:
    return {address: found.import_id for address, found in outcomes.items() if isinstance(found, Found)}


def test_everything_that_a_service_knows_is_found(server: Server, look: Look) -> None:
    everything(server)
    assert ids(look()) == {
        "azuredevops_environment.approval": f"{PROJECT}/3",
        "azurerm_key_vault.vault": VAULT,
        "azurerm_resource_group.rg": GROUP,
        "azurerm_role_assignment.reader": (f"{VAULT}/providers/Microsoft.Authorization/roleAssignments/guid"),
    }


def test_nothing_is_there(server: Server, look: Look) -> None:
    outcomes = look()
    assert set(outcomes) == set(ids(outcomes)) | {
        address for address, outcome in outcomes.items() if isinstance(outcome, Missing)
    }
    assert outcomes["azurerm_resource_group.rg"] == Missing()
    # The first of what is not there is named, not the next one.
    assert outcomes["azurerm_key_vault.vault"] == Missing("azurerm_resource_group.rg")
    assert outcomes["azurerm_role_assignment.reader"] == Missing("azurerm_resource_group.rg")
    assert outcomes["azuredevops_environment.approval"] == Missing("data.azuredevops_project.project")


def test_what_may_not_be_seen_is_said_and_the_rest_goes_on(server: Server, look: Look) -> None:
    everything(server)
    server.answer(
        "GET", f"{AZURE}{VAULT}", Reply({"error": {"code": "AuthorizationFailed", "message": "no"}}, 403)
    )
    outcomes = look()
    hidden = outcomes["azurerm_key_vault.vault"]
    assert isinstance(hidden, Unclear)
    assert hidden.why == "could not be seen: 403 Forbidden: AuthorizationFailed: no"
    assert hidden.fix == "give this identity: the role Reader there"
    assert outcomes["azurerm_role_assignment.reader"] == Missing("azurerm_key_vault.vault")
    assert set(ids(outcomes)) == {"azurerm_resource_group.rg", "azuredevops_environment.approval"}


def test_of_several_none_is_chosen(server: Server, look: Look) -> None:
    everything(server)
    prod = {"name": "prod"}
    server.lists(
        f"{DEVOPS}/{PROJECT}/_apis/distributedtask/environments", {**prod, "id": 3}, {**prod, "id": 4}
    )
    assert look()["azuredevops_environment.approval"] == Several([f"{PROJECT}/3", f"{PROJECT}/4"])


@pytest.mark.parametrize(("status", "error"), [(401, NotSignedInError), (503, UnavailableError)])
def test_what_everything_would_be_answered_ends_it(
    server: Server, look: Look, status: int, error: type[Exception]
) -> None:
    everything(server)
    server.answer("GET", f"{AZURE}{GROUP}", Reply({}, status))
    with pytest.raises(error):
        look()


def test_one_of_several_has_its_key(services: Services, tmp_path: Path) -> None:
    team = {"for_each": {"leads": "Leads"}, "display_name": "${each.value}", "scope": "p"}
    terraform = Terraform(Stack("s", tmp_path, {"resource": {"azuredevops_group": {"team": team}}}))
    (wanted,) = terraform.resources
    assert (wanted.address, wanted.each) == ('azuredevops_group.team["leads"]', "Leads")
    assert terraform.at(wanted.address) is wanted
    assert terraform.at("azuredevops_group.team") is None


def test_whatever_a_stack_may_contain_is_looked_for_or_left_out(services: Services) -> None:
    every = {name for provider in PROVIDERS for name in facts(provider).resources}
    in_devops = {name for name in every if name.startswith("azuredevops_")}
    assert set(ONLY_IN_STATE) & every == {"time_sleep"}
    left = {name for name in in_devops if not IDS[name].import_form}
    assert in_devops - left <= DevOps(services).types
    assert left == {"azuredevops_git_permissions", "azuredevops_group_membership"}


def test_every_stack_can_be_walked(
    server: Server, services: Services, company: dict[str, Synthesized], stacks: dict[str, Synthesized]
) -> None:
    """With services that have nothing, nothing is found, and each thing says what it waits for."""
    for what in ("groups", "serviceprincipals", "users"):
        server.lists(f"{GRAPH}/_apis/graph/{what}")
    for stack in (*stacks.values(), *company.values()):
        terraform = Terraform(Stack(stack.name, Path(), json.loads(json.dumps(stack.terraform))))
        outcomes = Search(terraform, Azure(services), DevOps(services)).run()
        assert len(outcomes) > 20
        assert {type(outcome) for outcome in outcomes.values()} == {Missing}
        waited = {outcome.waits_for for outcome in outcomes.values() if isinstance(outcome, Missing)}
        known = {*outcomes, *(item.address for item in terraform.every)}
        assert waited - known == {""}
