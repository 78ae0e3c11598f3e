"""What ``make`` says where something is missing: one line and the remedy, before anything else happens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from deployment.tools import OLDEST_TERRAFORM
from tests.project import ANY_NODE, REPOSITORY, copy_project, replace

# What the recipes need of a machine before anything of this project's own.
TOOLS = ("make", "bash", "sh", "sed", "awk", "env", "mkdir", "rm", "cat", "touch")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that is set up, as far as make can see."""
    (tmp_path / "project").mkdir()
    project = copy_project(tmp_path / "project")
    for name in (
        "Makefile",
        "Pipfile",
        "Pipfile.lock",
        "pipenv.txt",
        "package.json",
        "package-lock.json",
        "cdktf.json",
        "cli",
        "adoption",
        "client",
        "plans",
        "doctor",
        "library",
    ):
        source = REPOSITORY / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, project / name)
    for place in (".tools/bin/pipenv", ".venv/.synced", "node_modules/.synced"):
        (project / place).parent.mkdir(parents=True, exist_ok=True)
        (project / place).touch()
    python = project / ".venv/bin/python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return project


def path_with(folder: Path, tools: Sequence[str]) -> str:
    """Return a PATH on which there is nothing but these programs."""
    folder.mkdir()
    for tool in tools:
        found = shutil.which(tool)
        assert found, tool
        (folder / tool).symlink_to(found)
    return str(folder)


