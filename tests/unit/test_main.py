"""The program as it is run: what it prints, what it writes, and what it does with a bad configuration."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import ANY_NODE, copy_project, fill_in_ids, replace


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project."""
    return copy_project(tmp_path)


def variables(**environment: str) -> dict[str, str]:
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("MLOPS_", "CDKTF_"))}
    return {**keep, **ANY_NODE, **environment}


def run(project: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py"],
        cwd=project,
        env=variables(**environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_placeholders_give_one_warning(project: Path) -> None:
    done = run(project)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Warning:") == 1
    assert "6 placeholders to fill in" in done.stdout
    assert "azure_devops.organization_url (config/platform.yaml, line 10)" in done.stdout
    assert "4 stacks" in done.stdout
    assert " s" in done.stdout


def test_real_ids_give_none(project: Path) -> None:
    fill_in_ids(project / "config")
    done = run(project)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stdout


def test_mistakes_are_reported_and_nothing_is_written(project: Path) -> None:
    replace(project / "config/environments/prod.yaml", ("auto_deploy: false", "auto_deploy: true"))
    replace(project / "config/environments/dev.yaml", ("min_nodes: 0", "min_node: 0"))
    done = run(project)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "config/environments/dev.yaml:" in done.stderr
    assert "did you mean min_nodes?" in done.stderr
    assert "config/environments/prod.yaml:" in done.stderr
    assert not (project / "cdktf.out").exists()


def test_mistakes_leave_an_earlier_synthesis_alone(project: Path) -> None:
    assert run(project).returncode == 0
    before = {path: path.read_bytes() for path in (project / "cdktf.out").rglob("*.json")}
    replace(project / "config/platform.yaml", ("monitoringLogLevel: DEBUG", "monitoringLogLevel: LOUD"))
    assert run(project).returncode == 1
    assert {path: path.read_bytes() for path in (project / "cdktf.out").rglob("*.json")} == before


def test_an_environment_without_its_file_is_named_and_kept(project: Path) -> None:
    fill_in_ids(project / "config")
    assert run(project).returncode == 0
    folder = project / "cdktf.out" / "stacks" / "mlops-test"
    (folder / ".terraform").mkdir()
    for name in (".terraform.lock.hcl", ".terraform/terraform.tfstate", "terraform.tfstate"):
        (folder / name).write_text(f"the {name} of Terraform")
    before = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (project / "config/environments/test.yaml").rename(project / "test.yaml")
    replace(
        project / "config/platform.yaml", ("environments: [dev, test, prod]", "environments: [dev, prod]")
    )

    done = run(project)
    assert done.returncode == 0, done.stderr
    # cdktf shows all of that as errors.
    assert "mlops-test" not in done.stderr
    named, wrote = done.stdout.splitlines()
    assert named == (
        "No longer configured, but not destroyed: mlops-test. To take down: make destroy STACK=mlops-test"
    )
    assert wrote.startswith("Wrote 3 stacks to cdktf.out")
    aside = project / "cdktf.out" / "removed" / "mlops-test"
    assert {
        path.relative_to(aside): path.read_bytes() for path in aside.rglob("*") if path.is_file()
    } == before
    manifest = json.loads((project / "cdktf.out/manifest.json").read_text())
    assert list(manifest["stacks"]) == ["mlops-registry", "mlops-dev", "mlops-prod"]


def test_state_and_plans_are_for_their_owner_only_and_earlier_state_moves(project: Path) -> None:
    (project / "terraform.mlops-dev.tfstate").write_text("{}")
    done = run(project)
    assert done.returncode == 0, done.stderr
    assert "Moved to .state, which only you may enter: terraform.mlops-dev.tfstate\n" in done.stdout
    for folder in (project / "cdktf.out", project / ".state"):
        assert f"{folder.stat().st_mode & 0o777:o}" == "700"
    assert [path.name for path in (project / ".state").iterdir()] == ["terraform.mlops-dev.tfstate"]
    assert "Moved" not in run(project).stdout


def test_state_in_two_places_stops_a_synthesis_before_anything_is_written(project: Path) -> None:
    (project / ".state").mkdir()
    for folder in (project, project / ".state"):
        (folder / "terraform.mlops-dev.tfstate").write_text("{}")
    done = run(project)
    assert done.returncode == 1
    assert done.stderr.startswith(f"terraform.mlops-dev.tfstate is in {project} and in {project}/.state.")
    assert not (project / "cdktf.out").exists()


def test_stacks_are_in_the_manifest_from_the_registry_to_prod(project: Path) -> None:
    assert run(project).returncode == 0
    manifest = json.loads((project / "cdktf.out/manifest.json").read_text())
    assert list(manifest["stacks"]) == ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"]


# --- The machine: one line and the remedy, and nothing written ----------------------------------------------------


def make_unusable(folder: Path) -> str:
    """Return a folder that nobody can write to, not even root: it is below a file."""
    file = folder / "file"
    file.touch()
    return str(file / "folder")


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("PATH", "node is not on PATH, and cdktf runs in it. Install Node 20 or newer (https://nodejs.org)."),
        ("HOME", "{folder}/.cache/aws/jsii/package-cache cannot be written (ENOTDIR): "),
        ("TMPDIR", "{folder} cannot be written (ENOTDIR): "),
        (
            "CDKTF_OUTDIR",
            "{folder} cannot be written: Not a directory. What was there is unchanged.",
        ),
    ],
)
def test_a_machine_that_lacks_something(project: Path, tmp_path: Path, variable: str, said: str) -> None:
    folder = make_unusable(tmp_path)
    done = run(project, **{variable: folder, "XDG_CACHE_HOME": ""})
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(said.format(folder=folder))
    assert done.stderr.count("\n") == 1
    assert not (project / "cdktf.out").exists()


