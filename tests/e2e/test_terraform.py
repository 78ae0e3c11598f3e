"""The real terraform on a small configuration: what a person meets who works with the sandbox directly.

The tests build on each other's state and run in this order.
"""

from __future__ import annotations

import copy
import json
import re

import pytest

from sandbox.cloud.store import Resource
from sandbox.commands.library import set_variable
from sandbox.services.seed import seed
from tests.e2e.terraform import Json, Terraform, TerraformError

SUBSCRIPTION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/account"
REGISTRY = f"{GROUP}/providers/Microsoft.MachineLearningServices/registries/models"

CONFIG: Json = {
    "provider": {
        "azurerm": {"subscription_id": SUBSCRIPTION, "features": {}},
        "azuredevops": {"org_service_url": "https://dev.azure.com/contoso"},
    },
    "data": {"azuredevops_project": {"project": {"name": "mlops"}}},
    "resource": {
        "azurerm_resource_group": {"group": {"name": "rg", "location": "East US"}},
        "azurerm_storage_account": {
            "account": {
                "name": "account",
                "resource_group_name": "${azurerm_resource_group.group.name}",
                "location": "${azurerm_resource_group.group.location}",
                "account_tier": "Standard",
                "account_replication_type": "LRS",
            }
        },
        "azurerm_storage_container": {
            "data": {"name": "data", "storage_account_id": "${azurerm_storage_account.account.id}"}
        },
        "azurerm_log_analytics_workspace": {
            "logs": {
                "name": "logs",
                "resource_group_name": "${azurerm_resource_group.group.name}",
                "location": "eastus",
                # No float holds it exactly: it must not differ in every plan.
                "daily_quota_gb": 0.05,
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
            }
        },
    },
    "output": {
        "endpoint": {"value": "${azurerm_storage_account.account.primary_blob_endpoint}"},
        "discovery": {"value": "${azapi_resource.registry.output.properties.discoveryUrl}"},
    },
}


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    terraform = Terraform(tmp_path_factory.mktemp("small"))
    seed(terraform.cloud.folder, subscriptions=[SUBSCRIPTION])
    terraform.write(CONFIG)
    terraform.apply()
    return terraform


def resource(terraform: Terraform, resource_id: str) -> Resource:
    found = terraform.cloud.find(resource_id)
    assert found is not None
    return found


def edit(terraform: Terraform, resource_id: str, old: str, new: str) -> None:
    path = resource(terraform, resource_id).path
    assert path is not None
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_outputs_carry_what_the_service_decided(terraform: Terraform) -> None:
    outputs = json.loads(terraform.run("output", "-json"))
    assert outputs["endpoint"]["value"] == "https://account.blob.core.windows.net/"
    assert outputs["discovery"]["value"].endswith("/registries/models/discovery")


def test_a_second_apply_does_nothing(terraform: Terraform) -> None:
    printed = terraform.apply()
    assert "No changes." in printed
    assert "0 added, 0 changed, 0 destroyed" in printed


def test_drift_by_editing_and_by_deleting_a_file(terraform: Terraform) -> None:
    edit(terraform, ACCOUNT, "TLS1_2", "TLS1_0")
    edit(terraform, REGISTRY, '"Enabled"', '"Disabled"')
    terraform.cloud.remove(
        resource(terraform, f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs")
    )
    assert terraform.actions() == {
        "azurerm_storage_account.account": ["update"],
        "azapi_resource.registry": ["update"],
        "azurerm_log_analytics_workspace.logs": ["create"],
    }
    terraform.apply_plan()
    assert resource(terraform, ACCOUNT).attributes["min_tls_version"] == "TLS1_2"


def test_importing_by_the_command(terraform: Terraform) -> None:
    account, registry = "azurerm_storage_account.account", "azapi_resource.registry"
    terraform.forget(account, registry)
    with pytest.raises(TerraformError, match="Cannot import non-existent remote object"):
        terraform.run("import", account, f"{ACCOUNT}x")
    for address, resource_id in ((account, ACCOUNT), (registry, f"{REGISTRY}?api-version=2025-12-01")):
        assert "Import successful!" in terraform.run("import", address, resource_id)


def test_what_cannot_change_is_replaced_and_what_is_inside_goes_first(terraform: Terraform) -> None:
    config = copy.deepcopy(CONFIG)
    config["resource"]["azurerm_storage_account"]["account"]["name"] = "another"
    terraform.write(config)
    # Nothing else: what was imported above is as it was.
    assert terraform.actions() == {
        "azurerm_storage_account.account": ["delete", "create"],
        "azurerm_storage_container.data": ["delete", "create"],
    }
    printed = terraform.apply_plan()
    steps = [
        "container.data: Destroying",
        "account.account: Destroying",
        "account.account: Creating",
        "container.data: Creating",
    ]
    positions = [printed.index(step) for step in steps]
    assert positions == sorted(positions)


def test_a_variable_made_by_hand_is_imported_by_a_block(terraform: Terraform) -> None:
    set_variable(terraform.cloud.folder, "settings", "minAccuracy", "0.70")
    group = "azuredevops_variable_group.settings"
    variable = {
        "project_id": f"${{{group}.project_id}}",
        "variable_group_id": f"${{{group}.id}}",
        "name": "minAccuracy",
        "value": "0.70",
    }
    import_id = f"${{{group}.project_id}}/${{{group}.id}}/minAccuracy"
    config = copy.deepcopy(CONFIG)
    config["resource"]["azurerm_storage_account"]["account"]["name"] = "another"
    config["resource"]["azuredevops_variable_group_variable"] = {"accuracy": variable}
    config["import"] = [{"to": "azuredevops_variable_group_variable.accuracy", "id": import_id}]
    terraform.write(config)
    assert "1 imported, 0 added, 0 changed, 0 destroyed" in terraform.apply()


def test_destroying_ends_with_the_group(terraform: Terraform) -> None:
    printed = terraform.run("destroy", "-auto-approve")
    destroyed = re.findall(r"^(\S+): Destruction complete", printed, re.MULTILINE)
    # What is in Azure DevOps depends on nothing in Azure, and may go before or after.
    in_azure = [address for address in destroyed if address.startswith("azurerm_")]
    assert len(in_azure) > 1
    assert in_azure[-1] == "azurerm_resource_group.group"
    assert not [item for item in terraform.cloud.resources() if item.id.startswith(GROUP)]


def test_opentofus_addresses_lead_to_the_same_providers(tmp_path_factory: pytest.TempPathFactory) -> None:
    tofu = Terraform(tmp_path_factory.mktemp("tofu"), registry="registry.opentofu.org")
    tofu.write({"resource": {"time_sleep": {"wait": {"create_duration": "90s"}}}})
    tofu.apply()
    state = json.loads((tofu.folder / "terraform.tfstate").read_text())
    assert state["resources"][0]["provider"] == 'provider["registry.opentofu.org/hashicorp/time"]'
