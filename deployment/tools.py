"""The programs that a deployment runs, and what is said where one is missing or too old."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

BINARY_VARIABLE = "TERRAFORM_BINARY_NAME"
"""The environment variable by which cdktf, too, is told of another binary, such as ``tofu``."""

OLDEST_TERRAFORM = "1.11.2"
"""From this version on the azurerm backend renews a pipeline's token, which lives ten minutes (Terraform 1.11,
changelog). OpenTofu compares it with its own version."""

_PLUGIN_CACHE_SWITCH = "CDKTF_DISABLE_PLUGIN_CACHE_ENV"


class ToolError(Exception):
    """This machine lacks a program or a folder; the message says which, and what to do."""


def terraform() -> str:
    """Return the name of the terraform binary; ToolError when it is not on PATH or too old."""
    name = os.environ.get(BINARY_VARIABLE, "terraform")
    found = shutil.which(name)
    if found is None:
        raise ToolError(
            f"{name} is not on PATH. Install Terraform {OLDEST_TERRAFORM} or newer "
            "(https://developer.hashicorp.com/terraform/install), or OpenTofu and set "
            f"{BINARY_VARIABLE}=tofu."
        )
    version = _version(found)
    if version and _numbers(version) < _numbers(OLDEST_TERRAFORM):
        raise ToolError(
            f"{name} on PATH is {version}, and every stack asks for {OLDEST_TERRAFORM} or newer: install that."
        )
    return name


def terraform_version() -> str:
    """Return the version of the terraform on PATH, such as ``1.11.4``; ToolError when it does not say it."""
    version = _version(shutil.which(terraform()) or "")
    if version is None:
        raise ToolError(f"{terraform()} version -json does not say which version it is.")
    return version


def npx() -> str:
    """Return the name of the program that starts cdktf; ToolError when it is not on PATH."""
    if shutil.which("npx") is None:
        raise ToolError("npx is not on PATH. Install Node 20 or newer (https://nodejs.org).")
    return "npx"


def make_plugin_cache() -> None:
    """Make the folder in HOME in which cdktf keeps providers, unless that is off; ToolError when it cannot be made."""
    if os.environ.get(_PLUGIN_CACHE_SWITCH):
        return
    folder = Path.home() / ".terraform.d" / "plugin-cache"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise ToolError(
            f"{folder} cannot be written: cdktf keeps providers there. Make it a folder that you may write to, or set "
            f"{_PLUGIN_CACHE_SWITCH}=1."
        ) from None


@cache
def _version(path: str) -> str | None:
    """Return what a binary says of its version, or nothing where it does not say it: Terraform itself then will."""
    try:
        done = subprocess.run(  # noqa: S603  # the binary that is run next
            [path, "version", "-json"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        return str(json.loads(done.stdout)["terraform_version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.partition("-")[0].split(".") if part.isdecimal()]
