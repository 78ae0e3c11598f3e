"""Any resource of Azure, as azure/azapi shows it: an id made of parent, type and name, and a free body."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sandbox.cloud.request import Request, ServiceError, already_exists
from sandbox.cloud.values import plain, typed
from sandbox.services.azure import arm
from sandbox.services.azure.arm_kind import ArmKind
from sandbox.services.kind import Values

_REGISTRY = "microsoft.machinelearningservices/registries"


class AnyResourceKind(ArmKind):
    """A resource that is described by its type in Azure and its body."""

    follows_changes = ("output",)

    def new_id(self, request: Request, planned: Values) -> str:
        """Return ``<parent>/providers/<type>/<name>``; a child's type repeats its parent's."""
        for argument in ("parent_id", "name"):
            if not isinstance(planned.get(argument), str):
                raise ServiceError(
                    f"`{argument}` is not set, and the stand-in makes the id of it. Set it.", argument
                )
        kind = _azure_type(planned)
        middle = kind.rpartition("/")[2] if kind.count("/") > 1 else f"providers/{kind}"
        return f"{planned['parent_id']}/{middle}/{planned['name']}"

    def check(self, request: Request, planned: Values) -> None:
        """Refuse a parent that does not exist, and ids in the body of resources that do not."""
        things = arm.index(request.cloud)
        for name in ("parent_id", "body", "identity"):
            for arm_id in arm.references(planned.get(name)):
                arm.require_reference(things, arm_id, name)

    def check_unused(self, request: Request, thing_id: str, planned: Values) -> None:
        """Refuse an id that is taken, whichever provider made it."""
        if arm.exists(arm.index(request.cloud), thing_id):
            raise already_exists(request.type, thing_id)
        arm.require_place(arm.index(request.cloud), thing_id)

    def import_state(self, request: Request, import_id: str) -> Values | None:
        """Return the state of a resource; the id may end in the version of its type, ``?api-version=2025-12-01``."""
        thing_id, _, version = import_id.partition("?api-version=")
        state = super().import_state(request, thing_id)
        return {**state, "type": f"{_azure_type(state)}@{version}"} if state and version else state

    def decided(self, request: Request, thing_id: str, planned: Values) -> Mapping[str, Any]:
        """Return the service's answer: the body's properties and those that the service adds."""
        body = plain(planned["body"])
        added = _registry(thing_id, planned) if _azure_type(planned).lower() == _REGISTRY else {}
        given = body.get("properties", {}) if isinstance(body, dict) else {}
        answer = {"properties": {**given, **added, "provisioningState": "Succeeded"}}
        return {"output": typed(answer)}


def _azure_type(planned: Values) -> str:
    return str(planned["type"]).partition("@")[0]


def _registry(thing_id: str, planned: Values) -> Mapping[str, Any]:
    name, host = planned["name"], f"{planned['location']}.api.azureml.ms"
    group = thing_id.partition("/providers/")[0]
    return {
        "discoveryUrl": f"https://{host}/registrymanagement/v1.0/registries/{name}/discovery",
        "managedResourceGroup": {"resourceId": f"{group}-{name}"},
        "mlFlowRegistryUri": f"azureml://{host}/mlflow/v1.0/registries/{name}",
        "registryId": str(uuid.uuid5(uuid.NAMESPACE_URL, thing_id)),
    }
