"""What a plan says before anything happens, for a type made up of every kind of argument."""

from __future__ import annotations

from typing import Any

import pytest

from facts.reader import Block
from sandbox.provider.planning import plan, same
from sandbox.provider.values import UNKNOWN, Dynamic
from sandbox.services.rules import ProviderRules


def attribute(type_: Any, flags: str) -> dict[str, Any]:
    return {"type": type_, **dict.fromkeys(flags.split(), True)}


RULE = {
    "attributes": {
        "name": attribute("string", "required"),
        "number": attribute("number", "optional computed"),
    }
}
BLOCK = Block(
    {
        "attributes": {
            "id": attribute("string", "computed"),
            "name": attribute("string", "required"),
            "location": attribute("string", "optional"),
            "tier": attribute("string", "optional"),
            "size": attribute("number", "optional"),
            "key": attribute("string", "optional computed"),
            "body": attribute("dynamic", "optional"),
            "secret": attribute("string", "optional write_only"),
            "retry": {
                "optional": True,
                "nested_type": {
                    "nesting_mode": "single",
                    "attributes": {"times": attribute("number", "optional computed")},
                },
            },
        },
        "block_types": {
            "identity": {
                "nesting_mode": "list",
                "max_items": 1,
                "block": {
                    "attributes": {
                        "type": attribute("string", "required"),
                        "ids": attribute(["set", "string"], "optional"),
                        "principal_id": attribute("string", "computed"),
                    }
                },
            },
            "network": {
                "nesting_mode": "list",
                "max_items": 1,
                "block": {
                    "attributes": {
                        "mode": attribute("string", "optional"),
                        "at_once": attribute("bool", "optional"),
                    },
                    "block_types": {"rule": {"nesting_mode": "list", "block": RULE}},
                },
            },
            "rule": {"nesting_mode": "set", "block": RULE},
            "timeouts": {
                "nesting_mode": "single",
                "block": {"attributes": {"create": attribute("string", "optional")}},
            },
        },
    }
)
EMPTY: dict[str, Any] = {
    **dict.fromkeys(BLOCK.attributes),
    "identity": [],
    "network": [],
    "rule": [],
    "timeouts": None,
}
PRIOR = {**EMPTY, "id": "1", "name": "a", "key": "k"}


def planned(prior: dict[str, Any] | None = None, rules: ProviderRules | None = None, **arguments: Any) -> Any:
    """Plan a configuration without computed attributes in it: Terraform's merge takes them from before."""
    config = {**EMPTY, **arguments}
    kept = {name: prior[name] for name in ("id", "key") if config[name] is None} if prior else {}
    return plan(BLOCK, rules or ProviderRules(), config, prior, {**config, **kept})


def replaced(rules: ProviderRules, prior: dict[str, Any], **arguments: Any) -> list[tuple[str | int, ...]]:
    return list(planned({**PRIOR, **prior}, rules, **arguments).replace)


# --- Creating -------------------------------------------------------------------------------------------------


def test_what_the_service_decides_is_unknown_until_apply() -> None:
    state = planned(name="a").state
    assert state["id"] is UNKNOWN
    assert state["key"] is UNKNOWN
    assert state["tier"] is None


def test_a_computed_argument_that_is_set_is_taken() -> None:
    assert planned(name="a", key="mine").state["key"] == "mine"


def test_what_is_not_known_yet_stays_so() -> None:
    state = planned(name=UNKNOWN, identity=UNKNOWN).state
    assert (state["name"], state["identity"]) == (UNKNOWN, UNKNOWN)


def test_a_write_only_argument_is_never_in_the_state() -> None:
    assert planned(name="a", secret="hush").state["secret"] is None  # noqa: S106  # made up for this test


