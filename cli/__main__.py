"""The commands. Each one says what it did, and exits with 1 when something is wrong."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from cli.stacks import Stacks, StacksError, output_folder
from deployment.imports import notes_on_imports
from deployment.state import state_path
from deployment.tools import ToolError
from settings.loader import load_settings
from settings.reading.problems import ConfigurationError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def commands() -> None:
    """Look after the platform beside cdktf."""


@app.command()
def validate(
    folder: Annotated[Path, typer.Argument(help="The folder with platform.yaml and environments/.")] = Path(
        "config"
    ),
) -> None:
    """Check the configuration and write nothing."""
    # Paths and values are shown as they are: no markup, no line breaks of rich's own.
    out = Console(markup=False, highlight=False, soft_wrap=True)
    try:
        settings = load_settings(folder)
    except ConfigurationError as error:
        Console(stderr=True, markup=False, highlight=False, soft_wrap=True).print(error.report(), style="red")
        raise typer.Exit(1) from None
    if settings.placeholders:
        out.print(settings.placeholder_warning(), style="yellow")
    if settings.platform.backend.type == "local":
        entries = [(item.file, item.stack, item.address) for item in settings.imports]
        if note := notes_on_imports(entries, partial(state_path, output_folder())):
            out.print(note)
    for note in settings.notes:
        out.print(note, style="yellow")
    names = ", ".join(environment.name for environment in settings.environments)
    out.print(f"{folder}: no mistakes. Environments: {names}.", style="green")


# What is no name of a stack is an option of cdktf, such as --auto-approve.
_PASSED_ON = {"ignore_unknown_options": True}
Names = Annotated[
    list[str] | None, typer.Argument(help="Names of stacks; all if left out. Then cdktf's options.")
]


@app.command(context_settings=_PASSED_ON)
def diff(
    stack: Annotated[list[str], typer.Argument(help="The name of a stack. Then cdktf's options.")],
) -> None:
    """Show what a deployment of a stack would change."""
    _over_stacks("diff", stack)


@app.command(context_settings=_PASSED_ON)
def deploy(stacks: Names = None) -> None:
    """Deploy stacks in their order, and say what is there then."""
    _over_stacks("deploy", stacks or [])


@app.command(context_settings=_PASSED_ON)
def destroy(stacks: Names = None) -> None:
    """Destroy stacks, those too that are no longer configured; without names, all but project, teams and registry."""
    _over_stacks("destroy", stacks or [])


def _over_stacks(command: str, arguments: list[str]) -> None:
    options = [argument for argument in arguments if argument.startswith("-")]
    names = [argument for argument in arguments if argument not in options]
    try:
        chosen = Stacks(command, names, options)
        {"diff": chosen.diff, "deploy": chosen.deploy, "destroy": chosen.destroy}[command]()
    except ToolError as error:
        _refuse(str(error))
    except StacksError as error:
        _refuse(f"Error: {error}" if str(error) else "")


def _refuse(text: str) -> NoReturn:
    if text:
        Console(stderr=True, markup=False, highlight=False, soft_wrap=True).print(text)
    raise typer.Exit(1) from None


if __name__ == "__main__":
    app()
