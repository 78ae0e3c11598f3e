"""The guide through the real cdktf and terraform: deploy, diff, change, edit, destroy.

The tests build on each other's deployment and run in this order; each leaves it as it found it.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sandbox.__main__ import app
from sandbox.commands.library import delete_variable, list_variables, set_variable
from sandbox.commands.platform import Platform, SandboxError
from tests.e2e.plans import actions, is_empty
from tests.e2e.terraform import deploy
from tests.guide.tables import APPROVALS, ENVIRONMENTS, GROUPS, PERMISSIONS, VARIABLES, Variable
from tests.project import add_staging, make_private, replace
from tests.synthesized import Stack

STACKS = ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"]
TEAMS = {
    "developers",
    "leads",
    "ml_team_leads",
    "platform_lead",
    "platform_team",
    "qa_team",
    "senior_engineers",
}


@pytest.fixture(scope="module")
def deployed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """A deployment of its own: the last tests destroy it."""
    return deploy(tmp_path_factory.mktemp("platform"), project)


# --- After the first deployment --------------------------------------------------------------------------


@pytest.mark.parametrize("name", STACKS)
def test_everything_synthesized_is_in_the_state(
    deployed: Platform, stacks: dict[str, Stack], name: str
) -> None:
    assert deployed.managed(name) == stacks[name].addresses()


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [(group, name, value) for group, rows in VARIABLES.items() for name, value in rows.items()],
)
def test_variable_of_the_guide_is_in_the_library(
    deployed: Platform, group: str, name: str, value: str
) -> None:
    assert list_variables(deployed.cloud_folder, group)[group][name] == value


@pytest.mark.parametrize(
    ("environment", "row"),
    [(name, row) for name, rows in ENVIRONMENTS.items() for _, row in rows if isinstance(row, Variable)],
)
def test_setting_of_the_guide_is_in_the_library(deployed: Platform, environment: str, row: Variable) -> None:
    group = f"mlops-{environment}-variables"
    assert list_variables(deployed.cloud_folder, group)[group][row.name] == row.value


@pytest.mark.parametrize(
    ("environment", "address", "value"),
    [
        (name, row.address, row.value)
        for name, rows in ENVIRONMENTS.items()
        for _, row in rows
        if not isinstance(row, Variable)
    ],
)
def test_setting_of_the_guide_is_in_the_state(
    deployed: Platform, environment: str, address: str, value: object
) -> None:
    type_, name, *path = address.split(".")
    found: Any = deployed.attributes(f"mlops-{environment}", f"{type_}.{name}")
    for part in path:
        if isinstance(found, list) and not part.isdigit():
            (found,) = found  # the state keeps a single block as a list of one
        found = found[int(part)] if isinstance(found, list) else found[part]
    assert found == value


@pytest.mark.parametrize(("name", "stack", "approvers"), [(row[0], row[1], row[3]) for row in APPROVALS])
def test_approvers_are_the_teams_of_the_guide(
    deployed: Platform, name: str, stack: str, approvers: list[str]
) -> None:
    gate = "promotion" if stack == "mlops-registry" else "approval"
    environment = deployed.attributes(stack, f"azuredevops_environment.{gate}")
    check = deployed.attributes(stack, f"azuredevops_check_approval.{gate}_approval")
    assert environment["name"] == name
    assert check["target_resource_id"] == environment["id"]
    teams = {
        body["group_id"]: body["display_name"]
        for body in deployed.every("mlops-registry", "azuredevops_group").values()
    }
    assert [teams[approver] for approver in check["approvers"]] == approvers


@pytest.mark.parametrize("group", GROUPS)
def test_roles_are_on_the_group_of_the_guide(deployed: Platform, group: str) -> None:
    stack = GROUPS[group][0]
    (found,) = [
        body for body in deployed.every(stack, "azuredevops_variable_group").values() if body["name"] == group
    ]
    teams = {
        body["group_id"]: body["display_name"]
        for body in deployed.every("mlops-registry", "azuredevops_group").values()
    }
    roles = {
        teams[body["identity_id"]]: body["role_name"]
        for body in deployed.every(stack, "azuredevops_securityrole_assignment").values()
        if body["resource_id"] == f"{found['project_id']}${found['id']}"
    }
    assert roles == PERMISSIONS[group]


@pytest.mark.parametrize(
    ("name", "key", "identity_key"),
    [
        ("mlops-dev", "connection", "connection_identity"),
        ("mlops-test", "connection", "connection_identity"),
        ("mlops-prod", "connection", "connection_identity"),
        ("mlops-registry", "shared_connection", "shared_identity"),
        ("mlops-registry", "promotion_connection", "promotion_identity"),
    ],
)
def test_a_connection_signs_in_as_its_identity(
    deployed: Platform, name: str, key: str, identity_key: str
) -> None:
    endpoint = deployed.attributes(name, f"azuredevops_serviceendpoint_azurerm.{key}")
    identity = deployed.attributes(name, f"azurerm_user_assigned_identity.{identity_key}")
    credential = deployed.attributes(
        name, f"azurerm_federated_identity_credential.{key}_federated_credential"
    )
    assert endpoint["credentials"][0]["serviceprincipalid"] == identity["client_id"]
    assert credential["issuer"] == endpoint["workload_identity_federation_issuer"]
    assert credential["subject"] == endpoint["workload_identity_federation_subject"]
    assert credential["user_assigned_identity_id"] == identity["id"]


@pytest.mark.parametrize("name", STACKS)
def test_the_second_diff_is_empty(deployed: Platform, name: str) -> None:
    assert is_empty(deployed.diff(name))


def test_the_sandboxs_own_commands_see_the_same(
    project: Path, deployed: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.__main__.Platform", partial(Platform, project=project))
    done = CliRunner().invoke(app, ["diff", "mlops-dev", "--folder", str(deployed.folder)])
    assert done.exit_code == 0, done.output
    assert is_empty(done.stdout)


# --- Edits in the Library --------------------------------------------------------------------------------


def test_edits_in_the_library(deployed: Platform) -> None:
    folder, group = deployed.cloud_folder, "mlops-dev-variables"
    set_variable(folder, group, "validationMinAccuracy", "0.72")  # a setting: the Library's
    set_variable(folder, group, "addedByHand", "yes")
    assert is_empty(deployed.diff("mlops-dev"))

    set_variable(folder, group, "workspaceName", "elsewhere")  # a fact: Terraform's
    delete_variable(folder, group, "trainingLookbackDays")
    assert actions(deployed.diff("mlops-dev")) == {
        "azuredevops_variable_group_variable.variables_workspaceName": "will be updated in-place",
        "azuredevops_variable_group_variable.variables_trainingLookbackDays": "will be created",
    }

    deployed.deploy("mlops-registry", "mlops-dev")
    variables = list_variables(folder, group)[group]
    assert variables["validationMinAccuracy"] == "0.72"
    assert variables["addedByHand"] == "yes"
    assert variables["workspaceName"] == "mlops-dev-workspace"
    assert variables["trainingLookbackDays"] == "90"


# --- Changes of the configuration --------------------------------------------------------------------------


def changed_stacks(platform: Platform) -> set[str]:
    """Synthesize, and return the stacks that are another Terraform now. For the others there is nothing to plan.

    Every stack names all placeholders, those of a new environment too: in a variable, which deploys nothing.
    """

    def terraform() -> dict[str, dict[str, Any]]:
        files = {stack.name: stack.folder / "cdk.tf.json" for stack in platform.stacks()}
        return {name: {**json.loads(file.read_text()), "variable": None} for name, file in files.items()}

    before = terraform()
    platform.synthesize()
    return {name for name, content in terraform().items() if before.get(name) != content}


def test_scaling_a_cluster_updates_it_in_place(deployed: Platform, edited: Path) -> None:
    replace(edited / "environments/prod.yaml", ("max_nodes: 8", "max_nodes: 10"))
    assert changed_stacks(deployed) == {"mlops-prod"}
    assert actions(deployed.diff("mlops-prod")) == {
        "azurerm_machine_learning_compute_cluster.scoring_cluster": "will be updated in-place"
    }


def test_another_vm_size_replaces_only_the_cluster(deployed: Platform, edited: Path) -> None:
    replace(edited / "environments/test.yaml", ("Standard_DS3_v2", "Standard_DS4_v2"))
    deployed.synthesize()
    assert actions(deployed.diff("mlops-test")) == {
        "azurerm_machine_learning_compute_cluster.scoring_cluster": "must be replaced"
    }


def test_a_seed_that_changes_later_touches_nothing(deployed: Platform, edited: Path) -> None:
    replace(edited / "environments/test.yaml", ('min_accuracy: "0.80"', 'min_accuracy: "0.81"'))
    deployed.synthesize()
    assert is_empty(deployed.diff("mlops-test"))


def test_a_private_network_for_test_changes_only_what_it_should(deployed: Platform, edited: Path) -> None:
    make_private(edited / "environments/test.yaml", "10.20.0.0/24")
    assert changed_stacks(deployed) == {"mlops-test"}
    changes = actions(deployed.diff("mlops-test"))
    created = {address.split(".")[0] for address, action in changes.items() if action == "will be created"}
    assert created == {
        "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint",
        "azurerm_monitor_diagnostic_setting",
        "azurerm_monitor_private_link_scope",
        "azurerm_monitor_private_link_scoped_service",
        "azurerm_network_security_group",
        "azurerm_private_dns_zone",
        "azurerm_private_dns_zone_virtual_network_link",
        "azurerm_private_endpoint",
        "azurerm_role_assignment",
        "azurerm_subnet",
        "azurerm_subnet_network_security_group_association",
        "azurerm_virtual_network",
    }
    assert {address: action for address, action in changes.items() if action != "will be created"} == {
        **dict.fromkeys(
            (
                "azurerm_application_insights.monitoring_application_insights",
                "azurerm_container_registry.container_registry",
                "azurerm_key_vault.key_vault",
                "azurerm_log_analytics_workspace.monitoring_log_analytics",
                "azurerm_machine_learning_workspace.workspace",
                "azurerm_storage_account.storage",
            ),
            "will be updated in-place",
        ),
        # It waits for the new roles, too.
        "time_sleep.workspace_roles_wait": "must be replaced",
        # Nodes lose their public addresses, which Azure does not do in place.
        "azurerm_machine_learning_compute_cluster.scoring_cluster": "must be replaced",
    }


def test_another_kind_of_identity_is_refused_before_anything_is_touched(
    deployed: Platform, edited: Path
) -> None:
    file = edited / "environments/test.yaml"
    replace(file, ("managed_identity: user_assigned", "managed_identity: system_assigned"))
    deployed.synthesize()
    with pytest.raises(SandboxError) as refused:
        deployed.diff("mlops-test")
    words = " ".join(str(refused.value).replace("│", " ").split())
    assert "was made with managed_identity user_assigned" in words
    # The way that the message names.
    replace(file, ("name: mlops-test-workspace", "name: mlops-test-workspace-2"))
    deployed.synthesize()
    changes = actions(deployed.diff("mlops-test"))
    assert changes["azurerm_machine_learning_workspace.workspace"] == "must be replaced"


def test_predictions_that_a_lock_keeps_are_refused_before_anything_is_touched(
    deployed: Platform, edited: Path
) -> None:
    """Without that, the datastore and the lifecycle rule would go before Azure refuses to delete the container."""
    file = edited / "environments/prod.yaml"
    replace(file, ("  predictions: 180\n", ""))
    deployed.synthesize()
    with pytest.raises(
        SandboxError, match=r"storage_container\.predictions\b.* has\s+lifecycle\.prevent_destroy set"
    ):
        deployed.diff("mlops-prod")
    # The way that docs/backup.md names.
    replace(file, ("delete_locks: true", "delete_locks: false"))
    deployed.synthesize()
    changes = actions(deployed.diff("mlops-prod"))
    assert changes["azurerm_storage_container.predictions"] == "will be destroyed"
    assert changes["azurerm_management_lock.lock_storage"] == "will be destroyed"


def test_a_new_environment_changes_no_other_stack(deployed: Platform, edited: Path) -> None:
    add_staging(edited)
    assert changed_stacks(deployed) == {"mlops-staging"}
    assert set(actions(deployed.diff("mlops-staging")).values()) == {"will be created"}


# --- Destroying ------------------------------------------------------------------------------------------


def test_without_the_word_destroying_leaves_project_teams_and_registry(deployed: Platform) -> None:
    before = deployed.managed("mlops-registry")
    deployed.destroy("mlops-!(registry)")
    with pytest.raises(SandboxError, match=r"has lifecycle\.prevent_destroy set"):
        deployed.destroy()
    # Of the registry stack nothing was touched.
    assert [deployed.managed(name) for name in STACKS] == [before, [], [], []]
    deployed.synthesize(ONLY_PROTECTED="1")
    deployed.deploy("mlops-registry")
    assert deployed.managed("mlops-registry") == [
        "azapi_resource.registry",
        "azuredevops_group.team",
        # The registry is in it.
        "azurerm_resource_group.resource_group",
    ]
    assert set(deployed.every("mlops-registry", "azuredevops_group")) == TEAMS
    deployed.synthesize()
    assert set(actions(deployed.diff("mlops-registry")).values()) == {"will be created"}


def test_with_the_word_destroying_leaves_only_what_was_there_before(deployed: Platform) -> None:
    deployed.synthesize(DESTROY_PROTECTED="1")
    deployed.destroy()
    for name in STACKS:
        assert deployed.managed(name) == []
    cloud = deployed.cloud()
    with cloud.locked():
        left = {resource.type for resource in cloud.resources()}
    assert left == {
        "azurerm_subscription",
        "azuredevops_project",
        "azuredevops_group",
        "azuredevops_build_definition",
    }, json.dumps(sorted(left))
    # What Azure keeps for some days, and the names of it: the workspaces of dev and test are purged at once.
    kept = {
        type_name: sorted(item.name for item in cloud.soft_deleted(type_name))
        for type_name in (
            "azurerm_key_vault",
            "azurerm_log_analytics_workspace",
            "azurerm_machine_learning_workspace",
        )
    }
    assert kept == {
        "azurerm_key_vault": ["mlops-dev-keyvault", "mlops-prod-keyvault", "mlops-test-keyvault"],
        "azurerm_log_analytics_workspace": [
            "mlops-dev-logs",
            "mlops-prod-logs",
            "mlops-registry-logs",
            "mlops-test-logs",
        ],
        "azurerm_machine_learning_workspace": ["mlops-prod-workspace"],
    }
