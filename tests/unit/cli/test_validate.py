"""``mlops validate``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from settings.rules.notes import HOSTED_PYTHON, SUGGESTED_PYTHON
from tests.project import COMPANY, GUIDE, REPOSITORY, copy_configuration, replace

runner = CliRunner()


def test_a_good_configuration_is_said_to_be_good() -> None:
    done = runner.invoke(app, ["validate", str(GUIDE)])
    assert done.exit_code == 0
    assert "no mistakes. Environments: dev, test, prod." in done.stdout
    assert "azure.tenant_id" in done.stdout


def test_every_mistake_is_reported_on_stderr(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    replace(config / "environments/dev.yaml", ("tier: dev", "tier: [dev]"))
    replace(config / "platform.yaml", ("type: local", "type: lokal"))
    done = runner.invoke(app, ["validate", str(config)])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "config/environments/dev.yaml:" in done.stderr
    assert "config/platform.yaml:" in done.stderr
    assert "2 mistakes" in done.stderr


def test_imports_that_the_local_state_holds_can_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = copy_configuration(tmp_path)
    (config / "imports").mkdir()
    (config / "imports" / "mlops-dev.yaml").write_text("imports:\n  a.b: c\n")
    (tmp_path / ".state").mkdir()
    held = {"mode": "managed", "type": "a", "name": "b", "instances": [{}]}
    state = tmp_path / ".state" / "terraform.mlops-dev.tfstate"
    state.write_text(json.dumps({"version": 4, "resources": [held]}))
    monkeypatch.chdir(tmp_path)
    done = runner.invoke(app, ["validate", str(config)])
    assert done.exit_code == 0
    assert "config/imports/mlops-dev.yaml can go: the state holds all that it names." in done.stdout


def test_json_of_a_good_configuration() -> None:
    done = runner.invoke(app, ["validate", str(GUIDE), "--json"])
    assert (done.exit_code, done.stderr) == (0, "")
    content = json.loads(done.stdout)
    assert content["environments"] == ["dev", "test", "prod"]
    assert content["placeholders"][0] == {"key": "azure.tenant_id", "file": "guide/platform.yaml", "line": 7}
    assert content["mistakes"] == []


def test_json_of_mistakes(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    replace(config / "environments/dev.yaml", ("tier: dev", "tier: deev"))
    replace(config / "platform.yaml", ("type: local", "type: lokal"))
    done = runner.invoke(app, ["validate", str(config), "--json"])
    assert (done.exit_code, done.stderr) == (1, "")
    content = json.loads(done.stdout)
    assert (content["environments"], len(content["mistakes"])) == ([], 2)
    assert content["mistakes"][0] == {
        "key": "tier",
        "file": "config/environments/dev.yaml",
        "line": 6,
        "column": 7,
        "found": '"deev"',
        "allowed": "one of dev, test, prod. dev, test or prod: which rules apply, and the order in which thresholds "
        "get stricter.",
        "fix": "did you mean dev?",
    }


@pytest.mark.parametrize("version", ["3.9", "3.15"])
def test_a_python_that_hosted_agents_do_not_have_is_noted_and_no_mistake(
    tmp_path: Path, version: str
) -> None:
    config = copy_configuration(tmp_path)
    replace(config / "platform.yaml", ('"3.9"', f'"{version}"'))
    done = runner.invoke(app, ["validate", str(config)])
    assert done.exit_code == 0
    line = (config / "platform.yaml").read_text().splitlines().index(f'  pythonVersion: "{version}"') + 1
    assert (
        f"Note: pipeline_settings.pythonVersion (config/platform.yaml, line {line}) is {version}, "
        "which Microsoft's hosted agents do not have: 3.10 to 3.14, as of January 2026.\n"
    ) in done.stdout
    assert f'Set it to "3.12", or keep it for agents of your own that have {version}.' in done.stdout


@pytest.mark.parametrize("version", HOSTED_PYTHON)
def test_a_python_that_they_have_is_not_noted(tmp_path: Path, version: str) -> None:
    config = copy_configuration(tmp_path)
    replace(config / "platform.yaml", ('"3.9"', f'"{version}"'))
    done = runner.invoke(app, ["validate", str(config)])
    assert done.exit_code == 0
    assert "Note:" not in done.stdout


def test_the_example_of_a_company_has_nothing_to_note() -> None:
    done = runner.invoke(app, ["validate", str(COMPANY)])
    assert done.stdout == f"{COMPANY}: no mistakes. Environments: dev, test, prod.\n"


def test_what_is_suggested_is_there() -> None:
    assert SUGGESTED_PYTHON in HOSTED_PYTHON


def test_what_signs_in_is_not_imported() -> None:
    """It takes as long as all of the rest, and this command reads nothing but files."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "cli", "validate", "guide"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "client.services" in imported
    assert imported & {"azure.core", "azure.identity", "requests"} == set()
