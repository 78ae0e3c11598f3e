"""The sandbox's commands: ``python -m sandbox --help``."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deployment.failure import shown, wrapped
from deployment.imports import ImportsError
from deployment.output import plan_in
from deployment.state import StateError
from deployment.summary import summarize
from deployment.tools import ToolError
from deployment.view import View
from files.replacing import WriteError
from sandbox.cloud.faults import reset_faults
from sandbox.cloud.request import ServiceError
from sandbox.cloud.store import CLOUD_VARIABLE, BrokenFileError
from sandbox.commands import library, mirror, recovery
from sandbox.commands.platform import Platform, SandboxError
from sandbox.commands.serve import serve
from sandbox.commands.tour import Tour, next_steps
from sandbox.rest.door import PAGE_SIZE
from sandbox.services.seed import DEFAULT_PIPELINES, PLACEHOLDER_ID, seed

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Deploy this project offline: stand-ins for Azure and Azure DevOps, behind the real Terraform. "
    "docs/sandbox.md tells more.",
)
library_app = typer.Typer(
    no_args_is_help=True,
    help="Read and edit variables of the stand-in cloud, as people do in the Azure DevOps Library.",
)
app.add_typer(library_app, name="library")

Folder = Annotated[
    Path, typer.Option(help="Everything is written below this folder.", show_default=".sandbox")
]
Cloud = Annotated[
    Path,
    typer.Option(
        envvar=CLOUD_VARIABLE, help="The folder of the stand-in cloud.", show_default=".sandbox/cloud"
    ),
]
Group = Annotated[str, typer.Argument(help="The variable group's name.")]
Variable = Annotated[str, typer.Argument(help="The variable's name.")]
DEFAULT_CLOUD = mirror.DEFAULT_FOLDER / "cloud"


Stack = Annotated[str, typer.Argument(help="A stack's name, such as mlops-dev.")]
Stacks = Annotated[list[str] | None, typer.Argument(help="Names of stacks; all if left out.")]


@app.command("tour")
def tour_command(
    folder: Folder = mirror.DEFAULT_FOLDER,
    keep: Annotated[bool, typer.Option("--keep", help="Do not destroy what was deployed.")] = False,
) -> None:
    """Deploy all stacks, check that a second diff is empty, destroy everything, and say what there was."""
    console = Console(highlight=False)
    Tour(Platform(folder, view=View(console), log_name="tour"), console).run(keep=keep)


@app.command()
def diff(stack: Stack, folder: Folder = mirror.DEFAULT_FOLDER) -> None:
    """Synthesize, and show what a deployment of one stack would change; of a removed one, what a destroy would."""
    # The plan is what was asked for: it alone goes to stdout.
    console = Console(highlight=False, stderr=True)
    platform = _synthesized(folder, "diff", [stack], console)
    _warn(platform, [stack])
    typer.echo(plan_in(platform.diff(stack)))


@app.command()
def deploy(stacks: Stacks = None, folder: Folder = mirror.DEFAULT_FOLDER) -> None:
    """Synthesize, and deploy stacks to what is there already."""
    console = Console(highlight=False)
    platform = _synthesized(folder, "deploy", stacks or [], console)
    _warn(platform, stacks or [])
    platform.deploy(*(stacks or ()))
    if note := recovery.notes_on_imports(platform):
        console.print(note, soft_wrap=True)
    there = [stack for stack in platform.stacks() if platform.managed(stack.name)]
    summarize(console, there, next_steps(platform, there))
    _say_log(platform, console)


@app.command()
def destroy(stacks: Stacks = None, folder: Folder = mirror.DEFAULT_FOLDER) -> None:
    """Destroy stacks, those too that are no longer configured."""
    console = Console(highlight=False)
    platform = _synthesized(folder, "destroy", stacks or [], console)
    if not stacks and os.environ.get("DESTROY_PROTECTED") == "1":
        platform.destroy_protected()
    else:
        platform.destroy(*(stacks or ()))
    left = [stack.name for stack in platform.stacks() if platform.managed(stack.name)]
    console.print(f"Still there: {', '.join(left) or 'nothing'}.", soft_wrap=True)
    _say_log(platform, console)


@app.command()
def recover(stacks: Stacks = None, folder: Folder = mirror.DEFAULT_FOLDER) -> None:
    """Look for what exists and the state lacks, and write it down as imports of the configuration.

    The next synthesis makes import blocks of them, and the next deployment brings everything into the state.
    """
    console = Console(highlight=False, markup=False, soft_wrap=True)
    platform = _synthesized(folder, "recover", stacks or [], console)
    chosen = [stack.name for stack in platform.stacks() if stack.name in (stacks or ()) or not stacks]
    done = [name for name in chosen if _recovered(platform, name, console)]
    if done:
        console.print(
            f"\nNext, bring them into the state: {platform.command('deploy', *_with_registry(platform, done))}"
        )
    _say_log(platform, console)


@app.command()
def install(folder: Folder = mirror.DEFAULT_FOLDER, cloud: Cloud = DEFAULT_CLOUD) -> None:
    """Write the stand-in providers, and print the variables that make Terraform use them.

    For your own Terraform commands: eval "$(python -m sandbox install)"
    """
    for name, value in mirror.install(folder).environment(cloud).items():
        typer.echo(f"export {name}={shlex.quote(value)}")


@app.command("seed")
def seed_command(
    cloud: Cloud = DEFAULT_CLOUD,
    project: Annotated[str, typer.Option(help="The Azure DevOps project.")] = "mlops",
    team: Annotated[list[str] | None, typer.Option(help="A team of the project. Repeatable.")] = None,
    pipeline: Annotated[
        list[str] | None,
        typer.Option(help=r"A pipeline of the project, after = its folder: 'Training=\ml'. Repeatable."),
    ] = None,
    user: Annotated[
        list[str] | None, typer.Option(help="The GUID of a person whom approvals may name. Repeatable.")
    ] = None,
    subscription: Annotated[list[str] | None, typer.Option(help="A subscription's GUID. Repeatable.")] = None,
    tenant: Annotated[str, typer.Option(help="The GUID of the subscriptions' tenant.")] = PLACEHOLDER_ID,
    pull_request: Annotated[
        list[str] | None, typer.Option(help="A branch with a pull request into main. Repeatable.")
    ] = None,
) -> None:
    """Create what is there before a first deployment. What exists stays as it is."""
    pairs = [item.partition("=") for item in pipeline or ()]
    seed(
        cloud,
        project=project,
        pipelines={name: folder or "\\" for name, _, folder in pairs} or DEFAULT_PIPELINES,
        subscriptions=subscription or (PLACEHOLDER_ID,),
        tenant_id=tenant,
        users=user or (),
        groups=team or (),
        pull_requests=pull_request or (),
    )
    typer.echo(f"Seeded {cloud}")


@app.command("serve")
def serve_command(
    command: Annotated[
        list[str] | None, typer.Argument(help="A command with its arguments, after --.", show_default=False)
    ] = None,
    cloud: Cloud = DEFAULT_CLOUD,
    token_seconds: Annotated[float, typer.Option(min=0.1, help="How long a token lives, in seconds.")] = 3600,
    page_size: Annotated[int, typer.Option(min=1, help="How many items a page of a list has.")] = PAGE_SIZE,
) -> None:
    """Open the REST APIs of Azure Resource Manager and Azure DevOps over the stand-in cloud, on this machine.

    With a command, it is run with the door's address and a way to sign in, and its exit code is this one's:
    python -m sandbox serve -- python -m cli library --diff

    Without one, the variables are printed for another terminal, until Ctrl-C.
    """
    raise typer.Exit(
        serve(cloud, command or (), say=typer.echo, token_seconds=token_seconds, page_size=page_size)
    )


@app.command("reset-faults")
def reset_faults_command(cloud: Cloud = DEFAULT_CLOUD) -> None:
    """Count from the start again, so that a fault that has happened happens once more."""
    reset_faults(cloud)
    typer.echo("Faults that have happened will happen again.")


@library_app.command("list")
def list_command(
    group: Annotated[str | None, typer.Argument(help="One group's name; all groups if left out.")] = None,
    cloud: Cloud = DEFAULT_CLOUD,
) -> None:
    """Show variables and their values; those of secrets stay hidden."""
    table = Table()
    for column in ("group", "variable", "value"):
        table.add_column(column, overflow="fold")  # nothing is cut off in a narrow window
    for name, variables in library.list_variables(cloud, group).items():
        for variable, value in variables.items():
            table.add_row(*map(escape, (name, variable, value)))
    Console().print(table)


@library_app.command("roles")
def roles_command(group: Group, cloud: Cloud = DEFAULT_CLOUD) -> None:
    """Show who may do what with a group, inherited roles among it."""
    for team, role in library.list_roles(cloud, group).items():
        typer.echo(f"{team}: {role}")


@library_app.command("set")
def set_command(
    group: Group,
    name: Variable,
    value: Annotated[str, typer.Argument(help="The new value.")],
    cloud: Cloud = DEFAULT_CLOUD,
) -> None:
    """Change a variable, or add one."""
    library.set_variable(cloud, group, name, value)
    typer.echo(f"{group}: {name} = {value}")


@library_app.command("delete")
def delete_command(group: Group, name: Variable, cloud: Cloud = DEFAULT_CLOUD) -> None:
    """Delete a variable."""
    library.delete_variable(cloud, group, name)
    typer.echo(f"{group}: {name} is deleted")


def _synthesized(folder: Path, command: str, names: list[str], console: Console) -> Platform:
    """Return the platform as the configuration has it now, if it has stacks of these names."""
    platform = Platform(folder, view=View(console), log_name=command)
    platform.synthesize()
    platform.check_names(names, removed=command != "deploy")
    if command == "deploy" and (removed := platform.removed()):
        console.print(
            f"No longer configured, but not destroyed: {' '.join(removed)}. "
            f"To take down: {platform.command('destroy', *removed)}",
            soft_wrap=True,
        )
    return platform


def _recovered(platform: Platform, name: str, console: Console) -> bool:
    """Look at one stack, and say what was found; return whether something was written."""
    added = recovery.recover(platform, name)
    if added is None:
        console.print(f"{name}: the state lacks nothing that exists.")
        return False
    if added.new:
        console.print(f"{name}: what exists and the state lacks is now in {shown(added.path)}:")
        console.print("\n".join(f"  {address}" for address in added.new))
    for address, found in added.others.items():
        console.print(f"{name}: {address} has another id in {shown(added.path)} than was found: {found}")
    if not added.new and not added.others:
        console.print(f"{name}: {shown(added.path)} has everything already.")
    return True


def _with_registry(platform: Platform, names: list[str]) -> list[str]:
    """Return the names, and before them the stack that all others wait for."""
    first = platform.stacks()[0].name
    return list(dict.fromkeys([first, *names]))


def _warn(platform: Platform, names: list[str]) -> None:
    """Say on stderr what speaks against going on; StateError if Terraform could not."""
    for note in platform.left_out:
        typer.echo(f"Left out, for it names nothing in the stand-in cloud: the import of {note}", err=True)
    if warning := recovery.warnings(platform, names):
        typer.echo(f"{warning}\n", err=True)


def _say_log(platform: Platform, console: Console) -> None:
    console.print(f"\nLog: {shown(platform.log.path)}", soft_wrap=True)


def main() -> None:
    """Run a command; a mistake of the user's is one line on stderr and exit code 1."""
    try:
        app(prog_name="python -m sandbox")
    except (
        library.LibraryError,
        BrokenFileError,
        ImportsError,
        SandboxError,
        ServiceError,
        StateError,
        ToolError,
        WriteError,
    ) as error:
        typer.echo(wrapped(f"Error: {error}"), err=True)
        raise SystemExit(1) from error
    except OSError as error:
        typer.echo(
            f"Error: {error.filename} cannot be used: {error.strerror}. Name another --folder.", err=True
        )
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