def make(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=project,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(project),
            "LC_ALL": "C.UTF-8",
            **ANY_NODE,
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Return what was printed, without make's own last line."""
    assert done.returncode == 2, done.stdout
    lines = done.stderr.splitlines()
    assert lines.pop().startswith("make: ***")
    return "\n".join([*done.stdout.splitlines(), *lines])


MISSING = {
    "python": (
        (".tools", ".venv"), "synth", TOOLS,
        "Python 3.11 is needed, and there is none on PATH: install it and run make again.",
    ),
    "npm": (
        ("node_modules",), "synth", TOOLS,
        "Node 20 or newer is needed, and npm is not on PATH: install it and run make again.",
    ),
    "node, later": (
        (), "synth", TOOLS,
        "node is not on PATH, and cdktf runs in it. Install Node 20 or newer (https://nodejs.org).",
    ),
    "terraform": (
        (), "diff", (*TOOLS, "node", "npx"),
        "terraform is not on PATH. Install Terraform 1.11.2 or newer "
        "(https://developer.hashicorp.com/terraform/install), or OpenTofu and set TERRAFORM_BINARY_NAME=tofu.",
    ),
    "npx": (
        (), "diff", (*TOOLS, "terraform"), "npx is not on PATH. Install Node 20 or newer (https://nodejs.org).",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("gone", "target", "tools", "expected"), MISSING.values(), ids=MISSING)
def test_each_command_names_what_it_lacks(
    project: Path, tmp_path: Path, gone: Sequence[str], target: str, tools: Sequence[str], expected: str
) -> None:
    for name in gone:
        shutil.rmtree(project / name)
    done = make(project, target, "STACK=mlops-dev", PATH=path_with(tmp_path / "bin", tools))
    assert said(done) == expected
    assert not (project / "cdktf.out").exists()


@pytest.mark.parametrize("target", ["diff", "deploy", "destroy"])
@pytest.mark.parametrize(("binary", "version"), [("terraform", "1.11.1"), ("tofu", "1.9.0")])
def test_a_terraform_that_is_too_old(
    project: Path, tmp_path: Path, target: str, binary: str, version: str
) -> None:
    programs = path_with(tmp_path / "bin", (*TOOLS, "node", "npx"))
    old = tmp_path / "bin" / binary
    old.write_text(
        f"""#!/bin/sh\n[ "$*" = "version -json" ] && echo '{{"terraform_version": "{version}"}}'\n"""
    )
    old.chmod(0o755)
    done = make(project, target, "STACK=mlops-dev", PATH=programs, TERRAFORM_BINARY_NAME=binary)
    assert said(done) == (
        f"{binary} on PATH is {version}, and every stack asks for {OLDEST_TERRAFORM} or newer: install that."
    )
    assert not (project / "cdktf.out").exists()


@pytest.mark.parametrize("target", ["diff", "deploy", "destroy"])
def test_a_home_that_cdktf_cannot_write_to(project: Path, target: str) -> None:
    (project / "file").touch()
    printed = said(make(project, target, "STACK=mlops-dev", HOME=str(project / "file")))
    assert printed == (
        f"{project}/file/.terraform.d/plugin-cache cannot be written: cdktf keeps providers there. Make it a folder "
        "that you may write to, or set CDKTF_DISABLE_PLUGIN_CACHE_ENV=1."
    )


def test_a_diff_prints_a_mistake_once(project: Path) -> None:
    replace(project / "config/environments/dev.yaml", ("max_nodes: 4", "max_node: 4"))
    printed = said(make(project, "diff", "STACK=mlops-dev"))
    assert printed.startswith("The configuration has 1 mistake. Nothing was written.\n")
    assert printed.count("max_nodes?") == 1
    assert printed.splitlines()[-1] == "    fix:     did you mean max_nodes?"


def test_no_shell_reads_the_name_of_a_stack(project: Path) -> None:
    printed = said(make(project, "diff", "STACK=x; touch made || $(touch made) `touch made` *"))
    assert "There is no stack x;, only" in printed
    assert not (project / "made").exists()


def test_cleaning_keeps_what_takes_down_a_removed_environment(project: Path) -> None:
    kept, gone = project / "cdktf.out/removed/mlops-old", project / "cdktf.out/stacks/mlops-dev"
    for folder in (kept, gone):
        folder.mkdir(parents=True)
    done = make(project, "clean")
    assert done.returncode == 0, done.stderr
    assert kept.exists()
    assert not gone.exists()


COMMANDS = "x; touch made || touch made & `touch made` $(touch made) $$(touch made) $(shell touch made)"


@pytest.mark.parametrize(
    ("target", "variable"),
    [
        *(("diff", "STACK"), ("deploy", "STACK"), ("destroy", "STACK")),
        *(
            ("sandbox", "KEEP"),
            ("check", "DEPLOYABLE"),
            ("synth", "PYTHON"),
            ("lock", "PYTHON"),
            ("synth", "ENGINE"),
        ),
        *(("library", "ENVIRONMENT"), ("pull", "ENVIRONMENT"), ("doctor", "PIPELINES")),
    ],
)
def test_what_somebody_gives_make_is_never_a_command(project: Path, target: str, variable: str) -> None:
    if variable == "PYTHON":
        (project / ".tools/bin/pipenv").unlink()  # so that one is needed
    (project / "config/platform.yaml").write_text("")  # so that nothing takes long
    tests = project / "tests/policy/.venv"
    tests.mkdir(parents=True)
    (tests / ".synced").touch()
    assert make(project, target, f"{variable}={COMMANDS}").returncode == 2
    assert make(project, target, **{variable: COMMANDS}).returncode == 2
    assert not list(project.rglob("made"))


def test_a_folder_with_blanks_and_signs(project: Path, tmp_path: Path) -> None:
    project = project.rename(tmp_path / "a b; touch made")
    done = make(project, "synth")
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.rglob("made"))


def test_pipenv_is_installed_by_its_hashes_and_at_the_version_that_make_lock_names() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    version = re.search(r"^PIPENV_VERSION := (\S+)$", makefile, re.MULTILINE)
    lines = (REPOSITORY / "pipenv.txt").read_text().splitlines()
    assert version
    assert any(line.startswith(f"pipenv=={version[1]};") for line in lines)
    for line in lines:
        assert re.fullmatch(
            r"[a-z-]+==[0-9a-z.]+(; python_version >= '3\.[0-9]+')?( --hash=sha256:[0-9a-f]{64})+", line
        )
    assert re.findall(r"pip install .*", makefile) == [
        "pip install --quiet --disable-pip-version-check --require-hashes -r $<"
    ]


def test_an_engine_that_there_is_not(project: Path) -> None:
    done = make(project, "synth", "ENGINE=cdktg")
    assert done.returncode == 2
    assert re.fullmatch(
        r"Makefile:[0-9]+: \*\*\* ENGINE is cdktf or cdktn: make synth ENGINE=cdktn\.  Stop\.\n", done.stderr
    )


@pytest.mark.parametrize("how", ["argument", "environment"])
def test_an_engine_has_a_python_of_its_own(project: Path, how: str) -> None:
    python = project / "engines/cdktn/.venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho CDK Terrain: $*\n")
    python.chmod(0o755)
    for name in ("Pipfile", "Pipfile.lock", "package.json", "package-lock.json"):
        (project / "engines/cdktn" / name).touch()
    for place in (".venv/.synced", "node_modules/.synced"):
        (project / "engines/cdktn" / place).parent.mkdir(exist_ok=True)
        (project / "engines/cdktn" / place).touch()
    for target, command in (
        ("synth", "main.py"),
        ("deploy", "-m cli deploy"),
        ("bootstrap", "-m cli bootstrap"),
    ):
        done = (
            make(project, target, "ENGINE=cdktn")
            if how == "argument"
            else make(project, target, ENGINE="cdktn")
        )
        assert (done.returncode, done.stdout) == (0, f"CDK Terrain: {command}\n"), done.stderr


def test_a_synthesis_needs_no_terraform(project: Path, tmp_path: Path) -> None:
    done = make(project, "synth", PATH=path_with(tmp_path / "bin", (*TOOLS, "node")))
    assert done.returncode == 0, done.stderr
    assert "Wrote 4 stacks" in done.stdout
