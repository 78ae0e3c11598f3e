"""State between two backends, and who has locked it: by the real terraform, with files in the place of blobs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployment.backend import Block, block_of, opened
from deployment.moving import MOVED, fetch, held, keep_as_configured, keep_locally, resources, settle
from deployment.stacks import Stack
from deployment.state import StateError

DEV = "mlops-dev"


def file_as_blob(path: Path) -> Block:
    return {"local": {"path": str(path)}}


def write(folder: Path, blob: Path, **resource: object) -> Stack:
    folder.mkdir(parents=True, exist_ok=True)
    terraform = {
        "terraform": {"backend": file_as_blob(blob)},
        "resource": {"terraform_data": {"kept": {"input": "a", **resource}}},
    }
    (folder / "cdk.tf.json").write_text(json.dumps(terraform))
    return Stack(DEV, folder, terraform)


def terraform(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["terraform", f"-chdir={folder}", *arguments, "-no-color"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def deploy(stack: Stack) -> None:
    terraform(stack.folder, "init", "-input=false")
    terraform(stack.folder, "apply", "-auto-approve", "-input=false")


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """A stack that is to keep its state in a container of its own."""
    return write(tmp_path / "cdktf.out/stacks" / DEV, tmp_path / "azure" / DEV / "state")


@pytest.fixture
def local(tmp_path: Path) -> Path:
    return tmp_path / ".state" / "terraform.mlops-dev.tfstate"


def test_from_one_container_for_all_to_a_container_of_its_own(
    tmp_path: Path, stack: Stack, local: Path
) -> None:
    old = write(tmp_path / "earlier", tmp_path / "azure/tfstate/mlops-dev.tfstate")
    deploy(old)
    assert (held("terraform", block_of(stack)), held("terraform", block_of(old))) == (False, True)
    for _ in range(2):  # a run that died after this is begun anew
        fetched = fetch("terraform", block_of(old), local)
    assert fetched
    assert fetched.addresses == ["terraform_data.kept"]
    assert f"{local.stat().st_mode & 0o777:o} {local.parent.stat().st_mode & 0o777:o}" == "600 700"
    moved = settle("terraform", stack, local)
    assert moved.startswith("mlops-dev: the state of 1 resource lies in its backend now. A copy is ")
    assert not local.exists()
    assert local.with_name(f"{local.name}{MOVED}").exists()
    assert resources("terraform", block_of(stack)) == 1
    terraform(stack.folder, "init", "-input=false")
    assert "No changes." in terraform(stack.folder, "plan", "-input=false")
    assert settle("terraform", stack, local) == "", "there is nothing to move"


def test_nothing_is_moved_over_what_is_newer_or_of_another_origin(
    tmp_path: Path, stack: Stack, local: Path
) -> None:
    keep_locally(stack, local)
    deploy(stack)
    keep_as_configured(stack)
    older = local.read_bytes()
    settle("terraform", stack, local)
    changed = write(stack.folder, tmp_path / "azure" / DEV / "state", input="b")
    deploy(changed)
    # It is what the backend holds an earlier version of: that it has been moved is all there is to say.
    local.write_bytes(older)
    assert settle("terraform", stack, local) != ""
    deploy(write(tmp_path / "other", local))
    with pytest.raises(StateError, match="of another origin"):
        settle("terraform", stack, local)
    with pytest.raises(StateError, match="of another origin"):
        fetch("terraform", block_of(stack), local)
    terraform(stack.folder, "init", "-input=false")
    assert "No changes." in terraform(stack.folder, "plan", "-input=false"), "the backend has what it had"


def test_a_local_copy_that_terraform_has_gone_on_with_is_kept(
    tmp_path: Path, stack: Stack, local: Path
) -> None:
    """As when a run dies that destroys the storage: the file knows what is gone, and the blob does not."""
    deploy(stack)
    fetch("terraform", block_of(stack), local)
    keep_locally(stack, local)
    write(stack.folder, tmp_path / "azure" / DEV / "state", input="b")
    deploy(stack)
    newer = local.read_bytes()
    kept = fetch("terraform", block_of(stack), local)
    assert kept
    assert (kept.content, local.read_bytes()) == (json.loads(newer), newer)


def test_where_terraform_would_write_over_what_is_newer(tmp_path: Path) -> None:
    """Why state is not moved by ``terraform init -migrate-state``: told not to ask, it does not look either."""
    old, new = tmp_path / "old.tfstate", tmp_path / "new.tfstate"
    deploy(write(tmp_path / "new", new))
    folder = tmp_path / "moving"
    deploy(write(folder, old))
    write(folder, new)
    terraform(folder, "init", "-migrate-state", "-force-copy", "-input=false")
    assert json.loads(new.read_text())["lineage"] == json.loads(old.read_text())["lineage"]


@pytest.fixture
def running(stack: Stack) -> Iterator[subprocess.Popen[bytes]]:
    """A Terraform that holds the lock of the state."""
    write(
        stack.folder,
        Path(stack.terraform["terraform"]["backend"]["local"]["path"]),
        provisioner=[{"local-exec": {"command": "sleep 60"}}],
    )
    terraform(stack.folder, "init", "-input=false")
    process = subprocess.Popen(
        ["terraform", f"-chdir={stack.folder}", "apply", "-auto-approve", "-input=false"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    note = Path(block_of(stack)["local"]["path"]).parent / ".state.lock.info"
    end = time.monotonic() + 30
    while not note.exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_terraform_says_who_holds_a_lock_and_nothing_is_written(
    stack: Stack, running: subprocess.Popen[bytes]
) -> None:
    path = Path(block_of(stack)["local"]["path"])
    with opened("terraform", block_of(stack)) as backend:
        lock = backend.lock()
    assert lock is not None
    note = json.loads((path.parent / ".state.lock.info").read_text())
    assert (lock.id, lock.who, lock.operation) == (note["ID"], note["Who"], "OperationTypeApply")
    assert lock.created.startswith("20")
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    before = path.read_bytes()
    with opened("terraform", block_of(stack)) as backend:
        assert backend.lock() is None
    assert path.read_bytes() == before
