"""Company data: datastores, roles on the containers alone, and the way there from a managed network."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.loader import load_settings
from tests.project import COMPANY, copy_configuration, replace
from tests.synthesized import Stack, role_name, synthesize_to

Stacks = dict[str, Stack]
SUBSCRIPTIONS = "/subscriptions/3a1c5e70-0d1f-4b52-9f0a-5f4f6f6c1d"
SALES = f"{SUBSCRIPTIONS}01/resourceGroups/sales-rg/providers/Microsoft.Storage/storageAccounts/contososales"
LAKE = f"{SUBSCRIPTIONS}99/resourceGroups/lake-rg/providers/Microsoft.Storage/storageAccounts/contosolake"
RULE = "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint"
COMPUTE = "${azurerm_user_assigned_identity.compute_identity.principal_id}"
WORKSPACE = "${azurerm_user_assigned_identity.workspace_identity.principal_id}"


def foreign_roles(stack: Stack) -> list[tuple[str, str, str]]:
    """Return scope, principal and role of what is given outside of the stack, in an account of others."""
    return sorted(
        (body["scope"], body["principal_id"], role_name(body))
        for body in stack.resources("azurerm_role_assignment").values()
        if "/Microsoft.Storage/" in body["scope"]
    )


def test_what_is_read_is_read_by_jobs_and_shown_in_studio(company: Stacks) -> None:
    scope = f"{SALES}/blobServices/default/containers/history"
    assert foreign_roles(company["mlops-dev"]) == [
        (scope, COMPUTE, "Storage Blob Data Reader"),
        (scope, WORKSPACE, "Storage Blob Data Reader"),
    ]


def test_what_is_written_is_written_by_jobs_alone(company: Stacks) -> None:
    scope = f"{LAKE}/blobServices/default/containers/forecasts"
    assert foreign_roles(company["mlops-prod"]) == [
        (scope, COMPUTE, "Storage Blob Data Contributor"),
        (scope, WORKSPACE, "Storage Blob Data Reader"),
    ]
    # The role's id has the subscription of the account in it, as Azure answers it.
    given = company["mlops-prod"].at(
        "azurerm_role_assignment.workspace_data_sales_lake_storage_blob_data_reader.role_definition_id"
    )
    assert given.startswith(f"{SUBSCRIPTIONS}99/")


def test_a_lake_of_another_subscription_is_a_lake_there(company: Stacks) -> None:
    lake = company["mlops-prod"].at("azapi_resource.data_sales_lake.body.properties")
    assert (lake["datastoreType"], lake["filesystem"]) == ("AzureDataLakeGen2", "forecasts")
    assert f"/subscriptions/{lake['subscriptionId']}" == f"{SUBSCRIPTIONS}99"
    assert (
        company["mlops-dev"].at("azapi_resource.data_sales_history.body.properties.datastoreType")
        == "AzureBlob"
    )


def test_a_private_environment_reaches_a_lake_by_both_of_its_services(company: Stacks) -> None:
    rules = company["mlops-prod"].resources(RULE)
    there = {name: body for name, body in rules.items() if body["service_resource_id"] == LAKE}
    assert {name: (body["name"], body["sub_resource_target"]) for name, body in there.items()} == {
        "outbound_data_contosolake_blob": ("contosolake-blob", "blob"),
        "outbound_data_contosolake_dfs": ("contosolake-dfs", "dfs"),
    }
    # One after the other, as all rules of a workspace.
    assert f"{RULE}.outbound_data_contosolake_blob" in there["outbound_data_contosolake_dfs"]["depends_on"]
    assert f"{RULE}.outbound_data_contosolake_dfs" in rules["outbound_storage_queue"]["depends_on"]
    assert company["mlops-dev"].resources(RULE) == {}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return copy_configuration(tmp_path, COMPANY)


def prod(config: Path, tmp_path: Path) -> Stack:
    return synthesize_to(load_settings(config), tmp_path / "out")["mlops-prod"]


def test_two_containers_of_an_account_need_one_way_there(config: Path, tmp_path: Path) -> None:
    path = config / "environments" / "prod.yaml"
    source = path.read_text().partition("  sales_lake:\n")[2].partition("\n\n")[0]
    replace(path, (source, f"{source}\n  prices:\n{source.replace('forecasts', 'prices')}"))
    stack = prod(config, tmp_path)
    assert {"data_sales_lake", "data_prices"} <= stack.resources("azapi_resource").keys()
    assert len([body for body in stack.resources(RULE).values() if body["service_resource_id"] == LAKE]) == 2


def test_the_owner_may_give_the_roles(config: Path, tmp_path: Path) -> None:
    replace(
        config / "environments" / "prod.yaml",
        ("    access: write\n", "    access: write\n    assign_roles: false\n"),
    )
    stack = prod(config, tmp_path)
    assert foreign_roles(stack) == []
    assert "data_sales_lake" in stack.resources("azapi_resource")


@pytest.mark.parametrize(("mode", "rules"), [("AllowInternetOutbound", 0), ("AllowOnlyApprovedOutbound", 1)])
def test_an_environment_that_is_not_private_needs_a_way_where_compute_reaches_nothing_else(
    tmp_path: Path, mode: str, rules: int
) -> None:
    (tmp_path / "guide").mkdir()
    config = copy_configuration(tmp_path / "guide")
    source = (COMPANY / "environments" / "dev.yaml").read_text().partition("data_sources:\n")[2]
    network = f"private_network:\n  address_space: 10.10.0.0/24\n  isolation_mode: {mode}\n\n"
    data = f"data_sources:\n{source.partition('security:')[0]}\nsecurity:\n"
    replace(
        config / "environments" / "dev.yaml",
        ("security:\n", network + data),
        ("  vnet: false\n", "  vnet: true\n"),
    )
    stack = synthesize_to(load_settings(config), tmp_path / "out")["mlops-dev"]
    there = [body for body in stack.resources(RULE).values() if body["service_resource_id"] == SALES]
    assert [body["sub_resource_target"] for body in there] == ["blob"] * rules


def test_nothing_that_azapi_makes_without_tags_has_any(company: Stacks, closed: Stacks) -> None:
    """azapi holds the arguments to its schema of the type, and refuses the plan."""
    assert "tags" not in company["mlops-prod"].at("azapi_resource.data_sales_lake")
    assert "tags" not in closed["mlops-prod"].at("azapi_resource.outbound_registry")
    assert "tags" in closed["mlops-registry"].at("azapi_resource.registry")
