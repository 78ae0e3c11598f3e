"""Reads what a first deployment needs, and runs the checks of :mod:`doctor.live.before`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from client import azure
from client.azure import Quota, RolePermission, Usage
from client.devops import agents, pipelines, projects
from client.devops.projects import Project
from client.services import Services
from doctor.live.before import (
    GLOBAL,
    Quotas,
    Subscription,
    agents_are_online,
    ids_are_filled_in,
    may_administer,
    name_is_free,
    providers_are_registered,
    quota_is_enough,
    rights,
    rights_are_enough,
)
from doctor.live.findings import Finding
from doctor.live.looking import Gone, Looking
from doctor.live.people import People
from doctor.live.project import missing_pool, pipelines_are_there, project_is_there, teams_are_there
from doctor.live.resources import WORKSPACE, Azure, expected, names_are_free_again, read_azure
from doctor.live.wanted import Guarded, Pipeline, Wanted
from settings.loader import Settings
from settings.models.resource_providers import RESOURCE_PROVIDERS

_WORKSPACES = "/workspaces/"


def needs(
    services: Services, looking: Looking, settings: Settings, wanted: Wanted, environment: str | None
) -> Iterator[Finding]:
    """Yield what is missing before a first deployment.

    Raises :class:`client.errors.ServiceError` where nothing can be read.
    """
    yield from ids_are_filled_in(settings.placeholders)
    yield from _in_azure(services, looking, settings, environment)
    yield from _in_the_project(services, looking, settings, wanted)


def _in_azure(
    services: Services, looking: Looking, settings: Settings, environment: str | None
) -> Iterator[Finding]:
    resources = expected(settings, environment)
    for subscription_id in dict.fromkeys(one.subscription for one in resources):
        subscription = Subscription(
            subscription_id,
            _permissions(services, looking, subscription_id),
            _providers(services, looking, subscription_id),
        )
        yield from rights_are_enough(subscription, rights(settings, subscription_id))
        yield from providers_are_registered(subscription)
    found = read_azure(services, looking, resources)
    there = {one.name for one, _ in found.there if one.kind is WORKSPACE}
    # What a workspace that is there uses already counts as used.
    coming = [
        one
        for one in settings.environments
        if environment in (None, one.name) and one.workspace.name not in there
    ]
    quotas = {
        place: quota
        for place in dict.fromkeys((one.subscription_id, one.location) for one in coming)
        if (quota := _quotas(services, looking, *place))
    }
    yield from quota_is_enough(coming, quotas)
    yield from _names(services, looking, found)


def _permissions(
    services: Services, looking: Looking, subscription: str
) -> tuple[RolePermission, ...] | None:
    found = looking.every(
        f"your permissions on the subscription {subscription}",
        lambda: azure.permissions(services, f"/subscriptions/{subscription}"),
    )
    return None if found is None else tuple(found)


def _providers(services: Services, looking: Looking, subscription: str) -> dict[str, str] | None:
    states = {}
    for namespace in RESOURCE_PROVIDERS:
        found = looking.see(
            f"whether {namespace} is registered in the subscription {subscription}",
            partial(azure.resource_provider, services, subscription, namespace),
        )
        if found is None:
            return None  # The next one would be refused too.
        states[namespace] = found.registration_state
    return states


def _quotas(services: Services, looking: Looking, subscription: str, location: str) -> Quotas | None:
    place = f"of Azure Machine Learning in {location}, subscription {subscription}"
    usages: list[Usage] | None = looking.every(
        f"the usage {place}", lambda: azure.machine_learning_usages(services, subscription, location)
    )
    quotas: list[Quota] | None = looking.every(
        f"the quota {place}", lambda: azure.machine_learning_quotas(services, subscription, location)
    )
    if usages is None:
        return None
    free = {_key(usage.name.value): usage.limit - usage.current_value for usage in usages if usage.limit >= 0}
    of_workspaces = {
        (_workspace(quota.id), _key(quota.name.value)): quota.limit
        for quota in quotas or ()
        if _WORKSPACES in quota.id
    }
    return Quotas(free, of_workspaces)


def _key(family: str) -> str:
    return family.replace(" ", "").lower()


def _workspace(quota_id: str) -> str:
    return quota_id.partition(_WORKSPACES)[2].partition("/")[0].lower()


def _names(services: Services, looking: Looking, found: Azure) -> Iterator[Finding]:
    """Ask for the names of what is not there yet."""
    for one in found.missing:
        yield from names_are_free_again(one, found.deleted)
        if one.kind in GLOBAL:
            answer = looking.see(
                f"whether the name {one.name} is free",
                partial(azure.name_availability, services, one.subscription, one.kind.type, one.name),
            )
            if answer:
                yield from name_is_free(one, answer, found.deleted)


def _in_the_project(
    services: Services, looking: Looking, settings: Settings, wanted: Wanted
) -> Iterator[Finding]:
    """Find what has to be there: the project, pipelines, teams and pools that no deployment makes."""
    makes = settings.platform.azure_devops.project.create
    found = looking.find(f"the project {wanted.project}", lambda: projects.project(services, wanted.project))
    if found is None or (found is Gone.GONE and makes):
        return
    if not isinstance(found, Project) or not found.usable:
        yield from project_is_there(wanted.project, found)
        return
    may_edit = looking.see(
        f"your permissions on the project {wanted.project}", partial(projects.may_edit, services, found.id)
    )
    if may_edit is not None:
        yield from may_administer(wanted.project, may_edit=may_edit)
    teams = [team.name for team in settings.platform.teams.values() if not team.create]
    people = People(services, looking, found.id)
    if people.groups is not None:
        yield from teams_are_there((team for team in teams if team in wanted.teams), people.groups)
    existing = [
        Pipeline(item.name, item.folder) for item in settings.platform.pipelines.values() if item.exists
    ]
    definitions = looking.every("the pipelines", lambda: pipelines.build_definitions(services, found.id))
    if definitions is not None:
        yield from pipelines_are_there((item for item in existing if item in wanted.pipelines), definitions)
    yield from _pools(services, looking, found.id, [item for item in wanted.guarded if item.kind == "queue"])


def _pools(services: Services, looking: Looking, project_id: str, pools: list[Guarded]) -> Iterator[Finding]:
    """Find pools that the project lacks, and those without agents."""
    if not pools:
        return
    queues = looking.every("the agent pools", lambda: agents.agent_queues(services, project_id))
    if queues is None:
        return
    there = {queue.name.lower(): queue for queue in queues}
    for pool in pools:
        queue = there.get(pool.name.lower())
        if queue is None:
            yield missing_pool(pool)
            continue
        number = queue.pool.id
        found = looking.every(f"the agents of the {pool.place}", partial(agents.agents, services, number))
        if found is not None:
            yield from agents_are_online(queue, found)
