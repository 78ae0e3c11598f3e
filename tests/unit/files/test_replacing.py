"""Files are replaced whole: whatever stops it, what was there stays, or the next run finishes it."""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from files.replacing import COMPLETE, LOCK, WriteError, replace_file, replace_together, replacing_in
from tests.processes import exit_codes
from tests.unit.files.killed import kill_everywhere

OLD = {"a.json": "old", "deep/b.json": "old", "deep/kept": "theirs"}
NEW = {"a.json": "new", "deep/b.json": "new", "deeper/still/c.json": "new"}
IMPORTS = "from files.replacing import replace_file, replace_together, replacing_in"
TOGETHER = "exec('with replacing_in(out): replace_together(out, fresh)')"


def fill(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def content(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path.name != LOCK
    }


def together(folder: Path, fresh: Path) -> None:
    with replacing_in(folder):
        replace_together(folder, fresh)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return fill(tmp_path / "old", OLD)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return fill(tmp_path / "new", NEW)


# --- Many files -----------------------------------------------------------------------------------------------------


def test_files_of_others_stay(old: Path, new: Path) -> None:
    together(old, new)
    assert content(old) == {**OLD, **NEW}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_an_error_anywhere_is_one_line_and_the_next_run_is_whole(
    old: Path, new: Path, tmp_path: Path, number: int
) -> None:
    copies = kill_everywhere(tmp_path, old, new, IMPORTS, TOGETHER, error=number)
    assert len(copies) > 30
    assert content(copies[-1]) == {**OLD, **NEW}
    unchanged = 0
    for copy in copies[:-1]:
        if not copy.with_suffix(".error").exists():  # such as for a folder that is there already
            assert content(copy) == {**OLD, **NEW}
            continue
        said = copy.with_suffix(".error").read_text()
        assert said.startswith(f"WriteError: {copy} cannot be written: {os.strerror(number)}"), said
        assert "\n" not in said
        if not (copy / COMPLETE).exists():
            assert content(copy) in (OLD, {**OLD, **NEW})
            assert "What was there is unchanged." in said or content(copy) != OLD
            unchanged += content(copy) == OLD
        else:
            assert f"The new files are in {copy / COMPLETE}: the next run puts them in place." in said
        together(copy, new)
        assert content(copy) == {**OLD, **NEW}
    assert unchanged > 10


def test_a_draft_of_a_run_that_died_is_thrown_away(old: Path, new: Path) -> None:
    fill(old / ".replacement.draft", {"files/a.json": "half", "files/other.json": "half"})
    together(old, new)
    assert content(old) == {**OLD, **NEW}


def test_two_at_once_do_not_mix(old: Path, tmp_path: Path) -> None:
    """Each waits for the other: at the end all files are of one of them."""
    many = [f"{number}.json" for number in range(30)]
    fresh = [fill(tmp_path / who, dict.fromkeys(many, who)) for who in ("one", "two")]
    program = f"import sys; from pathlib import Path\n{IMPORTS}\nout, fresh = map(Path, sys.argv[1:])\n"
    program += f"for _ in range(5): {TOGETHER}"
    assert exit_codes(*([sys.executable, "-c", program, str(old), str(who)] for who in fresh)) == [0, 0]
    assert len({(old / name).read_text() for name in many}) == 1


def test_one_waits_while_another_holds_the_folder(old: Path, new: Path) -> None:
    other = threading.Thread(target=together, args=(old, new))
    with replacing_in(old):
        other.start()
        other.join(0.2)
        assert other.is_alive()
        assert content(old) == OLD
    other.join(10)
    assert content(old) == {**OLD, **NEW}


@pytest.mark.parametrize("place", ["a.json", "deep/b.json"])
def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(
    old: Path, new: Path, tmp_path: Path, place: str
) -> None:
    (tmp_path / "elsewhere").write_text("theirs")
    (old / place).unlink()
    (old / place).symlink_to(tmp_path / "elsewhere")
    together(old, new)
    assert (tmp_path / "elsewhere").read_text() == "theirs"
    assert not (old / place).is_symlink()
    assert content(old) == {**OLD, **NEW}


@pytest.mark.parametrize(
    ("place", "says"),
    [("deep", "is a file, and has to be a folder"), ("a.json", "is a folder, and has to be a file")],
)
def test_what_is_in_the_way_is_named(old: Path, new: Path, place: str, says: str) -> None:
    (old / place).rename(old / "other")
    if place == "deep":
        (old / place).write_text("a file")
    else:
        (old / place).mkdir()
    before = content(old)
    with pytest.raises(
        WriteError, match=rf"^{old / place} {says}\. What was there is unchanged\. Move it away"
    ):
        together(old, new)
    assert content(old) == before
    assert sorted(path.name for path in old.iterdir() if path.name.startswith(".")) == [LOCK]


def test_a_link_among_the_hidden_names_is_not_followed(old: Path, new: Path, tmp_path: Path) -> None:
    theirs = fill(tmp_path / "theirs", {"files/a.json": "theirs"})
    (old / ".replacement.draft").symlink_to(theirs)
    with pytest.raises(WriteError, match="cannot be written"):
        together(old, new)
    (old / ".replacement.draft").unlink()
    (old / LOCK).unlink()
    (old / LOCK).symlink_to(tmp_path / "not there")
    with pytest.raises(WriteError, match="cannot be written"):
        together(old, new)
    assert content(theirs) == {"files/a.json": "theirs"}
    assert not (tmp_path / "not there").exists()


def test_everything_is_on_the_disk_before_anything_is_replaced(
    old: Path, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: set[tuple[int, int]] = set()
    fsync, rename = os.fsync, os.rename

    def note(descriptor: int) -> None:
        status = os.fstat(descriptor)
        flushed.add((status.st_dev, status.st_ino))
        fsync(descriptor)

    def commit(source: Path, target: Path) -> None:
        if Path(target).name == COMPLETE:
            missing = [
                p for p in Path(source).rglob("*") if (p.stat().st_dev, p.stat().st_ino) not in flushed
            ]
            assert missing == []
            assert content(old) == {**OLD, **content(old)}
            committed.append(target)
        rename(source, target)

    committed: list[Path] = []
    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(os, "rename", commit)
    together(old, new)
    assert committed == [old / COMPLETE]


@pytest.mark.parametrize("small_disk", ["64k"], indirect=True)
def test_a_disk_that_is_really_full(small_disk: Path, new: Path) -> None:
    out = fill(small_disk / "out", OLD)
    (new / "a.json").write_text("x" * 100_000)
    with pytest.raises(WriteError, match=r"No space left on device.* is unchanged\. Free some space"):
        together(out, new)
    assert content(out) == OLD
    (new / "a.json").write_text("new")
    together(out, new)
    assert content(out) == {**OLD, **NEW}


# --- One file -------------------------------------------------------------------------------------------------------


def test_a_file_is_replaced_with_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "program"
    replace_file(path, b"one", mode=0o700)
    replace_file(path, b"two", mode=0o700)
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs")
    (tmp_path / "link").symlink_to(tmp_path / "theirs")
    replace_file(tmp_path / "link", b"ours")
    assert (tmp_path / "theirs").read_text() == "theirs"
    assert (tmp_path / "link").read_text() == "ours"
    assert not (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("number", [0, errno.ENOSPC])
@pytest.mark.parametrize("flush", [True, False])
def test_a_file_is_old_or_new_wherever_it_stops(
    old: Path, new: Path, tmp_path: Path, number: int, flush: bool
) -> None:
    call = f"replace_file(out / 'a.json', b'new', draft=out / '.draft', flush={flush})"
    copies = kill_everywhere(tmp_path, old, new, IMPORTS, call, error=number)
    assert [copy for copy in copies if (copy / "a.json").read_text() not in ("old", "new")] == []
    assert (copies[0] / "a.json").read_text() == "old"
    assert (copies[-1] / "a.json").read_text() == "new"
    for copy in copies[:-1]:
        if number:
            assert copy.with_suffix(".error").read_text().startswith(f"WriteError: {copy / 'a.json'} cannot")
        replace_file(copy / "a.json", b"newer", draft=copy / ".draft", flush=flush)
        assert content(copy) == {**OLD, "a.json": "newer"}


def test_a_flushed_file_is_on_the_disk_before_it_is_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def flushes(descriptor: int) -> None:
        steps.append("flush")
        fsync(descriptor)

    def renames(source: Path, target: Path) -> None:
        steps.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", flushes)
    monkeypatch.setattr(os, "replace", renames)
    replace_file(tmp_path / "a", b"", flush=True)
    assert steps == ["flush", "rename", "flush"]
    replace_file(tmp_path / "a", b"", flush=False)
    assert steps == ["flush", "rename", "flush", "rename"]
