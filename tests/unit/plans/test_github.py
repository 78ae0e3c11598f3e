"""The workflows for GitHub: the same programs, the same Terraform, everything pinned."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

from cli import plans
from tests.project import REPOSITORY

FILES = sorted(
    [*(REPOSITORY / ".github/workflows").glob("*.yml"), REPOSITORY / ".github/actions/setup/action.yml"]
)


def load(name: str) -> Any:
    return YAML(typ="safe").load((REPOSITORY / name).read_text())


def test_every_action_is_pinned_by_its_commit() -> None:
    used = [line for path in FILES for line in re.findall(r"uses: (.*)", path.read_text())]
    assert len(used) > 10
    pinned = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/actions/setup")
    assert [line for line in used if not pinned.fullmatch(line)] == []


def test_both_services_use_the_same_terraform() -> None:
    variables = {item["name"]: item["value"] for item in load(".azuredevops/variables.yml")["variables"]}
    (terraform,) = [
        step["with"]
        for step in load(".github/actions/setup/action.yml")["runs"]["steps"]
        if "hashicorp/setup-terraform" in step.get("uses", "")
    ]
    assert terraform["terraform_version"] == variables["terraformVersion"]


def test_every_command_of_the_pipelines_exists() -> None:
    known = set(getattr(get_command(plans.app), "commands", {}))
    paths = [*FILES, *(REPOSITORY / ".azuredevops").rglob("*.yml")]
    used = {name for path in paths for name in re.findall(r"-m cli plans (\w+)", path.read_text())}
    assert used == known


@pytest.mark.parametrize("name", ["pull-request", "drift"])
def test_nothing_may_write_but_the_comment(name: str) -> None:
    workflow = load(f".github/workflows/{name}.yml")
    assert workflow["permissions"] == {"contents": "read"}
    writing = {
        (job, right)
        for job, body in workflow["jobs"].items()
        for right, value in body.get("permissions", {}).items()
        if value == "write"
    }
    assert writing <= {("plan", "id-token"), ("comment", "pull-requests")}


def test_no_expression_of_others_stands_in_a_script() -> None:
    """The name of a branch could be a command."""
    for path in FILES:
        for script in re.findall(r"run: \|\n((?: {8,}.*\n)+)", path.read_text()):
            assert "${{" not in script, path
