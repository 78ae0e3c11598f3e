"""CDK Terrain in the place of cdktf: the same source, the same Terraform, as quick. In a Python of its own."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from constructs_lib import engine
from deployment.tools import OLDEST_NODE_OF_TERRAIN
from tests.project import ANY_NODE, COMPANY, GUIDE, REPOSITORY, copy_project

TERRAIN = REPOSITORY / "engines" / "cdktn"
PYTHON = {"cdktf": sys.executable, "cdktn": str(TERRAIN / ".venv/bin/python")}
ROUNDS = 2
MOST = 1.6
"""So many times cdktf's processor seconds, Node's among them, are allowed. Measured: 1.0; where the azurerm package is
imported the plain way, 2.1."""


def start(
    name: str, *arguments: str, cwd: Path = REPOSITORY, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the Python of an engine. Its own packages are all that it finds beside the project's."""
    assert Path(PYTHON[name]).exists(), f"{PYTHON[name]} is missing: run make engines/cdktn/.venv/.synced"
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("MLOPS_", "CDKTF_", "PYTHONPATH"))}
    return subprocess.run(
        [PYTHON[name], *arguments],
        cwd=cwd,
        env={**keep, **ANY_NODE, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@dataclass(frozen=True)
class Synthesis:
    """What a run of ``main.py`` wrote, by file, what it said on stderr, and the processor seconds that it took."""

    files: dict[str, str]
    stderr: str
    seconds: float


def synthesize(name: str, project: Path, out: Path) -> Synthesis:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = start(name, "main.py", cwd=project, CDKTF_OUTDIR=str(out))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert done.returncode == 0, done.stderr
    files = {str(path.relative_to(out)): path.read_text() for path in sorted(out.rglob("*.json"))}
    return Synthesis(files, done.stderr, seconds)


@pytest.fixture(scope="module", params=[GUIDE, COMPANY], ids=["guide", "company"])
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Synthesis]]:
    """The runs of both engines, in turn. The guide has a few, to compare seconds: the first fills the caches."""
    folder = tmp_path_factory.mktemp("engines")
    (folder / "project").mkdir()
    project = copy_project(folder / "project", request.param)
    rounds = ROUNDS if request.param == GUIDE else 1
    found: dict[str, list[Synthesis]] = {name: [] for name in PYTHON}
    for number in range(rounds):
        for name in PYTHON:
            found[name].append(synthesize(name, project, folder / f"{name}-{number}"))
    return found


def version(name: str) -> str:
    lock = json.loads((TERRAIN if name == "cdktn" else REPOSITORY).joinpath("Pipfile.lock").read_text())
    return str(lock["default"][name]["version"].removeprefix("=="))


def without_the_engine(text: str, name: str) -> str:
    """Return a file of an engine without what tells engines apart: its version, and the space in what is empty."""
    versions = f'"version": "{version(name)}"'
    assert text.count(versions) == 1, "each file names its engine's version once"
    return re.sub(r"(?<=[\[{])\s+(?=[\]}])", "", text.replace(versions, '"version": ""'))


def test_both_write_the_same(runs: dict[str, list[Synthesis]]) -> None:
    cdktf, cdktn = (
        {path: without_the_engine(text, name) for path, text in runs[name][0].files.items()}
        for name in PYTHON
    )
    assert len(cdktf) == 1 + len(json.loads(cdktf["manifest.json"])["stacks"]) > 4
    assert cdktn == cdktf


def test_the_azurerm_package_is_loaded_the_short_way(runs: dict[str, list[Synthesis]]) -> None:
    assert {run.stderr for done in runs.values() for run in done} == {""}


@pytest.mark.parametrize("runs", [GUIDE], indirect=True, ids=["guide"])
def test_it_is_as_quick(runs: dict[str, list[Synthesis]]) -> None:
    cdktf, cdktn = (min(run.seconds for run in runs[name]) for name in PYTHON)
    assert cdktn <= MOST * cdktf, f"{cdktn:.1f} s, and cdktf takes {cdktf:.1f} s"


