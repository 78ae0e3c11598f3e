"""What a program says to the pipeline that runs it: output variables, and a page of the run.

Azure Pipelines takes lines of the log for commands (``##vso``), GitHub Actions reads files that variables name.
Elsewhere nothing of it is needed. https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_ESCAPES = {"%": "%AZP25", "\r": "%0D", "\n": "%0A", ";": "%3B", "]": "%5D"}


def is_azure() -> bool:
    """Whether a job of Azure Pipelines runs this."""
    return bool(os.environ.get("TF_BUILD"))


def set_output(name: str, value: str) -> None:
    """Set a variable that later jobs and stages can read."""
    if is_azure():
        _command(f"task.setvariable variable={name};isOutput=true", value)
    elif path := os.environ.get("GITHUB_OUTPUT"):
        if "\n" in value:
            raise ValueError(value)
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{name}={value}\n")


def set_variable(name: str, value: str) -> None:
    """Set a variable that later steps of the job have in their environment."""
    if is_azure():
        _command(f"task.setvariable variable={name}", value)


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


def _command(command: str, value: str) -> None:
    escaped = "".join(_ESCAPES.get(sign, sign) for sign in value)
    sys.stdout.write(f"##vso[{command}]{escaped}\n")
    sys.stdout.flush()
