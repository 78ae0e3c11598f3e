"""Which roles may be given, on what, and what roles of our own may allow."""

from __future__ import annotations

import re

from constructs_lib.azure.roles import FOR_APPLYING, ROLES, may_assign
from constructs_lib.guard_rails.allowed import (
    PIPELINE_IDENTITY,
    ROLE_ACTIONS,
    ROLE_DATA_ACTIONS,
    ROLE_SCOPES,
    SUBSCRIPTION_ACTIONS,
    SUBSCRIPTION_ROLES,
)
from constructs_lib.guard_rails.rules import Body
from constructs_lib.guard_rails.violation import Finding, Findings, entries, shown, unlisted

_BUILT_IN = re.compile(
    "/subscriptions/[0-9a-fA-F-]{36}/providers/Microsoft\\.Authorization/roleDefinitions/"
    f"({'|'.join(sorted(ROLES.values()))})"
)
_OWN = re.compile(r"\$\{azurerm_role_definition\.[\w-]+\.role_definition_resource_id\}")
_SCOPE = re.compile(
    r"\$\{azurerm_[a-z_]+\.[\w-]+\.id\}|/subscriptions/[0-9a-fA-F-]{36}/resourceGroups/[^/$%]+(/[^$%]+)?"
)
_SUBSCRIPTION = re.compile(r"/subscriptions/[0-9a-fA-F-]{36}")
_PLANNING = re.compile(
    r"\$\{azurerm_role_definition\.infrastructure_[a-z0-9-]+_planning\.role_definition_resource_id\}"
)
_MAY_ALLOW = {"actions": ROLE_ACTIONS, "data_actions": ROLE_DATA_ACTIONS}
_NAMES = {guid: name for name, guid in ROLES.items()}
_ADMINISTRATOR = "Role Based Access Control Administrator"
_GUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def role_is_allowed(type_: str, body: Body) -> Findings:
    """Refuse roles that are not on the lists, and roles on more than a resource group."""
    if type_ == "azurerm_role_assignment":
        role = body.get("role_definition_id")
        if not isinstance(role, str) or not (_BUILT_IN.fullmatch(role) or _OWN.fullmatch(role)):
            yield unlisted(
                f"role_definition_id = {shown(role)}",
                "a built-in role of constructs_lib/azure/roles.py, or a role that this stack defines",
                "give a smaller role",
            )
        if body.get("role_definition_name") is not None:
            yield Finding(
                f"role_definition_name = {shown(body['role_definition_name'])}",
                "role_definition_id: a role that is renamed would be replaced",
                "name the role by its id, with constructs_lib/azure/roles.py",
            )
        if not _is_on_subscription(body):
            yield from _scope(body.get("scope"), "scope")
        yield from _for_applying(body)
        for name, only in ROLE_SCOPES.items():
            if isinstance(role, str) and role.endswith(ROLES[name]) and body.get("scope") != only:
                yield unlisted(
                    f"{name} on {shown(body.get('scope'))}", f"{name} only on {only}", "leave it out"
                )
    elif type_ == "azurerm_role_definition":
        actions = [item for p in entries(body.get("permissions")) for item in _listed(p.get("actions"))]
        data = any(p.get("data_actions") for p in entries(body.get("permissions")))
        everywhere = bool(actions) and not data and all(action in SUBSCRIPTION_ACTIONS for action in actions)
        for scope in [body.get("scope"), *_listed(body.get("assignable_scopes"))]:
            if not (everywhere and isinstance(scope, str) and _SUBSCRIPTION.fullmatch(scope)):
                yield from _scope(scope, "scope")
        for permissions in entries(body.get("permissions")):
            for name, given in permissions.items():
                allowed = _MAY_ALLOW.get(name, ())
                for action in _listed(given):
                    if action not in allowed:
                        listed = ", ".join(allowed) or ", ".join(_MAY_ALLOW)
                        yield unlisted(f"{name} {shown(action)}", listed, "leave it out")


def _is_on_subscription(body: Body) -> bool:
    """Tell whether this is a role on a subscription that an identity of the platform's own pipelines may have."""
    scope, role = body.get("scope"), body.get("role_definition_id")
    if not isinstance(scope, str) or not _SUBSCRIPTION.fullmatch(scope) or not isinstance(role, str):
        return False
    pipeline = re.fullmatch(PIPELINE_IDENTITY, str(body.get("principal_id")))
    if pipeline is None:
        return False
    if pipeline["does"] == "plan" and _PLANNING.fullmatch(role):
        return True
    return _NAMES.get(role.rpartition("/")[2], "") in SUBSCRIPTION_ROLES[pipeline["does"]]


def _for_applying(body: Body) -> Findings:
    """Refuse the roles of those who apply to anybody else, and to hand on roles without end."""
    name = _NAMES.get(str(body.get("role_definition_id")).rpartition("/")[2], "")
    if name not in FOR_APPLYING:
        return
    pipeline = re.fullmatch(PIPELINE_IDENTITY, str(body.get("principal_id")))
    if pipeline is None or pipeline["does"] != "apply":
        yield Finding(
            f"{name} for {shown(body.get('principal_id'))}",
            f"{name} only for the identities that apply Terraform",
            "give a smaller role",
        )
    if name == _ADMINISTRATOR and not _hands_on_little(body):
        yield Finding(
            f"{name} with condition = {shown(body.get('condition'))}",
            "a condition that names the roles which may be handed on, none of them "
            f"{', '.join(FOR_APPLYING)}",
            "set condition to may_assign() of constructs_lib/azure/roles.py, and condition_version to 2.0",
        )


def _hands_on_little(body: Body) -> bool:
    condition = body.get("condition")
    if not isinstance(condition, str) or body.get("condition_version") != "2.0":
        return False
    names = {_NAMES.get(guid, "") for guid in _GUID.findall(condition)}
    known = bool(names) and "" not in names and names.isdisjoint(FOR_APPLYING)
    return known and condition == may_assign(names)


def _scope(scope: object, name: str) -> Findings:
    if not isinstance(scope, str) or not _SCOPE.fullmatch(scope):
        yield Finding(
            f"{name} = {shown(scope)}",
            "a resource of this stack, or a resource group and what is in it",
            "give the role on what it is needed for",
        )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]
