"""Which stacks a pull request affects: those whose Terraform differs from what the merge base becomes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from deployment.stacks import MANIFEST, Stack, read_stacks

_LAST_LINES = 5
_COMMENT = "//"


class AffectedError(Exception):
    """It cannot be found out; the message says why and what to do."""


@dataclass(frozen=True)
class Affected:
    """The stacks of a pull request, by their names."""

    changed: list[str]
    """Their Terraform differs."""
    added: list[str] = field(default_factory=list)
    """The merge base does not have them."""
    removed: list[str] = field(default_factory=list)
    """Only the merge base has them. No pipeline destroys them."""
    why: str = ""
    """Why all stacks count as affected, where the merge base could not be synthesized."""

    @property
    def to_plan(self) -> list[str]:
        """The stacks to plan."""
        return [*self.changed, *self.added]

    def without(self, name: str) -> Affected:
        """Return it without a stack that no pipeline plans."""
        changed, added = ([each for each in names if each != name] for names in (self.changed, self.added))
        return replace(self, changed=changed, added=added)

    def to_json(self) -> dict[str, Any]:
        """Return it as a document of JSON."""
        return {"changed": self.changed, "added": self.added, "removed": self.removed, "why": self.why}


def affected(out: Path, base: str) -> Affected:
    """Compare the stacks in ``out``, which were just synthesized, with those of the merge base with ``base``.

    ``base`` is a branch or commit, such as ``origin/main``. The merge base is checked out to a folder of its own, and
    synthesized with the packages of this working tree. Where that fails, all stacks are affected. Raises AffectedError.
    """
    if not (out / MANIFEST).exists():
        raise AffectedError(f"There are no stacks in {out}. Write them first: make synth")
    head = read_stacks(out)
    commit = _git("merge-base", "HEAD", base)
    with _checked_out(commit) as folder, TemporaryDirectory() as place:
        written = Path(place) / "cdktf.out"
        if why := _synthesize(folder, written):
            return Affected([stack.name for stack in head], why=why)
        return compare(head, read_stacks(written))


def compare(head: list[Stack], base: list[Stack]) -> Affected:
    """Compare stacks by what Terraform reads of them: comments (``//``) are none of it."""
    before = {stack.name: _without_comments(stack.terraform) for stack in base}
    now = {stack.name: _without_comments(stack.terraform) for stack in head}
    return Affected(
        changed=[name for name in now if name in before and now[name] != before[name]],
        added=[name for name in now if name not in before],
        removed=[name for name in before if name not in now],
    )


def _without_comments(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_comments(item) for key, item in value.items() if key != _COMMENT}
    return [_without_comments(item) for item in value] if isinstance(value, list) else value


@contextmanager
def _checked_out(commit: str) -> Iterator[Path]:
    """Check a commit out to a folder of its own, as long as the block lasts."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "merge-base"
        _git("worktree", "add", "--detach", "--force", str(folder), commit)
        try:
            yield folder
        finally:
            _git("worktree", "remove", "--force", str(folder))


def _synthesize(folder: Path, out: Path) -> str:
    """Write the stacks of another working tree; return why that failed, or nothing."""
    done = subprocess.run(  # this Python, on the app of the same repository
        [sys.executable, "main.py"],
        cwd=folder,
        env={**os.environ, "CDKTF_OUTDIR": str(out), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return ""
    said = " ".join(done.stderr.strip().splitlines()[-_LAST_LINES:]) or f"exit code {done.returncode}"
    return f"The merge base cannot be synthesized with the packages of this commit: {said}"


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  # git, with arguments of this module
            ["git", *arguments],  # noqa: S607  # the one on PATH
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise AffectedError("git is not on PATH: the merge base cannot be found.") from None
    if done.returncode:
        said = done.stderr.strip() or "it said nothing"
        raise AffectedError(
            f"git {' '.join(arguments[:2])} failed: {said}\nThe checkout needs the whole history (fetchDepth: 0) and "
            "the branch that the pull request goes to."
        )
    return done.stdout.strip()
