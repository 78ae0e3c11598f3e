"""Local state in a folder of its own, and the state of earlier versions that moves there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from deployment.private import make_private
from deployment.state import StateError, check_prefix, check_state, keep_state, local_state

EARLIER = "../../../terraform.mlops-{}.tfstate"


def mode(folder: Path) -> str:
    return f"{folder.stat().st_mode & 0o777:o}"


def stack(out: Path, place: str, name: str, path: str) -> Path:
    """Make the folder of a stack that Terraform has been in, with its state at ``path``."""
    folder = out / place / f"mlops-{name}"
    (folder / ".terraform").mkdir(parents=True)
    backend = {"backend": {"type": "local", "config": {"path": path, "workspace_dir": None}}}
    (folder / ".terraform" / "terraform.tfstate").write_text(json.dumps(backend))
    written = {"terraform": {"backend": {"local": {"path": path}}, "required_version": ">= 1"}, "locals": {}}
    (folder / "cdk.tf.json").write_text(json.dumps(written, indent=2))
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A project with the state of an earlier version: of dev, and of a stack that is no longer configured."""
    out = tmp_path / "cdktf.out"
    stack(out, "stacks", "dev", EARLIER.format("dev"))
    stack(out, "removed", "old", EARLIER.format("old"))
    for name in ("dev", "old"):
        (tmp_path / f"terraform.mlops-{name}.tfstate").write_text(f"state of {name}")
    (tmp_path / "terraform.mlops-dev.tfstate.backup").write_text("state of dev before")
    return out


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir()) if path.is_file()}


def test_the_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    assert keep_state(tmp_path / "cdktf.out", local=True) == ""
    assert mode(tmp_path / ".state") == "700"


def test_plans_are_for_their_owner_only(out: Path) -> None:
    out.chmod(0o755)
    before = files(out.parent)
    assert keep_state(out, local=False) == ""
    assert mode(out) == "700"
    assert files(out.parent) == before, "remote state: Terraform copies what is local, where that is"
    assert not (out.parent / ".state").exists()


def test_a_folder_that_is_there_becomes_private(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o755)
    (tmp_path / "a" / "file").write_text("kept")
    make_private(tmp_path / "a")
    assert mode(tmp_path / "a") == "700"
    assert files(tmp_path / "a") == {"file": "kept"}


def test_a_folder_that_is_even_more_private_stays(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o500)
    make_private(tmp_path / "a")
    assert mode(tmp_path / "a") == "500"


def test_earlier_state_moves(out: Path) -> None:
    before = files(out.parent)
    assert keep_state(out, local=True) == (
        "Moved to .state, which only you may enter: terraform.mlops-dev.tfstate, "
        "terraform.mlops-dev.tfstate.backup, terraform.mlops-old.tfstate"
    )
    assert files(out.parent / ".state") == before
    assert files(out.parent) == {}
    assert keep_state(out, local=True) == "", "once is enough"


def test_what_is_not_ours_stays(out: Path) -> None:
    for name in (
        "terraform.tfstate",
        "terraform.other.tfstate",
        "mlops-dev.tfstate",
        "terraform.mlops-dev.tfvars",
    ):
        (out.parent / name).write_text("theirs")
    keep_state(out, local=True)
    assert set(files(out.parent).values()) == {"theirs"}


def test_a_removed_stack_finds_its_state(out: Path) -> None:
    folder = out / "removed" / "mlops-old"
    keep_state(out, local=True)
    written = json.loads((folder / "cdk.tf.json").read_text())
    assert written["terraform"] == {
        "backend": {"local": {"path": local_state("mlops-old")}},
        "required_version": ">= 1",
    }
    assert (folder / written["terraform"]["backend"]["local"]["path"]).read_text() == "state of old"
    assert files(folder).keys() == {"cdk.tf.json"}


@pytest.mark.parametrize("place", ["stacks/mlops-dev", "removed/mlops-old"])
def test_terraform_is_not_asked_to_copy_state(out: Path, place: str) -> None:
    keep_state(out, local=True)
    assert not (out / place / ".terraform" / "terraform.tfstate").exists()


@pytest.mark.parametrize("path", ["../../../.state/terraform.mlops-new.tfstate", "/elsewhere/state"])
def test_another_backend_is_left_alone(out: Path, path: str) -> None:
    folder = stack(out, "removed", "new", path)
    before = files(folder), files(folder / ".terraform")
    keep_state(out, local=True)
    assert (files(folder), files(folder / ".terraform")) == before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"terraform": {}}', '{"backend": null}'])
def test_a_folder_that_says_nothing_of_state(out: Path, text: str) -> None:
    folder = stack(out, "stacks", "x", "y")
    for file in (folder / ".terraform" / "terraform.tfstate", folder / "cdk.tf.json"):
        file.write_text(text)
    keep_state(out, local=True)
    assert (folder / "cdk.tf.json").read_text() == text


