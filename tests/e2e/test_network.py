"""Networks of others, zones by a policy and agent pools under the real terraform: what is refused, and in which order.

Each test deploys what constructs write, without the rest of the platform.
"""

from __future__ import annotations

import cdktf
import pytest
from cdktf import TerraformStack

from constructs_lib.azure.network.private_endpoints import PrivateEndpoints
from constructs_lib.azure.network.virtual_network import ExistingNetwork
from constructs_lib.azure.provider import configure_azurerm
from constructs_lib.devops.agent_pool import guard_agent_pool
from constructs_lib.devops.provider import configure_azuredevops
from sandbox.services.azure import landing_zone
from sandbox.services.azure.hub import add_network
from sandbox.services.seed import seed
from tests.e2e.terraform import Json, Terraform, TerraformError
from tests.project import SUBSCRIPTION, TENANT
from tests.unit.constructs.examples import project, resource_group, storage, synthesized

HUB = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee"
NETWORK = f"/subscriptions/{HUB}/resourceGroups/hub-rg/providers/Microsoft.Network/virtualNetworks/spoke"
BLOB = "privatelink.blob.core.windows.net"
ENDPOINT = "azurerm_private_endpoint.network_endpoint_blob"
CHECK = "azuredevops_check_branch_control.agents_branch_control"
AUTHORIZATION = "azuredevops_pipeline_authorization.agents-pipeline-Training"


@pytest.fixture
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    terraform = Terraform(tmp_path_factory.mktemp("network"))
    seed(terraform.cloud.folder, pipelines={"Training": "\\"}, subscriptions=[SUBSCRIPTION, HUB])
    return terraform


def new_stack() -> TerraformStack:
    return TerraformStack(cdktf.Testing.app(), "example")


def in_a_network_of_others(
    *, subnet: str = "ml-endpoints", location: str = "eastus", by_policy: bool = True, tag: str = "one"
) -> Json:
    """Return a storage account with an endpoint in somebody's network."""
    stack = new_stack()
    configure_azurerm(stack, tenant_id=TENANT, subscription_id=SUBSCRIPTION)
    theirs = ExistingNetwork(
        stack,
        "network",
        network_id=NETWORK,
        endpoint_subnet=subnet,
        location=location,
        provider=configure_azurerm(
            stack, tenant_id=TENANT, subscription_id=HUB, alias="network", register=False
        ),
    )
    group = resource_group(stack)
    PrivateEndpoints(
        stack,
        "network",
        resource_group=group,
        link_name="example",
        network_id=theirs.id,
        subnet_id=theirs.endpoint_subnet_id,
        dns_zones=None if by_policy else {},
    ).add("blob", name="example", resource_id=storage(stack, group).id, subresource="blob", zones=[BLOB])
    written = synthesized(stack).terraform
    written["resource"]["azurerm_private_endpoint"]["network_endpoint_blob"]["tags"] = {"tag": tag}
    return written


def words(error: TerraformError) -> str:
    """Return what Terraform said, without the frame and the line breaks of its own."""
    return " ".join(str(error).replace("│", " ").split())


def zones_of_the_endpoint(terraform: Terraform) -> list[str]:
    """Return the name of its group of zones, and the ids in it."""
    (endpoint,) = terraform.cloud.resources("azurerm_private_endpoint")
    groups = endpoint.attributes["private_dns_zone_group"]
    return [item for group in groups for item in (group["name"], *group["private_dns_zone_ids"])]


def test_a_network_of_others_that_does_not_fit_is_refused_by_the_plan(terraform: Terraform) -> None:
    terraform.write(in_a_network_of_others())
    with pytest.raises(TerraformError, match="was not found"):
        terraform.actions()
    add_network(terraform.cloud, NETWORK, location="eastus", subnets=["ml-endpoints"])
    for wrong, said in (
        (
            in_a_network_of_others(subnet="ml"),
            "The virtual network spoke has no subnet ml. Name one that it has",
        ),
        (
            in_a_network_of_others(location="westeurope"),
            "The virtual network spoke lies in eastus, and the environment in westeurope: a private endpoint has to be",
        ),
    ):
        terraform.write(wrong)
        with pytest.raises(TerraformError) as refused:
            terraform.actions()
        assert said in words(refused.value)
    assert terraform.cloud.resources("azurerm_private_endpoint") == []


def test_what_a_policy_registers_stays_and_replaces_what_was_ours(
    terraform: Terraform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(landing_zone.VARIABLE, landing_zone.DNS_ZONE_GROUPS)
    add_network(terraform.cloud, NETWORK, location="eastus", subnets=["ml-endpoints"])
    hub = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/hub-dns/providers/Microsoft.Network/privateDnsZones/{BLOB}"
    by_policy = ["deployedByPolicy", hub]

    terraform.write(in_a_network_of_others(by_policy=False))
    terraform.apply()
    ours = zones_of_the_endpoint(terraform)
    assert ours[0] == "default"
    assert terraform.actions() == {}

    # The policy does not look at an endpoint that has zones: it is made anew, before its zones go.
    terraform.write(in_a_network_of_others())
    assert terraform.actions()[ENDPOINT] == ["delete", "create"]
    terraform.apply_plan()
    assert zones_of_the_endpoint(terraform) == by_policy
    assert [zone.id for zone in terraform.cloud.resources("azurerm_private_dns_zone")] == [hub]
    assert terraform.actions() == {}

    terraform.write(in_a_network_of_others(tag="two"))
    assert terraform.actions() == {ENDPOINT: ["update"]}
    terraform.apply_plan()
    assert zones_of_the_endpoint(terraform) == by_policy

    terraform.write(in_a_network_of_others(by_policy=False, tag="two"))
    assert terraform.actions()[ENDPOINT] == ["delete", "create"]
    terraform.apply_plan()
    assert zones_of_the_endpoint(terraform) == ours

    terraform.run("destroy", "-auto-approve")
    left = {
        item.type: item.id for item in terraform.cloud.resources("azurerm_virtual_network", "azurerm_subnet")
    }
    assert left == {"azurerm_virtual_network": NETWORK, "azurerm_subnet": f"{NETWORK}/subnets/ml-endpoints"}


def test_nobody_runs_on_a_pool_while_its_check_is_missing(
    terraform: Terraform, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = new_stack()
    configure_azuredevops(stack, organization_url="https://dev.azure.com/contoso", tenant_id=TENANT)
    guard_agent_pool(
        stack,
        "agents",
        project=project(stack),
        name="prod-agents",
        branches=["main"],
        verify_branch_protection=True,
        pipelines=["Training"],
    )
    terraform.write(synthesized(stack).terraform)
    with pytest.raises(TerraformError, match="Unable to find agent queues with name: prod-agents"):
        terraform.actions()

    seed(terraform.cloud.folder, subscriptions=(), agent_pools=["prod-agents"])
    monkeypatch.setenv("SANDBOX_FAIL_CREATE", "azuredevops_check_branch_control:1")
    with pytest.raises(TerraformError, match="was asked to fail here"):
        terraform.apply()
    assert terraform.cloud.resources("azuredevops_pipeline_authorization") == []
    printed = terraform.apply()
    assert printed.index(f"{CHECK}: Creation complete") < printed.index(f"{AUTHORIZATION}: Creating...")
    assert terraform.actions() == {}

    printed = terraform.run("destroy", "-auto-approve")
    assert printed.index(f"{AUTHORIZATION}: Destruction complete") < printed.index(f"{CHECK}: Destroying...")
    assert [queue.name for queue in terraform.cloud.resources("azuredevops_agent_queue")] == ["prod-agents"]
