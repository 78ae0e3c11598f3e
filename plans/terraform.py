"""Terraform itself in the folder of a stack: a plan is made, read and applied there.

cdktf runs the same commands, but it applies no plan that was made before, and asks for no lock to be left alone. What
Terraform prints is shown as it comes; a cancelled run ends it in good order.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deployment.output import Output, plain
from deployment.running import follow
from deployment.stacks import Stack
from deployment.tools import terraform, terraform_version
from files.replacing import replace_file
from plans.hiding import without_secrets

PLAN, LOCK = "plan", ".terraform.lock.hcl"
"""Files in the folder of a stack: the saved plan, where ``cdktf diff`` leaves it too, and the versions of providers."""

_ONLY_OWNER = 0o077
_WITHOUT_STATE = "without_state_override.tf.json"
_EMPTY = ".without-state/terraform.tfstate"
_STALE = "Saved plan is stale"
_WAIT_FOR_LOCK = "-lock-timeout=10m"


class TerraformError(Exception):
    """Terraform could not do it; the message is what it said, without secrets."""


class StalePlanError(TerraformError):
    """The state has changed since the plan was made."""


class Terraform:
    """Terraform in the folder of one stack."""

    def __init__(self, stack: Stack) -> None:
        """Use the terraform on PATH; ToolError when there is none or it is too old."""
        self._program = terraform()
        self._stack = stack
        self.plan_file = stack.folder / PLAN
        self.lock_file = stack.folder / LOCK

    @property
    def version(self) -> str:
        """The version of Terraform, such as ``1.11.4``."""
        return terraform_version()

    def plan(self, *, with_state: bool = True) -> dict[str, Any]:
        """Make a plan, which stays in ``plan_file`` for nobody else to read, and return it as ``show -json`` has it.

        The state is only read: no lock is taken. Without state, where the stack was never deployed, the plan is made
        against an empty one. Raises TerraformError.
        """
        self.plan_file.unlink(missing_ok=True)
        with self._without_state() if not with_state else _as_it_is():
            self._run("init", "-reconfigure")
            self._run("plan", f"-out={PLAN}", "-lock=false")
        return self.show()

    def show(self) -> dict[str, Any]:
        """Return the saved plan. Raises TerraformError."""
        done = subprocess.run(  # noqa: S603  # the terraform of deployment.tools
            [self._program, "show", "-json", PLAN],
            cwd=self._stack.folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise TerraformError(without_secrets(plain(done.stderr)) or "terraform show failed")
        plan: dict[str, Any] = json.loads(done.stdout)
        return plan

    def initialize(self, *, locked: bool) -> None:
        """Prepare the folder; with ``locked`` by the versions in its lock file and no others. Raises TerraformError."""
        self._run("init", "-reconfigure", *(["-lockfile=readonly"] if locked else []))

    def apply(self) -> None:
        """Apply the saved plan. Raises StalePlanError, TerraformError."""
        self._run("apply", _WAIT_FOR_LOCK, PLAN)

    def forget_plan(self) -> None:
        """Delete the saved plan: it holds in clear text what is secret."""
        self.plan_file.unlink(missing_ok=True)

    def _run(self, command: str, *arguments: str) -> None:
        name = self._stack.name
        output = Output([name], only=name)
        last: list[str] = []

        def heard(line: str) -> None:
            # A value of somebody else's must neither be a command to the pipeline that shows it, nor a secret.
            sys.stdout.write(f"{without_secrets(plain(line))}\n")
            sys.stdout.flush()
            output.read(line)
            last.append(plain(line))
            del last[:-20]

        process = subprocess.Popen(  # noqa: S603  # as above
            [self._program, command, "-input=false", "-no-color", *arguments],
            cwd=self._stack.folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            umask=_ONLY_OWNER,
        )
        ended = follow(process, heard)
        if ended.interrupts:
            raise TerraformError(f"terraform {command} was interrupted, and ended what it had begun.")
        if ended.code:
            _fail(command, output.stacks[name].errors, last)

    @contextmanager
    def _without_state(self) -> Iterator[None]:
        """Give the stack a local backend in which there is nothing, as long as the block lasts."""
        override = self._stack.folder / _WITHOUT_STATE
        backend = {"terraform": {"backend": {"local": {"path": _EMPTY}}}}
        replace_file(override, json.dumps(backend).encode(), flush=False)
        try:
            yield
        finally:
            override.unlink(missing_ok=True)


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


def backend_of(stack: Stack) -> dict[str, Any]:
    """Return the backend that Terraform uses in a stack's folder, by its type: overrides win, the last one first."""
    backend: dict[str, Any] = stack.terraform["terraform"]["backend"]
    for path in sorted(stack.folder.glob("*_override.tf.json")):
        override = json.loads(path.read_text(encoding="utf-8"))
        backend = override.get("terraform", {}).get("backend", backend)
    return backend


def state_file(stack: Stack) -> Path | None:
    """Return where the local state of a stack is; None when its state is elsewhere."""
    backend = backend_of(stack)
    return stack.folder / backend["local"]["path"] if "local" in backend else None


def _fail(command: str, errors: Sequence[Any], last: Sequence[str]) -> None:
    texts = [
        "\n".join((*([error.address] if error.address else []), *error.paragraphs())) for error in errors
    ]
    message = without_secrets("\n\n".join(dict.fromkeys(texts)) or "\n".join(last).strip())
    if _STALE in message:
        raise StalePlanError(message)
    raise TerraformError(message or f"terraform {command} failed and said nothing")


def _environment() -> dict[str, str]:
    return {**os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
