"""A platform that people set up by hand, or of which the state has lost something: taken over, and nothing is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace as changed
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from sandbox.commands.library import list_variables, set_variable
from sandbox.commands.platform import Platform
from sandbox.commands.serve import child_environment
from sandbox.rest.door import Door
from sandbox.rest.server import open_door
from tests.e2e.plans import actions, is_empty
from tests.project import GUIDE, REPOSITORY, copy_project, replace

CLUSTER = "azurerm_machine_learning_compute_cluster.training_cluster"
CONNECTION = "azuredevops_serviceendpoint_azurerm.connection"
CREDENTIAL = "azurerm_federated_identity_credential.connection_federated_credential"
RETIRING = {
    "workload_identity_federation_issuer": "https://vstoken.dev.azure.com/5f4e3d2c",
    "workload_identity_federation_subject": "sc://contoso/mlops/Azure-MLOps-Dev",
}
STACKS = ("mlops-registry", "mlops-dev")

Mlops = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def own_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of these tests alone: what they find is written into its configuration."""
    return copy_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def by_hand(own_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """The registry and dev, there with settings of their own, and no state: Terraform knows nothing of them."""
    dev = own_project / "config" / "environments" / "dev.yaml"
    replace(dev, ("vm_size: Standard_DS3_v2", "vm_size: Standard_DS4_v2"), ("max_nodes: 4", "max_nodes: 6"))
    platform = Platform(tmp_path_factory.mktemp("sandbox"), own_project)
    platform.synthesize()
    platform.deploy(*STACKS)
    for name in STACKS:
        platform.state_file(name).unlink()
    shutil.copy(GUIDE / "environments" / "dev.yaml", dev)
    # What people do by hand: another name, an older issuer, a value of their own; and they forget something.
    connect(platform, RETIRING, name="by-hand")
    set_variable(platform.cloud_folder, "mlops-dev-variables", "validationMinAccuracy", "0.71")
    (budget,) = platform.cloud().resources("azurerm_consumption_budget_resource_group")
    platform.cloud().remove(budget)
    return platform


def connect(platform: Platform, federation: dict[str, str], *, name: str = "") -> None:
    """Let dev's connection sign in with other tokens, and its identity trust those, in a credential of this name."""
    cloud = platform.cloud()
    (connection,) = [
        item
        for item in cloud.resources("azuredevops_serviceendpoint_azurerm")
        if item.attributes["service_endpoint_name"] == "Azure-MLOps-Dev"
    ]
    trusts = {attribute.rpartition("_")[2]: connection.attributes[attribute] for attribute in RETIRING}
    cloud.write(changed(connection, attributes={**connection.attributes, **federation}))
    (credential,) = [
        item
        for item in cloud.resources("azurerm_federated_identity_credential")
        if {key: item.attributes[key] for key in trusts} == trusts
    ]
    now = {attribute.rpartition("_")[2]: value for attribute, value in federation.items()}
    attributes = {**credential.attributes, **now}
    if name:
        cloud.remove(credential)
        resource_id = f"{credential.id.rpartition('/')[0]}/{name}"
        credential = changed(credential, id=resource_id, path=None)
        attributes["name"] = name
    cloud.write(changed(credential, attributes=attributes))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has come to the door but for tokens: method and path."""
    seen: list[str] = []
    answer = Door.__call__

    async def noted(self: Door, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].endswith("/oauth2/v2.0/token"):
            seen.append(f"{scope['method']} {scope['path']}")
        await answer(self, scope, receive, send)

    monkeypatch.setattr(Door, "__call__", noted)
    return seen


@pytest.fixture
def mlops(by_hand: Platform, own_project: Path, asked: list[str]) -> Iterator[Mlops]:
    """Runs a command as somebody who has come in by the door, with Terraform's stand-in providers."""
    with open_door(by_hand.cloud()) as door:
        environment = {
            **child_environment(door),
            **by_hand.installation().environment(by_hand.cloud_folder),
            "PYTHONPATH": str(REPOSITORY),
        }

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", "cli", *arguments],
                cwd=own_project,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )

        yield run
    assert {line.partition(" ")[0] for line in asked} == {"GET"}


def deployed(platform: Platform, stack: str) -> dict[str, str]:
    """Deploy with what is to be imported; return what the plan before did with each resource."""
    platform.synthesize()
    assert platform.left_out == []
    planned = platform.diff(stack)
    platform.deploy(*STACKS[: STACKS.index(stack) + 1])
    assert is_empty(platform.diff(stack))
    return actions(planned)


def ids(platform: Platform) -> set[str]:
    return {resource.id for resource in platform.cloud().resources()}