def test_defaults_fill_in_what_is_not_set() -> None:
    rules = ProviderRules(defaults={"tier": "", "size": 3, "location": "global", "network": {"mode": "open"}})
    state = planned(None, rules, name="a", size=0).state
    assert (state["tier"], state["size"], state["location"]) == ("", 0, "global")
    assert state["network"] == []  # a block that is not there gets no defaults
    given = planned(None, rules, name="a", network=[{"mode": None, "at_once": True, "rule": []}]).state
    assert given["network"] == [{"mode": "open", "at_once": True, "rule": []}]


def test_a_location_is_written_as_the_service_does() -> None:
    assert planned(name="a", location="East US 2").state["location"] == "eastus2"


def test_blocks_get_their_computed_attributes() -> None:
    rule = {"name": "r", "number": None}
    network = {"mode": None, "at_once": None, "rule": [rule]}
    state = planned(name="a", rule=[rule], network=[network], timeouts={"create": "1h"}).state
    assert state["rule"] == [{"name": "r", "number": UNKNOWN}]
    assert state["network"][0]["rule"] == [{"name": "r", "number": UNKNOWN}]
    assert state["timeouts"] == {"create": "1h"}


def test_an_object_with_attributes_of_its_own() -> None:
    assert planned(name="a", retry={"times": None}).state["retry"] == {"times": UNKNOWN}
    assert planned(name="a").state["retry"] is None


# --- Changing -------------------------------------------------------------------------------------------------


def test_nothing_to_do() -> None:
    result = planned(PRIOR, name="a")
    assert (result.state, result.replace) == (PRIOR, ())


@pytest.mark.parametrize(
    ("name", "stored", "written"),
    [("tier", "", None), ("size", 0, None), ("tier", None, ""), ("identity", None, [])],
)
def test_null_and_zero_are_the_same(name: str, stored: Any, written: Any) -> None:
    prior = {**PRIOR, name: stored}
    assert planned(prior, name="a", **{name: written}).state == prior


def test_settled_values_stay_when_something_else_changes() -> None:
    state = planned({**PRIOR, "tier": ""}, name="a", size=2).state
    assert state == {**PRIOR, "tier": "", "size": 2}


def test_destroying() -> None:
    assert plan(BLOCK, ProviderRules(), None, PRIOR, None).state is None


IDENTITY_BEFORE = {"type": "SystemAssigned", "ids": [], "principal_id": "p"}


def test_an_identity_stays_as_long_as_its_settings_do() -> None:
    prior = {**PRIOR, "identity": [IDENTITY_BEFORE]}
    wanted = {"type": "SystemAssigned", "ids": None, "principal_id": "p"}
    result = plan(
        BLOCK,
        ProviderRules(),
        {**EMPTY, "name": "a", "size": 1, "identity": [{**wanted, "principal_id": None}]},
        prior,
        {**prior, "size": 1, "identity": [wanted]},
    )
    assert result.state is not None
    assert result.state["identity"][0]["principal_id"] == "p"


@pytest.mark.parametrize(
    "change",
    [{"type": "UserAssigned", "ids": ["i"]}, {"type": "SystemAssigned, UserAssigned", "ids": ["i"]}],
)
def test_an_identity_is_decided_anew_when_its_settings_change(change: dict[str, Any]) -> None:
    prior = {**PRIOR, "identity": [IDENTITY_BEFORE]}
    result = plan(
        BLOCK,
        ProviderRules(),
        {**EMPTY, "name": "a", "identity": [{**change, "principal_id": None}]},
        prior,
        {**prior, "identity": [{**change, "principal_id": "p"}]},
    )
    assert result.state is not None
    assert result.state["identity"][0]["principal_id"] is UNKNOWN


def test_a_setting_that_is_taken_out_of_a_block_unsettles_it_too() -> None:
    prior = {**PRIOR, "identity": [{**IDENTITY_BEFORE, "ids": ["i"]}]}
    wanted = {"type": "SystemAssigned", "ids": None, "principal_id": "p"}
    result = plan(
        BLOCK,
        ProviderRules(),
        {**EMPTY, "name": "a", "identity": [{**wanted, "principal_id": None}]},
        prior,
        {**prior, "identity": [wanted]},
    )
    assert result.state is not None
    assert result.state["identity"] == [{"type": "SystemAssigned", "ids": None, "principal_id": UNKNOWN}]


