"""Types around the workspace: private networking, monitoring, budgets, backup, logic apps."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.cloud.store import Cloud
from tests.unit.sandbox.client import Client, RefusedError, Values
from tests.unit.sandbox.resources import GROUP, IN_GROUP, REGISTRY, storage, vault, workspace_arguments

PLACE = {"resource_group_name": "rg"}
ENDPOINT = "azurerm_private_endpoint"
ZONE, LINK = "azurerm_private_dns_zone", "azurerm_private_dns_zone_virtual_network_link"
BLOB_ZONE = "privatelink.blob.core.windows.net"


# --- Private networking -----------------------------------------------------------------------------------------


@pytest.fixture
def subnet(azure: Client) -> Values:
    """A subnet with room for three private endpoints."""
    azure.create("azurerm_virtual_network", **IN_GROUP, name="net", address_space=["10.0.0.0/16"])
    return azure.create(
        "azurerm_subnet",
        **PLACE,
        virtual_network_name="net",
        name="endpoints",
        address_prefixes=["10.0.1.0/29"],
    )


def endpoint(subnet: Values, target: Values, subresource: str, **arguments: Any) -> Values:
    connection = {
        "name": subresource,
        "is_manual_connection": False,
        "private_connection_resource_id": target["id"],
        "subresource_names": [subresource],
    }
    return {
        **IN_GROUP,
        "name": f"endpoint-{subresource}",
        "subnet_id": subnet["id"],
        "private_service_connection": [connection],
        **arguments,
    }


def test_an_endpoint_has_an_address_and_a_name_that_resolves_to_it(azure: Client, subnet: Values) -> None:
    account, zone = storage(azure), azure.create(ZONE, **PLACE, name=BLOB_ZONE)
    group = [{"name": "default", "private_dns_zone_ids": [zone["id"]]}]
    arguments = endpoint(subnet, account, "blob", private_dns_zone_group=group)
    state = azure.create(ENDPOINT, **arguments)
    assert state["id"] == f"{GROUP}/providers/Microsoft.Network/privateEndpoints/endpoint-blob"
    assert state["private_service_connection"][0]["private_ip_address"] == "10.0.1.4"
    (interface,) = state["network_interface"]
    assert interface["id"] == f"{GROUP}/providers/Microsoft.Network/networkInterfaces/endpoint-blob-nic"
    assert state["private_dns_zone_group"][0]["id"] == f"{state['id']}/privateDnsZoneGroups/default"
    (config,) = state["private_dns_zone_configs"]
    (record,) = config["record_sets"]
    assert (record["fqdn"], record["ip_addresses"]) == (f"acc.{BLOB_ZONE}", ["10.0.1.4"])
    # Nothing of it moves when something else changes.
    changed = azure.change(ENDPOINT, state, **arguments, tags={"a": "b"})
    assert changed == {**state, "tags": {"a": "b"}}
    assert azure.plan(ENDPOINT, changed, **arguments, tags={"a": "b"}).state == changed
    other = {
        **arguments,
        "private_service_connection": [{**arguments["private_service_connection"][0], "name": "x"}],
    }
    assert azure.plan(ENDPOINT, state, **other).replace == ["private_service_connection.0.name"]


def test_each_endpoint_takes_the_next_address_until_the_subnet_is_full(azure: Client, subnet: Values) -> None:
    account = storage(azure)
    states = [azure.create(ENDPOINT, **endpoint(subnet, account, name)) for name in ("blob", "file", "dfs")]
    addresses = [state["private_service_connection"][0]["private_ip_address"] for state in states]
    assert addresses == ["10.0.1.4", "10.0.1.5", "10.0.1.6"]
    with pytest.raises(RefusedError, match="SubnetIsFull") as refused:
        azure.create(ENDPOINT, **endpoint(subnet, account, "web"))
    assert refused.value.attributes == ["subnet_id"]
    azure.destroy(ENDPOINT, states[1])
    fourth = azure.create(ENDPOINT, **endpoint(subnet, account, "web"))
    assert fourth["private_service_connection"][0]["private_ip_address"] == "10.0.1.5"


def test_a_given_address_is_taken(azure: Client, subnet: Values) -> None:
    static = [{"name": "ip", "private_ip_address": "10.0.1.6", "subresource_name": "blob"}]
    state = azure.create(ENDPOINT, **endpoint(subnet, storage(azure), "blob", ip_configuration=static))
    assert state["private_service_connection"][0]["private_ip_address"] == "10.0.1.6"


def test_an_endpoint_to_a_part_that_a_resource_does_not_have(azure: Client, subnet: Values) -> None:
    account = storage(azure)
    with pytest.raises(RefusedError, match=r"has no private link resource vault; it has blob, dfs, file"):
        azure.create(ENDPOINT, **endpoint(subnet, account, "vault"))
    azure.create(ENDPOINT, **endpoint(subnet, vault(azure), "vault"))


def test_an_endpoint_to_a_registry_needs_the_premium_sku(azure: Client, subnet: Values) -> None:
    registry = azure.create("azurerm_container_registry", **REGISTRY)
    with pytest.raises(RefusedError, match=r"A private endpoint needs the SKU Premium, and .* has Basic"):
        azure.create(ENDPOINT, **endpoint(subnet, registry, "registry"))


def test_a_subnet_keeps_its_endpoints_and_a_group_its_subnet(azure: Client, subnet: Values) -> None:
    state = azure.create(ENDPOINT, **endpoint(subnet, storage(azure), "blob"))
    with pytest.raises(RefusedError, match=f"Subnet endpoints is in use by {state['id']}"):
        azure.destroy("azurerm_subnet", subnet)
    group = azure.create("azurerm_network_security_group", **IN_GROUP, name="nsg")
    association = azure.create(
        "azurerm_subnet_network_security_group_association",
        subnet_id=subnet["id"],
        network_security_group_id=group["id"],
    )
    assert association["id"] == subnet["id"]
    with pytest.raises(
        RefusedError, match="Network security group nsg cannot be deleted because it is in use"
    ):
        azure.destroy("azurerm_network_security_group", group)
    azure.destroy("azurerm_subnet_network_security_group_association", association)
    azure.destroy("azurerm_network_security_group", group)
    assert azure.read("azurerm_subnet", subnet) == subnet


def test_a_zone_counts_its_records_and_keeps_its_links(azure: Client, subnet: Values) -> None:
    zone = azure.create(ZONE, **PLACE, name=BLOB_ZONE)
    assert (zone["number_of_record_sets"], zone["max_number_of_virtual_network_links"]) == (1, 1000)
    network = subnet["id"].rpartition("/subnets/")[0]
    link = azure.create(
        LINK, **PLACE, private_dns_zone_name=BLOB_ZONE, name="link", virtual_network_id=network
    )
    assert link["id"] == f"{zone['id']}/virtualNetworkLinks/link"
    assert (link["registration_enabled"], link["resolution_policy"]) == (False, "Default")
    with pytest.raises(RefusedError, match="Cannot delete resource before nested resources are deleted"):
        azure.destroy(ZONE, zone)
    azure.change(
        LINK,
        link,
        **PLACE,
        private_dns_zone_name=BLOB_ZONE,
        name="link",
        virtual_network_id=network,
        tags={"a": "b"},
    )


def test_a_network_has_one_zone_of_a_name(azure: Client, subnet: Values) -> None:
    network = subnet["id"].rpartition("/subnets/")[0]
    azure.create("azurerm_resource_group", name="other", location="eastus")
    for group in ("rg", "other"):
        azure.create(ZONE, resource_group_name=group, name=BLOB_ZONE)
    link = {"private_dns_zone_name": BLOB_ZONE, "name": "link", "virtual_network_id": network}
    azure.create(LINK, **PLACE, **link)
    with pytest.raises(RefusedError, match="cannot be linked to multiple zones with overlapping namespaces"):
        azure.create(LINK, resource_group_name="other", **link)


def test_outbound_rules_need_a_network_that_they_are_rules_of(azure: Client) -> None:
    name = "azurerm_machine_learning_workspace_network_outbound_rule_fqdn"
    arguments, type_name = workspace_arguments(azure), "azurerm_machine_learning_workspace"
    workspace = azure.create(type_name, **arguments)
    fqdn = {"workspace_id": workspace["id"], "name": "pypi", "destination_fqdn": "pypi.org"}
    with pytest.raises(RefusedError, match="AllowOnlyApprovedOutbound, not Disabled"):
        azure.create(name, **fqdn)
    on = {**arguments, "managed_network": [{"isolation_mode": "AllowInternetOutbound"}]}
    workspace = azure.change(type_name, workspace, **on)
    with pytest.raises(RefusedError, match="AllowOnlyApprovedOutbound, not AllowInternetOutbound"):
        azure.create(name, **fqdn)
    azure.change(
        type_name, workspace, **{**on, "managed_network": [{"isolation_mode": "AllowOnlyApprovedOutbound"}]}
    )
    assert azure.create(name, **fqdn)["id"] == f"{workspace['id']}/outboundRules/pypi"
    with pytest.raises(RefusedError, match="has 3 to 33 letters, digits, hyphens and underscores") as refused:
        azure.create(name, **{**fqdn, "name": "a" * 34})
    assert refused.value.attributes == ["name"]
    azure.create(name, **{**fqdn, "name": "a" * 33})


# --- Monitoring ---------------------------------------------------------------------------------------------------


@pytest.fixture
def logs(azure: Client) -> Values:
    """A Log Analytics workspace."""
    return azure.create("azurerm_log_analytics_workspace", **IN_GROUP, name="logs")


def test_the_retention_of_one_table(azure: Client, logs: Values) -> None:
    table = {
        "workspace_id": logs["id"],
        "name": "AppTraces",
        "retention_in_days": 14,
        "total_retention_in_days": 14,
    }
    state = azure.create("azurerm_log_analytics_workspace_table", **table)
    assert (state["id"], state["plan"]) == (f"{logs['id']}/tables/AppTraces", "Analytics")
    assert azure.change("azurerm_log_analytics_workspace_table", state, **{**table, "retention_in_days": 30})
    with pytest.raises(RefusedError, match=r"in the range \(4 - 730\), got 3"):
        azure.plan("azurerm_log_analytics_workspace_table", **{**table, "retention_in_days": 3})


def test_a_diagnostic_setting_goes_with_its_resource(azure: Client, logs: Values) -> None:
    account = storage(azure)
    setting = {
        "name": "all",
        "target_resource_id": account["id"],
        "log_analytics_workspace_id": logs["id"],
        "enabled_log": [{"category": "StorageRead"}, {"category": "StorageWrite"}],
    }
    type_name = "azurerm_monitor_diagnostic_setting"
    state = azure.create(type_name, **setting)
    assert state["id"] == f"{account['id']}|all"
    again = {**setting, "name": "again", "enabled_log": [{"category": "StorageWrite"}]}
    with pytest.raises(
        RefusedError, match="is already used in diagnostic setting 'all' for category 'StorageWrite'"
    ):
        azure.create(type_name, **again)
    azure.create(type_name, **{**again, "enabled_log": [{"category": "StorageDelete"}]})
    azure.change(type_name, state, **{**setting, "enabled_log": [{"category": "StorageRead"}]})
    assert azure.import_(type_name, state["id"]) is not None
    azure.destroy("azurerm_storage_account", account)
    assert azure.read(type_name, state) is None


def test_alerts_and_whom_they_tell(azure: Client, logs: Values, cloud: Cloud) -> None:
    receiver = {"name": "team", "email_address": "ml@example.com"}
    group = azure.create(
        "azurerm_monitor_action_group",
        **PLACE,
        name="alerts",
        short_name="ML alerts",
        email_receiver=[receiver],
    )
    assert (group["location"], group["enabled"]) == ("global", True)
    with pytest.raises(RefusedError, match='"short_name" must be between 1 and 12 characters long'):
        azure.plan("azurerm_monitor_action_group", **PLACE, name="alerts", short_name="much too long")
    criteria = {
        "query": "AppTraces",
        "operator": "GreaterThan",
        "threshold": "0.05",
        "time_aggregation_method": "Average",
        "metric_measure_column": "drift",
    }
    alert = {
        **IN_GROUP,
        "name": "drift",
        "scopes": [logs["id"]],
        "severity": 2,
        "evaluation_frequency": "PT1H",
        "window_duration": "PT1H",
        "criteria": [criteria],
        "action": [{"action_groups": [group["id"]]}],
    }
    type_name = "azurerm_monitor_scheduled_query_rules_alert_v2"
    state = azure.create(type_name, **alert)
    assert state["id"] == f"{GROUP}/providers/Microsoft.Insights/scheduledQueryRules/drift"
    assert (state["enabled"], state["auto_mitigation_enabled"]) == (True, False)
    assert cloud.resources(type_name)[0].attributes["criteria"][0]["threshold"] == 0.05
    assert azure.plan(type_name, state, **alert).state == state
    assert azure.plan(type_name, state, **{**alert, "scopes": [group["id"]]}).replace == ["scopes"]
    for change, message in (
        ({"severity": 5}, r"in the range \(0 - 4\)"),
        ({"window_duration": "PT7M"}, '"window_duration" is expected to be one of'),
        ({"scopes": [f"{logs['id']}x"]}, "ResourceNotFound"),
    ):
        with pytest.raises(RefusedError, match=message):
            azure.create(type_name, **{**alert, "name": "other", **change})


def test_a_private_link_scope_and_what_is_in_it(azure: Client, logs: Values) -> None:
    scope = azure.create("azurerm_monitor_private_link_scope", **PLACE, name="scope")
    assert scope["ingestion_access_mode"] == "Open"
    service = azure.create(
        "azurerm_monitor_private_link_scoped_service",
        **PLACE,
        scope_name="scope",
        name="logs",
        linked_resource_id=logs["id"],
    )
    assert service["id"] == f"{scope['id']}/scopedResources/logs"


# --- Money, lifecycle, backup --------------------------------------------------------------------------------------


def budget(**arguments: Any) -> Values:
    notification = {"operator": "GreaterThan", "threshold": 80, "contact_emails": ["a@b.c"]}
    return {
        "name": "monthly",
        "resource_group_id": GROUP,
        "amount": 100,
        "time_period": [{"start_date": "2026-01-01T00:00:00Z"}],
        "notification": [notification],
        **arguments,
    }


def test_a_budget(azure: Client) -> None:
    type_name = "azurerm_consumption_budget_resource_group"
    state = azure.create(type_name, **budget())
    assert state["id"] == f"{GROUP}/providers/Microsoft.Consumption/budgets/monthly"
    assert state["time_grain"] == "Monthly"
    assert (state["notification"][0]["enabled"], state["notification"][0]["threshold_type"]) == (
        True,
        "Actual",
    )
    assert azure.plan(type_name, state, **budget()).state == state
    later = [{"start_date": "2026-02-01T00:00:00Z"}]
    assert azure.plan(type_name, state, **budget(time_period=later)).replace == ["time_period.0.start_date"]
    assert azure.plan(type_name, state, **budget(amount=200)).replace == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"amount": "0.5"}, '"amount" is expected to be at least 1, got 0.5'),
        ({"time_period": [{"start_date": "2026-01-15T00:00:00Z"}]}, "must be first of the month"),
        ({"time_period": [{"start_date": "2017-05-01T00:00:00Z"}]}, "on or after June 1, 2017"),
        ({"time_grain": "Daily"}, '"time_grain" is expected to be one of'),
    ],
)
def test_a_budget_that_is_refused(azure: Client, arguments: Values, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        azure.plan("azurerm_consumption_budget_resource_group", **budget(**arguments))


def test_a_lifecycle_rule_says_minus_one_where_nothing_is_set(azure: Client) -> None:
    actions = {"base_blob": [{"delete_after_days_since_modification_greater_than": 30}]}
    rule = {"name": "old", "enabled": True, "filters": [{"blob_types": ["blockBlob"]}], "actions": [actions]}
    account = storage(azure)
    state = azure.create("azurerm_storage_management_policy", storage_account_id=account["id"], rule=[rule])
    assert state["id"] == f"{account['id']}/managementPolicies/default"
    blob = state["rule"][0]["actions"][0]["base_blob"][0]
    assert blob["delete_after_days_since_modification_greater_than"] == 30
    assert blob["tier_to_cool_after_days_since_modification_greater_than"] == -1
    with pytest.raises(RefusedError, match="already exists"):
        azure.create("azurerm_storage_management_policy", storage_account_id=account["id"], rule=[rule])


def test_a_backup_needs_a_policy_and_a_vault_that_may_read_the_account(azure: Client) -> None:
    account = storage(azure)
    backup_vault = azure.create(
        "azurerm_data_protection_backup_vault",
        **IN_GROUP,
        name="backup",
        datastore_type="VaultStore",
        redundancy="GeoRedundant",
        identity=[{"type": "SystemAssigned"}],
    )
    assert (backup_vault["soft_delete"], backup_vault["retention_duration_in_days"]) == ("AlwaysOn", 14)
    policy = azure.create(
        "azurerm_data_protection_backup_policy_blob_storage",
        name="daily",
        vault_id=backup_vault["id"],
        vault_default_retention_duration="P30D",
        backup_repeating_time_intervals=["R/2025-01-01T02:00:00+00:00/P1D"],
    )
    assert policy["id"] == f"{backup_vault['id']}/backupPolicies/daily"
    instance = {
        "name": "account",
        "location": "eastus",
        "vault_id": backup_vault["id"],
        "backup_policy_id": policy["id"],
        "storage_account_id": account["id"],
    }
    type_name = "azurerm_data_protection_backup_instance_blob_storage"
    with pytest.raises(RefusedError, match="needs the role Storage Account Backup Contributor on"):
        azure.create(type_name, **instance)
    azure.create(
        "azurerm_role_assignment",
        scope=account["id"],
        role_definition_name="Storage Account Backup Contributor",
        principal_id=backup_vault["identity"][0]["principal_id"],
    )
    state = azure.create(type_name, **instance)
    assert state["protection_state"] == "ProtectionConfigured"
    for holder, message in (
        (("azurerm_data_protection_backup_policy_blob_storage", policy), "UserErrorPolicyInUse"),
        (("azurerm_data_protection_backup_vault", backup_vault), "UserErrorVaultNotEmpty"),
    ):
        with pytest.raises(RefusedError, match=message):
            azure.destroy(*holder)


def test_a_datastore_and_a_policy_assignment(azure: Client) -> None:
    workspace = azure.create("azurerm_machine_learning_workspace", **workspace_arguments(azure))
    container = azure.create(
        "azurerm_storage_container", name="data", storage_account_id=workspace["storage_account_id"]
    )
    store = azure.create(
        "azurerm_machine_learning_datastore_blobstorage",
        name="data",
        workspace_id=workspace["id"],
        storage_container_id=container["id"],
    )
    assert store["id"] == f"{workspace['id']}/dataStores/data"
    assert (store["is_default"], store["service_data_auth_identity"]) == (False, "None")
    assignment = azure.create(
        "azurerm_resource_group_policy_assignment",
        name="tags",
        resource_group_id=GROUP,
        policy_definition_id="/providers/Microsoft.Authorization/policyDefinitions/x",
    )
    assert assignment["id"] == f"{GROUP}/providers/Microsoft.Authorization/policyAssignments/tags"
    assert assignment["enforce"] is True
