"""The way of a model from a branch to its users: each place on it, who is asked there, and what happens then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from deployment.stacks import Stack
from report import terraform
from report.words import joined, minutes
from settings.loader import Settings
from settings.models.devops import ApprovalEnvironment, ServiceConnection
from settings.models.environment import Environment


class Value(NamedTuple):
    """A text of a cell. ``first`` marks a first value, which people may have changed in the Library since."""

    text: str
    first: bool = False


class Started(NamedTuple):
    """Who can still answer when somebody of an entry started the run."""

    entry: str
    person: bool
    remaining: int
    enough: bool


@dataclass(frozen=True)
class Step:
    """A place where a model can go, and what stands before it."""

    place: str
    kind: str
    branches: tuple[str, ...]
    """Branches that a run may come from; none: any."""
    protected: bool
    pipelines: tuple[str, ...]
    unasked: tuple[str, ...]
    """Pipelines that may use the connection without the gate; they are not among ``pipelines``."""
    gate: str
    """Name of the Azure DevOps environment that asks; empty: nobody is asked."""
    approval: terraform.Approval | None
    one_at_a_time: bool
    then: tuple[Value, ...]
    numbers_of: tuple[str, ...]
    """Environments whose numbers a model is held against."""

    @property
    def waits(self) -> str:
        """How long a run waits for an answer."""
        return minutes(self.approval.minutes) if self.approval else ""

    @property
    def started(self) -> list[Started]:
        """Who can still answer, by the entry that the person who started the run is in."""
        if self.approval is None or self.approval.requester_can_approve:
            return []
        left = len(self.approval.entries) - 1
        enough = left >= self.approval.minimum
        return [Started(entry, "@" in entry, left, enough) for entry in self.approval.entries]


Said = Callable[[Environment, str], Value | None]
"""What a variable of an environment's group says; None where there is none of the name."""


def way(settings: Settings, stacks: Mapping[str, Stack], said: Said) -> list[Step]:
    """Return the environments that models are promoted from, the registry, all other environments.

    ``stacks`` are those of the environments by their names, and ``registry``.
    """
    registry = settings.platform.registry
    others = [e.name for e in settings.environments if e.name not in registry.promoted_from]
    then = f"The model is in the shared registry{f', and {joined(others)} can deploy it from there' if others else ''}."
    promotion = _step(
        settings,
        registry.name,
        "shared model registry",
        stacks["registry"],
        registry.service_connection,
        registry.approval_environment,
        [Value(then)],
        registry.promoted_from,
    )
    environments = {
        environment.name: _step(
            settings,
            environment.name,
            "environment",
            stacks[environment.name],
            environment.service_connection,
            environment.approval_environment,
            _then(settings, environment, said),
            (environment.name,),
        )
        for environment in settings.environments
    }
    before = [step for name, step in environments.items() if name not in others]
    return [*before, promotion, *(environments[name] for name in others)]


def pipelines(settings: Settings, names: Iterable[str]) -> tuple[str, ...]:
    """Return the pipelines by the names of Azure DevOps, those marked that are still to be created."""
    known = [settings.platform.pipelines[name] for name in names]
    return tuple(pipeline.name + ("" if pipeline.exists else " (not created yet)") for pipeline in known)


def _step(
    settings: Settings,
    place: str,
    kind: str,
    stack: Stack,
    connection: ServiceConnection,
    gate: ApprovalEnvironment | None,
    then: Iterable[Value],
    numbers_of: tuple[str, ...],
) -> Step:
    checks = terraform.checks(stack, gate.name if gate else connection.name)
    asked = gate.used_by if gate else connection.used_by
    # A connection that asks by itself lets nobody through unasked.
    asks = terraform.checks(stack, connection.name).approval is not None
    unasked = () if asks or not gate else tuple(name for name in connection.used_by if name not in asked)
    return Step(
        place=place,
        kind=kind,
        branches=checks.branches,
        protected=checks.protected,
        pipelines=pipelines(settings, asked),
        unasked=pipelines(settings, unasked),
        gate=gate.name if gate else "",
        approval=checks.approval,
        one_at_a_time=checks.one_at_a_time,
        then=tuple(then),
        numbers_of=numbers_of,
    )


def _then(settings: Settings, environment: Environment, said: Said) -> Iterator[Value]:
    """Yield what becomes of the traffic."""
    ramp, canary, traffic = (
        _percents(said(environment, name)) for name in ("trafficRamp", "canaryTraffic", "deploymentTraffic")
    )
    if _is_on(said(environment, "blueGreenDeployment")) and ramp:
        steps = " → ".join(ramp.text.split(","))
        yield ramp._replace(text=f"The new model takes over traffic step by step: {steps} percent.")
    elif _is_on(said(environment, "canaryDeployment")) and canary:
        yield canary._replace(text=f"The new model first gets {canary.text} percent of the traffic.")
    elif traffic:
        yield traffic._replace(text=f"The new model gets {traffic.text} percent of the traffic.")
    else:
        yield Value("The Library does not say how much of the traffic the new model gets.")
    rollback = environment.auto_rollback
    if rollback and rollback.enabled and rollback.webhook:
        by = pipelines(settings, rollback.webhook.used_by)
        yield Value(
            f"Above {rollback.error_threshold} percent of failed predictions, or {rollback.latency_threshold} ms, "
            f"traffic goes back by {joined(by) or 'no pipeline yet'}."
        )


def _is_on(value: Value | None) -> bool:
    return value is not None and value.text.lower() == "true"


def _percents(value: Value | None) -> Value | None:
    """Return the value if it says one percentage or several; the Library may say anything, or nothing."""
    return value if value and value.text.replace(",", "").isdecimal() else None
