"""The stand-in cloud is a folder of files that people read, edit and delete, while providers write to it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sandbox.cloud.store import BrokenFileError, Cloud, Resource
from tests.project import REPOSITORY

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
        BrokenFileError, match=f"^{path} (is not valid JSON|does not describe a resource).* delete the"
    ):
        empty.resources()


def test_an_attribute_that_somebody_removed_is_named_with_its_file(empty: Cloud) -> None:
    path = empty.write(Resource(VAULT, ID, {})).path
    found = empty.find(ID)
    assert found is not None
    with pytest.raises(
        BrokenFileError, match=f"^{path} lacks the attribute location: add it, or delete the file$"
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
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(empty.folder), writer], cwd=REPOSITORY)
        for writer in ("a", "b")
    ]
    assert [writer.wait(timeout=30) for writer in writers] == [0, 0]
    (group,) = empty.resources()
    assert len(group.contents["variables"]) == 60
