"""What arguments refer to: each form of expression that the stacks are written with, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from adoption.references import UnknownError, addresses, known, resolve
from adoption.wanted import ONLY_IN_STATE
from tests.synthesized import Stack

ATTRIBUTES: dict[str, dict[str, Any]] = {
    "azurerm_resource_group.rg": {"id": "/subscriptions/s/resourceGroups/rg", "name": "rg"},
    "azurerm_policy.p": {"identity": [{"principal_id": "p1"}], "empty": None},
    'azuredevops_group.team["leads"]': {"group_id": "g1"},
    "data.azuredevops_project.p": {"id": "p"},
    "azuredevops_variable_group.g": {"id": "7"},
    "data.azuredevops_users.one": {"users": [{"id": "u1"}]},
    "data.azuredevops_users.none": {"users": []},
}


def look_up(address: str) -> Mapping[str, Any]:
    if address not in ATTRIBUTES:
        raise UnknownError(address)
    return ATTRIBUTES[address]


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ("plain", "plain"),
        (7, 7),
        (None, None),
        ("${azurerm_resource_group.rg.name}", "rg"),
        ("store-${azurerm_resource_group.rg.name}-${azuredevops_variable_group.g.id}", "store-rg-7"),
        ("${azurerm_policy.p.identity[0].principal_id}", "p1"),
        ('${azuredevops_group.team["leads"].group_id}', "g1"),
        (
            '${join("$", [data.azuredevops_project.p.id, azuredevops_variable_group.g.id])}',
            "p$7",
        ),
        ('${join("$", [data.azuredevops_project.p.id, "0"])}', "p$0"),
        ("${one(data.azuredevops_users.one.users[*].id)}", "u1"),
        ("${each.value}", "Leads"),
        ("$${azurerm_resource_group.rg.name}", "${azurerm_resource_group.rg.name}"),
        (["${azurerm_resource_group.rg.name}", {"a": "${each.value}"}], ["rg", {"a": "Leads"}]),
    ],
)
def test_what_is_known_is_put_in(value: Any, resolved: Any) -> None:
    assert resolve(value, look_up, "Leads") == resolved


@pytest.mark.parametrize(
    ("value", "waits_for"),
    [
        ("${azurerm_key_vault.none.id}", "azurerm_key_vault.none"),
        ("a-${azurerm_key_vault.none.id}", "azurerm_key_vault.none"),
        ("${azurerm_resource_group.rg.other}", "azurerm_resource_group.rg.other"),
        ("${azurerm_policy.p.empty}", "azurerm_policy.p.empty"),
        ("${azurerm_policy.p.identity[1].principal_id}", "azurerm_policy.p.identity[1].principal_id"),
        ("${one(data.azuredevops_users.none.users[*].id)}", "data.azuredevops_users.none.users[*].id"),
        ("${var.slack_webhook_url}", "var.slack_webhook_url"),
        ('${formatdate("YYYY", plantimestamp())}', 'formatdate("YYYY", plantimestamp())'),
    ],
)
def test_what_is_not_known_says_what_it_waits_for(value: Any, waits_for: str) -> None:
    with pytest.raises(UnknownError) as unknown:
        resolve(value, look_up)
    assert str(unknown.value) == waits_for


def test_arguments_are_known_one_by_one() -> None:
    arguments, unknown = known(
        {
            "name": "a",
            "vault_id": "${azurerm_key_vault.none.id}",
            "group": "${azurerm_resource_group.rg.name}",
        },
        look_up,
    )
    assert arguments == {"name": "a", "group": "rg"}
    assert {name: str(error) for name, error in unknown.items()} == {"vault_id": "azurerm_key_vault.none"}


def test_addresses_of_what_a_value_refers_to() -> None:
    value = ["a-${azurerm_key_vault.none.id}", {"b": '${azuredevops_group.team["leads"].group_id}', "c": 1}]
    assert list(addresses(value)) == ["azurerm_key_vault.none", 'azuredevops_group.team["leads"]']


class Anything:
    """Has every attribute, and is a list of one."""

    def __getitem__(self, _: object) -> Anything:
        return self

    def __iter__(self) -> Iterator[Anything]:
        yield self

    def __str__(self) -> str:
        return "x"


def test_every_form_of_the_stacks_is_known(
    stacks: dict[str, Stack], variant: dict[str, Stack], closed: dict[str, Stack], company: dict[str, Stack]
) -> None:
    """But for what nobody knows before a deployment: variables, the time of the plan, what only the state has."""
    seen, left = 0, set()
    for stack in (item for several in (stacks, variant, closed, company) for item in several.values()):
        for kind in ("resource", "data"):
            for type_name, bodies in stack.terraform.get(kind, {}).items():
                for body in bodies.values() if type_name not in ONLY_IN_STATE else ():
                    body = {name: value for name, value in body.items() if name not in ("lifecycle", "//")}
                    arguments, unknown = known(body, lambda _: Anything(), "x")  # type: ignore[arg-type,return-value]  # has all
                    seen += len(arguments)
                    left |= {str(error) for error in unknown.values()}
    assert seen > 1000
    assert left == {
        "var.slack_webhook_url",
        "var.pagerduty_webhook_url",
        "formatdate(\"YYYY-MM-01'T'00:00:00Z\", plantimestamp())",
    }
