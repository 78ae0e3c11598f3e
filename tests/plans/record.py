"""Makes ``tests/plans/recorded`` anew: ``python -m tests.plans.record``, with terraform on PATH."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

from sandbox.services.seed import seed
from tests.e2e.terraform import Json, Terraform

RECORDED = Path(__file__).parent / "recorded"
SUBSCRIPTION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
SECRETS = ("hunter2-before", "hunter2-after", "hunter2-nested", "hunter2-listed", "hunter2-body")
"""What is sensitive in the plans, and may be in nothing that is made of them."""
NASTY = "``` </details><img src=x> @contoso ##vso[task.setvariable variable=a]b | c\n::set-output name=a::b"
KEPT = ("format_version", "terraform_version", "resource_changes", "resource_drift", "output_changes")
"""What stays of a plan; its copies of configuration and state are left out."""

CONFIG: Json = {
    "provider": {
        "azurerm": {"subscription_id": SUBSCRIPTION, "features": {}},
        "azuredevops": {"org_service_url": "https://dev.azure.com/contoso"},
    },
    "variable": {"address": {"type": "string", "sensitive": True, "default": "https://hunter2-before.test"}},
    "data": {
        "azuredevops_project": {"project": {"name": "mlops"}},
        "azurerm_subscription": {
            "later": {"depends_on": ["azurerm_resource_group.group"], "subscription_id": SUBSCRIPTION}
        },
    },
    "resource": {
        "azurerm_resource_group": {"group": {"name": "rg", "location": "eastus", "tags": {"team": "ml"}}},
        "azurerm_storage_account": {
            "account": {
                "name": "account",
                "resource_group_name": "${azurerm_resource_group.group.name}",
                "location": "eastus",
                "account_tier": "Standard",
                "account_replication_type": "LRS",
            }
        },
        "azurerm_storage_container": {
            "data": {"name": "data", "storage_account_id": "${azurerm_storage_account.account.id}"}
        },
        "azurerm_monitor_action_group": {
            "people": {
                "name": "people",
                "short_name": "people",
                "resource_group_name": "${azurerm_resource_group.group.name}",
                "webhook_receiver": [{"name": "chat", "service_uri": "${var.address}"}],
            }
        },
        "azuredevops_variable_group": {
            "settings": {
                "project_id": "${data.azuredevops_project.project.id}",
                "name": "settings",
                "variable": [{"name": "placeholder", "value": "x"}],
                "lifecycle": {"ignore_changes": ["variable"]},
            }
        },
        "azapi_resource": {
            "registry": {
                "type": "Microsoft.MachineLearningServices/registries@2025-12-01",
                "parent_id": "${azurerm_resource_group.group.id}",
                "name": "models",
                "location": "eastus",
                "body": {"properties": {"publicNetworkAccess": "Enabled"}},
                "sensitive_body": {"properties": {"note": "hunter2-body"}},
            }
        },
        "terraform_data": {
            "nested": {
                "input": {
                    "plain": "seen",
                    "deep": {"pin": '${sensitive("hunter2-nested")}', "near": 1},
                    "listed": ["a", '${sensitive("hunter2-listed")}'],
                }
            }
        },
    },
}


class Recorder:
    """One working folder, and the plans that were made in it."""

    def __init__(self, folder: Path) -> None:
        self.terraform = Terraform(folder)
        seed(self.terraform.cloud.folder, subscriptions=[SUBSCRIPTION])

    def record(self, name: str, config: Json, *arguments: str, apply: bool = False) -> None:
        self.terraform.write(config)
        self.terraform.run("plan", "-out=plan", *arguments)
        plan: dict[str, Any] = json.loads(self.terraform.run("show", "-json", "plan"))
        kept = {key: plan[key] for key in KEPT if key in plan}
        (RECORDED / f"{name}.json").write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
        if apply:
            self.terraform.apply_plan()

    def edit(self, resource_id: str, old: str, new: str) -> None:
        found = self.terraform.cloud.find(resource_id)
        assert found is not None
        assert found.path is not None
        text = found.path.read_text()
        assert old in text
        found.path.write_text(text.replace(old, new))


def with_(config: Json, address: str, **arguments: Any) -> Json:
    """Return a configuration with other arguments of one resource."""
    changed = copy.deepcopy(config)
    type_name, name = address.split(".")
    changed["resource"][type_name][name].update(arguments)
    return changed


def without(config: Json, *addresses: str) -> Json:
    """Return a configuration without some resources."""
    changed = copy.deepcopy(config)
    for address in addresses:
        type_name, name = address.split(".")
        del changed["resource"][type_name][name]
        if not changed["resource"][type_name]:
            del changed["resource"][type_name]
    return changed


def main(folder: Path) -> None:
    """Record them all."""
    recorder = Recorder(folder)
    account = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/account"
    recorder.record("create", CONFIG, apply=True)
    recorder.record("no-change", CONFIG)
    update = with_(CONFIG, "azurerm_resource_group.group", tags={"team": "ops", "note": NASTY})
    update["variable"]["address"]["default"] = "https://hunter2-after.test"
    update["resource"]["terraform_data"]["nested"]["input"]["plain"] = NASTY
    recorder.record("update", update)
    replace = with_(CONFIG, "azurerm_storage_account.account", name="another")
    replace = with_(replace, "azurerm_monitor_action_group.people", name="others")
    replace["resource"]["azurerm_monitor_action_group"]["people"]["lifecycle"] = {
        "create_before_destroy": True
    }
    recorder.record("replace", replace)
    recorder.record("asked-for", CONFIG, "-replace=azapi_resource.registry")
    recorder.record(
        "destroy", without(CONFIG, "azuredevops_variable_group.settings", "azurerm_storage_container.data")
    )
    forget = without(CONFIG, "azapi_resource.registry")
    forget["removed"] = [{"from": "azapi_resource.registry", "lifecycle": {"destroy": False}}]
    recorder.record("forget", forget)
    moved = with_(CONFIG, "azurerm_resource_group.group", tags={"team": "ml", "moved": "yes"})
    containers = moved["resource"]["azurerm_storage_container"]
    containers["kept"] = containers.pop("data")
    moved["moved"] = [{"from": "azurerm_storage_container.data", "to": "azurerm_storage_container.kept"}]
    recorder.record("moved", moved)
    recorder.edit(account, "TLS1_2", "TLS1_0")
    recorder.record("drift", CONFIG)
    recorder.edit(account, "TLS1_0", "TLS1_2")
    recorder.terraform.forget("azurerm_storage_account.account", "azurerm_storage_container.data")
    imported = with_(CONFIG, "azurerm_storage_account.account", tags={"imported": "yes"})
    imported["import"] = [
        {"to": "azurerm_storage_account.account", "id": account},
        {"to": "azurerm_storage_container.data", "id": f"{account}/blobServices/default/containers/data"},
    ]
    recorder.record("import", imported)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        main(Path(place))
