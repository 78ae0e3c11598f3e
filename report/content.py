"""What the page says, in the order in which somebody who approves asks: plain values for the template to lay out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from deployment.stacks import Stack
from doctor.platform import Group, Platform
from report import terraform
from report.steps import Step, Value, pipelines, way
from report.words import iso, joined
from settings.loader import Settings
from settings.models.devops import EntraGroup
from settings.models.environment import Environment
from settings.models.infrastructure import stack_pipelines
from settings.models.variables import MANAGED_BY, Variable

NUMBERS = (
    ("Accuracy at least", "validationMinAccuracy"),
    ("Precision at least", "validationMinPrecision"),
    ("Recall at least", "validationMinRecall"),
    ("Mean absolute error at most", "validationMaxMae"),
    ("Root mean square error at most", "validationMaxRmse"),
)
"""What a model must reach, and the variable of the environment's group that says it."""
_LIMIT = re.compile("(?:above|below) .+")
SECRET = "(secret)"  # noqa: S105  # what stands in the place of one
_UNSEEN = "not seen in the Library"
"""It is not there, or whoever made the page may not see its group."""
_YES_NO = {"true": "yes", "false": "no"}
_ACCESS = (
    ("data_scientist", "trains and deploys, writes data"),
    ("reader", "looks at everything, data too"),
    ("operator", "looks at everything, manages the clusters"),
)


class Row(NamedTuple):
    """A line of a table with one column for each environment; ``None`` where there is nothing of it."""

    label: str
    cells: tuple[Value | None, ...]


class InGroup(NamedTuple):
    """A variable of a group."""

    name: str
    value: Value
    configured: str
    """The value of the configuration, where the Library has another one; else empty."""
    owner: str


@dataclass(frozen=True)
class Library:
    """What the Library says."""

    read: datetime
    """When it was read."""
    groups: Mapping[str, Mapping[str, str | None]]
    """The variables of each group that is there; None is a secret."""

    def find(self, group: str, name: str) -> Value | None:
        """Return what a variable says; case does not count in its name. None where there is none."""
        values = {known.lower(): value for known, value in self.groups.get(group, {}).items()}
        if name.lower() not in values:
            return None
        value = values[name.lower()]
        return Value(SECRET if value is None else value)