def test_what_was_made_by_hand_is_taken_over_and_nothing_is_lost(
    by_hand: Platform, own_project: Path, mlops: Mlops
) -> None:
    there = ids(by_hand)
    done = mlops("adopt", "mlops-registry", "--json")
    assert done.returncode == 0, done.stderr
    (registry,) = json.loads(done.stdout)["stacks"]
    assert (len(registry["found"]), registry["missing"], registry["losses"]) == (77, {}, [])
    done_to_it = {action for change in registry["plan"]["changes"] for action in change["actions"]}
    assert done_to_it == {"import", "add", "change"}

    # What the configuration says would lose the cluster: it is refused, with the setting that avoids it.
    refused = mlops("adopt", "mlops-dev")
    assert refused.returncode == 1, refused.stderr
    shown = (REPOSITORY / "docs" / "adopting.md").read_text().partition("$ mlops adopt mlops-dev\n")[2]
    assert refused.stdout == shown.partition("```")[0]
    assert refused.stdout.count("Terraform would replace it") == 1
    fix = "set compute.training_cluster.vm_size (config/environments/dev.yaml, line 33) to"
    assert fix in refused.stdout

    dev = own_project / "config" / "environments" / "dev.yaml"
    replace(dev, ("vm_size: Standard_DS3_v2", "vm_size: Standard_DS4_v2"))
    again = mlops("adopt", "mlops-dev", "--json")
    assert again.returncode == 0, again.stderr
    (result,) = json.loads(again.stdout)["stacks"]
    assert (result["losses"], result["added"], result["several"], result["unclear"]) == ([], [], {}, {})
    in_place = [change for change in result["plan"]["changes"] if change["address"] == CLUSTER]
    assert [field["path"] for field in in_place[0]["fields"] if "timeouts" not in field["path"]] == [
        "scale_settings[0].max_node_count"
    ]

    done_to = deployed(by_hand, "mlops-dev")
    assert done_to[CREDENTIAL] == "must be replaced"  # it has another name, and holds nothing
    assert done_to.pop(CREDENTIAL)
    assert set(done_to.values()) <= {"will be created", "will be updated in-place"}
    gone = {item for item in there - ids(by_hand) if not item.endswith("/by-hand")}
    assert gone == set()
    variables = list_variables(by_hand.cloud_folder, "mlops-dev-variables")["mlops-dev-variables"]
    assert variables["validationMinAccuracy"] == "0.71", "the Library's own values stay"


def test_a_connection_that_is_converted_replaces_nothing(by_hand: Platform) -> None:
    """Azure DevOps gives it another issuer and subject; the credential follows in place."""
    connect(
        by_hand,
        {
            "workload_identity_federation_issuer": "https://login.microsoftonline.com/t/v2.0",
            "workload_identity_federation_subject": "/eid1/c/pub/t/a/b/sc/c",
        },
    )
    # People have added the second credential before they convert; Terraform's own is still the old one.
    (credential,) = [
        item
        for item in by_hand.cloud().resources("azurerm_federated_identity_credential")
        if item.attributes["subject"] == "/eid1/c/pub/t/a/b/sc/c"
    ]
    old = {key.rpartition("_")[2]: value for key, value in RETIRING.items()}
    by_hand.cloud().write(changed(credential, attributes={**credential.attributes, **old}))
    assert actions(by_hand.diff("mlops-dev")) == {CREDENTIAL: "will be updated in-place"}
    by_hand.deploy(*STACKS)
    assert is_empty(by_hand.diff("mlops-dev"))


LOST = ["azuredevops_environment.promotion", "azurerm_log_analytics_workspace.log_analytics"]


def test_what_a_state_has_lost_is_recovered(by_hand: Platform, own_project: Path, mlops: Mlops) -> None:
    shutil.rmtree(own_project / "config" / "imports")
    # Both where the sandbox keeps the state, which deploys, and where the command does.
    state = json.loads(by_hand.state_file("mlops-registry").read_text())
    state["resources"] = [item for item in state["resources"] if f"{item['type']}.{item['name']}" not in LOST]
    place = own_project / ".state" / "terraform.mlops-registry.tfstate"
    place.parent.mkdir(exist_ok=True)
    for path in (place, by_hand.state_file("mlops-registry")):
        path.write_text(json.dumps(state))
    done = mlops("recover", "mlops-registry", "--json")
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)["stacks"]
    assert sorted(result["added"]) == sorted(result["found"]) == LOST
    assert [change["actions"] for change in result["plan"]["changes"]] == [["import"], ["import"]]
    there = ids(by_hand)
    assert deployed(by_hand, "mlops-registry") == {}
    assert ids(by_hand) == there
