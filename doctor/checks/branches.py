"""Branches that start a pipeline, and branch controls that refuse them."""

from __future__ import annotations

from collections.abc import Iterator

from doctor.checks.run import Run
from doctor.findings import Finding, Kind
from doctor.reading.pipeline import Job
from doctor.reading.starts import matches
from settings.reading.problems import listed


def branches_are_allowed(run: Run) -> Iterator[Finding]:
    """No run that starts by itself comes to an environment or connection whose branch control refuses its branch."""
    start = run.start
    if start is None:
        return
    for stage, job in run.jobs():
        if not run.reached(stage, job):
            continue
        for what, branches in _controls(run, job):
            if matches(start.branch, branches):
                continue
            every = "no trigger: with branches, so that each starts it"
            which = f"a start for {start.branch}" if start.explicit else every
            who = f"the job {job.name}" if job.name else "the job"
            yield Finding(
                Kind.REFUSED_BRANCH,
                start.at,
                f"{which}, and {what}, which {who} uses (line {job.at.line}), refuses it",
                f"{listed(branches)}, for {what}",
                f"name the branches that may (trigger: branches: include: [{listed(branches)}]), write trigger: none, "
                "or give the stage a condition",
            )


def _controls(run: Run, job: Job) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each branch control that a job meets, with what has it."""
    if gate := run.gate(job):
        yield f"the environment {gate.name}", gate.branches
        return  # its branches are those of the connection behind it
    for _, written in run.connections(job):
        connection = run.connection(job, written)
        if connection:
            yield f"the connection {connection.name}", connection.branches
