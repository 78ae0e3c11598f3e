"""The pipelines in ``.azuredevops`` as Azure DevOps expands them, and their steps run one after the other.

Nothing is copied out of the YAML: what runs is what stands there.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doctor.reading import document
from doctor.reading.document import Listing, Text
from doctor.reading.files import Files
from doctor.reading.templates import Expansion
from doctor.reading.world import World
from plans.stack_list import stack_list
from settings.loader import Settings, load_settings
from tests.project import REPOSITORY, SUBSCRIPTION, copy_configuration, fill_in_ids, replace

AZURE = REPOSITORY / ".azuredevops"
_SECTION = f"""infrastructure_pipelines:
  repository: mlops-platform
  approvers: [platform_team]

backend:
  type: azurerm
  subscription_id: "{SUBSCRIPTION}"
  resource_group: mlops-state-rg
  storage_account: mlopsstate
  create:
    location: eastus
    plan_storage_account: mlopsplans
"""


def with_pipelines(folder: Path) -> Settings:
    """Return the guide with pipelines of its own and with storage for state and plans; ``config/`` is in ``folder``."""
    config = copy_configuration(folder)
    fill_in_ids(config)
    replace(config / "platform.yaml", ("backend:\n  type: local\n", _SECTION))
    return load_settings(config)


def copy_pipelines(folder: Path, settings: Settings) -> Path:
    """Copy the pipelines to a repository, with the list of these stacks, and return where they are."""
    copied = Path(shutil.copytree(AZURE, folder / ".azuredevops"))
    (folder / ".git").mkdir(exist_ok=True)
    (copied / "stacks.yml").write_text(stack_list(settings))
    return copied


@dataclass
class Run:
    """A run of one pipeline: its stages with all templates expanded, and the variables that its jobs have set."""

    stages: dict[str, Any]
    variables: dict[str, str]
    outputs: dict[str, str] = field(default_factory=dict)
    """By ``<stage>.<job>.<step>.<variable>``."""
    results: dict[str, str] = field(default_factory=dict)
    """``Succeeded`` or ``Failed``, by the stage and job."""

    @classmethod
    def of(cls, pipelines: Path, name: str, **parameters: str) -> Run:
        """Begin a run of ``<name>.yml``."""
        path = pipelines.resolve() / f"{name}.yml"
        files = Files(pipelines.parent.resolve(), pipelines.parent.resolve())
        read = files.read(path)
        assert isinstance(read, document.Mapping)
        expansion = Expansion(files, World(parameters=tuple(parameters.items())))
        root = _plain(expansion.expand(read, path))
        assert expansion.findings == []
        variables = {item["name"]: item["value"] for item in root["variables"]}
        return cls({stage["stage"]: stage for stage in root["stages"]}, variables)

    def job(self, stage: str, job: str) -> dict[str, Any]:
        """Return a job of a stage; a deployment has its steps deeper."""
        found: dict[str, Any]
        (found,) = [
            item for item in self.stages[stage]["jobs"] if job in (item.get("job"), item.get("deployment"))
        ]
        return found

    def steps(self, stage: str, job: str) -> list[dict[str, Any]]:
        """Return the steps of a job."""
        found = self.job(stage, job)
        steps: list[dict[str, Any]] = found.get("steps") or found["strategy"]["runOnce"]["deploy"]["steps"]
        return steps

    def holds(self, condition: str, *, stage: str, canceled: bool = False) -> bool:
        """Tell whether a condition of a stage, or of a job in a stage, is fulfilled."""
        needed = self.stages[stage].get("dependsOn", [])
        needed = [needed] if isinstance(needed, str) else needed
        done = [self.results.get(name) for name in needed]
        names = {
            "and_": lambda *values: all(values),
            "or_": lambda *values: any(values),
            "not_": lambda value: not value,
            "eq": lambda left, right: left == right,
            "contains": lambda text, part: part in (text or ""),
            "succeeded": lambda: all(result == "Succeeded" for result in done),
            "canceled": lambda: canceled,
            "result": self.results.get,
            "output": self.outputs.get,
        }
        text = re.sub(r"\b(and|or|not)\(", r"\1_(", condition)
        text = re.sub(r"(?:stageD|d)ependencies\.(\w+)\.result", r"result('\1')", text)
        text = re.sub(r"stageDependencies\.(\w+)\.(\w+)\.outputs\['([\w.]+)'\]", r"output('\1.\2.\3')", text)
        text = re.sub(r"dependencies\.(\w+)\.outputs\['([\w.]+)'\]", r"output('\1.\2')", text)
        return bool(eval(text, {"__builtins__": {}}, names))  # noqa: S307  # of the YAML of this project

    def run(self, stage: str, job: str, folder: Path, environment: Mapping[str, str]) -> list[str]:
        """Run the steps of a job in a folder until one fails, as an agent does; return the titles of those that ran.

        Tasks that install something, and what Azure Pipelines does itself, are passed over.
        """
        given = self._job_variables(self.job(stage, job))
        ran: list[str] = []
        failed = False
        for step in self.steps(stage, job):
            script = step.get("bash") or step.get("inputs", {}).get("inlineScript")
            condition = step.get("condition", "succeeded()")
            if not script or (failed and condition != "succeededOrFailed()"):
                continue
            if match := re.fullmatch(
                r"and\(succeeded\(\), eq\(variables\['([\w.]+)'\], '(\w+)'\)\)", condition
            ):
                if given.get(match[1]) != match[2]:
                    continue
            else:
                assert condition in ("succeeded()", "succeededOrFailed()"), condition
            ran.append(step["displayName"])
            failed |= not self._step(step, script, given, folder, environment, f"{stage}.{job}")
        self.results[stage] = "Failed" if failed else "Succeeded"
        return ran

    def _job_variables(self, job: dict[str, Any]) -> dict[str, str]:
        given = dict(self.variables)
        for name, value in job.get("variables", {}).items():
            if match := re.fullmatch(
                r"\$\[ stageDependencies\.(\w+)\.(\w+)\.outputs\['([\w.]+)'\] \]", value
            ):
                value = self.outputs.get(f"{match[1]}.{match[2]}.{match[3]}", "")
            given[name] = value
        return given

    def _step(
        self,
        step: dict[str, Any],
        script: str,
        given: dict[str, str],
        folder: Path,
        environment: Mapping[str, str],
        place: str,
    ) -> bool:
        # Agents name variables in upper case, with an underscore for a dot; what `env` says comes on top.
        own = {name.upper().replace(".", "_"): value for name, value in given.items()}
        for name, value in step.get("env", {}).items():
            own[name] = re.sub(r"\$\(([\w.]+)\)", lambda match: given.get(match[1], match[0]), value)
        if "task" in step:
            assert step["task"] == "AzureCLI@2"
            connection = step["inputs"]["azureSubscription"]
            own |= {
                "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": f"id of {connection}",
                "AZURESUBSCRIPTION_CLIENT_ID": environment.get("AZURE_CLIENT_ID", "client"),
                "AZURESUBSCRIPTION_TENANT_ID": environment.get("AZURE_TENANT_ID", "tenant"),
            }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-c", script],
            cwd=folder,
            env={**environment, **own},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        self.last = done
        for command, value in re.findall(r"^##vso\[task\.setvariable ([^\]]+)\](.*)$", done.stdout, re.M):
            options = dict(part.split("=", 1) for part in command.split(";"))
            value = value.replace("%5D", "]").replace("%3B", ";")
            if options.get("isOutput") == "true":
                self.outputs[f"{place}.{step['name']}.{options['variable']}"] = value
                given[f"{step['name']}.{options['variable']}"] = value
            else:
                given[options["variable"]] = value
        return done.returncode == 0


def _plain(item: Any) -> Any:
    if isinstance(item, document.Mapping):
        return {key.value: _plain(value) for key, value in item.entries}
    if isinstance(item, Listing):
        return [_plain(value) for value in item.items]
    return item.value if isinstance(item, Text) else item