def refused(out: Path) -> str:
    """Return what is said, by both functions, and make sure that nothing has changed."""
    before = {path: path.read_bytes() for path in out.parent.rglob("*") if path.is_file()}
    with pytest.raises(StateError) as error:
        check_state(out)
    with pytest.raises(StateError, match=re.escape(str(error.value))):
        keep_state(out, local=True)
    assert {path: path.read_bytes() for path in out.parent.rglob("*") if path.is_file()} == before
    return str(error.value)


@pytest.mark.parametrize("name", ["terraform.mlops-dev.tfstate", "terraform.mlops-dev.tfstate.backup"])
def test_nothing_is_written_over(out: Path, name: str) -> None:
    (out.parent / ".state").mkdir()
    (out.parent / ".state" / name).write_text("newer")
    assert refused(out) == (
        f"{name} is in {out.parent} and in {out.parent / '.state'}. Only the second one is used. Find out which one is "
        "right (terraform show), keep that in the second place, and move the other one elsewhere."
    )


def test_state_does_not_move_under_a_running_terraform(out: Path) -> None:
    lock = out.parent / ".terraform.mlops-dev.tfstate.lock.info"
    lock.write_text("{}")
    assert refused(out) == (
        f"{lock} says that Terraform is running, and its state is to be moved. Wait until it has ended, and run this "
        "again. If no Terraform runs any more, delete that file first."
    )


def test_a_link_is_left_to_people(out: Path) -> None:
    file = out.parent / "terraform.mlops-dev.tfstate"
    file.rename(out.parent / "elsewhere")
    file.symlink_to("elsewhere")
    assert refused(out) == (
        f"{file} is a link. Move the file that it leads to into {out.parent / '.state'} by hand."
    )


def test_a_place_that_cannot_be_a_folder(out: Path) -> None:
    (out.parent / ".state").write_text("a file")
    with pytest.raises(StateError) as error:
        keep_state(out, local=True)
    assert str(error.value) == (
        f"Plans and state cannot be kept from others: {out.parent / '.state'}: File exists. Make it a folder or file "
        "of your own, and run this again. No state was lost."
    )


# --- Another prefix -------------------------------------------------------------------------------------------------


def deployed(project: Path, name: str, *resources: str) -> Path:
    """Leave the local state of a stack, with what is deployed of it."""
    file = project / ".state" / f"terraform.{name}.tfstate"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"version": 4, "resources": [{"type": name} for name in resources]}))
    return file


def test_another_prefix_is_refused_once_something_is_deployed(tmp_path: Path) -> None:
    out = tmp_path / "cdktf.out"
    state = deployed(tmp_path, "mlops-registry", "azurerm_resource_group")
    deployed(tmp_path, "mlops-dev", "azurerm_resource_group")
    check_prefix(out, "mlops-registry")
    with pytest.raises(StateError) as refused:
        check_prefix(out, "ml-registry")
    message = str(refused.value)
    assert message.startswith(f"{state} belongs to the stack mlops-registry, which is now called ml-registry")
    assert "Set stack_prefix to mlops." in message


def test_a_shorter_prefix_is_another_one(tmp_path: Path) -> None:
    deployed(tmp_path, "mlops-eu-registry", "azurerm_resource_group")
    with pytest.raises(StateError, match="Set stack_prefix to mlops-eu"):
        check_prefix(tmp_path / "cdktf.out", "mlops-registry")


def test_an_environment_may_be_called_like_the_registry_of_another_prefix(tmp_path: Path) -> None:
    for name in ("mlops-registry", "mlops-eu-registry"):
        deployed(tmp_path, name, "azurerm_resource_group")
    check_prefix(tmp_path / "cdktf.out", "mlops-registry")


def test_a_prefix_is_free_again_once_everything_is_destroyed(tmp_path: Path) -> None:
    deployed(tmp_path, "mlops-registry")
    check_prefix(tmp_path / "cdktf.out", "ml-registry")


def test_state_that_cannot_be_read_counts_as_deployed(tmp_path: Path) -> None:
    deployed(tmp_path, "mlops-registry").write_text("{")
    with pytest.raises(StateError):
        check_prefix(tmp_path / "cdktf.out", "ml-registry")


def test_state_of_an_earlier_version_counts(tmp_path: Path) -> None:
    (tmp_path / "terraform.mlops-registry.tfstate").write_text('{"resources": [{"type": "a"}]}')
    with pytest.raises(StateError, match=r"terraform\.mlops-registry\.tfstate belongs to"):
        check_prefix(tmp_path / "cdktf.out", "ml-registry")


@pytest.mark.parametrize("place", ["stacks", "removed"])
def test_of_state_in_azure_the_folder_that_used_it_is_known(tmp_path: Path, place: str) -> None:
    out = tmp_path / "cdktf.out"
    folder = stack(out, place, "registry", "x")
    check_prefix(out, "ml-registry")  # initialized, and nothing deployed: its state would be in .state
    (folder / ".terraform" / "terraform.tfstate").write_text('{"backend": {"type": "azurerm"}}')
    with pytest.raises(StateError, match=f"{folder} belongs to the stack mlops-registry"):
        check_prefix(out, "ml-registry")
    check_prefix(out, "mlops-registry")
