"""The stand-in cloud is a folder of files that people read, edit and delete, while providers write to it."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.cloud.store import BrokenFileError, Cloud, Resource
from tests.processes import exit_codes
from tests.unit.files.killed import kill_everywhere
from tests.unit.sandbox.client import Client, RefusedError
from tests.unit.sandbox.resources import IN_GROUP, sign_in, storage, vault

VAULT = "azurerm_key_vault"
ID = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"


@pytest.fixture
def empty(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path / "cloud")


def files(cloud: Cloud) -> list[str]:
    return sorted(str(path.relative_to(cloud.folder)) for path in cloud.folder.rglob("[!.]*.json"))


def test_a_thing_is_one_file_that_a_person_can_read(empty: Cloud) -> None:
    empty.write(Resource(VAULT, ID, {"name": "kv", "location": "eastus"}, {"secrets": {"é": 1}}))
    (name,) = files(empty)
    assert name == "azurerm/azurerm_key_vault/rg.kv.json"
    text = (empty.folder / name).read_text(encoding="utf-8")
    assert "é" in text
    assert json.loads(text) == {
        "type": VAULT,
        "id": ID,
        "attributes": {"name": "kv", "location": "eastus"},
        "secrets": {"é": 1},
    }


@pytest.mark.parametrize(
    ("type_name", "resource_id", "name", "file"),
    [
        ("azurerm_resource_group", "/subscriptions/s/resourceGroups/rg", "rg", "rg"),
        (VAULT, f"{ID}|logs", "logs", "rg.kv-logs"),
        ("azuredevops_variable_group", "7", "mlops-dev-variables", "mlops-dev-variables"),
        ("azuredevops_group", "vssgp.abc", "Platform lead / Ops: 24x7", "Platform lead - Ops- 24x7"),
        ("azuredevops_group", "vssgp.abc", "チーム", "unnamed"),
        ("azuredevops_group", "vssgp.abc", "a" * 300, "a" * 200),
        ("azuredevops_group", "vssgp.abc", "../../etc", "etc"),
    ],
)
def test_file_names_tell_what_a_thing_is_in_and_how_it_is_called(
    empty: Cloud, type_name: str, resource_id: str, name: str, file: str
) -> None:
    written = empty.write(Resource(type_name, resource_id, {"display_name": name}))
    assert written.path == empty.folder / type_name.split("_")[0] / type_name / f"{file}.json"
    assert empty.find(resource_id) == written


def test_two_things_of_one_name_have_two_files(empty: Cloud) -> None:
    for number in "123":
        empty.write(Resource("azuredevops_environment", number, {"name": "prod"}))
    assert [Path(name).stem for name in files(empty)] == ["prod 2", "prod 3", "prod"]
    assert {resource.id for resource in empty.resources()} == {"1", "2", "3"}


def test_writing_again_replaces_the_file(empty: Cloud) -> None:
    resource = empty.write(Resource(VAULT, ID, {"name": "kv"}))
    empty.write(Resource(VAULT, ID, {"name": "other"}, path=resource.path))
    assert [item.attributes for item in empty.resources(VAULT)] == [{"name": "other"}]


def test_ids_are_found_in_any_case_and_only_among_the_types_asked_for(empty: Cloud) -> None:
    empty.write(Resource(VAULT, ID, {}))
    assert empty.find(ID.upper(), VAULT) is not None
    assert empty.find(ID, "azurerm_storage_account") is None


def test_an_edit_by_hand_is_seen(empty: Cloud) -> None:
    path = empty.write(Resource(VAULT, ID, {"name": "kv", "location": "eastus"})).path
    assert path is not None
    assert empty.find(ID) is not None  # read once, and remembered
    path.write_text(path.read_text().replace("eastus", "northeurope"))
    found = empty.find(ID)
    assert found is not None
    assert found.attributes["location"] == "northeurope"


def test_a_file_deleted_by_hand_is_a_thing_that_is_gone(empty: Cloud) -> None:
    resource = empty.write(Resource(VAULT, ID, {}))
    assert resource.path is not None
    resource.path.unlink()
    assert empty.find(ID) is None
    empty.remove(resource)  # as it is in a provider that has read it before


def test_a_file_that_goes_while_the_folder_is_read_is_gone(empty: Cloud) -> None:
    resource = empty.write(Resource(VAULT, ID, {}))
    assert resource.path is not None
    # A link to nothing is listed, and cannot be read.
    resource.path.with_name("gone.json").symlink_to("nowhere")
    assert empty.resources() == [resource]


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"",
        b"\xff",
        b"[1, 2]",
        b'"text"',
        b"{}",
        b'{"type": "a", "id": "b"}',
        b'{"type": 1, "id": "b", "attributes": {}}',
    ],
)
def test_a_broken_file_is_named(empty: Cloud, content: bytes) -> None:
    path = empty.write(Resource(VAULT, ID, {})).path
    assert path is not None
    path.write_bytes(content)
    with pytest.raises(
        BrokenFileError,
        match=rf"^{path} (is not valid JSON|does not describe a resource).*\. To delete the file is to delete",
    ):
        empty.resources()


def test_an_attribute_that_somebody_removed_is_named_with_its_file(empty: Cloud) -> None:
    path = empty.write(Resource(VAULT, ID, {})).path
    found = empty.find(ID)
    assert found is not None
    with pytest.raises(
        BrokenFileError,
        match=rf"^{path} lacks the attribute location: add it\. To delete the file is to delete",
    ):
        found.attributes["location"]


def test_recoverable_resources_wait_beside_the_others(empty: Cloud) -> None:
    resource = empty.write(Resource(VAULT, ID, {"name": "kv"}))
    empty.soft_delete(resource)
    assert empty.resources() == []
    (deleted,) = empty.soft_deleted(VAULT)
    assert deleted.id == ID
    empty.remove(deleted)
    assert empty.soft_deleted(VAULT) == []


def test_numbers_are_never_given_twice(empty: Cloud) -> None:
    with empty.locked():
        assert [empty.next_number("checks") for _ in range(3)] == [1, 2, 3]
        assert empty.next_number("environments") == 1


def test_numbers_are_not_given_twice_whatever_is_deleted(empty: Cloud) -> None:
    """A number of a group that is gone may still be in a state: a new group with it would be taken for the old one."""
    given = [empty.next_number(series) for series in ("checks", "environments", "checks")]
    assert given == [1, 1, 2]
    (empty.folder / ".numbers.json").unlink()
    later = [empty.next_number(series) for series in ("checks", "environments", "checks")]
    assert min(later) >= 1_700_000_000
    assert later[2] == later[0] + 1
    assert max(later) < 2**31  # what Azure DevOps takes
    for path in empty.folder.rglob("*.json"):
        path.unlink()
    assert empty.next_number("environments") > 1_700_000_000


def test_numbers_go_on_from_those_of_what_exists(empty: Cloud) -> None:
    """Somebody has put an old copy of the file back, or has added a file of their own."""
    kind = "azuredevops_environment"
    for number in ("7", "none", "12"):
        empty.write(Resource(kind, number, {"name": number}))
    deleted = empty.find("12", kind)
    assert deleted is not None
    empty.soft_delete(deleted)
    empty.write(Resource("azuredevops_check_approval", "40", {}))
    assert empty.next_number("environments", kind) == 13
    assert empty.next_number("environments", kind) == 14
    assert empty.next_number("checks", "azuredevops_check_approval") == 41


def test_all_kinds_of_checks_share_their_numbers_with_those_that_exist(
    cloud: Cloud, devops: Client, project_id: str
) -> None:
    cloud.write(Resource("azuredevops_check_exclusive_lock", "41", {}))
    environment = devops.create("azuredevops_environment", project_id=project_id, name="prod")
    target = {"target_resource_id": environment["id"], "target_resource_type": "environment"}
    check = devops.create(
        "azuredevops_check_branch_control", project_id=project_id, display_name="b", **target
    )
    assert check["id"] == "42"


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"checks": "3"}', '{"checks": true}', '{"checks": -1}', "null", ""]
)
def test_a_broken_file_of_numbers_is_named_and_may_be_deleted(empty: Cloud, content: str) -> None:
    before = empty.next_number("checks")
    path = empty.folder / ".numbers.json"
    path.write_text(content)
    with pytest.raises(BrokenFileError) as raised:
        empty.next_number("checks")
    assert str(raised.value).startswith(str(path))
    assert str(raised.value).endswith(
        "Repair it, or delete the file: the next numbers are higher than any that were given"
    )
    assert path.read_text() == content
    path.unlink()
    assert empty.next_number("checks") > before


def test_a_folder_in_the_place_of_a_file_is_named(empty: Cloud) -> None:
    path = empty.write(Resource(VAULT, ID, {})).path
    assert path is not None
    path.unlink()
    path.mkdir()
    with pytest.raises(BrokenFileError, match=f"^{path} cannot be read: Is a directory"):
        empty.resources()


def test_a_file_in_the_folder_of_another_type_is_named(empty: Cloud) -> None:
    path = empty.write(Resource(VAULT, ID, {})).path
    assert path is not None
    other = path.parents[1] / "azurerm_storage_account" / path.name
    other.parent.mkdir()
    path.rename(other)
    with pytest.raises(
        BrokenFileError,
        match=f'^{other} has the "type" {VAULT}, and lies in the folder of azurerm_storage_account',
    ):
        empty.resources()


# --- Kills and full disks -------------------------------------------------------------------------------------------

IMPORTS = """
from facts.reader import facts
from sandbox.cloud.store import Cloud, Resource

