"""Every row of the guide's tables, found in the synthesized Terraform of the right stack."""

from __future__ import annotations

import re

import pytest

from tests.guide.tables import (
    APPROVALS,
    CONNECTIONS,
    ENVIRONMENTS,
    FURTHER_CONNECTIONS,
    FURTHER_VARIABLES,
    GROUPS,
    LIBRARY_OWNED,
    LINES,
    PERMISSIONS,
    TRAINING,
    VARIABLES,
    Argument,
    Variable,
)
from tests.synthesized import Stack

Stacks = dict[str, Stack]


def team_names(stack: Stack) -> dict[str, str]:
    """Name every team of a stack by the reference that other resources use."""
    created = {
        f'${{azuredevops_group.{logical}["{key}"].group_id}}': name
        for logical, body in stack.resources("azuredevops_group").items()
        for key, name in body["for_each"].items()
    }
    found = {
        f"${{data.azuredevops_group.{logical}.group_id}}": body["name"]
        for logical, body in stack.data("azuredevops_group").items()
    }
    return created | found


def authorized(stack: Stack, kind: str, resource_id: str) -> list[str]:
    """Name the pipelines that may use a resource."""
    names = {
        f"${{data.azuredevops_build_definition.{logical}.id}}": body["name"]
        for logical, body in stack.data("azuredevops_build_definition").items()
    }
    return [
        names[body["pipeline_id"]]
        for body in stack.resources("azuredevops_pipeline_authorization").values()
        if body["type"] == kind and body["resource_id"] == resource_id
    ]


def roles(stack: Stack, scope: str, target: str) -> dict[str, str]:
    """Return the role of each team on a resource; ``target`` is the reference inside the joined id."""
    names = team_names(stack)
    return {
        names[body["identity_id"]]: body["role_name"]
        for body in stack.resources("azuredevops_securityrole_assignment").values()
        if body["scope"] == scope and body["resource_id"].endswith(f"{target}])}}")
    }


def group_of(environment: str) -> str:
    return f"mlops-{environment}-variables"


# --- Variable groups ------------------------------------------------------------------------------------


def test_there_are_the_six_groups_and_no_other(stacks: Stacks) -> None:
    found = {
        (body["name"], stack.name)
        for stack in stacks.values()
        for body in stack.resources("azuredevops_variable_group").values()
    }
    assert found == {(name, stack) for name, (stack, _, _) in GROUPS.items()}


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [(group, name, value) for group, rows in VARIABLES.items() for name, value in rows.items()],
)
def test_variable(stacks: Stacks, group: str, name: str, value: str) -> None:
    variable = stacks[GROUPS[group][0]].variables(group)[name]
    assert variable["value"] == value
    assert isinstance(variable["value"], str)


@pytest.mark.parametrize(
    "group", ["mlops-registry-variables", "mlops-pipeline-settings", "mlops-shared-variables"]
)
def test_a_shared_group_has_no_further_variable_but_the_documented_one(stacks: Stacks, group: str) -> None:
    found = {name: body["value"] for name, body in stacks["mlops-registry"].variables(group).items()}
    assert found == VARIABLES[group] | FURTHER_VARIABLES.get(group, {})


@pytest.mark.parametrize(
    ("group", "name"), [(group, name) for group, rows in VARIABLES.items() for name in rows]
)
def test_settings_belong_to_the_library_and_facts_to_terraform(stacks: Stacks, group: str, name: str) -> None:
    variable = stacks[GROUPS[group][0]].variables(group)[name]
    ignored = variable.get("lifecycle", {}).get("ignore_changes", [])
    assert ignored == (["value"] if name in LIBRARY_OWNED else [])


@pytest.mark.parametrize("group", GROUPS)
def test_purpose_and_used_by(stacks: Stacks, group: str) -> None:
    stack_name, purpose, used_by = GROUPS[group]
    stack = stacks[stack_name]
    logical = stack.named("azuredevops_variable_group", group)
    assert stack.at(f"azuredevops_variable_group.{logical}.description") == purpose
    assert sorted(
        authorized(stack, "variablegroup", f"${{azuredevops_variable_group.{logical}.id}}")
    ) == sorted(used_by)


@pytest.mark.parametrize("group", GROUPS)
def test_permissions(stacks: Stacks, group: str) -> None:
    stack = stacks[GROUPS[group][0]]
    logical = stack.named("azuredevops_variable_group", group)
    target = f"azuredevops_variable_group.{logical}.id"
    assert roles(stack, "distributedtask.variablegroup", target) == PERMISSIONS[group]


# --- Environment configuration --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "says", "row"),
    [(name, says, row) for name, rows in ENVIRONMENTS.items() for says, row in rows],
)
def test_environment(stacks: Stacks, environment: str, says: str, row: Variable | Argument) -> None:
    stack = stacks[f"mlops-{environment}"]
    if isinstance(row, Variable):
        assert stack.variables(group_of(environment))[row.name]["value"] == row.value
    else:
        found = stack.at(row.address)
        assert found == row.value
        assert type(found) is type(row.value)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_line_of_a_block_has_a_row_and_every_row_a_line(environment: str) -> None:
    rows = {says.partition(":")[0] for says, _ in ENVIRONMENTS[environment]}
    names = {says for says in rows if says.endswith("Cluster")}  # of the variable group, not of the block
    assert rows - names == set(LINES[environment])


