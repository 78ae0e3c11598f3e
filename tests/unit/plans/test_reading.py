"""What is read of plans: the recorded ones are Terraform's own, of every kind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plans.changes import Action, Change, Changes, Field
from plans.hiding import SECRET_LOOKING, SENSITIVE, UNKNOWN
from plans.reading import read_changes
from tests.plans.record import RECORDED, SECRETS

KINDS = sorted(path.stem for path in RECORDED.glob("*.json"))


def recorded(kind: str) -> Changes:
    return read_changes("mlops-dev", json.loads((RECORDED / f"{kind}.json").read_text()))


def counts(changes: Changes) -> dict[str, int]:
    return {action: count for action in Action if (count := changes.count(action))}


def fields(changes: Changes, address: str) -> dict[str, tuple[str, str]]:
    (change,) = [change for change in changes.changes if change.address == address]
    return {field.path: (field.before, field.after) for field in change.fields}


@pytest.mark.parametrize(
    ("kind", "expected", "losing"),
    [
        ("create", {"add": 7}, []),
        ("no-change", {}, []),
        ("update", {"change": 3}, []),
        ("replace", {"replace": 3}, ["azurerm_storage_account.account", "azurerm_storage_container.data"]),
        ("asked-for", {"replace": 1}, ["azapi_resource.registry"]),
        (
            "destroy",
            {"destroy": 2},
            ["azuredevops_variable_group.settings", "azurerm_storage_container.data"],
        ),
        ("forget", {"forget": 1}, []),
        ("moved", {"change": 1, "move": 1}, []),
        ("drift", {"change": 1}, []),
        ("import", {"import": 2, "change": 1}, []),
    ],
)
def test_what_a_plan_does_is_counted(kind: str, expected: dict[str, int], losing: list[str]) -> None:
    changes = recorded(kind)
    assert counts(changes) == expected
    assert [change.address for change in changes.losing] == losing
    assert changes.any == bool(expected)


def test_every_recorded_plan_is_counted() -> None:
    assert len(KINDS) == 10


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_sensitive_is_kept(kind: str) -> None:
    """One of them is Terraform's own slip: ``output`` of terraform_data repeats what is sensitive in ``input``."""
    recording = (RECORDED / f"{kind}.json").read_text()
    kept = json.dumps(recorded(kind).to_json())
    assert "hunter2" in recording, "the recording has nothing to hide"
    assert [secret for secret in SECRETS if secret in kept] == []


def test_what_changes_stands_with_both_values() -> None:
    found = fields(recorded("update"), "azurerm_resource_group.group")
    assert found["tags.team"] == ('"ml"', '"ops"')
    assert found["tags.note"][0] == ""


def test_sensitive_values_are_named_not_shown() -> None:
    changes = recorded("update")
    people = fields(changes, "azurerm_monitor_action_group.people")
    assert people == {"webhook_receiver[0].service_uri": (SENSITIVE, SENSITIVE)}
    assert fields(changes, "terraform_data.nested")["output"] == (SENSITIVE, UNKNOWN)


def test_what_replaces_a_resource_is_said() -> None:
    (account,) = [change for change in recorded("replace").changes if change.address.endswith(".account")]
    assert account.fields == (Field("name", '"account"', '"another"', replaces=True),)


def test_what_is_moved_or_imported_says_from_where() -> None:
    notes = {change.address: change.note for kind in ("moved", "import") for change in recorded(kind).changes}
    assert notes["azurerm_storage_container.kept"] == "it was azurerm_storage_container.data"
    assert notes["azurerm_storage_container.data"].endswith('/containers/data"')


def test_what_somebody_changed_outside_of_terraform_is_said_where_the_plan_takes_it_back() -> None:
    (change,) = recorded("drift").changes
    assert change.note == "somebody has changed it outside of Terraform"
    (registry,) = recorded("asked-for").changes
    assert "outside" not in registry.note


def plan(**change: Any) -> Changes:
    item = {
        "address": "azurerm_key_vault.vault",
        "mode": "managed",
        "type": "azurerm_key_vault",
        "provider_name": "registry.terraform.io/hashicorp/azurerm",
        "change": {"actions": ["update"], "before": {}, "after": {}, **change.pop("change", {})},
        **change,
    }
    return read_changes("mlops-dev", {"resource_changes": [item]})


def only(changes: Changes) -> Change:
    (change,) = changes.changes
    return change


def test_what_was_deleted_outside_of_terraform_is_said() -> None:
    item = {"address": "a.b", "mode": "managed", "type": "a", "change": {"actions": ["create"], "after": {}}}
    drift = {"address": "a.b", "type": "a", "change": {"actions": ["delete"], "before": {}, "after": None}}
    changes = read_changes("mlops-dev", {"resource_changes": [item], "resource_drift": [drift]})
    assert only(changes).note == "somebody has deleted it outside of Terraform"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("replace_because_tainted", "tainted"),
        ("replace_by_request", "asked for"),
        ("replace_by_triggers", "replace_triggered_by"),
        ("delete_because_no_resource_config", "no longer in the configuration"),
        ("delete_because_each_key", "no longer in for_each"),
        ("delete_because_count_index", "no longer in count"),
        ("replace_because_cannot_update", ""),
        (None, ""),
    ],
)
def test_the_reason_that_terraform_gives_is_said(reason: str | None, said: str) -> None:
    note = only(plan(action_reason=reason)).note
    assert said in note
    assert bool(note) == bool(said)


def test_what_somebody_changed_is_not_said_where_the_plan_leaves_it() -> None:
    item = {
        "address": "a.b",
        "mode": "managed",
        "type": "a",
        "change": {"actions": ["update"], "before": {"x": 1}, "after": {"x": 2}},
    }
    drift = {
        "address": "a.b",
        "type": "a",
        "change": {"actions": ["update"], "before": {"y": 1}, "after": {}},
    }
    changes = read_changes("mlops-dev", {"resource_changes": [item], "resource_drift": [drift]})
    assert only(changes).note == ""


