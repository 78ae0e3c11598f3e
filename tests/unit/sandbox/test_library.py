"""Variable groups: as Terraform writes them, as people edit them in the Library, and by hand in their files."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from sandbox.cloud.store import BrokenFileError, Cloud
from sandbox.commands.library import LibraryError, delete_variable, list_roles, list_variables, set_variable
from sandbox.services.seed import seed
from tests.unit.sandbox.client import Client, RefusedError, Values

GROUP, VARIABLE = "azuredevops_variable_group", "azuredevops_variable_group_variable"


def arguments(project_id: str, **variables: str) -> Values:
    blocks = [{"name": name, "value": value} for name, value in variables.items()]
    return {"project_id": project_id, "name": "settings", "variable": blocks}


@pytest.fixture
def group(devops: Client, project_id: str) -> Values:
    """The group ``settings`` with the variable ``a``."""
    return devops.create(GROUP, **arguments(project_id, a="1"))


def variable(group: Values, name: str = "minAccuracy", **value: str) -> Values:
    place = {"project_id": group["project_id"], "variable_group_id": group["id"], "name": name}
    return {**place, **(value or {"value": "0.70"})}


def file_of(cloud: Cloud) -> Path:
    (resource,) = cloud.resources(GROUP)
    assert resource.path is not None
    return resource.path


# --- Groups -------------------------------------------------------------------------------------------------------


def test_a_group_holds_its_variables_in_its_file(group: Values, cloud: Cloud) -> None:
    content = json.loads(file_of(cloud).read_text())
    assert content["variables"] == {"a": {"value": "1", "isSecret": False}}
    assert "variable" not in content["attributes"]
    assert group["allow_access"] is False


def test_an_untouched_group_is_as_it_was(devops: Client, group: Values, project_id: str) -> None:
    found = devops.read(GROUP, group)
    assert found is not None
    assert devops.plan(GROUP, found, **arguments(project_id, a="1")).state == found


def test_the_blocks_replace_whatever_the_group_has(
    devops: Client, group: Values, cloud: Cloud, project_id: str
) -> None:
    set_variable(cloud.folder, "settings", "a", "2")
    set_variable(cloud.folder, "settings", "byHand", "x")
    found = devops.read(GROUP, group)
    assert found is not None
    assert {item["name"]: item["value"] for item in found["variable"]} == {"a": "2", "byHand": "x"}
    devops.change(GROUP, found, **arguments(project_id, a="1"))
    assert list_variables(cloud.folder) == {"settings": {"a": "1"}}


def test_a_secret_that_somebody_adds_is_blanked_by_an_update_of_the_group(
    devops: Client, group: Values, cloud: Cloud, project_id: str
) -> None:
    path = file_of(cloud)
    content = json.loads(path.read_text())
    content["variables"]["key"] = {"value": "hush", "isSecret": True}
    path.write_text(json.dumps(content))
    found = devops.read(GROUP, group)
    assert found is not None
    assert "hush" not in str(found)
    # What ignore_changes = ["variable"] does: Terraform sends back what it has read.
    kept = {**arguments(project_id), "variable": found["variable"], "description": "now with one"}
    devops.change(GROUP, found, **kept)
    assert json.loads(path.read_text())["variables"]["key"]["value"] == ""


def test_a_groups_name_is_taken_once(devops: Client, group: Values, project_id: str) -> None:
    with pytest.raises(RefusedError, match="Variable group with name settings already exists"):
        devops.create(GROUP, **arguments(project_id, a="1"))


def test_importing_a_group(devops: Client, group: Values, project_id: str) -> None:
    imported = devops.import_(GROUP, f"{project_id}/{group['id']}")
    assert imported is not None
    assert devops.plan(GROUP, imported, **arguments(project_id, a="1")).state == imported
    assert devops.import_(GROUP, f"{project_id}/99") is None


def test_open_to_all_pipelines_by_either_name(devops: Client, group: Values, project_id: str) -> None:
    opened = devops.create(
        "azuredevops_pipeline_authorization",
        project_id=project_id,
        resource_id=group["id"],
        type="variablegroup",
    )
    found = devops.read(GROUP, group)
    assert found is not None
    assert found["allow_access"] is True
    # The two fight: writing the group without access takes the authorization away.
    devops.change(GROUP, found, **arguments(project_id, a="1"))
    assert devops.read("azuredevops_pipeline_authorization", opened) is None


# --- Variables ------------------------------------------------------------------------------------------------------


def test_a_variable_is_one_among_others(devops: Client, group: Values, cloud: Cloud) -> None:
    state = devops.create(VARIABLE, **variable(group))
    assert state["id"] == f"{group['project_id']}/{group['id']}/minAccuracy"
    assert list_variables(cloud.folder, "settings") == {"settings": {"a": "1", "minAccuracy": "0.70"}}
    changed = devops.change(VARIABLE, state, **variable(group, value="0.8"))
    assert changed["value"] == "0.8"
    devops.destroy(VARIABLE, changed)
    assert list_variables(cloud.folder) == {"settings": {"a": "1"}}
    devops.destroy(VARIABLE, changed)  # gone already


def test_edited_and_deleted_in_the_library(devops: Client, group: Values, cloud: Cloud) -> None:
    state = devops.create(VARIABLE, **variable(group))
    set_variable(cloud.folder, "settings", "minAccuracy", "0.72")
    assert devops.read(VARIABLE, state) == {**state, "value": "0.72"}
    delete_variable(cloud.folder, "settings", "minAccuracy")
    assert devops.read(VARIABLE, state) is None


def test_a_variable_that_is_there_is_not_overwritten_but_imported(devops: Client, group: Values) -> None:
    with pytest.raises(
        RefusedError, match="already exists - to be managed via Terraform this resource needs to be"
    ):
        devops.create(VARIABLE, **variable(group, "a"))
    imported = devops.import_(VARIABLE, f"{group['project_id']}/{group['id']}/a")
    assert imported is not None
    assert devops.plan(VARIABLE, imported, **variable(group, "a", value="1")).state == imported


@pytest.mark.parametrize(
    ("import_id", "message"),
    [("settings", "expect length=3, got=1"), ("mlops/settings/a", "as integer: settings")],
)
def test_an_import_id_that_is_none(devops: Client, import_id: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        devops.import_(VARIABLE, import_id)


def test_the_name_of_a_variable_may_have_slashes(devops: Client, group: Values, cloud: Cloud) -> None:
    set_variable(cloud.folder, "settings", "a/b/c", "2")
    imported = devops.import_(VARIABLE, f"{group['project_id']}/{group['id']}/a/b/c")
    assert imported is not None
    assert (imported["name"], imported["value"]) == ("a/b/c", "2")


@pytest.mark.parametrize("place", ["99/a", "1/b"])
def test_nothing_to_import(devops: Client, group: Values, project_id: str, place: str) -> None:
    assert devops.import_(VARIABLE, f"{project_id}/{place}") is None


def test_a_secret_variable_is_believed_not_read(devops: Client, group: Values, cloud: Cloud) -> None:
    state = devops.create(VARIABLE, **variable(group, "key", secret_value="hush"))  # noqa: S106  # made up
    assert devops.read(VARIABLE, state) == state
    assert list_variables(cloud.folder)["settings"]["key"] == "********"
    set_variable(cloud.folder, "settings", "key", "other")
    assert list_variables(cloud.folder)["settings"]["key"] == "********"


def test_a_value_that_somebody_turns_into_a_secret_is_not_seen(
    devops: Client, group: Values, cloud: Cloud
) -> None:
    state = devops.create(VARIABLE, **variable(group))
    path = file_of(cloud)
    content = json.loads(path.read_text())
    content["variables"]["minAccuracy"]["isSecret"] = True
    path.write_text(json.dumps(content))
    assert devops.read(VARIABLE, state) == state
    devops.change(VARIABLE, state, **variable(group, value="0.8"))
    assert list_variables(cloud.folder)["settings"]["minAccuracy"] == "0.8"  # for everybody to read


def test_a_group_that_does_not_exist(devops: Client, group: Values) -> None:
    with pytest.raises(RefusedError, match="VS800070: Variable group was not found") as refused:
        devops.create(VARIABLE, **{**variable(group), "variable_group_id": "99"})
    assert refused.value.attributes == ["variable_group_id"]


def test_one_of_value_and_secret_value(devops: Client, group: Values) -> None:
    for given in ({"value": "a", "secret_value": "b"}, {"value": None}):
        with pytest.raises(RefusedError, match="one of `secret_value,value` must be specified, and only one"):
            devops.plan(VARIABLE, **{**variable(group), **given})


def test_its_name_and_group_need_a_new_variable_its_value_does_not(devops: Client, group: Values) -> None:
    state = devops.create(VARIABLE, **variable(group))
    assert devops.plan(VARIABLE, state, **variable(group, "other")).replace == ["name"]
    assert devops.plan(VARIABLE, state, **variable(group, value="1")).replace == []


def test_what_others_write_while_a_variable_is_deleted_is_lost(
    devops: Client, group: Values, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    b, c = (devops.create(VARIABLE, **variable(group, name)) for name in ("b", "c"))
    written: list[Values] = []

    def others_write(seconds: float) -> None:
        if seconds and not written:
            written.append(devops.create(VARIABLE, **variable(group, "d")))
            set_variable(cloud.folder, "settings", "a", "2")
            devops.destroy(VARIABLE, c)

    monkeypatch.setattr(time, "sleep", others_write)
    devops.destroy(VARIABLE, b)
    assert written
    assert list_variables(cloud.folder) == {"settings": {"a": "1", "c": "0.70"}}
    devops.destroy(VARIABLE, c)
    assert list_variables(cloud.folder) == {"settings": {"a": "1"}}


def test_a_group_that_goes_while_a_variable_is_deleted_does_not_come_back(
    devops: Client, group: Values, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = devops.create(VARIABLE, **variable(group))

    def group_goes(seconds: float) -> None:
        if seconds:
            file_of(cloud).unlink()

    monkeypatch.setattr(time, "sleep", group_goes)
    devops.destroy(VARIABLE, state)
    assert cloud.resources(GROUP) == []


# --- Roles --------------------------------------------------------------------------------------------------------


def test_everybody_in_the_project_reads_every_group(devops: Client, group: Values, cloud: Cloud) -> None:
    inherited = list_roles(cloud.folder, "settings")
    assert inherited == {
        "Build Administrators": "Administrator",
        "Contributors": "Reader",
        "Project Administrators": "Administrator",
        "Project Valid Users": "Reader",
        "Release Administrators": "Administrator",
    }
    project_id = group["project_id"]
    for team, role in (
        ("Leads", "User"),
        ("Contributors", "Administrator"),
        ("Project Administrators", "Reader"),
    ):
        seed(cloud.folder, groups=[team])
        people = devops.look_up("azuredevops_group", name=team, project_id=project_id)
        devops.create(
            "azuredevops_securityrole_assignment",
            scope="distributedtask.variablegroup",
            resource_id=f"{project_id}${group['id']}",
            identity_id=people["group_id"],
            role_name=role,
        )
    # An assignment adds and raises, and takes nothing away.
    assert list_roles(cloud.folder, "settings") == {
        **inherited,
        "Contributors": "Administrator",
        "Leads": "User",
    }


# --- The Library --------------------------------------------------------------------------------------------------


def test_what_is_not_in_the_library(group: Values, cloud: Cloud, tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"There is no variable group other\. There are: settings\."):
        set_variable(cloud.folder, "other", "a", "1")
    with pytest.raises(LibraryError, match=r"The variable group settings has no variable b\. There are: a\."):
        delete_variable(cloud.folder, "SETTINGS", "b")
    with pytest.raises(LibraryError, match=r"There is no stand-in cloud in .*/nowhere\. make sandbox KEEP=1"):
        list_variables(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("broken", ["0.72", {"value": 0.72}])
def test_a_variable_that_somebody_wrote_in_another_form(
    devops: Client, group: Values, cloud: Cloud, broken: object
) -> None:
    path = file_of(cloud)
    content = json.loads(path.read_text())
    content["variables"]["a"] = broken
    path.write_text(json.dumps(content))
    expected = f'{path}: the variable a has to look like {{"value": "0.70", "isSecret": false}}'
    with pytest.raises(BrokenFileError) as raised:
        list_variables(cloud.folder)
    assert str(raised.value).startswith(expected)
    with pytest.raises(RefusedError) as refused:
        devops.read(GROUP, group)
    assert str(refused.value).startswith(expected)
