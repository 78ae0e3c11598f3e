"""What each option of the configuration does to the Terraform."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deployment.state import StateError
from settings.loader import load_settings
from tests.project import SUBSCRIPTION, TENANT, copy_configuration, replace
from tests.schema import problems
from tests.synthesized import Stack, role_name, synthesize_to

Stacks = dict[str, Stack]


def test_a_new_file_is_a_new_stack(variant: Stacks) -> None:
    assert sorted(variant) == ["mlops-dev", "mlops-prod", "mlops-registry", "mlops-staging", "mlops-test"]
    staging = variant["mlops-staging"]
    assert staging.at("azurerm_machine_learning_workspace.workspace.name") == "mlops-staging-workspace"
    assert staging.variables("mlops-staging-variables")["validationMinAccuracy"]["value"] == "0.75"
    assert "stagingScoringCluster" in staging.variables("mlops-staging-variables")


def test_a_new_environment_leaves_the_shared_group_alone(variant: Stacks) -> None:
    assert not [
        name for name in variant["mlops-registry"].variables("mlops-shared-variables") if "taging" in name
    ]


@pytest.mark.parametrize("name", ["mlops-registry", "mlops-dev", "mlops-staging", "mlops-test", "mlops-prod"])
def test_nothing_is_wrong_with_any_option_that_terraform_lets_pass(variant: Stacks, name: str) -> None:
    assert problems(name, variant[name].terraform) == []


@pytest.mark.parametrize("name", ["mlops-registry", "mlops-prod", "mlops-staging"])
def test_remote_state_has_one_key_a_stack_and_no_access_key(variant: Stacks, name: str) -> None:
    assert variant[name].terraform["terraform"]["backend"] == {
        "azurerm": {
            "container_name": "tfstate",
            "key": f"{name}.tfstate",
            "resource_group_name": "mlops-state-rg",
            "storage_account_name": "mlopsstate",
            "subscription_id": SUBSCRIPTION,
            "tenant_id": TENANT,
            "use_azuread_auth": True,
        }
    }


def test_another_prefix_is_in_the_names_of_stacks_and_what_follows_from_them(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    with (config / "platform.yaml").open("a") as file:
        file.write("\nstack_prefix: ml\n")
    out = tmp_path / "cdktf.out"
    stacks = synthesize_to(load_settings(config), out)
    assert sorted(stacks) == ["ml-dev", "ml-prod", "ml-registry", "ml-test"]
    prod = stacks["ml-prod"]
    assert prod.terraform["terraform"]["backend"]["local"]["path"].endswith("/terraform.ml-prod.tfstate")
    assert prod.at("azurerm_monitor_private_link_scope.monitor_private_link.name") == "ml-prod-monitor"
    assert prod.at("azurerm_resource_group.resource_group.name") == "mlops-prod-rg"


def test_another_prefix_is_refused_after_a_deployment_and_nothing_is_replaced(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    out = tmp_path / "cdktf.out"
    synthesize_to(load_settings(config), out)
    (tmp_path / ".state" / "terraform.mlops-registry.tfstate").write_text('{"resources": [{}]}')
    with (config / "platform.yaml").open("a") as file:
        file.write("\nstack_prefix: ml\n")
    with pytest.raises(StateError, match="Set stack_prefix to mlops"):
        synthesize_to(load_settings(config), out)
    assert sorted(path.name for path in (out / "stacks").iterdir()) == [
        *("mlops-dev", "mlops-prod", "mlops-registry", "mlops-test")
    ]


def test_tags_of_an_environment_come_on_top_of_those_of_the_platform(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    with (config / "environments" / "dev.yaml").open("a") as file:
        file.write("\ntags:\n  owner: data-team\n  managed-by: team\n")
    stacks = synthesize_to(load_settings(config), tmp_path / "out")
    own = {"platform": "mlops", "managed-by": "team", "owner": "data-team", "environment": "dev"}
    assert stacks["mlops-dev"].at("azurerm_storage_account.storage.tags") == own
    others = {"platform": "mlops", "managed-by": "terraform", "environment": "test"}
    assert stacks["mlops-test"].at("azurerm_storage_account.storage.tags") == others


def test_tags_of_policies_are_left_alone_on_everything_with_tags(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    with (config / "platform.yaml").open("a") as file:
        file.write("\nignored_tags: [cost-center, 'Cost \"Center\"']\n")
    stacks = synthesize_to(load_settings(config), tmp_path / "out")
    left_alone = ['tags["cost-center"]', 'tags["Cost \\"Center\\""]']
    tagged = 0
    for name, stack in stacks.items():
        assert problems(name, stack.terraform) == []
        for address in stack.addresses():
            body = stack.at(address)
            ignored = body.get("lifecycle", {}).get("ignore_changes", [])
            if "tags" in body:
                tagged += 1
                assert ignored[-2:] == left_alone, address
            else:
                assert not any(item.startswith("tags[") for item in ignored), address
    assert tagged > 50
    dev = stacks["mlops-dev"]
    # What was ignored before still is, and nothing that replaces is added.
    assert dev.at("azurerm_storage_account.storage.lifecycle") == {
        "ignore_changes": ["blob_properties[0].cors_rule", *left_alone]
    }
    assert "tags" in dev.at("azurerm_machine_learning_compute_cluster.training_cluster")


def test_with_real_ids_nothing_is_guarded(variant: Stacks) -> None:
    for stack in variant.values():
        assert "allow_placeholder_ids" not in stack.terraform.get("variable", {})
        assert stack.terraform["provider"]["azurerm"][0]["subscription_id"] == SUBSCRIPTION
        assert stack.terraform["provider"]["azuredevops"][0] == {
            "org_service_url": "https://dev.azure.com/contoso",
            "tenant_id": TENANT,
        }


def test_the_project_is_created_by_the_registry_stack_and_found_by_the_others(variant: Stacks) -> None:
    assert variant["mlops-registry"].at("azuredevops_project.project.name") == "mlops"
    assert variant["mlops-registry"].at("azuredevops_project.project.visibility") == "private"
    for name in ("mlops-dev", "mlops-prod"):
        assert not variant[name].resources("azuredevops_project")
        assert variant[name].data("azuredevops_project")["project"]["name"] == "mlops"


def test_an_own_variable_is_seeded_exactly_and_left_to_the_library(variant: Stacks) -> None:
    variable = variant["mlops-registry"].variables("mlops-pipeline-settings")["batchSize"]
    assert variable["value"] == "010"
    assert variable["lifecycle"] == {"ignore_changes": ["value"]}


def test_what_an_alert_starts_must_start_on_a_branch_that_the_connection_lets_in(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    replace(
        config / "platform.yaml",
        ("Auto Rollback: { name: Auto Rollback, exists: false }", "Auto Rollback: { name: Auto Rollback }"),
    )
    prod = synthesize_to(load_settings(config), tmp_path / "out")["mlops-prod"]
    for name, pipeline in prod.data("azuredevops_build_definition").items():
        conditions = [item["condition"] for item in pipeline["lifecycle"]["postcondition"]]
        expected = '${can(regex("^(refs/heads/)?(main)$", self.repository[0].branch_name))}'
        # The others are started by people, who choose a branch.
        assert (expected in conditions) is (name == "pipeline_Auto_Rollback"), name


def test_a_linked_group_is_a_further_group_that_waits_for_its_role(variant: Stacks) -> None:
    staging = variant["mlops-staging"]
    group = staging.at("azuredevops_variable_group.key_vault_variables")
    assert group["key_vault"] == {
        "name": "mlops-staging-keyvault",
        "service_endpoint_id": "${azuredevops_serviceendpoint_azurerm.connection.id}",
    }
    role = staging.at("azurerm_role_assignment.connection_identity_roles_key_vault_key_vault_secrets_user")
    assert role_name(role) == "Key Vault Secrets User"
    assert (
        "azurerm_role_assignment.connection_identity_roles_key_vault_key_vault_secrets_user"
        in group["depends_on"]
    )
    assert "scoring-api-password" not in json.dumps(staging.variables("mlops-staging-variables"))
