"""What Azure does by itself: additions, refusals and answers that no schema shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.cloud.request import Account, Request
from sandbox.cloud.store import Cloud
from sandbox.services.azure import landing_zone
from sandbox.services.azure.alerts_management import SMART_DETECTION, bring_smart_detection
from sandbox.services.azure.resource_providers import NAMESPACES
from settings.models.resource_providers import RESOURCE_PROVIDERS
from tests.unit.sandbox.client import Client, RefusedError, Values
from tests.unit.sandbox.resources import (
    IN_GROUP,
    REGISTRY,
    STORAGE,
    SUBSCRIPTION,
    sign_in,
    storage,
    workspace_arguments,
)

ACCOUNT = "azurerm_storage_account"
WORKSPACE = "azurerm_machine_learning_workspace"
ACTION_GROUP = "azurerm_monitor_action_group"
DETECTOR = "azurerm_monitor_smart_detector_alert_rule"
CLUSTER = "azurerm_machine_learning_compute_cluster"
OUTBOUND = "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint"
DATASTORE = "azurerm_machine_learning_datastore_blobstorage"


def _read(azure: Client, type_name: str, state: Values) -> Values:
    found = azure.read(type_name, state)
    assert found is not None
    return found


# --- Namespaces of resource types -------------------------------------------------------------------------------


def _registering(*namespaces: str) -> Client:
    return Client(
        "azurerm",
        subscription_id=SUBSCRIPTION,
        features=[{}],
        resource_provider_registrations="none",
        resource_providers_to_register=list(namespaces),
    )


@pytest.mark.parametrize("namespace", ["Microsoft.Insights", "Microsoft.Storage"])
def test_a_new_subscription_knows_a_type_once_its_namespace_is_registered(
    cloud: Cloud, namespace: str
) -> None:
    """A name in another case than Azure's is passed over: Azure spells this one ``microsoft.insights``."""
    insights = {**IN_GROUP, "name": "insights", "application_type": "web"}
    azure = _registering(namespace)
    azure.create("azurerm_resource_group", name="rg", location="eastus")
    with pytest.raises(RefusedError, match=r"not registered to use namespace 'Microsoft\.Insights'"):
        azure.create("azurerm_application_insights", **insights)
    both = _registering("microsoft.insights", "Microsoft.AlertsManagement")
    both.create("azurerm_application_insights", **insights)


def test_the_platform_registers_only_what_azure_has_by_that_name() -> None:
    assert set(RESOURCE_PROVIDERS) <= set(NAMESPACES)
    # The first online endpoint of a subscription needs these, and nothing in Terraform makes an endpoint.
    assert {"Microsoft.Cdn", "Microsoft.Compute", "Microsoft.PolicyInsights"} <= set(RESOURCE_PROVIDERS)


# --- Storage accounts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "stays"),
    [
        ({"default_action": "Allow", "bypass": ["AzureServices"]}, False),
        ({"default_action": "Allow", "bypass": ["None"]}, True),
        ({"default_action": "Allow", "bypass": ["AzureServices", "Logging"]}, True),
        ({"default_action": "Allow", "bypass": ["AzureServices"], "ip_rules": ["1.2.3.4"]}, True),
        ({"default_action": "Deny", "bypass": ["AzureServices"]}, True),
    ],
)
def test_network_rules_that_say_what_azure_does_anyway_are_planned_for_ever(
    azure: Client, rules: Values, stays: bool
) -> None:
    account = storage(azure, network_rules=[rules])
    assert bool(account["network_rules"]) is stays
    again = azure.plan(ACCOUNT, account, **STORAGE, network_rules=[rules]).state
    assert (again == account) is stays


def test_network_rules_that_are_left_out_stay(azure: Client) -> None:
    closed = storage(azure, network_rules=[{"default_action": "Deny", "bypass": ["AzureServices"]}])
    assert azure.plan(ACCOUNT, closed, **STORAGE).state == closed
    opened = [{"default_action": "Allow", "bypass": ["None"]}]
    changed = azure.change(ACCOUNT, closed, **STORAGE, network_rules=opened)
    assert azure.plan(ACCOUNT, changed, **STORAGE, network_rules=opened).state == changed


def test_a_workspace_lets_studio_into_its_storage_account(azure: Client, cloud: Cloud) -> None:
    arguments = workspace_arguments(azure)
    workspace = azure.create(WORKSPACE, **arguments)
    account = _read(azure, ACCOUNT, {"id": arguments["storage_account_id"]})
    for service in ("blob_properties", "share_properties"):
        (rule,) = account[service][0]["cors_rule"]
        assert "https://ml.azure.com" in rule["allowed_origins"]
    # What nobody declared stays as the service has it, what is declared without the rule loses it.
    assert azure.plan(ACCOUNT, account, **STORAGE).state == account
    declared = azure.plan(ACCOUNT, account, **STORAGE, blob_properties=[{"versioning_enabled": True}]).state
    assert declared and declared["blob_properties"][0]["cors_rule"] == []
    containers = {item.name for item in cloud.resources("azurerm_storage_container")}
    assert containers == {"azureml", f"azureml-blobstore-{workspace['workspace_id']}"}


