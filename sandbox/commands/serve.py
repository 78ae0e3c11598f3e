"""The second door, open for one command or until somebody closes it: REST APIs over the cloud that is kept."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sandbox.cloud.store import Cloud
from sandbox.commands.library import LibraryError
from sandbox.rest.server import OpenDoor, open_door

_KEPT_OUT = ("AZURE_", "ARM_", "SYSTEM_ACCESSTOKEN", "SYSTEM_OIDCREQUESTURI", "AZURESUBSCRIPTION_")
"""What would sign in somewhere else than here."""
_BY_SIGNAL = 128
"""What is added to the number of the signal that ended a command, as shells do."""


def serve(
    cloud_folder: Path,
    command: Sequence[str],
    *,
    say: Callable[[str], None],
    token_seconds: float,
    page_size: int,
) -> int:
    """Open the door; run a command with it and return its exit code, or stay until an interrupt.

    Without a command, ``say`` gets the variables for another terminal. LibraryError without a cloud, ServiceError for a
    fault that means nothing.
    """
    if not cloud_folder.is_dir():
        raise LibraryError(
            f"There is no stand-in cloud in {cloud_folder}. make sandbox KEEP=1 makes one; --cloud names another."
        )
    with open_door(Cloud(cloud_folder), token_seconds=token_seconds, page_size=page_size) as door:
        if command:
            return _run(command, child_environment(door))
        for name, value in door.environment().items():
            say(f"export {name}={shlex.quote(value)}")
        say(f"# {door.address} is open. Paste the lines into another terminal; Ctrl-C closes it.")
        _stay()
        return 0


def child_environment(door: OpenDoor) -> Mapping[str, str]:
    """Return the environment of a command: this one's, with the door and without what signs in elsewhere."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(_KEPT_OUT)}
    return {**own, **door.environment()}


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    try:
        process = subprocess.Popen(command, env=dict(environment))  # noqa: S603  # it is what somebody typed
    except FileNotFoundError as error:
        raise LibraryError(f"There is no command {error.filename or command[0]}.") from error
    except PermissionError as error:
        raise LibraryError(f"{command[0]} cannot be run: {error.strerror}.") from error
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            code = process.wait()
        except (
            KeyboardInterrupt
        ):  # the terminal has sent it to the command too, which decides what becomes of it
            continue
        return code if code >= 0 else _BY_SIGNAL - code


def _stay() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        return
