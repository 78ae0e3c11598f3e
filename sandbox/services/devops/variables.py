"""Variable groups and their variables, which live inside the group's file as ``{name: {value, isSecret}}``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.cloud.request import Request, ServiceError, already_exists
from sandbox.cloud.store import BrokenFileError, Cloud, Thing
from sandbox.services.devops.azuredevops import DevOpsKind
from sandbox.services.devops.devops_values import find_project
from sandbox.services.kind import Kind, Values

VARIABLE_GROUP = "azuredevops_variable_group"
VARIABLES = "variables"


class VariableGroupKind(DevOpsKind):
    """A group; Terraform's ``variable`` blocks are its whole set of variables, whoever wrote them."""

    def store(self, request: Request, thing: Thing, state: Values) -> Thing:
        """Write the group's file; the blocks replace every variable that the group had."""
        variables = {item["name"]: _variable(item) for item in state["variable"]}
        settings = {name: value for name, value in state.items() if name != "variable"}
        if not state.get("allow_access"):
            for opened in _opened_to_all(request, thing.id):
                request.cloud.remove(opened)
        return super().store(request, replace(thing, contents={VARIABLES: variables}), settings)

    def state_of(self, request: Request, thing: Thing, before: Values) -> Values:
        """Return the group's state with every variable that it holds now."""
        state = super().state_of(request, thing, before)
        known = {item["name"]: item for item in before.get("variable") or []}
        state["variable"] = [
            _block(name, item, known.get(name)) for name, item in variables_of(thing).items()
        ]
        state["allow_access"] = bool(state.get("allow_access") or _opened_to_all(request, thing.id))
        return state


class VariableKind(Kind):
    """One variable of a group."""

    def create(self, request: Request, planned: Values) -> Values:
        """Add the variable to its group; it must not be there already."""
        group = self._group(request, planned)
        variable_id = f"{planned['project_id']}/{planned['variable_group_id']}/{planned['name']}"
        if planned["name"] in variables_of(group):
            raise already_exists(request.type, variable_id)
        return self._put(request, group, planned, variable_id)

    def read(self, request: Request, state: Values) -> Values | None:
        """Return the variable as the group holds it."""
        project_id, group_id, name = _parts(state["id"])
        project, group = find_project(request.cloud, project_id), request.cloud.find(group_id, VARIABLE_GROUP)
        if project is None or group is None or name not in variables_of(group):
            return None
        variable = variables_of(group)[name]
        value, secret = variable.get("value") or "", bool(variable.get("isSecret"))
        return {
            "id": state["id"],
            "project_id": project_id,
            "variable_group_id": group_id,
            "name": name,
            "value": None if secret else value,
            # The service does not tell secrets: what was written is still believed.
            "secret_value": (state.get("secret_value") or "") if secret else None,
            "timeouts": state.get("timeouts"),
        }

    def update(self, request: Request, prior: Values, planned: Values) -> Values:
        """Write the variable's new value."""
        return self._put(request, self._group(request, planned), planned, prior["id"])

    def delete(self, request: Request, prior: Values) -> None:
        """Take the variable out of its group."""
        group = request.cloud.find(prior["variable_group_id"], VARIABLE_GROUP)
        if group is not None and prior["name"] in variables_of(group):
            set_variables(request.cloud, group, {prior["name"]: None})

    def _group(self, request: Request, planned: Values) -> Thing:
        group = request.cloud.find(planned["variable_group_id"], VARIABLE_GROUP)
        if group is None or group.attributes["project_id"] != planned["project_id"]:
            raise ServiceError(
                f"Looking up variable group given ID ({planned['variable_group_id']}) and project ID "
                f"({planned['project_id']}): VS800070: Variable group was not found.",
                "variable_group_id",
            )
        return group

    def _put(self, request: Request, group: Thing, planned: Values, variable_id: str) -> Values:
        secret = planned.get("value") is None
        value = planned.get("secret_value") if secret else planned["value"]
        set_variables(request.cloud, group, {planned["name"]: {"value": value, "isSecret": secret}})
        return {**planned, "id": variable_id}


def _opened_to_all(request: Request, group_id: str) -> list[Thing]:
    """Return the authorizations that open a group to all pipelines: another face of ``allow_access``."""
    wanted = {"type": "variablegroup", "resource_id": group_id}
    return [
        thing
        for thing in request.cloud.things("azuredevops_pipeline_authorization")
        if wanted.items() <= thing.attributes.items() and not thing.attributes.get("pipeline_id")
    ]


def variables_of(group: Thing) -> Mapping[str, Mapping[str, Any]]:
    """Return a group's variables; BrokenFileError if somebody wrote something else into its file."""
    variables: Mapping[str, Any] = group.contents.get(VARIABLES, {})
    for name, variable in variables.items():
        if not isinstance(variable, dict) or not isinstance(variable.get("value"), str | None):
            raise BrokenFileError(
                f'{group.path}: the variable {name} has to look like {{"value": "0.70", "isSecret": false}}; '
                "a value is text, in quotes"
            )
    return variables


def set_variables(cloud: Cloud, group: Thing, changes: Mapping[str, Any]) -> Thing:
    """Write variables into a group's file; None takes one out."""
    variables = {**variables_of(group), **changes}
    kept = {name: item for name, item in variables.items() if item is not None}
    return cloud.write(replace(group, contents={VARIABLES: kept}))


def _variable(item: Mapping[str, Any]) -> dict[str, Any]:
    secret = item.get("is_secret") is True
    return {"value": (item.get("secret_value") if secret else item.get("value")) or "", "isSecret": secret}


def _block(name: str, variable: Mapping[str, Any], known: Mapping[str, Any] | None) -> Values:
    secret = bool(variable.get("isSecret"))
    if secret and known is not None:
        return dict(known)
    return {
        "name": name,
        # The service does not tell secrets: an update of the group would write nothing over this one.
        "value": "" if secret else variable.get("value") or "",
        "secret_value": "",
        "is_secret": secret,
        "content_type": "",
        "enabled": False,
        "expires": "",
    }


def _parts(variable_id: str) -> tuple[str, str, str]:
    parts = variable_id.split("/", 2)
    if len(parts) != 3:
        raise ServiceError(f"invalid resource id, expect length=3, got={len(parts)}")
    if not parts[1].isdecimal():
        raise ServiceError(f"converting the variable group id as integer: {parts[1]}")
    return parts[0], parts[1], parts[2]