# --- Answers that would replace what holds something ------------------------------------------------------------


def test_a_workspace_without_a_managed_network_may_be_answered_with_none(azure: Client, cloud: Cloud) -> None:
    """To write down that there is none then replaces the workspace; to leave it out does not."""
    arguments = workspace_arguments(azure)
    state = azure.create(WORKSPACE, **arguments)
    assert azure.plan(WORKSPACE, state, **arguments).replace == []
    (workspace,) = cloud.resources(WORKSPACE)
    cloud.write(replace(workspace, attributes={**workspace.attributes, "managed_network": []}))
    state = _read(azure, WORKSPACE, state)
    assert azure.plan(WORKSPACE, state, **arguments).state == state
    none = [{"isolation_mode": "Disabled"}]
    planned = azure.plan(WORKSPACE, state, **arguments, managed_network=none)
    assert planned.replace == ["managed_network.0.provision_on_creation_enabled"]


def test_a_registry_is_spread_over_zones_by_itself(azure: Client) -> None:
    arguments = {**REGISTRY, "sku": "Premium"}
    state = azure.create("azurerm_container_registry", **arguments)
    assert azure.plan("azurerm_container_registry", state, **arguments).replace == ["zone_redundancy_enabled"]
    kept = {**arguments, "zone_redundancy_enabled": True}  # what ignore_changes comes to
    assert azure.plan("azurerm_container_registry", state, **kept).state == state


BACKUP_VAULT = "azurerm_data_protection_backup_vault"
VAULT_ARGUMENTS = {
    **IN_GROUP,
    "name": "backup",
    "datastore_type": "VaultStore",
    "redundancy": "GeoRedundant",
}


def test_soft_delete_of_a_backup_vault_is_on_for_good(azure: Client) -> None:
    state = azure.create(BACKUP_VAULT, **VAULT_ARGUMENTS)
    assert azure.plan(BACKUP_VAULT, state, **VAULT_ARGUMENTS).replace == ["soft_delete"]


@pytest.mark.parametrize("locked", [{"immutability": "Locked"}, {"cross_region_restore_enabled": True}])
def test_a_backup_vault_that_somebody_locks_is_replaced_by_who_goes_back(
    azure: Client, cloud: Cloud, locked: Values
) -> None:
    kept = {**VAULT_ARGUMENTS, "soft_delete": "AlwaysOn"}
    state = azure.create(BACKUP_VAULT, **kept)
    (vault,) = cloud.resources(BACKUP_VAULT)
    cloud.write(replace(vault, attributes={**vault.attributes, **locked}))
    state = _read(azure, BACKUP_VAULT, state)
    assert azure.plan(BACKUP_VAULT, state, **kept).replace == list(locked)
    assert azure.plan(BACKUP_VAULT, state, **kept, **locked).state == state


def test_a_vm_size_is_answered_in_capital_letters(azure: Client) -> None:
    """A cluster that is written down in small ones is replaced by every plan."""
    workspace = azure.create(WORKSPACE, **workspace_arguments(azure))
    small = {**_cluster(workspace), "vm_size": "Standard_DS3_v2"}
    state = _read(azure, CLUSTER, azure.create(CLUSTER, **small))
    assert state["vm_size"] == "STANDARD_DS3_V2"
    assert azure.plan(CLUSTER, state, **small).replace == ["vm_size"]
    assert azure.plan(CLUSTER, state, **_cluster(workspace)).state == state


@pytest.mark.parametrize("change", [{"tags": {"a": "b"}}, {"description": "Others."}])
def test_a_datastore_is_replaced_by_other_words_about_it(azure: Client, change: Values) -> None:
    workspace = azure.create(WORKSPACE, **workspace_arguments(azure))
    container = azure.create(
        "azurerm_storage_container", name="data", storage_account_id=workspace["storage_account_id"]
    )
    arguments = {"name": "data", "workspace_id": workspace["id"], "storage_container_id": container["id"]}
    state = azure.create(DATASTORE, **arguments)
    assert azure.plan(DATASTORE, state, **arguments, **change).replace == list(change)


# --- Application Insights ---------------------------------------------------------------------------------------

INSIGHTS = {**IN_GROUP, "name": "insights", "application_type": "web"}
GROUP_OF_AZURE = {"resource_group_name": "rg", "name": SMART_DETECTION, "short_name": "SmartDetect"}
RULE_OF_AZURE = {
    "resource_group_name": "rg",
    "name": "Failure Anomalies - insights",
    "detector_type": "FailureAnomaliesDetector",
    "frequency": "PT1M",
    "severity": "Sev3",
    "enabled": False,
}


