"""What is there without Terraform: before the first deployment, and what Azure adds to what is deployed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from sandbox.cloud.store import Cloud
from sandbox.services.azure import landing_zone
from sandbox.services.azure.hub import add_network, add_zone
from sandbox.services.azure.resource_providers import NAMESPACES
from sandbox.services.devops.core import DEFAULT_GROUPS
from sandbox.services.devops.permissions import INHERITED
from sandbox.services.seed import PLACEHOLDER_ID, seed
from tests.unit.sandbox.client import Client, RefusedError
from tests.unit.sandbox.declared import plain, written
from tests.unit.sandbox.resources import IN_GROUP, model_registry, storage, workspace_arguments

THERE = Path(__file__).with_name("there.yaml")
THEIRS = "/subscriptions/{}/resourceGroups/{}/providers/Microsoft."
SUBSCRIPTION = "hub"


def place(group: str, kind: str) -> str:
    return THEIRS.format(SUBSCRIPTION, group) + kind


def found(cloud: Cloud) -> dict[str, Any]:
    """Return what there is, by the names of the files."""
    return {
        f"{item.type}/{item.path.stem if item.path else ''}": plain(
            {"id": item.id, **item.attributes, **item.contents}
        )
        for item in cloud.resources()
    }


def test_before_the_first_deployment(tmp_path: Path) -> None:
    def add() -> Cloud:
        cloud = seed(
            tmp_path / "cloud",
            pipelines={"Training": "\\", "Train": "\\ml"},
            subscriptions=[SUBSCRIPTION],
            tenant_id="tenant",
            subnets=[f"{place('net-rg', 'Network/virtualNetworks/spoke')}/subnets/agents"],
            users=["somebody"],
            people=["anna@contoso.com"],
            containers=[
                f"{place('lake-rg', 'Storage/storageAccounts/lake')}/blobServices/default/containers/raw"
            ],
            groups=["ML developers"],
            existing={
                place("platform-rg", "Insights/actionGroups/on-call"): "Microsoft.Insights/actionGroups"
            },
            agent_pools=["agents"],
        )
        add_zone(cloud, place("dns-rg", "Network/privateDnsZones/privatelink.azurecr.io"))
        add_network(cloud, place("net-rg", "Network/virtualNetworks/other"), location="westus", subnets=["a"])
        return cloud

    there = found(add())
    assert YAML(typ="safe").load(THERE) == there, f"{THERE} says something else:\n{written(there)}"
    files = {item.path: item.path.read_text() for item in Cloud(tmp_path / "cloud").resources() if item.path}
    assert {item.path: item.path.read_text() for item in add().resources() if item.path} == files


def test_without_a_word_there_is_a_project_with_the_pipelines_of_the_guide(tmp_path: Path) -> None:
    cloud = seed(tmp_path)
    assert [item.name for item in cloud.resources("azuredevops_project")] == ["mlops"]
    pipelines = {
        item.name: item.attributes["path"] for item in cloud.resources("azuredevops_build_definition")
    }
    names = ("Training", "Promotion", "Test Deployment", "Prod Deployment", "PR Validation")
    assert pipelines == dict.fromkeys(names, "\\")
    assert [item.id for item in cloud.resources("azurerm_subscription")] == [
        f"/subscriptions/{PLACEHOLDER_ID}"
    ]
    assert PLACEHOLDER_ID == "00000000-0000-0000-0000-000000000000"
    assert {item.name for item in cloud.resources("azuredevops_group")} == {*DEFAULT_GROUPS, "mlops Team"}


def test_a_project_has_the_groups_that_azure_devops_makes_and_some_have_roles_on_every_variable_group() -> (
    None
):
    assert set(DEFAULT_GROUPS) == {
        *("Build Administrators", "Contributors", "Endpoint Administrators", "Endpoint Creators"),
        *("Project Administrators", "Project Valid Users", "Readers", "Release Administrators"),
    }
    administrators = ("Project Administrators", "Build Administrators", "Release Administrators")
    readers = ("Project Valid Users", "Contributors")
    assert dict.fromkeys(administrators, "Administrator") | dict.fromkeys(readers, "Reader") == INHERITED


def test_namespaces_are_spelled_as_azure_spells_them() -> None:
    assert set(NAMESPACES) == {
        *("Microsoft.AlertsManagement", "Microsoft.App", "Microsoft.Authorization", "Microsoft.Cdn"),
        *("Microsoft.Compute", "Microsoft.Consumption", "Microsoft.ContainerInstance"),
        *("Microsoft.ContainerRegistry", "Microsoft.ContainerService", "Microsoft.DataProtection"),
        *("Microsoft.EventGrid", "Microsoft.EventHub", "Microsoft.KeyVault", "Microsoft.Logic"),
        *("Microsoft.MachineLearningServices", "Microsoft.ManagedIdentity", "Microsoft.Network"),
        *("Microsoft.Notebooks", "Microsoft.OperationalInsights", "Microsoft.OperationsManagement"),
        *("Microsoft.PolicyInsights", "Microsoft.RecoveryServices", "Microsoft.Search"),
        *("Microsoft.Storage", "Microsoft.Web", "microsoft.insights"),
    }


# --- What Azure adds ------------------------------------------------------------------------------------------------


def test_studio_and_containers_of_a_new_workspace(azure: Client, cloud: Cloud) -> None:
    azure.create("azurerm_machine_learning_workspace", **workspace_arguments(azure))
    (account,) = cloud.resources("azurerm_storage_account")
    rule: dict[str, Any] = {
        "allowed_headers": ["*"],
        "allowed_origins": [
            "https://mlworkspace.azure.ai",
            "https://ml.azure.com",
            "https://*.ml.azure.com",
            "https://ai.azure.com",
            "https://*.ai.azure.com",
            "https://mlworkspacecanary.azure.ai",
            "https://mlworkspace.azureml-test.net",
        ],
        "exposed_headers": ["*"],
        "max_age_in_seconds": 1800,
        "allowed_methods": ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "POST"],
    }
    for_blobs = {**rule, "allowed_methods": [*rule["allowed_methods"], "PATCH"]}
    assert account.attributes["share_properties"][0]["cors_rule"] == [rule]
    assert account.attributes["blob_properties"][0]["cors_rule"] == [for_blobs]
    for container in cloud.resources("azurerm_storage_container"):
        assert container.attributes["container_access_type"] == "private"


@pytest.mark.parametrize(
    ("location", "replication", "second", "readable"),
    [
        ("eastus", "LRS", "", False),
        ("eastus", "ZRS", "", False),
        ("eastus", "GRS", "westus", False),
        ("westus", "RAGRS", "eastus", True),
        ("eastus2", "GZRS", "centralus", False),
        ("centralus", "RAGZRS", "eastus2", True),
        ("westeurope", "GRS", "northeurope", False),
        ("northeurope", "GRS", "westeurope", False),
        ("germanywestcentral", "GRS", "germanynorth", False),
        ("swedencentral", "GRS", "swedensouth", False),
        ("uksouth", "GRS", "ukwest", False),
        ("westus2", "GRS", "westcentralus", False),
        ("norwayeast", "GRS", "", False),  # a pair that nothing here needs
    ],
)
def test_the_second_region_of_an_account(
    azure: Client, location: str, replication: str, second: str, readable: bool
) -> None:
    account = storage(azure, location=location, account_replication_type=replication)
    assert (account["primary_location"], account["secondary_location"]) == (location, second)
    hosts = {service: account[f"secondary_{service}_host"] for service in ("blob", "dfs", "queue", "table")}
    assert hosts == {
        service: f"acc-secondary.{service}.core.windows.net" if readable else "" for service in hosts
    }
    assert account["secondary_file_host"] == ""
    assert account["primary_web_endpoint"] == "https://acc.z13.web.core.windows.net/"
    assert account["primary_file_endpoint"] == "https://acc.file.core.windows.net/"
    assert bool(account["primary_access_key"]) and "AccountKey=" in account["primary_connection_string"]


def test_an_account_without_keys_has_no_texts_with_keys(azure: Client) -> None:
    account = storage(azure, shared_access_key_enabled=False)
    for place_ in ("primary", "secondary"):
        for name in ("access_key", "connection_string", "blob_connection_string"):
            assert account[f"{place_}_{name}"] == ""


def test_what_a_model_registry_answers(azapi: Client) -> None:
    properties = azapi.create("azapi_resource", **model_registry())["output"].value["properties"]
    host = "eastus.api.azureml.ms"
    assert plain(properties) == {
        "publicNetworkAccess": "Enabled",
        "discoveryUrl": f"https://{host}/registrymanagement/v1.0/registries/models/discovery",
        "managedResourceGroup": {"resourceId": plain(f"{model_registry()['parent_id']}-models")},
        "mlFlowRegistryUri": f"azureml://{host}/mlflow/v1.0/registries/models",
        "registryId": "<made up>",
        "provisioningState": "Succeeded",
    }


@pytest.mark.parametrize(
    ("part", "zone"),
    [
        *((part, f"{part}.core.windows.net") for part in ("blob", "file", "queue", "table")),
        ("amlworkspace", "api.azureml.ms"),
        ("registry", "azurecr.io"),
        ("vault", "vaultcore.azure.net"),
    ],
)
def test_zones_that_a_policy_writes(monkeypatch: pytest.MonkeyPatch, part: str, zone: str) -> None:
    assert landing_zone.zone_group("s", part) is None
    monkeypatch.setenv("SANDBOX_POLICIES", "tags,dns-zone-groups")
    assert landing_zone.zone_group("s", "amlregistry") is None
    assert landing_zone.zone_group("s", part) == {
        "name": "deployedByPolicy",
        "private_dns_zone_ids": [
            f"/subscriptions/s/resourceGroups/hub-dns/providers/Microsoft.Network/privateDnsZones/privatelink.{zone}"
        ],
    }
    assert landing_zone.tagged(None) == {"cost-center": "landing-zone"}


def test_the_rule_and_group_that_application_insights_brings(azure: Client, cloud: Cloud) -> None:
    insights = azure.create(
        "azurerm_application_insights", **IN_GROUP, name="insights", application_type="web"
    )
    (group,) = cloud.resources("azurerm_monitor_action_group")
    (rule,) = cloud.resources("azurerm_monitor_smart_detector_alert_rule")
    assert (group.name, group.attributes["short_name"]) == (
        "Application Insights Smart Detection",
        "SmartDetect",
    )
    assert (group.attributes["location"], group.attributes["enabled"]) == ("global", True)
    given = {
        "name": "Failure Anomalies - insights",
        "action_group": [{"ids": [group.id]}],
        "detector_type": "FailureAnomaliesDetector",
        "enabled": True,
        "frequency": "PT1M",
        "scope_resource_ids": [insights["id"]],
        "severity": "Sev3",
    }
    found_ = {name: rule.attributes[name] for name in given}
    found_["action_group"] = [{"ids": block["ids"]} for block in found_["action_group"]]
    assert found_ == given


# --- Import ids and roles that other tests leave out ----------------------------------------------------------------


def test_a_role_of_a_management_group_may_be_imported(azure: Client) -> None:
    scope = "/providers/Microsoft.Management/managementGroups/all"
    role = "/providers/Microsoft.Authorization/roleDefinitions/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
    assert azure.import_("azurerm_role_definition", f"{scope}{role}|{scope}") is None
    with pytest.raises(RefusedError, match="failed to parse scope"):
        azure.import_("azurerm_role_definition", f"{scope}{role}|/tenants/all")
