"""An expanded pipeline as its stages, jobs and steps, with what each of them knows.

Source: "YAML schema reference for Azure Pipelines".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from doctor.findings import At
from doctor.reading.definitions import Known, definitions
from doctor.reading.document import Item, Listing, Mapping, Text, texts

_STEP_SCRIPTS = ("script", "bash", "pwsh", "powershell")
_INPUT_SCRIPTS = ("script", "inlineScript", "inline")
_HOOKS = ("predeploy", "deploy", "routetraffic", "postroutetraffic")
_SET = re.compile(r"##vso\[task\.setvariable ([^\]\n]{1,400})\]", re.IGNORECASE)
_SET_NAME = re.compile(r"variable=([^;\]]+)", re.IGNORECASE)
# A file that a step runs may set variables that nobody sees here.
_RUNS_FILES = re.compile(
    r"\b(?:python3?|bash|sh|pwsh|node|make|dotnet)\s+\S|(?:^|[\s;&|])\.{1,2}/|\.(?:sh|py|ps1)\b"
)
DEFAULT_TIMEOUT = 60
"""Minutes that a job may take where it does not say. Source: "Jobs in Azure Pipelines", Timeouts."""

Shell = Literal["bash", "pwsh", "cmd", ""]


@dataclass(frozen=True)
class Script:
    """Lines that a shell reads, after Azure DevOps has put in the values of ``$(name)``."""

    text: Text
    shell: Shell


@dataclass(frozen=True)
class Step:
    """One step of a job."""

    body: Mapping
    hook: str = ""
    """The hook of a deployment that it stands in, in lower case."""
    windows: bool = False

    @cached_property
    def inputs(self) -> Mapping:
        """What a task is given."""
        return self.body.mapping("inputs")

    @cached_property
    def task(self) -> str:
        """The task's name without its version, in lower case; empty for a shortcut such as ``bash:``."""
        named = self.body.text("task")
        return named.value.partition("@")[0].lower() if named else ""

    @cached_property
    def scripts(self) -> tuple[Script, ...]:
        """What a shell reads."""
        found = []
        for key in _STEP_SCRIPTS:
            if text := self.body.text(key):
                found.append(Script(text, self._shell(key)))
        for key in _INPUT_SCRIPTS:
            if text := self.inputs.text(key):
                kind = self.inputs.text("scriptType")
                found.append(Script(text, self._shell(kind.value.lower() if kind else self.task)))
        return tuple(found)

    def _shell(self, kind: str) -> Shell:
        if kind in ("pwsh", "pscore", "powershell", "ps", "azurepowershell"):
            return "pwsh"
        if kind in ("bash", "bashscript"):
            return "bash"
        if kind in ("script", "cmdline"):
            return "cmd" if self.windows else "bash"
        return "cmd" if kind == "batch" else ""

    @cached_property
    def sets(self) -> frozenset[str]:
        """Names of variables that it sets, in lower case: by commands in scripts, or as secrets of a key vault."""
        if self.task == "azurekeyvault" and (names := self.inputs.text("SecretsFilter")):
            return frozenset(name.strip().lower() for name in names.value.split(","))
        texts = (script.text.value for script in self.scripts)
        found = (_SET_NAME.search(match[1]) for text in texts for match in _SET.finditer(text))
        return frozenset(match[1].strip().strip("\"'").lower() for match in found if match)

    @cached_property
    def runs_files(self) -> bool:
        """Tell whether it runs what cannot be seen here, which may set variables too."""
        if self.inputs.text("scriptPath") or self.inputs.text("filePath"):
            return True
        return any(_RUNS_FILES.search(script.text.value) for script in self.scripts)

    @cached_property
    def texts(self) -> tuple[tuple[str, Text], ...]:
        """Every value with its key, those of scripts among them."""
        return tuple(texts(self.body))


