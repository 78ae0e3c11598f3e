"""``mlops doctor live --before`` through the second door, before anything is deployed."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import replace as changed
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from cli.exit_codes import ExitCode
from sandbox.cloud.faults import ANSWER
from sandbox.cloud.store import Cloud, Resource
from sandbox.rest.calls import Answer, Call
from sandbox.rest.door import Door
from sandbox.rest.server import open_door
from sandbox.services.seed import seed
from tests.project import REPOSITORY, SUBSCRIPTION, copy_configuration, fill_in_ids, replace

PIPELINES = ("Training", "Promotion", "Test Deployment", "Prod Deployment", "PR Validation")
HERE = f"/subscriptions/{SUBSCRIPTION}"
Before = Callable[..., dict[str, Any]]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The guide with ids, whose prod runs on agents of its own and looks a team up, in the folder one works in."""
    folder = copy_configuration(tmp_path)
    fill_in_ids(folder)
    replace(folder / "environments" / "prod.yaml", ("security:\n", "agent_pool: private\n\nsecurity:\n"))
    replace(folder / "platform.yaml", ("name: Leads, create: true", "name: Leads, create: false"))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return seed(
        tmp_path / "cloud",
        subscriptions=[SUBSCRIPTION],
        groups=["Leads"],
        agent_pools=["private"],
        pipelines=dict.fromkeys(PIPELINES, "\\"),
    )


def before(cloud: Cloud, *options: str, expected: ExitCode) -> dict[str, Any]:
    with open_door(cloud) as door:
        environment = dict(door.environment())
        done = CliRunner(env=environment).invoke(app, ["doctor", "live", "--before", "--json", *options])
    assert done.exit_code == expected, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def rules(cloud: Cloud, *options: str) -> list[tuple[str, str]]:
    found = before(cloud, *options, expected=ExitCode.FINDINGS)
    assert found["unseen"] == []
    return [(one["rule"], one["place"]) for one in [*found["findings"], *found["notes"]]]


def in_file(cloud: Cloud, type_name: str, **contents: Any) -> None:
    (found,) = [item for item in cloud.resources(type_name) if item.name != "Azure Pipelines"]
    cloud.write(changed(found, contents={**found.contents, **contents}))


def test_nothing_is_missing(config: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, str]] = []
    answer = Door._without_token

    def noted(self: Door, call: Call) -> Answer | None:
        calls.append((call.method, call.path.rpartition("/")[2].lower()))
        return answer(self, call)

    monkeypatch.setattr(Door, "_without_token", noted)
    files = {path: path.read_bytes() for path in cloud.folder.rglob("*.json")}
    found = before(cloud, expected=ExitCode.FINE)
    assert (found["findings"], found["notes"], found["unseen"]) == ([], [], [])
    assert len(found["questions"]) == 4
    # Beside GET there are the calls that ask for a token, and those that ask whether names are free.
    assert {method for method, _ in calls} == {"GET", "POST"}
    assert {name for method, name in calls if method == "POST"} == {"token", "checknameavailability"}
    assert {path: path.read_bytes() for path in cloud.folder.rglob("*.json")} == files


def test_rights_and_providers(config: Path, cloud: Cloud) -> None:
    in_file(cloud, "azurerm_subscription", permissions=[{"actions": ["*/read"]}])
    place = f"subscription {SUBSCRIPTION}"
    assert rules(cloud, "--env", "dev") == [("missing-right", place), ("not-registered", place)]


def test_who_does_not_administer_the_project(config: Path, cloud: Cloud) -> None:
    in_file(cloud, "azuredevops_project", denied=[2])
    assert rules(cloud) == [("missing-right", "project mlops")]


def test_quota(config: Path, cloud: Cloud) -> None:
    in_file(cloud, "azurerm_subscription", quotas={"standardDSv2Family": 99})
    assert rules(cloud) == [("quota", f"subscription {SUBSCRIPTION} in eastus")]


@pytest.mark.parametrize(
    ("type_name", "namespace", "name", "place"),
    [
        (
            "azurerm_storage_account",
            "Microsoft.Storage/storageAccounts",
            "mlopsdevstorage",
            "storage account",
        ),
        ("azurerm_key_vault", "Microsoft.KeyVault/vaults", "mlops-dev-keyvault", "key vault"),
    ],
)
def test_a_name_that_somebody_else_has(
    config: Path, cloud: Cloud, type_name: str, namespace: str, name: str, place: str
) -> None:
    theirs = "/subscriptions/99999999-9999-4999-8999-999999999999"
    seed(cloud.folder, subscriptions=[theirs.rpartition("/")[2]], project=None)
    group = f"{theirs}/resourceGroups/theirs"
    cloud.write(Resource("azurerm_resource_group", group, {"name": "theirs", "location": "eastus"}))
    resource = Resource(
        type_name, f"{group}/providers/{namespace}/{name}", {"name": name, "location": "eastus"}
    )
    cloud.write(resource)
    assert rules(cloud) == [("taken-name", f"{place} {name}")]


