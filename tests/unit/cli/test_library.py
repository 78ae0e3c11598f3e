"""``mlops library``: the six groups, as the configuration has them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.__main__ import app
from tests.guide.tables import VARIABLES
from tests.project import COMPANY, GUIDE, REPOSITORY, copy_configuration, replace, use_every_option


def library(*arguments: str, config: Path = GUIDE) -> Result:
    return CliRunner().invoke(app, ["library", "--config", str(config), *arguments])


def groups(*arguments: str, config: Path = GUIDE) -> dict[str, dict[str, dict[str, Any]]]:
    done = library("--json", *arguments, config=config)
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)["groups"]
    return {group["name"]: {variable["name"]: variable for variable in group["variables"]} for group in found}


def test_every_variable_of_the_guide_has_its_value() -> None:
    found = groups()
    assert list(found)[:3] == ["mlops-dev-variables", "mlops-test-variables", "mlops-prod-variables"]
    assert set(found) == set(VARIABLES)
    for group, variables in VARIABLES.items():
        for name, value in variables.items():
            if name != "subscriptionId":  # a placeholder in guide/
                assert found[group][name]["value"] == value


def test_the_line_of_each_variable_has_its_value() -> None:
    checked = 0
    for variables in groups().values():
        for variable in variables.values():
            line = (REPOSITORY / variable["file"]).read_text().splitlines()[int(variable["line"]) - 1]
            key = variable["key"].rpartition(": ")[2].rpartition(".")[2]
            if key in line and variable["value"] not in ("true", "false", "pagerduty,email,slack"):
                assert variable["value"].replace(",", ", ") in line, variable
                checked += 1
    assert checked > 90


def test_plain_text_has_a_line_for_each_variable() -> None:
    done = library("--env", "prod")
    assert done.exit_code == 0
    head, columns, *rows = done.stdout.splitlines()
    assert head == "mlops-prod-variables  used by: Prod Deployment, Auto Rollback"
    assert re.split(" {2,}", columns) == ["variable", "value", "owner", "source"]
    assert [re.split(" {2,}", row) for row in rows][3:6] == [
        ["workspaceName", "mlops-prod-workspace", "terraform", "guide/environments/prod.yaml:12"],
        ["azureServiceConnection", "Azure-MLOps-Prod", "terraform", "guide/environments/prod.yaml:26"],
        ["prodScoringCluster", "prod-scoring-cluster", "terraform", "guide/environments/prod.yaml:45"],
    ]
    assert len(rows) == len(groups("--env", "prod")["mlops-prod-variables"])


def test_groups_and_variables_of_your_own(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    use_every_option(config)
    found = groups(config=config)
    extra = found["mlops-pipeline-settings"]["batchSize"]
    assert (extra["value"], extra["owner"]) == ("010", "library")
    assert "batchSize" in (config / "platform.yaml").read_text().splitlines()[int(extra["line"]) - 1]
    secret = found["mlops-staging-secrets"]["scoring-api-password"]
    assert (secret["value"], secret["owner"]) == (None, "key vault")
    assert "(secret)" in library("--env", "staging", config=config).stdout


def test_everything_of_a_company_is_shown() -> None:
    assert len(groups(config=COMPANY)) >= 6


def test_a_long_value_is_whole_and_does_not_push_the_others_apart() -> None:
    lines = library("--env", "dev", config=COMPANY).stdout.splitlines()
    long = [line for line in lines if "/userAssignedIdentities/" in line]
    assert long
    assert all("-endpoint  terraform  " in line for line in long)
    assert max(len(line) for line in lines if line not in long) < 130


def test_an_environment_that_is_not_there() -> None:
    done = library("--env", "stage")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "There is no environment stage, only dev, test, prod.\n"


def test_a_configuration_with_mistakes(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    replace(config / "platform.yaml", ("type: local", "type: lokal"))
    assert library(config=config).exit_code == 3


def test_a_terminal_gets_a_table_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setenv("TERM", "xterm")
    lines = library("--env", "dev").stdout.splitlines()
    bare = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    assert any("\x1b[1m" in line for line in lines)
    assert max(map(len, bare)) <= 70
