"""How the stand-in cloud's folder is read and written while others do the same."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.cloud.request import BAD_REQUEST, CONFLICT, NOT_FOUND
from sandbox.cloud.shape import mistakes
from sandbox.cloud.store import BrokenFileError, Cloud, Resource
from sandbox.provider.applying import _minutes
from sandbox.provider.configuration import account
from sandbox.provider.validation import problems
from sandbox.services.rules import ProviderRules, Unchangeable, Value
from tests.unit.sandbox.resources import SUBSCRIPTION, TENANT

KIND = "azuredevops_environment"


@pytest.fixture
def empty(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path / "not there" / "cloud")


def test_others_come_in_only_where_they_are_let_in(empty: Cloud) -> None:
    order: list[str] = []

    def other() -> None:
        with Cloud(empty.folder).locked():
            order.append("other")

    with empty.locked():
        threads = [threading.Thread(target=other) for _ in range(2)]
        threads[0].start()
        threads[0].join(0.2)
        order.append("mine")
        empty.let_others_in(0.5)
        threads[1].start()
        threads[1].join(0.2)
        order.append("mine again")
    for thread in threads:
        thread.join()
    assert order == ["mine", "other", "mine again", "other"]


def test_a_file_is_laid_out_for_people_and_not_flushed(empty: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    path = empty.write(Resource(KIND, "1", {"name": "prod"})).path
    assert path is not None
    assert path.read_text() == (
        '{\n  "type": "azuredevops_environment",\n  "id": "1",\n  "attributes": {\n    "name": "prod"\n  }\n}\n'
    )
    assert flushed == []


def same_size(path: Path) -> None:
    path.write_text(path.read_text().replace("prod", "test"))


def same_moment(path: Path) -> None:
    before = path.stat()
    path.write_text(path.read_text().replace("prod", "production"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def another_file(path: Path) -> None:
    before, text = path.stat(), path.read_text()
    other = path.with_name(".other")
    other.write_text(text.replace("prod", "test"))
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize("edit", [same_size, same_moment, another_file])
def test_every_way_of_editing_a_file_is_seen(empty: Cloud, edit: Callable[[Path], None]) -> None:
    path = empty.write(Resource(KIND, "1", {"name": "prod"})).path
    assert path is not None
    assert [item.name for item in empty.resources(KIND)] == ["prod"]
    os.utime(path, ns=(1, 1))  # long ago, so that writing it now is another moment
    assert [item.name for item in empty.resources(KIND)] == ["prod"]
    edit(path)
    assert [item.name for item in empty.resources(KIND)] != ["prod"]


def test_a_file_that_has_not_changed_is_not_read_again(empty: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.write(Resource(KIND, "1", {"name": "prod"}))
    (before,) = empty.resources(KIND)
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: pytest.fail("it was read"))
    assert empty.resources(KIND) == [before]


def test_hidden_files_and_soft_deleted_things_are_not_there(empty: Cloud) -> None:
    kept = empty.write(Resource(KIND, "1", {"name": "prod"}))
    empty.soft_delete(empty.write(Resource(KIND, "2", {"name": "gone"})))
    assert kept.path is not None
    for place in (kept.path.parent, *kept.path.parents[1:3]):
        (place / ".hidden.json").write_text("{")
    (empty.folder / ".hidden").mkdir()
    assert empty.resources() == empty.resources(KIND) == [kept]
    assert [item.id for item in empty.soft_deleted(KIND)] == ["2"]


def test_things_are_listed_in_the_order_of_their_files(empty: Cloud) -> None:
    for type_name, name in ((KIND, "b"), ("azurerm_key_vault", "a"), (KIND, "a"), ("azuredevops_group", "c")):
        empty.write(Resource(type_name, name, {"name": name}))
    found = [(item.type, item.name) for item in empty.resources()]
    assert found == [
        ("azuredevops_environment", "a"),
        ("azuredevops_environment", "b"),
        ("azuredevops_group", "c"),
        ("azurerm_key_vault", "a"),
    ]


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"name": "a", "display_name": "b", "service_endpoint_name": "c"}, "a"),
        ({"name": "", "display_name": "b", "service_endpoint_name": "c"}, "b"),
        ({"service_endpoint_name": "c"}, "c"),
        ({}, "/1/2"),
    ],
)
def test_people_know_a_thing_by_its_name(attributes: dict[str, str], name: str) -> None:
    assert Resource(KIND, "type//1/2", attributes).name == name
    assert Resource(KIND, "7", {}).name == "7"


def test_numbers_of_a_series_begin_at_one_and_a_count_of_none_is_no_mistake(empty: Cloud) -> None:
    with empty.locked():
        (empty.folder / ".numbers.json").write_text('{"checks": 0}')
        assert [empty.next_number("checks"), empty.next_number("checks")] == [1, 2]


def test_what_lies_in_the_folder_keeps_its_names(empty: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has a stand-in cloud goes on with it."""
    empty.soft_delete(empty.write(Resource(KIND, "2", {"name": "gone"})))
    assert (empty.folder / "soft-deleted" / KIND / "gone.json").is_file()
    (empty.folder / ".numbers.json").unlink()
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.5)
    assert empty.next_number("checks") == 1_800_000_001
    assert json.loads((empty.folder / ".numbers.json").read_text()) == {
        "every series, at least": 1_800_000_000,
        "checks": 1_800_000_001,
    }
    assert {path.name for path in empty.folder.iterdir()} == {
        *(".lock", ".numbers.json", "soft-deleted", "azuredevops")
    }


