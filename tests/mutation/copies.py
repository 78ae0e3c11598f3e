"""Copies of the project, in which a file may be broken, and runs of tests in them."""

from __future__ import annotations

import compileall
import os
import py_compile
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from tests.mutation.mutants import Mutant
from tests.project import REPOSITORY

KEPT = REPOSITORY / ".cache" / "mutation"
"""What is known of the tests without a mutant. No test reads it: copies go without."""
_ABOUT_TIME = re.compile(r"[Tt]ime|still running")


class Copy:
    """A copy of the project, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Copy what git knows of or would add, and lead to what is installed."""
        self._folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-coz", "--exclude-standard"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=True,
        )
        names = filter(None, listed.stdout.split("\0"))
        self.files = sorted(name for name in names if (REPOSITORY / name).is_file())
        """The files of the project; not what is installed or made."""
        for name in self.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, folder / name)
        # The size and the second of a file do not tell a mutant from the code; a hash does.
        by_hash = py_compile.PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(folder, quiet=1, invalidation_mode=by_hash, stripdir=folder, prependdir=folder)
        for name in (".venv", "node_modules", ".tools"):
            (folder / name).symlink_to(REPOSITORY / name)
        for part in (REPOSITORY / ".cache").iterdir():
            if part != KEPT:
                shutil.copytree(part, folder / ".cache" / part.name)

    def read(self, name: str) -> bytes:
        """Return the content of a file."""
        return (self._folder / name).read_bytes()

    def killed_by(self, mutant: Mutant, tests: tuple[str, ...], first: list[str], limit: float) -> str | None:
        """Return which test notices a mutant and by what; None when all pass.

        The tests ``first`` (node ids) begin; then come all others of these files. They may take ``limit`` seconds.
        What fails for its time alone must do so twice: other programs may keep the machine busy.
        """
        path = self._folder / mutant.file
        source = path.read_text()
        path.write_text(mutant.applied(source))
        order = self._folder / ".cache" / "order"
        order.write_text("\n".join(first))
        arguments = ("-x", "-p", "tests.mutation.ordering", f"--order={order}", *tests)
        try:
            reason = self.failure(*arguments, limit=limit)
            if reason and _ABOUT_TIME.search(reason):
                reason = self.failure(*arguments, limit=limit)
        finally:
            path.write_text(source)
        return reason

    def failure(self, *arguments: str, limit: float | None = None) -> str | None:
        """Run pytest and return what it says of the first failure; None when there is none."""
        pytest = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--tb=no",
            "-rfE",
            "-p",
            "no:cacheprovider",
            *arguments,
        ]
        with (
            tempfile.TemporaryFile("w+") as output,
            subprocess.Popen(
                # A mutant may kill whoever started it (SANDBOX_KILL_AT), and leave processes: a shell is in between.
                ["sh", "-c", '"$@"; exit $?', "sh", *pytest],
                cwd=self._folder,
                env={**os.environ, "COLUMNS": "300"},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as running,
        ):
            try:
                code = running.wait(limit)
            except subprocess.TimeoutExpired:
                return f"not ended in time: {limit:.0f} s"
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(running.pid, signal.SIGKILL)
            output.seek(0)
            lines = output.read().splitlines()
        if code == 0:
            return None
        failed = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
        return (failed or [line for line in lines if line.strip()][-1:] or [f"exit code {code}"])[0]
