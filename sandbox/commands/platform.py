"""The whole platform in the sandbox: the real cdktf command line and the real terraform, offline.

Everything is below one folder: the synthesized stacks, their Terraform state, the stand-in cloud and the
providers. The project's own ``cdktf.out`` and state, and the Terraform settings of whoever runs it, are never
touched.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from deployment.failure import failure
from deployment.output import Output
from deployment.private import make_private
from deployment.running import Log, follow
from deployment.stacks import Stack, forget, read_stacks, removed_stacks, state_stack
from deployment.state_file import read_state
from deployment.tools import BINARY_VARIABLE, cdktf, terraform
from deployment.view import View
from sandbox.cloud.store import Cloud
from sandbox.commands.mirror import DEFAULT_FOLDER, ROOT, Installation, install, is_installed
from sandbox.commands.stacks import keep_offline, leave_out, seed_for

COMMAND = ".venv/bin/python -m sandbox"
"""How a person runs the sandbox's commands."""

_ENTRA_GROUPS = "azuredevops_group.entra"

_TITLES = {
    "init": "Initializing",
    "diff": "Comparing",
    "deploy": "Deploying",
    "destroy": "Destroying",
    "recover": "Looking at",
}

# What would reach a real account, or another Terraform than the one asked for.
_KEPT_OUT = ("ARM_", "AZURE_", "AZDO_", "TF_", "CDKTF_")


class SandboxError(Exception):
    """The sandbox cannot go on; the message says why and what to do."""


