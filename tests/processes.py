"""Processes that a test starts beside itself. None outlives the test, whatever becomes of it."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack

from tests.project import REPOSITORY

_PATIENCE = 300
"""Seconds. What takes three on an idle machine took over thirty on a busy one."""


def exit_codes(*commands: list[str]) -> list[int]:
    """Run these commands at the same time, in the project's folder, and return their exit codes."""
    with ExitStack() as ended:
        running = [ended.enter_context(subprocess.Popen(command, cwd=REPOSITORY)) for command in commands]
        for process in running:
            ended.callback(process.kill)  # before it is waited for
        return [process.wait(timeout=_PATIENCE) for process in running]
