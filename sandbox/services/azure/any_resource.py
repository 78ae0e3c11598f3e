"""Any resource of Azure, as azure/azapi shows it: an id made of parent, type and name, a free body, and actions."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from sandbox.cloud.request import NOT_FOUND, Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.services.azure import arm, computes, landing_zone
from sandbox.services.azure.arm_resource import ArmResource, require_reference
from sandbox.services.data_source import DataSource
from sandbox.services.resource_type import Arguments, Attributes
from sandbox.services.rules import ProviderRules, Value

_IN_AZURE = re.compile(r"/subscriptions/[^/]+(/[^/]+/[^/]+)+", re.IGNORECASE)
_REGISTRY = "microsoft.machinelearningservices/registries"
_UNTAGGED = (
    "microsoft.machinelearningservices/workspaces/datastores",
    "microsoft.machinelearningservices/workspaces/outboundrules",
)
"""Types without tags, by azapi's own schemas (2.12.0, ``internal/azure/generated``)."""


class AnyResource(ArmResource, type_name="azapi_resource"):
    """A resource that is described by its type in Azure and its body."""

    rules = ProviderRules(
        force_new=("name", "parent_id", "location"),
        defaults={
            "ignore_casing": False,
            "ignore_missing_property": True,
            "ignore_null_property": False,
            "schema_validation_enabled": True,
        },
        values={
            "type": Value(
                pattern=r"^[A-Za-z.]+(/[A-Za-z0-9]+)+@\d{4}-\d\d-\d\d(-preview)?$",
                says="must be <resource-type>@<api-version>",
            )
        },
    )
    computed_anew = ("output",)

    def new_id(self, request: Request, arguments: Arguments) -> str:
        """Return ``<parent>/providers/<type>/<name>``; a child's type repeats its parent's."""
        for argument in ("parent_id", "name"):
            if not isinstance(arguments.get(argument), str):
                raise ServiceError(
                    f"`{argument}` is not set, and the stand-in makes the id of it. Set it.", argument
                )
        kind = _azure_type(arguments)
        middle = kind.rpartition("/")[2] if kind.count("/") > 1 else f"providers/{kind}"
        return f"{arguments['parent_id']}/{middle}/{arguments['name']}"

    def provider_check(self, request: Request, arguments: Arguments) -> None:
        """Refuse tags on what has none: the provider holds the arguments to its schema of the type."""
        if arguments.get("tags") and _azure_type(arguments).lower() in _UNTAGGED:
            raise ServiceError("Invalid configuration: `tags` is not expected here.", "tags")

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a parent that does not exist, and ids in the body of resources that do not."""
        resources = arm.index(request.cloud)
        for name in ("parent_id", "body", "identity"):
            for arm_id in arm.references(arguments.get(name)):
                require_reference(resources, arm_id, name)
        if computes.is_instance(arguments):
            computes.check_instance(request, arguments)

    def check_new(self, request: Request, resource_id: str, arguments: Arguments) -> None:
        """Refuse a name that is taken elsewhere as well."""
        super().check_new(request, resource_id, arguments)
        if computes.is_instance(arguments):
            computes.check_new_instance(request, arguments)

    def minutes(self, request: Request, action: Literal["create", "delete"], attributes: Arguments) -> int:
        """Return how long the managed network takes that comes with the first compute."""
        if action == "create" and computes.is_instance(attributes):
            return computes.minutes_of_instance(request, attributes)
        return 0

    def after_create(self, request: Request, resource: Resource) -> None:
        """Make the managed network with the first compute."""
        if computes.is_instance(resource.attributes):
            computes.after_instance(request, resource)

    def update(self, request: Request, resource: Resource, arguments: Arguments) -> Resource:
        """Change a resource; of a compute instance nothing but its tags, and without a word (bicep-types-az#2543)."""
        if computes.is_instance(resource.attributes):
            arguments = {**arguments, "body": resource.attributes["body"]}
        return super().update(request, resource, arguments)

    def is_there(self, request: Request, resource_id: str) -> bool:
        """Whether the id is taken, whichever provider made it."""
        return arm.exists(arm.index(request.cloud), resource_id)

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return the service's answer: the body's properties and those that the service adds."""
        body = arguments.get("body")
        added = _registry(resource_id, arguments) if _azure_type(arguments).lower() == _REGISTRY else {}
        given = body.get("properties", {}) if isinstance(body, dict) else {}
        return {"output": {"properties": {**given, **added, "provisioningState": "Succeeded"}}}

    def stored(self, attributes: Attributes) -> Attributes:
        """Return the attributes with the tag of a policy, where the type takes tags and has been given some."""
        return (
            attributes | {"tags": landing_zone.tagged(attributes["tags"])}
            if attributes["tags"]
            else attributes
        )

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the resource; the id may end in the version of its type: ``?api-version=2025-12-01``.

        ServiceError for an id that says no type (azapi 2.12.0, ``services/parse/resource.go``).
        """
        resource_id, _, version = text.partition("?api-version=")
        if not _IN_AZURE.fullmatch(resource_id):
            raise ServiceError(f'parsing Resource ID "{text}": ID was missing the `api-version` element')
        resource = self.read(request, resource_id)
        if resource is None or not version:
            return resource
        typed = {**resource.attributes, "type": f"{_azure_type(resource.attributes)}@{version}"}
        return replace(resource, attributes=typed)

    def import_id(self, resource: Resource) -> str:
        """Return the id with the version of the type that it was made by."""
        return f"{resource.id}?api-version={str(resource.attributes['type']).partition('@')[2]}"

    def existing(self, request: Request, arguments: Arguments) -> Resource | None:
        """Return what has the id that these arguments make."""
        try:
            return self.read(request, self.new_id(request, arguments))
        except ServiceError:  # something that the id is made of is not known
            return None


class ExistingResource(DataSource, type_name="azapi_resource"):
    """A resource that is there already, whoever made it."""

    def look_up(self, request: Request, given: Arguments) -> Attributes:
        """Return what is known of the resource with this id; ServiceError if there is none."""
        resources = arm.index(request.cloud)
        arm.require(resources, given["resource_id"], "resource_id")
        found = resources[given["resource_id"].lower()]
        return {
            **{name: given.get(name) for name in self.block.attributes},
            **{name: found.attributes.get(name) for name in ("location", "tags")},
            "id": found.id,
            "name": found.id.rpartition("/")[2],
            "parent_id": arm.ancestors(found.id)[-1],
            "exists": True,
            "identity": [],
            "output": {},
        }


class ResourceAction(DataSource, type_name="azapi_resource_action"):
    """What an action of a resource answers."""

    def look_up(self, request: Request, given: Arguments) -> Attributes:
        """Call the action; ServiceError for a resource or an action that is not there."""
        resources = arm.index(request.cloud)
        arm.require(resources, given["resource_id"], "resource_id")
        name = str(given.get("action") or "")
        action = _ACTIONS.get(name.rpartition("/")[2])
        if action is None:
            known = ", ".join(_ACTIONS)
            raise ServiceError(f"the stand-in knows no action {name}, only {known}", "action")
        answer = action(resources[given["resource_id"].lower()], name)
        return {
            **{name: given.get(name) for name in self.block.attributes},
            "id": given["resource_id"],
            "method": given.get("method") or "POST",
            "output": _exported(answer, given.get("response_export_values")),
            "sensitive_output": _exported(answer, given.get("sensitive_response_export_values")),
        }


def _azure_type(arguments: Arguments) -> str:
    return str(arguments["type"]).partition("@")[0]


def _registry(resource_id: str, arguments: Arguments) -> Arguments:
    name, host = arguments["name"], f"{arguments['location']}.api.azureml.ms"
    group = resource_id.partition("/providers/")[0]
    return {
        "discoveryUrl": f"https://{host}/registrymanagement/v1.0/registries/{name}/discovery",
        "managedResourceGroup": {"resourceId": f"{group}-{name}"},
        "mlFlowRegistryUri": f"azureml://{host}/mlflow/v1.0/registries/{name}",
        "registryId": str(uuid.uuid5(uuid.NAMESPACE_URL, resource_id)),
    }


def _exported(answer: Arguments, names: Any) -> Arguments | None:
    """Return the parts of an answer that a list of names asks for; null asks for none."""
    return None if names is None else {name: answer[name] for name in names if name in answer}


def _callback_url(workflow: Resource, action: str) -> Arguments:
    """Return the address of a Logic App's trigger, with the signature that lets the caller in."""
    host = f"prod-00.{workflow.attributes['location']}.logic.azure.com:443"
    key = uuid.uuid5(uuid.NAMESPACE_URL, workflow.id)
    definition = workflow.attributes["body"]["properties"]["definition"]
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


_ACTIONS: Mapping[str, Callable[[Resource, str], Arguments]] = {"listCallbackUrl": _callback_url}
