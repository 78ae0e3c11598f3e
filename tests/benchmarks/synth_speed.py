"""How long synthesis takes and how much memory it needs, next to the least it could be.

    python -m tests.benchmarks.synth_speed

The guide is synthesized, in a copy of the project. The least ("floor") is a program that imports cdktf and
synthesizes one empty stack. All programs run in turn, so that a busy machine slows all of them, and the medians are
compared. One round before that is not counted: it fills the caches.

Memory is the sum of the peaks (VmHWM) of a program's processes: Python, the Node process that jsii starts,
and the one that starts in turn, which runs cdktf. Pages that processes share count once for each, so this is
an upper bound. It is read from /proc, every few milliseconds: Linux only.
"""

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.project import copy_project

FLOOR = "import cdktf; app = cdktf.App(); cdktf.TerraformStack(app, 'empty'); app.synth()"
MAX_RATIO = 3.0
MAX_MEMORY = 200
INTERVAL = 0.005


class Measurement(NamedTuple):
    """One run, or the median of some: seconds, and megabytes by kind of process."""

    seconds: float
    python: float
    node: float
    launcher: float

    @property
    def memory(self) -> float:
        """All processes together."""
        return self.python + self.node + self.launcher


def descendants(pid: int) -> Iterator[int]:
    """A process and those it started, directly or not."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from descendants(int(child))


class Peaks(threading.Thread):
    """Watches the processes of a program until they have ended, and remembers the peak of each."""

    def __init__(self, pid: int) -> None:
        """Watch the process ``pid`` and its descendants."""
        super().__init__(daemon=True)
        self._pid = pid
        self._ended = threading.Event()
        self._peaks: dict[int, tuple[str, float]] = {}

    def run(self) -> None:
        """Look every few milliseconds."""
        while not self._ended.wait(INTERVAL):
            try:
                for pid in descendants(self._pid):
                    self._look_at(pid)
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while it was looked at

    def stop(self) -> tuple[float, float, float]:
        """The peaks of Python, of the Node process that runs cdktf, and of the one that starts it, in MB."""
        self._ended.set()
        self.join()
        nodes = sorted(peak for name, peak in self._peaks.values() if name == "node")
        python = sum(peak for name, peak in self._peaks.values() if name != "node")
        return python, sum(nodes[-1:]), sum(nodes[:-1])  # the launcher is the smaller: it only passes data on

    def _look_at(self, pid: int) -> None:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        status = dict(line.split(":", 1) for line in lines)
        if "VmHWM" in status:  # not so for a process that has ended and was not waited for yet
            self._peaks[pid] = (status["Name"].strip(), int(status["VmHWM"].split()[0]) / 1024)


def measure(command: list[str], env: dict[str, str], project: Path) -> Measurement:
    """Run a program in a project's folder, with an output folder of its own.

    Raises:
        subprocess.CalledProcessError: The program failed. Its output is in the error.
    """
    with tempfile.TemporaryDirectory() as outdir:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=project,
            # As a user has it: after the first run, which does not count, Python finds everything compiled.
            env={**os.environ, **env, "CDKTF_OUTDIR": outdir, "PYTHONDONTWRITEBYTECODE": ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        peaks = Peaks(process.pid)
        peaks.start()
        output, _ = process.communicate()
        seconds = time.perf_counter() - started
    python, node, launcher = peaks.stop()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output)
    return Measurement(seconds, python, node, launcher)


def report(results: dict[str, list[Measurement]]) -> dict[str, Measurement]:
    """Write the table of medians, and return them."""
    medians = {name: Measurement(*map(median, zip(*runs, strict=True))) for name, runs in results.items()}
    floor = medians["floor"].seconds
    write(
        f"{'':28}{'seconds':>8}{'x floor':>9}{'MB':>7} = {'Python':>6} + {'Node':>5} + {'its launcher':>12}"
    )
    for name, found in medians.items():
        write(
            f"{name:28}{found.seconds:8.2f}{found.seconds / floor:9.2f}{found.memory:7.0f} = "
            f"{found.python:6.0f} + {found.node:5.0f} + {found.launcher:12.0f}"
        )
    return medians


def write(line: str) -> None:
    """Write a line of the report."""
    sys.stdout.write(line + "\n")


def main() -> int:
    """Measure, report, and with ``--check`` say whether the limits hold, by the exit status."""
    parser = argparse.ArgumentParser(description="Measure how fast synthesis is.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--command", default="main.py", help="what Python is to run (default: main.py)")
    parser.add_argument("--plain", action="store_true", help="also run it with MLOPS_PLAIN_BINDINGS=1")
    parser.add_argument(
        "--check",
        action="store_true",
        help=f"fail if it takes over {MAX_RATIO:g} times the floor, or {MAX_MEMORY} MB or more",
    )
    options = parser.parse_args()

    command = [sys.executable, *shlex.split(options.command)]
    programs: dict[str, tuple[list[str], dict[str, str]]] = {
        "floor": ([sys.executable, "-c", FLOOR], {}),
        options.command: (command, {"MLOPS_PLAIN_BINDINGS": ""}),
    }
    if options.plain:
        programs[f"{options.command}, plain"] = (command, {"MLOPS_PLAIN_BINDINGS": "1"})

    results: dict[str, list[Measurement]] = {name: [] for name in programs}
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder))
        for counted in [False] + [True] * options.rounds:
            for name, program in programs.items():
                try:
                    measurement = measure(*program, project)
                except subprocess.CalledProcessError as error:
                    write(f"{error}\n{error.output.decode(errors='replace')}")
                    return 2
                if counted:
                    results[name].append(measurement)

    medians = report(results)
    found = medians[options.command]
    ratio = found.seconds / medians["floor"].seconds
    if options.check and (ratio > MAX_RATIO or found.memory >= MAX_MEMORY):
        write(f"Too much: at most {MAX_RATIO:g} times the floor and under {MAX_MEMORY} MB are allowed.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