def _rule(insights: Values, group: Values) -> Values:
    ids = [{"ids": [group["id"]]}]
    return {**RULE_OF_AZURE, "scope_resource_ids": [insights["id"]], "action_group": ids}


def _overwriting() -> Client:
    switch = "skip_import_check_on_create_and_allow_overwriting_existing_resources"
    return Client("azurerm", subscription_id=SUBSCRIPTION, features=[{switch: True}])


def test_application_insights_leaves_an_action_group_in_the_way(azure: Client, cloud: Cloud) -> None:
    insights = azure.create("azurerm_application_insights", **INSIGHTS)
    (rule,) = cloud.resources(DETECTOR)
    assert (rule.name, rule.attributes["enabled"]) == ("Failure Anomalies - insights", True)
    azure.destroy("azurerm_application_insights", insights)
    assert cloud.resources(DETECTOR) == []
    (group,) = cloud.resources("azurerm_resource_group")
    with pytest.raises(RefusedError, match=rf"still contains Resources[^§]*{SMART_DETECTION}"):
        azure.destroy("azurerm_resource_group", {"id": group.id})


@pytest.mark.parametrize("first", ["Azure", "ours"])
def test_what_is_made_ours_is_gone_with_the_component_whoever_comes_first(
    azure: Client, cloud: Cloud, first: str
) -> None:
    ours, insights_type = _overwriting(), "azurerm_application_insights"
    group = ours.create(ACTION_GROUP, **GROUP_OF_AZURE)
    insights = azure.create(insights_type, **INSIGHTS)
    if first == "Azure":
        with pytest.raises(RefusedError, match="already exists - to be managed via Terraform"):
            azure.create(DETECTOR, **_rule(insights, group))
    else:
        for early in cloud.resources(DETECTOR):
            cloud.remove(early)
    rule = ours.create(DETECTOR, **_rule(insights, group))
    (component,) = cloud.resources(insights_type)
    bring_smart_detection(Request(cloud, Account(subscription_id=SUBSCRIPTION), DETECTOR), component)
    for type_name, state, arguments in (
        (ACTION_GROUP, group, GROUP_OF_AZURE),
        (DETECTOR, rule, _rule(insights, group)),
    ):
        assert ours.plan(type_name, _read(ours, type_name, state), **arguments).state == state
    # The rule comes back as long as the component is there, and goes with it.
    ours.destroy(DETECTOR, rule)
    assert [item.contents for item in cloud.resources(DETECTOR)] == [{"made_by": "Azure"}]
    azure.destroy(insights_type, insights)
    ours.destroy(ACTION_GROUP, group)
    azure.destroy("azurerm_resource_group", {"id": cloud.resources("azurerm_resource_group")[0].id})
    assert [item.type for item in cloud.resources("azurerm_resource_group", DETECTOR, ACTION_GROUP)] == []


def test_the_action_group_comes_back_as_long_as_the_component_is_there(azure: Client, cloud: Cloud) -> None:
    insights = azure.create("azurerm_application_insights", **INSIGHTS)
    (group,) = cloud.resources(ACTION_GROUP)
    azure.destroy(ACTION_GROUP, {"id": group.id})
    assert [item.name for item in cloud.resources(ACTION_GROUP)] == [SMART_DETECTION]
    azure.destroy("azurerm_application_insights", insights)
    azure.destroy(ACTION_GROUP, {"id": group.id})
    assert cloud.resources(ACTION_GROUP) == []


# --- Managed networks -------------------------------------------------------------------------------------------


def _cluster(workspace: Values, name: str = "cluster") -> Values:
    scale = {"min_node_count": 0, "max_node_count": 1, "scale_down_nodes_after_idle_duration": "PT15M"}
    return {
        "name": name,
        "location": "eastus",
        "machine_learning_workspace_id": workspace["id"],
        "vm_size": "STANDARD_DS3_V2",
        "vm_priority": "Dedicated",
        "scale_settings": [scale],
    }


def test_a_managed_network_takes_longer_than_the_provider_waits(azure: Client, cloud: Cloud) -> None:
    isolated = [{"isolation_mode": "AllowInternetOutbound"}]
    workspace = azure.create(WORKSPACE, **workspace_arguments(azure), managed_network=isolated)
    with pytest.raises(RefusedError, match=r"create of .*computes/cluster: context deadline exceeded"):
        azure.create(CLUSTER, **_cluster(workspace))
    # Azure has it all the same, and the next one finds the network there.
    assert [item.name for item in cloud.resources(CLUSTER)] == ["cluster"]
    azure.create(CLUSTER, **_cluster(workspace, "second"))
    with pytest.raises(RefusedError, match=r"delete of .*workspaces/workspace: context deadline exceeded"):
        azure.destroy(WORKSPACE, workspace)


