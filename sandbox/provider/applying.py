"""What the provider does with one resource: its own refusals, and the service's plain values as Terraform's state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from facts.reader import Attribute, Block
from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.provider.values import UNKNOWN, Dynamic, plain, typed
from sandbox.services.azure.arm_resource import ArmResource
from sandbox.services.resource_type import Arguments, ResourceType
from sandbox.services.types import data_source, resource_type

State = dict[str, Any]

# How long the provider waits for most types, unless it is told otherwise (minutes).
_PATIENCE = 30

# azurerm's switch: what is there already is overwritten by a create, and not refused.
_OVERWRITES = "skip_import_check_on_create_and_allow_overwriting_existing_resources"


def create(request: Request, planned: State) -> State:
    """Create what is planned and return its state; ServiceError if the provider or the service refuses it."""
    declaration = resource_type(request.type)
    arguments = _arguments(declaration.block, planned)
    arguments |= declaration.chosen(request, arguments)
    declaration.provider_check(request, arguments)
    if declaration.provider_asks_first:
        resource_id = declaration.new_id(request, arguments)
        if declaration.is_there(request, resource_id) and not request.account.features.get(_OVERWRITES):
            raise _already_exists(request.type, resource_id)
        _recover(request, declaration, resource_id)
    minutes = declaration.minutes(request, "create", arguments)
    resource = declaration.create(request, arguments)
    _give_up_after(minutes, planned, "create", resource.id)
    return _state(declaration, resource, planned)


def read(request: Request, state: State) -> State | None:
    """Return the state of what ``state`` stood for as it is now, or None if it is gone.

    ServiceError where the provider cannot go on without it.
    """
    declaration = resource_type(request.type)
    resource = _locate(request, declaration, state)
    if resource is None and declaration.provider_lost:
        raise ServiceError(declaration.provider_lost.format_map(state))
    return None if resource is None else _state(declaration, resource, state)


def update(request: Request, prior: State, planned: State) -> State:
    """Change a resource as planned and return its state; ServiceError if the provider or the service refuses it."""
    declaration = resource_type(request.type)
    resource = _locate(request, declaration, prior)
    if resource is None:
        raise ServiceError(
            f"updating {prior['id']}: unexpected status 404 (404 Not Found): it does not exist."
        )
    arguments = _arguments(declaration.block, planned)
    declaration.provider_check(request, arguments)
    return _state(declaration, declaration.update(request, resource, arguments), planned)


def delete(request: Request, prior: State) -> None:
    """Delete a resource; nothing happens if it is gone already."""
    declaration = resource_type(request.type)
    resource = _locate(request, declaration, prior)
    if resource is None:
        return
    declaration.provider_check_deletion(request, resource)
    minutes = declaration.minutes(request, "delete", resource.attributes)
    declaration.delete(request, resource)
    _purge(request, declaration, resource)
    _give_up_after(minutes, prior, "delete", resource.id)


def import_state(request: Request, text: str) -> State:
    """Return the state of what an import id names; of nothing, one that Terraform will not find again."""
    declaration = resource_type(request.type)
    resource = declaration.imported(request, text)
    if resource is None:
        return {**_dressed(declaration.block, {}, {}), "id": text}
    return _state(declaration, resource, {})


def recognize(request: Request, planned: State) -> State:
    """Return a planned state with what is known of the resource if it is there already, its id among it."""
    declaration = resource_type(request.type)
    resource = declaration.existing(request, _arguments(declaration.block, planned))
    return planned if resource is None else _filled_in(planned, _state(declaration, resource, planned))


def look_up(request: Request, config: State) -> State:
    """Return the state of a data source; ServiceError if nothing fits, or more than one."""
    source = data_source(request.type)
    given = {name: plain(value) for name, value in config.items() if value is not None}
    found = source.look_up(
        request, {name: value for name, value in given.items() if name in source.block.attributes}
    )
    return _dressed(
        source.block, {**found, **{name: config.get(name) for name in source.block.blocks}}, config
    )


# --- The provider's own ---------------------------------------------------------------------------------------------


def _already_exists(type_name: str, resource_id: str) -> ServiceError:
    return ServiceError(
        f'a resource with the ID "{resource_id}" already exists - to be managed via Terraform this resource needs to '
        f'be imported into the State. Please see the resource documentation for "{type_name}" for more information'
    )


def _give_up_after(minutes: int, values: State, action: str, resource_id: str) -> None:
    """Give up waiting for a service that takes longer than the configuration allows; it goes on all the same."""
    given = (values.get("timeouts") or {}).get(action)
    allowed = _minutes(given) if given else _PATIENCE
    if minutes > allowed:
        raise ServiceError(f"{action} of {resource_id}: context deadline exceeded (after {allowed} minutes)")


def _minutes(duration: str) -> int:
    """Read a duration as Terraform writes one: ``2h``, ``90m``, ``1h30m``."""
    amounts = {unit: int(amount) for amount, unit in re.findall(r"(\d+)([hm])", duration)}
    return 60 * amounts.get("h", 0) + amounts.get("m", 0)


def _recover(request: Request, declaration: ResourceType, resource_id: str) -> None:
    """Take the place of a deleted resource of that name, where the provider can recover one."""
    if not isinstance(declaration, ArmResource) or not declaration.soft_delete:
        return
    soft, deleted = declaration.soft_delete, declaration.soft_deleted(request, resource_id)
    if deleted is None or not soft.recover:
        return
    if request.account.features.get(soft.recover) is False:
        location = deleted.attributes["location"]
        raise ServiceError(soft.recover_off.format(name=deleted.name, location=location), "name")
    request.cloud.remove(deleted)


def _purge(request: Request, declaration: ResourceType, resource: Resource) -> None:
    """Purge what was just deleted, if the provider's features block says so and nothing protects it."""
    if not isinstance(declaration, ArmResource) or not declaration.soft_delete:
        return
    soft, deleted = declaration.soft_delete, declaration.soft_deleted(request, resource.id)
    purges = request.account.features.get(soft.purge, soft.purges_by_default)
    if deleted and purges and resource.attributes.get("purge_protection_enabled") is not True:
        request.cloud.remove(deleted)


