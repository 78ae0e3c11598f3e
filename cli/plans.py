"""``mlops plans``: what the platform's own pipelines run, from pull request to production (docs/pipelines.md)."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from cli.exit_codes import ExitCode
from cli.output import CONFIG, Config, Json, refuse, say, say_json, settings_in
from client.errors import ServiceError
from client.services import SERVICES_VARIABLE, connect
from deployment.private import make_private
from deployment.stacks import Stack, output_folder, read_stacks, state_stack
from deployment.tools import ToolError
from files.replacing import WriteError, replace_file, reported
from plans import blobs, comment, gates, pipeline
from plans.affected import AffectedError
from plans.affected import affected as compare_with
from plans.azure_cli import AzureCliError
from plans.changes import Action, Changes
from plans.channels import read_secret, secrets_of
from plans.markdown import AZURE_DEVOPS, GITHUB, code, summary
from plans.reading import read_changes
from plans.saved import Made, RefusedError, restore, save
from plans.terraform import StalePlanError, Terraform, TerraformError
from settings.models.infrastructure import stack_pipelines

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make plans, sum them up, and apply the one that was approved.",
)

_ERRORS = (AffectedError, RefusedError, ServiceError, AzureCliError, TerraformError, ToolError, WriteError)
_RESULTS = Path("build/plans")
_PAGE = "docs/infrastructure-pipelines.md"
_LOST = (
    "What these hold would be lost. If that is meant, start the pipeline again with the parameter allow_destroy "
    "(--allow-destroy); moved blocks and imports keep what was only renamed."
)

Name = Annotated[str, typer.Argument(metavar="STACK", help="The name of a stack, such as mlops-dev.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="The file with the plan.")]
Results = Annotated[
    list[Path],
    typer.Argument(exists=True, metavar="RESULT...", help="What mlops plans make wrote, or folders."),
]
Account = Annotated[str, typer.Option(metavar="NAME", help="The storage account for plans.")]
Sha256 = Annotated[str, typer.Option("--sha256", help="The SHA-256 of the plan that was approved.")]
AllowDestroy = Annotated[
    bool, typer.Option("--allow-destroy", help="Stateful resources may be replaced or destroyed.")
]


@app.callback()
def commands() -> None:
    """Make plans, sum them up, and apply the one that was approved. docs/pipelines.md shows the pipelines."""


@app.command()
def affected(
    base: Annotated[
        str, typer.Option(metavar="REF", help="The branch that the change goes to.")
    ] = "origin/main",
    as_json: Json = False,
) -> None:
    """Find the stacks whose Terraform differs from that of the merge base.

    In a pipeline, the output variables plan and removed have the names as JSON.

    \b
    Example: mlops plans affected --base origin/main
    """
    with _refusing():
        found = compare_with(output_folder(), base)
    by_hand = state_stack(read_stacks(output_folder()))
    if by_hand and by_hand.name in found.to_plan:
        found = found.without(by_hand.name)
        pipeline.warn(
            f"The Terraform of {by_hand.name} differs. No pipeline plans it: a person does (docs/state.md)."
        )
    pipeline.set_output("plan", json.dumps(found.to_plan))
    pipeline.set_output("removed", json.dumps(found.removed))
    if as_json:
        say_json(found.to_json())
        return
    if found.why:
        say(f"{found.why}\nAll stacks count as affected.", "yellow")
    for what, names in (("changed", found.changed), ("added", found.added), ("removed", found.removed)):
        for name in names:
            say(f"{name}  {what}")
    if not found.to_plan and not found.removed:
        say("No stack is affected.", "green")


@app.command()
def make(
    name: Name,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where to write what the plan does.")
    ] = _RESULTS,
    keep: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the plan in this file, for mlops plans apply.")
    ] = None,
    without_state: Annotated[
        bool,
        typer.Option("--without-state", help="The stack was never deployed: plan against an empty state."),
    ] = False,
    drift: Annotated[
        bool, typer.Option("--drift", help="Changes are findings: end with 1 if there are any.")
    ] = False,
    allow_destroy: AllowDestroy = False,
) -> None:
    """Plan a stack, and write what the plan does, without secrets, to FOLDER/STACK.json. The state is only read.

    With --keep the plan goes to a file that holds secrets; it is refused where it would replace or destroy what holds
    something, unless --allow-destroy says that it may. In a pipeline, the output variables changes and sha256 tell
    whether there is anything to apply, and which plan.

    \b
    Example: mlops plans make mlops-dev
    """
    stack = _stack(name)
    with _refusing():
        terraform = Terraform(stack)
        try:
            changes = read_changes(name, terraform.plan(with_state=not without_state))
            _write(out / f"{name}.json", changes)
            kept = keep is not None and _keep(terraform, changes, keep, allowed=allow_destroy)
        except TerraformError as error:
            _write(out / f"{name}.json", Changes(name, error=str(error)))
            raise
        finally:
            terraform.forget_plan()
    pipeline.set_output("changes", str(changes.any).lower())
    say(_in_words(changes), "yellow" if changes.losing else "green")
    if (drift and changes.any) or (keep is not None and not kept):
        raise typer.Exit(ExitCode.FINDINGS)


@app.command("summary")
def summarize(
    results: Results,
    limit: Annotated[int, typer.Option(min=1000, help="How long it may be (characters).")] = GITHUB,
    removed: Annotated[str, typer.Option(help="Stacks that are no longer configured, as JSON.")] = "[]",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it.")] = None,
) -> None:
    """Sum up what plans do, as Markdown: attached to the run of a pipeline, elsewhere printed, or written to FILE.

    \b
    Example: mlops plans summary build/plans
    """
    text = summary(_read(results), limit, notes=_notes(removed))
    if out:
        with _refusing():
            replace_file(out, text.encode(), flush=False)
    elif not pipeline.attach("plans", text):
        say(text.rstrip())


@app.command("comment")
def post_comment(
    results: Results,
    removed: Annotated[str, typer.Option(help="Stacks that are no longer configured, as JSON.")] = "[]",
) -> None:
    """Write the summary as a comment on the pull request in Azure Repos that this job runs for, or edit the last one.

    It signs in with the token of the job, SYSTEM_ACCESSTOKEN.

    \b
    Example: mlops plans comment build/plans
    """
    plans = _read(results)
    text = summary(plans, AZURE_DEVOPS, marker=comment.MARKER, notes=_notes(removed))
    try:
        organization, pull_request = comment.pull_request_of()
    except comment.CommentError as error:
        refuse(f"Error: {error}", ExitCode.FAILED)
    with (
        _refusing(),
        connect(organization, services=os.environ.get(SERVICES_VARIABLE), as_job=True) as services,
    ):
        comment.post(services, pull_request, text, loses=any(plan.losing for plan in plans))
    say(f"The comment on pull request {pull_request.pull_request_id} is up to date.", "green")


@app.command()
def prepare(
    name: Name,
    vault: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="The key vault with the addresses of channels; empty: there is none."
        ),
    ] = "",
    must_have_state: Annotated[
        bool, typer.Option("--must-have-state", help="Refuse a stack that was never deployed.")
    ] = False,
) -> None:
    """Let the later steps of a job sign in as the connection of this one, and tell them what they need of a stack.

    It runs in the task AzureCLI@2 of Azure Pipelines. The later steps get the variables ARM_*, by which Terraform asks
    for a token whenever it needs one, HAS_STATE, and TF_VAR_* with the addresses that the stack takes from the vault.

    \b
    Example: mlops plans prepare mlops-dev --vault contoso-platform
    """
    stack = _stack(name)
    with _refusing():
        for variable, value in pipeline.terraform_sign_in().items():
            pipeline.set_variable(variable, value)
        there = blobs.has_state(stack)
        for secret in secrets_of(stack):
            pipeline.set_secret(secret, read_secret(vault, secret) if vault else "")
    pipeline.set_variable("HAS_STATE", str(there).lower())
    say(f"{name} has state." if there else f"{name} has no state: it was never deployed.")
    if must_have_state and not there:
        refuse(
            f'Error: a person deploys {name} once, before a pipeline can: {_PAGE}, "The first time".',
            ExitCode.FINDINGS,
        )


@app.command("gates")
def check_gates(config: Config = CONFIG) -> None:
    """Check that somebody is asked before each stack is deployed: that its environment has an approval.

    \b
    Example: mlops plans gates
    """
    settings = settings_in(config)
    platform = settings.platform
    stacks = stack_pipelines(
        platform.stack_prefix, [environment.name for environment in settings.environments]
    )
    devops = platform.azure_devops
    address = os.environ.get(SERVICES_VARIABLE)
    with _refusing(), connect(devops.organization_url, services=address, read_only=True) as services:
        names = [stack.environment for stack in stacks]
        wrong = list(gates.without_gate(services, devops.project.name, names))
    if wrong:
        lines = "\n".join(f"  {line}" for line in wrong)
        refuse(
            f"Error: nobody would be asked.\n{lines}\nDeploy {stacks[0].stack} by hand, which makes the approvals: "
            f'{_PAGE}, "The first time".',
            ExitCode.FINDINGS,
        )
    say("Each stack has an environment with an approval.", "green")


@app.command()
def upload(name: Name, file: File, account: Account, sha256: Sha256) -> None:
    """Put a plan into the storage for plans, and delete the file.

    \b
    Example: mlops plans upload mlops-dev build/mlops-dev.plan --account mlopsplans --sha256 …
    """
    with _refusing():
        try:
            blobs.upload(account, name, file, sha256)
        finally:
            file.unlink(missing_ok=True)
    say(f"The plan of {name} waits in {account}/{name} for its approval, a day at most.")


@app.command()
def download(name: Name, file: File, account: Account, sha256: Sha256) -> None:
    """Fetch the plan that was approved from the storage for plans, which deletes it after a day.

    \b
    Example: mlops plans download mlops-dev build/mlops-dev.plan --account mlopsplans --sha256 …
    """
    with _refusing():
        with reported(file):
            make_private(file.parent)
        blobs.download(account, name, file, sha256)
    say(f"Fetched the plan of {name}.")


@app.command()
def apply(name: Name, file: File, sha256: Sha256, allow_destroy: AllowDestroy = False) -> None:
    """Apply the plan that was approved, and no other: not a changed one, not one that is older than a day.

    It is refused, too, with another version of Terraform or of a provider, and when the state has changed since.

    \b
    Example: mlops plans apply mlops-dev build/mlops-dev.plan --sha256 …
    """
    stack = _stack(name)
    with _refusing():
        terraform = Terraform(stack)
        try:
            restore(
                file,
                sha256,
                terraform.plan_file,
                terraform.lock_file,
                stack=name,
                terraform=terraform.version,
            )
            terraform.initialize(locked=True)
            changes = read_changes(name, terraform.show())
            if changes.losing and not allow_destroy:
                raise RefusedError(_losses(changes))
            terraform.apply()
        except StalePlanError:
            raise RefusedError(
                f"The state of {name} has changed since the plan was made: somebody has deployed in between. Run the "
                "pipeline again: it makes a new plan, and asks again."
            ) from None
        finally:
            terraform.forget_plan()
            file.unlink(missing_ok=True)
    say(f"{name}: what was approved is applied. {_in_words(changes)}", "green")


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what goes wrong into one message; a refusal of a plan is a finding, all else could not be done."""
    try:
        yield
    except _ERRORS as error:
        refused = isinstance(error, RefusedError)
        refuse(f"Error: {error}", ExitCode.FINDINGS if refused else ExitCode.FAILED)