@pytest.mark.parametrize("actions", [["delete"], ["forget"]])
def test_what_goes_has_no_fields(actions: list[str]) -> None:
    assert only(plan(change={"actions": actions, "before": {"a": "b"}, "after": None})).fields == ()


def test_what_replaces_a_resource_may_lie_deeper_or_higher() -> None:
    change = {
        "actions": ["delete", "create"],
        "before": {"a": {"b": 1, "c": 1}, "d": [1], "e": 1},
        "after": {"a": {"b": 2, "c": 2}, "d": [2], "e": 2},
        "replace_paths": [["a", "b"], ["d"]],
    }
    found = {field.path: field.replaces for field in only(plan(change=change)).fields}
    assert found == {"a.b": True, "a.c": False, "d[0]": True, "e": False}


def test_a_short_secret_hides_no_other_text_and_a_long_one_does() -> None:
    body = {"short": "12345", "long": "123456", "a": "x12345x", "b": "x123456x"}
    marks = {"short": True, "long": True}
    change = {"actions": ["create"], "before": None, "after": body, "after_sensitive": marks}
    found = {field.path: field.after for field in only(plan(change=change)).fields}
    assert found == {"short": SENSITIVE, "long": SENSITIVE, "a": '"x12345x"', "b": SENSITIVE}


def test_data_that_is_read_is_no_change() -> None:
    assert not plan(mode="data", change={"actions": ["read"]}).any


def test_a_type_that_nobody_has_thought_about_is_stateful() -> None:
    assert plan(type="azurerm_new_thing", change={"actions": ["delete"]}).losing


@pytest.mark.parametrize("actions", [["create", "delete"], ["delete", "create"]])
def test_either_order_is_a_replacement(actions: list[str]) -> None:
    assert only(plan(change={"actions": actions})).actions == (Action.REPLACE,)


def test_a_value_that_the_schema_marks_sensitive_is_hidden_whatever_the_plan_says() -> None:
    changes = plan(
        type="azurerm_storage_account",
        change={"before": {"primary_access_key": "aaaaaaa"}, "after": {"primary_access_key": "bbbbbbb"}},
    )
    assert only(changes).fields == (Field("primary_access_key", SENSITIVE, SENSITIVE),)


def test_the_value_of_a_variable_with_the_name_of_a_secret_is_hidden() -> None:
    body = {"name": "apiPassword", "value": "old-one"}
    changes = plan(
        type="azuredevops_variable_group_variable",
        change={"before": body, "after": {**body, "value": "new-one"}},
    )
    assert only(changes).fields == (Field("value", SENSITIVE, SENSITIVE),)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1.5}, [("a", "1", "1.5")]),
        ({"a": ["x", "y"]}, {"a": ["x"]}, [("a[1]", '"y"', "")]),
        ({"a": {"b": {"c": None}}}, {"a": {"b": {"c": True}}}, [("a.b.c", "", "true")]),
        ({"a": {"x y": "1"}}, {"a": {"x y": "2"}}, [('a["x y"]', '"1"', '"2"')]),
        ({"a": "text"}, {"a": ["text"]}, [("a", '"text"', '["text"]')]),
        ({"a": []}, {"a": [{"b": 1}]}, [("a", "[]", '[{"b": 1}]')]),
        ({"my_password": "x"}, {"my_password": "y"}, [("my_password", SECRET_LOOKING, SECRET_LOOKING)]),
        ({"uses_password": True}, {"uses_password": False}, [("uses_password", "true", "false")]),
        ({"a": {"accessKey": "x"}}, {"a": "b"}, [("a", SECRET_LOOKING, '"b"')]),
        (None, {"a": "b", "empty": []}, [("a", "", '"b"')]),
    ],
)
def test_differences_are_found_as_deep_as_they_are(
    before: Any, after: Any, expected: list[tuple[str, str, str]]
) -> None:
    actions = ["update"] if before else ["create"]
    changes = plan(change={"actions": actions, "before": before, "after": after})
    assert [(f.path, f.before, f.after) for f in only(changes).fields] == expected


def test_what_is_not_known_yet_is_said_of_a_change_and_left_out_of_something_new() -> None:
    change = {"before": {"id": "1"}, "after": {}, "after_unknown": {"id": True, "deep": [{"x": True}]}}
    assert only(plan(change=change)).fields == (
        Field("id", '"1"', UNKNOWN),
        Field("deep[0].x", "", UNKNOWN),
    )
    assert only(plan(change={**change, "actions": ["create"], "before": None})).fields == ()


def test_a_long_value_is_cut_and_no_part_of_a_secret_stays() -> None:
    change = {
        "before": {
            "hidden": "s" * 300 + "ecret",
            "plain": "x" * 390 + "s" * 300 + "ecret",
            "long": "l" * 900,
        },
        "after": {"hidden": "other-one", "plain": "", "long": ""},
        "before_sensitive": {"hidden": True},
    }
    found = {field.path: field.before for field in only(plan(change=change)).fields}
    assert found["plain"] == SENSITIVE
    assert found["long"].endswith("... (902 characters)")
    assert len(found["long"]) < 450


def test_outputs_count() -> None:
    changes = read_changes(
        "mlops-dev", {"output_changes": {"a": {"actions": ["update"]}, "b": {"actions": ["no-op"]}}}
    )
    assert (changes.outputs, changes.any) == (1, True)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_comes_back_from_json(kind: str) -> None:
    changes = recorded(kind)
    assert Changes.from_json(json.loads(json.dumps(changes.to_json()))) == changes
