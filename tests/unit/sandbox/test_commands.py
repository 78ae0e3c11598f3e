"""What is there before a deployment, and the commands: ``python -m sandbox``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

import pytest
from typer.testing import CliRunner

from deployment.stacks import Stack, read_stacks
from deployment.tools import ToolError
from sandbox.__main__ import app
from sandbox.cloud.store import CLOUD_VARIABLE, Cloud
from sandbox.commands.platform import Platform, SandboxError, without_accounts
from sandbox.commands.stacks import keep_offline, seed_for
from sandbox.services.azure import arm
from sandbox.services.seed import seed
from tests.project import REPOSITORY, SUBNET
from tests.unit.sandbox.client import Client

GUID = "12345678-1234-4234-8234-123456789abc"


def names(cloud: Cloud, type_name: str) -> set[str]:
    return {resource.name for resource in cloud.resources(type_name)}


# --- Seed ---------------------------------------------------------------------------------------------------------


def test_seeding_again_changes_nothing(tmp_path: Path) -> None:
    def content() -> dict[Path, str]:
        return {path: path.read_text() for path in tmp_path.rglob("*.json")}

    seed(tmp_path, users=[GUID], groups=["Leads"])
    before = content()
    seed(tmp_path, users=[GUID], groups=["Leads"])
    assert content() == before


def test_the_cloud_that_is_there_unless_told_otherwise(tmp_path: Path) -> None:
    cloud = seed(tmp_path)
    assert names(cloud, "azuredevops_project") == {"mlops"}
    assert names(cloud, "azuredevops_build_definition") == {
        *("Training", "Promotion", "Test Deployment", "Prod Deployment", "PR Validation")
    }
    assert {"Readers", "Contributors", "Project Administrators", "mlops Team"} <= names(
        cloud, "azuredevops_group"
    )
    assert len(cloud.resources("azurerm_subscription")) == 1


def test_a_subnet_of_others_with_its_network(tmp_path: Path) -> None:
    cloud = seed(tmp_path, project=None, subscriptions=[SUBNET.split("/")[2]], subnets=[SUBNET])
    types = ("azurerm_resource_group", "azurerm_virtual_network", "azurerm_subnet")
    assert [names(cloud, type_name) for type_name in types] == [{"hub-rg"}, {"hub"}, {"ml"}]
    (subnet,) = arm.existing(cloud, "azurerm_subnet")
    assert (subnet.id, subnet.attributes["virtual_network_name"]) == (SUBNET, "hub")


def test_a_project_teams_pipelines_and_people_of_ones_own(tmp_path: Path) -> None:
    cloud = seed(
        tmp_path,
        project="vision",
        pipelines={"Train": "\\ml"},
        groups=["Leads"],
        users=[GUID],
        subscriptions=[GUID],
    )
    seed(tmp_path, project="vision", pipelines={"Score": "\\"}, subscriptions=())
    assert names(cloud, "azuredevops_project") == {"vision"}
    assert {"Leads", "vision Team"} <= names(cloud, "azuredevops_group")
    pipelines = cloud.resources("azuredevops_build_definition")
    assert {item.name: (item.id, item.attributes["path"]) for item in pipelines} == {
        "Train": ("1", "\\ml"),
        "Score": ("2", "\\"),
    }
    assert [item.id for item in cloud.resources("azuredevops_user")] == [GUID]
    assert [item.id for item in cloud.resources("azurerm_subscription")] == [f"/subscriptions/{GUID}"]


# --- Stacks -------------------------------------------------------------------------------------------------------


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """What cdktf writes of two stacks: the second one creates the project that the first one needs."""
    stacks = {
        "a": {"data": {"azurerm_subscription": {"s": {"subscription_id": GUID}}}},
        "b": {
            "data": {
                "azuredevops_project": {"p": {"name": "mlops"}},
                "azuredevops_group": {"g": {"name": "Leads"}, "h": {"name": "Made here"}},
                "azuredevops_build_definition": {"d": {"name": "Train", "path": "\\"}},
            },
            "resource": {"azuredevops_group": {"h": {"display_name": "Made here"}}},
        },
    }
    manifest = {}
    for name, content in stacks.items():
        folder = tmp_path / "stacks" / name
        folder.mkdir(parents=True)
        providers = {"azurerm": {"source": "hashicorp/azurerm", "version": "~> 4.81"}}
        whole = {**content, "terraform": {"required_providers": providers, "backend": {"azurerm": {}}}}
        (folder / "cdk.tf.json").write_text(json.dumps(whole))
        manifest[name] = {
            "dependencies": ["b"] if name == "a" else [],
            "workingDirectory": f"stacks/{name}",
            "synthesizedStackPath": f"stacks/{name}/cdk.tf.json",
        }
    (tmp_path / "manifest.json").write_text(json.dumps({"stacks": manifest}))
    return tmp_path


def test_stacks_come_after_those_they_need(out: Path) -> None:
    assert [stack.name for stack in read_stacks(out)] == ["b", "a"]


def test_a_stack_keeps_its_state_here_and_its_providers_at_one_address(out: Path) -> None:
    stack = read_stacks(out)[0]
    keep_offline(stack, out / "b.tfstate")
    assert json.loads((stack.folder / "sandbox_override.tf.json").read_text()) == {
        "terraform": {
            "backend": {"local": {"path": str(out / "b.tfstate")}},
            "required_providers": {
                "azurerm": {"source": "registry.terraform.io/hashicorp/azurerm", "version": "~> 4.81"}
            },
        }
    }


def test_what_the_stacks_look_up_is_there_and_what_they_create_is_not(out: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cloud"
    seed_for(folder, read_stacks(out))
    cloud = Cloud(folder)
    assert [item.id for item in cloud.resources("azurerm_subscription")] == [f"/subscriptions/{GUID}"]
    assert names(cloud, "azuredevops_build_definition") == {"Train"}
    assert "Leads" in names(cloud, "azuredevops_group")
    assert "Made here" not in names(cloud, "azuredevops_group")


def test_what_others_own_is_there(out: Path, tmp_path: Path) -> None:
    path = out / "stacks" / "b" / "cdk.tf.json"
    content = json.loads(path.read_text())
    content["data"]["azuredevops_users"] = {"p": {"principal_name": "anna@contoso.com"}}
    place = {"subscriptionId": GUID, "resourceGroup": "lake-rg", "accountName": "lake"}
    content["resource"]["azuredevops_group"]["entra"] = {
        "for_each": {"leads": GUID},
        "origin_id": "${each.value}",
    }
    content["resource"]["azapi_resource"] = {
        name: {
            "type": "Microsoft.MachineLearningServices/workspaces/datastores@2025-12-01",
            "body": {"properties": {**place, **container}},
        }
        for name, container in {"lake": {"filesystem": "raw"}, "blob": {"containerName": "sales"}}.items()
    }
    path.write_text(json.dumps(content))
    seed_for(tmp_path / "cloud", read_stacks(out))
    cloud = Cloud(tmp_path / "cloud")
    assert names(cloud, "azuredevops_user") == {"anna@contoso.com"}
    assert names(cloud, "azurerm_storage_container") == {"raw", "sales"}
    (account,) = cloud.resources("azurerm_storage_account")
    assert account.id == (
        f"/subscriptions/{GUID}/resourceGroups/lake-rg/providers/Microsoft.Storage/storageAccounts/lake"
    )


def test_subscriptions_are_there_even_if_the_project_is_yet_to_be_created(out: Path, tmp_path: Path) -> None:
    path = out / "stacks" / "b" / "cdk.tf.json"
    content = json.loads(path.read_text())
    content["resource"]["azuredevops_project"] = {"p": {"name": "mlops"}}
    path.write_text(json.dumps(content))
    seed_for(tmp_path / "cloud", read_stacks(out))
    cloud = Cloud(tmp_path / "cloud")
    assert [resource.type for resource in cloud.resources()] == ["azurerm_subscription"]


def test_what_others_have_is_there_with_the_group_and_subscription_that_it_is_in(
    out: Path, tmp_path: Path
) -> None:
    group = f"/subscriptions/{GUID.replace('1', '2')}/resourceGroups/platform-rg"
    logs = f"{group}/providers/Microsoft.OperationalInsights/workspaces/logs"
    path = out / "stacks" / "b" / "cdk.tf.json"
    content = json.loads(path.read_text())
    looked_up = {"type": "Microsoft.OperationalInsights/workspaces@2023-09-01", "resource_id": logs}
    content["data"]["azapi_resource"] = {"logs": looked_up}
    path.write_text(json.dumps(content))
    for _ in range(2):  # a second time changes nothing
        seed_for(tmp_path / "cloud", read_stacks(out))
    found = Cloud(tmp_path / "cloud").resources("azapi_resource")
    assert {item.id: item.attributes["type"].partition("@")[0] for item in found} == {
        group: "Microsoft.Resources/resourceGroups",
        logs: "Microsoft.OperationalInsights/workspaces",
    }
    subscriptions = Cloud(tmp_path / "cloud").resources("azurerm_subscription")
    assert group.rpartition("/resourceGroups/")[0] in [item.id for item in subscriptions]


# --- Destroying -----------------------------------------------------------------------------------------------------


class Recorder(Platform):
    """Keeps what would be done; the registry stack is ``b``, and ``old`` is no longer configured."""

    entra: ClassVar[list[str]] = []

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.done: list[str] = []

    def stacks(self) -> list[Stack]:
        return [Stack(name, Path(), {}) for name in ("b", "a")]

    def removed(self) -> list[str]:
        return ["old"]

    def managed(self, name: str) -> list[str]:
        return self.entra if name == "b" else []

    def check_names(self, names: Iterable[str], *, removed: bool = False) -> None:
        """Take all of them."""

    def synthesize(self, **variables: str) -> list[Stack]:
        self.done.append(f"synthesize {' '.join(variables)}".strip())
        return self.stacks()

    def deploy(self, *names: str) -> str:
        self.done.append(f"deploy {' '.join(names)}")
        return ""

    def destroy(self, *names: str) -> str:
        self.done.append(f"destroy {' '.join(names)}".strip())
        return ""


def test_entra_groups_are_forgotten_before_the_word_destroys_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recorder, "entra", ["azuredevops_group.entra", "azuredevops_group.team"])
    platform = Recorder(tmp_path)
    platform.destroy_protected()
    assert platform.done == [
        "destroy old a",
        "synthesize ONLY_PROTECTED",
        "deploy b",
        "synthesize DESTROY_PROTECTED",
        "destroy",
    ]


def test_without_entra_groups_the_word_destroys_everything_at_once(tmp_path: Path) -> None:
    platform = Recorder(tmp_path)
    platform.destroy_protected()
    assert platform.done == ["synthesize DESTROY_PROTECTED", "destroy"]


@pytest.mark.parametrize(("word", "expected"), [("1", "synthesize DESTROY_PROTECTED"), ("0", "destroy")])
def test_the_command_destroys_what_is_protected_by_the_word_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str, expected: str
) -> None:
    platform = Recorder(tmp_path)
    monkeypatch.setattr("sandbox.__main__.Platform", lambda *_, **__: platform)
    monkeypatch.setenv("DESTROY_PROTECTED", word)
    assert CliRunner().invoke(app, ["destroy"]).exit_code == 0
    assert platform.done[1] == expected


# --- The platform's folder ------------------------------------------------------------------------------------------


def test_a_folder_that_is_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "thesis.md"
    kept.write_text("years of work")
    with pytest.raises(
        SandboxError, match=r"is not empty, and not a folder of the sandbox\. Name another"
    ) as raised:
        Platform(tmp_path).start_anew()
    assert str(raised.value).startswith(str(tmp_path))
    assert kept.exists()


def test_the_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "sandbox"
    folder.mkdir(mode=0o755)
    for _ in range(2):  # one that is there, and one that is made
        platform = Platform(folder)
        platform.installation()
        assert f"{folder.stat().st_mode & 0o777:o}" == "700"
        platform.start_anew()


def test_a_folder_of_the_sandbox_is_emptied(tmp_path: Path) -> None:
    (tmp_path / "terraform.rc").write_text("")
    (tmp_path / "cloud").mkdir()
    Platform(tmp_path).start_anew()
    assert not tmp_path.exists()
    Platform(tmp_path).start_anew()  # there is nothing yet


def test_a_mistake_in_the_configuration_is_told_in_the_apps_own_words(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import sys\nsys.exit('config/platform.yaml:1:1: no')\n")
    with pytest.raises(SandboxError, match=r"^config/platform\.yaml:1:1: no$"):
        Platform(tmp_path / "sandbox", tmp_path).synthesize()


@pytest.mark.parametrize(
    "name", ["ARM_CLIENT_ID", "AZURE_CONFIG_DIR", "AZDO_PERSONAL_ACCESS_TOKEN", "TF_VAR_any", "CDKTF_OUTDIR"]
)
def test_nothing_that_leads_to_an_account_reaches_terraform(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "theirs")
    assert name not in without_accounts()
    assert "PATH" in without_accounts()


def test_another_binary_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu-not-there")
    with pytest.raises(ToolError, match=r"^tofu-not-there is not on PATH\. Install Terraform .* or OpenTofu"):
        Platform(tmp_path).start_cdktf("deploy", "*")


def test_node_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/terraform").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(ToolError, match=r"^npx is not on PATH\. Install Node 20 or newer"):
        Platform(tmp_path / "sandbox").start_cdktf("deploy", "*")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("install", "--folder", str(tmp_path / "file"))
    assert (done.returncode, done.stdout) == (1, "")
    assert " ".join(done.stderr.split()) == (
        f"Error: {tmp_path}/file is a file, and has to be a folder. What was there is unchanged. Move it away, or name "
        "another."
    )


# --- Commands -----------------------------------------------------------------------------------------------------


def run(*arguments: str, cloud: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    if cloud:
        environment[CLOUD_VARIABLE] = str(cloud)
    command = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )


def test_the_library_from_the_command_line(devops: Client, project_id: str, cloud: Cloud) -> None:
    devops.create(
        "azuredevops_variable_group",
        project_id=project_id,
        name="settings",
        variable=[{"name": "accuracy", "value": "[0.70]"}],
    )
    listed = run("library", "list", cloud=cloud.folder)
    assert "settings" in listed.stdout
    assert "[0.70]" in listed.stdout
    assert run("library", "set", "settings", "accuracy", "0.72", cloud=cloud.folder).returncode == 0
    assert "0.72" in run("library", "list", "settings", cloud=cloud.folder).stdout
    assert run("library", "delete", "settings", "accuracy", cloud=cloud.folder).returncode == 0
    missing = run("library", "delete", "settings", "accuracy", cloud=cloud.folder)
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == "Error: The variable group settings has no variable accuracy. There are: none.\n"


def test_the_other_commands(tmp_path: Path) -> None:
    cloud = tmp_path / "the cloud"
    installed = run("install", "--folder", str(tmp_path / "providers"), cloud=cloud)
    assert f"export SANDBOX_CLOUD='{cloud}'" in installed.stdout.splitlines()
    assert "export TF_VAR_allow_placeholder_ids=true" in installed.stdout.splitlines()
    seeded = run(
        *("seed", "--project", "vision", "--pipeline", "Train=\\ml", "--pipeline", "Score"),
        *("--team", "Leads", "--user", GUID, "--subscription", GUID),
        cloud=cloud,
    )
    assert seeded.stdout == f"Seeded {cloud}\n"
    pipelines = Cloud(cloud).resources("azuredevops_build_definition")
    assert {item.name: item.attributes["path"] for item in pipelines} == {"Train": "\\ml", "Score": "\\"}
    (cloud / ".faults.json").write_text("{}")
    assert run("reset-faults", cloud=cloud).stdout == "Faults that have happened will happen again.\n"
    assert not (cloud / ".faults.json").exists()
    refused = run("tour", "--folder", str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Error: {tmp_path} is not empty")
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("command", ["diff", "deploy", "destroy", "recover"])
def test_a_stack_that_is_not_there(tmp_path: Path, command: str) -> None:
    refused = run(command, "mlops-staging", "--folder", str(tmp_path / "sandbox"))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "Error: There is no stack mlops-staging, only mlops-registry, mlops-dev, mlops-test, mlops-prod.\n"
    )


@pytest.mark.parametrize(
    "command",
    [
        "",
        "tour",
        "diff",
        "deploy",
        "destroy",
        "recover",
        "install",
        "seed",
        "reset-faults",
        "library",
        "library list",
        "library roles",
        "library set",
        "library delete",
    ],
)
def test_help_says_what_everything_is(command: str) -> None:
    from typer.main import get_command

    from sandbox.__main__ import app

    found = get_command(app)
    for part in command.split():
        found = found.commands[part]  # type: ignore[attr-defined]  # a group, by the names above
    assert found.help
    for parameter in found.params:
        assert getattr(parameter, "help", None), f"{command}: {parameter.name} has no help"
