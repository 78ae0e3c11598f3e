"""What the settings say that a pipeline can name: groups with their variables, connections, environments, webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from settings.loader import Settings
from settings.models.base import Model
from settings.models.devops import (
    ApprovalEnvironment,
    IncomingWebhook,
    KeyVaultVariableGroup,
    ServiceConnection,
    VariableGroup,
)
from settings.models.infrastructure import stack_pipelines
from settings.models.variables import Variable, environment_variables, platform_variables
from settings.reading.problems import KeyPath

_EXTRA = "extra_variables"


@dataclass(frozen=True)
class Group:
    """A variable group."""

    name: str
    environment: str
    """The environment that it belongs to; empty for one that all share."""
    variables: dict[str, Variable]
    """By their names in lower case."""
    used_by: tuple[str, ...]
    """The pipelines that may use it, by their keys in platform.yaml."""
    secret: bool
    """Whether its values are secrets of a key vault."""
    path: KeyPath
    """Where it stands in the file of its environment, or else in platform.yaml."""

    def key_of(self, variable: Variable) -> tuple[str, KeyPath]:
        """Return where a variable comes from: the environment whose file it is (empty: platform.yaml), and the key."""
        environment, _, setting = variable.setting.rpartition(": ")
        # The name of an extra variable may have dots.
        start, extra, name = setting.partition(f"{_EXTRA}.")
        path = (*start.removesuffix(".").split("."), _EXTRA, name) if extra else tuple(setting.split("."))
        return environment or self.environment, path


@dataclass(frozen=True)
class Connection:
    """A service connection."""

    name: str
    environment: str
    branches: tuple[str, ...]
    """Branches that its branch control allows; none: every branch."""


@dataclass(frozen=True)
class Gate:
    """An Azure DevOps environment with its checks."""

    name: str
    environment: str
    """The environment of the platform that it stands in front of; empty: the model registry."""
    branches: tuple[str, ...]


@dataclass(frozen=True)
class Elsewhere:
    """What exists in the project beside the platform, as whoever runs the command says."""

    groups: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()


class Platform:
    """The platform as pipelines see it."""

    def __init__(self, settings: Settings, elsewhere: Elsewhere = Elsewhere()) -> None:  # frozen
        """Collect the names of ``settings``."""
        self.settings = settings
        self.elsewhere = elsewhere
        found = list(parts(settings))
        self.groups = {group.name: group for group in _groups(settings, found)}
        self.connections = {
            model.name: Connection(model.name, environment, model.branches)
            for environment, _, model in found
            if isinstance(model, ServiceConnection)
        }
        self.gates = {
            model.name: Gate(model.name, environment, model.branches)
            for environment, _, model in found
            if isinstance(model, ApprovalEnvironment)
        }
        for connection, gate in _infrastructure(settings):
            self.connections.setdefault(connection.name, connection)
            self.gates.setdefault(gate.name, gate)
        self._meant: dict[str, Group | None] = dict(self.groups)
        self.webhooks = [model.name for _, _, model in found if isinstance(model, IncomingWebhook)]
        self.general = settings.platform.pipeline_settings.variable_group.name
        """The group whose values each environment's own group is meant to replace."""
        self.registry_gate = self.gates[settings.platform.registry.approval_environment.name]

    @cached_property
    def gate_of(self) -> dict[str, Gate]:
        """The gate in front of each environment that has one."""
        return {gate.environment: gate for gate in self.gates.values() if gate.environment}

    @cached_property
    def branches_of(self) -> dict[str, tuple[str, ...]]:
        """The branches that may use each environment's connection; those without limits are left out."""
        connections = [environment.service_connection for environment in self.settings.environments]
        names = [environment.name for environment in self.settings.environments]
        return {name: c.branches for name, c in zip(names, connections, strict=True) if c.branches}

    @cached_property
    def names(self) -> dict[str, str]:
        """Each variable's name as it is written, by the name in lower case."""
        groups = self.groups.values()
        return {lower: variable.name for group in groups for lower, variable in group.variables.items()}

    def group_meant(self, name: str) -> Group | None:
        """Return the group of a name, or the one that a misspelt name means beyond doubt."""
        if name not in self._meant:
            names = {} if name in self.elsewhere.groups else {known.lower(): known for known in self.groups}
            near = get_close_matches(name.lower()[:100], names, n=1, cutoff=0.9)
            self._meant[name] = self.groups[names[near[0]]] if near else None
        return self._meant[name]

    def groups_with(self, name: str) -> list[str]:
        """Return the groups that have a variable of this name."""
        return [group.name for group in self.groups.values() if name.lower() in group.variables]


def parts(settings: Settings) -> Iterator[tuple[str, KeyPath, Model]]:
    """Yield every part of the settings with its environment and path, wherever it stands."""
    stack: list[tuple[str, KeyPath, object]] = [("", (), settings.platform)]
    stack += [(environment.name, (), environment) for environment in reversed(settings.environments)]
    while stack:
        environment, path, value = stack.pop()
        below: list[tuple[str | int, object]] = []
        if isinstance(value, Model):
            yield environment, path, value
            fields = type(value).model_fields
            below = [(info.alias or name, getattr(value, name)) for name, info in fields.items()]
        elif isinstance(value, dict):
            below = list(value.items())
        elif isinstance(value, tuple):
            below = list(enumerate(value))
        stack += [(environment, (*path, key), item) for key, item in reversed(below)]


def _infrastructure(settings: Settings) -> Iterator[tuple[Connection, Gate]]:
    """Yield the connections of the platform's own pipelines, each with the environment of its stack.

    They belong to a stack and not to an environment of the platform: models go no way through them.
    """
    pipelines = settings.platform.infrastructure_pipelines
    if pipelines is None:
        return
    names = [environment.name for environment in settings.environments]
    branches = (pipelines.branch,)
    for stack in stack_pipelines(settings.platform.stack_prefix, names):
        gate = Gate(stack.environment, "", branches)
        yield Connection(stack.plan, "", ()), gate
        yield Connection(stack.apply, "", branches), gate


def _groups(settings: Settings, found: list[tuple[str, KeyPath, Model]]) -> Iterator[Group]:
    variables = {
        getattr(settings.platform, section).variable_group.name: values
        for section, values in platform_variables(settings.platform, settings.environments).items()
    }
    for environment in settings.environments:
        variables[environment.variable_group.name] = environment_variables(environment)
    for owner, path, model in found:
        if isinstance(model, VariableGroup):
            extra = [
                Variable(name, text, "library", _written((*path, _EXTRA, name)))
                for name, text in model.extra_variables.items()
            ]
            yield _group(model, owner, path, variables.get(model.name) or tuple(extra))
        elif isinstance(model, KeyVaultVariableGroup):
            setting = _written((*path, "secrets"))
            secrets = tuple(Variable(name, "", "library", setting) for name in model.secrets)
            yield _group(model, owner, path, secrets)


def _group(
    model: VariableGroup | KeyVaultVariableGroup, owner: str, path: KeyPath, variables: tuple[Variable, ...]
) -> Group:
    names = {variable.name.lower(): variable for variable in variables}
    secret = isinstance(model, KeyVaultVariableGroup)
    return Group(model.name, owner, names, model.used_by, secret, path)


def _written(path: KeyPath) -> str:
    """Write a path as a variable names its setting."""
    return ".".join(map(str, path))
