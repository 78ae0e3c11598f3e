"""The platform in tables that people can review: who may do what, what waits for what, what alerts whom.

``tests/snapshots`` has everything; these say one thing each, of every configuration that the tests have. After a
change that is meant: ``make generate``, and read the difference in ``__snapshots__``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.synthesized import Stack, role_name

Row = tuple[str, str]
"""What it is about, and what is said of it."""


def short(value: Any) -> str:
    """Write a reference without its signs, a list without quotes."""
    if isinstance(value, list):
        return ", ".join(map(short, value)) or "nothing"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {short(item)}" for key, item in value.items()) or "nothing"
    return re.sub(r"\$\{([^}]*)\}", r"\1", str(value))


def of_types(stack: Stack, *types: str) -> Iterator[tuple[str, str, Any]]:
    """Yield type, logical name and body of every resource of some types, or of all."""
    for section in ("resource", "data"):
        for type_, bodies in stack.terraform.get(section, {}).items():
            if not types or type_ in types:
                for name, body in bodies.items():
                    yield type_, name, body


def roles(stack: Stack) -> Iterator[Row]:
    for _, _, body in of_types(stack, "azurerm_role_assignment"):
        more = [f" ({key} {body[key]})" for key in ("principal_type", "condition") if body.get(key)]
        who = short(body["principal_id"])
        yield f"{who} on {short(body['scope'])}", f"{short(role_name(body))}{''.join(more)}"


def security_roles(stack: Stack) -> Iterator[Row]:
    for type_, _, body in of_types(stack):
        if type_ == "azuredevops_securityrole_assignment":
            yield (
                f"{body['scope']} {short(body['resource_id'])}",
                f"{short(body['identity_id'])}: {body['role_name']}",
            )
        elif type_.endswith("_permissions"):
            yield type_, f"{short(body['principal'])}: {short(body['permissions'])}"
        elif type_ in ("azuredevops_pipeline_authorization", "azuredevops_group_membership"):
            told = {key: value for key, value in body.items() if key not in ("project_id", "depends_on")}
            yield type_, short(told)


def checks(stack: Stack) -> Iterator[Row]:
    for type_, name, body in of_types(stack):
        if type_.startswith("azuredevops_check_"):
            told = {key: value for key, value in body.items() if key not in ("project_id", "depends_on")}
            yield f"{type_}.{name}", short(told)


def waits(stack: Stack) -> Iterator[Row]:
    for type_, _, body in of_types(stack):
        if timeouts := body.get("timeouts"):
            yield type_, short(timeouts)


def left_alone(stack: Stack) -> Iterator[Row]:
    for type_, _, body in of_types(stack):
        if ignored := body.get("lifecycle", {}).get("ignore_changes"):
            yield type_, short(ignored)


def order(stack: Stack) -> Iterator[Row]:
    for type_, name, body in of_types(stack):
        if after := body.get("depends_on"):
            yield f"{type_}.{name}", short(sorted(after))


def endpoints(stack: Stack) -> Iterator[Row]:
    for _, name, body in of_types(stack, "azurerm_private_endpoint"):
        to = body["private_service_connection"]
        zones = body.get("private_dns_zone_group", {}).get("private_dns_zone_ids", [])
        yield (
            name,
            f"{short(to['private_connection_resource_id'])} {short(to['subresource_names'])}, zones {short(zones)}",
        )


def rules(stack: Stack) -> Iterator[Row]:
    for _, name, body in of_types(stack, "azurerm_network_security_group"):
        for rule in body.get("security_rule", []):
            yield name, short({key: value for key, value in rule.items() if value not in (None, [], "")})
    for type_, name, body in of_types(stack):
        if "outbound_rule" in type_ or "outboundRules" in str(body.get("type")):
            told = {
                key: value
                for key, value in body.items()
                if key not in ("depends_on", "timeouts", "lifecycle")
            }
            yield f"{type_}.{name}", short(told)


def alerts(stack: Stack) -> Iterator[Row]:
    for type_, name, body in of_types(stack):
        if "alert" in type_ and "provider" not in type_:
            yield f"{type_}.{name}", short({key: value for key, value in body.items() if key != "tags"})


def logs(stack: Stack) -> Iterator[Row]:
    for _, _, body in of_types(stack, "azurerm_monitor_diagnostic_setting"):
        yield (
            short(body["target_resource_id"]),
            short({key: value for key, value in body.items() if key in ("enabled_log", "enabled_metric")}),
        )


def bodies(stack: Stack) -> Iterator[Row]:
    """What azapi sends: no schema of a provider knows a wrong key there, and Azure passes over some."""
    for _, _, body in of_types(stack, "azapi_resource"):
        if "type" in body:
            for key in ("body", "sensitive_body"):
                yield f"{body['type']} {key}", short(body.get(key, {}))


def choices(stack: Stack) -> Iterator[Row]:
    """Every truth value, number, time and word that a type is given, by the argument; no names, and no references."""
    for type_, _, body in of_types(stack):
        waiting = [
            (type_, key, item) for key, item in body.items() if key not in ("tags", "depends_on", "lifecycle")
        ]
        while waiting:
            path, key, value = waiting.pop()
            if isinstance(value, dict):
                waiting += [(f"{path}.{key}", inner, item) for inner, item in value.items()]
            elif isinstance(value, list):
                waiting += [(path, key, item) for item in value]
            elif not isinstance(value, str) or re.fullmatch(
                r"[A-Z][A-Za-z/]*|P[TD0-9HM]+|[0-9]+[smhd]?", value
            ):
                yield f"{path}.{key}", short(value)


TABLES: tuple[Callable[[Stack], Iterator[Row]], ...] = (
    *(
        roles,
        security_roles,
        checks,
        waits,
        left_alone,
        order,
        endpoints,
        rules,
        alerts,
        logs,
        bodies,
        choices,
    ),
)


@pytest.fixture(scope="module")
def every(
    stacks: dict[str, Stack],
    variant: dict[str, Stack],
    closed: dict[str, Stack],
    company: dict[str, Stack],
) -> Iterable[Stack]:
    return [stack for group in (stacks, variant, closed, company) for stack in group.values()]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_table(
    every: Iterable[Stack], snapshot: SnapshotAssertion, table: Callable[[Stack], Iterator[Row]]
) -> None:
    said: dict[str, dict[str, None]] = defaultdict(dict)
    for stack in every:
        for about, what in table(stack):
            said[about][what] = None
    lines = [
        f"{about}\n" + "".join(f"    {what}\n" for what in sorted(said[about])) for about in sorted(said)
    ]
    assert lines
    assert "".join(lines) == snapshot
