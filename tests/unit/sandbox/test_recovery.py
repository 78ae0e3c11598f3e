"""What exists and the state lacks: how each type is recognized, and what of it is written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deployment.stacks import Stack
from facts.reader import PROVIDERS, facts
from sandbox import __main__ as commands
from sandbox.cloud.request import Account, Request
from sandbox.cloud.store import Cloud
from sandbox.commands import recovery
from sandbox.commands.platform import Platform
from sandbox.commands.recovery import import_ids, warnings
from sandbox.commands.stacks import leave_out, taken_names
from sandbox.provider.servicer import RECOGNIZE_VARIABLE
from sandbox.services.types import resource_type
from tests.unit.sandbox.client import Client, Values
from tests.unit.sandbox.resources import GROUP, SUBSCRIPTION, VAULT, model_registry, storage, vault

CHECK = {"target_resource_type": "environment"}


def existing(cloud: Cloud, type_name: str, **arguments: Any) -> str | None:
    request = Request(cloud, Account(subscription_id=SUBSCRIPTION), type_name)
    found = resource_type(type_name).existing(request, arguments)
    return found.id if found else None


def test_azure_goes_by_the_id_that_the_arguments_make(azure: Client, cloud: Cloud) -> None:
    state = vault(azure)
    assert existing(cloud, "azurerm_key_vault", name="vault", resource_group_name="rg") == state["id"]
    assert existing(cloud, "azurerm_key_vault", name="other", resource_group_name="rg") is None
    assert existing(cloud, "azurerm_key_vault", name="vault") is None, "the group is not known yet"
    cloud.remove(next(item for item in cloud.resources("azurerm_resource_group")))
    assert existing(cloud, "azurerm_key_vault", name="vault", resource_group_name="rg") is None


def test_roles_go_by_what_they_say(azure: Client, cloud: Cloud) -> None:
    identity = azure.create(
        "azurerm_user_assigned_identity", name="who", resource_group_name="rg", location="eastus"
    )
    role = {"scope": GROUP, "principal_id": identity["principal_id"], "role_definition_name": "Reader"}
    state = azure.create("azurerm_role_assignment", **role)
    assert existing(cloud, "azurerm_role_assignment", **role) == state["id"]
    assert existing(cloud, "azurerm_role_assignment", **{**role, "role_definition_name": "Owner"}) is None
    assert existing(cloud, "azurerm_role_assignment", scope=GROUP, role_definition_name="Reader") is None
    own = azure.create("azurerm_role_definition", name="own", scope=GROUP, permissions=[{"actions": ["*"]}])
    assert existing(cloud, "azurerm_role_definition", name="own", scope=GROUP) == own["id"].partition("|")[0]
    assert existing(cloud, "azurerm_role_definition", name="own") is None


def test_any_resource_goes_by_its_type_and_name(azapi: Client, cloud: Cloud) -> None:
    state = azapi.create("azapi_resource", **model_registry())
    arguments = {name: state[name] for name in ("type", "parent_id", "name")}
    assert existing(cloud, "azapi_resource", **arguments) == state["id"]
    assert existing(cloud, "azapi_resource", **{**arguments, "name": "other"}) is None
    del arguments["parent_id"]
    assert existing(cloud, "azapi_resource", **arguments) is None


def test_azure_devops_goes_by_names_and_by_what_a_thing_is_attached_to(
    devops: Client, cloud: Cloud, project_id: str
) -> None:
    environment = devops.create("azuredevops_environment", project_id=project_id, name="prod")
    assert existing(cloud, "azuredevops_environment", project_id=project_id, name="prod") == environment["id"]
    assert existing(cloud, "azuredevops_environment", project_id=project_id, name="test") is None
    assert existing(cloud, "azuredevops_environment", name="prod") is None
    assert existing(cloud, "azuredevops_project", name="mlops") == project_id
    team = devops.create("azuredevops_group", scope=project_id, display_name="Leads")
    assert existing(cloud, "azuredevops_group", scope=project_id, display_name="Leads") == team["id"]
    entra = devops.create("azuredevops_group", origin_id=SUBSCRIPTION)
    assert existing(cloud, "azuredevops_group", origin_id=SUBSCRIPTION) == entra["id"]
    assert existing(cloud, "azuredevops_group", origin_id=project_id) is None
    target = {**CHECK, "project_id": project_id, "target_resource_id": environment["id"]}
    check = devops.create("azuredevops_check_exclusive_lock", **target)
    assert existing(cloud, "azuredevops_check_exclusive_lock", **target) == check["id"]
    assert existing(cloud, "azuredevops_check_exclusive_lock", **CHECK, project_id=project_id) is None
    assert existing(cloud, "azuredevops_check_branch_control", **target) is None


def test_a_pipeline_is_not_authorized_because_another_is(
    devops: Client, cloud: Cloud, project_id: str
) -> None:
    environment = devops.create("azuredevops_environment", project_id=project_id, name="prod")
    opened = {"project_id": project_id, "type": "environment", "resource_id": environment["id"]}
    pipelines = [int(item.id) for item in cloud.resources("azuredevops_build_definition")][:2]
    state = devops.create("azuredevops_pipeline_authorization", **opened, pipeline_id=pipelines[0])
    found = [
        existing(cloud, "azuredevops_pipeline_authorization", **opened, pipeline_id=id_) for id_ in pipelines
    ]
    assert found == [state["id"], None]
    assert existing(cloud, "azuredevops_pipeline_authorization", type="environment") is None


@pytest.mark.parametrize("missing", ["scope", "resource_id", "identity_id"])
def test_a_role_is_not_recognized_while_a_part_of_its_id_is_not_known(cloud: Cloud, missing: str) -> None:
    role = {"scope": "distributedtask.variablegroup", "resource_id": f"{SUBSCRIPTION}$1", "identity_id": "a"}
    assert existing(cloud, "azuredevops_securityrole_assignment", **role) is None
    del role[missing]
    assert existing(cloud, "azuredevops_securityrole_assignment", **role) is None


def test_variables_and_roles_go_by_their_place(devops: Client, cloud: Cloud, project_id: str) -> None:
    group = devops.create(
        "azuredevops_variable_group", project_id=project_id, name="g", variable=[{"name": "a", "value": "1"}]
    )
    place = {"project_id": project_id, "variable_group_id": group["id"]}
    assert existing(cloud, "azuredevops_variable_group", project_id=project_id, name="g") == group["id"]
    assert existing(cloud, "azuredevops_variable_group_variable", **place, name="a") is not None
    assert existing(cloud, "azuredevops_variable_group_variable", **place, name="b") is None
    assert existing(cloud, "azuredevops_variable_group_variable", name="a") is None
    team = devops.create("azuredevops_group", scope=project_id, display_name="Leads")
    role = {
        "scope": "distributedtask.variablegroup",
        "resource_id": f"{project_id}${group['id']}",
        "identity_id": team["group_id"],
    }
    state = devops.create("azuredevops_securityrole_assignment", **role, role_name="User")
    assert existing(cloud, "azuredevops_securityrole_assignment", **role) == state["id"]
    del role["identity_id"]
    assert existing(cloud, "azuredevops_securityrole_assignment", **role) is None


@pytest.mark.parametrize(
    "type_name", sorted(name for provider in PROVIDERS for name in facts(provider).resources)
)
def test_nothing_is_recognized_while_nothing_is_known(cloud: Cloud, type_name: str) -> None:
    assert existing(cloud, type_name) is None


# --- The plan ---------------------------------------------------------------------------------------------------------


def test_a_plan_says_what_is_there_only_when_it_is_asked_to(
    azure: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = storage(azure)
    arguments = {name: state[name] for name in ("name", "resource_group_name", "location")}
    arguments |= {"account_tier": "Standard", "account_replication_type": "LRS"}
    planned = azure.plan("azurerm_storage_account", **arguments).state
    assert planned is not None
    assert repr(planned["id"]) == "UNKNOWN"
    monkeypatch.setenv(RECOGNIZE_VARIABLE, "1")
    planned = azure.plan("azurerm_storage_account", **arguments).state
    assert planned is not None
    assert (planned["id"], planned["primary_blob_endpoint"]) == (state["id"], state["primary_blob_endpoint"])
    other = azure.plan("azurerm_storage_account", **{**arguments, "name": "other"}).state
    assert other is not None
    assert repr(other["id"]) == "UNKNOWN"


def change(type_name: str, resource_id: str | None, *actions: str) -> Values:
    after = {"id": resource_id} if resource_id else {}
    return {
        "address": f"{type_name}.a",
        "type": type_name,
        "change": {"actions": list(actions), "after": after},
    }


def test_only_what_would_be_created_a_second_time_is_written_down(azure: Client, cloud: Cloud) -> None:
    state = vault(azure)
    changes = [
        change("azurerm_key_vault", state["id"], "create"),
        change("azurerm_storage_account", None, "create"),
        change("azurerm_resource_group", GROUP, "update"),
        {"address": "a.b", "type": "a", "change": {"actions": ["delete"], "after": None}},
    ]
    assert import_ids(cloud, changes) == {"azurerm_key_vault.a": state["id"]}


# --- Around it --------------------------------------------------------------------------------------------------------


def stack(folder: Path, **terraform: Any) -> Stack:
    folder.mkdir(exist_ok=True)
    (folder / "cdk.tf.json").write_text(json.dumps(terraform))
    return Stack("mlops-dev", folder, terraform)


def test_imports_of_what_the_cloud_does_not_have_are_left_out(
    azure: Client, cloud: Cloud, tmp_path: Path
) -> None:
    state = vault(azure)
    there = {"to": "azurerm_key_vault.a", "id": state["id"]}
    gone = {"to": "azurerm_key_vault.b", "id": f"{state['id']}x"}
    wrong = {"to": "azuredevops_check_approval.c", "id": "1"}
    synthesized = stack(tmp_path / "stack", **{"import": [there, gone, wrong]}, resource={})
    assert leave_out(synthesized, cloud) == ["azurerm_key_vault.b"]
    assert synthesized.terraform["import"] == [there, wrong], (
        "what Terraform says of a wrong id is for people to see"
    )
    assert json.loads((synthesized.folder / "cdk.tf.json").read_text()) == synthesized.terraform
    synthesized = stack(tmp_path / "stack", **{"import": [gone]}, resource={})
    leave_out(synthesized, cloud)
    assert "import" not in synthesized.terraform
    assert leave_out(stack(tmp_path / "stack", resource={}), cloud) == []


def test_names_that_are_taken(azure: Client, cloud: Cloud, tmp_path: Path) -> None:
    vault(azure)
    bodies = {
        "a": {"name": VAULT["name"]},
        "b": {"name": "other"},
        "c": {"name": "${azurerm_key_vault.a.name}"},
    }
    synthesized = stack(
        tmp_path / "stack", resource={"azurerm_key_vault": bodies, "terraform_data": {"d": {}}}
    )
    assert taken_names(synthesized, cloud) == ["azurerm_key_vault.a"]


@pytest.fixture
def platform(azure: Client, cloud: Cloud, tmp_path: Path) -> Platform:
    """A stack whose key vault is in the cloud, and whose state is not there."""
    vault(azure)
    platform = Platform(tmp_path)
    folder = platform.out / "stacks" / "mlops-dev"
    folder.mkdir(parents=True)
    stack(folder, resource={"azurerm_key_vault": {"key_vault": {"name": VAULT["name"]}}})
    entry = {"dependencies": [], "workingDirectory": "stacks/mlops-dev"}
    (platform.out / "manifest.json").write_text(json.dumps({"stacks": {"mlops-dev": entry}}))
    return platform


def test_an_empty_state_and_names_that_are_taken_are_a_warning(platform: Platform) -> None:
    told = warnings(platform, [])
    assert told.startswith(
        "Warning: the state of mlops-dev is empty, and the cloud has names of its resources already: 1, among them "
        'that of azurerm_key_vault.key_vault. A deployment would end in "already exists". Bring what exists into the '
        "state: "
        ".venv/bin/python -m sandbox recover mlops-dev"
    )
    assert warnings(platform, ["mlops-prod"]) == ""


def test_a_state_that_holds_something_is_no_cause(platform: Platform) -> None:
    held = {
        "mode": "managed",
        "type": "azurerm_key_vault",
        "name": "key_vault",
        "instances": [{"attributes": {}}],
    }
    platform.state_file("mlops-dev").write_text(json.dumps({"version": 4, "resources": [held]}))
    assert warnings(platform, []) == ""


# --- The command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def recovered(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What is found of the stack; the command runs without a synthesis and without Terraform."""
    found: dict[str, str] = {}
    platform.configuration = platform.folder / "config"
    monkeypatch.chdir(platform.folder)
    monkeypatch.setattr(commands, "_synthesized", lambda *_: platform)
    monkeypatch.setattr(recovery, "missing_from_state", lambda *_: found)
    yield found


