"""Checks of who may use something: pipelines that are authorized, and people with roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from client.devops.checks import Permission, PipelinePermission, PipelinePermissions
from client.devops.identities import IdentityRef
from client.devops.security_roles import RoleAssignment
from doctor.live.findings import Finding, Rule
from doctor.live.people import Members
from doctor.live.wanted import Guarded, Pipeline

_ASSIGNED = "assigned"
_EVERYBODY = "\\Project Valid Users"
"""The group that everybody is in who is in any group of the project."""
MembersOf = Callable[[IdentityRef], Members | None]
"""Returns who is behind an identity, of a group its members; None where that could not be seen."""


def is_not_open_to_all(item: Guarded, permissions: PipelinePermissions) -> Iterator[Finding]:
    """Find what every pipeline may use. The platform opens nothing so, and no deployment closes it."""
    given = permissions.all_pipelines
    if given and given.authorized:
        yield Finding(
            Rule.OPEN_TO_ALL,
            item.place,
            f"open to every pipeline of the project{_by(given)}",
            f"the pipelines {_list(item.used_by)}" if item.used_by else "no pipeline",
            f"close it by hand: {_where(item)}, Pipeline permissions, Restrict permission",
        )


def pipelines_are_those_of_used_by(
    item: Guarded, permissions: PipelinePermissions, names: Mapping[int, Pipeline]
) -> Iterator[Finding]:
    """Find pipelines that may use something and are not in ``used_by``, and those of ``used_by`` that may not.

    ``names`` are all pipelines of the project by their ids.
    """
    allowed = {one.id: one for one in permissions.pipelines if one.authorized}
    wanted = {str(pipeline).lower() for pipeline in item.used_by}
    for number, permission in allowed.items():
        name = str(names.get(number, f"number {number} (deleted, or not visible)"))
        if name.lower() not in wanted:
            yield Finding(
                Rule.OPENED_BY_HAND,
                item.place,
                f"the pipeline {name} may use it{_by(permission)}",
                f"the pipelines {_list(item.used_by)}" if item.used_by else "no pipeline",
                f"take it out by hand ({_where(item)}, Pipeline permissions), or add it to used_by",
            )
    open_to_all = permissions.all_pipelines is not None and permissions.all_pipelines.authorized
    numbers = {str(pipeline).lower(): number for number, pipeline in names.items()}
    for pipeline in item.used_by:
        there = numbers.get(str(pipeline).lower())
        if there is not None and there not in allowed and not open_to_all:
            yield Finding(
                Rule.NOT_AUTHORIZED,
                item.place,
                f"the pipeline {pipeline} may not use it: its runs wait for a permission",
                f"the pipelines {_list(item.used_by)}",
                f"{item.deploy} authorizes it",
            )


def roles_are_given(
    item: Guarded, roles: tuple[RoleAssignment, ...], ids: Mapping[str, str], creator: str
) -> Iterator[Finding]:
    """Find roles that the configuration gives and nobody has, and those that somebody gave by hand.

    ``ids`` are the storage keys of the teams and people of the configuration, by name. What is inherited from the
    project or the Library is neither, nor is the role that Azure DevOps gives whoever made the thing: ``creator`` is
    the storage key of that identity.
    """
    assigned = {role.identity.id: role for role in roles if role.access == _ASSIGNED}
    for name, wanted in item.roles.items():
        if name not in ids:
            continue  # A team that is missing is a finding of its own.
        found = assigned.pop(ids[name], None)
        if found is None or found.role.name != wanted:
            has = f"has the role {found.role.name}" if found else "has no role of its own"
            yield Finding(
                Rule.MISSING_ROLE,
                item.place,
                f"{name} {has}",
                f"{name} has the role {wanted}",
                f"{item.deploy} gives it",
            )
    if any(name not in ids for name in item.roles):
        return
    for role in assigned.values():
        if role.identity.id == creator:
            continue
        yield Finding(
            Rule.ROLE_BY_HAND,
            item.place,
            f"{role.identity.display_name} has the role {role.role.name}",
            ", ".join(f"{name}: {wanted}" for name, wanted in item.roles.items()) or "inherited roles only",
            f"take it away by hand ({_where(item)}, Security), or add it to the configuration",
        )


def who_has_access(
    item: Guarded, roles: tuple[RoleAssignment, ...], members_of: MembersOf
) -> Iterator[Finding]:
    """Tell who can really read a group, by each role in effect: those who inherit one too."""
    lines = []
    for role in roles:
        lines.append(
            f"{role.identity.display_name} is {role.role.name} ({role.access}): {_who(role, members_of)}"
        )
    yield Finding(
        Rule.NOTE_ACCESS,
        item.place,
        "; ".join(lines) or "nobody has a role",
        "whoever has any role reads the values: also who inherits it from the project or the Library",
        "take people out of groups that are not meant, or turn inheritance off (Library, Security): "
        "docs/azure-devops.md, Who can read a group",
    )


def _who(role: RoleAssignment, members_of: MembersOf) -> str:
    if role.identity.display_name.endswith(_EVERYBODY):
        return "everybody in the project"
    found = members_of(role.identity)
    if found is None:
        return "could not be seen"
    words = sorted(found.people)
    words += [f"members of the Entra group {name}: not visible" for name in found.hidden]
    return ", ".join(words) or "nobody"


def _by(permission: Permission | PipelinePermission) -> str:
    who = permission.authorized_by.display_name if permission.authorized_by else ""
    when = f" on {permission.authorized_on:%Y-%m-%d}" if permission.authorized_on else ""
    return f", by {who}{when}" if who else ""


def _where(item: Guarded) -> str:
    return {
        "variablegroup": f"Pipelines, Library, {item.name}",
        "environment": f"Pipelines, Environments, {item.name}, Security",
        "endpoint": f"Project settings, Service connections, {item.name}, Security",
        "queue": f"Project settings, Agent pools, {item.name}, Security",
    }[item.kind]


def _list(pipelines: tuple[Pipeline, ...]) -> str:
    return ", ".join(map(str, pipelines))
