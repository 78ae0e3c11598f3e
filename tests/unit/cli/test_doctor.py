"""``mlops doctor pipelines``: what it prints, and what its exit code says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.__main__ import app
from tests.project import GUIDE, copy_configuration, replace

GOOD = "trigger: none\nvariables:\n- group: mlops-dev-variables\nsteps:\n- script: echo $(workspaceName)\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy_configuration(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yml").write_text(GOOD)
    bad = GOOD.replace("dev-variables", "dev-variable").replace("workspaceName", "workspaceNames")
    (tmp_path / "bad.yml").write_text(bad)
    (tmp_path / "note.yml").write_text(GOOD.replace("workspaceName", "workspacename"))
    return tmp_path


def doctor(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["doctor", "pipelines", *arguments])


def test_nothing_is_wrong(folder: Path) -> None:
    done = doctor("good.yml")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "1 pipeline: 0 findings, 0 notes.\n"


def test_a_note_is_shown_and_no_failure(folder: Path) -> None:
    done = doctor("note.yml")
    assert done.exit_code == 0
    assert done.stdout.startswith("1 pipeline: 0 findings, 1 note.\n\nnote.yml:5: note-case\n")


def test_a_finding_is_a_failure(folder: Path) -> None:
    done = doctor("bad.yml", "good.yml")
    assert done.exit_code == 1
    assert done.stdout.startswith("2 pipelines: 2 findings, 0 notes.\n\nbad.yml:3: unknown-group\n")
    assert "did you mean mlops-dev-variables?" in done.stdout


def test_json_has_all_of_it(folder: Path) -> None:
    done = doctor("bad.yml", "note.yml", "--json")
    assert done.exit_code == 1
    content = json.loads(done.stdout)
    assert content["pipelines"] == ["bad.yml", "note.yml"]
    assert [(f["file"], f["line"], f["kind"]) for f in content["findings"]] == [
        ("bad.yml", 3, "unknown-group"),
        ("bad.yml", 5, "unknown-variable"),
    ]
    assert [note["kind"] for note in content["notes"]] == ["note-case"]
    assert content["findings"][0]["fix"] == "did you mean mlops-dev-variables?"


def test_sarif(folder: Path) -> None:
    done = doctor("bad.yml", "--sarif")
    assert done.exit_code == 1
    results = json.loads(done.stdout)["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["unknown-group", "unknown-variable"]


def test_what_exists_beside_the_platform_is_named(folder: Path) -> None:
    (folder / "own.yml").write_text(
        GOOD.replace("dev-variables\n", "dev-variables\n- group: Own\n")
        + "- script: echo $(workspaceNames)\n"
    )
    assert doctor("own.yml").exit_code == 1
    assert doctor("own.yml", "--group", "Own").exit_code == 0
    assert doctor("own.yml", "--group", "Own", "--variable", "workspaceNames").stdout.startswith(
        "1 pipeline: 0 findings, 0 notes."
    )


def test_all_finds_groups_without_a_pipeline(folder: Path) -> None:
    done = doctor("good.yml", "--all")
    assert done.exit_code == 1
    assert done.stdout.count(": unused-group\n") == 5


def test_wrong_calls(folder: Path) -> None:
    assert doctor().exit_code == 2
    assert doctor("missing.yml").exit_code == 2
    both = doctor("good.yml", "--json", "--sarif")
    assert (both.exit_code, both.stderr) == (2, "Choose --json or --sarif: one document at a time.\n")


def test_a_configuration_with_mistakes_cannot_be_gone_by(folder: Path) -> None:
    replace(folder / "config/platform.yaml", ("type: local", "type: lokal"))
    done = doctor("good.yml", "--json")
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("The configuration has 1 mistake.")


def test_another_configuration(folder: Path) -> None:
    replace(folder / "config/platform.yaml", ("type: local", "type: lokal"))
    assert doctor("good.yml", "--config", str(GUIDE)).exit_code == 0
