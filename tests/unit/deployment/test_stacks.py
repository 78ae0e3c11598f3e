"""The folder that cdktf writes to: order, and stacks that are no longer configured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deployment.stacks import forget, note_on_removed, put_in_order, read_stacks, removed_stacks, set_aside


def synthesize(out: Path, *names: str) -> None:
    """Write what cdktf writes, the stacks by the alphabet."""
    for name in names:
        folder = out / "stacks" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cdk.tf.json").write_text(json.dumps({"//": name}))
    manifest = {
        name: {
            "dependencies": [] if name == "mlops-registry" else ["mlops-registry"],
            "workingDirectory": f"stacks/{name}",
        }
        for name in sorted(names)
    }
    (out / "manifest.json").write_text(json.dumps({"version": "0.21.0", "stacks": manifest}))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Three stacks; Terraform has been in the folder of ``mlops-old``."""
    synthesize(tmp_path, "mlops-registry", "mlops-dev", "mlops-old")
    folder = tmp_path / "stacks" / "mlops-old"
    (folder / ".terraform.lock.hcl").write_text("locked")
    (folder / ".terraform").mkdir()
    (folder / ".terraform" / "terraform.tfstate").write_text("backend")
    return tmp_path


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_stacks_come_in_the_order_that_they_are_put_in(tmp_path: Path) -> None:
    names = ["mlops-registry", "mlops-test", "mlops-prod", "mlops-a"]
    synthesize(tmp_path, *names)
    put_in_order(tmp_path, names)
    assert [stack.name for stack in read_stacks(tmp_path)] == names
    assert json.loads((tmp_path / "manifest.json").read_text())["version"] == "0.21.0"


def test_what_is_not_configured_is_set_aside_with_all_that_terraform_keeps_there(out: Path) -> None:
    before = content(out / "stacks" / "mlops-old")
    set_aside(out, ["mlops-registry", "mlops-dev"])
    assert content(out / "removed" / "mlops-old") == before
    assert [stack.name for stack in removed_stacks(out)] == ["mlops-old"]
    # The cdktf command line deletes this folder itself, and fails where it is not.
    assert list((out / "stacks" / "mlops-old").iterdir()) == []
    set_aside(out, ["mlops-registry", "mlops-dev"])
    assert content(out / "removed" / "mlops-old") == before


@pytest.mark.parametrize("cdktf_was_here", [True, False])
def test_what_is_configured_again_comes_back(out: Path, cdktf_was_here: bool) -> None:
    before = content(out / "stacks" / "mlops-old")
    set_aside(out, ["mlops-registry", "mlops-dev"])
    if cdktf_was_here:
        (out / "stacks" / "mlops-old").rmdir()
    set_aside(out, ["mlops-registry", "mlops-dev", "mlops-old"])
    assert content(out / "stacks" / "mlops-old") == before
    assert removed_stacks(out) == []


def test_before_the_first_synthesis_there_is_nothing_to_set_aside(tmp_path: Path) -> None:
    set_aside(tmp_path / "cdktf.out", ["mlops-registry"])
    assert list(tmp_path.iterdir()) == []
    assert note_on_removed(tmp_path / "cdktf.out") == ""


def test_removed_stacks_are_named_with_the_command_that_takes_them_down(out: Path) -> None:
    assert note_on_removed(out) == ""
    set_aside(out, ["mlops-registry", "mlops-dev"])
    assert note_on_removed(out) == (
        "No longer configured, but not destroyed: mlops-old. To take down: make destroy STACK=mlops-old"
    )
    set_aside(out, ["mlops-registry"])
    assert note_on_removed(out).endswith("make destroy STACK='mlops-dev mlops-old'")


def test_a_stack_that_is_destroyed_is_forgotten(out: Path) -> None:
    set_aside(out, ["mlops-registry", "mlops-dev"])
    forget(out, "mlops-old")
    assert not (out / "removed" / "mlops-old").exists()
    assert sorted(path.name for path in (out / "stacks").iterdir()) == ["mlops-dev", "mlops-registry"]
    forget(out, "mlops-old")