def _locate(request: Request, declaration: ResourceType, state: State) -> Resource | None:
    if declaration.only_in_state:
        return Resource(request.type, state["id"], _arguments(declaration.block, state))
    return declaration.read(request, state["id"])


# --- Terraform's values and the service's ----------------------------------------------------------------------------


def _arguments(block: Block, planned: State) -> dict[str, Any]:
    """Return what a plan says to the service: without what the service is to compute, and what is the provider's."""
    arguments = _given(block, planned)
    for name in ("id", "timeouts"):
        arguments.pop(name, None)
    return arguments


def _given(block: Block, planned: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, value in planned.items():
        if value is UNKNOWN:
            continue
        attribute, nested = block.attributes.get(name), block.blocks.get(name)
        if attribute is not None:
            given[name] = _plain(attribute, value)
        elif nested is not None and isinstance(value, list):
            given[name] = [_given(nested.block, item) for item in value]
        elif nested is not None and value is not None:
            given[name] = _given(nested.block, value)
    return given


def _plain(attribute: Attribute, value: Any) -> Any:
    if attribute.nested and isinstance(value, dict):
        return _given(attribute.nested, value)
    if attribute.type == "number" and isinstance(value, str):
        return float(value)  # a fraction that no float holds exactly arrives as text
    return plain(value)


def _state(declaration: ResourceType, resource: Resource, before: State) -> State:
    """Return a resource as Terraform's state; what the service does not know is as in the state ``before``."""
    attributes = declaration.provider_view(resource.attributes, _given(declaration.block, before))
    timeouts = {"timeouts": before.get("timeouts")} if "timeouts" in declaration.block.blocks else {}
    return {**_dressed(declaration.block, {**attributes, **timeouts}, before), "id": resource.id}


def _filled_in(planned: Any, found: Any) -> Any:
    """Return what is planned, and what is found where that is unknown. Blocks that differ in number stay as planned."""
    if planned is UNKNOWN:
        return found
    if isinstance(planned, dict) and isinstance(found, dict):
        return {name: _filled_in(value, found.get(name)) for name, value in planned.items()}
    if isinstance(planned, list) and isinstance(found, list) and len(planned) == len(found):
        return [_filled_in(*pair) for pair in zip(planned, found, strict=True)]
    return planned


def _dressed(block: Block, attributes: Arguments, before: Arguments) -> State:
    state: State = {}
    for name, attribute in block.attributes.items():
        value = attributes.get(name)
        if attribute.type == "dynamic" and value is not None:
            old = before.get(name)
            value = old if isinstance(old, Dynamic) and plain(old) == plain(value) else typed(plain(value))
        state[name] = None if attribute.write_only else value
    for name, nested in block.blocks.items():
        value = attributes.get(name)
        state[name] = (None if nested.nesting == "single" else []) if value is None else value
    return state
