"""What Azure refuses: changes, computes that do not fit their workspace, roles for nobody."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.unit.sandbox.client import Client, RefusedError, Values
from tests.unit.sandbox.resources import (
    GROUP,
    IN_GROUP,
    REGISTRY,
    SUBSCRIPTION,
    TENANT,
    VAULT,
    model_registry,
    storage,
    vault,
    workspace_arguments,
)

GUID = "12345678-1234-4234-8234-123456789abc"

# --- Changes that are refused -----------------------------------------------------------------------------------


def test_purge_protection_stays_on(azure: Client) -> None:
    state = vault(azure, purge_protection_enabled=True)
    with pytest.raises(RefusedError, match="once Purge Protection has been Enabled"):
        azure.change("azurerm_key_vault", state, **VAULT, purge_protection_enabled=False)
    with pytest.raises(
        RefusedError, match="`soft_delete_retention_days` has been configured it cannot be modified"
    ):
        azure.change(
            "azurerm_key_vault", state, **VAULT, purge_protection_enabled=True, soft_delete_retention_days=7
        )


def test_a_managed_network_cannot_be_turned_off_again(azure: Client) -> None:
    arguments = workspace_arguments(azure)
    on = {**arguments, "managed_network": [{"isolation_mode": "AllowInternetOutbound"}]}
    state = azure.create("azurerm_machine_learning_workspace", **on)
    stricter = [{"isolation_mode": "AllowOnlyApprovedOutbound"}]
    azure.change("azurerm_machine_learning_workspace", state, **{**on, "managed_network": stricter})
    with pytest.raises(RefusedError, match="Cannot disable the managed network"):
        azure.change(
            "azurerm_machine_learning_workspace",
            state,
            **{**on, "managed_network": [{"isolation_mode": "Disabled"}]},
        )


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("georeplications", [{"location": "westus"}]),
        ("public_network_access_enabled", False),
        ("data_endpoint_enabled", True),
        ("zone_redundancy_enabled", True),
    ],
)
def test_a_registry_has_some_things_only_with_the_premium_sku(
    azure: Client, argument: str, value: Any
) -> None:
    with pytest.raises(RefusedError, match=f"`{argument}` can only be applied when using the Premium Sku"):
        azure.create("azurerm_container_registry", **REGISTRY, **{argument: value})
    azure.create("azurerm_container_registry", **{**REGISTRY, "sku": "Premium"}, **{argument: value})


# --- Compute clusters -------------------------------------------------------------------------------------------


def cluster_arguments(workspace_id: str) -> Values:
    return {
        "name": "cluster",
        "location": "eastus",
        "machine_learning_workspace_id": workspace_id,
        "vm_priority": "Dedicated",
        "vm_size": "Standard_DS3_v2",
        "scale_settings": [
            {"min_node_count": 0, "max_node_count": 4, "scale_down_nodes_after_idle_duration": "PT30M"}
        ],
    }


CLUSTER = "azurerm_machine_learning_compute_cluster"


@pytest.fixture
def cluster(azure: Client) -> Values:
    """The arguments of a cluster in a workspace without a managed network."""
    state = azure.create("azurerm_machine_learning_workspace", **workspace_arguments(azure))
    return cluster_arguments(state["id"])


def test_scaling_changes_a_cluster_in_place_and_its_size_replaces_it(azure: Client, cluster: Values) -> None:
    state = azure.create(CLUSTER, **{**cluster, "vm_size": "STANDARD_DS3_V2"})
    scale = [{**cluster["scale_settings"][0], "max_node_count": 8}]
    upper = {**cluster, "vm_size": "STANDARD_DS3_V2", "scale_settings": scale}
    assert azure.change(CLUSTER, state, **upper)["scale_settings"][0]["max_node_count"] == 8
    assert azure.plan(CLUSTER, state, **cluster).replace == ["vm_size"]


@pytest.mark.parametrize(
    ("change", "message", "attribute"),
    [
        ({"location": "westus"}, "The location of the compute", "location"),
        ({"node_public_ip_enabled": False}, "Nodes without a public IP need", "node_public_ip_enabled"),
        (
            {
                "scale_settings": [
                    {"min_node_count": 3, "max_node_count": 2, "scale_down_nodes_after_idle_duration": "PT1M"}
                ]
            },
            "minNodeCount is above maxNodeCount",
            "scale_settings",
        ),
    ],
)
def test_a_cluster_that_does_not_fit_its_workspace(
    azure: Client, cluster: Values, change: Values, message: str, attribute: str
) -> None:
    with pytest.raises(RefusedError, match=message) as refused:
        azure.create(CLUSTER, **{**cluster, **change})
    assert refused.value.attributes == [attribute]


def subnet(azure: Client) -> Values:
    azure.create("azurerm_virtual_network", **IN_GROUP, name="net", address_space=["10.0.0.0/16"])
    place = {"resource_group_name": "rg", "virtual_network_name": "net"}
    return azure.create("azurerm_subnet", **place, name="compute", address_prefixes=["10.0.1.0/24"])


def test_a_managed_network_takes_the_place_of_a_subnet(azure: Client) -> None:
    network = [{"isolation_mode": "AllowInternetOutbound"}]
    arguments = {**workspace_arguments(azure), "managed_network": network}
    workspace = azure.create("azurerm_machine_learning_workspace", **arguments)
    cluster = {**cluster_arguments(workspace["id"]), "node_public_ip_enabled": False}
    with pytest.raises(RefusedError, match="with a managed network cannot be in a subnet"):
        azure.create(CLUSTER, **cluster, subnet_resource_id=subnet(azure)["id"])
    azure.create(CLUSTER, **cluster, timeouts={"create": "90m"})


def test_nodes_without_a_public_ip_in_a_subnet(azure: Client, cluster: Values) -> None:
    place = subnet(azure)
    azure.create(CLUSTER, **cluster, node_public_ip_enabled=False, subnet_resource_id=place["id"])
    with pytest.raises(RefusedError, match="Subnet compute is in use by"):
        azure.destroy("azurerm_subnet", place)


# --- Role assignments -------------------------------------------------------------------------------------------

ROLE = "azurerm_role_assignment"


def test_a_role_is_granted_to_an_identity(azure: Client) -> None:
    identity = azure.create("azurerm_user_assigned_identity", **IN_GROUP, name="who")
    account = storage(azure)
    grant = {
        "scope": account["id"],
        "role_definition_name": "Storage Blob Data Reader",
        "principal_id": identity["principal_id"],
    }
    state = azure.create(ROLE, **grant)
    assert state["id"] == f"{account['id']}/providers/Microsoft.Authorization/roleAssignments/{state['name']}"
    assert state["role_definition_id"].endswith("/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1")
    with pytest.raises(RefusedError, match=f"RoleAssignmentExists: .*{state['name']}"):
        azure.create(ROLE, **grant)
    by_id = {**grant, "role_definition_name": None, "role_definition_id": state["role_definition_id"]}
    with pytest.raises(RefusedError, match="RoleAssignmentExists"):
        azure.create(ROLE, **by_id)
    azure.destroy(ROLE, state)
    assert azure.create(ROLE, **by_id)["role_definition_name"] == "Storage Blob Data Reader"


def test_a_role_for_a_workspace_made_by_azapi(azure: Client, azapi: Client) -> None:
    registry = azapi.create("azapi_resource", **model_registry())
    azure.create(
        ROLE,
        scope=GROUP,
        role_definition_name="Reader",
        principal_id=registry["identity"][0]["principal_id"],
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"role_definition_name": "Blob Reader"}, "could not find role `Blob Reader`"),
        (
            {"principal_id": GUID},
            f"PrincipalNotFound: Principal {GUID} does not exist in the directory {TENANT}",
        ),
        ({"scope": f"{GROUP}x"}, "ResourceGroupNotFound: Resource group 'rgx'"),
        (
            {"role_definition_name": None, "role_definition_id": f"/providers/roleDefinitions/{GUID}"},
            f"RoleDefinitionDoesNotExist: The specified role definition with ID '{GUID}' does not exist",
        ),
    ],
)
def test_a_role_that_cannot_be_granted(azure: Client, change: Values, message: str) -> None:
    identity = azure.create("azurerm_user_assigned_identity", **IN_GROUP, name="who")
    grant = {"scope": GROUP, "role_definition_name": "Reader", "principal_id": identity["principal_id"]}
    with pytest.raises(RefusedError, match=message):
        azure.create(ROLE, **{**grant, **change})


@pytest.mark.parametrize("trust", [{"principal_type": "Group"}, {"skip_service_principal_aad_check": True}])
def test_a_principal_that_the_directory_is_not_asked_about(azure: Client, trust: Values) -> None:
    azure.create(ROLE, scope=GROUP, role_definition_name="Reader", principal_id=GUID, **trust)


def test_whoever_is_signed_in_is_known_and_can_be_given_a_role(azure: Client) -> None:
    found = azure.look_up("azurerm_client_config")
    assert (found["tenant_id"], found["subscription_id"]) == (TENANT, SUBSCRIPTION)
    decoded = base64.b64decode(found["id"]).decode()
    assert decoded == (
        f"clientConfigs/clientId={found['client_id']};objectId={found['object_id']};"
        f"subscriptionId={SUBSCRIPTION};tenantId={TENANT}"
    )
    # Azure looks up who it is where nobody says the type.
    role = azure.create(
        "azurerm_role_assignment",
        scope=GROUP,
        role_definition_name="Reader",
        principal_id=found["object_id"],
    )
    assert role["principal_id"] == found["object_id"]
