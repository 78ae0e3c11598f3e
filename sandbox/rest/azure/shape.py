"""How a resource of azurerm becomes a body of Azure Resource Manager.

Most arguments are properties of the same name, in camelCase, and a block that there is one of is an object. A
:class:`Shape` says where a type differs from that: for each such argument a place in the body, and what becomes of its
value there. What a path cannot say, a function adds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from facts.reader import Block
from sandbox.cloud.store import Cloud, Resource
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.types import resource_type

Body: TypeAlias = dict[str, Any]


class Place(NamedTuple):
    """Where a value stands, and what becomes of it there.

    The path begins in ``properties``, or with a slash at the top of the body; names have dots between them.
    """

    path: str
    convert: Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Where a type differs from the plain rule.

    ``places`` are by argument. ``untold`` are arguments that a read does not answer: keys, which only ``listKeys``
    does, and what is the provider's own. ``more`` adds to a body. ``provisioned`` is whether the type says how its
    last change went.
    """

    places: Mapping[str, str | Place] = field(default_factory=dict)
    untold: Sequence[str] = ()
    more: Callable[[Cloud, Resource], Body] = lambda cloud, resource: {}
    provisioned: bool = True


def body_by(shape: Shape, cloud: Cloud, resource: Resource) -> Body:
    """Return a resource of azurerm as its service answers it."""
    declaration = resource_type(resource.type)
    in_id = re.findall(r"\{(\w+)\}", declaration.arm_id) if isinstance(declaration, AzureResource) else []
    body: Body = {"id": resource.id, "name": resource.id.rpartition("/")[2], "type": type_of(resource.id)}
    properties: Body = {"provisioningState": "Succeeded"} if shape.provisioned else {}
    body["properties"] = properties
    for name, value in resource.attributes.items():
        if name in ("name", "resource_group_name", "timeouts", "id", *in_id, *shape.untold) and (
            name not in shape.places
        ):
            continue
        if name in ("location", "tags") and name not in shape.places:
            put(body, f"/{name}", value)
        elif name == "identity" and name not in shape.places:
            put(body, "/identity", _identity(cloud, value))
        else:
            place = shape.places.get(name, camel(name))
            path, convert = place if isinstance(place, Place) else (place, None)
            made = (
                convert(value)
                if convert and value is not None
                else plain(_nested(declaration.block, name), value)
            )
            put(body, path, made)
    merge(body, shape.more(cloud, resource))
    return body


def put(body: Body, path: str, value: Any) -> None:
    """Put a value where a path says; nothing is put for null and for an empty block."""
    if value is None:
        return
    *outer, last = path[1:].split(".") if path.startswith("/") else ["properties", *path.split(".")]
    for name in outer:
        body = body.setdefault(name, {})
    if isinstance(value, dict) and isinstance(body.get(last), dict):
        merge(body[last], value)
    else:
        body[last] = value


def merge(into: Body, more: Mapping[str, Any]) -> None:
    """Add to a body, object by object."""
    for name, value in more.items():
        if isinstance(value, Mapping) and isinstance(into.get(name), dict):
            merge(into[name], value)
        else:
            into[name] = value


def plain(block: tuple[Block, bool] | None, value: Any) -> Any:
    """Return a value with its names in camelCase. ``block`` is what is known of it, and whether there is one alone."""
    if block is None:
        return value
    inner, single = block
    if isinstance(value, list):
        items = [plain((inner, False), item) for item in value]
        return (items[0] if items else None) if single else items
    if isinstance(value, Mapping):
        made = {camel(name): plain(_nested(inner, name), item) for name, item in value.items()}
        return {name: item for name, item in made.items() if item is not None}
    return value


def camel(name: str) -> str:
    """Return a name of Terraform in camelCase."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def renamed(**names: str) -> Callable[[Any], Any]:
    """Return what makes objects of the objects of a block, with their names in camelCase or as given here.

    Of a list it makes a list; :func:`one` takes the only object out.
    """

    def convert(value: Any) -> Any:
        if isinstance(value, list):
            return [convert(item) for item in value]
        return {names.get(name, camel(name)): item for name, item in value.items() if item is not None}

    return convert


def one(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what does ``convert`` with the only object of a block, and nothing where there is none."""
    return lambda value: convert(value[0]) if value else None


def enabled(value: Any) -> str:
    """Return a switch as many services say it."""
    return "Enabled" if value else "Disabled"


def negated(value: Any) -> bool:
    """Return the opposite of a switch."""
    return not value


def sub_resource(value: Any) -> Body | None:
    """Return a reference to another resource, as Microsoft.Network has it."""
    return {"id": value} if value else None


def type_of(arm_id: str) -> str:
    """Return the type of what an id names, such as ``Microsoft.KeyVault/vaults``."""
    parts = arm_id.rpartition("/providers/")[2].split("/")
    if "/providers/" in arm_id:
        return "/".join([parts[0], *parts[1::2]])
    kinds = {3: "Microsoft.Resources/subscriptions", 5: "Microsoft.Resources/resourceGroups"}
    return kinds.get(len(arm_id.split("/")), "")


def _nested(block: Block, name: str) -> tuple[Block, bool] | None:
    if name in block.blocks:
        nested = block.blocks[name]
        return nested.block, nested.max_items == 1 or nested.nesting == "single"
    attribute = block.attributes.get(name)
    return (
        (attribute.nested, attribute.nested.nesting == "single") if attribute and attribute.nested else None
    )


def _identity(cloud: Cloud, blocks: Any) -> Body | None:
    if not blocks:
        return None
    (given,) = blocks
    body: Body = {"type": given["type"]}
    if given.get("principal_id"):
        body |= {"principalId": given["principal_id"], "tenantId": given["tenant_id"]}
    ids = given.get("identity_ids")
    if ids:
        body["userAssignedIdentities"] = {item: _user_assigned(cloud, item) for item in ids}
    return body


def _user_assigned(cloud: Cloud, identity_id: str) -> Body:
    found = cloud.find(identity_id, "azurerm_user_assigned_identity")
    return {camel(name): found.attributes[name] for name in ("principal_id", "client_id")} if found else {}
