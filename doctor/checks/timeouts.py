"""Jobs that wait for something, and the time that they have."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from doctor.checks.run import Run
from doctor.findings import Finding, Kind
from doctor.platform import Group
from doctor.reading.macros import environment_variables, macros
from doctor.reading.pipeline import DEFAULT_TIMEOUT, Job
from settings.models.variables import Variable
from settings.reading.problems import listed

_WAITS = re.compile(r"MaxWait(Hours|Minutes|Seconds)$")
_MINUTES = {"Hours": 60.0, "Minutes": 1.0, "Seconds": 1 / 60}


def jobs_have_the_time_to_wait(run: Run) -> Iterator[Finding]:
    """A job's timeout is not below the waiting times that it reads from groups."""
    for _, job in run.jobs():
        written = job.timeout.value.strip() if job.timeout else str(DEFAULT_TIMEOUT)
        if not written.isdecimal() or len(written) > 9 or int(written) == 0:  # 0: as long as it takes
            continue
        waits = _waits(run, job)
        needed = sum(float(variable.value) * _MINUTES[unit] for variable, _, unit in waits)
        if int(written) < needed:
            names = listed(
                [f"{variable.name} ({variable.value}, {group.name})" for variable, group, _ in waits]
            )
            own = "" if job.timeout else ", which is what a job has that does not say"
            yield Finding(
                Kind.SHORT_TIMEOUT,
                job.timeout.at if job.timeout else job.at,
                f"{written} minutes{own}, for a job that waits for {names}",
                f"at least {math.ceil(needed)} minutes, and what else the job does",
                f"timeoutInMinutes: {math.ceil(needed) + 30}, or wait less long",
            )


def _waits(run: Run, job: Job) -> list[tuple[Variable, Group, str]]:
    sources = run.sources(job.known)
    texts = [text for step in job.steps for _, text in step.texts]
    names = {use.name.lower() for text in texts for use in macros(text)}
    scripts = (script for step in job.steps for script in step.scripts)
    names |= {use.name.lower() for script in scripts for use in environment_variables(script)}
    found = []
    for name in sorted(names):
        source = sources.find(name)
        if source and source.group:
            variable = source.group.variables[source.name]
            match = _WAITS.search(variable.name)
            if match and variable.value.isdecimal():
                found.append((variable, source.group, match[1]))
    return found
