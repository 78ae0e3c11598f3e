"""One run of a pipeline as the checks see it: what is defined for a job, and what its variables are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from doctor.platform import Connection, Gate, Group, Platform
from doctor.reading.definitions import OPAQUE, Definition, Known
from doctor.reading.document import Text
from doctor.reading.expressions import UNKNOWN, ExpressionError, Value, evaluate, truth
from doctor.reading.pipeline import Job, Pipeline, Stage, Step
from doctor.reading.starts import Start
from doctor.reading.world import Reference, World
from settings.reading.problems import shorten

_MAX_DEPTH = 5
"""Variables in variables that a condition is followed through."""
_WHOLE_MACRO = re.compile(r"\$\(([\w.]+)\)")
CONNECTION_INPUTS = frozenset(
    {
        *("azuresubscription", "connectedservicename", "connectedservicenamearm", "azureserviceconnection"),
        *("azureresourcemanagerconnection", "azuresubscriptionendpoint", "backendservicearm"),
        *("environmentservicenameazurerm", "armserviceconnection", "connectedserviceazure"),
    }
)
"""Inputs of tasks that name an Azure Resource Manager connection, in lower case."""


@dataclass(frozen=True)
class Source:
    """Where the value of a variable comes from."""

    name: str
    """The variable's name in lower case."""
    definition: Definition
    group: Group | None = None

    @property
    def value(self) -> str:
        """The value as the settings or the pipeline have it; empty where that is not known."""
        if self.group:
            return self.group.variables[self.name].value
        return self.definition.value.value if self.definition.value else ""


@dataclass(frozen=True)
class Run:
    """A pipeline, expanded for one start."""

    platform: Platform
    pipeline: Pipeline
    world: World
    starts: tuple[Start, ...]
    references: tuple[Reference, ...]
    _sources: dict[Known, Sources] = field(default_factory=dict, compare=False)

    def jobs(self) -> Iterator[tuple[Stage, Job]]:
        """Yield every job with its stage."""
        yield from ((stage, job) for stage in self.pipeline.stages for job in stage.jobs)

    def sources(self, known: Known) -> Sources:
        """Return where variables come from at a level of the pipeline."""
        if known not in self._sources:
            outer = self.sources(known.outer) if known.outer else None
            self._sources[known] = Sources(self.platform, known, outer)
        return self._sources[known]

    def groups(self) -> Iterator[Definition]:
        """Yield every reference to a group, at each level."""
        yield from (d for level in self.pipeline.levels for d in level.own if d.kind == "group")

    @cached_property
    def group_names(self) -> list[str]:
        """The names of the groups that are referenced, as far as they are known."""
        return list(dict.fromkeys(d.name.value for d in self.groups() if OPAQUE not in d.name.value))

    @cached_property
    def everywhere(self) -> frozenset[str]:
        """Every variable that is defined anywhere in the pipeline, in lower case."""
        names = {name.lower() for name in self.platform.elsewhere.variables}
        for level in self.pipeline.levels:
            names |= self.sources(level).own_names
        for _, job in self.jobs():
            names |= job.own_names or set()
            names |= {name for step in job.steps for name in step.sets}
        return frozenset(names)

    @cached_property
    def start(self) -> Start | None:
        """What starts this run by itself; ``None`` where a person chose something."""
        if self.world.parameters or self.world.branch is None:
            return None
        return next((start for start in self.starts if start.example == self.world.branch), None)

    def reached(self, stage: Stage, job: Job) -> bool:
        """Tell whether this run may come to a job, as far as conditions tell beforehand."""
        bodies = [stage.body, job.body] if stage.body is not self.pipeline.root else [job.body]
        conditions = (condition for body in bodies if (condition := body.text("condition")))
        return all(truth(self._value(condition.value, job.known)) is not False for condition in conditions)

    def _value(self, expression: str, known: Known, depth: int = 0) -> Value:
        """Work out a condition, or a variable that is one: ``$[eq(variables['Build.SourceBranch'], …)]``."""

        def variable(name: str) -> Value:
            definition = known.inline(name)
            if definition is None or definition.value is None:
                return self.world.variable(name)
            text = definition.value.value.strip()
            if text.startswith("$[") and text.endswith("]") and depth < _MAX_DEPTH:
                return self._value(text[2:-1], known, depth + 1)
            return UNKNOWN if "$" in text or OPAQUE in text else text

        try:
            return evaluate(expression, {"variables": variable})
        except ExpressionError:
            return UNKNOWN

    def gate(self, job: Job) -> Gate | None:
        """Return the platform's gate that a deployment names, itself or with a resource in it."""
        name = job.environment.value if job.environment and job.deployment else ""
        return self.platform.gates.get(name) or self.platform.gates.get(name.partition(".")[0])

    def connections(self, job: Job) -> Iterator[tuple[Step, Text]]:
        """Yield each service connection that a step names, as it is written."""
        for step in job.steps:
            for key, item in step.inputs.entries:
                if key.value.lower() in CONNECTION_INPUTS and isinstance(item, Text) and item.value:
                    yield step, item

    def connection(self, job: Job, written: Text) -> Connection | None:
        """Return the platform's connection that a step means."""
        source = self.behind(job, written)
        return self.platform.connections.get(source.value if source else written.value)

    def behind(self, job: Job, written: Text) -> Source | None:
        """Return where the value of a text comes from that is one ``$(name)`` and nothing else."""
        match = _WHOLE_MACRO.fullmatch(written.value.strip())
        return self.sources(job.known).find(match[1]) if match else None

    def target(self, stage: Stage, job: Job) -> str | None:
        """Return the environment of the platform that a job works on, as its gate, connection or name says."""
        for one in (job, *stage.jobs):
            gate = self.gate(one)
            if gate and gate.environment:
                return gate.environment
        for _, written in self.connections(job):
            literal = self.platform.connections.get(written.value)
            if literal and literal.environment:
                return literal.environment
        words = {word.lower() for name in (stage.name, job.name) for word in _words(name)}
        named = [e.name for e in self.platform.settings.environments if e.name in words]
        return named[0] if len(named) == 1 and "deploy" in words else None


