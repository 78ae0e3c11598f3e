"""The folder that cdktf writes to: order, and stacks that are no longer configured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deployment.stacks import (
    check_place,
    forget,
    note_on_removed,
    put_in_order,
    read_stacks,
    removed_stacks,
    replace_stacks,
)
from files.replacing import HIDDEN, WriteError
from tests.unit.files.killed import kill_everywhere


def synthesize(out: Path, *names: str, said: str = "old") -> None:
    """Write what cdktf writes, the stacks by the alphabet."""
    for name in names:
        folder = out / "stacks" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cdk.tf.json").write_text(json.dumps({"//": f"{name} {said}"}))
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


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fresh")


def content(folder: Path) -> dict[str, str]:
    """What is in a folder, without what a replacement needs for itself."""
    files = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
    return {name: text for name, text in files.items() if Path(name).parts[0] not in HIDDEN}


def configure(fresh: Path, out: Path, *names: str) -> None:
    """Synthesize these stacks and no others."""
    for path in sorted(fresh.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    synthesize(fresh, *names, said="new")
    replace_stacks(fresh, out, names)


def test_stacks_come_in_the_order_that_they_are_put_in(tmp_path: Path) -> None:
    names = ["mlops-registry", "mlops-test", "mlops-prod", "mlops-a"]
    synthesize(tmp_path, *names)
    put_in_order(tmp_path, names)
    assert [stack.name for stack in read_stacks(tmp_path)] == names
    assert json.loads((tmp_path / "manifest.json").read_text())["version"] == "0.21.0"


def test_what_is_not_configured_is_set_aside_with_all_that_terraform_keeps_there(
    fresh: Path, out: Path
) -> None:
    before = content(out / "stacks" / "mlops-old")
    configure(fresh, out, "mlops-registry", "mlops-dev")
    assert content(out / "removed" / "mlops-old") == before
    assert [stack.name for stack in removed_stacks(out)] == ["mlops-old"]
    # The cdktf command line deletes this folder itself, and fails where it is not.
    assert list((out / "stacks" / "mlops-old").iterdir()) == []
    configure(fresh, out, "mlops-registry", "mlops-dev")
    assert content(out / "removed" / "mlops-old") == before


@pytest.mark.parametrize("cdktf_was_here", [True, False])
def test_what_is_configured_again_comes_back(fresh: Path, out: Path, cdktf_was_here: bool) -> None:
    before = content(out / "stacks" / "mlops-old")
    configure(fresh, out, "mlops-registry", "mlops-dev")
    if cdktf_was_here:
        (out / "stacks" / "mlops-old").rmdir()
    configure(fresh, out, "mlops-registry", "mlops-dev", "mlops-old")
    after = content(out / "stacks" / "mlops-old")
    assert after == {**before, "cdk.tf.json": json.dumps({"//": "mlops-old new"})}
    assert removed_stacks(out) == []


def test_what_terraform_keeps_stays_untouched(fresh: Path, out: Path) -> None:
    kept = [path for path in (out / "stacks/mlops-old").rglob("*terraform*") if path.is_file()]
    before = [path.stat() for path in kept]
    configure(fresh, out, "mlops-registry", "mlops-dev", "mlops-old")
    assert [(s.st_ino, s.st_mtime_ns) for s in map(Path.stat, kept)] == [
        (s.st_ino, s.st_mtime_ns) for s in before
    ]
    assert len(kept) == 2


def test_two_folders_of_one_stack_are_never_merged(fresh: Path, out: Path) -> None:
    configure(fresh, out, "mlops-registry", "mlops-dev")
    (out / "stacks" / "mlops-old" / "terraform.tfstate").write_text("another")
    before = content(out)
    with pytest.raises(
        WriteError, match=r"mlops-old has to move to .*, where something is already\. Nothing was"
    ):
        configure(fresh, out, "mlops-registry", "mlops-dev", "mlops-old")
    assert content(out) == before


def test_killed_anywhere_the_old_stacks_or_the_new_ones_are_there_after_the_next_run(
    fresh: Path, out: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One stack goes, one comes back, one is new."""
    configure(fresh, out, "mlops-registry", "mlops-old")  # mlops-dev goes
    before = content(out)
    names = ("mlops-registry", "mlops-dev", "mlops-new")
    for path in sorted(fresh.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    synthesize(fresh, *names, said="newer")
    call = f"replace_stacks(fresh, out, {names!r})"
    killed = kill_everywhere(
        tmp_path_factory.mktemp("killed"), out, fresh, "from deployment.stacks import replace_stacks", call
    )
    assert len(killed) > 50
    after = content(killed[-1])  # the last one was not killed
    assert after["removed/mlops-old/.terraform.lock.hcl"] == "locked"
    assert after["stacks/mlops-new/cdk.tf.json"] == json.dumps({"//": "mlops-new newer"})
    untouched = 0
    for folder in killed:
        untouched += content(folder) == before
        check_place(folder)
        again = folder.with_name(f"{folder.name} again")
        synthesize(again, *names, said="newer")
        replace_stacks(again, folder, names)
        assert content(folder) == after
        assert not (folder / ".replacement").exists()
        assert not (folder / ".replacement.draft").exists()
    assert 10 < untouched < len(killed)


def test_before_the_first_synthesis_there_is_nothing_to_set_aside(fresh: Path, tmp_path: Path) -> None:
    check_place(tmp_path / "cdktf.out")
    assert list(tmp_path.iterdir()) == []
    assert note_on_removed(tmp_path / "cdktf.out") == ""
    configure(fresh, tmp_path / "cdktf.out", "mlops-registry")
    assert set(content(tmp_path / "cdktf.out")) == {"manifest.json", "stacks/mlops-registry/cdk.tf.json"}
    assert note_on_removed(tmp_path / "cdktf.out") == ""


def test_removed_stacks_are_named_with_the_command_that_takes_them_down(fresh: Path, out: Path) -> None:
    assert note_on_removed(out) == ""
    configure(fresh, out, "mlops-registry", "mlops-dev")
    assert note_on_removed(out) == (
        "No longer configured, but not destroyed: mlops-old. To take down: make destroy STACK=mlops-old"
    )
    configure(fresh, out, "mlops-registry")
    assert note_on_removed(out).endswith("make destroy STACK='mlops-dev mlops-old'")


def test_a_stack_that_is_destroyed_is_forgotten(fresh: Path, out: Path) -> None:
    configure(fresh, out, "mlops-registry", "mlops-dev")
    forget(out, "mlops-old")
    assert not (out / "removed" / "mlops-old").exists()
    assert sorted(path.name for path in (out / "stacks").iterdir()) == ["mlops-dev", "mlops-registry"]
    forget(out, "mlops-old")


# --- Wrong places -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "theirs",
    [
        {"thesis.md": "years of work"},
        {"manifest.json": '{"name": "a web application"}', "index.html": ""},
        {"manifest.json": "[]", "index.html": ""},
        {"manifest.json": "", "index.html": ""},
        {"stacks": "", "notes.txt": ""},
    ],
)
def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path, theirs: dict[str, str]) -> None:
    for name, text in theirs.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(
        WriteError, match=r"holds no synthesized stacks, but .*\. Nothing was written\. Name another"
    ):
        check_place(tmp_path)
    assert content(tmp_path) == theirs


def test_a_first_synthesis_that_was_interrupted_is_no_one_elses(tmp_path: Path) -> None:
    for name in ("stacks", "removed", "logs", ".replacement", ".replacement.draft"):
        (tmp_path / name).mkdir()
    (tmp_path / "manifest.json").write_text('{"sta')
    check_place(tmp_path)


@pytest.mark.parametrize("link", ["", "stacks", "stacks/mlops-dev", "stacks/mlops-old", "removed"])
def test_no_link_to_a_folder_is_followed(
    fresh: Path, out: Path, tmp_path_factory: pytest.TempPathFactory, link: str
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "folder"
    place = out / link
    if link == "removed":
        elsewhere.mkdir()
    else:
        place.rename(elsewhere)
    place.symlink_to(elsewhere)
    before = content(elsewhere)
    with pytest.raises(WriteError, match=r"is a link to .*, and nothing is written through a link"):
        if not link:
            check_place(out)
        configure(fresh, out, "mlops-registry", "mlops-dev")
    assert content(elsewhere) == before
