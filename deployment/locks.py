"""The lock of local state: one of the operating system's on the file, and a note beside it that says who holds it."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

from deployment.backend import Lock


def note_of(path: Path) -> Path:
    """Return where Terraform writes down who locks a file of state."""
    return path.with_name(f".{path.name}.lock.info")


def noted_lock(path: Path) -> Lock | None:
    """Return what the note of a file of state says; None where there is no note, or none that can be read."""
    try:
        note = json.loads(note_of(path).read_bytes())
        return Lock(
            id=str(note["ID"]),
            who=str(note["Who"]),
            operation=str(note["Operation"]),
            created=str(note["Created"]),
            path=str(note["Path"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_locked(path: Path) -> bool:
    """Tell whether a process holds the lock of a file of state. The system lifts it when that ends, however it does."""
    try:
        with path.open("rb") as file:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except (BlockingIOError, PermissionError):  # what it is called differs between systems
        return True
    return False
