"""Variable groups: read, and written as whole sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.cloud.request import Account, Request
from sandbox.cloud.store import Resource
from sandbox.rest.calls import Answer, Call, Json, RefusedError, fits, paged
from sandbox.rest.devops.people import author
from sandbox.rest.devops.projects import inside
from sandbox.services.devops.devops_resource import PROJECT, has_owners
from sandbox.services.devops.library import (
    PERSON,
    VariableGroup,
    created,
    last_change,
    set_variables,
    variables_of,
)
from sandbox.services.types import resource_type

_LINKED = "AzureKeyVault"


def variable_groups(call: Call) -> Answer:
    """Distributedtask - Variablegroups - Get Variable Groups: by ``groupName``, which may end in ``*``, or all."""
    wanted = call.query.get("groupname", "*")
    ids = [item for item in call.query.get("groupids", "").split(",") if item]
    found = [
        item
        for item in inside(call, VariableGroup.name)
        if fits(item.name, wanted) and (not ids or item.id in ids)
    ]
    return paged(call, [_group(call, item) for item in found])


def variable_group(call: Call) -> Answer:
    """Distributedtask - Variablegroups - Get; the service answers null for one that is not there."""
    found = next((item for item in inside(call, VariableGroup.name) if item.id == call.names["id"]), None)
    return Answer(_group(call, found) if found else None)


def replace_group(call: Call) -> Answer:
    """Distributedtask - Variablegroups - Update: the body is the group as it is to be, with every variable.

    A variable that it lacks is gone. A secret without a value keeps the one that it has.
    """
    group = call.cloud.find(call.names["id"], VariableGroup.name)
    if group is None or not has_owners(call.cloud, group):
        raise RefusedError(
            404, "VariableGroupNotFound", f"VS800070: Variable group {call.names['id']} was not found."
        )
    body = call.json()
    if body.get("type", "Vsts") != _type_of(group):
        raise RefusedError(
            400,
            "InvalidRequest",
            f"The type of variable group {group.name} is {_type_of(group)}, and cannot change.",
        )
    _check_projects(group, body)
    attributes = {**group.attributes, **_settings(group, body)}
    declaration = resource_type(VariableGroup.name)
    declaration.check(Request(call.cloud, Account(), group.type), {**attributes, "id": group.id})
    written = _variables(group, body)
    removed = dict.fromkeys(name for name in variables_of(group) if name not in written)
    changed = set_variables(
        call.cloud, replace(group, attributes=attributes), {**removed, **written}, by=PERSON
    )
    return Answer(_group(call, changed))


def _group(call: Call, group: Resource) -> Json:
    project = call.cloud.find(group.attributes["project_id"], PROJECT)
    first, change = created(group), last_change(group)
    description = group.attributes.get("description") or ""
    named = {"id": group.attributes["project_id"], "name": project.name if project else ""}
    body = {
        "id": int(group.id),
        "type": _type_of(group),
        "name": group.name,
        "description": description,
        "isShared": False,
        "createdBy": author(first["by"]),
        "createdOn": first["on"],
        "modifiedBy": author(change["by"]),
        "modifiedOn": change["on"],
        "variables": {name: _shown(group, item) for name, item in variables_of(group).items()},
        "variableGroupProjectReferences": [
            {"projectReference": named, "name": group.name, "description": description}
        ],
    }
    if group.attributes.get("key_vault"):
        linked = group.attributes["key_vault"][0]
        body["providerData"] = {
            "serviceEndpointId": linked["service_endpoint_id"],
            "vault": linked["name"],
            "lastRefreshedOn": change["on"],
        }
    return body


def _type_of(group: Resource) -> str:
    return _LINKED if group.attributes.get("key_vault") else "Vsts"


def _shown(group: Resource, variable: Mapping[str, Any]) -> Json:
    """Return a variable as the service tells it: of a secret, and of what is in a linked vault, not the value."""
    if group.attributes.get("key_vault"):
        return {"value": None, "isSecret": True, "enabled": True, "contentType": ""}
    return (
        {"value": None, "isSecret": True}
        if variable.get("isSecret")
        else {"value": variable.get("value") or ""}
    )


def _settings(group: Resource, body: Mapping[str, Json]) -> Mapping[str, Json]:
    given = {name: body.get(name, group.attributes.get(name)) for name in ("name", "description")}
    if not isinstance(given["name"], str) or not given["name"]:
        raise RefusedError(400, "InvalidRequest", "The name of a variable group has to be a text.")
    return given


def _check_projects(group: Resource, body: Mapping[str, Json]) -> None:
    """Refuse a body that does not say which project the group is in: since 5.1 the service wants that."""
    match body.get("variableGroupProjectReferences"):
        case [{"projectReference": {"id": wanted}}] if wanted == group.attributes["project_id"]:
            return
    raise RefusedError(
        400,
        "ArgumentNull",
        "Value cannot be null. Parameter name: variableGroupParameters.VariableGroupProjectReferences. It has to name "
        f"the project of the group, {group.attributes['project_id']}.",
    )


def _variables(group: Resource, body: Mapping[str, Json]) -> Mapping[str, Any]:
    """Return the variables of a body as the cloud keeps them; RefusedError for what is none."""
    given = body.get("variables")
    if not isinstance(given, dict) or not given:
        raise RefusedError(400, "InvalidRequest", f"Variable group {group.name} needs at least one variable.")
    before = variables_of(group)
    written = {}
    for name, item in given.items():
        value, secret = (item.get("value"), item.get("isSecret")) if isinstance(item, dict) else (0, None)
        if not isinstance(value, str | None) or not isinstance(secret, bool | None):
            raise RefusedError(
                400, "InvalidRequest", f"The variable {name} has to have a value that is a text."
            )
        kept = before.get(name, {})
        if value is None and secret and kept.get("isSecret"):
            value = kept.get("value")
        written[name] = {"value": value or "", "isSecret": bool(secret)}
    return written
