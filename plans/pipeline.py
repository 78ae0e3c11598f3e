"""What a program says to the pipeline that runs it: output variables, and a page of the run.

Azure Pipelines takes lines of the log for commands (``##vso``), GitHub Actions reads files that variables name.
Elsewhere nothing of it is needed. https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_ESCAPES = {"%": "%AZP25", "\r": "%0D", "\n": "%0A", ";": "%3B", "]": "%5D"}

_CONNECTION = (
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
    "AZURESUBSCRIPTION_CLIENT_ID",
    "AZURESUBSCRIPTION_TENANT_ID",
)


def is_azure() -> bool:
    """Whether a job of Azure Pipelines runs this."""
    return bool(os.environ.get("TF_BUILD"))


def set_output(name: str, value: str) -> None:
    """Set a variable that later jobs and stages can read."""
    if is_azure():
        _command(f"task.setvariable variable={name};isOutput=true", value)
    else:
        _append("GITHUB_OUTPUT", name, value)


def set_variable(name: str, value: str) -> None:
    """Set a variable that later steps of the job have in their environment."""
    if is_azure():
        _command(f"task.setvariable variable={name}", value)
    else:
        _append("GITHUB_ENV", name, value)


def set_secret(name: str, value: str) -> None:
    """Set a variable that no log shows. In Azure Pipelines a later step gets it only where its ``env`` names it."""
    if is_azure():
        _command(f"task.setvariable variable={name};issecret=true", value)
    elif os.environ.get("GITHUB_ENV"):
        if value:
            sys.stdout.write(f"::add-mask::{value}\n")
        _append("GITHUB_ENV", name, value)


def terraform_sign_in(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables with which Terraform signs in as the connection of this step's task, AzureCLI@2.

    They hold no token: providers and backend ask for one whenever they need it, with the token of the job. Nothing
    outside of that task. https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/azure-cli-v2
    """
    if not all(environment.get(name) for name in _CONNECTION):
        return {}
    connection, client, tenant = (environment[name] for name in _CONNECTION)
    return {
        "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID": connection,
        "ARM_CLIENT_ID": client,
        "ARM_TENANT_ID": tenant,
        "ARM_USE_OIDC": "true",
    }


def attach(name: str, markdown: str) -> bool:
    """Show a page of Markdown with the run; False where no pipeline runs this."""
    if is_azure():
        folder = Path(os.environ.get("AGENT_TEMPDIRECTORY") or ".").resolve()
        path = folder / f"{name}.md"
        path.write_text(markdown, encoding="utf-8")
        _command("task.uploadsummary", str(path))
        return True
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"{markdown}\n")
        return True
    return False


def warn(text: str) -> None:
    """Show a warning with the run."""
    if is_azure():
        _command("task.logissue type=warning", text)
    else:
        sys.stdout.write(f"Warning: {text}\n")


def _append(variable: str, name: str, value: str) -> None:
    """Add a line to a file of GitHub Actions, where it runs this. ValueError for a value of more than one line."""
    if path := os.environ.get(variable):
        if "\n" in value or "\r" in value:
            raise ValueError(f"{name} has more than one line")
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{name}={value}\n")


def _command(command: str, value: str) -> None:
    escaped = "".join(_ESCAPES.get(sign, sign) for sign in value)
    sys.stdout.write(f"##vso[{command}]{escaped}\n")
    sys.stdout.flush()
