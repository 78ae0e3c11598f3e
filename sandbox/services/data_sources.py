"""Data sources: things of the stand-in cloud, looked up by what a configuration says about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.cloud.facts import Block
from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import Thing
from sandbox.services import actions
from sandbox.services.azure import arm
from sandbox.services.devops.devops_owners import missing_owners
from sandbox.services.devops.devops_values import find_project

# Arguments of data sources that go by another name on the thing itself.
_ALIASES = {"azuredevops_group": {"name": "display_name", "project_id": "scope"}}

# Arguments of data sources that count even if they are not set.
_DEFAULTS = {"azuredevops_build_definition": {"path": "\\"}}

# What the providers say when nothing fits.
_MISSING = {
    "azuredevops_build_definition": (
        "Build Definition with name {name} does not exist in project {project_id} in {path} path"
    ),
    "azuredevops_group": "Could not find Group with Name: {name} in project with ID: {project_id}",
    "azuredevops_project": "Project with name {name} or ID {project_id} does not exist",
    "azurerm_subscription": 'Subscription: (Subscription: "{subscription_id}") was not found',
}


def look_up(request: Request, block: Block, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state of the one thing that fits every argument; ServiceError if there is none, or another."""
    if request.type == "azapi_resource_action":
        return actions.call(request, block, config)
    given = {name: value for name, value in config.items() if value is not None and name in block.attributes}
    wanted = {**_DEFAULTS.get(request.type, {}), **given}
    if request.type == "azurerm_subscription":
        wanted.setdefault("subscription_id", request.account.subscription_id)
    found = [item for item in _candidates(request) if _fits(request, item, wanted)]
    if not found:
        raise ServiceError(_missing(request, wanted))
    thing, *others = found
    if others:
        listed = ", ".join(item.id for item in found)
        raise ServiceError(
            f"{_described(request, wanted)} is not unique: {listed}. Add an argument that tells them apart"
        )
    aliases = _ALIASES.get(request.type, {})
    state: dict[str, Any] = {}
    for name in block.attributes:
        state[name] = wanted.get(name, thing.attributes.get(aliases.get(name, name)))
    return {**state, "id": thing.id, **{name: config.get(name) for name in block.blocks}}


def _candidates(request: Request) -> list[Thing]:
    if request.type.startswith("azurerm_"):
        return arm.existing(request.cloud, request.type)
    things = request.cloud.things(request.type)
    return [thing for thing in things if not any(missing_owners(request.cloud, thing))]


def _fits(request: Request, thing: Thing, wanted: Mapping[str, Any]) -> bool:
    aliases = _ALIASES.get(request.type, {})
    for name, value in wanted.items():
        actual = thing.id if name == "id" else thing.attributes.get(aliases.get(name, name))
        if name == "project_id" and request.type == "azuredevops_project":
            actual = thing.id
        if str(actual).lower() != str(value).lower():
            return False
    group = wanted.get("resource_group_name")
    return group is None or thing.id.lower().startswith(
        arm.resource_group_id(request.account.subscription_id, group).lower() + "/"
    )


def _missing(request: Request, wanted: Mapping[str, Any]) -> str:
    project = wanted.get("project_id")
    if request.type != "azuredevops_project" and project and find_project(request.cloud, project) is None:
        return f"Project with ID: {project} was not found"
    text = _MISSING.get(request.type)
    if text:
        return text.format_map({"name": "", "project_id": "", **wanted})
    return f"{_described(request, wanted)} was not found"


def _described(request: Request, wanted: Mapping[str, Any]) -> str:
    return f"{request.type} with " + ", ".join(f'{name} "{value}"' for name, value in wanted.items())
