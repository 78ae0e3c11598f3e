"""What commands print, written down: the transcripts in the docs, on the guide and on the pipelines that a page shows.

On a page, a ``yaml`` block whose first line is ``# <name>.yml`` is that file, and a ``console`` block has commands
(``$ mlops …``) with what they print. ``$ python -m sandbox …`` meets a stand-in cloud whose Library is as a deployment
of the guide leaves it. ``tests/pipelines/findings.txt`` has all that the doctor says of the pipelines
beside it. ``python -m tests.transcripts`` writes what they print now.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tempfile
from contextlib import chdir
from pathlib import Path
from unittest import mock

import typer
from typer.testing import CliRunner

from cli.__main__ import app
from doctor.examine import examine
from doctor.platform import Platform
from sandbox.__main__ import app as sandbox
from sandbox.cloud.store import CLOUD_VARIABLE, Cloud
from sandbox.rest.server import open_door
from sandbox.services.seed import seed
from settings.loader import load_settings
from tests.project import REPOSITORY, copy_configuration
from tests.unit.library.library import Library

PAGES = tuple(REPOSITORY / "docs" / name for name in ("commands.md", "library.md", "troubleshooting.md"))
FINDINGS = REPOSITORY / "tests" / "pipelines" / "findings.txt"
LIVE = "$ mlops doctor live"
"""Needs something live to look at. tests/e2e/test_doctor_live.py and tests/unit/doctor/live hold what it prints."""
_BLOCK = re.compile(r"^```(yaml|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SANDBOX = "python -m sandbox"
_FILE = re.compile(r"# ([\w/-]+\.yml)\n")


def render(page: str) -> str:
    """Return a page with what its commands print now."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        config = copy_configuration(Path())
        cloud = Path(".sandbox") / "cloud"
        if f"$ {_SANDBOX}" not in page:
            return _BLOCK.sub(_block, page)
        Library(seed(cloud)).deploy(config)
        with mock.patch.dict(os.environ, {CLOUD_VARIABLE: str(cloud)}):
            return _BLOCK.sub(_block, page)


def _block(block: re.Match[str]) -> str:
    kind, text = block.groups()
    if kind == "yaml":
        if file := _FILE.match(text):
            path = Path(file[1])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return block[0]
    commands = [line for line in text.splitlines() if line.startswith("$ ")]
    if any(command.startswith(LIVE) for command in commands):
        return block[0]
    return "```console\n" + "\n".join(f"{command}\n{_printed(command)}" for command in commands) + "```"


def _printed(command: str) -> str:
    words = command.removeprefix("$ ")
    behind_the_door = f"{_SANDBOX} serve -- python -m cli"
    if words.startswith(behind_the_door):
        with (
            open_door(Cloud(Path(os.environ[CLOUD_VARIABLE]))) as door,
            mock.patch.dict(os.environ, door.environment()),
        ):
            return _run(app, "mlops", f"mlops{words.removeprefix(behind_the_door)}")
    if words.startswith(_SANDBOX):
        return _run(sandbox, _SANDBOX, words)
    return _run(app, "mlops", words)


def _run(program: typer.Typer, name: str, command: str) -> str:
    assert command.startswith(f"{name} "), command
    words = shlex.split(command.removeprefix(name))
    with mock.patch.dict(os.environ, {"COLUMNS": "100", "NO_COLOR": "1"}):
        done = CliRunner().invoke(program, words, prog_name=name)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.output


def findings() -> str:
    """Return what the doctor says of the pipelines in ``tests/pipelines/findings``, by the names in that folder."""
    with tempfile.TemporaryDirectory() as folder:
        copied = shutil.copytree(FINDINGS.with_suffix(""), Path(folder) / "findings").resolve()
        (copied / ".git").mkdir()
        platform = Platform(load_settings(copy_configuration(Path(folder))))
        examination = examine([copied], platform, copied)
    return "\n\n".join(map(str, examination.findings)) + "\n"


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(render(path.read_text()))
    FINDINGS.write_text(findings())
