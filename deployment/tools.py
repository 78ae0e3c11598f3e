"""The programs that a deployment runs, and what is said where one is missing or too old."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

BINARY_VARIABLE = "TERRAFORM_BINARY_NAME"
"""The environment variable by which cdktf, too, is told of another binary, such as ``tofu``."""

OLDEST_TERRAFORM = "1.11.2"
"""From this version on the azurerm backend renews a pipeline's token, which lives ten minutes (Terraform 1.11,
changelog). OpenTofu compares it with its own version."""

OLDEST_NODE_OF_TERRAIN = "22.19.0"
"""What the command line of CDK Terrain asks for (``engines`` of cdktn-cli 0.24.0); with Node 20 it ends in a stack
trace. Writing stacks needs no more than cdktf does."""

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


def cdktf() -> list[str]:
    """Return what starts the command line of cdktf, or of CDK Terrain where this Python has that and no cdktf.

    It is to be started in the project's folder, and what it runs runs there. ToolError when npx is not on PATH, or Node
    is too old for it.
    """
    if shutil.which("npx") is None:
        raise ToolError("npx is not on PATH. Install Node 20 or newer (https://nodejs.org).")
    if find_spec("cdktf") is not None or find_spec("cdktn") is None:
        return ["npx", "cdktf"]
    node = _node_version()
    if node and _numbers(node) < _numbers(OLDEST_NODE_OF_TERRAIN):
        raise ToolError(
            f"node on PATH is {node}, and the command line of CDK Terrain needs {OLDEST_NODE_OF_TERRAIN} or newer: "
            "install that (https://nodejs.org), or leave out ENGINE=cdktn."
        )
    return ["npx", "--prefix", "engines/cdktn", "cdktn"]


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


@cache
def _node_version() -> str | None:
    """Return what node says of its version, or nothing where it does not: the command line then says what is wrong."""
    try:
        done = subprocess.run(
            ["node", "--version"],  # noqa: S607  # the one on PATH, which npx starts too
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout.strip().removeprefix("v") or None


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.partition("-")[0].split(".") if part.isdecimal()]
