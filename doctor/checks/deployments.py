"""Deployments: their environment, its approval, and what the approvers can see when they are asked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from doctor.checks.run import Run, visible
from doctor.findings import Finding, Kind
from doctor.platform import Gate
from doctor.reading.definitions import OPAQUE
from doctor.reading.document import Text
from doctor.reading.pipeline import Job, Stage, Step
from settings.checking.explain import nearest
from settings.reading.problems import listed

_DEPLOYS = re.compile(r"\baz\s+ml\s+(?:online|batch)-deployment\s+(?:create|update)\b")
_PROMOTES = re.compile(
    r"\baz\s+ml\s+(?:model|component|environment|data)\s+(?:share|create)\b[^\n;&|]{0,300}--registry-name\b"
)
_CONTINUED = re.compile(r"\\\n\s*")
_PUBLISHES = frozenset(
    {
        *("publishpipelineartifact", "publishbuildartifacts", "publishtestresults", "publishhtmlreport"),
        *("publishcodecoverageresults",),
    }
)
_SUMMARY = re.compile(r"##vso\[(?:task\.uploadsummary|artifact\.upload)", re.IGNORECASE)
_EVIDENCE = re.compile(r"validat|evaluat|report|metric|quality", re.IGNORECASE)


def environments_exist(run: Run) -> Iterator[Finding]:
    """Every deployment names an environment that is there, by a name that is known before the run."""
    for _, job in run.jobs():
        name = job.environment
        if not job.deployment or name is None:
            continue
        known = (*run.platform.gates, *run.platform.elsewhere.environments)
        if "$(" in name.value or "$[" in name.value:
            yield from _from_a_variable(run, job, name)
        elif OPAQUE in name.value:
            yield Finding(
                Kind.NOTE_UNSEEN,
                name.at,
                f"the environment {visible(name.value)}, whose name is known only in the run",
                "names that are known beforehand are checked",
                "see whether each name that it can have is an environment with its checks",
            )
        elif name.value.partition(".")[0] not in known and name.value not in known:
            near = nearest(name.value, list(run.platform.gates))
            yield Finding(
                Kind.UNKNOWN_ENVIRONMENT,
                name.at,
                f"the environment {visible(name.value)}: Azure DevOps makes one of that name, without any check",
                f"the environments {listed(list(run.platform.gates))}",
                f"did you mean {near}?"
                if near
                else f'mend the name, or if it exists beside the platform: --environment "{visible(name.value)}"',
            )


def _from_a_variable(run: Run, job: Job, name: Text) -> Iterator[Finding]:
    source = run.behind(job, name)
    if source is None or source.group:
        known = f", a variable of the group {source.group.name}" if source and source.group else ""
        yield Finding(
            Kind.ENVIRONMENT_FROM_GROUP,
            name.at,
            f"the environment {visible(name.value)}{known}",
            "a name that is written out, or comes from a parameter: groups are read after environments are looked up",
            f"write one of {listed(list(run.platform.gates))}",
        )


def deployments_are_approved(run: Run) -> Iterator[Finding]:
    """What deploys to an environment with an approval, or to the registry, names it."""
    for stage, job in run.jobs():
        gate = _needs(run, stage, job)
        if gate and gate != run.gate(job) and not _named_in_the_run(job):
            what = f"the job {job.name}" if job.name else "a job"
            named = f" with the environment {visible(job.environment.value)}" if job.environment else ""
            yield Finding(
                Kind.WITHOUT_APPROVAL,
                job.environment.at if job.environment else job.at,
                f"{what}{named}, which deploys to {gate.environment or 'the model registry'}",
                f"a deployment with the environment {gate.name}: nobody is asked without it",
                f"make it a deployment: job, with environment: {gate.name}",
            )


def _named_in_the_run(job: Job) -> bool:
    """Tell whether a deployment's environment is named by a variable, which is a finding of its own."""
    name = job.environment.value if job.environment and job.deployment else ""
    return OPAQUE in name or "$" in name


def _needs(run: Run, stage: Stage, job: Job) -> Gate | None:
    lines = [_CONTINUED.sub(" ", script.text.value) for step in job.steps for script in step.scripts]
    if any(_PROMOTES.search(text) for text in lines):
        return run.platform.registry_gate
    if not job.deployment and not any(_DEPLOYS.search(text) for text in lines):
        return None
    connections = (run.connection(job, written) for _, written in run.connections(job))
    environment = next((c.environment for c in connections if c and c.environment), None)
    decides = run.sources(job.known).environment_group
    environment = environment or run.target(stage, job) or (decides[1].environment if decides else None)
    return run.platform.gate_of.get(environment) if environment else None


def evidence_comes_before_the_approval(run: Run) -> Iterator[Finding]:
    """What the approvers are to look at is published in a stage before the one that they approve.

    Checks of an environment hold the whole stage, before its first job. Source: "Approvals and checks".
    """
    for stage in run.pipeline.stages:
        gated = {id(job): gate for job in stage.jobs if (gate := run.gate(job))}
        if not gated:
            continue
        gate = next(iter(gated.values()))
        before = _all_before(stage, [job for job in stage.jobs if id(job) in gated])
        for job in stage.jobs:
            for step in job.steps:
                early = (
                    step.hook == "predeploy"
                    if id(job) in gated
                    else job.name.lower() in before or _is_evidence(step)
                )
                if early and _publishes(step):
                    yield Finding(
                        Kind.APPROVAL_BEFORE_EVIDENCE,
                        step.body.at,
                        f"a step that publishes results, in a stage that waits for {gate.name} before its first job",
                        "results that are there when the approvers are asked",
                        "move the job to a stage of its own, which this one depends on (dependsOn)",
                    )


def _all_before(stage: Stage, gated: list[Job]) -> set[str]:
    """Return the jobs, in lower case, that the gated ones wait for."""
    waits = {job.name.lower(): job.waits_for for job in stage.jobs}
    found: set[str] = set()
    left = [name for job in gated for name in job.waits_for]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += waits.get(name, ())
    return found


def _publishes(step: Step) -> bool:
    shortcut = step.body.text("publish") is not None
    return shortcut or step.task in _PUBLISHES or any(_SUMMARY.search(s.text.value) for s in step.scripts)


def _is_evidence(step: Step) -> bool:
    return any(_EVIDENCE.search(text.value) for _, text in step.texts)
