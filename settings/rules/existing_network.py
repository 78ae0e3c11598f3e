"""What must fit where an environment uses a virtual network of others, and where others register its endpoints."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checking.checked import Checked
from settings.models.environment import Environment
from settings.models.network import BY_POLICY
from settings.models.platform import Platform
from settings.models.texts import DNS_ZONES, MONITOR_DNS_ZONES
from settings.reading.problems import KeyPath, Problem, listed

_NETWORK: KeyPath = ("private_network", "virtual_network")
_ZONES: KeyPath = ("private_network", "dns_zones")
_CREATE: KeyPath = ("private_network", "create_dns_zones")
_OF_THE_OWNER = {"dns_servers": "DNS servers", "egress": "way out"}


def network_is_one_of_two(environment: Checked[Environment]) -> Iterator[Problem]:
    """Either make a network in a range, or use one that is there with a subnet of it."""
    if not environment.has_keys("private_network"):
        return
    ours, theirs = environment.given("private_network", "address_space"), environment.given(*_NETWORK)
    subnets: KeyPath = ("private_network", "subnets")
    if not ours and not theirs:
        yield environment.problem(
            "private_network",
            found="neither address_space nor virtual_network",
            allowed="address_space for a network of its own, or virtual_network and subnets for one that exists",
            fix="add one of the two",
            at_key=True,
        )
    elif ours and theirs:
        yield environment.problem(
            *_NETWORK,
            found="virtual_network beside address_space",
            allowed="one of the two: a network of its own, or one that exists",
            fix="remove one of the two",
            at_key=True,
        )
    elif theirs and not environment.given(*subnets):
        yield environment.problem(
            *_NETWORK,
            found="virtual_network without subnets",
            allowed="subnets beside it, which name the subnet for private endpoints",
            fix="add subnets with private_endpoints: the name of a subnet of that network",
            at_key=True,
        )
    elif ours and environment.given(*subnets):
        yield environment.problem(
            *subnets,
            found="subnets with address_space",
            allowed="subnets only with virtual_network: those of a network of its own are cut from address_space",
            fix="remove subnets",
            at_key=True,
        )


def owner_decides(environment: Checked[Environment]) -> Iterator[Problem]:
    """Leave to the owner of a network what holds for all that is in it."""
    for key, meaning in _OF_THE_OWNER.items():
        if _is_theirs(environment) and environment.given("private_network", key):
            yield environment.problem(
                "private_network",
                key,
                found=f"{key} with virtual_network",
                allowed=f"{key} only with address_space: the {meaning} of a network is its owner's to decide",
                fix=f"remove {key}, and ask the owner of the network",
                at_key=True,
            )


def existing_network_has_endpoints(environment: Checked[Environment]) -> Iterator[Problem]:
    """Name a network of others only where something goes into it."""
    if _is_theirs(environment) and environment.get("security", "private_endpoints") is False:
        if environment.get("tier") == "prod" or environment.get("security", "vnet") is False:
            return  # reported by other rules
        yield environment.problem(
            *_NETWORK,
            found="virtual_network with private_endpoints: false",
            allowed="a network that exists only with private_endpoints: true, for nothing else goes into it",
            fix="set security.private_endpoints to true, or give address_space instead",
            at_key=True,
        )


def zones_are_made_by_somebody(environment: Checked[Environment]) -> Iterator[Problem]:
    """Link zones to a network of others only by an explicit word, and have all of them from somewhere."""
    theirs, create = _is_theirs(environment), environment.get(*_CREATE)
    if environment.given(*_CREATE) and not environment.given(*_NETWORK):
        yield environment.problem(
            *_CREATE,
            found="create_dns_zones without virtual_network",
            allowed="create_dns_zones only with virtual_network: a network of its own always has its zones",
            fix="remove create_dns_zones",
            at_key=True,
        )
    elif create is True and environment.get(*_ZONES) == BY_POLICY:
        yield environment.problem(
            *_CREATE,
            found=f"true with dns_zones: {BY_POLICY}",
            allowed=f"false with {BY_POLICY}: the policy registers the endpoints in zones of the landing zone",
            fix="remove create_dns_zones, or name zones in dns_zones",
        )
    elif theirs and (create is False or not environment.given(*_CREATE)):
        yield from _missing_zones(environment)


def _is_theirs(environment: Checked[Environment]) -> bool:
    """Tell whether the network is one that exists; where both ways are given, that is reported by itself."""
    return environment.given(*_NETWORK) and not environment.given("private_network", "address_space")


def _missing_zones(environment: Checked[Environment]) -> Iterator[Problem]:
    given = environment.given(*_ZONES)
    zones = environment.get(*_ZONES) if given else {}
    if zones is None or zones == BY_POLICY:
        return
    # A private link scope of Azure Monitor's is the hub's, as long as none of its zones is named.
    scope = any(zone in zones for zone in MONITOR_DNS_ZONES)
    missing = [z for z in DNS_ZONES if z not in zones and (scope or z not in MONITOR_DNS_ZONES)]
    if missing:
        yield environment.problem(
            *(_ZONES if given else _NETWORK),
            found=f"dns_zones without {listed(missing)}" if given else "virtual_network without dns_zones",
            allowed=f"{BY_POLICY}, or the id of every zone: none is linked to a network of others unasked (Azure "
            "Monitor's are named together, or left to the owner of the network)",
            fix=f"set dns_zones to {BY_POLICY} or name the zones. Where you may link zones to that network: "
            "create_dns_zones: true",
            at_key=True,
        )


def zones_are_linked_once(
    _platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Azure links a network to one zone of a name: two environments cannot both create theirs for it."""
    creating = [e for e in environments if e.get(*_CREATE) is True and e.get(*_NETWORK)]
    for index, environment in enumerate(creating):
        network = environment.get(*_NETWORK).lower()
        other = next((e for e in creating[:index] if e.get(*_NETWORK).lower() == network), None)
        if other and _created(environment) & _created(other):
            yield environment.problem(
                *_CREATE,
                found=f"true, as in {other.line(*_CREATE)}, for the same virtual_network",
                allowed="one environment that creates the zones of a network: Azure links it to one of a name",
                fix="name the zones of the other environment in dns_zones here",
            )


def _created(environment: Checked[Environment]) -> set[str]:
    """Return the zones that an environment creates; all, as long as its zones cannot be read."""
    return set(DNS_ZONES) - set(environment.get(*_ZONES) or ())
