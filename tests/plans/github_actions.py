"""The workflows in ``.github`` as GitHub Actions reads them, and their steps run one after the other.

Nothing is copied out of the YAML: what runs is what stands there. Expressions are known as far as they are used.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.project import REPOSITORY

_STATUS = re.compile(r"\b(success|failure|cancelled|always)\(")
_NOT_RUN_HERE = ("actions/checkout", "azure/login")
_SIGNS = {"&&": " and ", "||": " or ", "!": " not ", "==": "==", "!=": "!=", "(": "(", ")": ")"}


class GitHubCli:
    """A program in the place of ``gh``: comments are files. It takes the options that are used, and no others."""

    def __init__(self, folder: Path) -> None:
        self.path, self._said = folder / "bin", folder / "comments"
        self.path.mkdir(parents=True)
        self._said.mkdir()
        program = self.path / "gh"
        program.write_text(
            "#!/bin/sh\nset -eu\n"
            '[ "$1 $2 $4 $6 $7" = "pr comment --body-file --edit-last --create-if-none" ] && [ $# = 7 ]\n'
            '[ "$GH_TOKEN" = token-of-the-job ]\n'
            f'cp "$5" "{self._said}/$3.md"\necho "$3" >>"{self._said}/calls"\n'
        )
        program.chmod(0o755)

    def comments(self) -> dict[str, str]:
        """Return the comment of each pull request."""
        return {path.stem: path.read_text() for path in self._said.glob("*.md")}


@dataclass
class Workflow:
    """A run of one workflow on one machine: what its jobs came to, their outputs and what they kept."""

    jobs: dict[str, Any]
    contexts: dict[str, Any]
    """``github`` and ``vars``."""
    kept: Path
    """The folder of artifacts and of the files that steps write to."""
    results: dict[str, str] = field(default_factory=dict)
    """``success``, ``failure`` or ``skipped``, by the job."""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    """By the job."""
    summaries: str = ""
    """What the run shows on its page."""
    last: subprocess.CompletedProcess[str] | None = None
    """The step that ran last."""

    @classmethod
    def of(cls, name: str, kept: Path, **contexts: Any) -> Workflow:
        """Begin a run of ``<name>.yml``."""
        kept.mkdir(parents=True)
        return cls(_load(f".github/workflows/{name}.yml")["jobs"], contexts, kept)

    def run(self, folder: Path, environment: Mapping[str, str]) -> dict[str, list[str]]:
        """Run all jobs in the order of the file; return the titles of the steps that ran, by the job's own name."""
        ran: dict[str, list[str]] = {}
        for name, job in self.jobs.items():
            contexts = {**self.contexts, "needs": self._needs(job), "matrix": {}}
            done = [self.results[need] for need in contexts["needs"]]
            if not _holds(job.get("if", ""), contexts, failed=any(result != "success" for result in done)):
                self.results[name] = "skipped"
                continue
            results = []
            for matrix in _combinations(job, contexts):
                run = _Job(self, job, {**contexts, "matrix": matrix, "steps": {}}, folder, environment)
                title = run.text(job["name"])
                ran[title] = run.steps(job["steps"])
                results.append("failure" if run.failed else "success")
                self.outputs[name] = {key: run.text(value) for key, value in job.get("outputs", {}).items()}
            self.results[name] = "failure" if "failure" in results else "success"
        return ran

    def _needs(self, job: dict[str, Any]) -> dict[str, Any]:
        names = job.get("needs", [])
        return {
            name: {"result": self.results[name], "outputs": self.outputs.get(name, {})}
            for name in ([names] if isinstance(names, str) else names)
        }


