"""The list of stacks in ``.azuredevops/stacks.yml``: ``python -m plans.stack_list`` writes it from ``config/``.

Azure Pipelines looks connections and environments up before a run has variables. So the jobs of each stack are expanded
when the YAML is compiled, from a list in which every name is written out.
"""

from __future__ import annotations

import sys
from pathlib import Path

from files.replacing import replace_file
from settings.loader import Settings, load_settings
from settings.models.infrastructure import StackPipelines, stack_pipelines
from settings.models.platform import AzurermBackend
from settings.reading.problems import ConfigurationError

FILE = Path(".azuredevops/stacks.yml")

_HEAD = """\
# Written by `make generate` from config/; `make check` says when it is no longer current. Edit config/ instead.
parameters:
  - name: pipeline
    type: string
    values: [pull-request, deploy, drift]
  - name: allow_destroy
    type: boolean
    default: false

stages:
  - template: templates/${{ parameters.pipeline }}.yml
    parameters:
      allow_destroy: ${{ parameters.allow_destroy }}
"""


def stack_list(settings: Settings) -> str:
    """Return what the file has to be; without ``infrastructure_pipelines`` in the configuration there are no stacks."""
    platform = settings.platform
    backend = platform.backend
    plans = ""
    if platform.infrastructure_pipelines and isinstance(backend, AzurermBackend) and backend.create:
        plans = backend.create.plan_storage_account
    lines = [f'{_HEAD}      plan_storage_account: "{plans}"']
    names = [environment.name for environment in settings.environments]
    stacks = stack_pipelines(platform.stack_prefix, names) if platform.infrastructure_pipelines else ()
    before = ""
    lines.append("      stacks:" if stacks else "      stacks: []")
    for stack in stacks:
        lines += _entry(stack, before)
        before = _id(stack)
    return "\n".join(lines) + "\n"


def _entry(stack: StackPipelines, before: str) -> list[str]:
    return [
        f"        - name: {stack.stack}",
        f"          id: {_id(stack)}",
        f'          after: "{before}"',
        f"          plan: {stack.plan}",
        f"          apply: {stack.apply}",
        f"          environment: {stack.environment}",
    ]


def _id(stack: StackPipelines) -> str:
    """Return the name of a stack as names of stages may be: without hyphens."""
    return stack.stack.replace("-", "_")


def main(configuration: Path = Path("config")) -> None:
    """Write the file; mistakes in the configuration go to stderr."""
    try:
        settings = load_settings(configuration)
    except ConfigurationError as error:
        sys.exit(error.report())
    FILE.parent.mkdir(exist_ok=True)
    replace_file(FILE, stack_list(settings).encode(), flush=False)


if __name__ == "__main__":
    main()
