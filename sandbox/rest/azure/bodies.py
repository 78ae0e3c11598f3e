"""The body of any resource of the cloud, whichever provider made it, and what lies in one without a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from sandbox.cloud.store import Cloud, Resource
from sandbox.rest.azure import authorization, machine_learning, monitoring, network, protection, storage
from sandbox.rest.azure.shape import Body, Shape, body_by, type_of
from sandbox.services.azure import arm

SHAPES: dict[str, Shape] = {
    **authorization.SHAPES,
    **machine_learning.SHAPES,
    **monitoring.SHAPES,
    **network.SHAPES,
    **protection.SHAPES,
    **storage.SHAPES,
}
"""How each type of azurerm is answered; :data:`PARTS` are answered as a part of something else."""

PARTS = {
    "azurerm_nat_gateway_public_ip_association": "azurerm_nat_gateway",
    "azurerm_subnet_nat_gateway_association": "azurerm_subnet",
    "azurerm_subnet_network_security_group_association": "azurerm_subnet",
    "azurerm_subnet_route_table_association": "azurerm_subnet",
}
"""Types that connect two resources and that no service knows: each with the type that has it as a property."""

_SERVICES = ("blob", "file", "queue", "table")


def body_of(cloud: Cloud, resource: Resource) -> Body:
    """Return a resource as Azure Resource Manager answers it."""
    if resource.type == "azurerm_subscription":
        return authorization.subscription(resource)
    if resource.type == "azapi_resource":
        return _any(resource)
    return body_by(SHAPES[resource.type], cloud, resource)


def answered(cloud: Cloud) -> Iterator[tuple[str, Callable[[], Body]]]:
    """Yield everything of Azure that exists and that has a body of its own: its id, and what makes the body."""
    resources = arm.index(cloud)
    for resource in cloud.resources():
        known = resource.type in SHAPES or resource.type == "azapi_resource"
        if known and arm.exists(resources, resource.id):
            yield _own_id(resource), partial(body_of, cloud, resource)
            for body in _within(resource):
                yield body["id"], partial(dict, body)


def _own_id(resource: Resource) -> str:
    """Return the id that the service knows: azurerm has its own of two types."""
    if resource.type == "azurerm_monitor_diagnostic_setting":
        return monitoring.setting_id(resource)
    if resource.type == "azurerm_role_definition":
        return str(resource.attributes["role_definition_resource_id"])
    return resource.id


def _within(resource: Resource) -> Iterator[Body]:
    """Yield the bodies of what lies in a resource and has an id, but no file."""
    if resource.type == "azurerm_storage_account":
        for part in _SERVICES:
            yield storage.blob_service(resource, part)
    if resource.type == "azurerm_private_endpoint":
        group = network.zone_group(resource)
        if group:
            yield group


def _any(resource: Resource) -> Body:
    """Return a resource of azapi: its body is what was sent, with what the service adds."""
    given = resource.attributes
    sent, added = given.get("body") or {}, given.get("output") or {}
    body: Body = {
        "id": resource.id,
        "name": resource.id.rpartition("/")[2],
        "type": type_of(resource.id) or str(given["type"]).partition("@")[0],
        **{name: value for name, value in sent.items() if name != "properties"},
        "properties": {**sent.get("properties", {}), **added.get("properties", {})},
    }
    for name in ("location", "tags"):
        if given.get(name):
            body[name] = given[name]
    for identity in given.get("identity") or []:
        body["identity"] = {"type": identity["type"]}
        if identity.get("principal_id"):
            body["identity"] |= {"principalId": identity["principal_id"], "tenantId": identity["tenant_id"]}
        if identity.get("identity_ids"):
            body["identity"]["userAssignedIdentities"] = {item: {} for item in identity["identity_ids"]}
    return body