def test_a_mistake_is_reported_without_node_too(project: Path) -> None:
    replace(project / "config/environments/dev.yaml", ("max_nodes: 4", "max_node: 4"))
    done = run(project, PATH="/nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The configuration has 1 mistake.")


def test_an_old_node_is_named_in_one_line(project: Path, tmp_path: Path) -> None:
    old = tmp_path / "old-node"
    frame = "!" * 60
    lines = (
        frame,
        "!!  Node 16 is end-of-life.  !!",
        "!!  - ^22.0.0 (Planned end-of-life: 2027-04-30)  !!",
        frame,
    )
    real = shutil.which("node")
    old.write_text(
        "#!/bin/sh\n" + "".join(f"echo '{line}' >&2\n" for line in lines) + f'exec "{real}" "$@"\n'
    )
    old.chmod(0o755)
    done = run(project, JSII_NODE=str(old))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "Warning: Node 16 is end-of-life. Install Node 22."


# --- What stops it while it writes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [".replacement.draft/files/stacks", ".replacement"])
def test_killed_while_it_writes_it_is_whole_after_the_next_run(project: Path, moment: str) -> None:
    fill_in_ids(project / "config")
    assert run(project).returncode == 0
    out = project / "cdktf.out"
    state = out / "stacks" / "mlops-dev" / "terraform.tfstate"
    state.write_text("the state")
    before = {path: path.read_bytes() for path in out.rglob("*.json")}
    config = project / "config/environments/dev.yaml"
    replace(config, ("auto_deploy: true", "auto_deploy: true "))
    replace(project / "config/platform.yaml", ("monitoringLogLevel: DEBUG", "monitoringLogLevel: INFO"))
    started = subprocess.Popen(
        [sys.executable, "main.py"], cwd=project, env=variables(), stdout=subprocess.DEVNULL
    )
    while started.poll() is None and not (out / moment).exists():
        pass
    started.kill()
    started.wait()
    names = {path for path in out.rglob("*.json") if ".replacement" not in str(path)}
    assert names == before.keys()
    assert run(project).returncode == 0
    after = {path.relative_to(out): path.read_bytes() for path in out.rglob("*.json")}
    assert run(project, CDKTF_OUTDIR="fresh").returncode == 0
    fresh = project / "fresh"
    assert after == {path.relative_to(fresh): path.read_bytes() for path in fresh.rglob("*.json")}
    assert state.read_text() == "the state"


def test_a_place_that_cannot_be_written_is_one_line(project: Path) -> None:
    (project / "file").write_text("theirs")
    (project / "link").symlink_to(project / "config")
    for place, says in {
        "file": "file is a file, and has to be a folder.",
        "link": f"link is a link to {project / 'config'}, and nothing is written through a link.",
        "config": "config holds no synthesized stacks, but environments and 1 more.",
        "file/out": "file/out cannot be written: Not a directory",
    }.items():
        done = run(project, CDKTF_OUTDIR=place)
        assert (done.returncode, done.stdout) == (1, ""), done.stdout
        (line,) = done.stderr.splitlines()
        assert line.startswith(says)
    assert (project / "file").read_text() == "theirs"
    assert sorted(path.name for path in (project / "config").iterdir()) == ["environments", "platform.yaml"]


# Too small for Python's temporary files, and for Node's.
@pytest.mark.parametrize("small_disk", ["100k", "2200k"], indirect=True)
def test_a_full_disk_for_temporary_files_is_one_line(project: Path, small_disk: Path) -> None:
    done = run(project, TMPDIR=str(small_disk))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("The stacks cannot be built: ")
    assert "no space left on device" in line.lower()
    assert line.endswith(". Nothing was written.")
    assert not (project / "cdktf.out").exists()
