"""Checks of what a first deployment needs, and what only people know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from client.azure import NameAvailability, RolePermission
from client.devops.agents import Agent, AgentQueue
from doctor.live.findings import Finding, Question, Rule
from doctor.live.resources import IMAGES, STORAGE, VAULT, Deleted, Expected
from settings.loader import Placeholder, Settings
from settings.models.environment import Environment
from settings.models.vm_sizes import find_vm_size, with_reserve
from settings.reading.problems import listed

GLOBAL = (STORAGE, VAULT, IMAGES)
"""The kinds whose names are global in Azure, and whose names a documented call tells to be free."""
_GROUPS = "Microsoft.Resources/subscriptions/resourceGroups/write"
_ROLES = "Microsoft.Authorization/roleAssignments/write"
_OWN_ROLE = "Microsoft.Authorization/roleDefinitions/write"
_LOCKS = "Microsoft.Authorization/locks/write"
_POLICIES = "Microsoft.Authorization/policyAssignments/write"
_REGISTERED = "Registered"


@dataclass(frozen=True)
class Subscription:
    """A subscription before a deployment. What is None could not be seen."""

    id: str
    permissions: tuple[RolePermission, ...] | None
    providers: Mapping[str, str] | None
    """Whether each namespace is registered, in Azure's word."""


@dataclass(frozen=True)
class Quotas:
    """How many cores of a family may still be used in a region, by the family in lower case."""

    free: Mapping[str, int]
    of_workspaces: Mapping[tuple[str, str], int]
    """What somebody has set for one workspace, by its name and the family, both in lower case."""


def ids_are_filled_in(placeholders: Iterable[Placeholder]) -> Iterator[Finding]:
    """Find ids of all zeros."""
    for found in placeholders:
        yield Finding(
            Rule.NOT_FILLED_IN,
            str(found),
            "all zeros",
            "the id of your tenant, subscription or organization",
            "write it there",
        )


def rights(settings: Settings, subscription: str) -> dict[str, str]:
    """Return what a deployment does in a subscription that not every role allows: what for, by the operation."""
    registry = settings.platform.registry
    environments = [one for one in settings.environments if one.subscription_id == subscription]
    needed = {_ROLES: "assigns roles"}
    with_registry = registry.subscription_id == subscription
    groups = [one.existing.resource_group for one in environments]
    if None in (*groups, *([registry.existing.resource_group] if with_registry else [])):
        needed[_GROUPS] = "makes resource groups"
    if with_registry:
        needed[_OWN_ROLE] = "makes a role of its own, for the connection that promotes models"
    if environments:
        needed[_POLICIES] = "assigns the policy by which endpoints log"
    if any(one.security.delete_locks for one in environments) or (with_registry and registry.delete_locks):
        needed[_LOCKS] = "makes delete locks"
    return needed


def rights_are_enough(subscription: Subscription, needed: Mapping[str, str]) -> Iterator[Finding]:
    """Find what the person may not do in a subscription. Where that could not be seen there is nothing to say."""
    if subscription.permissions is None:
        return
    lacking = {
        operation: why for operation, why in needed.items() if not allows(subscription.permissions, operation)
    }
    if lacking:
        yield Finding(
            Rule.MISSING_RIGHT,
            f"subscription {subscription.id}",
            f"you may not do {listed(list(lacking))}",
            f"roles that allow it: the deployment {', '.join(lacking.values())}",
            "have an owner of the subscription give you Owner, or a role that allows it, for the deployment",
        )


def may_administer(project: str, *, may_edit: bool) -> Iterator[Finding]:
    """Find a project that the person does not administer."""
    if not may_edit:
        yield Finding(
            Rule.MISSING_RIGHT,
            f"project {project}",
            "you may not edit project-level information",
            "a Project Administrator: the deployment makes teams, roles, checks and service connections",
            "have an administrator add you (Project settings, Permissions, Project Administrators)",
        )


def allows(permissions: Iterable[RolePermission], operation: str) -> bool:
    """Tell whether a role allows an operation. What one role excludes another one may allow."""
    return any(
        _any_of(one.actions, operation) and not _any_of(one.not_actions, operation) for one in permissions
    )


def _any_of(patterns: Iterable[str], operation: str) -> bool:
    return any(fnmatchcase(operation.lower(), pattern.lower()) for pattern in patterns)


def providers_are_registered(subscription: Subscription) -> Iterator[Finding]:
    """Find namespaces that are not registered, and that the person cannot register: a deployment does the others."""
    lacking = [
        namespace
        for namespace, state in (subscription.providers or {}).items()
        if state != _REGISTERED
        and subscription.permissions is not None
        and not allows(subscription.permissions, f"{namespace}/register/action")
    ]
    if lacking:
        yield Finding(
            Rule.NOT_REGISTERED,
            f"subscription {subscription.id}",
            f"{listed(lacking)}: not registered, and you may not register them",
            "registered",
            f"have an owner run az provider register --subscription {subscription.id} --namespace <name> for each",
        )