class Platform:
    """The stacks of one configuration, and the stand-in cloud they are deployed to."""

    def __init__(
        self,
        folder: Path = DEFAULT_FOLDER,
        project: Path = ROOT,
        *,
        view: View | None = None,
        log_name: str = "sandbox",
    ) -> None:
        """Use ``folder`` for everything that is written, and the app of the project in ``project``.

        Progress is shown in ``view``, if there is one; what is printed goes to a log whose name ends in ``log_name``.
        """
        self.folder = folder.resolve()
        self.log = Log(self.folder / "logs", log_name)
        self._view = view or View(Console(quiet=True))
        self.cloud_folder = self.folder / "cloud"
        self.out = self.folder / "cdktf.out"
        self._project = project
        self.configuration = project / "config"
        self.left_out: list[str] = []
        """Imports of the configuration that name nothing in this cloud, by stack and address."""
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
        with self._view.step("Synthesizing ..."):
            done = subprocess.run(
                [sys.executable, "main.py"],
                cwd=self._project,
                env={**self._environment(), "CDKTF_OUTDIR": str(self.out), **variables},
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise SandboxError(done.stderr.strip())
        for name in self.removed():
            if not self.managed(name):  # it was destroyed before its file was taken away
                forget(self.out, name)
        stacks = self.stacks()
        for stack in stacks:
            keep_offline(stack, self.state_file(stack.name))
        seed_for(self.cloud_folder, stacks)
        self.left_out = [f"{stack.name}: {to}" for stack in stacks for to in leave_out(stack, self.cloud())]
        return stacks

    def stacks(self) -> list[Stack]:
        """Return the synthesized stacks, each after those it depends on."""
        return read_stacks(self.out)

    def removed(self) -> list[str]:
        """Return the names of the stacks that are no longer configured, and are still deployed here."""
        return [stack.name for stack in removed_stacks(self.out)]

    def command(self, *words: str) -> str:
        """Return a command of the sandbox as a person types it."""
        folder = () if self.folder == DEFAULT_FOLDER.resolve() else ("--folder", str(self.folder))
        return shlex.join([*COMMAND.split(), *words, *folder])

    def library_command(self) -> str:
        """Return the command that lists the variables of this cloud."""
        cloud = () if self.folder == DEFAULT_FOLDER.resolve() else ("--cloud", str(self.cloud_folder))
        return shlex.join([*COMMAND.split(), "library", "list", *cloud])

    # --- Terraform through cdktf ------------------------------------------------------------------------

    def deploy(self, *names: str) -> str:
        """Deploy the stacks of these names, or all of them, and return what cdktf printed."""
        return self._cdktf("deploy", *names)

    def destroy(self, *names: str) -> str:
        """Destroy the stacks of these names, or all of them, and return what was printed.

        First those that are no longer configured: they need what others have.
        """
        removed = self.removed()
        printed = [self._destroy_removed(name) for name in removed if name in names or not names]
        configured = [name for name in names if name not in removed]
        if configured or not names:
            printed.append(self._cdktf("destroy", *configured))
        return "".join(printed)

    def destroy_protected(self) -> None:
        """Destroy all stacks, with what only the word destroys; Entra groups are forgotten first, as by `make destroy`.

        The stacks are synthesized anew for it.
        """
        state = state_stack(self.stacks())
        registry, *environments = [stack.name for stack in self.stacks() if stack != state]
        if _ENTRA_GROUPS in self.managed(registry):
            self.destroy(*self.removed(), *environments)
            self.synthesize(ONLY_PROTECTED="1")
            self.deploy(registry)
        self.synthesize(DESTROY_PROTECTED="1")
        self.destroy()

    def diff(self, name: str) -> str:
        """Plan one stack, to destroy it if it is no longer configured, and return what was printed."""
        if name in self.removed():
            return self._terraform_alone(name, "diff", "plan", "-destroy")
        self._initialize(name)
        return self._cdktf("diff", name)

    def check_names(self, names: Iterable[str], *, removed: bool = False) -> None:
        """SandboxError with the names that there are, when one of these is not a configured stack's.

        With ``removed``, it may also be that of a stack that is no longer configured.
        """
        known, gone = [stack.name for stack in self.stacks()], self.removed()
        for name in names:
            if name in gone and not removed:
                raise SandboxError(
                    f"The stack {name} is no longer configured. To take it down: {self.command('destroy', name)}"
                )
            if name not in (*known, *gone):
                raise SandboxError(f"There is no stack {name}, only {', '.join((*known, *gone))}.")

    def _destroy_removed(self, name: str) -> str:
        printed = self._terraform_alone(name, "destroy", "destroy", "-auto-approve")
        forget(self.out, name)
        return printed

    def _terraform_alone(self, name: str, doing: str, *arguments: str) -> str:
        """Run terraform on a stack that cdktf does not know any more."""
        process = self.start_terraform(name, *arguments)
        return self._follow(process, f"terraform {arguments[0]}", Output([name], only=name), doing, [name])

    def _cdktf(self, doing: str, *names: str) -> str:
        approved = () if doing == "diff" else ("--auto-approve",)
        process = self.start_cdktf(doing, *(names or ("*",)), *approved)
        known = [stack.name for stack in self.stacks()]
        shown = [name for name in known if name in names] or known
        return self._follow(process, f"{cdktf()[-1]} {doing}", Output(shown), doing, names)

    def _follow(
        self, process: subprocess.Popen[str], command: str, output: Output, doing: str, names: Sequence[str]
    ) -> str:
        """Show and keep what a command prints, and return it; SandboxError when it fails."""
        printed: list[str] = []
        self.log.write(f"--- {command} {' '.join(names)}")
        with self._view.following(" ".join([_TITLES[doing], *names]), output) as view:

            def heard(line: str) -> None:
                printed.append(line)
                self.log.write(line)
                output.read(line)
                view.update()

            ended = follow(process, heard)
            output.end(failed=bool(ended.code))
        if ended.code:
            raise SandboxError(
                failure(
                    output,
                    command,
                    log=self.log.path,
                    again=self.command(doing, *names),
                    recover=self.command("recover", *names),
                    interrupts=ended.interrupts,
                )
            )
        return "".join(f"{line}\n" for line in printed)

    def start_cdktf(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a cdktf command over the synthesized stacks, its output and errors in one pipe."""
        terraform()  # cdktf runs it, and says less where it is missing
        lock = () if arguments[0] == "diff" else ("--skip-provider-lock",)
        options = (*lock, "--skip-synth", "--no-color", "--output", str(self.out))
        return self._start([*cdktf(), *arguments, *options], ROOT)

    def start_terraform(self, name: str, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start terraform itself in the folder of a stack; ``variables`` are for it and the providers."""
        folder = self._initialize(name)
        return self._start([terraform(), *arguments, "-input=false", "-no-color"], folder, **variables)

    def plan(self, name: str, **variables: str) -> list[dict[str, Any]]:
        """Plan one stack, and return Terraform's changes; ``variables`` are for it and the providers."""
        plan = self.folder / "looked-at.plan"
        try:
            process = self.start_terraform(name, "plan", f"-out={plan}", **variables)
            self._follow(process, "terraform plan", Output([name], only=name), "recover", [name])
            shown = self._start([terraform(), "show", "-json", str(plan)], self._initialize(name))
            changes: list[dict[str, Any]] = json.loads(shown.communicate()[0])["resource_changes"]
        finally:
            plan.unlink(missing_ok=True)  # it holds what is secret in the state
        return changes

    def _initialize(self, name: str) -> Path:
        """Make sure that all providers of a stack are in its lock file, and return its folder.

        For others cdktf asks the registry for checksums, and its diff cannot be told not to.
        """
        (stack,) = [stack for stack in (*self.stacks(), *removed_stacks(self.out)) if stack.name == name]
        folder, lock = stack.folder, stack.folder / ".terraform.lock.hcl"
        locked = lock.read_text(encoding="utf-8") if lock.exists() else ""
        wanted = stack.terraform.get("terraform", {}).get("required_providers", {})
        if not locked or any(f'/{provider["source"].lower()}"' not in locked for provider in wanted.values()):
            process = self._start([terraform(), "init", "-input=false", "-no-color"], folder)
            self._follow(process, "terraform init", Output([name], only=name), "init", [name])
        return folder

    def _start(self, command: list[str], folder: Path, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603  # cdktf and terraform, with arguments of this module
            command,
            cwd=folder,
            env={**self._environment(), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def installation(self) -> Installation:
        """Return where the stand-in providers are; they are written the first time."""
        if self._installation is None:
            make_private(self.folder)
            self._installation = install(self.folder)
        return self._installation

    def _environment(self) -> dict[str, str]:
        return {
            **without_accounts(),
            **self.installation().environment(self.cloud_folder),
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
        """Return the Terraform state of a stack; empty before its first deployment. StateError if it is damaged."""
        state = read_state(self.state_file(name))
        return state.content if state else {}

    def state_file(self, name: str) -> Path:
        """Return where the state of a stack is."""
        return self.folder / f"{name}.tfstate"


def without_accounts() -> dict[str, str]:
    """Return the environment variables that Terraform may see: none that leads to a real account."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_KEPT_OUT) or name == BINARY_VARIABLE
    }
