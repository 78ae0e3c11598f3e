"""Actions on resources of Azure, as azure/azapi's data source calls them: what the service answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.cloud.facts import Block
from sandbox.cloud.request import NOT_FOUND, Request, ServiceError
from sandbox.cloud.store import Thing
from sandbox.cloud.values import plain, typed
from sandbox.services.azure import arm


def call(request: Request, block: Block, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state of the data source; ServiceError for a resource or an action that is not there."""
    things = arm.index(request.cloud)
    arm.require(things, config["resource_id"], "resource_id")
    name = str(config.get("action") or "")
    answers = _ACTIONS.get(name.rpartition("/")[2])
    if answers is None:
        known = ", ".join(_ACTIONS)
        raise ServiceError(f"the stand-in knows no action {name}, only {known}", "action")
    answer = answers(things[config["resource_id"].lower()], name)
    return {
        **{name: config.get(name) for name in (*block.attributes, *block.blocks)},
        "id": config["resource_id"],
        "method": config.get("method") or "POST",
        "output": _exported(answer, config.get("response_export_values")),
        "sensitive_output": _exported(answer, config.get("sensitive_response_export_values")),
    }


def _exported(answer: Mapping[str, Any], names: Any) -> Any:
    """Return the parts of an answer that a list of names asks for; null asks for none."""
    return None if names is None else typed({name: answer[name] for name in plain(names) if name in answer})


def _callback_url(workflow: Thing, action: str) -> Mapping[str, Any]:
    """The address of a Logic App's trigger, with the signature that lets the caller in."""
    host = f"prod-00.{workflow.attributes['location']}.logic.azure.com:443"
    key = uuid.uuid5(uuid.NAMESPACE_URL, workflow.id)
    definition = plain(workflow.attributes["body"])["properties"]["definition"]
    trigger = action.split("/")[1]
    if trigger not in definition["triggers"]:
        raise ServiceError(
            f"{NOT_FOUND} WorkflowTriggerNotFound: The workflow "
            f"'{workflow.name}' trigger '{trigger}' could not be found.",
            "action",
        )
    path = f"/workflows/{key.hex}/triggers/{trigger}/paths/invoke"
    query = f"?api-version=2016-10-01&sp=%2Ftriggers%2F{trigger}%2Frun&sv=1.0&sig={key.hex}"
    return {"method": "POST", "value": f"https://{host}{path}{query}"}


_ACTIONS: Mapping[str, Callable[[Thing, str], Mapping[str, Any]]] = {"listCallbackUrl": _callback_url}
