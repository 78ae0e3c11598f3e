"""The commands. Each one says what it did, and exits with 1 when something is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

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
    names = ", ".join(environment.name for environment in settings.environments)
    out.print(f"{folder}: no mistakes. Environments: {names}.", style="green")


if __name__ == "__main__":
    app()
