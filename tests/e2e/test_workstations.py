"""The real terraform on a workstation: nothing is ever sent to one that is there.

The tests build on each other's state and run in this order.
"""

from __future__ import annotations

import json
from typing import Any

import cdktf
import pytest

from constructs_lib.azure.workstation import Schedule, add_workstation
from sandbox.services.seed import seed
from tests.e2e.terraform import Json, Terraform, TerraformError
from tests.project import ON_CALL, SUBSCRIPTION, TENANT
from tests.unit.constructs.examples import resource_group, synthesized, workspace

WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
ANNA = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/{WORKSPACE}/ml/computes/dev-anna"
MADE_WITH = "terraform_data.workstation_dev-anna_made_with"
STOP = [Schedule("Stop", "0 19 * * *", "UTC")]


def configuration(**changes: Any) -> Json:
    """Return a workstation in a workspace that has nothing else to it."""
    stack = cdktf.TerraformStack(cdktf.Testing.app(), "example")
    tags = changes.pop("tags", {})
    settings: dict[str, Any] = {
        "workspace_name": "rg/ml",
        "location": "eastus",
        "tenant_id": TENANT,
        "name": "dev-anna",
        "user": ON_CALL,
        "vm_size": "Standard_DS3_v2",
        "idle_shutdown": "PT1H",
        "schedules": STOP,
        "node_public_ip": True,
        **changes,
    }
    add_workstation(stack, workspace=workspace(stack, resource_group(stack)), **settings)
    written = synthesized(stack)
    machines = {
        name: {**body, "parent_id": "${azapi_resource.workspace.id}", "depends_on": [], "tags": tags}
        for name, body in written.resources("azapi_resource").items()
    }
    place = {
        "type": f"{WORKSPACE}@2025-12-01",
        "parent_id": "${azurerm_resource_group.group.id}",
        "name": "ml",
        "location": "eastus",
    }
    return {
        "provider": {"azurerm": {"subscription_id": SUBSCRIPTION, "features": {}}},
        "resource": {
            "azurerm_resource_group": {"group": {"name": "rg", "location": "eastus"}},
            "azapi_resource": {"workspace": place, **machines},
            "terraform_data": written.resources("terraform_data"),
        },
    }


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    terraform = Terraform(tmp_path_factory.mktemp("workstation"))
    seed(terraform.cloud.folder, project=None, subscriptions=[SUBSCRIPTION])
    terraform.write(configuration())
    terraform.apply()
    return terraform


def settings(terraform: Terraform) -> Json:
    """Return what Azure has of the workstation."""
    found = terraform.cloud.find(ANNA)
    assert found is not None
    wanted: Json = found.attributes["body"]["properties"]["properties"]
    return wanted


def test_a_second_plan_is_empty(terraform: Terraform) -> None:
    assert terraform.actions() == {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"idle_shutdown": "PT30M"}, "idle_shutdown PT30M"),
        ({"schedules": []}, "idle_shutdown PT1H, a public address"),
        ({"vm_size": "Standard_DS4_v2"}, "vm_size Standard_DS4_v2"),
        ({"user": TENANT}, f"user {TENANT}"),
        ({"workspace_name": "rg/other"}, "workspace rg/other"),
    ],
)
def test_a_change_that_azure_would_ignore_is_refused(
    terraform: Terraform, change: dict[str, Any], words: str
) -> None:
    before = settings(terraform)
    terraform.write(configuration(**change))
    with pytest.raises(TerraformError) as refused:
        terraform.actions()
    said = " ".join(str(refused.value).replace("│", " ").split())
    assert "The workstation dev-anna was made with workspace rg/ml in eastus" in said
    assert words in said
    assert f"terraform state rm {MADE_WITH}" in said
    assert settings(terraform) == before


def test_what_the_user_changes_in_studio_stays(terraform: Terraform) -> None:
    terraform.write(configuration())
    found = terraform.cloud.find(ANNA)
    assert found is not None
    assert found.path is not None
    found.path.write_text(found.path.read_text().replace('"PT1H"', '"PT15M"'))
    assert settings(terraform)["idleTimeBeforeShutdown"] == "PT15M"
    assert terraform.actions() == {}


def test_other_tags_send_nothing(terraform: Terraform) -> None:
    terraform.write(configuration(tags={"cost-center": "ml"}))
    assert terraform.actions() == {}


def test_the_way_that_the_message_names(terraform: Terraform) -> None:
    terraform.write(configuration(idle_shutdown="PT15M"))
    terraform.forget(MADE_WITH)
    assert terraform.actions() == {MADE_WITH: ["create"]}
    terraform.apply_plan()
    assert terraform.actions() == {}
    assert settings(terraform)["idleTimeBeforeShutdown"] == "PT15M"


def test_another_name_is_another_machine(terraform: Terraform) -> None:
    terraform.write(configuration(name="dev-anna-b"))
    assert terraform.actions() == {
        "azapi_resource.workstation_dev-anna": ["delete"],
        "azapi_resource.workstation_dev-anna-b": ["create"],
        MADE_WITH: ["delete"],
        MADE_WITH.replace("anna", "anna-b"): ["create"],
    }
    terraform.apply_plan()
    assert terraform.cloud.find(ANNA) is None


def test_destroying_leaves_nothing(terraform: Terraform) -> None:
    terraform.run("destroy", "-auto-approve")
    assert json.loads(terraform.run("show", "-json")).get("values") is None
    assert [item.type for item in terraform.cloud.resources()] == ["azurerm_subscription"]
