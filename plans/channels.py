"""The addresses of Slack and PagerDuty, which are secrets: Terraform gets them from a key vault, in the run."""

from __future__ import annotations

from deployment.stacks import Stack
from plans.azure_cli import azure

PREFIX = "TF_VAR_"
"""What a variable of Terraform is called in the environment."""


def secrets_of(stack: Stack) -> list[str]:
    """Return the environment variables that hold the secret variables of a stack."""
    variables = stack.terraform.get("variable", {})
    return [f"{PREFIX}{name}" for name, variable in variables.items() if variable.get("sensitive")]


def read_secret(vault: str, variable: str) -> str:
    """Return the secret ``slack-webhook-url`` of a key vault for the variable ``TF_VAR_slack_webhook_url``.

    Raises AzureCliError, ToolError.
    """
    name = variable.removeprefix(PREFIX).replace("_", "-")
    return str(azure("keyvault", "secret", "show", "--vault-name", vault, "--name", name)["value"])
