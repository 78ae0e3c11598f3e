"""The folder that cdktf writes to: the stacks that are configured, and those that no longer are."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STACKS, REMOVED = "stacks", "removed"
"""Where the folders of stacks are, below what cdktf writes to: of those in the manifest, and of all others."""

_TERRAFORM = "cdk.tf.json"
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Stack:
    """One synthesized stack; ``terraform`` is its parsed ``cdk.tf.json``."""

    name: str
    folder: Path
    terraform: dict[str, Any]

    def bodies(self, kind: str, type_name: str) -> Iterator[dict[str, Any]]:
        """Yield the blocks of a type; ``kind`` is ``resource`` or ``data``."""
        yield from self.terraform.get(kind, {}).get(type_name, {}).values()


def put_in_order(out: Path, names: Collection[str]) -> None:
    """Give the manifest this order of stacks. cdktf writes them by the alphabet; all that is shown follows it."""
    path = out / _MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["stacks"] = {name: manifest["stacks"][name] for name in names}
    path.write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def read_stacks(out: Path) -> list[Stack]:
    """Return the configured stacks in the manifest's order, but each after those it depends on."""
    manifest = json.loads((out / _MANIFEST).read_text(encoding="utf-8"))["stacks"]
    names: list[str] = []
    while len(names) < len(manifest):
        names += [
            name
            for name, stack in manifest.items()
            if name not in names and set(stack["dependencies"]) <= set(names)
        ]
    return [_read(name, out / manifest[name]["workingDirectory"]) for name in names]


def removed_stacks(out: Path) -> list[Stack]:
    """Return the stacks that were synthesized once and have no configuration any more, by their names."""
    return [_read(path.parent.name, path.parent) for path in sorted((out / REMOVED).glob(f"*/{_TERRAFORM}"))]


def set_aside(out: Path, configured: Collection[str]) -> None:
    """Move the folders of stacks without configuration to ``removed/``, and back once they have one again.

    They hold what Terraform needs to destroy such a stack. The cdktf command line deletes each folder in ``stacks/``
    that was there before a synthesis and is not in its manifest, and fails where there is none: an empty one is left
    to it. A path that leads out of the folder, to a local state, leads to the same place after the move.
    """
    for path in sorted((out / STACKS).glob(f"*/{_TERRAFORM}")):
        folder = path.parent
        if folder.name not in configured:
            (out / REMOVED).mkdir(exist_ok=True)
            folder.replace(out / REMOVED / folder.name)
            folder.mkdir()
    for stack in removed_stacks(out):
        if stack.name in configured:
            stack.folder.replace(out / STACKS / stack.name)


def forget(out: Path, name: str) -> None:
    """Delete the folders of a stack of which nothing is deployed any more."""
    for place in (STACKS, REMOVED):
        shutil.rmtree(out / place / name, ignore_errors=True)


def note_on_removed(out: Path) -> str:
    """Return a line that names the stacks without configuration and how to take them down; empty if there is none."""
    names = " ".join(stack.name for stack in removed_stacks(out))
    if not names:
        return ""
    quoted = f"'{names}'" if " " in names else names
    return f"No longer configured, but not destroyed: {names}. To take down: make destroy STACK={quoted}"


def _read(name: str, folder: Path) -> Stack:
    return Stack(name, folder, json.loads((folder / _TERRAFORM).read_text(encoding="utf-8")))
