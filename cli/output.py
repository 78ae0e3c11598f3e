"""How commands print: colours and tables on a terminal, plain lines elsewhere, JSON where it is asked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.exit_codes import ExitCode
from settings.loader import Settings, load_settings
from settings.reading.problems import ConfigurationError, printable

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Config = Annotated[Path, typer.Option(help="The folder with platform.yaml and environments/.")]
ServicesAddress = Annotated[
    str | None,
    typer.Option(
        "--services",
        metavar="ADDRESS",
        envvar="MLOPS_SERVICES",
        help="Other services than the public ones, such as the sandbox's.",
    ),
]
CONFIG = Path("config")
_WIDEST = 48


def say(text: str, style: str | None = None) -> None:
    """Print a line to stdout. Paths and values are shown as they are: no markup, no line breaks of rich's own."""
    Console(markup=False, highlight=False, soft_wrap=True).print(text, style=style)


def refuse(text: str, code: ExitCode) -> NoReturn:
    """Print why the command cannot go on to stderr, and end it."""
    if text:
        Console(stderr=True, markup=False, highlight=False, soft_wrap=True).print(text, style="red")
    raise typer.Exit(code) from None


def say_json(content: object) -> None:
    """Print a document of JSON."""
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def say_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table that fits the terminal; elsewhere in aligned columns, one line a row, nothing cut."""
    rows = [[printable(cell) for cell in row] for row in rows]
    console = Console(highlight=False)
    if console.is_terminal and not console.is_dumb_terminal:
        table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
        for row in rows:
            table.add_row(*map(Text, row))
        console.print(table)
        return
    # One long value does not push the others apart: it is written out in its own row only.
    lengths = [[len(cell) for cell in column] for column in zip(columns, *rows, strict=True)]
    widths = [
        max(length for length in column if length <= _WIDEST or length == min(column)) for column in lengths
    ]
    for row in (columns, *rows):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")


def refuse_placeholders(settings: Settings) -> NoReturn:
    """Name the ids that are not filled in, without which nobody can be asked, and end the command."""
    refuse(settings.placeholder_warning().replace("Warning", "Error", 1), ExitCode.FAILED)


def refuse_unknown(environment: str | None, settings: Settings) -> None:
    """End the command where the configuration has no such environment. None is all of them."""
    names = [known.name for known in settings.environments]
    if environment is not None and environment not in names:
        refuse(f"There is no environment {environment}, only {', '.join(names)}.", ExitCode.USAGE)


def settings_in(folder: Path) -> Settings:
    """Load the configuration that a command goes by. With mistakes in it, the command cannot be done."""
    try:
        return load_settings(folder)
    except ConfigurationError as error:
        refuse(error.report(), ExitCode.FAILED)
