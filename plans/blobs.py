"""The storage that plans wait in until they are approved, and whether a stack has state: asked through the Azure CLI.

The plan of a stack lies in the container of its name, under its own SHA-256, and the storage deletes it after a day.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from deployment.stacks import Stack
from deployment.tools import ToolError
from plans.hiding import without_secrets
from plans.terraform import backend_of, state_file


class StorageError(Exception):
    """The storage did not do it; the message says which, what it said, and what to do."""


def upload(account: str, stack: str, file: Path, sha256: str) -> None:
    """Put a plan into the storage for plans. Raises StorageError, ToolError."""
    _blob("upload", account, stack, _name(sha256), "--file", str(file), "--overwrite", "true")


def download(account: str, stack: str, file: Path, sha256: str) -> None:
    """Fetch a plan, for nobody else to read. Raises StorageError, ToolError."""
    file.touch(mode=0o600)
    try:
        _blob("download", account, stack, _name(sha256), "--file", str(file))
    except StorageError:
        file.unlink()
        raise


def delete(account: str, stack: str, sha256: str) -> None:
    """Delete a plan. Raises StorageError, ToolError."""
    _blob("delete", account, stack, _name(sha256))


def has_state(stack: Stack) -> bool:
    """Tell whether a stack has a state, in Azure or on this machine. Raises StorageError, ToolError.

    Terraform itself cannot be asked: its azurerm backend writes an empty state where it finds none.
    """
    if path := state_file(stack):
        return path.exists()
    backend = backend_of(stack)["azurerm"]
    found = _blob("exists", backend["storage_account_name"], backend["container_name"], backend["key"])
    return bool(found["exists"])


def _name(sha256: str) -> str:
    return f"{sha256}.plan"


def _blob(command: str, account: str, container: str, name: str, *options: str) -> Any:
    program = shutil.which("az")
    if program is None:
        raise ToolError("az is not on PATH. Install the Azure CLI (https://learn.microsoft.com/cli/azure).")
    place = ("--account-name", account, "--container-name", container, "--name", name)
    quiet = ["--no-progress"] if command in ("upload", "download") else []
    flags = ("--auth-mode", "login", "--only-show-errors", "--output", "json", *quiet)
    done = subprocess.run(  # noqa: S603  # the Azure CLI, with arguments of this module
        [program, "storage", "blob", command, *place, *options, *flags],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = without_secrets(done.stderr.strip()) or f"exit code {done.returncode}"
        raise StorageError(
            f"az storage blob {command} {account}/{container}/{name} failed:\n{said}\n"
            'Look that the connection has its data role on that container (docs/pipelines.md, "Who may do what"), and '
            "that the network of the storage lets this agent in."
        )
    return json.loads(done.stdout) if done.stdout.strip() else None