def _stack(name: str) -> Stack:
    out = output_folder()
    try:
        stacks = {stack.name: stack for stack in read_stacks(out)}
    except FileNotFoundError:
        refuse(f"Error: there are no stacks in {out}. Write them first: make synth", ExitCode.FAILED)
    if name not in stacks:
        refuse(f"Error: there is no stack {name}, only {', '.join(stacks)}.", ExitCode.USAGE)
    return stacks[name]


def _keep(terraform: Terraform, changes: Changes, file: Path, *, allowed: bool) -> bool:
    """Keep a plan for its approval, if it may be applied."""
    if changes.losing and not allowed:
        say(_losses(changes), "red")
        return False
    made = Made(changes.stack, time.time(), terraform.version)
    pipeline.set_output("sha256", save(file, terraform.plan_file, terraform.lock_file, made))
    return True


def _losses(changes: Changes) -> str:
    lines = "\n".join(f"  {change.address}" for change in changes.losing)
    return f"The plan of {changes.stack} replaces or destroys:\n{lines}\n{_LOST}"


def _write(path: Path, changes: Changes) -> None:
    with reported(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, json.dumps(changes.to_json(), indent=1).encode(), flush=False)


def _read(results: Sequence[Path]) -> list[Changes]:
    paths = [
        path for given in results for path in (sorted(given.rglob("*.json")) if given.is_dir() else [given])
    ]
    plans = []
    for path in paths:
        try:
            plans.append(Changes.from_json(json.loads(path.read_bytes())))
        except (ValueError, KeyError, TypeError, AttributeError):
            refuse(f"Error: {path} is not what mlops plans make writes.", ExitCode.FAILED)
    return plans


def _notes(removed: str) -> list[str]:
    try:
        names = [str(name) for name in json.loads(removed)]
    except ValueError:
        refuse(f'Error: --removed takes JSON such as ["mlops-old"], not {removed[:60]!r}.', ExitCode.USAGE)
    listed = ", ".join(map(code, names))
    return [f"No longer configured: {listed}. No pipeline destroys it: make destroy does."] if names else []


def _in_words(changes: Changes) -> str:
    counts = [f"{count} to {action}" for action in Action if (count := changes.count(action))]
    return f"{changes.stack}: {', '.join(counts) or ('outputs change' if changes.outputs else 'no changes')}."