def test_the_first_compute_brings_the_endpoints_that_the_workspace_needs_itself(
    azure: Client, cloud: Cloud
) -> None:
    arguments = workspace_arguments(azure)
    isolated = {**arguments, "managed_network": [{"isolation_mode": "AllowInternetOutbound"}]}
    workspace = azure.create(WORKSPACE, **isolated)
    assert cloud.resources(OUTBOUND) == []
    azure.create(CLUSTER, **_cluster(workspace), timeouts={"create": "1h30m"})
    reached = {rule.attributes["sub_resource_target"] for rule in cloud.resources(OUTBOUND)}
    # What batch endpoints need beside these is left to whoever has one.
    assert reached == {"blob", "file", "vault"}
    state = _read(azure, WORKSPACE, workspace)
    assert azure.plan(WORKSPACE, state, **isolated).state == state
    azure.destroy(WORKSPACE, {**state, "timeouts": {"delete": "120m"}})
    assert cloud.resources(OUTBOUND) == []


def test_an_endpoint_from_the_managed_network_needs_one(azure: Client) -> None:
    workspace = azure.create(WORKSPACE, **workspace_arguments(azure))
    rule = {"workspace_id": workspace["id"], "name": "queue", "sub_resource_target": "queue"}
    with pytest.raises(RefusedError, match="needs a workspace with a managed network"):
        azure.create(OUTBOUND, **rule, service_resource_id=workspace["storage_account_id"])


# --- Deleted, and not gone --------------------------------------------------------------------------------------


def test_a_deleted_log_workspace_comes_back_under_its_name(azure: Client, cloud: Cloud) -> None:
    arguments, type_name = {**IN_GROUP, "name": "logs"}, "azurerm_log_analytics_workspace"
    first = azure.create(type_name, **arguments)
    azure.destroy(type_name, first)
    assert [item.name for item in cloud.soft_deleted(type_name)] == ["logs"]
    again = azure.create(type_name, **arguments)
    assert again["workspace_id"] == first["workspace_id"]
    assert cloud.soft_deleted(type_name) == []
    permanently = {"log_analytics_workspace": {"permanently_delete_on_destroy": True}}
    sign_in(**permanently).destroy(type_name, again)
    assert cloud.soft_deleted(type_name) == []


# --- Policies of a landing zone, which are off ------------------------------------------------------------------


@pytest.fixture
def endpoint(azure: Client) -> Values:
    """Arguments of a private endpoint without DNS zones."""
    azure.create("azurerm_virtual_network", **IN_GROUP, name="net", address_space=["10.0.0.0/16"])
    subnet = azure.create(
        "azurerm_subnet",
        resource_group_name="rg",
        virtual_network_name="net",
        name="endpoints",
        address_prefixes=["10.0.1.0/24"],
    )
    connection = {
        "name": "blob",
        "is_manual_connection": False,
        "private_connection_resource_id": storage(azure)["id"],
        "subresource_names": ["blob"],
    }
    return {
        **IN_GROUP,
        "name": "endpoint",
        "subnet_id": subnet["id"],
        "private_service_connection": [connection],
    }


def test_terraform_takes_away_the_zones_that_a_policy_has_written(
    azure: Client, endpoint: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_name = "azurerm_private_endpoint"
    alone = azure.create(type_name, **{**endpoint, "name": "alone"})
    assert _read(azure, type_name, alone)["private_dns_zone_group"] == []
    monkeypatch.setenv(landing_zone.VARIABLE, "dns-zone-groups")
    state = _read(azure, type_name, azure.create(type_name, **endpoint))
    assert [group["name"] for group in state["private_dns_zone_group"]] == ["deployedByPolicy"]
    # The policy looks at what is new: until it runs again, the name of the endpoint stops resolving.
    changed = azure.change(type_name, state, **endpoint)
    assert _read(azure, type_name, changed)["private_dns_zone_group"] == []


def test_a_tag_of_a_policy_is_a_difference_in_every_plan(
    azure: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = {"name": "tagged", "location": "eastus", "tags": {"a": "b"}}
    type_name = "azurerm_resource_group"
    assert azure.create(type_name, **{**arguments, "name": "before"})["tags"] == {"a": "b"}
    monkeypatch.setenv(landing_zone.VARIABLE, "tags")
    state = azure.create(type_name, **arguments)
    for _ in range(2):
        assert state["tags"] == {**landing_zone.TAG, "a": "b"}
        planned = azure.plan(type_name, state, **arguments)
        assert planned.state and planned.state["tags"] == {"a": "b"}
        state = azure.change(type_name, state, **arguments)
