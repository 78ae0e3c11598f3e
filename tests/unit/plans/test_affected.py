"""Which stacks a pull request affects: a repository whose app writes the stacks that a file lists."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from plans.affected import Affected, AffectedError, affected

APP = """
import json, os, sys
from pathlib import Path

out = Path(os.environ.get("CDKTF_OUTDIR", "cdktf.out"))
stacks = json.loads(Path("stacks.json").read_text())
if isinstance(stacks, str):
    sys.exit(stacks)
for name, terraform in stacks.items():
    folder = out / "stacks" / name
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps(terraform))
listed = {name: {"dependencies": [], "workingDirectory": f"stacks/{name}"} for name in stacks}
(out / "manifest.json").write_text(json.dumps({"stacks": listed}))
"""


def git(*words: str) -> None:
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@contoso.example")
    subprocess.run(["git", *identity, *words], check=True, capture_output=True)


def commit(stacks: object) -> None:
    Path("stacks.json").write_text(json.dumps(stacks))
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "Change the stacks")


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("CDKTF_OUTDIR", raising=False)
    Path(".gitignore").write_text("cdktf.out\n")
    Path("main.py").write_text(APP)
    git("init", "--quiet", "--initial-branch=main")
    return folder


def pull_request(stacks: object) -> Path:
    """Commit a branch whose stacks are these, synthesize it, and let main go on meanwhile."""
    git("switch", "--quiet", "--create", "topic")
    commit(stacks)
    subprocess.run([sys.executable, "main.py"], check=True)
    return Path("cdktf.out")


def test_a_stack_is_affected_where_its_terraform_differs_from_the_merge_base(repository: Path) -> None:
    commit({"a": {"x": 1}, "same": {"//": "of the base"}, "gone": {}})
    out = pull_request({"a": {"x": 2}, "same": {"//": "of the branch"}, "new": {}})
    git("switch", "--quiet", "main")
    commit({"a": {"x": 2}, "same": {"//": "", "x": "main went on"}})
    git("switch", "--quiet", "topic")
    found = affected(out, "main")
    assert found == Affected(changed=["a"], added=["new"], removed=["gone"])
    assert found.to_json() == {"changed": ["a"], "added": ["new"], "removed": ["gone"], "why": ""}


def test_nothing_stays_of_the_merge_base(repository: Path) -> None:
    commit({"a": {}})
    before = sorted(repository.iterdir())
    out = pull_request({"a": {"x": 1}})
    affected(out, "main")
    assert sorted(repository.iterdir()) == sorted([*before, repository / "cdktf.out"])
    listed = subprocess.run(["git", "worktree", "list"], check=True, capture_output=True, text=True).stdout
    assert len(listed.splitlines()) == 1


def test_all_stacks_are_affected_where_the_merge_base_cannot_be_synthesized() -> None:
    commit("first\n2\n3\n4\n5\nlast")
    found = affected(pull_request({"a": {}, "b": {}}), "main")
    assert (found.changed, found.added, found.removed) == (["a", "b"], [], [])
    assert found.why.endswith("packages of this commit: 2 3 4 5 last")


def test_a_failure_without_a_word_has_its_exit_code() -> None:
    Path("main.py").write_text("raise SystemExit(7)")
    commit({})
    Path("main.py").write_text(APP)
    assert affected(pull_request({"a": {}}), "main").why.endswith("exit code 7")


def test_a_branch_that_is_not_there_is_named_with_what_the_checkout_needs() -> None:
    commit({"a": {}})
    with pytest.raises(
        AffectedError,
        match=r"(?s)git merge-base HEAD failed: .*origin/main.*\nThe checkout needs the whole history",
    ):
        affected(pull_request({"a": {}}), "origin/main")


def test_without_git_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    commit({"a": {}})
    out = pull_request({"a": {}})
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AffectedError, match="git is not on PATH"):
        affected(out, "main")


def test_without_stacks_there_is_nothing_to_compare(tmp_path: Path) -> None:
    with pytest.raises(AffectedError, match="make synth"):
        affected(tmp_path, "main")