@dataclass(frozen=True)
class Sources:
    """What is defined at one level, on top of what is around it."""

    platform: Platform
    known: Known
    outer: Sources | None

    def find(self, name: str) -> Source | None:
        """Return where a variable comes from; the last definition of the nearest level decides."""
        own = self._by_name.get(name.lower())
        return own or (self.outer.find(name) if self.outer else None)

    @cached_property
    def _by_name(self) -> dict[str, Source]:
        found: dict[str, Source] = {}
        for definition in self.known.own:
            group = self.group(definition)
            if group:
                found |= {name: Source(name, definition, group) for name in group.variables}
            elif definition.kind == "inline":
                name = definition.name.value.lower()
                found[name] = Source(name, definition)
        return found

    @property
    def own_names(self) -> set[str]:
        """The variables that are defined at this level itself, in lower case."""
        return set(self._by_name)

    def group(self, definition: Definition) -> Group | None:
        """Return the platform's group that a definition names; a misspelt one is a finding of its own."""
        return self.platform.group_meant(definition.name.value) if definition.kind == "group" else None

    @cached_property
    def groups(self) -> dict[str, tuple[Definition, Group]]:
        """The platform's groups that are referenced here or around, the one that decides last."""
        found = dict(self.outer.groups) if self.outer else {}
        for definition in self.known.own:
            if group := self.group(definition):
                found.pop(group.name, None)
                found[group.name] = (definition, group)
        return found

    @cached_property
    def unseen(self) -> str:
        """What is defined here or around and cannot be looked into; empty when there is nothing."""
        for definition in self.known.own:
            name = definition.name.value
            if definition.kind == "unseen" or (definition.kind == "group" and OPAQUE in name):
                return f"{'the template' if definition.kind == 'unseen' else 'the group'} {visible(name)}"
            if definition.kind == "group" and not self.group(definition):
                return f"the group {visible(name)}"
        return self.outer.unseen if self.outer else ""

    @cached_property
    def environment_group(self) -> tuple[Definition, Group] | None:
        """The group of an environment that decides here: the last one."""
        return next((pair for pair in reversed(self.groups.values()) if pair[1].environment), None)


def visible(text: str) -> str:
    """Return a text for the report, with … for what is known only in the run."""
    return shorten(text.replace(OPAQUE, "…"))


def _words(name: str) -> list[str]:
    return re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)
