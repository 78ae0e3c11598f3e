"""Private endpoints and the zones that lead to them."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from tests.unit.constructs.examples import endpoints, resource_group, storage, synthesized

BLOB = "privatelink.blob.core.windows.net"


@pytest.mark.parametrize("of_a_hub", [False, True])
def test_a_zone_is_made_once_and_linked_unless_it_is_there_already(
    stack: TerraformStack, of_a_hub: bool
) -> None:
    group = resource_group(stack)
    hub = f"/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/privateDnsZones/{BLOB}"
    ours = endpoints(stack, group, {BLOB: hub} if of_a_hub else {})
    account = storage(stack, group)
    for key in ("blob", "again"):
        ours.add(key, name=f"example-{key}", resource_id=account.id, subresource="blob", zones=[BLOB])
    written = synthesized(stack)
    zones = written.resources("azurerm_private_dns_zone")
    links = written.resources("azurerm_private_dns_zone_virtual_network_link")
    made = [] if of_a_hub else ["network_zone_blob_core_windows_net"]
    assert (list(zones), list(links)) == (made, [f"{zone}_link" for zone in made])
    # Machines of the network do not write themselves into a zone of private endpoints.
    assert all(link["registration_enabled"] is False for link in links.values())
    used = hub if of_a_hub else "${azurerm_private_dns_zone.network_zone_blob_core_windows_net.id}"
    for endpoint in written.resources("azurerm_private_endpoint").values():
        assert endpoint["private_dns_zone_group"]["private_dns_zone_ids"] == [used]


def test_what_a_policy_registers_is_left_alone(stack: TerraformStack) -> None:
    group = resource_group(stack)
    account = storage(stack, group)
    endpoints(stack, group, None).add(
        "blob", name="example-blob", resource_id=account.id, subresource="blob", zones=[BLOB]
    )
    written = synthesized(stack)
    assert not written.resources("azurerm_private_dns_zone")
    assert not written.resources("azurerm_private_dns_zone_virtual_network_link")
    endpoint = written.at("azurerm_private_endpoint.network_endpoint_blob")
    assert "private_dns_zone_group" not in endpoint
    assert endpoint["lifecycle"] == {"ignore_changes": ["private_dns_zone_group"]}
    # An endpoint that had zones from here is made anew: the policy looks at those alone that have none.
    assert endpoint["custom_network_interface_name"] == "example-blob-policy-nic"
