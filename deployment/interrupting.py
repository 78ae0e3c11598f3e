"""Lets Terraform end in good order when somebody interrupts a command.

An interrupt at the keyboard goes to every process of the terminal. cdktf then ends Terraform with a signal of its own:
to Terraform that is the second one, and it gives up at once. What it was creating is then there and not in its state.
So commands run in a session of their own, where no interrupt reaches them, and Terraform alone is told.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deployment.tools import BINARY_VARIABLE

_PROCESSES = Path("/proc")
_AS_AN_INTERRUPT = (signal.SIGTERM, signal.SIGHUP)
"""What else asks a command to end: a pipeline that is cancelled, a terminal that is closed."""


def interrupt(pid: int) -> None:
    """Tell each Terraform that a command runs to end; the command itself, the leader of a session, if it runs none."""
    name = Path(os.environ.get(BINARY_VARIABLE, "terraform")).name
    running = [found for found, program in _with_descendants(pid, _processes()) if Path(program).name == name]
    with suppress(ProcessLookupError):
        for found in running:
            os.kill(found, signal.SIGINT)
        if not running:
            os.killpg(pid, signal.SIGINT)


@contextmanager
def taken_for_interrupts() -> Iterator[None]:
    """Let other signals that ask for an end raise KeyboardInterrupt, too, unless they are ignored (``nohup``)."""

    def raise_interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {
        number: signal.signal(number, raise_interrupt)
        for number in _AS_AN_INTERRUPT
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_Process = tuple[int, int, str]
"""Id, parent's id, program."""


def _with_descendants(pid: int, processes: list[_Process]) -> Iterator[tuple[int, str]]:
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        yield from ((found, program) for found, _, program in processes if found == current)
        waiting += [found for found, parent, _ in processes if parent == current]


def _processes() -> list[_Process]:
    read: Callable[[], Iterator[_Process]] = _from_proc if (_PROCESSES / "self").exists() else _from_ps
    return list(read())


def _from_proc() -> Iterator[_Process]:
    for folder in _PROCESSES.glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):  # it has just ended
            # The name is in brackets, and may hold blanks and brackets.
            parent = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[1]
            program = (folder / "cmdline").read_bytes().split(b"\0")[0].decode(errors="replace")
            yield int(folder.name), int(parent), program


def _from_ps() -> Iterator[_Process]:
    done = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,comm="],  # noqa: S607  # the one on PATH
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    for line in done.stdout.splitlines():
        pid, parent, program = line.split(None, 2)
        yield int(pid), int(parent), program
