"""What compute may reach outside of its managed network."""

from __future__ import annotations

import re
from itertools import pairwise

from cdktf import TerraformStack

from constructs_lib.azure.network.outbound_rules import (
    add_outbound_endpoints,
    add_outbound_hosts,
    add_outbound_registry,
)
from tests.unit.constructs.examples import resource_group, synthesized, workspace

HOSTS = {
    "pypi_org": "pypi.org",
    "any-_pythonhosted_org": "*.pythonhosted.org",
    "any_pythonhosted_org": "any.pythonhosted.org",
    "any-pythonhosted_org": "any-pythonhosted.org",
}
RULE = "azurerm_machine_learning_workspace_network_outbound_rule_fqdn"
REGISTRY = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/registries/shared"


def test_rules_have_different_names_and_are_made_one_after_the_other(stack: TerraformStack) -> None:
    """Of rules that are made at the same time, Azure has been seen to lose some."""
    ours = workspace(stack, resource_group(stack), managed_network=True)
    rules = add_outbound_hosts(stack, "outbound", workspace=ours, hosts=list(HOSTS.values()))
    add_outbound_registry(stack, "outbound_registry", workspace=ours, registry_id=REGISTRY, depends_on=rules)
    written = synthesized(stack)
    assert {body["name"]: body["destination_fqdn"] for body in written.resources(RULE).values()} == HOSTS
    order = [*(f"{RULE}.outbound_{name}" for name in HOSTS), "azapi_resource.outbound_registry"]
    for before, after in pairwise(order):
        assert before in written.at(after)["depends_on"]


def test_azure_takes_the_name_of_any_rule(stack: TerraformStack) -> None:
    ours = workspace(stack, resource_group(stack), managed_network=True)
    hosts = [f"packages-{number}.artifacts.of-a-company-with-a-long-name.example.com" for number in (1, 2)]
    rules = add_outbound_hosts(stack, "outbound", workspace=ours, hosts=hosts)
    add_outbound_endpoints(
        stack,
        "outbound_data",
        name="a" * 24,  # no storage account has a longer one
        workspace=ours,
        resource_id=REGISTRY,
        subresources=["blob", "dfs"],
        depends_on=rules,
    )
    written = synthesized(stack)
    endpoints = written.resources(f"{RULE.removesuffix('_fqdn')}_private_endpoint")
    names = [body["name"] for body in (*written.resources(RULE).values(), *endpoints.values())]
    assert len(set(names)) == 4
    for name in names:
        assert re.fullmatch("[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}", name)


def test_a_shut_registry_has_an_endpoint_in_the_managed_network(stack: TerraformStack) -> None:
    ours = workspace(stack, resource_group(stack), managed_network=True)
    add_outbound_registry(stack, "outbound_registry", workspace=ours, registry_id=REGISTRY, depends_on=[])
    rule = synthesized(stack).at("azapi_resource.outbound_registry")
    assert rule["parent_id"] == "${azurerm_machine_learning_workspace.workspace.id}"
    destination = rule["body"]["properties"]["destination"]
    assert (destination["serviceResourceId"], destination["subresourceTarget"]) == (REGISTRY, "amlregistry")
    # The managed network needs the workspace's roles to make the endpoint.
    assert "time_sleep.workspace_roles_wait" in rule["depends_on"]
