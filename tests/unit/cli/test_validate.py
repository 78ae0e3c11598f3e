"""``python -m cli validate``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from tests.project import GUIDE, copy_configuration, replace

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
