"""Who a security rule may let in: parts of private networks, however the rule says it."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

from constructs_lib.guard_rails.allowed import INBOUND_RANGES, INBOUND_TAGS
from constructs_lib.guard_rails.rules import Body
from constructs_lib.guard_rails.violation import Finding, Findings, Json, entries, kind_of, shown

_PRIVATE = [ip_network(item) for item in INBOUND_RANGES]
_SOURCES = ("source_address_prefix", "source_address_prefixes", "source_application_security_group_ids")


def lets_in_only_private_networks(type_: str, body: Body) -> Findings:
    """Refuse inbound rules for anything but private ranges, one by one: several could make up the whole internet."""
    if type_ != "azurerm_network_security_group" or body.get("security_rule") is None:
        return
    given = body["security_rule"]
    rules = entries(given)
    if len(rules) != (len(given) if isinstance(given, list) else 1):
        yield Finding("a security rule that is no object", "rules with all of their parts", "write them out")
    for rule in rules:
        if _is(rule.get("direction"), "outbound") or _is(rule.get("access"), "deny"):
            continue
        for source in _sources(rule):
            if not _is_private(source):
                yield Finding(
                    f"the security rule {shown(rule.get('name')).strip(chr(34))} that lets {_name(source)} in",
                    "inbound rules from ranges or service tags of this network: "
                    f"{', '.join((*INBOUND_TAGS, *INBOUND_RANGES))}, and parts of these",
                    "name the range it is meant for, such as VirtualNetwork",
                )


def _is(value: Json, word: str) -> bool:
    """Tell whether a value is this word; Azure takes any case, and what is anything else is not trusted."""
    return isinstance(value, str) and value.lower() == word


def _sources(rule: dict[str, Json]) -> list[Json]:
    """Return all sources of a rule; without any, None stands for all addresses."""
    found: list[Json] = []
    for name in _SOURCES:
        value = rule.get(name)
        found += value if isinstance(value, list) else [value] if value not in (None, "") else []
    return found or [None]


def _is_private(source: Json) -> bool:
    if not isinstance(source, str):
        return False
    if source.casefold() in (tag.casefold() for tag in INBOUND_TAGS):
        return True
    try:
        network = ip_network(source, strict=False)
    except ValueError:
        return False
    return any(_is_part(network, of=private) for private in _PRIVATE)


def _is_part(network: IPv4Network | IPv6Network, *, of: IPv4Network | IPv6Network) -> bool:
    if isinstance(network, IPv4Network):
        return isinstance(of, IPv4Network) and network.subnet_of(of)
    return isinstance(of, IPv6Network) and network.subnet_of(of)


def _name(source: Json) -> str:
    if source is None:
        return "everybody"
    return source if isinstance(source, str) else kind_of(source)