class Content:
    """The facts of the page, each read from the settings, from the Terraform or from the Library."""

    def __init__(self, settings: Settings, stacks: Iterable[Stack], library: Library | None = None) -> None:
        """Keep them; ``stacks`` are those of these settings. Without a Library its first values are shown."""
        self.settings = settings
        self.library = library
        self.environments = settings.environments
        self.groups = Platform(settings).groups
        start = f"{settings.platform.stack_prefix}-"
        self._stacks = {stack.name.removeprefix(start): stack for stack in stacks}
        self.steps = way(settings, self._stacks, self._variable)

    @property
    def own_runs_need_others(self) -> bool:
        """Whether nobody can approve what they started, at any gate."""
        return not any(step.approval and step.approval.requester_can_approve for step in self.steps)

    @property
    def numbers(self) -> list[Row]:
        """What a model must reach."""
        return self._from_library(NUMBERS)

    def numbers_of(self, environment: str) -> list[tuple[str, Value]]:
        """Return what a model must reach in one environment."""
        column = [each.name for each in self.environments].index(environment)
        return [(row.label, value) for row in self.numbers if (value := row.cells[column])]

    @property
    def side_by_side(self) -> list[Row]:
        """What the environments are, side by side."""

        def each(label: str, say: Callable[[Environment], object]) -> Row:
            said = (say(environment) for environment in self.environments)
            return Row(label, tuple(Value(str(one)) if one not in (None, "") else None for one in said))

        rows = [
            each("Tier", lambda e: e.tier),
            each("Region", lambda e: e.location),
            each("Resource group", lambda e: e.resource_group),
            each("Workspace", lambda e: e.workspace.name),
            each("Clusters", _clusters),
            each("Workstations", lambda e: ", ".join(machine.name for machine in e.workstations)),
            each("Online endpoint", lambda e: e.endpoint and e.endpoint.name),
            each(
                "Trains",
                lambda e: (
                    e.training_schedule
                    and f"{e.training_schedule.frequency} ({e.training_schedule.time_zone})"
                ),
            ),
            *self._from_library((("Deploys by itself", "autoDeploy"), ("Log level", "monitoringLogLevel"))),
            each("Alerts go to", _channels),
            each("Mail goes to", lambda e: ", ".join(e.monitoring.email or ())),
            each("Budget a month", _budget),
            each(
                "Data of others", lambda e: ", ".join(f"{n} ({s.access})" for n, s in e.data_sources.items())
            ),
            each("Agent pool", lambda e: e.agent_pool),
            each("Key vault", lambda e: e.security.key_vault),
        ]
        return [row for row in rows if any(row.cells)]

    @property
    def people(self) -> list[str]:
        """Everybody who is given something, by name: teams in the order of the file, then people who approve."""
        teams = [team.name for team in self.settings.platform.teams.values()]
        found = {who for _, who, _ in self._roles()} | {who for step in self.steps for who in _entries(step)}
        return [*teams, *sorted(found - set(teams))]

    @property
    def permissions(self) -> list[tuple[str, str, dict[str, str]]]:
        """What there is, of which kind, and who may do what with it."""
        gates = {step.gate: _entries(step) for step in self.steps if step.gate} | self._infrastructure_gates()
        given: dict[str, dict[str, str]] = {name: {} for name in [*self.groups, *gates]}
        for name, who, role in self._roles():
            given[name][who] = role
        for name, entries in gates.items():
            given[name] |= dict.fromkeys(entries, "approves")
        return [(name, "gate" if name in gates else "group", given[name]) for name in given]

    @property
    def access(self) -> list[tuple[str, str, str, str]]:
        """Who works with which environment in Azure: environment, group, role, and what the role is."""
        return [
            (environment.name, self._group_of_people(group), role.replace("_", " "), meaning)
            for environment in self.environments
            if environment.access
            for role, meaning in _ACCESS
            for group in getattr(environment.access, role)
        ]

    def variables(self, group: Group) -> Iterator[InGroup]:
        """Yield the variables of a group: those of the configuration, and what people have added to the Library."""
        for variable in group.variables.values():
            value = self._said(group, variable)
            configured = "" if group.secret or value.text == variable.value else variable.value
            owner = "key vault" if group.secret else variable.owner.capitalize()
            yield InGroup(variable.name, value, configured, owner)
        if self.library and not group.secret:
            for name in sorted(self.library.groups.get(group.name, {})):
                found = self.library.find(group.name, name)
                if found and name.lower() not in group.variables and name != MANAGED_BY:
                    yield InGroup(name, found, "", "people, who added it")

    def owned(self, group: Group, owner: str) -> int:
        """Return how many variables of a group belong to ``terraform`` or the ``library``."""
        return sum(variable.owner == owner for variable in group.variables.values())

    def pipelines(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return pipelines as people know them."""
        return pipelines(self.settings, names)

    @property
    def networks(self) -> list[tuple[str, terraform.Network]]:
        """The network of each environment."""
        return [(e.name, terraform.network(self._stacks[e.name])) for e in self.environments]

    @property
    def alerts(self) -> list[Row]:
        """When alert rules fire."""
        rules = [
            {rule.key: rule for rule in terraform.alert_rules(self._stacks[e.name])}
            for e in self.environments
        ]
        return [
            Row(key.replace("_", " ").capitalize(), tuple(_fires(rule.get(key)) for rule in rules))
            for key in dict.fromkeys(key for of_one in rules for key in of_one)
        ]

    @property
    def advice(self) -> dict[str, str]:
        """What to do when an alert comes, by the rule."""
        return {
            rule.key.replace("_", " ").capitalize(): rule.advice
            for environment in self.environments
            for rule in terraform.alert_rules(self._stacks[environment.name])
        }

    @property
    def retention(self) -> list[Row]:
        """How long things are kept."""
        stacks = [self._stacks[environment.name] for environment in self.environments]
        deleted = [terraform.deleted_after(stack) for stack in stacks]
        backups = [
            Value(f"{b.frequency}, kept {b.retention} days" + (", in two regions" if b.geo_redundant else ""))
            if (b := environment.backup)
            else None
            for environment in self.environments
        ]
        models, logs = self._from_library((("Models", "retentionModelsDays"), ("Logs", "retentionLogsDays")))
        return [
            models._replace(cells=tuple(_days(cell) for cell in models.cells)),
            logs._replace(
                cells=tuple(
                    _days(cell) if terraform.keeps_logs(stack) else Value("as the owner of the logs says")
                    for cell, stack in zip(logs.cells, stacks, strict=True)
                )
            ),
            *(
                Row(
                    name.capitalize(), tuple(Value(f"{d[name]} days") if name in d else None for d in deleted)
                )
                for name in dict.fromkeys(name for of_one in deleted for name in of_one)
            ),
            Row("Backup", tuple(backups)),
            Row("Locks against deletion", tuple(Value(str(terraform.locked(stack))) for stack in stacks)),
        ]

    def _from_library(self, rows: Iterable[tuple[str, str]]) -> list[Row]:
        """Return a row for each variable that a group of an environment has."""
        found = [
            Row(
                label,
                tuple(_in_words(self._variable(environment, name)) for environment in self.environments),
            )
            for label, name in rows
        ]
        return [row for row in found if any(row.cells)]

    def _variable(self, environment: Environment, name: str) -> Value | None:
        group = self.groups[environment.variable_group.name]
        configured = group.variables.get(name.lower())
        if configured:
            return self._said(group, configured)
        return self.library.find(group.name, name) if self.library else None

    def _said(self, group: Group, variable: Variable) -> Value:
        if group.secret:
            return Value(SECRET)
        if self.library:
            return self.library.find(group.name, variable.name) or Value(_UNSEEN)
        return Value(variable.value, variable.owner == "library")

    def _roles(self) -> Iterator[tuple[str, str, str]]:
        for stack in self._stacks.values():
            yield from terraform.roles(stack)

    def _infrastructure_gates(self) -> dict[str, tuple[str, ...]]:
        """Return who approves a change of each stack, by the environment in which that is asked."""
        platform, names = self.settings.platform, [environment.name for environment in self.environments]
        if platform.infrastructure_pipelines is None:
            return {}
        gates = [stack.environment for stack in stack_pipelines(platform.stack_prefix, names)]
        asked = {gate: terraform.checks(self._stacks["registry"], gate).approval for gate in gates}
        return {gate: approval.entries for gate, approval in asked.items() if approval}

    def _group_of_people(self, group: EntraGroup) -> str:
        team = self.settings.platform.teams.get(group)
        return team.name if team else f"Entra group {group}"


def _entries(step: Step) -> tuple[str, ...]:
    return step.approval.entries if step.approval else ()


def _fires(rule: terraform.AlertRule | None) -> Value | None:
    if rule is None:
        return None
    limit = _LIMIT.search(rule.title)
    back = "; traffic goes back" if rule.rolls_back else ""
    every = iso(rule.every).removeprefix("1 ")
    return Value(
        f"{limit[0] if limit else rule.title}, over {iso(rule.over)} "
        f"(severity {rule.severity}, looked at every {every}{back})"
    )


def _days(cell: Value | None) -> Value | None:
    return cell._replace(text=f"{cell.text} days") if cell and cell.text.isdecimal() else cell


def _in_words(cell: Value | None) -> Value | None:
    return cell and cell._replace(text=_YES_NO.get(cell.text, cell.text))


def _channels(environment: Environment) -> str:
    if not environment.monitoring.alerts:
        return "nobody: alerts are off"
    if others := environment.existing.action_group:
        return f"the action group {others.rpartition('/')[2]} of others"
    return ", ".join(environment.monitoring.alerts)


def _clusters(environment: Environment) -> str:
    clusters = environment.compute.values()
    return "; ".join(f"{c.name}: {c.min_nodes} to {c.max_nodes} nodes of {c.vm_size}" for c in clusters)


def _budget(environment: Environment) -> str | None:
    if (budget := environment.budget) is None:
        return None
    shares = [f"{share} %" for share in budget.thresholds]
    forecast = f"; at {budget.forecast} % of the forecast" if budget.forecast else ""
    return f"{budget.amount:,}, notices at {joined(shares)}{forecast}"
