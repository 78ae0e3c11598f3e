"""Any resource of Azure, as azure/azapi shows it: an id made of parent, type and name, and a free body."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sandbox.cloud import Thing
from sandbox.kinds import arm
from sandbox.kinds.azurerm_deletion import check_deletion, remove
from sandbox.kinds.base import Kind, Values
from sandbox.request import Request, already_exists
from sandbox.values import plain, typed

_REGISTRY = "microsoft.machinelearningservices/registries"


class AnyResourceKind(Kind):
    """A resource that is described by its type in Azure and its body."""

    follows_changes = ("output",)

    def new_id(self, request: Request, planned: Values) -> str:
        """Return ``<parent>/providers/<type>/<name>``; a child's type repeats its parent's."""
        kind = _azure_type(planned)
        middle = kind.rpartition("/")[2] if kind.count("/") > 1 else f"providers/{kind}"
        return f"{planned['parent_id']}/{middle}/{planned['name']}"

    def locate(self, request: Request, state: Values) -> Thing | None:
        """Find the resource; it is gone when what it lies in is gone."""
        thing = request.cloud.find(state["id"], request.type)
        return thing if thing and arm.exists(arm.index(request.cloud), thing.id) else None

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

    def check_deletion(self, request: Request, thing: Thing) -> None:
        """Refuse to delete what Azure keeps."""
        check_deletion(request, thing)

    def decided(self, request: Request, thing_id: str, planned: Values) -> Mapping[str, Any]:
        """Return the service's answer: the body's properties and those that the service adds."""
        body = plain(planned.get("body")) or {}
        added = _registry(thing_id, planned) if _azure_type(planned).lower() == _REGISTRY else {}
        answer = {"properties": {**body.get("properties", {}), **added, "provisioningState": "Succeeded"}}
        return {"output": typed(answer)}

    def remove(self, request: Request, thing: Thing) -> None:
        """Delete the resource with everything inside it and everything that extends it."""
        remove(request, thing)


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
