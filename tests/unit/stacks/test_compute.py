"""Clusters and workstations of a company: each with its address, its variable and its place in the network."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.loader import load_settings
from tests.project import close_everything, copy_configuration, replace
from tests.schema import problems
from tests.synthesized import Stack, synthesize_to

Stacks = dict[str, Stack]

CLUSTER = "azurerm_machine_learning_compute_cluster"


def test_every_cluster_has_an_address_of_its_key(company: Stacks) -> None:
    assert {name: sorted(stack.resources(CLUSTER)) for name, stack in company.items()} == {
        "mlops-registry": [],
        "mlops-dev": ["cluster_batch", "cluster_gpu_training", "training_cluster"],
        "mlops-test": ["cluster_nightly_batch", "scoring_cluster"],
        "mlops-prod": ["scoring_cluster"],
        "mlops-state": [],
    }


@pytest.mark.parametrize(
    ("stack", "variable", "value"),
    [
        ("dev", "devTrainingCluster", "dev-training-cluster"),
        ("dev", "devGpuTraining", "dev-gpu-cluster"),
        ("dev", "devBatch", "dev-batch-cluster"),
        ("test", "testScoringCluster", "test-scoring-cluster"),
        ("test", "testNightlyBatch", "test-batch-cluster"),
    ],
)
def test_pipelines_find_a_cluster_by_its_variable(
    company: Stacks, stack: str, variable: str, value: str
) -> None:
    found = company[f"mlops-{stack}"].variables(f"mlops-{stack}-variables")
    assert found[variable]["value"] == value
    assert "lifecycle" not in found[variable]  # Terraform owns it


def test_there_is_no_variable_of_a_cluster_that_is_not_there(company: Stacks) -> None:
    assert "devScoringCluster" not in company["mlops-dev"].variables("mlops-dev-variables")


def test_nodes_are_where_the_configuration_says(company: Stacks) -> None:
    dev = company["mlops-dev"].resources(CLUSTER)
    assert dev["cluster_batch"]["subnet_resource_id"].endswith("/virtualNetworks/hub/subnets/ml-batch")
    assert dev["cluster_batch"]["node_public_ip_enabled"] is False
    assert "subnet_resource_id" not in dev["cluster_gpu_training"]
    assert dev["cluster_gpu_training"]["node_public_ip_enabled"] is True
    assert (dev["cluster_gpu_training"]["vm_priority"], dev["cluster_gpu_training"]["vm_size"]) == (
        "LowPriority",
        "STANDARD_NC4AS_T4_V3",
    )


def test_workstations_are_where_they_are_asked_for(company: Stacks, stacks: Stacks) -> None:
    machines = {
        name: sorted(key for key in stack.resources("azapi_resource") if key.startswith("workstation_"))
        for name, stack in company.items()
    }
    assert machines == {
        "mlops-registry": [],
        "mlops-dev": ["workstation_dev-anna", "workstation_dev-ben"],
        "mlops-test": [],
        "mlops-prod": [],
        "mlops-state": [],
    }
    assert not any("workstation" in address for stack in stacks.values() for address in stack.addresses())


@pytest.mark.parametrize("name", ["mlops-dev", "mlops-test"])
def test_nothing_is_wrong_with_them_that_terraform_lets_pass(company: Stacks, name: str) -> None:
    assert problems(name, company[name].terraform) == []


def test_a_workstation_of_a_private_environment_has_no_public_address(
    company: Stacks, closed: Stacks
) -> None:
    path = "azapi_resource.workstation_dev-anna.body.properties.properties.enableNodePublicIp"
    assert closed["mlops-dev"].at(path) is False
    assert company["mlops-dev"].at(path) is True


def test_a_private_environment_builds_its_images_where_nobody_takes_the_nodes(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    close_everything(config)
    replace(
        config / "environments" / "dev.yaml",
        ("    name: dev-scoring-cluster\n", "    name: dev-scoring-cluster\n    vm_priority: LowPriority\n"),
    )
    written = synthesize_to(load_settings(config), tmp_path / "out")
    images = "azurerm_machine_learning_workspace.workspace.image_build_compute_name"
    assert written["mlops-dev"].at(images) == "dev-training-cluster"
    assert written["mlops-test"].at(images) == "test-scoring-cluster"
