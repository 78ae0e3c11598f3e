"""State that is damaged, lost or left elsewhere: what is said of it, and what is no cause to say anything."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from deployment.state import StateError
from deployment.state_file import backup_of, errored_state, lost_state, read_state

RESOURCE = {
    "mode": "managed",
    "type": "azurerm_key_vault",
    "name": "key_vault",
    "instances": [{"attributes": {"id": "a"}}],
}


def content(serial: int = 3, lineage: str = "a", resources: Any = None) -> dict[str, Any]:
    held = [RESOURCE] if resources is None else resources
    return {"version": 4, "serial": serial, "lineage": lineage, "resources": held}


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a stack's state is; its backup holds a resource."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    state = tmp_path / "terraform.mlops-dev.tfstate"
    backup_of(state).write_text(json.dumps(content()))
    os.utime(backup_of(state), (1764061920, 1764061920))
    return state


def test_addresses_have_their_keys(state: Path) -> None:
    team = {**RESOURCE, "name": "team", "instances": [{"index_key": "leads"}, {"index_key": 0}]}
    state.write_text(json.dumps(content(resources=[team, RESOURCE, {**RESOURCE, "mode": "data"}])))
    read = read_state(state)
    assert read is not None
    assert read.addresses == [
        "azurerm_key_vault.key_vault",
        'azurerm_key_vault.team["leads"]',
        "azurerm_key_vault.team[0]",
    ]


@pytest.mark.parametrize("text", ["", "\n", None])
def test_nothing_is_no_state(state: Path, text: str | None) -> None:
    if text is not None:
        state.write_text(text)
    assert read_state(state) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (json.dumps(content())[:40], "it is JSON up to character 39 of 40 only"),
        ("not a state", "it is JSON up to character 0 of 11 only"),
        ("[]", "it has no version and no resources"),
        ('{"version": 4}', "it has no version and no resources"),
        (json.dumps({**content(), "version": 3}), "its version is 3, and Terraform's is 4"),
        (json.dumps(content(resources=[{}])), "a resource in it lacks its type, its name or its instances"),
        (json.dumps(content(resources=[{**RESOURCE, "instances": [1]}])), "a resource in it lacks its type"),
    ],
)
def test_a_damaged_file_is_told_with_its_backup_and_what_to_do(state: Path, text: str, why: str) -> None:
    state.write_text(text)
    with pytest.raises(StateError) as refused:
        read_state(state)
    told = str(refused.value)
    assert told.startswith(f"terraform.mlops-dev.tfstate is no state of Terraform: {why}")
    assert told.endswith(
        "Its backup holds 1 resource, serial 3, of 25 November 09:12. Put it in its place, and look for what it lacks "
        "as docs/recovering.md tells:\ncp -p terraform.mlops-dev.tfstate.backup terraform.mlops-dev.tfstate"
    )


@pytest.mark.parametrize("backup", ["", "{", None])
def test_without_a_whole_backup_there_is_another_way(state: Path, backup: str | None) -> None:
    state.write_text("{")
    if backup is None:
        backup_of(state).unlink()
    else:
        backup_of(state).write_text(backup)
    with pytest.raises(
        StateError, match=r"There is no whole backup beside it\. docs/recovering\.md tells how to make"
    ):
        read_state(state)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (None, "is not there"),
        ("", "is empty"),
        (json.dumps(content(serial=1, lineage="b", resources=[])), "is empty"),
        (json.dumps(content(serial=2, resources=[])), "is empty"),
    ],
)
def test_state_that_vanished_is_told(state: Path, text: str | None, what: str) -> None:
    if text is not None:
        state.write_text(text)
    assert lost_state(state) == (
        f"Warning: terraform.mlops-dev.tfstate {what}, and its backup holds 1 resource, serial 3, of 25 November "
        '09:12. Terraform would create all of that a second time, and end in "already exists". Unless it is gone for '
        "good, put the backup in its place:\n"
        "cp -p terraform.mlops-dev.tfstate.backup terraform.mlops-dev.tfstate\n"
        "docs/recovering.md tells more."
    )


def test_what_a_destroy_leaves_is_no_loss(state: Path) -> None:
    state.write_text(json.dumps(content(serial=4, resources=[])))
    assert lost_state(state) == ""


def test_what_is_deployed_is_no_loss(state: Path) -> None:
    state.write_text(json.dumps(content(serial=4)))
    assert lost_state(state) == ""


@pytest.mark.parametrize("backup", [None, "{", json.dumps(content(resources=[]))])
def test_before_a_first_deployment_nothing_is_lost(state: Path, backup: str | None) -> None:
    if backup is None:
        backup_of(state).unlink()
    else:
        backup_of(state).write_text(backup)
    assert lost_state(state) == ""


def test_state_that_could_not_be_written_waits_beside_the_stack(state: Path) -> None:
    folder = state.parent / "stacks"
    folder.mkdir()
    assert errored_state(folder) == ""
    (folder / "errored.tfstate").write_text("{}")
    assert errored_state(folder) == (
        "Warning: stacks/errored.tfstate is the state of a run that could not write it to its place. Put it there, and "
        "delete the file:\nterraform -chdir=stacks state push errored.tfstate\ndocs/recovering.md tells more."
    )