def test_a_vault_that_keeps_its_name(config: Path, cloud: Cloud) -> None:
    vault = f"{HERE}/resourceGroups/other/providers/Microsoft.KeyVault/vaults/mlops-dev-keyvault"
    content = {
        "type": "azurerm_key_vault",
        "id": vault,
        "attributes": {"name": "mlops-dev-keyvault", "location": "eastus", "resource_group_name": "other"},
    }
    cloud.write_json(cloud.folder / "soft-deleted" / "azurerm_key_vault" / "vault.json", content)
    assert rules(cloud) == [("deleted-name", "key vault mlops-dev-keyvault")]


def test_agents(config: Path, cloud: Cloud) -> None:
    in_file(cloud, "azuredevops_agent_queue", agents=[])
    assert rules(cloud, "--env", "prod") == [("no-agent", "agent pool private")]


@pytest.mark.parametrize(
    ("type_name", "name", "finding"),
    [
        ("azuredevops_agent_queue", "private", ("missing-pool", "agent pool private")),
        ("azuredevops_group", "Leads", ("missing-team", "team Leads")),
        ("azuredevops_build_definition", "Training", ("missing-pipeline", "pipeline Training")),
        ("azuredevops_project", "mlops", ("project", "project mlops")),
    ],
)
def test_what_no_deployment_makes(
    config: Path, cloud: Cloud, type_name: str, name: str, finding: tuple[str, str]
) -> None:
    (there,) = [item for item in cloud.resources(type_name) if item.name == name]
    cloud.remove(there)
    assert rules(cloud) == [finding]


def test_a_project_that_is_to_be_made(config: Path, cloud: Cloud) -> None:
    """Then its pipelines cannot be there yet, nor its pools."""
    path = config / "platform.yaml"
    replace(
        path,
        ("create: false #", "create: true #"),
        ("name: Leads, create: false", "name: Leads, create: true"),
    )
    for pipeline in PIPELINES:
        replace(path, (f"{{ name: {pipeline} }}", f"{{ name: {pipeline}, exists: false }}"))
    replace(config / "environments" / "prod.yaml", ("agent_pool: private\n", ""))
    (project,) = cloud.resources("azuredevops_project")
    cloud.remove(project)
    assert before(cloud, expected=ExitCode.FINE)["findings"] == []


def test_what_cannot_be_seen(config: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ANSWER, "403:usages,403:permissions")
    found = before(cloud, expected=ExitCode.FAILED)
    assert found["findings"] == []
    assert [one["what"] for one in found["unseen"]] == [
        f"your permissions on the subscription {SUBSCRIPTION}",
        f"the usage of Azure Machine Learning in eastus, subscription {SUBSCRIPTION}",
        "your permissions on the project mlops",
    ]
    *azure, devops = [one["who"] for one in found["unseen"]]
    assert set(azure) == {"Give this identity: the role Reader there."}
    assert devops == "Give this identity: View project-level information."


def run(*options: str, **environment: str) -> Any:
    return CliRunner(env={"MLOPS_SERVICES": None, **environment}).invoke(app, ["doctor", "live", *options])


def test_without_ids_nobody_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_configuration(tmp_path)
    monkeypatch.chdir(tmp_path)
    done = run("--before")
    assert done.exit_code == ExitCode.FINDINGS
    assert done.stdout.startswith("config, and nothing live: 6 findings, 0 notes. 4 questions to ask.\n")
    assert "azure.tenant_id (config/platform.yaml, line 7): not-filled-in" in done.stdout
    done = run()
    assert (done.exit_code, done.stdout) == (ExitCode.FAILED, "")
    assert done.stderr.startswith("Error: 6 placeholders to fill in before a deployment:")


def test_an_environment_that_does_not_exist(config: Path) -> None:
    done = run("--env", "pord")
    assert done.exit_code == ExitCode.USAGE
    assert done.stderr == "There is no environment pord, only dev, test, prod.\n"


def test_services_that_are_not_reached(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for option in ((), ("--before",)):
        done = run(*option, "--services", "https://127.0.0.1:1")
        assert done.exit_code == ExitCode.FAILED
        assert "answer: " in done.stderr
        assert "Traceback" not in done.output


CONTRIBUTOR = {
    "actions": ["*"],
    "notActions": ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"],
}


def test_the_page_shows_what_it_prints(config: Path, cloud: Cloud) -> None:
    """After a change that is meant: put what this prints into the page."""
    page = (REPOSITORY / "docs" / "commands.md").read_text()
    ((command, text),) = re.findall(
        r"^```console\n\$ mlops (doctor live.*)\n((?:.*\n)+?)```$", page, re.MULTILINE
    )
    in_file(cloud, "azurerm_subscription", permissions=[CONTRIBUTOR], quotas={"standardDSv2Family": 24})
    in_file(cloud, "azuredevops_agent_queue", agents=[])
    with open_door(cloud) as door:
        environment = {**door.environment(), "COLUMNS": "100", "NO_COLOR": "1"}
        done = CliRunner(env=environment).invoke(app, shlex.split(command))
    assert done.output == text
