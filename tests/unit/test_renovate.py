"""``renovate.json`` sees every file that names packages, and lets ``make lock`` write what follows from them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib import engine
from constructs_lib.azure.provider import AZURERM_VERSION
from tests.project import REPOSITORY

RENOVATE: dict[str, Any] = json.loads((REPOSITORY / "renovate.json").read_text())
MAKEFILE = (REPOSITORY / "Makefile").read_text()
# Which manager of Renovate reads a file, by what its path ends in.
MANAGERS = {"Pipfile": "pipenv", "package.json": "npm", ".github/workflows/": "github-actions"}
INSTALLED = {".venv", "node_modules", ".tools", ".cache", ".git", "build", "cdktf.out", ".sandbox"}


def files() -> Iterator[str]:
    """Yield the path of every file of the project, with slashes."""
    for folder, folders, names in os.walk(REPOSITORY):
        folders[:] = [name for name in folders if name not in INSTALLED]
        yield from (Path(folder, name).relative_to(REPOSITORY).as_posix() for name in names)


FILES = sorted(files())


def rules_for(package: str) -> list[dict[str, Any]]:
    return [rule for rule in RENOVATE["packageRules"] if package in rule.get("matchPackageNames", ())]


def test_every_kind_of_file_that_names_packages_has_its_manager() -> None:
    kinds = {
        manager for end, manager in MANAGERS.items() for path in FILES if f"/{path}".find(f"/{end}") >= 0
    }
    assert {*RENOVATE["enabledManagers"]} - {"custom.regex"} == kinds


def test_the_folder_of_tests_is_not_left_out() -> None:
    """Renovate's recommendation leaves it out, and with it the packages of tests/policy."""
    assert "config:recommended" in RENOVATE["extends"]
    assert RENOVATE["ignorePaths"] == ["**/node_modules/**", "**/.venv/**"]


@pytest.mark.parametrize("name", ["Pipfile", "package.json"])
def test_make_lock_writes_the_lock_file_of_each(name: str) -> None:
    recipe = MAKEFILE.partition("\nlock:")[2].partition("\n.PHONY")[0]
    for path in (path for path in FILES if path.rpartition("/")[2] == name):
        assert re.search(rf" {path if name == 'Pipfile' else Path(path).parent}[ ;]", recipe), path


def test_all_that_make_lock_writes_is_committed() -> None:
    task = RENOVATE["postUpgradeTasks"]
    assert task["commands"] == ["make lock"]
    written = [
        path
        for path in FILES
        if path.rpartition("/")[2] in ("Pipfile.lock", "package-lock.json", "pipenv.txt")
    ]
    assert len(written) == 6
    for path in written:
        # In Renovate **/ stands for any number of folders, also none.
        assert any(
            path == filter_ or f"/{path}".endswith(filter_.removeprefix("**"))
            for filter_ in task["fileFilters"]
        )


def test_the_versions_outside_of_such_files_are_found() -> None:
    found: dict[str, str] = {}
    for manager in RENOVATE["customManagers"]:
        (path,), (pattern,) = manager["managerFilePatterns"], manager["matchStrings"]
        for match in re.finditer(pattern.replace("(?<", "(?P<"), (REPOSITORY / path).read_text()):
            found[match.groupdict().get("depName") or manager["depNameTemplate"]] = match["currentValue"]
    pipenv = re.search(r"^PIPENV_VERSION := (.*)$", MAKEFILE, re.MULTILINE)
    assert pipenv
    assert found == {
        "pipenv": pipenv[1],
        **{one.azurerm: one.azurerm_version for one in (engine.CDKTF, engine.CDK_TERRAIN)},
    }


def test_the_bindings_stay_with_the_major_version_of_azurerm() -> None:
    assert AZURERM_VERSION.startswith("~> 4.")
    assert [
        rule["allowedVersions"] for rule in rules_for("cdktn-provider-azurerm") if "allowedVersions" in rule
    ] == ["<18"]


@pytest.mark.parametrize("package", ["cdktf", "cdktf-cli", "cdktf-cdktf-provider-azurerm"])
def test_what_is_archived_is_left_alone(package: str) -> None:
    assert [rule["enabled"] for rule in rules_for(package)] == [False]