@dataclass(frozen=True)
class Job:
    """A job or a deployment."""

    body: Mapping
    name: str
    deployment: bool
    known: Known
    """What is defined for it."""
    steps: tuple[Step, ...]

    @property
    def at(self) -> At:
        """Where it stands."""
        return self.body.at

    @cached_property
    def environment(self) -> Text | None:
        """The name of the environment that a deployment deploys to, without a resource in it."""
        item = self.body.get("environment")
        name = item.text("name") if isinstance(item, Mapping) else item
        return name if isinstance(name, Text) and name.value else None

    @cached_property
    def timeout(self) -> Text | None:
        """How long it may take (minutes), as it is written."""
        return self.body.text("timeoutInMinutes")

    @cached_property
    def waits_for(self) -> frozenset[str]:
        """Jobs of its stage that it waits for."""
        return frozenset(
            item.value.lower() for item in self.body.items("dependsOn") if isinstance(item, Text)
        )

    @cached_property
    def own_names(self) -> frozenset[str] | None:
        """Names that its matrix gives it, in lower case; ``None`` for a matrix that is made in the run."""
        matrix = self.body.mapping("strategy").get("matrix")
        if isinstance(matrix, Text):
            return None
        legs = matrix.entries if isinstance(matrix, Mapping) else ()
        return frozenset(
            key.value.lower() for _, leg in legs if isinstance(leg, Mapping) for key, _ in leg.entries
        )

    @cached_property
    def settings(self) -> Mapping:
        """What is said of the job as a whole: all but its steps and variables."""
        without = ("steps", "strategy", "variables", "template", "parameters", "environment")
        return Mapping(tuple(e for e in self.body.entries if e[0].value.lower() not in without), self.body.at)


@dataclass(frozen=True)
class Stage:
    """A stage; a pipeline without stages has one."""

    body: Mapping
    name: str
    jobs: tuple[Job, ...] = field(default=())

    @property
    def at(self) -> At:
        """Where it stands."""
        return self.body.at


@dataclass(frozen=True)
class Pipeline:
    """A pipeline that has been expanded."""

    root: Mapping
    known: Known
    """What is defined at its root."""
    stages: tuple[Stage, ...]

    @cached_property
    def levels(self) -> tuple[Known, ...]:
        """What is defined at its root, in its stages and jobs: each level once."""
        jobs = (job.known for stage in self.stages for job in stage.jobs)
        return tuple(dict.fromkeys([self.known, *(level for known in jobs for level in known.levels())]))


def is_pipeline(document: Item | None) -> bool:
    """Tell whether a document is a pipeline, or a template of one, and no other YAML."""
    if not isinstance(document, Mapping):
        return False
    lists = [document.get(key) for key in ("steps", "jobs", "stages")]
    return any(isinstance(item, Listing) for item in lists) or isinstance(document.get("extends"), Mapping)


def read_pipeline(root: Mapping) -> Pipeline:
    """Make a pipeline of what is expanded."""
    known = Known(definitions(root.get("variables"), "root"))
    if isinstance(root.get("stages"), Listing):
        bodies = [item for item in root.items("stages") if isinstance(item, Mapping)]
        stages = tuple(_stage(body, known, root) for body in bodies)
    else:
        stages = (_stage(root, known, root, own=False),)
    return Pipeline(root, known, stages)


def _stage(body: Mapping, known: Known, root: Mapping, *, own: bool = True) -> Stage:
    if own:
        known = Known(definitions(body.get("variables"), "stage"), known)
    name = body.text("stage") if own else None
    # A template of jobs that cannot be looked into stays in the list.
    jobs = [item for item in body.items("jobs") if isinstance(item, Mapping)]
    if isinstance(body.get("steps"), Listing):
        made: tuple[Job, ...] = (replace(_job(body, known, root), name="", known=known),)
    else:
        made = tuple(_job(job, known, root) for job in jobs if "template" not in job)
    return Stage(body, name.value if name else "", made)


def _job(body: Mapping, known: Known, root: Mapping) -> Job:
    deployment = body.text("deployment")
    name = deployment or body.text("job")
    pool = next((part.get("pool") for part in (body, root) if "pool" in part), None)
    image = pool.text("vmImage") if isinstance(pool, Mapping) else None
    windows = image is not None and "windows" in image.value.lower()
    steps = tuple(
        Step(step, hook, windows)
        for hook, step in _steps(body, deployment is not None)
        if isinstance(step, Mapping)
    )
    known = Known(definitions(body.get("variables"), "job"), known)
    return Job(body, name.value if name else "", deployment is not None, known, steps)


def _steps(body: Mapping, deployment: bool) -> Iterator[tuple[str, Item]]:
    yield from (("", step) for step in body.items("steps"))
    if not deployment:
        return
    for _, strategy in body.mapping("strategy").entries:
        if not isinstance(strategy, Mapping):
            continue
        for hook, part in strategy.entries:
            name = hook.value.lower()
            if name in _HOOKS and isinstance(part, Mapping):
                yield from ((name, step) for step in part.items("steps"))
            elif name == "on" and isinstance(part, Mapping):
                outcomes = [outcome for _, outcome in part.entries if isinstance(outcome, Mapping)]
                yield from (("on", step) for outcome in outcomes for step in outcome.items("steps"))