def test_elements_of_a_set_are_carried_over_wherever_they_stand() -> None:
    prior = {**PRIOR, "rule": [{"name": "a", "number": 1}, {"name": "", "number": 2}]}
    written = [{"name": None, "number": 2}, {"name": "a", "number": 1}]
    assert planned(prior, name="a", rule=written).state == prior


def test_a_new_element_of_a_set_is_decided() -> None:
    prior = {**PRIOR, "rule": [{"name": "a", "number": 1}]}
    written = [{"name": "a", "number": 1}, {"name": "b", "number": None}]
    assert planned(prior, name="a", rule=written).state["rule"] == [
        {"name": "a", "number": 1},
        {"name": "b", "number": UNKNOWN},
    ]


# --- Replacing ------------------------------------------------------------------------------------------------


def test_a_change_that_needs_a_new_object() -> None:
    rules = ProviderRules(force_new=("name", "tier"))
    assert replaced(rules, {}, name="b", tier="x") == [("name",), ("tier",)]
    assert replaced(rules, {}, name="a", size=1) == []
    assert replaced(rules, {"tier": ""}, name="a") == []


def test_a_value_not_known_yet_may_need_a_new_object() -> None:
    assert replaced(ProviderRules(force_new=("name",)), {}, name=UNKNOWN) == [("name",)]
    assert replaced(ProviderRules(force_new=("network.mode",)), {}, name="a", network=UNKNOWN) == [
        ("network",)
    ]


def test_nothing_forces_a_new_object_at_creation() -> None:
    assert planned(None, ProviderRules(force_new=("name",)), name="a").replace == ()


def network(mode: str | None, at_once: bool | None = None) -> list[dict[str, Any]]:
    return [{"mode": mode, "at_once": at_once, "rule": []}]


def test_an_argument_inside_a_block_forces_by_its_own_path() -> None:
    rules = ProviderRules(force_new=("network.mode",))
    before = {"network": network("open")}
    assert replaced(rules, before, name="a", network=network("closed")) == [("network", 0, "mode")]
    assert replaced(rules, before, name="a", network=network("open", True)) == []
    assert replaced(rules, before, name="a") == [("network", 0, "mode")]


def test_a_block_that_comes_without_the_forcing_argument_forces_nothing() -> None:
    assert (
        replaced(ProviderRules(force_new=("network.mode",)), {}, name="a", network=network(None, True)) == []
    )


def test_a_whole_block_can_force() -> None:
    assert replaced(ProviderRules(force_new=("network",)), {}, name="a", network=network("open")) == [
        ("network",)
    ]


def test_some_values_only_force_between_classes() -> None:
    rules = ProviderRules(force_new_between={"tier": [["LRS", "GRS"], ["ZRS"]]})
    assert replaced(rules, {"tier": "LRS"}, name="a", tier="GRS") == []
    assert replaced(rules, {"tier": "LRS"}, name="a", tier="ZRS") == [("tier",)]


# --- Comparing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        ({"a": None}, {}),
        ({"a": [{"b": ""}]}, {"a": [{"b": None}]}),
        (Dynamic(["object", {"a": "string"}], {"a": "b"}), Dynamic(["map", "string"], {"a": "b"})),
    ],
)
def test_values_that_mean_the_same(one: Any, other: Any) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        ("a", "A"),
        ([1, 2], [2, 1]),
        ([], ["a"]),
        ("known", UNKNOWN),
        (None, UNKNOWN),
        (Dynamic("dynamic", {"a": None}), Dynamic("dynamic", {})),
    ],
)
def test_values_that_differ(one: Any, other: Any) -> None:
    assert not same(one, other)
    assert not same(other, one)
