"""``mlops plans``: what is said where a command is called wrongly, or where there is nothing to work on."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.__main__ import app
from plans import gates


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In no pipeline, and in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("TF_BUILD", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "CDKTF_OUTDIR", "SYSTEM_COLLECTIONURI"):
        monkeypatch.delenv(name, raising=False)


def run(*words: str) -> Result:
    done = CliRunner().invoke(app, ["plans", *words], prog_name="mlops")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def synthesized(*names: str) -> None:
    stacks: dict[str, Any] = {}
    for name in names:
        folder = Path("cdktf.out/stacks") / name
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text('{"terraform": {"backend": {"local": {"path": "a.tfstate"}}}}')
        stacks[name] = {"dependencies": [], "workingDirectory": f"stacks/{name}"}
    Path("cdktf.out/manifest.json").write_text(json.dumps({"stacks": stacks}))


def result(name: str = "mlops-dev", error: str = "") -> Path:
    path = Path("build/plans") / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"stack": name, "changes": [], "outputs": 0, "error": error}))
    return path


@pytest.mark.parametrize("words", [["make", "mlops-dev"], ["affected"], ["prepare", "mlops-dev"]])
def test_without_stacks_it_says_how_to_write_them(words: list[str]) -> None:
    done = run(*words)
    assert (done.exit_code, "make synth" in done.output) == (3, True)


def test_a_stack_that_is_not_there_is_called_wrongly() -> None:
    synthesized("mlops-registry", "mlops-dev")
    done = run("make", "mlops-def")
    assert done.exit_code == 2
    assert "there is no stack mlops-def, only mlops-registry, mlops-dev." in done.output


def test_a_stack_without_state_is_refused_where_it_must_have_some() -> None:
    synthesized("mlops-registry")
    assert run("prepare", "mlops-registry").exit_code == 0
    refused = run("prepare", "mlops-registry", "--must-have-state")
    assert refused.exit_code == 1
    assert "a person deploys mlops-registry once" in refused.output
    Path("cdktf.out/stacks/mlops-registry/a.tfstate").touch()
    assert run("prepare", "mlops-registry", "--must-have-state").exit_code == 0


def test_a_summary_is_printed_or_written() -> None:
    path = result()
    assert "No changes: `mlops-dev`." in run("summary", str(path)).output
    done = run("summary", "build", "--out", "comment.md", "--removed", '["mlops-old"]')
    assert done.output == ""
    assert "No longer configured: `mlops-old`." in Path("comment.md").read_text()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"stack": "a"}', '{"stack": 1, "changes": [1]}'])
def test_what_is_no_result_is_named(content: str) -> None:
    path = result()
    path.write_text(content)
    done = run("summary", str(path))
    assert done.exit_code == 3
    assert f"{path} is not what mlops plans make writes" in done.output


def test_names_of_removed_stacks_are_json() -> None:
    done = run("summary", str(result()), "--removed", "mlops-old")
    assert (done.exit_code, "--removed takes JSON" in done.output) == (2, True)


def test_a_comment_needs_a_pull_request() -> None:
    done = run("comment", str(result()))
    assert done.exit_code == 3
    assert "This is no run for a pull request in Azure Repos" in done.output


def test_each_environment_needs_an_approval_that_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"a": [("Approval", False)], "b": [("ExclusiveLock", False)], "c": [("Approval", True)]}
    found = [SimpleNamespace(name=name, id=name) for name in there]

    def checks(_: object, __: object, kind: str, name: str) -> list[SimpleNamespace]:
        assert kind == "environment"
        return [
            SimpleNamespace(type=SimpleNamespace(name=what), is_disabled=off) for what, off in there[name]
        ]

    monkeypatch.setattr(gates, "environments", lambda *_: found)
    monkeypatch.setattr(gates, "checks", checks)
    services: Any = None
    assert list(gates.without_gate(services, "mlops", ["a", "b", "c", "d"])) == [
        "The environment b has no approval: a pipeline made it, and not the registry stack.",
        "The environment c has no approval: a pipeline made it, and not the registry stack.",
        "The environment d is not there.",
    ]
