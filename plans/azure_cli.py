"""The Azure CLI, which the task AzureCLI@2 has signed in."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

from deployment.tools import ToolError
from plans.hiding import without_secrets


class AzureCliError(Exception):
    """It could not be done; the message has the command, what Azure said, and what to look at."""


def azure(*arguments: str) -> Any:
    """Run a command of the Azure CLI, as whoever has signed in, and return what it answers.

    Raises AzureCliError, and ToolError where there is no ``az``.
    """
    program = shutil.which("az")
    if program is None:
        raise ToolError("az is not on PATH. Install the Azure CLI (https://learn.microsoft.com/cli/azure).")
    done = subprocess.run(  # noqa: S603  # the Azure CLI, with arguments of this project
        [program, *arguments, "--only-show-errors", "--output", "json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = without_secrets(done.stderr.strip()) or f"exit code {done.returncode}"
        command = " ".join(argument for argument in arguments if not argument.startswith("/"))
        raise AzureCliError(
            f"az {command} failed:\n{said}\nLook that the connection has its role there "
            '(docs/infrastructure-pipelines.md, "Who may do what"), and that the network lets this agent in.'
        )
    return json.loads(done.stdout) if done.stdout.strip() else None
