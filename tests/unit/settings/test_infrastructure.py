"""The platform's own pipelines: what they are called, and what is worth knowing of them."""

from __future__ import annotations

import pytest

from settings.loader import load_settings
from settings.reading.problems import dotted
from tests.project import add_infrastructure_pipelines
from tests.unit.settings.configuration import DEV, PLATFORM, PROD, Configuration

TAKEN = {
    "a service connection": (DEV, "Azure-MLOps-Dev", "MLOps-Dev-Plan", "service_connection.name"),
    "one that applies": (
        PLATFORM, "name: Azure-MLOps-Shared", "name: mlops-registry-apply", "shared.service_connection.name",
    ),
    "an approval environment": (
        PLATFORM, "name: registry-promotion", "name: mlops-prod-infrastructure", "registry.approval_environment.name",
    ),
    "a pipeline": (PLATFORM, "{ name: Training }", "{ name: mlops-infrastructure-deploy }", "pipelines.Training.name"),
    "the key of a pipeline": (
        PLATFORM, "  Auto Rollback: {", "  mlops-infrastructure-drift: { name: x, exists: false }\n  Auto Rollback: {",
        "pipelines.mlops-infrastructure-drift",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAKEN)
def test_names_that_the_platform_makes_are_taken_where_it_makes_them(
    configuration: Configuration, what: str
) -> None:
    file, old, new, path = TAKEN[what]
    configuration.edit(file, old, new)
    load_settings(configuration.folder)
    add_infrastructure_pipelines(configuration.folder)
    (problem,) = configuration.problems()
    assert dotted(problem.path) == path
    assert "for infrastructure_pipelines" in problem.allowed
    assert problem.fix.startswith("choose another ")


def test_another_prefix_takes_other_names(configuration: Configuration) -> None:
    configuration.edit(DEV, "Azure-MLOps-Dev", "mlops-dev-plan")
    configuration.edit(PLATFORM, "\nteams:", "\nstack_prefix: ml\nteams:")
    add_infrastructure_pipelines(configuration.folder)
    assert load_settings(configuration.folder).platform.stack_prefix == "ml"


def test_what_is_left_out_is_as_the_docs_say(configuration: Configuration) -> None:
    add_infrastructure_pipelines(configuration.folder)
    pipelines = load_settings(configuration.folder).platform.infrastructure_pipelines
    assert pipelines is not None
    assert (pipelines.branch, pipelines.folder) == ("main", "\\")
    assert (pipelines.minimum_approvers, pipelines.timeout, pipelines.license) == (1, "P1D", "express")


def notes(configuration: Configuration) -> list[str]:
    return [note for note in load_settings(configuration.folder).notes if "in one subscription" in note]


def test_environments_in_one_subscription_are_noted(configuration: Configuration) -> None:
    assert notes(configuration) == []
    add_infrastructure_pipelines(configuration.folder)
    (note,) = notes(configuration)
    assert note.startswith(
        "Note: dev, prod, test are in one subscription (config/environments/dev.yaml, line "
    )


def test_those_with_a_subscription_or_a_resource_group_of_their_own_are_not(
    configuration: Configuration,
) -> None:
    add_infrastructure_pipelines(configuration.folder)
    zeros, ones = "00000000-0000-0000-0000-000000000000", "11111111-2222-4333-8444-555555555555"
    configuration.edit(DEV, zeros, ones)
    configuration.edit(
        PROD,
        "location: eastus\n",
        f"location: eastus\nexisting:\n  resource_group: /subscriptions/{zeros}/resourceGroups/mlops-prod-rg\n",
    )
    assert notes(configuration) == []
