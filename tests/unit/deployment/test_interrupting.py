"""An interrupt reaches Terraform alone, wherever it is below a command, and never twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployment import interrupting
from deployment.interrupting import interrupt, taken_for_interrupts
from deployment.running import follow

TERRAFORM = """\
import signal, sys, time
def stop(*_):
    print("Interrupt received.", flush=True)
    time.sleep(0.2)
    print("state written", flush=True)
    sys.exit(1)
signal.signal(signal.SIGINT, stop)
print("creating", flush=True)
time.sleep(30)
"""
# As cdktf does: Terraform in a session of its own, and a signal to it when cdktf itself hears of an interrupt.
CDKTF = """\
import subprocess, sys, time
process = subprocess.Popen(sys.argv[1:], start_new_session=True)
try:
    sys.exit(process.wait())
except KeyboardInterrupt:
    process.kill()
    print("aborted", flush=True)
    sys.exit(1)
"""


@pytest.fixture(autouse=True)
def as_in_a_terminal() -> Iterator[None]:
    """A shell lets what it starts in the background ignore interrupts, and so would all that is started here."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def terraform(tmp_path: Path) -> Path:
    """A program that is called terraform, as the real one is found by its name."""
    program = tmp_path / "terraform"
    program.symlink_to(Path(sys.executable).resolve())
    return program


@pytest.fixture
def command(terraform: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", CDKTF, str(terraform), "-c", TERRAFORM],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONHOME": sys.base_prefix},
    )
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_terraform_ends_in_good_order(command: subprocess.Popen[str]) -> None:
    lines: list[str] = []

    def heard(line: str) -> None:
        lines.append(line)
        if line == "creating":
            raise KeyboardInterrupt

    assert follow(command, heard) == (1, 1)
    assert lines == ["creating", "Interrupt received.", "state written"]


def test_a_command_that_runs_no_terraform_is_told_itself() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; print('one', flush=True); time.sleep(30)"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []

    def heard(line: str) -> None:
        lines.append(line)
        if line == "one":
            raise KeyboardInterrupt

    began = time.monotonic()
    ended = follow(process, heard)
    assert ended == (-signal.SIGINT, 1)
    assert time.monotonic() - began < 20
    assert lines[-1] == "KeyboardInterrupt"


def test_what_has_ended_already_is_no_mistake() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    process.wait()
    interrupt(process.pid)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_ways_to_ask_for_an_end_count_too(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), taken_for_interrupts():
        os.kill(os.getpid(), number)
        time.sleep(5)
    assert signal.getsignal(number) == before


def test_processes_are_found_with_and_without_a_proc_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine = (os.getpid(), os.getppid())
    assert mine in {found[:2] for found in interrupting._processes()}
    ps = tmp_path / "ps"
    ps.write_text(
        "#!/bin/sh\necho '    1     0 /sbin/launchd'\necho '   42     1 /Applications/My App/terraform'\n"
    )
    ps.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(interrupting, "_PROCESSES", tmp_path / "nothing")
    assert interrupting._processes() == [(1, 0, "/sbin/launchd"), (42, 1, "/Applications/My App/terraform")]


def test_what_is_to_outlive_its_terminal_does() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with taken_for_interrupts():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