facts("azuredevops")  # read once, and no file of the cloud

def write(out):
    cloud = Cloud(out)
    for name in ("old", "new"):
        number = str(cloud.next_number("environments"))
        cloud.write(Resource("azuredevops_environment", number, {"name": name, "description": "new"}))
    kept = cloud.find("9")
    cloud.write(Resource(kept.type, kept.id, {"name": "kept", "description": "new"}, path=kept.path))
"""


@pytest.mark.parametrize("number", [0, errno.ENOSPC])
def test_stopped_anywhere_every_file_is_whole(empty: Cloud, tmp_path: Path, number: int) -> None:
    kind = "azuredevops_environment"
    empty.write(Resource(kind, "9", {"name": "kept", "description": "old"}))
    (tmp_path / "fresh").mkdir()
    work = tmp_path / "killed"
    work.mkdir()
    copies = kill_everywhere(work, empty.folder, tmp_path / "fresh", IMPORTS, "write(out)", error=number)
    assert len(copies) > 20
    for copy in copies:
        said = copy.with_suffix(".error")
        assert not said.exists() or said.read_text().startswith(("WriteError: ", "BrokenFileError: "))
        cloud = Cloud(copy)
        found = {item.name: item for item in cloud.resources(kind)}
        assert {"kept"} <= found.keys() <= {"kept", "old", "new"}
        assert found["kept"].attributes["description"] in ("old", "new")
        numbers = [int(item.id) for item in found.values()]
        assert len(set(numbers)) == len(numbers)
        assert cloud.next_number("environments", kind) > max(numbers)
        left = {path.name for path in copy.rglob("*") if path.is_file()} - {".lock", ".numbers.json"}
        assert left == {f"{name}.json" for name in found}  # nothing of the process that died


def test_a_full_disk_is_one_line_of_the_providers(
    cloud: Cloud, devops: Client, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = devops.create("azuredevops_environment", project_id=project_id, name="prod")
    before = {path: path.read_bytes() for path in cloud.folder.rglob("*.json")}
    real = os.open

    def full(path: str | Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_EXCL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(
        RefusedError, match=r"prod\.json cannot be written: No space left on device .*unchanged\. Free some"
    ):
        devops.change("azuredevops_environment", environment, project_id=project_id, name="other")
    monkeypatch.undo()
    assert {path: path.read_bytes() for path in cloud.folder.rglob("*.json")} == before


# --- Wrong types ------------------------------------------------------------------------------------------------------

WRONG: dict[str, object] = {
    "text": "text",
    "number": 5,
    "switch": True,
    "list": ["text"],
    "list of lists": [["text"]],
    "list of objects": [{"text": 1}],
    "object": {"text": ["text"]},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_value_of_a_wrong_type_is_named_and_nothing_else_happens(
    cloud: Cloud, azure: Client, devops: Client, project_id: str, wrong: str
) -> None:
    """Each attribute of some resources in turn: a plan goes on, or names the file and the attribute."""
    network = {**IN_GROUP, "name": "net", "address_space": ["10.0.0.0/16"], "tags": {"a": "b"}}
    subnet = {
        "resource_group_name": "rg",
        "virtual_network_name": "net",
        "name": "sub",
        "address_prefixes": ["10.0.0.0/24"],
    }
    group = {"project_id": project_id, "name": "group", "variable": [{"name": "a", "value": "1"}]}
    made = [
        (azure, "azurerm_virtual_network", azure.create("azurerm_virtual_network", **network)),
        (azure, "azurerm_subnet", azure.create("azurerm_subnet", **subnet)),
        (azure, "azurerm_storage_account", storage(azure)),
        (azure, "azurerm_key_vault", vault(azure)),
        (devops, "azuredevops_variable_group", devops.create("azuredevops_variable_group", **group)),
    ]
    refused = 0
    for client, type_name, state in made:
        (path,) = (item.path for item in cloud.resources(type_name))
        assert path is not None
        whole = path.read_text()
        for name in json.loads(whole)["attributes"]:
            content = json.loads(whole)
            content["attributes"][name] = WRONG[wrong]
            path.write_text(json.dumps(content))
            try:
                client.read(type_name, state)
            except RefusedError as error:
                refused += 1
                assert re.match(rf"{re.escape(str(path))}: {name}\S* (is|has) ", str(error)), str(error)
        path.write_text(whole)
        assert client.read(type_name, state) is not None
    assert refused > 20


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ({"address_space": "x"}, "address_space is text (x), and has to be a list of text"),
        ({"address_space": [5]}, "address_space[0] is a number (5), and has to be text"),
        ({"tags": {"a": True}}, "tags.a is true or false (True), and has to be text"),
        ({"tags": []}, "tags is a list, and has to be an object of text"),
        ({"network_acls": {}}, "network_acls is an object, and has to be a list of objects"),
        ({"network_acls": ["x"]}, "network_acls[0] is text (x), and has to be an object"),
        ({"network_acls": [{}]}, "network_acls[0].bypass is missing"),
        (
            {"soft_delete_retention_days": "90"},
            "soft_delete_retention_days is text (90), and has to be a number",
        ),
        (
            {"purge_protection_enabled": 1},
            "purge_protection_enabled is a number (1), and has to be true or false",
        ),
    ],
)
def test_a_wrong_type_is_told_in_words(empty: Cloud, attributes: dict[str, object], says: str) -> None:
    type_name = "azurerm_virtual_network" if says.startswith(("address", "tags")) else VAULT
    path = empty.write(Resource(type_name, ID, attributes)).path
    with pytest.raises(BrokenFileError) as raised:
        empty.resources()
    assert str(raised.value) == f"{path}: {says}. Put it right. To delete the file is to delete the resource"


def test_an_unknown_name_inside_a_block_is_told_with_those_that_are_known(empty: Cloud) -> None:
    empty.write(Resource(VAULT, ID, {"network_acls": [{"bypas": "None"}]}))
    with pytest.raises(
        BrokenFileError, match=r"network_acls\[0\]\.bypas is not known there; known are: bypass, "
    ):
        empty.resources()


@pytest.mark.parametrize("wrong", ["Microsoft.Storage", [5], {}])
def test_namespaces_of_a_subscription_are_a_list(cloud: Cloud, wrong: object) -> None:
    (subscription,) = cloud.resources("azurerm_subscription")
    cloud.write(replace(subscription, contents={"registered": wrong}))
    with pytest.raises(
        RefusedError, match=f'^{subscription.path}: "registered" has to be a list of namespaces'
    ):
        sign_in()


def test_requests_of_one_process_take_turns(empty: Cloud) -> None:
    def count() -> None:
        for _ in range(20):
            with empty.locked():
                empty.next_number("series")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with empty.locked():
        assert empty.next_number("series") == 81


WRITER = """
import sys
from pathlib import Path
from sandbox.cloud.store import Cloud, Resource
from sandbox.commands.library import set_variable
cloud, writer = Path(sys.argv[1]), sys.argv[2]
for number in range(30):
    set_variable(cloud, "group", f"{writer}{number}", str(number))
"""


def test_two_processes_lose_no_write_of_each_other(empty: Cloud) -> None:
    empty.write(Resource("azuredevops_variable_group", "1", {"name": "group"}, {"variables": {}}))
    writers = ([sys.executable, "-c", WRITER, str(empty.folder), writer] for writer in ("a", "b"))
    assert exit_codes(*writers) == [0, 0]
    (group,) = empty.resources()
    assert len(group.contents["variables"]) == 60
