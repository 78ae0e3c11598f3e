"""The commands. Each one says what it did, and ends with an exit code of :class:`~cli.exit_codes.ExitCode`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cli import doctor, plans
from cli.adopt import adopt as adopt_stacks
from cli.bootstrap import BACKEND_REMEDY, bootstrap
from cli.differences import show_differences
from cli.exit_codes import ExitCode
from cli.library import show_library
from cli.output import CONFIG, Config, Json, ServicesAddress, refuse, say, say_json, settings_in
from cli.pull import pull_edits
from cli.report import DEFAULT, write_report
from cli.runs import active_runs
from cli.stacks import NamesError, Stacks, StacksError
from cli.unlock import unlock
from deployment.backend import BackendError
from deployment.imports import notes_on_imports
from deployment.stacks import output_folder
from deployment.state import StateError, state_path
from deployment.tools import ToolError
from files.replacing import WriteError
from settings.loader import Settings, load_settings
from settings.reading.problems import ConfigurationError, Problem, dotted

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 110},
)
app.add_typer(doctor.app, name="doctor")
app.add_typer(plans.app, name="plans")


@app.callback()
def commands() -> None:
    """Look after the platform beside cdktf.

    \b
    Exit codes:
      0  fine
      1  done, and something is wrong: mistakes in the configuration, findings
      2  called wrongly
      3  could not be done: a program, a file, access or network is missing, or an earlier step is wrong
    """


@app.command()
def validate(
    folder: Annotated[Path, typer.Argument(help="The folder with platform.yaml and environments/.")] = CONFIG,
    as_json: Json = False,
) -> None:
    """Check the configuration and write nothing.

    \b
    Example: mlops validate guide
    """
    settings, problems = None, list[Problem]()
    try:
        settings = load_settings(folder)
    except ConfigurationError as error:
        if not as_json:
            refuse(error.report(), ExitCode.FINDINGS)
        problems = error.problems
    if as_json:
        say_json(_as_json(settings, problems))
    elif settings:
        if settings.placeholders:
            say(settings.placeholder_warning(), "yellow")
        for note in _notes(settings):
            say(note, "yellow")
        names = ", ".join(environment.name for environment in settings.environments)
        say(f"{folder}: no mistakes. Environments: {names}.", "green")
    if problems:
        raise typer.Exit(ExitCode.FINDINGS)


def _notes(settings: Settings) -> list[str]:
    """Say what is worth knowing, and which imports local state makes needless; of state in Azure nothing is known."""
    needless = notes_on_imports(settings.local_imports(), partial(state_path, output_folder()))
    return [*settings.notes, *([needless] if needless else [])]


def _as_json(settings: Settings | None, problems: list[Problem]) -> dict[str, object]:
    return {
        "environments": [environment.name for environment in settings.environments] if settings else [],
        "placeholders": [
            {"key": dotted(found.path), "file": found.file.as_posix(), "line": found.line}
            for found in (settings.placeholders if settings else ())
        ],
        "notes": _notes(settings) if settings else [],
        "mistakes": [
            {
                "key": dotted(problem.path),
                "file": problem.file.as_posix(),
                "line": problem.line,
                "column": problem.column,
                "found": problem.found,
                "allowed": problem.allowed,
                "fix": problem.fix,
            }
            for problem in problems
        ],
    }


@app.command()
def library(
    environment: Annotated[
        str | None, typer.Option("--env", metavar="NAME", help="Only the groups of this environment.")
    ] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Compare the Library itself with the configuration.")
    ] = False,
    config: Config = CONFIG,
    services: ServicesAddress = None,
    as_json: Json = False,
) -> None:
    """Show the variable groups as the configuration has them: first values, owners, and the line of each.

    What people have set in the Library since is not shown: nothing but files is read. --diff signs in and shows what
    differs. What people may do in the Library is no finding: edits of values that belong to it, and additions.

    \b
    Example: mlops library --env dev
    Example: mlops library --diff
    """
    settings = settings_in(config)
    if diff:
        show_differences(settings, environment, services, as_json=as_json)
    else:
        show_library(settings, environment, as_json=as_json)


@app.command()
def pull(
    environment: Annotated[
        str | None, typer.Option("--env", metavar="NAME", help="Only the group of this environment.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if there is something to pull.")
    ] = False,
    config: Config = CONFIG,
    services: ServicesAddress = None,
    as_json: Json = False,
) -> None:
    """Write what people have set in the Library into the configuration, for a pull request.

    Only values that belong to the Library. Comments, quotes and order stay. Where the configuration would not take a
    value, nothing is written.

    \b
    Example: mlops pull --check
    """
    pull_edits(config, environment, services, check=check, as_json=as_json)


@app.command()
def report(
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write the page.")] = DEFAULT,
    live: Annotated[bool, typer.Option("--live", help="Show the values that the Library has now.")] = False,
    services: ServicesAddress = None,
) -> None:
    """Write one HTML page for those who approve: who may deploy what, where, and what happens then.

    It is drawn from the configuration and from the Terraform that was written last. First values of the Library are
    marked: people may have changed them since. --live signs in and shows the values of now.

    \b
    Example: mlops report --out report.html
    """
    write_report(out, services, live=live)


Adoptable = Annotated[list[str] | None, typer.Argument(help="Names of stacks; all if left out.")]
Plan = Annotated[bool, typer.Option("--plan/--no-plan", help="Let Terraform plan with the imports.")]


@app.command()
def adopt(
    stacks: Adoptable = None, services: ServicesAddress = None, plan: Plan = True, as_json: Json = False
) -> None:
    """Look for what exists already of stacks, and write it to config/imports/: the next deployment takes it over.

    For platforms that were set up by hand. Only files in config/imports/ are written; Azure and Azure DevOps are read.
    A plan that would lose something ends with 1, and names the settings that avoid it.

    
    Example: mlops adopt mlops-registry
    """
    adopt_stacks(stacks or [], services, only_lost=False, with_plan=plan, as_json=as_json)


@app.command()
def recover(
    stacks: Adoptable = None, services: ServicesAddress = None, plan: Plan = True, as_json: Json = False
) -> None:
    """Look for what exists of stacks and their state lacks, and write it to config/imports/, as mlops adopt does.

    
    Example: mlops recover mlops-dev
    """
    adopt_stacks(stacks or [], services, only_lost=True, with_plan=plan, as_json=as_json)


# What is no name of a stack is an option of cdktf, such as --auto-approve.
_PASSED_ON = {"ignore_unknown_options": True}
Names = Annotated[
    list[str] | None, typer.Argument(help="Names of stacks; all if left out. Then cdktf's options.")
]


@app.command(context_settings=_PASSED_ON)
def diff(
    stack: Annotated[list[str], typer.Argument(help="The name of a stack. Then cdktf's options.")],
) -> None:
    """Show what a deployment of a stack would change.

    \b
    Example: mlops diff mlops-dev
    """
    _over_stacks("diff", stack)


@app.command(context_settings=_PASSED_ON)
def deploy(stacks: Names = None) -> None:
    """Deploy stacks in their order, and say what is there then.

    \b
    Example: mlops deploy mlops-registry mlops-dev
    """
    _over_stacks("deploy", stacks or [])


@app.command(context_settings=_PASSED_ON)
def destroy(stacks: Names = None) -> None:
    """Destroy stacks, those too that are no longer configured; without names, all but project, teams and registry.

    \b
    Example: mlops destroy mlops-dev
    """
    _over_stacks("destroy", stacks or [])


@app.command(name="bootstrap")
def bootstrap_(
    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="ID", help="ARM id of the container that held the state of all stacks so far."
        ),
    ] = None,
    auto_approve: Annotated[bool, typer.Option("--auto-approve", help="Do not ask.")] = False,
) -> None:
    """Make the storage of the state (backend.create), and move the state of all stacks there.

    Whatever a run that died has done is not done twice. After a new environment it makes its container.

    \b
    Example: mlops bootstrap --auto-approve
    """
    with _refusing():
        chosen = Stacks("bootstrap", [], ["--auto-approve"] if auto_approve else [])
        bootstrap(chosen, source)
        chosen.say_log()


@app.command(name="unlock")
def unlock_(
    stack: Annotated[str, typer.Argument(help="The name of a stack.")],
    lift: Annotated[
        str | None,
        typer.Option("--lift", metavar="ID", help="Lift the lock with this id, which is shown without it."),
    ] = None,
    services: ServicesAddress = None,
) -> None:
    """Show who holds the lock of a stack's state, and lift one that was left behind.

    \b
    Example: mlops unlock mlops-dev
    """
    with _refusing():
        unlock(stack, lift, active_runs=lambda lock: active_runs(lock, settings_in(CONFIG), services))


def _over_stacks(command: str, arguments: list[str]) -> None:
    options = [argument for argument in arguments if argument.startswith("-")]
    names = [argument for argument in arguments if argument not in options]
    with _refusing():
        chosen = Stacks(command, names, options)
        {"diff": chosen.diff, "deploy": chosen.deploy, "destroy": chosen.destroy}[command]()


@contextmanager
def _refusing() -> Iterator[None]:
    """Print why a command over stacks cannot go on, and end it."""
    try:
        yield
    except (ToolError, StateError, WriteError) as error:
        refuse(str(error), ExitCode.FAILED)
    except BackendError as error:
        refuse(f"Error: Terraform cannot get at the state.\n{error}\n{BACKEND_REMEDY}", ExitCode.FAILED)
    except NamesError as error:
        refuse(f"Error: {error}", ExitCode.USAGE)
    except StacksError as error:
        refuse(f"Error: {error}" if str(error) else "", ExitCode.FAILED)


if __name__ == "__main__":
    app(prog_name="mlops")
