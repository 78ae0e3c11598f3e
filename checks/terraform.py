"""The Terraform that is checked: what the last synthesis of ``config/`` wrote."""

from __future__ import annotations

import os
from pathlib import Path

from tests.synthesized import Stack, read_stacks

CONFIGURATION = Path(__file__).parents[1] / "config"


class NotSynthesizedError(Exception):
    """There is no Terraform of the configuration as it is now; the message says what to run."""


def read_synthesized(configuration: Path = CONFIGURATION) -> dict[str, Stack]:
    """Return the stacks by name. Raises :class:`NotSynthesizedError` when the configuration is newer than they are."""
    folder = Path(os.environ.get("CDKTF_OUTDIR", configuration.parent / "cdktf.out"))
    manifest = folder / "manifest.json"
    edited = max(path.stat().st_mtime for path in [configuration, *configuration.rglob("*")])
    if not manifest.exists():
        raise NotSynthesizedError(f"{folder} holds no stacks yet: run make check, which synthesizes first.")
    if manifest.stat().st_mtime < edited:
        raise NotSynthesizedError(
            f"{configuration.name}/ is newer than {folder}: run make check, which synthesizes first."
        )
    return read_stacks(folder)
