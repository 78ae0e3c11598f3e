"""The folder that cdktf writes to: the stacks that are configured, and those that no longer are."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from files.replacing import (
    HIDDEN,
    Move,
    WriteError,
    refuse_no_folder,
    replace_together,
    replacing_in,
    reported,
)

STACKS, REMOVED = "stacks", "removed"
"""Where the folders of stacks are, below what cdktf writes to: of those in the manifest, and of all others."""

TERRAFORM = "cdk.tf.json"
"""What cdktf writes in the folder of a stack."""
REGISTRY, STATE = "registry", "state"
"""What the platform's own stacks are called, behind the prefix and a hyphen."""
MANIFEST = "manifest.json"
"""The file that lists the configured stacks. It is written last."""
# All that there is in the folder; what is left of a first synthesis that was interrupted has no manifest.
_OURS = {STACKS, REMOVED, "logs", MANIFEST, *HIDDEN}


@dataclass(frozen=True)
class Stack:
    """One synthesized stack; ``terraform`` is its parsed ``cdk.tf.json``."""

    name: str
    folder: Path
    terraform: dict[str, Any]

    def bodies(self, kind: str, type_name: str) -> Iterator[dict[str, Any]]:
        """Yield the blocks of a type; ``kind`` is ``resource`` or ``data``."""
        yield from self.terraform.get(kind, {}).get(type_name, {}).values()


def output_folder() -> Path:
    """Return the folder that the synthesis writes to, where nobody names another."""
    return Path(os.environ.get("CDKTF_OUTDIR", "cdktf.out"))


def put_in_order(out: Path, names: Collection[str]) -> None:
    """Give the manifest this order of stacks. cdktf writes them by the alphabet; all that is shown follows it."""
    path = out / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["stacks"] = {name: manifest["stacks"][name] for name in names}
    path.write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def read_stacks(out: Path) -> list[Stack]:
    """Return the configured stacks in the manifest's order, but each after those it depends on."""
    manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))["stacks"]
    names: list[str] = []
    while len(names) < len(manifest):
        names += [
            name
            for name, stack in manifest.items()
            if name not in names and set(stack["dependencies"]) <= set(names)
        ]
    return [_read(name, out / manifest[name]["workingDirectory"]) for name in names]


def state_stack(stacks: Sequence[Stack]) -> Stack | None:
    """Return the stack that makes the storage of the state, if there is one. The first of ``stacks`` is the registry's.

    No environment can have its name.
    """
    prefix = stacks[0].name.removesuffix(REGISTRY)
    return next((stack for stack in stacks if stack.name == f"{prefix}{STATE}"), None)


def removed_stacks(out: Path) -> list[Stack]:
    """Return the stacks that were synthesized once and have no configuration any more, by their names."""
    return [_read(name, out / REMOVED / name) for name in _names(out / REMOVED)]


def replace_stacks(fresh: Path, out: Path, names: Collection[str]) -> None:
    """Put what cdktf wrote to ``fresh`` in the place of what is in ``out``, stacks in the order of ``names``.

    Files that Terraform keeps in the folder of a stack stay as they are. The folder of a stack without configuration
    moves to ``removed/`` with all of them, and back once the stack has one again: they are what Terraform needs to
    destroy it. Raises :class:`~files.replacing.WriteError`; then nothing is replaced, or the next run finishes it.
    """
    put_in_order(fresh, names)
    with replacing_in(out):
        moves = list(_moves(out, names))
        for source, _ in moves:
            # The cdktf command line deletes each folder in stacks/ that was there before a synthesis and is not in its
            # manifest, and fails where there is none: an empty one is left to it.
            if source.startswith(f"{STACKS}/"):
                (fresh / source).mkdir()
        replace_together(out, fresh, moves)


def check_place(out: Path) -> None:
    """Raise :class:`~files.replacing.WriteError` for a folder that is no place for stacks, or is somebody else's."""
    refuse_no_folder(out)
    with reported(out):
        there = {path.name for path in out.iterdir()} if out.exists() else set()
    if not there <= _OURS and not _is_manifest(out / MANIFEST):
        names = sorted(there - _OURS)
        others = f" and {len(names) - 1} more" if len(names) > 1 else ""
        raise WriteError(
            f"{out} holds no synthesized stacks, but {names[0]}{others}. Nothing was written. "
            "Name another folder in CDKTF_OUTDIR: one that is empty or not there."
        )


def _moves(out: Path, configured: Collection[str]) -> Iterator[Move]:
    """Yield which folders move. A path that leads out of them, to a local state, leads to the same place afterwards."""
    for name in _names(out / STACKS):
        if name not in configured:
            yield f"{STACKS}/{name}", f"{REMOVED}/{name}"
    for name in _names(out / REMOVED):
        if name in configured:
            yield f"{REMOVED}/{name}", f"{STACKS}/{name}"


def forget(out: Path, name: str) -> None:
    """Delete the folders of a stack of which nothing is deployed any more."""
    for place in (STACKS, REMOVED):
        shutil.rmtree(out / place / name, ignore_errors=True)


def note_on_new(out: Path, environments: Collection[str], shared: Sequence[str]) -> str:
    """Return a line that names the stacks of ``environments`` which were not there before, and what comes before them.

    ``shared`` are the stacks that a new one needs something of. The line is empty where nothing was written before.
    """
    before = _names(out / STACKS)
    new = " ".join(name for name in environments if name not in before)
    if not before or not new:
        return ""
    return (
        f"New, with pipelines of its own: {new}. Before a pipeline names its connections, a person deploys "
        f"{' and '.join(f'make deploy STACK={name}' for name in shared)} (docs/infrastructure-pipelines.md)."
    )


def note_on_removed(out: Path) -> str:
    """Return a line that names the stacks without configuration and how to take them down; empty if there is none."""
    names = " ".join(_names(out / REMOVED))
    if not names:
        return ""
    quoted = f"'{names}'" if " " in names else names
    return f"No longer configured, but not destroyed: {names}. To take down: make destroy STACK={quoted}"


def _names(place: Path) -> list[str]:
    return sorted(path.parent.name for path in place.glob(f"*/{TERRAFORM}"))


def _is_manifest(path: Path) -> bool:
    """Whether cdktf wrote a file: manifests of web applications have the same name."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and isinstance(content.get("stacks"), dict)


def _read(name: str, folder: Path) -> Stack:
    return Stack(name, folder, json.loads((folder / TERRAFORM).read_text(encoding="utf-8")))
