"""Writes files so that nobody ever finds half of them: not a reader, and not the next run after a crash.

One file is written beside the one that it replaces, and renamed. Files that belong together are written to a hidden
folder beside those that they replace, which is given its final name once all of it is on the disk. From then on they
are put in place, one rename after the other, by this run or, if it dies, by the next; before, they are thrown away.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

Move = tuple[str, str]
"""From where to where, below the folder, something is renamed before the files are put in place."""

LOCK, COMPLETE, _DRAFT = ".replacement.lock", ".replacement", ".replacement.draft"
HIDDEN = frozenset({LOCK, COMPLETE, _DRAFT})
"""What there may be in a folder beside the files that belong to it."""

# In the hidden folder: the files, and what is renamed before them.
_FILES, _MOVES = "files", "moves.json"

_FIXES = {
    errno.ENOSPC: "Free some space, and run it again.",
    errno.EDQUOT: "Free some space, and run it again.",
    errno.EROFS: "Make it writable, or name another folder.",
    errno.EACCES: "Make it writable, or name another folder.",
    errno.EPERM: "Make it writable, or name another folder.",
}


class WriteError(Exception):
    """Files could not be written; the message is one line that says which, why, and what to do."""


@contextmanager
def reported(path: Path, consequence: str = "What was there is unchanged.") -> Iterator[None]:
    """Turn an error of the operating system in writing ``path`` into a :class:`WriteError`."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        at = f" ({error.filename})" if error.filename not in (None, str(path), path) else ""
        fix = _FIXES.get(error.errno or 0, "Put that right, and run it again.")
        raise WriteError(f"{path} cannot be written: {reason}{at}. {consequence} {fix}") from error


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """Wait for the lock file ``path``, make it if need be, and hold it; yields its descriptor."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def replace_file(
    path: Path, content: bytes, *, draft: Path | None = None, mode: int = 0o666, flush: bool = True
) -> None:
    """Replace a file in one step, or make it; a link in its place is replaced, not followed.

    ``draft`` is where the content is written first, on the same file system; whoever names one sees to it that nobody
    else does at the same time. ``mode`` are the permissions of a new file, before the umask. Without ``flush`` it
    survives the end of the process, but perhaps not that of the machine. Raises :class:`WriteError`.
    """
    draft = draft or path.with_name(f".{path.name}.{os.getpid()}")
    with reported(path):
        try:
            draft.unlink(missing_ok=True)
            _write(draft, content, mode, flush=flush)
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        if flush:
            _flush(path.parent)


def refuse_no_folder(path: Path) -> None:
    """Raise :class:`WriteError` for a link, and for anything but a folder that is there."""
    if path.is_symlink():
        raise WriteError(
            f"{path} is a link to {path.readlink()}, and nothing is written through a link. What was there is "
            "unchanged. Put a folder in its place, or name the folder that it leads to."
        )
    if os.path.lexists(path) and not path.is_dir():
        raise WriteError(
            f"{path} is a file, and has to be a folder. What was there is unchanged. Move it away, or name another."
        )


@contextmanager
def replacing_in(folder: Path) -> Iterator[None]:
    """Hold the folder, in which nothing is left unfinished; one that is not there is made.

    For :func:`replace_together`. Raises :class:`WriteError`, also for what the block meets.
    """
    with reported(folder):
        refuse_no_folder(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / LOCK):
            _finish(folder)
            yield


def replace_together(folder: Path, fresh: Path, moves: Iterable[Move] = ()) -> None:
    """Put everything below ``fresh`` in the same places below ``folder``, all of it or nothing.

    Other files stay as they are. An empty folder in ``fresh`` is one that has to be there. To be called in
    :func:`replacing_in`. Raises :class:`WriteError`; then ``folder`` is unchanged, or the next run finishes it.
    """
    moves = list(moves)
    _refuse_moves(folder, moves)
    leaving = {source for source, _ in moves}
    _refuse_obstacles(folder, fresh, "", leaving | {destination for _, destination in moves})
    draft = folder / _DRAFT
    try:
        (draft / _FILES).mkdir(parents=True)
        _copy(fresh, draft / _FILES)
        _write(draft / _MOVES, json.dumps(moves).encode(), 0o666, flush=True)
        _flush(draft)
        for _, destination in moves:
            (folder / destination).parent.mkdir(exist_ok=True)
        draft.rename(folder / COMPLETE)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _finish(folder)


def _finish(folder: Path) -> None:
    """Put a complete set of files in place, and throw away one that is not complete."""
    complete = folder / COMPLETE
    if complete.is_dir() and not complete.is_symlink():
        with reported(folder, f"The new files are in {complete}: the next run puts them in place."):
            _flush(folder)
            _move(folder, complete / _MOVES)
            if (complete / _FILES).is_dir():
                _put(complete / _FILES, folder)
            shutil.rmtree(complete)
    if os.path.lexists(folder / _DRAFT):
        shutil.rmtree(folder / _DRAFT)


def _move(folder: Path, list_of_moves: Path) -> None:
    if not list_of_moves.exists():
        return  # these are done already
    places = {folder}
    for names in json.loads(list_of_moves.read_bytes()):
        source, destination = (folder / name for name in names)
        destination.parent.mkdir(exist_ok=True)
        if os.path.lexists(source):
            source.rename(destination)
        places |= {source.parent, destination.parent}
    for place in places:
        _flush(place)
    list_of_moves.unlink()


def _put(source: Path, target: Path) -> None:
    """Rename what is in one folder into another, those at its top last: they may tell what there is below."""
    for entry in sorted(source.iterdir(), key=lambda entry: entry.is_file()):
        place = target / entry.name
        if entry.is_dir() and os.path.lexists(place):
            refuse_no_folder(place)
            _put(entry, place)
        else:
            entry.replace(place)
    _flush(target)


def _copy(source: Path, target: Path) -> None:
    for entry in source.iterdir():
        if entry.is_dir():
            (target / entry.name).mkdir()
            _copy(entry, target / entry.name)
        else:
            _write(target / entry.name, entry.read_bytes(), 0o666, flush=True)
    _flush(target)


def _write(path: Path, content: bytes, mode: int, *, flush: bool) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        if flush:
            file.flush()
            os.fsync(descriptor)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_moves(folder: Path, moves: Iterable[Move]) -> None:
    for move in moves:
        for path in (folder / name for name in move):
            refuse_no_folder(path.parent)
            refuse_no_folder(path)
        destination = folder / move[1]
        if destination.exists() and any(destination.iterdir()):
            raise WriteError(
                f"{folder / move[0]} has to move to {destination}, where something is already. Nothing was changed. "
                "Look what is in both, and keep the one whose state is in use."
            )


def _refuse_obstacles(folder: Path, fresh: Path, below: str, moved: set[str]) -> None:
    """Refuse what no rename would replace: a link or a file where a folder has to be, or a folder for a file."""
    for entry in fresh.iterdir():
        name = f"{below}{entry.name}"
        place = folder / name
        if name in moved or not os.path.lexists(place):
            continue
        if entry.is_dir():
            refuse_no_folder(place)
            _refuse_obstacles(folder, entry, f"{name}/", moved)
        elif stat.S_ISDIR(place.lstat().st_mode):
            raise WriteError(
                f"{place} is a folder, and has to be a file. What was there is unchanged. Move it away."
            )
