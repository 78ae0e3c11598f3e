"""``mlops pull``, and what it leaves in the files."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from cli.__main__ import app
from tests.project import GUIDE

DEV, PROD = "mlops-dev-variables", "mlops-prod-variables"
SETTINGS, REGISTRY = "mlops-pipeline-settings", "mlops-registry-variables"


def pull(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["pull", "--config", str(config), *arguments])


def texts(config: Path) -> dict[str, str]:
    return {path.relative_to(config).as_posix(): path.read_text() for path in sorted(config.rglob("*.yaml"))}


def changed_lines(config: Path) -> list[tuple[str, str, str]]:
    """Return file, old line and new line; only for pulls that add no line."""
    before, after = texts(GUIDE), texts(config)
    assert list(before) == list(after)
    return [
        (name, *lines)
        for name in before
        for lines in zip(before[name].split("\n"), after[name].split("\n"), strict=True)
        if lines[0] != lines[1]
    ]


def refused(config: Path) -> str:
    before = texts(config)
    for arguments in ([], ["--check"], ["--json"]):
        done = pull(config, *arguments)
        assert (done.exit_code, done.stdout) == (3, ""), done.output
    assert texts(config) == before
    return done.stderr


def differences(config: Path) -> list[dict[str, str]]:
    done = CliRunner().invoke(app, ["library", "--diff", "--json", "--config", str(config)])
    found: list[dict[str, str]] = json.loads(done.stdout)["differences"]
    return found