def test_the_command_says_what_it_wrote_and_what_is_next(recovered: dict[str, str]) -> None:
    recovered["azurerm_key_vault.key_vault"] = "/a"
    done = CliRunner().invoke(commands.app, ["recover", "mlops-dev"])
    assert done.exit_code == 0, done.stdout
    assert done.stdout.startswith(
        "mlops-dev: what exists and the state lacks is now in config/imports/mlops-dev.yaml:\n"
        "  azurerm_key_vault.key_vault\n\n"
        "Next, bring them into the state: .venv/bin/python -m sandbox deploy mlops-dev"
    )
    again = CliRunner().invoke(commands.app, ["recover"]).stdout
    assert again.startswith("mlops-dev: config/imports/mlops-dev.yaml has everything already.\n")
    recovered["azurerm_key_vault.key_vault"] = "/b"
    other = CliRunner().invoke(commands.app, ["recover"]).stdout
    assert other.startswith(
        "mlops-dev: azurerm_key_vault.key_vault has another id in config/imports/mlops-dev.yaml than was found: /b\n"
    )
    assert '"/a"' in (Path("config/imports") / "mlops-dev.yaml").read_text()


def test_the_command_says_when_there_is_nothing_to_do(recovered: dict[str, str]) -> None:
    assert (
        CliRunner()
        .invoke(commands.app, ["recover"])
        .stdout.startswith("mlops-dev: the state lacks nothing that exists.\n\nLog: ")
    )
    assert not Path("config").exists()
