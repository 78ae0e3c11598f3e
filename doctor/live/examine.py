"""Looks at everything, and runs every check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from client.azure import role_definitions
from client.devops.projects import Project
from client.services import Services
from doctor.live.access import (
    is_not_open_to_all,
    pipelines_are_those_of_used_by,
    roles_are_given,
    who_has_access,
)
from doctor.live.before import questions
from doctor.live.connections import (
    Identities,
    connection_is_right,
    identity_trusts_it,
    signs_in_by_federation,
)
from doctor.live.findings import Examination, Finding, Rule, Unseen
from doctor.live.gates import (
    approval_is_right,
    branches_are_right,
    lock_is_there,
    nobody_counts_twice,
    somebody_can_approve,
)
from doctor.live.library import group_is_right, missing_group
from doctor.live.looking import Looking
from doctor.live.needs import needs
from doctor.live.organization import Organization, Seen, read_organization
from doctor.live.people import Members, People
from doctor.live.project import (
    missing_connection,
    missing_environment,
    missing_pool,
    pipelines_are_there,
    project_is_there,
    teams_are_there,
)
from doctor.live.resources import (
    expected,
    missing_resource,
    names_are_free_again,
    properties_are_right,
    read_azure,
)
from doctor.live.roles import Assignment, roles_are_assigned
from doctor.live.wanted import AZURE, Approval, Guarded, Pipeline, Wanted, wanted
from settings.loader import Settings


def examine(
    services: Services,
    settings: Settings,
    environment: str | None = None,
    *,
    before: bool = False,
    assignments: Sequence[Assignment] = (),
    unseen: Sequence[Unseen] = (),
) -> Examination:
    """Compare what is live with the settings, or with one environment of theirs; nothing is changed.

    ``assignments`` are the roles that the Terraform gives in Azure, looked for already, and ``unseen`` what could not
    be seen there. With ``before`` look for what a first deployment needs instead.

    Raises :class:`client.errors.ServiceError` where nothing can be read.
    """
    looking, want = Looking(), wanted(settings, environment)
    if before:
        found = list(needs(services, looking, settings, want, environment))
    else:
        found = [
            *_organization(services, looking, want),
            *_azure(services, looking, settings, environment),
            *_roles(services, looking, settings, assignments),
        ]
    return Examination(
        f"{want.project} in {settings.platform.azure_devops.organization_url}",
        tuple(_in_order(found)),
        tuple(dict.fromkeys((*looking.unseen, *unseen))),
        tuple(questions(settings)) if before else (),
    )


def _in_order(findings: list[Finding]) -> list[Finding]:
    """Sort by the rule, which goes from Azure DevOps to Azure; within one as they were found."""
    rules = list(Rule)
    return sorted(dict.fromkeys(findings), key=lambda finding: rules.index(finding.rule))


def _organization(services: Services, looking: Looking, want: Wanted) -> Iterator[Finding]:
    found = read_organization(services, looking, want)
    if found.project is None:
        return
    if not isinstance(found.project, Project) or not found.project.usable:
        yield from project_is_there(want.project, found.project)
        return
    people = found.people
    if people and people.groups is not None:
        yield from teams_are_there(want.teams, people.groups)
    if found.pipelines is not None:
        yield from pipelines_are_there(want.pipelines, found.pipelines)
    for item in found.missing:
        yield _MISSING[item.kind](item)
    identities = Identities(services, looking)
    for seen in found.seen:
        yield from _of_kind(seen, identities)
        yield from _in_front(seen, people)
        yield from _access(seen, found)
    if people:
        yield from _approvers(found.seen, people)


_MISSING = {
    "variablegroup": missing_group,
    "environment": missing_environment,
    "endpoint": missing_connection,
    "queue": missing_pool,
}


def _of_kind(seen: Seen, identities: Identities) -> Iterator[Finding]:
    item = seen.wanted
    if item.group and seen.group:
        yield from group_is_right(item, item.group, seen.group)
    endpoint = seen.endpoint
    if endpoint:
        yield from connection_is_right(item, endpoint)
        if item.type == AZURE:
            yield from signs_in_by_federation(item, endpoint)
            visible, trust = identities.trust_of(endpoint, item.identity_in)
            if visible:
                yield from identity_trusts_it(item, endpoint, trust)


def _in_front(seen: Seen, people: People | None) -> Iterator[Finding]:
    item = seen.wanted
    ids = _ids(item, people) if people else {}
    if seen.checks is not None:
        if item.approval:
            yield from approval_is_right(item, item.approval, seen.checks, ids)
        if item.branches:
            yield from branches_are_right(item, seen.checks)
        if item.exclusive:
            yield from lock_is_there(item, seen.checks)
    if item.approval and people:
        yield from nobody_counts_twice(item, item.approval, _members(item.approval, people))


def _ids(item: Guarded, people: People) -> dict[str, str]:
    return {name: number for name in item.people if (number := people.id(name))}


def _members(approval: Approval, people: People) -> dict[str, Members | None]:
    """Return who is behind each approver. One that does not exist is a finding of its own."""
    descriptors = {name: people.descriptor(name) for name in approval.approvers}
    return {name: people.members(found) for name, found in descriptors.items() if found}


def _approvers(every: tuple[Seen, ...], people: People) -> Iterator[Finding]:
    """Look at each team once, whatever it approves."""
    places: dict[str, list[str]] = {}
    for seen in every:
        for name in seen.wanted.approval.approvers if seen.wanted.approval else ():
            places.setdefault(name, []).append(seen.wanted.place)
    for name, of in places.items():
        descriptor = people.descriptor(name)
        members = people.members(descriptor) if descriptor else None
        if members:
            yield from somebody_can_approve(name, members, of)


def _access(seen: Seen, found: Organization) -> Iterator[Finding]:
    item, people = seen.wanted, found.people
    if seen.permissions is not None:
        yield from is_not_open_to_all(item, seen.permissions)
        if found.pipelines is not None:
            names = {one.id: Pipeline(one.name, one.path) for one in found.pipelines}
            yield from pipelines_are_those_of_used_by(item, seen.permissions, names)
    if seen.roles is not None and people:
        yield from roles_are_given(item, seen.roles, _ids(item, people), seen.creator)
        if item.prod:
            yield from who_has_access(item, seen.roles, people.members_of)


def _azure(
    services: Services, looking: Looking, settings: Settings, environment: str | None
) -> Iterator[Finding]:
    found = read_azure(services, looking, expected(settings, environment))
    for one in found.missing:
        yield missing_resource(one)
        yield from names_are_free_again(one, found.deleted)
    for one, resource in found.there:
        yield from properties_are_right(one, resource)


_PASSED_OVER = (
    "data.azurerm_client_config",  # Whoever deploys: nobody knows who that was.
    "azapi_resource",
    "azurerm_container_registry",
    "azurerm_key_vault",
    "azurerm_log_analytics_workspace",
    "azurerm_machine_learning_workspace",
    "azurerm_storage_account",
)
"""Types of Terraform of whose absence nothing is said here: :mod:`doctor.live.resources` finds that of the others."""


def _roles(
    services: Services, looking: Looking, settings: Settings, assignments: Sequence[Assignment]
) -> Iterator[Finding]:
    names: dict[str, str] = {}
    if any(not one.there for one in assignments):
        scope = f"/subscriptions/{settings.platform.registry.subscription_id}"
        known = looking.every("the names of roles", lambda: role_definitions(services, scope))
        names = {role.name.lower(): role.properties.role_name for role in known or ()}
    yield from roles_are_assigned(assignments, names, _PASSED_OVER)
