"""Commands that are run with all they print kept, by themselves or on a terminal."""

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
from pathlib import Path

import pytest

from deployment.running import Log, follow, run
from tests.project import REPOSITORY


def test_a_log_is_plain_and_named_by_its_command(tmp_path: Path) -> None:
    log = Log(tmp_path / "logs", "deploy")
    assert not (tmp_path / "logs").exists()
    for line in (
        "",
        "\x1b[1mone\x1b[0m\r",
        "",
        "1 Stack deploying     0 Stacks done     0 Stacks waiting",
        "",
        "two",
    ):
        log.write(line)
    assert log.path.read_text() == "one\n\ntwo\n"
    assert log.path.name.endswith("-deploy.log")


def test_lines_are_handed_on_as_they_come(capfd: pytest.CaptureFixture[str]) -> None:
    lines: list[str] = []
    ended = run([sys.executable, "-c", "print('one'); print('two'); raise SystemExit(3)"], lines.append)
    assert (ended.code, ended.interrupts, lines) == (3, 0, ["one", "two"])
    assert capfd.readouterr().out == "one\ntwo\n"


def test_an_interrupt_waits_for_what_the_command_still_says() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "print('one', flush=True); print('two')"], stdout=subprocess.PIPE, text=True
    )
    lines: list[str] = []

    def heard(line: str) -> None:
        lines.append(line)
        if line == "one":
            raise KeyboardInterrupt

    assert follow(process, heard) == (0, 1)
    assert lines == ["one", "two"]


CHILD = """
import os, signal, sys
# Python's own handler may run just before input() waits for a line, and the line is then waited for all the same.
signal.signal(signal.SIGINT, signal.SIG_DFL)
columns, rows = os.get_terminal_size()
print(f"{columns} columns, a terminal: {sys.stdout.isatty()}", flush=True)
print("said " + input("Approve? "))
raise SystemExit(5)
"""

PROGRAM = f"""
import sys
from deployment.running import run
lines = []
ended = run([sys.executable, "-c", {CHILD!r}], lines.append)
print("code", ended.code, ended.interrupts, [line.strip() for line in lines], flush=True)
"""


def on_terminal(keys: bytes) -> str:
    """Run the program on a terminal, type ``keys`` once it asks, and return all that is seen."""
    child, terminal = pty.fork()
    if not child:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a test run in the background ignores it
        os.chdir(REPOSITORY)
        os.execv(sys.executable, [sys.executable, "-c", PROGRAM])  # noqa: S606  # the program above
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 97, 0, 0))
    seen, typed, deadline = "", False, time.monotonic() + 30
    while select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
        try:
            seen += os.read(terminal, 1024).decode()
        except OSError:
            break
        if "Approve?" in seen and not typed:
            os.write(terminal, keys)
            typed = True
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return seen


def test_on_a_terminal_the_command_has_one_and_hears_the_keys() -> None:
    seen = on_terminal(b"yes\n")
    assert "97 columns, a terminal: True" in seen
    assert "code 5 0" in seen
    assert "'said yes'" in seen


def test_on_a_terminal_an_interrupt_is_counted_and_ends_what_runs_no_terraform() -> None:
    seen = on_terminal(b"\x03")
    assert f"code {-signal.SIGINT} 1" in seen
    assert "said" not in seen.partition("Approve?")[2].partition("code")[0]
