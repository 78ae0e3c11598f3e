"""Where Terraform keeps local state: in a folder that only its owner may enter, beside the one that cdktf writes to.

Earlier versions kept it beside that folder, readable for everybody on the machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deployment.private import make_private
from deployment.stacks import REMOVED, STACKS
from files.replacing import replace_file

FOLDER = ".state"
_STATE = "terraform.mlops-*.tfstate"
_REGISTRY = "-registry"
_BACKEND_IN_USE = Path(".terraform", "terraform.tfstate")
"""Where ``terraform init`` notes the backend in a stack's folder. It holds no state unless there is no backend."""


class StateError(Exception):
    """Local state cannot be kept safely; the message says where, why and what to do."""


def local_state(stack: str) -> str:
    """Return the path of a stack's state, from the folder that Terraform runs in: ``<out>/stacks/<stack>``."""
    # Relative, so that the output is the same on every machine.
    return f"../../../{FOLDER}/{_file(stack)}"


def state_path(out: Path, stack: str) -> Path:
    """Return where the local state of a stack is that is written to ``out``."""
    return out.resolve().parent / FOLDER / _file(stack)


def check_state(out: Path) -> None:
    """Look whether state of an earlier version can be moved. Raises StateError when it cannot."""
    home = out.resolve().parent
    for lock in sorted(home.glob(f".{_STATE}.lock.info")):
        raise StateError(
            f"{lock} says that Terraform is running, and its state is to be moved. Wait until it has ended, and run "
            "this again. If no Terraform runs any more, delete that file first."
        )
    for file in _earlier(home):
        if (home / FOLDER / file.name).exists():
            raise StateError(
                f"{file.name} is in {home} and in {home / FOLDER}. Only the second one is used. Find out which one is "
                "right (terraform show), keep that in the second place, and move the other one elsewhere."
            )
        if file.is_symlink():
            raise StateError(
                f"{file} is a link. Move the file that it leads to into {home / FOLDER} by hand."
            )


def check_prefix(out: Path, registry: str) -> None:
    """Look whether the stacks were deployed under names that begin otherwise than now.

    ``registry`` is the name of the first stack, which every deployment has: its state goes by that name, and would be
    passed over. Known is what was done from here: local state with something in it, and folders of stacks in which
    Terraform has used state in Azure. Raises StateError.
    """
    found = dict(_deployed(out))
    for name, where in found.items():
        if name.endswith(_REGISTRY) and registry not in found:
            raise StateError(
                f"{where} belongs to the stack {name}, which is now called {registry}, by stack_prefix in "
                "platform.yaml. Under another name Terraform would not find what is deployed, and deploy all of it "
                f"again. Nothing was written. Set stack_prefix to {name.removesuffix(_REGISTRY)}. To change it all the "
                "same, destroy every stack first: docs/company.md, section Names of stacks."
            )


def keep_state(out: Path, *, local: bool) -> str:
    """Let nobody else into ``out``, for plans come there. With ``local``, have the folder for state too.

    State of an earlier version moves there; nothing is written over. Returns a line that says what was moved; empty if
    nothing was. To be called once the Terraform of the stacks names that folder. What was written for stacks that are
    no longer configured is changed here, for it will be written no more. Raises StateError.
    """
    home = out.resolve().parent
    try:
        make_private(out)
        if not local:
            return ""
        check_state(out)
        make_private(home / FOLDER)
        moved = []
        for file in _earlier(home):
            file.rename(home / FOLDER / file.name)
            moved.append(file.name)
        for folder in [*(out / STACKS).glob("*"), *(out / REMOVED).glob("*")]:
            _follow(folder)
    except OSError as error:
        raise StateError(
            f"Plans and state cannot be kept from others: {error.filename}: {error.strerror}. Make it a folder or file "
            "of your own, and run this again. No state was lost."
        ) from None
    return f"Moved to {FOLDER}, which only you may enter: {', '.join(moved)}" if moved else ""


def noted_backend(folder: Path) -> Mapping[str, Any]:
    """Return ``type`` and ``config`` of the backend that Terraform used last in a stack's folder; empty without one."""
    match _parsed(folder / _BACKEND_IN_USE):
        case {"backend": {"type": str(), "config": dict()} as noted}:
            return dict(noted)
    return {}


def forget_backend(folder: Path) -> None:
    """Let Terraform find its state by the stack's own backend, in a stack's folder where it has used another.

    It would take that for a change, and ask whether to copy the state.
    """
    (folder / _BACKEND_IN_USE).unlink(missing_ok=True)


def _deployed(out: Path) -> Iterator[tuple[str, Path]]:
    """Yield the stacks that were deployed from here, as far as can be seen, and where that can be seen."""
    home = out.resolve().parent
    for file in sorted([*(home / FOLDER).glob(_file("*")), *home.glob(_STATE)]):
        match _parsed(file):
            case {"resources": []}:  # destroyed
                pass
            case _:
                yield re.sub(r"^terraform\.|\.tfstate$", "", file.name), file
    for folder in sorted([*(out / STACKS).glob("*"), *(out / REMOVED).glob("*")]):
        match _parsed(folder / _BACKEND_IN_USE):
            case {"backend": {"type": "azurerm"}}:
                yield folder.name, folder


def _file(stack: str) -> str:
    return f"terraform.{stack}.tfstate"


def _earlier(home: Path) -> list[Path]:
    """Return the files of an earlier version, each state before its backups."""
    return sorted([*home.glob(_STATE), *home.glob(f"{_STATE}.*")])


def _follow(folder: Path) -> None:
    """Let a stack's folder look for its state in the new place only."""
    earlier = f"../../../{_file(folder.name)}"
    match _parsed(folder / _BACKEND_IN_USE):
        case {"backend": {"config": {"path": path}}} if path == earlier:
            forget_backend(folder)
    terraform = folder / "cdk.tf.json"
    match written := _parsed(terraform):
        case {"terraform": {"backend": {"local": {"path": path} as backend}}} if path == earlier:
            backend["path"] = local_state(folder.name)
            replace_file(terraform, json.dumps(written, indent=2).encode())


def _parsed(path: Path) -> Any:
    """Return what is in a JSON file; ``None`` when there is none, or something else in it."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
