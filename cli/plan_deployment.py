"""``mlops plans``: a plan on its way to the approval and from there, as the deployment pipeline runs it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.exit_codes import ExitCode
from cli.output import CONFIG, Config, ServicesAddress, refuse, say, settings_in
from cli.plan_commands import AllowDestroy, Name, in_words, losses_of, refusing, stack_of
from client.services import connect
from deployment.private import make_private
from files.replacing import reported
from plans import blobs, gates, pipeline
from plans.channels import read_secret, secrets_of
from plans.reading import read_changes
from plans.saved import RefusedError, restore
from plans.terraform import StalePlanError, Terraform
from settings.models.infrastructure import stack_pipelines

app = typer.Typer()
_PAGE = "docs/infrastructure-pipelines.md"

File = Annotated[Path, typer.Argument(metavar="FILE", help="The file with the plan.")]
Account = Annotated[str, typer.Option(metavar="NAME", help="The storage account for plans.")]
Sha256 = Annotated[str, typer.Option("--sha256", help="The SHA-256 of the plan that was approved.")]


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
    stack = stack_of(name)
    with refusing():
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
def check_gates(config: Config = CONFIG, services: ServicesAddress = None) -> None:
    """Check that somebody is asked before each stack is deployed: that its environment has an approval.

    \b
    Example: mlops plans gates --config config
    """
    settings = settings_in(config)
    platform = settings.platform
    stacks = stack_pipelines(
        platform.stack_prefix, [environment.name for environment in settings.environments]
    )
    devops = platform.azure_devops
    with refusing(), connect(devops.organization_url, services=services, read_only=True) as opened:
        names = [stack.environment for stack in stacks]
        wrong = list(gates.without_gate(opened, devops.project.name, names))
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
    with refusing():
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
    with refusing():
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
    stack = stack_of(name)
    with refusing():
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
                raise RefusedError(losses_of(changes))
            terraform.apply()
        except StalePlanError:
            raise RefusedError(
                f"The state of {name} has changed since the plan was made: somebody has deployed in between. Run the "
                "pipeline again: it makes a new plan, and asks again."
            ) from None
        finally:
            terraform.forget_plan()
            file.unlink(missing_ok=True)
    say(f"{name}: what was approved is applied. {in_words(changes)}", "green")