def test_a_long_value_of_a_wrong_type_is_cut(empty: Cloud) -> None:
    (said,) = mistakes("azurerm_key_vault", {"enabled_for_deployment": "x" * 100})
    assert said == f"enabled_for_deployment is text ({'x' * 60}), and has to be true or false"
    (said,) = mistakes("azurerm_key_vault", {"soft_delete_retention_days": 1.5, "name": {}})
    assert said == "name is an object, and has to be text"
    (said,) = mistakes("azurerm_key_vault", {"name": 1.5})
    assert said == "name is a number (1.5), and has to be text"
    assert list(mistakes("unknown_type", {"name": 1})) == []
    assert list(mistakes("azurerm_nothing", {"name": 1})) == []
    (said,) = mistakes("azurerm_subscription", {"display_name": True})  # only looked up
    assert said == "display_name is true or false (True), and has to be text"


def test_a_broken_file_says_what_to_put_back(empty: Cloud) -> None:
    path = empty.write(Resource(KIND, "1", {})).path
    assert path is not None
    path.write_text("{}")
    with pytest.raises(BrokenFileError) as raised:
        empty.resources()
    assert str(raised.value) == (
        f'{path} does not describe a resource: it needs "type" and "id", both text, and "attributes", an object. '
        "Put them back. To delete the file is to delete the resource"
    )


# --- What refusals say ------------------------------------------------------------------------------------------------


def test_refusals_begin_as_azurerm_shows_them() -> None:
    assert BAD_REQUEST == "unexpected status 400 (400 Bad Request) with error:"
    assert NOT_FOUND == "unexpected status 404 (404 Not Found) with error:"
    assert CONFLICT == "unexpected status 409 (409 Conflict) with error:"


RULES = ProviderRules(
    values={
        "size": Value(between=(1, 3)),
        "least": Value(at_least=2),
        "kind": Value(one_of=("a", "b")),
        "block.name": Value(pattern="[a-z]+", says="must be small letters"),
    },
    exactly_one_of=(("one", "other"),),
    conflicts=(("left", "right"),),
)


@pytest.mark.parametrize(
    ("config", "refused"),
    [
        ({"size": 1}, []),
        ({"size": 3}, []),
        ({"size": 4}, [("size", '"size" is expected to be in the range (1 - 3), got 4')]),
        ({"size": 0.5}, [("size", '"size" is expected to be in the range (1 - 3), got 0.5')]),
        ({"least": 2}, []),
        ({"least": 1.5}, [("least", '"least" is expected to be at least 2, got 1.5')]),
        ({"kind": "b"}, []),
        ({"kind": "c"}, [("kind", '"kind" is expected to be one of ["a", "b"], got c')]),
        ({"block": [{"name": "a"}, {"name": "A"}]}, [("block", '"block.name" must be small letters, got A')]),
        ({"one": None}, [("other", '"other": one of `one,other` must be specified, and only one')]),
        ({"other": 2}, [("other", '"other": one of `one,other` must be specified, and only one')]),
        ({"left": 1, "right": 1}, [("left", '"left": conflicts with right')]),
        ({"left": 1, "right": []}, []),
        ({"left": 1}, []),
    ],
)
def test_what_a_provider_refuses_before_it_plans(
    config: dict[str, object], refused: list[tuple[str, str]]
) -> None:
    assert list(problems(RULES, {"one": 1, **config})) == refused


@pytest.mark.parametrize(
    ("before", "after", "forbidden"),
    [
        ("on", "off", True),
        ("on", "on", False),
        (None, "off", False),
        ("on", "else", False),
        ("x", "off", False),
    ],
)
def test_a_change_that_a_service_forbids(before: str | None, after: str, forbidden: bool) -> None:
    rule = Unchangeable("switch", "no", before=("on",), after=("off",))
    assert rule.forbids(before, after) is forbidden
    assert Unchangeable("switch", "no").forbids(before, after) is (before not in (None, after))


@pytest.mark.parametrize(
    ("text", "minutes"), [("2h", 120), ("90m", 90), ("1h30m", 90), ("12h5m", 725), ("30s", 0)]
)
def test_durations_as_terraform_writes_them(text: str, minutes: int) -> None:
    assert _minutes(text) == minutes


def test_the_tenant_and_switches_outside_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARM_TENANT_ID", TENANT)
    overwrite = "skip_import_check_on_create_and_allow_overwriting_existing_resources"
    found = account(
        "azurerm", {"subscription_id": SUBSCRIPTION, "features": [{overwrite: True, "storage": None}]}
    )
    assert (found.tenant_id, found.features) == (TENANT, {overwrite: True})
