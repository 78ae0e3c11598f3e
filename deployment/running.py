"""Runs a command, keeps all that it prints in a file, and hands on each line."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from deployment.interrupting import interrupt, taken_for_interrupts
from deployment.output import plain

Listener = Callable[[str], None]
"""Is called with each line, without its end."""


class Ended(NamedTuple):
    """How a command ended: its exit code, and how often somebody interrupted it."""

    code: int
    interrupts: int


_BLOCK = 65536
_INTERRUPT = b"\x03"
"""What a terminal sends for Ctrl-C, when it does not act on it itself."""


class Log:
    """A file with all that the commands of one run print, as plain text."""

    def __init__(self, folder: Path, command: str) -> None:
        """Name the file by the time and the command; it is made with the first line."""
        self.path = folder / f"{time.strftime('%Y-%m-%d-%H%M%S')}-{command}.log"
        self._blank = True

    def write(self, line: str) -> None:
        """Add a line. Of several empty ones, such as where cdktf draws anew, only the first is kept."""
        text = plain(line)
        if text or not self._blank:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{text}\n")
        self._blank = not text


def follow(process: subprocess.Popen[str], listener: Listener) -> Ended:
    """Hand on each line of a process's output until it ends.

    The process leads a session of its own, so that an interrupt at the keyboard does not reach it. Terraform alone is
    told: it ends what it has begun and writes its state. A second interrupt lets it give up at once.
    """
    assert process.stdout is not None  # noqa: S101  # a pipe, by whoever started it
    interrupts = 0
    with process.stdout, taken_for_interrupts():
        while True:
            try:
                for line in process.stdout:
                    listener(line.rstrip("\n"))
                return Ended(process.wait(), interrupts)
            except KeyboardInterrupt:
                interrupts += 1
                interrupt(process.pid)


def run(command: Sequence[str], listener: Listener, environment: dict[str, str] | None = None) -> Ended:
    """Run a command as if by itself, with its own view and prompts."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return _on_terminal(command, listener, environment)

    def shown(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        listener(line)

    process = subprocess.Popen(  # noqa: S603  # cdktf and terraform, with names of stacks
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    return follow(process, shown)


def _on_terminal(command: Sequence[str], listener: Listener, environment: dict[str, str] | None) -> Ended:
    """Run it on a terminal of its own, which is copied to ours in both directions."""
    child, terminal = pty.fork()
    if not child:
        os.execvpe(command[0], list(command), environment or dict(os.environ))  # noqa: S606  # as above

    def same_size(*_: object) -> None:
        size = fcntl.ioctl(sys.stdout.fileno(), termios.TIOCGWINSZ, bytes(struct.calcsize("HHHH")))
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)

    same_size()
    resized = signal.signal(signal.SIGWINCH, same_size)
    mode = termios.tcgetattr(sys.stdin.fileno())
    try:
        # Keys go to the command as they are: it has the arrow keys of a menu.
        tty.setraw(sys.stdin.fileno())
        with taken_for_interrupts():
            interrupts = _copy(child, terminal, listener)
    finally:
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSAFLUSH, mode)
        signal.signal(signal.SIGWINCH, resized)
        os.close(terminal)
    return Ended(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), interrupts)


def _copy(child: int, terminal: int, listener: Listener) -> int:
    """Return how often somebody interrupted it."""
    keyboard, rest, interrupts = sys.stdin.fileno(), b"", 0
    sources = [terminal, keyboard]
    while True:
        try:
            ready, _, _ = select.select(sources, [], [])
        except KeyboardInterrupt:
            interrupts += 1
            interrupt(child)
            continue
        if keyboard in ready:
            typed = os.read(keyboard, _BLOCK)
            for _ in range(typed.count(_INTERRUPT)):
                interrupts += 1
                interrupt(child)
            if others := typed.replace(_INTERRUPT, b""):
                os.write(terminal, others)
            elif not typed:
                sources.remove(keyboard)
        if terminal in ready:
            try:
                printed = os.read(terminal, _BLOCK)
            except OSError:  # Linux says so when the command has ended
                printed = b""
            if not printed:
                break
            os.write(sys.stdout.fileno(), printed)
            *lines, rest = (rest + printed).split(b"\n")
            for line in lines:
                listener(line.decode(errors="replace"))
    if rest:
        listener(rest.decode(errors="replace"))
    return interrupts