def cores_of(environment: Environment) -> dict[str, int]:
    """Return the cores that an environment asks for at most, by the family as Azure spells it.

    Counted as the rule of the setting ``quota`` does; sizes whose family is not known are left out.
    """
    asked = [
        (cluster.vm_size, cluster.max_nodes)
        for cluster in environment.compute.values()
        if cluster.vm_priority != "LowPriority"
    ]
    asked += [(workstation.vm_size, 1) for workstation in environment.workstations]
    if environment.endpoint:
        size, count = environment.endpoint.vm_size, environment.endpoint.instance_count
        if size and count:
            asked.append((size, 2 * with_reserve(count, find_vm_size(size))))
    cores: dict[str, int] = {}
    for size, machines in asked:
        if known := find_vm_size(size):
            cores[known.family] = cores.get(known.family, 0) + machines * known.cores
    return cores


def quota_is_enough(
    environments: Iterable[Environment], quotas: Mapping[tuple[str, str], Quotas]
) -> Iterator[Finding]:
    """Find families of which Azure Machine Learning gives fewer cores than is configured.

    ``environments`` are those that are not there yet, ``quotas`` are by subscription and region. What several
    environments ask for there is added up. A family that the service does not tell is passed over.
    """
    asked: dict[tuple[str, str, str], dict[str, int]] = {}
    for environment in environments:
        place = (environment.subscription_id, environment.location)
        for family, cores in cores_of(environment).items():
            asked.setdefault((*place, family), {})[environment.name] = cores
            known = quotas.get(place)
            key = (environment.workspace.name.lower(), _family(family))
            limit = known.of_workspaces.get(key, -1) if known else -1
            if 0 <= limit < cores:
                yield _too_small(
                    f"workspace {environment.workspace.name}", family, limit, {environment.name: cores}
                )
    for (subscription, location, family), by_environment in asked.items():
        quota = quotas.get((subscription, location))
        free = quota.free.get(_family(family)) if quota else None
        if free is not None and free < sum(by_environment.values()):
            yield _too_small(f"subscription {subscription} in {location}", family, free, by_environment)


def _too_small(place: str, family: str, free: int, asked: Mapping[str, int]) -> Finding:
    wanted = sum(asked.values())
    sums = " + ".join(f"{cores} of {name}" for name, cores in asked.items())
    return Finding(
        Rule.QUOTA,
        place,
        f"{free} cores of {family} are free",
        f"at least {wanted}: {sums}; clusters at their most nodes, workstations, blue and green together",
        "have Azure raise the quota (Azure Machine Learning studio, Manage, Quota), or lower max_nodes",
    )


def _family(name: str) -> str:
    return name.replace(" ", "").lower()


def name_is_free(one: Expected, answer: NameAvailability, deleted: Iterable[Deleted]) -> Iterator[Finding]:
    """Find a name that somebody else has. One that a deleted vault keeps is a finding of its own."""
    kept = any(item.kind is one.kind and item.name.lower() == one.name.lower() for item in deleted)
    if not answer.name_available and not kept:
        yield Finding(
            Rule.TAKEN_NAME,
            one.place,
            f"taken: {answer.message or answer.reason}",
            "a name that is free in all of Azure",
            "choose another one in the configuration",
        )


def agents_are_online(queue: AgentQueue, agents: Iterable[Agent]) -> Iterator[Finding]:
    """Find a pool without an agent that runs jobs."""
    known = list(agents)
    if not any(agent.status == "online" and agent.enabled for agent in known):
        yield Finding(
            Rule.NO_AGENT,
            f"agent pool {queue.name}",
            f"{len(known)} agents, none of which is online and enabled" if known else "no agent at all",
            "at least one agent that is online",
            "start one: docs/azure-devops.md",
        )


def questions(settings: Settings) -> Iterator[Question]:
    """Yield what no documented call tells, with whom to ask."""
    platform = settings.platform
    organization = "an administrator of the organization"
    project = ", and the permission to create projects" if platform.azure_devops.project.create else ""
    yield Question(
        "Are there parallel jobs on Microsoft's agents? A new organization has none until they are asked for.",
        f"{organization}: Organization settings, Parallel jobs.",
    )
    yield Question(
        f"Has whoever deploys the access level Basic{project}?",
        f"{organization}: Organization settings, Users and Permissions.",
    )
    names = ", ".join(environment.workspace.name for environment in settings.environments)
    yield Question(
        f"Was a workspace of one of these names deleted in the last 14 days: {names}? It keeps its name.",
        "whoever administers the subscription: portal, Azure Machine Learning, Recently deleted.",
    )
    yield Question(
        f"Is the name of the model registry free in the tenant: {platform.registry.name}?",
        "whoever administers the tenant: portal, Azure Machine Learning registries, over all subscriptions.",
    )
    if any("LowPriority" in {c.vm_priority for c in e.compute.values()} for e in settings.environments):
        yield Question(
            "How many cores of low priority may be used? They have a quota of their own.",
            "whoever administers the subscription: Azure Machine Learning studio, Manage, Quota.",
        )
    if platform.infrastructure_pipelines:
        yield Question(
            "May service principals be added to the organization, with an access level?",
            f"{organization}: Organization settings, Users, Billing.",
        )
