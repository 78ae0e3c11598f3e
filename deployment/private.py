"""Folders for what nobody else may read: state, plans and the stand-in cloud hold secrets."""

from __future__ import annotations

from pathlib import Path

_OTHERS = 0o077


def make_private(folder: Path) -> None:
    """Make a folder that only its owner may enter, or make the one that is there so. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & _OTHERS:
        folder.chmod(0o700)
