"""Terraform, killed in the middle of an apply: what is there and not in the state is found, imported, and all is well.

The providers run in this process, where Terraform finds them (``TF_REATTACH_PROVIDERS``): twenty kills take seconds.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path

import grpc
import pytest
from tf.gen import tfplugin_pb2_grpc as rpc

from deployment.state import StateError
from deployment.state_file import backup_of, read_state
from facts.reader import facts
from sandbox.cloud.faults import KILL_AT
from sandbox.cloud.store import CLOUD_VARIABLE, Cloud
from sandbox.commands.recovery import import_ids
from sandbox.provider.servicer import RECOGNIZE_VARIABLE, ProviderServicer
from sandbox.services.seed import seed
from tests.e2e.terraform import Json, Terraform

SUBSCRIPTION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
PROVIDERS = ("azapi", "azuredevops", "azurerm")
PROJECT = "${data.azuredevops_project.project.id}"
GROUP = {"resource_group_name": "${azurerm_resource_group.group.name}", "location": "eastus"}
ENVIRONMENT = {
    "project_id": PROJECT,
    "target_resource_id": "${azuredevops_environment.prod.id}",
    "target_resource_type": "environment",
}
CONFIG: Json = {
    "provider": {
        "azapi": {},
        "azuredevops": {"org_service_url": "https://dev.azure.com/contoso"},
        "azurerm": {"subscription_id": SUBSCRIPTION, "features": {}},
    },
    "data": {"azuredevops_project": {"project": {"name": "mlops"}}},
    "resource": {
        "azurerm_resource_group": {"group": {"name": "rg", "location": "eastus"}},
        "azurerm_storage_account": {
            "account": {
                **GROUP,
                "name": "account",
                "account_tier": "Standard",
                "account_replication_type": "LRS",
            }
        },
        "azurerm_storage_container": {
            "data": {"name": "data", "storage_account_id": "${azurerm_storage_account.account.id}"}
        },
        "azurerm_user_assigned_identity": {"identity": {**GROUP, "name": "identity"}},
        "azurerm_role_assignment": {
            name: {
                "scope": "${azurerm_storage_account.account.id}",
                "role_definition_name": role,
                "principal_id": "${azurerm_user_assigned_identity.identity.principal_id}",
            }
            for name, role in {"reader": "Reader", "contributor": "Contributor"}.items()
        },
        "azurerm_management_lock": {
            "lock": {
                "name": "lock",
                "scope": "${azurerm_storage_account.account.id}",
                "lock_level": "CanNotDelete",
                "depends_on": ["azurerm_role_assignment.reader"],
            }
        },
        "azapi_resource": {
            "registry": {
                "type": "Microsoft.MachineLearningServices/registries@2025-12-01",
                "parent_id": "${azurerm_resource_group.group.id}",
                "name": "models",
                "location": "eastus",
                "body": {"properties": {"publicNetworkAccess": "Enabled"}},
            }
        },
        "azuredevops_group": {
            "team": {
                "for_each": {"leads": "Leads", "testers": "Testers"},
                "scope": PROJECT,
                "display_name": "${each.value}",
            }
        },
        "azuredevops_environment": {"prod": {"project_id": PROJECT, "name": "prod"}},
        "azuredevops_check_approval": {
            "approval": {**ENVIRONMENT, "approvers": ['${azuredevops_group.team["leads"].group_id}']}
        },
        "azuredevops_check_branch_control": {
            "branches": {**ENVIRONMENT, "allowed_branches": "refs/heads/main"}
        },
        "azuredevops_check_exclusive_lock": {"one": ENVIRONMENT},
        "azuredevops_variable_group": {
            "settings": {
                "project_id": PROJECT,
                "name": "settings",
                "variable": [{"name": "placeholder", "value": "x"}],
                "lifecycle": {"ignore_changes": ["variable"]},
            }
        },
        "azuredevops_variable_group_variable": {
            name: {
                "project_id": PROJECT,
                "variable_group_id": "${azuredevops_variable_group.settings.id}",
                "name": name,
                "value": "0.70",
            }
            for name in ("a", "b", "c")
        },
        "azuredevops_securityrole_assignment": {
            "role": {
                "scope": "distributedtask.environmentreferencerole",
                "resource_id": '${join("_", [data.azuredevops_project.project.id, azuredevops_environment.prod.id])}',
                "identity_id": '${azuredevops_group.team["testers"].group_id}',
                "role_name": "Reader",
            }
        },
        "azuredevops_serviceendpoint_incomingwebhook": {
            "webhook": {"project_id": PROJECT, "service_endpoint_name": "webhook", "webhook_name": "webhook"}
        },
    },
}
WRITES, FILES = 20, 17
"""How many resources there are, and how many of them have a file of their own in the cloud: variables have none."""


class Attached(Terraform):
    """Terraform with providers in this process, and the process that runs it now."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.now: subprocess.Popen[str] | None = None
        self._servers = []
        attached = {}
        for provider in PROVIDERS:
            server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
            rpc.add_ProviderServicer_to_server(ProviderServicer(provider), server)  # type: ignore[no-untyped-call]  # generated
            socket = folder / f"{provider}.sock"
            server.add_insecure_port(f"unix://{socket}")
            server.start()
            self._servers.append(server)
            attached[facts(provider).source] = {
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": os.getpid(),
                "Test": True,
                "Addr": {"Network": "unix", "String": str(socket)},
            }
        self._environment["TF_REATTACH_PROVIDERS"] = json.dumps(attached)

    def start_anew(self) -> None:
        shutil.rmtree(self.cloud.folder, ignore_errors=True)
        for path in self.folder.glob("terraform.tfstate*"):
            path.unlink()
        seed(self.cloud.folder, subscriptions=[SUBSCRIPTION])
        self.cloud = Cloud(self.cloud.folder)

    def stop(self) -> None:
        for server in self._servers:
            server.stop(None)

    def _run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.now = subprocess.Popen(
            ["terraform", command, *arguments],
            cwd=self.folder,
            env={**os.environ, **self._environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, err = self.now.communicate()
        return subprocess.CompletedProcess(command, self.now.returncode, out, err)


@pytest.fixture(scope="module")
def attached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attached]:
    terraform = Attached(tmp_path_factory.mktemp("a"))
    yield terraform
    terraform.stop()


@pytest.mark.parametrize("write", range(1, WRITES + 1))
def test_a_kill_at_any_write_is_recovered_from(
    attached: Attached, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    monkeypatch.setenv(CLOUD_VARIABLE, str(attached.cloud.folder))
    attached.start_anew()
    seeded = len(attached.cloud.resources())
    attached.write(CONFIG)
    monkeypatch.setenv(KILL_AT, str(write))
    monkeypatch.setattr(os, "getppid", lambda: attached.now and attached.now.pid)
    assert attached._run("apply", "-auto-approve", "-input=false").returncode == -9
    monkeypatch.delenv(KILL_AT)
    put_state_back(attached.folder / "terraform.tfstate")

    monkeypatch.setenv(RECOGNIZE_VARIABLE, "1")
    attached.run("plan", "-out=plan", "-input=false")
    found = import_ids(attached.cloud, json.loads(attached.run("show", "-json", "plan"))["resource_changes"])
    monkeypatch.delenv(RECOGNIZE_VARIABLE)
    assert found, "the last write was not in the state"

    attached.write({**CONFIG, "import": [{"to": to, "id": text} for to, text in found.items()]})
    printed = attached.apply()
    assert f"{len(found)} imported" in printed
    assert "No changes." in attached.run("plan", "-input=false")
    held = read_state(attached.folder / "terraform.tfstate")
    assert held is not None
    assert len(held.addresses) == WRITES
    assert len(attached.cloud.resources()) == seeded + FILES, "nothing is there twice"


def put_state_back(state: Path) -> None:
    """Do what is said of a file that was being written when Terraform died."""
    try:
        read_state(state)
    except StateError:
        state.unlink()
        if backup_of(state).exists():
            shutil.copy(backup_of(state), state)
