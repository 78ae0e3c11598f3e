"""State where a backend keeps it: Terraform itself reads, writes and locks it, in a folder that holds nothing else.

So no provider is installed for it, and whatever signs Terraform in signs in here too.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from deployment.failure import NO_STORAGE
from deployment.output import plain
from deployment.stacks import Stack
from deployment.state_file import StateFile, read_state

Block = Mapping[str, Any]
"""What stands under ``backend`` in a stack: the kind of the backend, and its arguments."""

_FILE = "backend.tf.json"
_LOCKED = "Error acquiring the state lock"
_LOCK_LINE = re.compile(r"^\s*(ID|Path|Operation|Who|Version|Created|Info):\s+(.*?)\s*$", re.MULTILINE)
_NOTHING = "terraform_data.nothing"
"""An address that no state has."""


class BackendError(Exception):
    """Terraform cannot get at the state; the message is Terraform's own."""


class MissingError(BackendError):
    """The account or container that is to hold the state is not there."""


@dataclass(frozen=True)
class Lock:
    """Who holds the lock of a state, in Terraform's own words."""

    id: str
    who: str
    operation: str
    created: str
    path: str

    def __str__(self) -> str:
        """Return a line for each thing that is known."""
        shown = {
            "ID": self.id,
            "Who": self.who,
            "Operation": self.operation,
            "Created": self.created,
            "Path": self.path,
        }
        return "\n".join(f"  {name + ':':11}{value}" for name, value in shown.items())


def block_of(stack: Stack) -> Block:
    """Return where the state of a stack is, with a path of local state that holds in any folder."""
    block: Block = stack.terraform["terraform"]["backend"]
    match block:
        case {"local": {"path": path}}:
            return {"local": {"path": str((stack.folder / path).resolve())}}
    return block


class Backend:
    """A backend, as Terraform sees it."""

    def __init__(self, binary: str, folder: Path) -> None:
        """``folder`` says which backend it is, and holds nothing else."""
        self._binary, self._folder = binary, folder

    def initialize(self) -> None:
        """Sign in."""
        self._run("init", "-input=false")

    def pull(self) -> StateFile | None:
        """Return the state, as a file of the folder; None where there is none yet."""
        path = self._folder / "pulled.tfstate"
        path.write_text(self._run("state", "pull"), encoding="utf-8")
        return read_state(path)

    def push(self, path: Path) -> None:
        """Put a file in the place of the state; refused for one that is older, or has another origin."""
        self._run("state", "push", str(path.resolve()))

    def lock(self) -> Lock | None:
        """Return the lock that somebody holds. To find out, it is taken for a moment; the state is not changed."""
        done = self._start("taint", "-allow-missing", "-lock-timeout=0s", _NOTHING)
        said = _readable(done.stderr)
        if done.returncode == 0:
            return None
        if _LOCKED not in said:
            raise _error(said)
        found = dict(_LOCK_LINE.findall(said))
        return Lock(
            **{
                key: found.get(name, "unknown")
                for key, name in (
                    ("id", "ID"),
                    ("who", "Who"),
                    ("operation", "Operation"),
                    ("created", "Created"),
                    ("path", "Path"),
                )
            }
        )

    def unlock(self, lock_id: str) -> None:
        """Lift the lock with this id; refused for another, which somebody has taken since."""
        self._run("force-unlock", "-force", lock_id)

    def _run(self, *arguments: str) -> str:
        done = self._start(*arguments)
        if done.returncode:
            raise _error(_readable(done.stderr))
        return done.stdout

    def _start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  # Terraform, with arguments of this module
            [self._binary, *arguments],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@contextmanager
def opened(binary: str, block: Block) -> Iterator[Backend]:
    """Sign in to a backend; what is read from it is gone afterwards.

    Raises :class:`MissingError` where there is no such account or container, :class:`BackendError` for all else.
    """
    with TemporaryDirectory() as name:  # which only we may enter
        folder = Path(name)
        (folder / _FILE).write_text(json.dumps({"terraform": {"backend": block}}), encoding="utf-8")
        backend = Backend(binary, folder)
        backend.initialize()
        yield backend


def _readable(printed: str) -> str:
    """Return what Terraform said without colours, and without the frame around an error."""
    return "\n".join(plain(line).strip(" │╷╵") for line in printed.splitlines())


def _error(said: str) -> BackendError:
    lines = said.splitlines()
    first = next((index for index, line in enumerate(lines) if line.startswith("Error")), 0)
    text = "\n".join(line for line in lines[first:] if line)
    return (MissingError if NO_STORAGE.search(text) else BackendError)(text)
