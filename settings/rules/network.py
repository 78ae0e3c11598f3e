"""What the network settings must agree on, in one environment and between all of them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from settings.checking.checked import Checked
from settings.models.environment import Environment
from settings.models.platform import Platform
from settings.reading.problems import KeyPath, Problem, shorten
from settings.rules.names import named_after


def prod_is_private(environment: Checked[Environment]) -> Iterator[Problem]:
    """Prod is never open to public networks."""
    if environment.get("tier") == "prod" and environment.get("security", "private_endpoints") is False:
        yield environment.problem(
            "security",
            "private_endpoints",
            found="false in an environment of tier prod",
            allowed="true: prod is not open to public networks",
            fix="set it to true, together with vnet: true and private_network",
        )


def vnet_has_settings(environment: Checked[Environment]) -> Iterator[Problem]:
    """Have ``vnet: true`` and the section private_network together, or neither."""
    vnet, given = environment.get("security", "vnet"), environment.given("private_network")
    if vnet is True and not given:
        yield environment.problem(
            "security",
            "vnet",
            found="true without private_network",
            allowed="private_network with address_space and isolation_mode, wherever vnet is true",
            fix="add private_network (docs/network.md shows one), or, outside prod, set vnet to false",
        )
    private = environment.get("security", "private_endpoints")
    reported = private is True or (private is False and environment.get("tier") == "prod")  # by other rules
    if vnet is False and given and not reported:
        yield environment.problem(
            "private_network",
            found="private_network with vnet: false",
            allowed="private_network only where security.vnet is true",
            fix="set vnet to true, or remove private_network",
            at_key=True,
        )


def private_endpoints_have_a_network(environment: Checked[Environment]) -> Iterator[Problem]:
    """Let compute reach the private endpoints, through the managed network."""
    if (
        environment.get("security", "private_endpoints") is True
        and environment.get("security", "vnet") is False
    ):
        yield environment.problem(
            "security",
            "vnet",
            found="vnet: false with private_endpoints: true",
            allowed="vnet: true, for the endpoints and compute need a network",
            fix="set vnet to true, or, outside prod, private_endpoints to false",
        )


def private_vault_is_not_linked(environment: Checked[Environment]) -> Iterator[Problem]:
    """Azure DevOps is not among the services that reach a private key vault."""
    if environment.get("security", "private_endpoints") is True and environment.given(
        "key_vault_variable_group"
    ):
        yield environment.problem(
            "key_vault_variable_group",
            found="a linked group with private_endpoints: true",
            allowed="no linked group there: Azure DevOps cannot reach a private key vault",
            fix="remove it, and read the secrets with the AzureKeyVault task on an agent inside the network",
            at_key=True,
        )


def hosts_need_approval(environment: Checked[Environment]) -> Iterator[Problem]:
    """Name hosts only where compute reaches no others."""
    mode = environment.get("private_network", "isolation_mode")
    if mode == "AllowInternetOutbound" and environment.get("private_network", "outbound_fqdns"):
        yield environment.problem(
            "private_network",
            "outbound_fqdns",
            found="hosts with isolation_mode: AllowInternetOutbound",
            allowed="hosts only with AllowOnlyApprovedOutbound: the other mode allows all of them",
            fix="remove outbound_fqdns, or choose AllowOnlyApprovedOutbound",
            at_key=True,
        )


def zones_fit_their_names(environment: Checked[Environment]) -> Iterator[Problem]:
    """Give each DNS zone the id of the zone of that name."""
    yield from zone_ids_fit(environment, "private_network", "dns_zones")


def zone_ids_fit(file: Checked[Any], *zones: str) -> Iterator[Problem]:
    """Compare the names and ids of zones at one place of a file."""
    for path in file.children(*zones):
        zone_id = file.get(*path)
        if zone_id and not zone_id.endswith(f"/{path[-1]}"):
            yield file.problem(
                *path,
                found=f"the id of {shorten(zone_id.rpartition('/')[2])}",
                allowed=f"the id of {path[-1]}",
                fix="copy the id of the zone with this name",
            )


def ranges_do_not_overlap(
    _platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Keep the environments' networks apart, so that they can be connected to one hub."""
    path: KeyPath = ("private_network", "address_space")
    having = [environment for environment in environments if environment.get(*path)]
    copies = [e for e in having if not named_after(e, e.get("workspace", "name") or "")]
    having.sort(key=lambda environment: environment in copies)
    for index, environment in enumerate(having):
        network = IPv4Network(environment.get(*path))
        other = next((e for e in having[:index] if network.overlaps(IPv4Network(e.get(*path)))), None)
        if other:
            copied = environment in copies and other not in copies
            yield environment.problem(
                *path,
                found=f"{network}, which overlaps {other.get(*path)} in {other.line(*path)}",
                allowed="a range of its own for each environment",
                fix=f"choose another range {'here' if copied else 'in one of the two places'}",
            )


def private_registry_has_no_public_environment(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Close the registry only once nobody has to reach it from public networks."""
    public = [
        str(environment.source.name)
        for environment in environments
        if environment.get("security", "private_endpoints") is False
        and environment.get("tier") != "prod"  # prod has a rule of its own
    ]
    if public and platform.get("registry", "public_network_access") is False:
        yield platform.problem(
            "registry",
            "public_network_access",
            found=f"false, with private_endpoints: false in {', '.join(public)}",
            allowed="true as long as an environment has no private endpoint to the registry",
            fix="set it to true, or private_endpoints to true in every environment",
        )