@pytest.mark.parametrize(("environment", "trains"), TRAINING.items())
def test_training_takes_place_only_in_dev(stacks: Stacks, environment: str, trains: bool) -> None:
    stack = stacks[f"mlops-{environment}"]
    clusters = stack.resources("azurerm_machine_learning_compute_cluster")
    assert ("training_cluster" in clusters) is trains
    assert ("trainingSchedule" in stack.variables(group_of(environment))) is trains


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_resources_carry_the_names_of_the_connection_variables(stacks: Stacks, environment: str) -> None:
    stack, variables = stacks[f"mlops-{environment}"], VARIABLES[group_of(environment)]
    assert stack.at("azurerm_resource_group.resource_group.name") == variables["resourceGroup"]
    assert stack.at("azurerm_resource_group.resource_group.location") == variables["location"]
    assert stack.at("azurerm_machine_learning_workspace.workspace.name") == variables["workspaceName"]
    assert (
        stack.at("azuredevops_serviceendpoint_azurerm.connection.service_endpoint_name")
        == variables["azureServiceConnection"]
    )


def test_shared_resources_carry_the_names_of_the_shared_variables(stacks: Stacks) -> None:
    stack = stacks["mlops-registry"]
    registry, shared = VARIABLES["mlops-registry-variables"], VARIABLES["mlops-shared-variables"]
    assert stack.at("azapi_resource.registry.name") == registry["registryName"]
    assert stack.at("azapi_resource.registry.type").startswith(
        "Microsoft.MachineLearningServices/registries@"
    )
    assert stack.at("azurerm_resource_group.resource_group.name") == registry["registryResourceGroup"]
    assert stack.at("azurerm_storage_account.shared_storage.name") == shared["storageAccountName"]
    assert stack.at("azurerm_storage_container.validation_data.name") == shared["dataContainer"]


# --- Approval environments and service connections -------------------------------------------------------


def test_there_are_the_three_approval_environments_and_no_other(stacks: Stacks) -> None:
    found = {
        (body["name"], stack.name)
        for stack in stacks.values()
        for body in stack.resources("azuredevops_environment").values()
    }
    assert found == {(name, stack) for name, stack, *_ in APPROVALS}


@pytest.mark.parametrize(("name", "stack_name", "used_by", "approvers", "branches"), APPROVALS)
def test_approval_environment(
    stacks: Stacks, name: str, stack_name: str, used_by: list[str], approvers: list[str], branches: str
) -> None:
    stack = stacks[stack_name]
    logical = stack.named("azuredevops_environment", name)
    environment = f"azuredevops_environment.{logical}.id"

    def check(type_: str) -> dict[str, object]:
        (found,) = [
            body
            for body in stack.resources(type_).values()
            if body["target_resource_id"] == f"${{{environment}}}"
        ]
        assert found["target_resource_type"] == "environment"
        return dict(found)

    approval = check("azuredevops_check_approval")
    names = team_names(stack)
    assert [names[str(id_)] for id_ in approval["approvers"]] == approvers  # type: ignore[attr-defined]  # JSON list
    assert approval["minimum_required_approvers"] == (2 if name == "prod-deployment" else 1)
    assert approval["requester_can_approve"] is False
    assert approval["instructions"]
    assert 1 <= int(str(approval["timeout"])) <= 43200
    assert check("azuredevops_check_branch_control")["allowed_branches"] == branches
    check("azuredevops_check_exclusive_lock")
    assert authorized(stack, "environment", f"${{{environment}}}") == used_by
    assert roles(stack, "distributedtask.environmentreferencerole", environment) == dict.fromkeys(
        approvers, "Reader"
    )


def test_there_are_the_four_connections_and_one_for_promotion(stacks: Stacks) -> None:
    found = {
        (body["service_endpoint_name"], stack.name)
        for stack in stacks.values()
        for body in stack.resources("azuredevops_serviceendpoint_azurerm").values()
    }
    assert len(CONNECTIONS) == 4
    assert found == {(name, stack) for name, stack, *_ in [*CONNECTIONS, *FURTHER_CONNECTIONS]}


@pytest.mark.parametrize(("name", "stack_name", "used_by", "branches"), [*CONNECTIONS, *FURTHER_CONNECTIONS])
def test_service_connection(
    stacks: Stacks, name: str, stack_name: str, used_by: list[str], branches: str | None
) -> None:
    stack = stacks[stack_name]
    logical = stack.named("azuredevops_serviceendpoint_azurerm", name, "service_endpoint_name")
    reference = f"azuredevops_serviceendpoint_azurerm.{logical}"
    connection = stack.at(reference)
    assert connection["service_endpoint_authentication_scheme"] == "WorkloadIdentityFederation"
    assert list(connection["credentials"]) == ["serviceprincipalid"]
    (credential,) = (
        body
        for body in stack.resources("azurerm_federated_identity_credential").values()
        if body["issuer"] == f"${{{reference}.workload_identity_federation_issuer}}"
    )
    assert credential["subject"] == f"${{{reference}.workload_identity_federation_subject}}"
    identity = re.sub(r"\.id\}$", ".client_id}", credential["user_assigned_identity_id"])
    assert connection["credentials"]["serviceprincipalid"] == identity
    allowed = [
        body["allowed_branches"]
        for body in stack.resources("azuredevops_check_branch_control").values()
        if body["target_resource_id"] == f"${{{reference}.id}}"
    ]
    assert allowed == ([branches] if branches else [])
    assert sorted(authorized(stack, "endpoint", f"${{{reference}.id}}")) == sorted(used_by)


def test_nothing_is_opened_to_all_pipelines(stacks: Stacks) -> None:
    for stack in stacks.values():
        for body in stack.resources("azuredevops_pipeline_authorization").values():
            assert body["pipeline_id"].startswith("${data.azuredevops_build_definition.")
        for body in stack.resources("azuredevops_variable_group").values():
            assert "allow_access" not in body
