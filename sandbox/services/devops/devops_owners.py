"""What the things of Azure DevOps belong to and are attached to, and whether it is there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.cloud.request import ServiceError
from sandbox.cloud.store import Cloud, Thing
from sandbox.services.devops.devops_tables import TARGETS
from sandbox.services.devops.devops_values import PROJECT

_GROUP, _PIPELINE, _USER = "azuredevops_group", "azuredevops_build_definition", "azuredevops_user"


def missing_owners(cloud: Cloud, thing: Thing) -> Iterator[ServiceError]:
    """Yield a refusal for each project and target that ``thing`` names and that is not there."""
    attributes = thing.attributes
    for name in ("project_id", "scope"):
        value = attributes.get(name)
        if isinstance(value, str) and _is_guid(value) and cloud.find(value, PROJECT) is None:
            yield ServiceError(f"TF200016: The following project does not exist: {value}.", name)
    word, target, name = _target(attributes)
    if word in TARGETS and cloud.find(target, *TARGETS[word]) is None:
        yield ServiceError(f"The {word} with the id {target} could not be found.", name)


def missing_people(cloud: Cloud, attributes: Mapping[str, Any]) -> Iterator[ServiceError]:
    """Yield a refusal for each pipeline, approver and role's holder that is not there."""
    pipeline = attributes.get("pipeline_id")
    if isinstance(pipeline, int | float) and cloud.find(str(int(pipeline)), _PIPELINE) is None:
        yield ServiceError(f"The pipeline with the id {int(pipeline)} could not be found.", "pipeline_id")
    known = {thing.attributes.get("group_id") for thing in cloud.things(_GROUP)}
    known |= {thing.id for thing in cloud.things(_USER)}
    named = [("approvers", item) for item in attributes.get("approvers") or []]
    named += [("identity_id", attributes["identity_id"])] if "identity_id" in attributes else []
    for name, identity in named:
        if identity not in known:
            yield ServiceError(f"VS860016: Could not find the identity {identity}.", name)


def _target(attributes: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what a check, an authorization or a role is attached to.

    These are the service's word for it, its id, and the attribute that names it; nothing for other things.
    """
    if isinstance(attributes.get("target_resource_id"), str):
        return attributes["target_resource_type"], attributes["target_resource_id"], "target_resource_id"
    resource = attributes.get("resource_id")
    if not isinstance(resource, str):
        return "", "", ""
    if isinstance(attributes.get("type"), str):
        return attributes["type"], resource, "resource_id"
    # The service joins the project's id and the thing's with a sign that depends on the scope.
    project, thing_id = resource[:36], resource[37:]
    return (str(attributes.get("scope")), thing_id if _is_guid(project) else resource, "resource_id")


def _is_guid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return len(text) == 36
