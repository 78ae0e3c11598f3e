"""State on its way from one place to another, so that a run which dies anywhere is gone on with by the next one.

State is copied with ``terraform state push``, which refuses what is older, or of another origin, than what is there.
``terraform init -migrate-state`` asks whether to write over that, or, told not to ask, does.
"""

from __future__ import annotations

import json
from pathlib import Path

from deployment.backend import Block, MissingError, block_of, opened
from deployment.failure import shown
from deployment.private import make_private
from deployment.stacks import Stack
from deployment.state import StateError, forget_backend
from deployment.state_file import PAGE, StateFile, read_state
from files.replacing import replace_file

OVERRIDE = "bootstrap_override.tf.json"
"""What keeps the state of a stack in a local file, whatever its own backend is. Terraform reads such a file last."""
MOVED = ".moved"
"""What a local file is called behind its name once its state lies elsewhere."""


def keep_locally(stack: Stack, path: Path) -> None:
    """Let Terraform keep the state of a stack in the file ``path`` for now."""
    make_private(path.parent)
    content = {"terraform": {"backend": {"local": {"path": str(path.resolve())}}}}
    replace_file(stack.folder / OVERRIDE, json.dumps(content).encode())
    forget_backend(stack.folder)


def keep_as_configured(stack: Stack) -> None:
    """Let Terraform keep it where its own backend does."""
    (stack.folder / OVERRIDE).unlink(missing_ok=True)
    forget_backend(stack.folder)


def held(binary: str, block: Block) -> bool:
    """Tell whether a backend has state; not, where its account or container is not there either."""
    try:
        with opened(binary, block) as backend:
            return backend.pull() is not None
    except MissingError:
        return False


def counted(number: int) -> str:
    """Say how many resources."""
    return f"{number} resource{'s' if number != 1 else ''}"


def resources(binary: str, block: Block) -> int:
    """Return of how many resources a backend has state."""
    try:
        with opened(binary, block) as backend:
            state = backend.pull()
            return len(state.addresses) if state else 0
    except MissingError:
        return 0


def fetch(binary: str, block: Block, path: Path) -> StateFile | None:
    """Copy the state that a backend has to the local file ``path``, and return it; None where there is none.

    A file that Terraform has made out of that state is newer, and stays. StateError where it is of another origin.
    """
    with opened(binary, block) as backend:
        state = backend.pull()
        if state is None or not state.addresses:
            return None
        here = _read(path)
        if here and here.follows(state):
            return here
        if here and not state.follows(here):
            raise StateError(
                f"{shown(path)} holds {here}, and the backend that it is to come from {state} of another origin. "
                f"Nothing was moved. Find out which one is right ({PAGE}), and move the file elsewhere if it is the "
                "other."
            )
        make_private(path.parent)
        replace_file(path, state.path.read_bytes(), mode=0o600)
    return read_state(path)


def settle(binary: str, stack: Stack, path: Path) -> str:
    """Move the state of a stack from the local file ``path`` to where its backend keeps it.

    Returns a line that says what was moved; empty if there was nothing to move. The file is kept under another name.
    StateError where the backend has other state, or newer one.
    """
    here = _read(path)
    if here is None:
        return ""
    with opened(binary, block_of(stack)) as backend:
        there = backend.pull()
        if there is None or not there.follows(here):
            if there:
                raise StateError(
                    f"{shown(path)} holds {here}, and the backend of {stack.name} holds {there} of another origin, or "
                    f"older. Nothing was moved. Find out which one is right ({PAGE}). Is it that of the backend, move "
                    "the file elsewhere."
                )
            backend.push(path)
            there = backend.pull()
            if there is None or not there.follows(here):
                raise StateError(
                    f"{stack.name}: the backend does not hold what was put there. {shown(path)} does."
                )
    count = counted(len(here.addresses))
    kept = path.with_name(f"{path.name}{MOVED}")
    forget_backend(stack.folder)
    path.replace(kept)
    return f"{stack.name}: the state of {count} lies in its backend now. A copy is {shown(kept)}."


def _read(path: Path) -> StateFile | None:
    """Return the state in a file, if it is of any resource."""
    state = read_state(path)
    return state if state and state.addresses else None
