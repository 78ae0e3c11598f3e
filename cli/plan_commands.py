"""What the commands over plans have in common: their arguments, what they work on, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from cli.exit_codes import ExitCode
from cli.output import refuse
from client.errors import ServiceError
from deployment.stacks import Stack, output_folder, read_stacks
from deployment.tools import ToolError
from files.replacing import WriteError
from plans.affected import AffectedError
from plans.azure_cli import AzureCliError
from plans.changes import Action, Changes
from plans.saved import RefusedError
from plans.terraform import TerraformError

_ERRORS = (AffectedError, RefusedError, ServiceError, AzureCliError, TerraformError, ToolError, WriteError)
_LOST = (
    "What these hold would be lost. If that is meant, start the pipeline again with the parameter allow_destroy "
    "(--allow-destroy); moved blocks and imports keep what was only renamed."
)

Name = Annotated[str, typer.Argument(metavar="STACK", help="The name of a stack, such as mlops-dev.")]
AllowDestroy = Annotated[
    bool, typer.Option("--allow-destroy", help="Stateful resources may be replaced or destroyed.")
]


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what goes wrong into one message; a refusal of a plan is a finding, all else could not be done."""
    try:
        yield
    except _ERRORS as error:
        refused = isinstance(error, RefusedError)
        refuse(f"Error: {error}", ExitCode.FINDINGS if refused else ExitCode.FAILED)


def stack_of(name: str) -> Stack:
    """Return a stack that was synthesized; the command ends where there is none of that name."""
    out = output_folder()
    try:
        stacks = {stack.name: stack for stack in read_stacks(out)}
    except FileNotFoundError:
        refuse(f"Error: there are no stacks in {out}. Write them first: make synth", ExitCode.FAILED)
    if name not in stacks:
        refuse(f"Error: there is no stack {name}, only {', '.join(stacks)}.", ExitCode.USAGE)
    return stacks[name]


def losses_of(changes: Changes) -> str:
    """Say what a plan would lose, and what to do."""
    lines = "\n".join(f"  {change.address}" for change in changes.losing)
    return f"The plan of {changes.stack} replaces or destroys:\n{lines}\n{_LOST}"


def in_words(changes: Changes) -> str:
    """Say in a line what a plan does."""
    counts = [f"{count} to {action}" for action in Action if (count := changes.count(action))]
    return f"{changes.stack}: {', '.join(counts) or ('outputs change' if changes.outputs else 'no changes')}."
