"""What the settings want in Azure DevOps: groups, gates, connections and pools, each with who may use it and how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from doctor.platform import Group, Platform, parts
from settings.loader import Settings
from settings.models import devops
from settings.models.durations import minutes
from settings.models.environment import Environment
from settings.models.infrastructure import PIPELINES, pipeline_name, stack_pipelines

Kind = Literal["variablegroup", "environment", "endpoint", "queue"]
"""The types of protected resources, as checks and authorizations have them."""
WORDS: Mapping[Kind, str] = {
    "variablegroup": "variable group",
    "environment": "environment",
    "endpoint": "service connection",
    "queue": "agent pool",
}
AZURE, WEBHOOK = "azurerm", "incomingwebhook"
"""The types of service connections."""


@dataclass(frozen=True, order=True)
class Pipeline:
    """A pipeline by its name and folder."""

    name: str
    folder: str = "\\"

    def __str__(self) -> str:
        """Show it as Azure DevOps does: the folder only where it is not the root."""
        return self.name if self.folder == "\\" else f"{self.folder}\\{self.name}"


@dataclass(frozen=True)
class Approval:
    """Who has to approve, as the settings say."""

    approvers: tuple[str, ...]
    """Names of teams, and names that people sign in with."""
    minimum: int
    """How many of them have to approve (approvals)."""
    timeout: int
    """How long a run waits (minutes)."""


@dataclass(frozen=True)
class Guarded:
    """Something that pipelines use, with what stands in front of it."""

    kind: Kind
    name: str
    environment: str
    """The environment of the platform that it belongs to; empty for what all share."""
    stack: str
    used_by: tuple[Pipeline, ...]
    approval: Approval | None = None
    branches: tuple[str, ...] = ()
    """Branches that a run may come from; none: any."""
    protected: bool = False
    """Whether they must have branch policies."""
    exclusive: bool = False
    """Whether it has an exclusive lock."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """The role of each team or person, by name."""
    type: str = ""
    """Of a service connection."""
    subscription: str = ""
    """That a service connection leads to (GUID)."""
    identity_in: str = ""
    """Subscription of the identity behind a service connection to Azure (GUID)."""
    group: Group | None = None
    """Of a variable group, with its variables."""
    prod: bool = False
    """Whether it belongs to an environment of the tier prod."""

    @property
    def place(self) -> str:
        """Return what a report calls it."""
        return f"{WORDS[self.kind]} {self.name}"

    @property
    def people(self) -> list[str]:
        """Return the names of the teams and people that it has a role or an approval for."""
        return [*self.roles, *(self.approval.approvers if self.approval else ())]

    @property
    def deploy(self) -> str:
        """Return what makes it as the configuration says."""
        return f"make deploy STACK={self.stack}"


@dataclass(frozen=True)
class Wanted:
    """All that is wanted in a project of Azure DevOps."""

    project: str
    guarded: tuple[Guarded, ...]
    teams: tuple[str, ...]
    """Names of the teams."""
    pipelines: tuple[Pipeline, ...]


def wanted(settings: Settings, environment: str | None = None) -> Wanted:
    """Return what the settings want, or what one environment of theirs does: its own things, and who uses those."""
    reader = _Reader(settings)
    guarded = [item for item in reader.guarded() if environment in (None, item.environment)]
    teams = [team.name for team in settings.platform.teams.values()]
    pipelines = [*reader.pipelines.values(), *reader.infrastructure]
    if environment is not None:
        teams = [team for team in teams if any(team in item.people for item in guarded)]
        pipelines = [item for item in pipelines if any(item in one.used_by for one in guarded)]
    return Wanted(settings.platform.azure_devops.project.name, tuple(guarded), tuple(teams), tuple(pipelines))


class _Reader:
    """Reads the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        platform = settings.platform
        self._teams = {key: team.name for key, team in platform.teams.items()}
        self.pipelines = {
            key: Pipeline(item.name, item.folder) for key, item in platform.pipelines.items() if item.exists
        }
        own = platform.infrastructure_pipelines
        self._infrastructure = (
            {key: Pipeline(pipeline_name(platform.stack_prefix, key), own.folder) for key in PIPELINES}
            if own
            else {}
        )
        self._groups = Platform(settings).groups
        self._environments = {environment.name: environment for environment in settings.environments}

    @property
    def infrastructure(self) -> Iterable[Pipeline]:
        """The platform's own pipelines."""
        return self._infrastructure.values()

    def guarded(self) -> Iterator[Guarded]:
        """Yield all that pipelines use."""
        promotion = self._settings.platform.registry
        for environment, _, model in parts(self._settings):
            match model:
                case devops.VariableGroup() | devops.KeyVaultVariableGroup():
                    yield self._group(environment, model)
                case devops.ApprovalEnvironment():
                    yield self._gate(environment, model)
                case devops.ServiceConnection():
                    # The connection that writes to the registry asks for the same approval as its environment.
                    asks = promotion.approval_environment if model is promotion.service_connection else None
                    yield self._connection(environment, model, asks)
                case devops.IncomingWebhook() if self._rolls_back(environment):
                    yield self._webhook(environment, model)
        yield from self._pools()
        yield from self._of_infrastructure()

    def _rolls_back(self, environment: str) -> bool:
        found = self._environments[environment].auto_rollback
        return found is not None and found.enabled

    def _group(self, environment: str, model: devops.VariableGroup | devops.KeyVaultVariableGroup) -> Guarded:
        return Guarded(
            "variablegroup",
            model.name,
            environment,
            self._stack(environment),
            self._used(model.used_by),
            roles={self._teams[key]: role for key, role in model.permissions.items()},
            group=self._with_files(self._groups[model.name]),
            prod=environment != "" and self._environments[environment].tier == "prod",
        )

    def _with_files(self, group: Group) -> Group:
        """Say of each variable's setting which file it stands in."""
        variables = {}
        for lower, variable in group.variables.items():
            environment, _, setting = variable.setting.rpartition(": ")
            file = self._settings.files[environment or group.environment].name
            variables[lower] = replace(variable, setting=f"{setting} in {file.as_posix()}")
        return replace(group, variables=variables)

    def _gate(self, environment: str, model: devops.ApprovalEnvironment) -> Guarded:
        approval = self._approval(model.approvers, model.minimum_approvers, model.timeout)
        return Guarded(
            "environment",
            model.name,
            environment,
            self._stack(environment),
            self._used(model.used_by),
            approval=approval,
            branches=model.branches,
            protected=model.verify_branch_protection,
            exclusive=True,
            roles=dict.fromkeys(approval.approvers, "Reader"),
        )

    def _connection(
        self, environment: str, model: devops.ServiceConnection, asks: devops.ApprovalEnvironment | None
    ) -> Guarded:
        return Guarded(
            "endpoint",
            model.name,
            environment,
            self._stack(environment),
            self._used(model.used_by),
            approval=self._approval(asks.approvers, asks.minimum_approvers, asks.timeout) if asks else None,
            branches=model.branches,
            protected=model.verify_branch_protection,
            type=AZURE,
            subscription=self._subscription(environment),
            identity_in=self._subscription(environment),
        )

    def _webhook(self, environment: str, model: devops.IncomingWebhook) -> Guarded:
        stack, used_by = self._stack(environment), self._used(model.used_by)
        return Guarded("endpoint", model.name, environment, stack, used_by, type=WEBHOOK)

    def _pools(self) -> Iterator[Guarded]:
        """Yield each pool once: environments share it, and its branches and pipelines are those of all of them."""
        sharing: dict[str, list[Environment]] = {}
        for environment in self._settings.environments:
            if environment.agent_pool:
                sharing.setdefault(environment.agent_pool.lower(), []).append(environment)
        for users in sharing.values():
            connections = [environment.service_connection for environment in users]
            keys = sorted({key for connection in connections for key in connection.used_by})
            branches = sorted({branch for connection in connections for branch in connection.branches})
            yield Guarded(
                "queue",
                str(users[0].agent_pool),
                users[0].name if len(users) == 1 else "",
                self._stack(""),
                self._used(keys),
                branches=tuple(branches),
                protected=all(connection.verify_branch_protection for connection in connections),
            )

    def _of_infrastructure(self) -> Iterator[Guarded]:
        """Yield the gates and connections of the platform's own pipelines, all of which the registry stack makes."""
        platform = self._settings.platform
        own = platform.infrastructure_pipelines
        if own is None:
            return
        approval = self._approval(own.approvers, own.minimum_approvers, own.timeout)
        every, deploy = tuple(self._infrastructure.values()), (self._infrastructure["deploy"],)
        stack, branches = self._stack(""), (own.branch,)
        # All identities are beside the model registry, wherever their connections lead.
        identity_in = self._subscription("")
        owners = ["", *self._environments]
        names = stack_pipelines(platform.stack_prefix, self._environments)
        for owner, called in zip(owners, names, strict=True):
            subscription = self._subscription(owner)
            yield Guarded(
                "environment",
                called.environment,
                "",
                stack,
                deploy,
                approval=approval,
                branches=branches,
                protected=True,
                exclusive=True,
                roles=dict.fromkeys(approval.approvers, "Reader"),
            )
            yield Guarded(
                "endpoint",
                called.plan,
                "",
                stack,
                every,
                type=AZURE,
                subscription=subscription,
                identity_in=identity_in,
            )
            yield Guarded(
                "endpoint",
                called.apply,
                "",
                stack,
                deploy,
                approval=approval,
                branches=branches,
                protected=True,
                type=AZURE,
                subscription=subscription,
                identity_in=identity_in,
            )

    def _approval(self, approvers: Iterable[str], minimum: int, timeout: str) -> Approval:
        names = tuple(self._teams.get(approver, approver) for approver in approvers)
        return Approval(names, minimum, minutes(timeout))

    def _used(self, keys: Iterable[str]) -> tuple[Pipeline, ...]:
        return tuple(self.pipelines[key] for key in keys if key in self.pipelines)

    def _stack(self, environment: str) -> str:
        return f"{self._settings.platform.stack_prefix}-{environment or 'registry'}"

    def _subscription(self, environment: str) -> str:
        if environment:
            return self._environments[environment].subscription_id
        return self._settings.platform.registry.subscription_id
