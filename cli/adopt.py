"""``mlops adopt`` and ``mlops recover``: what exists is looked up and written down as imports."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Sequence

import typer

from adoption.azure import Azure
from adoption.devops import DevOps
from adoption.outcome import Found
from adoption.plan import losses
from adoption.report import report
from adoption.result import Result
from adoption.search import Search
from adoption.state import held
from adoption.wanted import Terraform
from cli.exit_codes import ExitCode
from cli.output import CONFIG, refuse, refuse_placeholders, say, say_json, settings_in
from client.errors import ServiceError
from client.services import connect
from deployment.backend import BackendError
from deployment.imports import ImportsError, add_imports
from deployment.stacks import Stack, output_folder, read_stacks
from deployment.state import StateError
from deployment.tools import ToolError
from files.replacing import WriteError
from plans.changes import Changes
from plans.reading import read_changes
from plans.terraform import Terraform as Planning
from plans.terraform import TerraformError
from settings.loader import Settings


def adopt(
    names: Sequence[str], services: str | None, *, only_lost: bool, with_plan: bool, as_json: bool
) -> None:
    """Look for what exists of stacks, write it down as imports, and let Terraform say what would come of it.

    With ``only_lost`` what the state of a stack holds already is left out.
    """
    settings = settings_in(CONFIG)
    if settings.placeholders and services is None:
        refuse_placeholders(settings)
    try:
        # What Terraform prints is progress here: only what came of it goes to stdout.
        with contextlib.redirect_stdout(sys.stderr):
            results = _adopted(settings, names, services, only_lost=only_lost)
            if with_plan:
                results = _planned(settings, results)
    except (BackendError, ImportsError, ServiceError, StateError, ToolError, WriteError) as error:
        refuse(str(error), ExitCode.FAILED)
    if as_json:
        say_json({"stacks": [result.to_json() for result in results]})
    else:
        say(report(results, with_plan=with_plan))
    if any(result.changes and result.changes.error for result in results):
        raise typer.Exit(ExitCode.FAILED)
    if any(result.needs_a_look for result in results):
        raise typer.Exit(ExitCode.FINDINGS)


def _adopted(
    settings: Settings, names: Sequence[str], services: str | None, *, only_lost: bool
) -> list[Result]:
    stacks = _chosen(_synthesized(), names)
    # Looked at before the services are: a state that cannot be read is said first.
    passed_over = {stack.name: held(stack) if only_lost else frozenset[str]() for stack in stacks}
    organization = settings.platform.azure_devops.organization_url
    with connect(organization, services=services, read_only=True) as opened:
        azure, devops = Azure(opened), DevOps(opened)
        found = []
        for stack in stacks:
            say(f"Looking for what exists of {stack.name} ...")
            found.append((stack, Search(Terraform(stack), azure, devops).run()))
    results = []
    for stack, outcomes in found:
        left = {address: item for address, item in outcomes.items() if address not in passed_over[stack.name]}
        ids = {address: item.import_id for address, item in left.items() if isinstance(item, Found)}
        added = add_imports(CONFIG, stack.name, ids) if ids else None
        results.append(Result(stack.name, left, added))
    return results


def _planned(settings: Settings, results: list[Result]) -> list[Result]:
    """Let Terraform plan each stack with the imports."""
    stacks = {stack.name: stack for stack in _synthesized()}
    return [_with_plan(settings, result, stacks[result.stack]) for result in results]


def _with_plan(settings: Settings, result: Result, stack: Stack) -> Result:
    planning = Planning(stack)
    try:
        plan = planning.plan()
    except TerraformError as error:
        return result.planned(Changes(stack.name, error=str(error)), [])
    finally:
        planning.forget_plan()
    changes = read_changes(stack.name, plan)
    prefix = f"{settings.platform.stack_prefix}-"
    environment = stack.name.removeprefix(prefix)
    known = environment in (model.name for model in settings.environments)
    return result.planned(
        changes, losses(settings, environment if known else "", Terraform(stack), changes, plan)
    )


def _synthesized() -> list[Stack]:
    """Write the Terraform of the configuration and return the stacks; it says by itself what is wrong with it."""
    done = subprocess.run([sys.executable, "main.py"], stdout=sys.stderr, check=False)
    if done.returncode:
        raise typer.Exit(ExitCode.FAILED)
    return read_stacks(output_folder())


def _chosen(stacks: list[Stack], names: Sequence[str]) -> list[Stack]:
    known = [stack.name for stack in stacks]
    for name in names:
        if name not in known:
            refuse(f"Error: There is no stack {name}, only {', '.join(known)}.", ExitCode.USAGE)
    return [stack for stack in stacks if stack.name in names or not names]
