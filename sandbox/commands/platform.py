"""The whole platform in the sandbox: the real cdktf command line and the real terraform, offline.

Everything is below one folder: the synthesized stacks, their Terraform state, the stand-in cloud and the
providers. The project's own ``cdktf.out`` and state, and the Terraform settings of whoever runs it, are never
touched.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sandbox.cloud.store import Cloud
from sandbox.commands.mirror import DEFAULT_FOLDER, ROOT, Installation, install, is_installed
from sandbox.commands.stacks import Stack, read_stacks, seed_for

BINARY_VARIABLE = "TERRAFORM_BINARY_NAME"
"""The environment variable by which cdktf is told of another binary, such as ``tofu``."""

# What would reach a real account, or another Terraform than the one asked for.
_KEPT_OUT = ("ARM_", "AZURE_", "AZDO_", "TF_", "CDKTF_")


class SandboxError(Exception):
    """The sandbox cannot go on; the message says why and what to do."""


class Platform:
    """The stacks of one configuration, and the stand-in cloud they are deployed to."""

    def __init__(self, folder: Path = DEFAULT_FOLDER, project: Path = ROOT) -> None:
        """Use ``folder`` for everything that is written, and the app of the project in ``project``."""
        self.folder = folder.resolve()
        self.cloud_folder = self.folder / "cloud"
        self._out = self.folder / "cdktf.out"
        self._project = project
        self._installation: Installation | None = None

    # --- Preparing ------------------------------------------------------------------------------------

    def start_anew(self) -> None:
        """Forget everything of earlier runs: the cloud, the state, the synthesized stacks.

        SandboxError if the folder holds anything that the sandbox did not write: somebody else needs it.
        """
        if self.folder.is_dir() and any(self.folder.iterdir()) and not is_installed(self.folder):
            raise SandboxError(
                f"{self.folder} is not empty, and not a folder of the sandbox. Name another: it is deleted first."
            )
        shutil.rmtree(self.folder, ignore_errors=True)
        self._installation = None

    def synthesize(self, **variables: str) -> list[Stack]:
        """Write the stacks and make them ready for the sandbox; SandboxError with the app's own message.

        ``variables`` are environment variables for the app.
        """
        done = subprocess.run(
            [sys.executable, "main.py"],
            cwd=self._project,
            env={**self._environment(), "CDKTF_OUTDIR": str(self._out), **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SandboxError(done.stderr.strip())
        stacks = self.stacks()
        for stack in stacks:
            stack.keep_offline(self.folder / f"{stack.name}.tfstate")
        seed_for(self.cloud_folder, stacks)
        return stacks

    def stacks(self) -> list[Stack]:
        """Return the synthesized stacks, each after those it depends on."""
        return read_stacks(self._out)

    # --- Terraform through cdktf ------------------------------------------------------------------------

    def deploy(self, *names: str) -> str:
        """Deploy the stacks of these names, or all of them, and return what cdktf printed."""
        return self._cdktf("deploy", *(names or ("*",)), "--auto-approve")

    def destroy(self, *names: str) -> str:
        """Destroy the stacks of these names, or all of them, and return what cdktf printed."""
        return self._cdktf("destroy", *(names or ("*",)), "--auto-approve")

    def diff(self, name: str) -> str:
        """Plan one stack and return what cdktf printed."""
        self._initialize(name)
        return self._cdktf("diff", name)

    def check_names(self, names: Iterable[str]) -> None:
        """SandboxError with the names that there are, when one of these is not a stack's."""
        known = [stack.name for stack in self.stacks()]
        for name in names:
            if name not in known:
                raise SandboxError(f"There is no stack {name}, only {', '.join(known)}.")

    def _cdktf(self, *arguments: str) -> str:
        return _finish(self.start_cdktf(*arguments), f"cdktf {arguments[0]}")

    def start_cdktf(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a cdktf command over the synthesized stacks, its output and errors in one pipe."""
        self._terraform()
        lock = () if arguments[0] == "diff" else ("--skip-provider-lock",)
        options = (*lock, "--skip-synth", "--no-color", "--output", str(self._out))
        return self._start(["npx", "cdktf", *arguments, *options], ROOT)

    def start_terraform(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        """Start terraform itself in the folder of a stack."""
        folder = self._initialize(name)
        return self._start([self._terraform(), *arguments, "-input=false", "-no-color"], folder)

    def _initialize(self, name: str) -> Path:
        """Make sure that a stack has its lock file, and return its folder.

        Without one cdktf asks the registry for checksums, and its diff cannot be told not to.
        """
        (folder,) = [stack.folder for stack in self.stacks() if stack.name == name]
        if not (folder / ".terraform.lock.hcl").exists():
            command = [self._terraform(), "init", "-input=false", "-no-color"]
            _finish(self._start(command, folder), "terraform init")
        return folder

    def _start(self, command: list[str], folder: Path) -> subprocess.Popen[str]:
        if shutil.which(command[0]) is None:
            raise SandboxError(f"{command[0]} is not on PATH. Install Node 20 or newer (https://nodejs.org).")
        return subprocess.Popen(  # noqa: S603  # cdktf and terraform, with arguments of this module
            command,
            cwd=folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def _terraform(self) -> str:
        """Return the name of the terraform binary; SandboxError when it is not on PATH."""
        binary = os.environ.get(BINARY_VARIABLE, "terraform")
        if shutil.which(binary) is None:
            raise SandboxError(
                f"{binary} is not on PATH. Install Terraform 1.11.2 or newer "
                "(https://developer.hashicorp.com/terraform/install), or OpenTofu and set "
                f"{BINARY_VARIABLE}=tofu."
            )
        return binary

    def _environment(self) -> dict[str, str]:
        if self._installation is None:
            self._installation = install(self.folder)
        return {
            **without_accounts(),
            **self._installation.environment(self.cloud_folder),
            "TF_IN_AUTOMATION": "1",
            "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",
            "CI": "1",
        }

    # --- What came of it --------------------------------------------------------------------------------

    def cloud(self) -> Cloud:
        """Return the stand-in cloud."""
        return Cloud(self.cloud_folder)

    def managed(self, name: str) -> list[str]:
        """Return the addresses of the resources that a stack's state holds."""
        return sorted(
            f"{resource['type']}.{resource['name']}"
            for resource in self.state(name).get("resources", ())
            if resource["mode"] == "managed"
        )

    def every(self, stack: str, type_name: str) -> dict[str, dict[str, Any]]:
        """Return the attributes of every resource of a type that a stack's state holds, by its name.

        One of many (``for_each``) goes by its key.
        """
        return {
            instance.get("index_key", resource["name"]): instance["attributes"]
            for resource in self.state(stack).get("resources", ())
            if resource["mode"] == "managed" and resource["type"] == type_name
            for instance in resource["instances"]
        }

    def attributes(self, stack: str, address: str) -> dict[str, Any]:
        """Return the attributes of one resource, by its address."""
        type_name, name = address.split(".")
        return self.every(stack, type_name)[name]

    def state(self, name: str) -> dict[str, Any]:
        """Return the Terraform state of a stack; empty before its first deployment."""
        path = self.folder / f"{name}.tfstate"
        state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return state


def without_accounts() -> dict[str, str]:
    """Return the environment variables that Terraform may see: none that leads to a real account."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_KEPT_OUT) or name == BINARY_VARIABLE
    }


def _finish(process: subprocess.Popen[str], name: str) -> str:
    printed, _ = process.communicate()
    if process.returncode:
        raise SandboxError(f"{name} failed:\n{printed.strip()}")
    return printed
