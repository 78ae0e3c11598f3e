"""Which roles may be given, on what, and what roles of our own may allow."""

from __future__ import annotations

import re

from constructs_lib.azure.roles import ROLES
from constructs_lib.guard_rails.allowed import ROLE_ACTIONS, ROLE_SCOPES
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
        yield from _scope(body.get("scope"), "scope")
        for name, only in ROLE_SCOPES.items():
            if isinstance(role, str) and role.endswith(ROLES[name]) and body.get("scope") != only:
                yield unlisted(
                    f"{name} on {shown(body.get('scope'))}", f"{name} only on {only}", "leave it out"
                )
    elif type_ == "azurerm_role_definition":
        for scope in [body.get("scope"), *_listed(body.get("assignable_scopes"))]:
            yield from _scope(scope, "scope")
        for permissions in entries(body.get("permissions")):
            for name, given in permissions.items():
                for action in _listed(given):
                    if name != "actions" or action not in ROLE_ACTIONS:
                        yield unlisted(f"{name} {shown(action)}", ", ".join(ROLE_ACTIONS), "leave it out")


def _scope(scope: object, name: str) -> Findings:
    if not isinstance(scope, str) or not _SCOPE.fullmatch(scope):
        yield Finding(
            f"{name} = {shown(scope)}",
            "a resource of this stack, or a resource group and what is in it",
            "give the role on what it is needed for",
        )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]
