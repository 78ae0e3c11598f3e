"""``mlops plans``: what the platform's own pipelines run, from pull request to production (docs/pipelines.md)."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli import plan_deployment
from cli.exit_codes import ExitCode
from cli.output import Json, ServicesAddress, refuse, say, say_json
from cli.plan_commands import AllowDestroy, Name, in_words, losses_of, refusing, stack_of
from client.services import connect
from deployment.stacks import output_folder, read_stacks, state_stack
from files.replacing import replace_file, reported
from plans import comment, pipeline
from plans.affected import affected as compare_with
from plans.changes import Changes
from plans.markdown import AZURE_DEVOPS, GITHUB, code, summary
from plans.reading import read_changes
from plans.saved import Made, save
from plans.terraform import Terraform, TerraformError

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make plans, sum them up, and apply the one that was approved.",
)
app.add_typer(plan_deployment.app)

_RESULTS = Path("build/plans")

Results = Annotated[
    list[Path],
    typer.Argument(exists=True, metavar="RESULT...", help="What mlops plans make wrote, or folders."),
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
    with refusing():
        found = compare_with(output_folder(), base)
    by_hand = state_stack(read_stacks(output_folder()))
    changed_by_hand = by_hand is not None and by_hand.name in found.to_plan
    if by_hand and changed_by_hand:
        found = found.without(by_hand.name)
    pipeline.set_output("plan", json.dumps(found.to_plan))
    pipeline.set_output("removed", json.dumps(found.removed))
    if as_json:
        say_json(found.to_json())
        return
    if by_hand and changed_by_hand:
        pipeline.warn(
            f"The Terraform of {by_hand.name} differs. No pipeline plans it: a person does (docs/state.md)."
        )
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
    stack = stack_of(name)
    with refusing():
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
    say(in_words(changes), "yellow" if changes.losing else "green")
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
        with refusing():
            replace_file(out, text.encode(), flush=False)
    elif not pipeline.attach("plans", text):
        say(text.rstrip())


@app.command("comment")
def post_comment(
    results: Results,
    removed: Annotated[str, typer.Option(help="Stacks that are no longer configured, as JSON.")] = "[]",
    services: ServicesAddress = None,
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
    with refusing(), connect(organization, services=services, as_job=True) as opened:
        comment.post(opened, pull_request, text, loses=any(plan.losing for plan in plans))
    say(f"The comment on pull request {pull_request.pull_request_id} is up to date.", "green")


def _keep(terraform: Terraform, changes: Changes, file: Path, *, allowed: bool) -> bool:
    """Keep a plan for its approval, if it may be applied."""
    if changes.losing and not allowed:
        say(losses_of(changes), "red")
        return False
    made = Made(changes.stack, time.time(), terraform.version)
    pipeline.set_output("sha256", save(file, terraform.plan_file, terraform.lock_file, made))
    return True


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
