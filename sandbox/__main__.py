"""The sandbox's commands: ``python -m sandbox --help``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sandbox import library, mirror
from sandbox.cloud import BrokenFileError
from sandbox.faults import reset_faults
from sandbox.platform import Platform, SandboxError
from sandbox.seed import DEFAULT_PIPELINES, PLACEHOLDER_ID, seed
from sandbox.tour import Tour

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Offline stand-ins for Azure and Azure DevOps."
)
library_app = typer.Typer(no_args_is_help=True, help="Edit variables as a person in the Library would.")
app.add_typer(library_app, name="library")

Cloud = Annotated[Path, typer.Option(envvar="SANDBOX_CLOUD", help="The folder of the stand-in cloud.")]
DEFAULT_CLOUD = mirror.DEFAULT_FOLDER / "cloud"


@app.command("tour")
def tour_command(
    folder: Annotated[Path, typer.Option(help="Where to write everything.")] = mirror.DEFAULT_FOLDER,
    keep: Annotated[bool, typer.Option(help="Keep the deployment, to look at it and change it.")] = False,
) -> None:
    """Deploy all stacks offline, show that a second diff is empty, say what is there, and clean up."""
    Tour(Platform(folder), Console(highlight=False)).run(keep=keep)


@app.command()
def install(
    folder: Annotated[Path, typer.Option(help="Where to write the providers.")] = mirror.DEFAULT_FOLDER,
    cloud: Cloud = DEFAULT_CLOUD,
) -> None:
    """Write the providers and Terraform's configuration, and print the variables that make Terraform use them."""
    for name, value in mirror.install(folder).environment(cloud).items():
        typer.echo(f"export {name}={value}")


@app.command("seed")
def seed_command(
    cloud: Cloud = DEFAULT_CLOUD,
    project: Annotated[str, typer.Option(help="The Azure DevOps project.")] = "mlops",
    pipeline: Annotated[
        list[str] | None,
        typer.Option(help=r"A pipeline, with its folder if it has one: 'Training=\\ml'. Repeatable."),
    ] = None,
    subscription: Annotated[list[str] | None, typer.Option(help="A subscription's id. Repeatable.")] = None,
    tenant: Annotated[str, typer.Option(help="The tenant's id.")] = PLACEHOLDER_ID,
) -> None:
    """Create what is there before the first deployment; what exists stays as it is."""
    pairs = [item.partition("=") for item in pipeline or ()]
    seed(
        cloud,
        project=project,
        pipelines={name: folder or "\\" for name, _, folder in pairs} or DEFAULT_PIPELINES,
        subscriptions=subscription or (PLACEHOLDER_ID,),
        tenant_id=tenant,
    )
    typer.echo(f"Seeded {cloud}")


@app.command("reset-faults")
def reset_faults_command(cloud: Cloud = DEFAULT_CLOUD) -> None:
    """Let faults that have happened happen again."""
    reset_faults(cloud)


@library_app.command("list")
def list_command(
    group: Annotated[str | None, typer.Argument(help="One group; all of them if left out.")] = None,
    cloud: Cloud = DEFAULT_CLOUD,
) -> None:
    """Show the variables."""
    table = Table("group", "variable", "value")
    for name, variables in library.list_variables(cloud, group).items():
        for variable, value in variables.items():
            table.add_row(name, variable, value)
    Console().print(table)


@library_app.command("set")
def set_command(group: str, name: str, value: str, cloud: Cloud = DEFAULT_CLOUD) -> None:
    """Change a variable or add one."""
    library.set_variable(cloud, group, name, value)
    typer.echo(f"{group}: {name} = {value}")


@library_app.command("delete")
def delete_command(group: str, name: str, cloud: Cloud = DEFAULT_CLOUD) -> None:
    """Delete a variable."""
    library.delete_variable(cloud, group, name)
    typer.echo(f"{group}: {name} is deleted")


def main() -> None:
    """Run a command; a mistake of the user's is one line on stderr and exit code 1."""
    try:
        app()
    except (library.LibraryError, BrokenFileError, SandboxError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