def test_a_module_has_two_names_and_is_loaded_once() -> None:
    code = """
from constructs_lib import engine
engine.alias()
import cdktf, cdktf._jsii, cdktn
from constructs_lib.bindings.azurerm import ResourceGroup
print(cdktf is cdktn, cdktf._jsii is cdktn._jsii, cdktf.__spec__.name, cdktf._jsii.__spec__.name)
print(ResourceGroup.__module__, issubclass(ResourceGroup, cdktn.TerraformResource))
try:
    from cdktf_cdktf_provider_azurerm.maps_account import MapsAccount
except ImportError as error:
    print(error)
"""
    done = start("cdktn", "-c", code)
    assert done.stderr == ""
    assert done.stdout.splitlines()[:2] == [
        "True True cdktn cdktn._jsii",
        "cdktn_provider_azurerm.resource_group True",
    ]
    assert "add 'from cdktf_cdktf_provider_azurerm.maps_account import" in done.stdout.splitlines()[2]


def test_where_cdktf_is_there_it_is_the_engine() -> None:
    assert engine.installed() is engine.CDKTF
    before = list(sys.meta_path)
    engine.alias()
    assert sys.meta_path == before


# --- Its command line ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "printed"),
    [
        (f"v{OLDEST_NODE_OF_TERRAIN}", "npx --prefix engines/cdktn cdktn\n"),
        ("v24.1.0", "npx --prefix engines/cdktn cdktn\n"),
        (
            "v22.9.0",
            "node on PATH is 22.9.0, and the command line of CDK Terrain needs 22.19.0 or newer: install that "
            "(https://nodejs.org), or leave out ENGINE=cdktn.\n",
        ),
    ],
)
def test_its_command_line_and_the_node_that_it_needs(tmp_path: Path, node: str, printed: str) -> None:
    for name, says in (("node", node), ("npx", "")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {says}\n")
        (tmp_path / name).chmod(0o755)
    code = (
        "from deployment.tools import ToolError, cdktf\ntry: print(*cdktf())\nexcept ToolError as e: print(e)"
    )
    done = start("cdktn", "-c", code, PATH=f"{tmp_path}:/usr/bin:/bin")
    assert (done.stdout, done.stderr) == (printed, "")


def test_the_oldest_node_is_the_one_that_its_package_names() -> None:
    lock = json.loads((TERRAIN / "package-lock.json").read_text())
    assert lock["packages"]["node_modules/cdktn-cli"]["engines"]["node"] == f">={OLDEST_NODE_OF_TERRAIN}"


# --- Its packages -------------------------------------------------------------------------------------------------


def packages(folder: Path) -> dict[str, Any]:
    """Return what a Pipfile asks for, without the engine's own two packages."""
    asked: dict[str, Any] = tomllib.loads((folder / "Pipfile").read_text())["packages"]
    return {name: asked[name] for name in asked if not name.startswith(("cdktf", "cdktn"))}


def test_beside_the_engine_it_has_the_packages_of_the_project() -> None:
    assert packages(TERRAIN) == packages(REPOSITORY)


def test_the_versions_whose_layout_is_known_are_those_that_are_locked() -> None:
    assert version(engine.CDKTF.azurerm.replace("_", "-")) == engine.CDKTF.azurerm_version
    lock = json.loads((TERRAIN / "Pipfile.lock").read_text())["default"]
    terrain = lock[engine.CDK_TERRAIN.azurerm.replace("_", "-")]["version"]
    assert terrain == f"=={engine.CDK_TERRAIN.azurerm_version}"


@pytest.mark.parametrize("folder", ["", "engines/cdktn", "tests/policy"])
def test_no_lock_file_names_a_download_address(folder: str) -> None:
    assert json.loads((REPOSITORY / folder / "Pipfile.lock").read_text())["_meta"]["sources"] == []
    npm = REPOSITORY / folder / "package-lock.json"
    assert not npm.exists() or '"resolved"' not in npm.read_text()
