"""What a file of local state holds, and what is said of one that a crash or a full disk has damaged."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployment.failure import shown
from deployment.state import StateError

PAGE = "docs/recovering.md"
"""What tells a person how to get lost state back, step by step."""

_VERSION = 4
ERRORED = "errored.tfstate"
"""Where Terraform leaves the state, in the folder it runs in, when it cannot be written to its place."""


@dataclass(frozen=True)
class StateFile:
    """A whole file of state."""

    path: Path
    content: dict[str, Any]

    @property
    def addresses(self) -> list[str]:
        """The addresses of the resources that it holds; one of several has its key: ``azuredevops_group.team["a"]``."""
        return sorted(
            f"{resource['type']}.{resource['name']}{_key(instance)}"
            for resource in self.content["resources"]
            if resource["mode"] == "managed"
            for instance in resource["instances"]
        )

    def follows(self, other: StateFile) -> bool:
        """Whether Terraform has made it out of the other one."""
        return bool(
            self.content.get("lineage") == other.content.get("lineage")
            and self.content.get("serial", 0) >= other.content.get("serial", 0)
        )

    def __str__(self) -> str:
        """Say what it holds: ``117 resources, serial 12, of 25 November 09:12``."""
        when = time.strftime("%d %B %H:%M", time.localtime(self.path.stat().st_mtime))
        count = len(self.addresses)
        return (
            f"{count} resource{'s' if count != 1 else ''}, serial {self.content.get('serial', 0)}, of {when}"
        )


def read_state(path: Path) -> StateFile | None:
    """Return what is in a file of state; None when there is none, or nothing in it, which Terraform takes for none.

    StateError when the file is damaged: it says what to do.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    if not text.strip():
        return None
    try:
        return StateFile(path, _checked(json.loads(text)))
    except (ValueError, RecursionError) as error:
        why: object = error
        if isinstance(error, json.JSONDecodeError):
            why = f"it is JSON up to character {error.pos} of {len(error.doc)} only"
        raise StateError(f"{shown(path)} is no state of Terraform: {why}. {_remedy(path)}") from None


def lost_state(path: Path) -> str:
    """Return a warning if a state holds nothing though it did before, and nothing was destroyed; else an empty text.

    A destroy leaves an empty state of the same lineage, one serial further than its backup.
    """
    state, backup = read_state(path), _whole(backup_of(path))
    if backup is None or not backup.addresses or (state and (state.addresses or state.follows(backup))):
        return ""
    what = "is empty" if path.exists() else "is not there"
    return (
        f"Warning: {shown(path)} {what}, and its backup holds {backup}. Terraform would create all of that a second "
        f'time, and end in "already exists". Unless it is gone for good, put the backup in its place:\n'
        f"{_copy(backup.path, path)}\n{PAGE} tells more."
    )


def errored_state(folder: Path) -> str:
    """Return a warning if a run could not write its state, and left it in the stack's folder; else an empty text."""
    left = folder / ERRORED
    if not left.exists():
        return ""
    return (
        f"Warning: {shown(left)} is the state of a run that could not write it to its place. Put it there, and delete "
        f"the file:\nterraform -chdir={shown(folder)} state push {ERRORED}\n{PAGE} tells more."
    )


def backup_of(path: Path) -> Path:
    """Return where Terraform keeps the state before the last one."""
    return path.with_name(f"{path.name}.backup")


def _remedy(path: Path) -> str:
    backup = _whole(backup_of(path))
    if backup is None:
        return f"There is no whole backup beside it. {PAGE} tells how to make it anew from what exists."
    return (
        f"Its backup holds {backup}. Put it in its place, and look for what it lacks as {PAGE} tells:\n"
        f"{_copy(backup.path, path)}"
    )


def _copy(backup: Path, path: Path) -> str:
    return f"cp -p {shown(backup)} {shown(path)}"


def _whole(path: Path) -> StateFile | None:
    try:
        return read_state(path)
    except (StateError, OSError):
        return None


def _checked(content: Any) -> dict[str, Any]:
    """Return the content of a state; ValueError with what is missing in it."""
    match content:
        case {"version": version, "resources": list(resources)} if version == _VERSION:
            for resource in resources:
                match resource:
                    case {"mode": str(), "type": str(), "name": str(), "instances": list(instances)} if all(
                        isinstance(instance, dict) for instance in instances
                    ):
                        continue
                message = "a resource in it lacks its type, its name or its instances"
                raise ValueError(message)
            return dict(content)
        case {"version": version} if version != _VERSION:
            message = f"its version is {version}, and Terraform's is {_VERSION}"
            raise ValueError(message)
    message = "it has no version and no resources"
    raise ValueError(message)


def _key(instance: dict[str, Any]) -> str:
    key = instance.get("index_key")
    return "" if key is None else f"[{json.dumps(key)}]"
