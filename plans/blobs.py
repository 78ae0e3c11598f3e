"""The storage that plans wait in until they are approved, and whether a stack has state: asked through the Azure CLI.

The plan of a stack lies in the container of its name, under its own SHA-256, and the storage deletes it after a day.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deployment.stacks import Stack
from plans.azure_cli import AzureCliError, azure
from plans.terraform import backend_of, state_file


def upload(account: str, stack: str, file: Path, sha256: str) -> None:
    """Put a plan into the storage for plans. Raises AzureCliError, ToolError."""
    _blob("upload", account, stack, _name(sha256), "--file", str(file), "--overwrite", "true")


def download(account: str, stack: str, file: Path, sha256: str) -> None:
    """Fetch a plan, for nobody else to read. Raises AzureCliError, ToolError."""
    file.touch(mode=0o600)
    try:
        _blob("download", account, stack, _name(sha256), "--file", str(file))
    except AzureCliError:
        file.unlink()
        raise


def has_state(stack: Stack) -> bool:
    """Tell whether a stack has a state, in Azure or on this machine. Raises AzureCliError, ToolError.

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
    place = ("--account-name", account, "--container-name", container, "--name", name)
    quiet = ["--no-progress"] if command in ("upload", "download") else []
    return azure("storage", "blob", command, *place, *options, *quiet, "--auth-mode", "login")