class _Job:
    """One job: what its steps leave to those after them."""

    def __init__(
        self,
        workflow: Workflow,
        job: dict[str, Any],
        contexts: dict[str, Any],
        folder: Path,
        environment: Mapping[str, str],
    ) -> None:
        self.failed = False
        self._workflow, self._contexts, self._folder = workflow, contexts, folder
        self._environment = {**environment, **self._env(job)}
        self._ran: list[str] = []

    def text(self, value: Any) -> str:
        """Return a value of the YAML with its expressions filled in."""
        return re.sub(
            r"\$\{\{ (.*?) \}\}", lambda match: str(_value(match[1], self._contexts, self.failed)), str(value)
        )

    def steps(self, steps: list[dict[str, Any]]) -> list[str]:
        """Run steps, and return the titles of all that ran in this job so far."""
        for step in steps:
            if not _holds(step.get("if", ""), self._contexts, failed=self.failed):
                continue
            if "run" in step:
                self._ran.append(step.get("name", step["run"]))
                self._script(step)
            else:
                self._action(step["uses"], step.get("with", {}))
        return self._ran

    def _action(self, uses: str, given: dict[str, Any]) -> None:
        action = uses.partition("@")[0]
        if action.startswith("./"):
            inside = _load(f"{action[2:]}/action.yml")["runs"]["steps"]
            self.steps([step for step in inside if "run" in step])
        elif action == "actions/upload-artifact":
            artifact = self._workflow.kept / "artifacts" / self.text(given["name"])
            shutil.rmtree(artifact, ignore_errors=True)
            shutil.move(self._folder / given["path"], artifact)  # the next job is on another machine
        elif action == "actions/download-artifact":
            for found in (self._workflow.kept / "artifacts").glob(given["pattern"]):
                shutil.copytree(found, self._folder / given["path"] / found.name)
        else:
            assert action in _NOT_RUN_HERE, action

    def _script(self, step: dict[str, Any]) -> None:
        files = {
            variable: self._workflow.kept / variable.lower()
            for variable in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")
        }
        for file in files.values():
            file.write_text("")
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail"] if "shell" in step else ["bash", "-e"]
        own = {variable: str(file) for variable, file in files.items()}
        done = subprocess.run(
            [*shell, "-c", step["run"]],
            cwd=self._folder,
            env={**self._environment, **self._env(step), **own},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        self._workflow.last = done
        self.failed |= done.returncode != 0
        self._environment |= _lines(files["GITHUB_ENV"])
        self._workflow.summaries += files["GITHUB_STEP_SUMMARY"].read_text()
        if "id" in step:
            self._contexts["steps"][step["id"]] = {"outputs": _lines(files["GITHUB_OUTPUT"])}

    def _env(self, body: dict[str, Any]) -> dict[str, str]:
        return {name: self.text(value) for name, value in body.get("env", {}).items()}


def _combinations(job: dict[str, Any], contexts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the values of a matrix of one dimension."""
    if "strategy" not in job:
        yield {}
        return
    ((name, expression),) = job["strategy"]["matrix"].items()
    for value in _value(expression.removeprefix("${{").removesuffix("}}"), contexts, failed=False):
        yield {name: value}


def _holds(condition: str, contexts: dict[str, Any], *, failed: bool) -> bool:
    """Tell whether something runs: without a word about what came before, only after success."""
    if not _STATUS.search(condition):
        condition = f"success() && ({condition})" if condition else "success()"
    return bool(_value(condition, contexts, failed))


def _value(expression: str, contexts: dict[str, Any], failed: bool) -> Any:
    """Return the value of an expression; what a context does not have is an empty text."""

    def context(path: str) -> Any:
        value: Any = contexts
        for name in path.split("."):
            value = value.get(name, "") if isinstance(value, dict) else ""
        return value

    functions = {
        "success": lambda: not failed,
        "failure": lambda: failed,
        "cancelled": lambda: False,
        "fromJSON": json.loads,
        "context": context,
    }
    parts = []
    for quoted, name, call, sign in re.findall(
        r"('[^']*')|([a-z][\w.-]*)(\()?|(&&|\|\||==|!=|[!()])", expression, re.I
    ):
        parts.append(quoted or _SIGNS.get(sign) or (f"{name}(" if call else f"context({name!r})"))
    text = "".join(parts).strip()
    return eval(text, {"__builtins__": {}}, functions)  # noqa: S307  # of the YAML of this project


def _lines(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def _load(name: str) -> Any:
    return YAML(typ="safe").load((REPOSITORY / name).read_text())
