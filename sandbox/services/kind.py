"""The life of one thing in the stand-in cloud: create, read, update, delete, import. The plain case.

A kind says where its type differs from the plain case by overriding the methods below ``import_state``.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from sandbox.cloud.facts import Attribute, Block, NestedBlock, Schema
from sandbox.cloud.request import Request, ServiceError, already_exists
from sandbox.cloud.rules import rules, values_at
from sandbox.cloud.store import Thing
from sandbox.cloud.values import UNKNOWN, Dynamic, plain, typed

Values = dict[str, Any]


class Kind:
    """A resource type whose things are files of their own."""

    # Attributes that the service decides anew with every change.
    follows_changes: Sequence[str] = ()

    def __init__(self, schema: Schema) -> None:
        """Use the type's schema, to give every attribute a value of the right type."""
        self.block = schema.block

    def create(self, request: Request, planned: Values) -> Values:
        """Create what is planned and return its state; ServiceError if the service would refuse it."""
        planned = {**planned, **self.chosen(request, planned)}
        self.check(request, planned)
        thing_id = self.new_id(request, planned)
        self.check_unused(request, thing_id, planned)
        state = {
            **settle(self.block, planned, self.decided(request, thing_id, planned), None, request),
            "id": thing_id,
        }
        # A file may be left of something that is gone, because what it was in is.
        left = request.cloud.find(thing_id, request.type)
        self.store(request, Thing(request.type, thing_id, {}, path=left.path if left else None), state)
        return state

    def read(self, request: Request, state: Values) -> Values | None:
        """Return the state of what ``state`` stood for as it is now, or None if it is gone."""
        thing = self.locate(request, state)
        return None if thing is None else self.state_of(request, thing, state)

    def update(self, request: Request, prior: Values, planned: Values) -> Values:
        """Change a thing as planned and return its state."""
        thing = self.locate(request, prior)
        if thing is None:
            raise ServiceError(
                f"updating {prior['id']}: unexpected status 404 (404 Not Found): it does not exist."
            )
        self.check(request, planned)
        self.check_change(request, prior, planned)
        planned = {**planned, **dict.fromkeys(self.follows_changes, UNKNOWN)}
        state = settle(self.block, planned, self.decided(request, thing.id, planned), prior, request)
        self.store(request, thing, state)
        return state

    def delete(self, request: Request, prior: Values) -> None:
        """Delete a thing and what lives inside it; nothing happens if it is gone already."""
        thing = self.locate(request, prior)
        if thing is not None:
            self.check_deletion(request, thing)
            self.remove(request, thing)

    def import_state(self, request: Request, import_id: str) -> Values | None:
        """Return the state of what an import id names, or None if there is no such thing."""
        return self.read(request, {"id": import_id})

    def chosen(self, request: Request, planned: Values) -> Mapping[str, Any]:
        """Return arguments that were left open and that the id is made of."""
        return {}

    def new_id(self, request: Request, planned: Values) -> str:
        """Return the id that the service gives to a new thing."""
        return str(uuid.uuid4())

    def locate(self, request: Request, state: Values) -> Thing | None:
        """Find what a state stands for."""
        return request.cloud.find(state["id"], request.type)

    def check(self, request: Request, planned: Values) -> None:
        """Refuse what refers to something that does not exist."""

    def check_unused(self, request: Request, thing_id: str, planned: Values) -> None:
        """Refuse a thing that is there already."""
        if self.locate(request, {**planned, "id": thing_id}) is not None:
            raise already_exists(request.type, thing_id)

    def check_change(self, request: Request, prior: Values, planned: Values) -> None:
        """Refuse a change that the service does not allow."""
        for rule in rules(request.type).unchangeable:
            before, after = (
                next(values_at(state, rule.attribute.split(".")), None) for state in (prior, planned)
            )
            if rule.forbids(before, after):
                raise ServiceError(f"updating {prior['id']}: {rule.says}", rule.attribute.split(".")[0])

    def check_deletion(self, request: Request, thing: Thing) -> None:
        """Refuse to delete what is still needed."""

    def decided(self, request: Request, thing_id: str, planned: Values) -> Mapping[str, Any]:
        """Return the attributes that the service decides and that mean something; others get a plain value.

        Under a block's name are those of the block.
        """
        return {}

    def store(self, request: Request, thing: Thing, state: Values) -> Thing:
        """Write a thing's file from its state."""
        attributes = {name: plain(value) for name, value in state.items() if self._is_stored(name)}
        return request.cloud.write(replace(thing, attributes=attributes))

    def remove(self, request: Request, thing: Thing) -> None:
        """Take a thing, and what lives inside it, out of the cloud."""
        request.cloud.remove(thing)

    def state_of(self, request: Request, thing: Thing, before: Values) -> Values:
        """Return a thing's state; what the service does not tell is taken from the state ``before``."""
        state: Values = {}
        for name, attribute in self.block.attributes.items():
            value = thing.attributes.get(name)
            if attribute.type == "dynamic" and value is not None:
                old = before.get(name)
                value = old if isinstance(old, Dynamic) and plain(old) == value else typed(value)
            state[name] = None if attribute.write_only else value
        for name, nested in self.block.blocks.items():
            value = before.get(name) if name == "timeouts" else thing.attributes.get(name)
            state[name] = _nothing(nested) if value is None else value
        return {**state, "id": thing.id}

    def _is_stored(self, name: str) -> bool:
        attribute = self.block.attributes.get(name)
        return name not in ("id", "timeouts") and not (attribute and attribute.write_only)


def settle(
    block: Block, planned: Values, decided: Mapping[str, Any], prior: Values | None, request: Request
) -> Values:
    """Replace what is unknown in a plan: by what the service decides, else by a plain value of the right type."""
    state: Values = {}
    for name, attribute in block.attributes.items():
        value = planned.get(name)
        if value is UNKNOWN:
            value = decided[name] if name in decided else plain_value(name, attribute)
        elif attribute.nested and isinstance(value, dict):
            value = settle(Block(attribute.nested.attributes, {}), value, {}, None, request)
        elif attribute.type == "number" and isinstance(value, str):
            value = float(value)
        state[name] = value
    for name, nested in block.blocks.items():
        value = planned.get(name)
        if isinstance(value, list):
            before = (prior or {}).get(name) or []
            value = [
                settle(
                    nested.block,
                    item,
                    {**decided.get(name, {}), **_decided_in(name, item, old, request)},
                    old,
                    request,
                )
                for item, old in zip_longest(value, before[: len(value)])
            ]
        elif isinstance(value, dict):
            value = settle(nested.block, value, {}, None, request)
        state[name] = _nothing(nested) if value is UNKNOWN or value is None else value
    return state


def plain_value(name: str, attribute: Attribute) -> Any:
    """Return a stable value for an attribute that the service decides, when nothing is known about its meaning."""
    if attribute.optional:
        return None
    if attribute.type != "string":
        return {"bool": False, "number": 0}.get(attribute.type) if isinstance(attribute.type, str) else None
    if attribute.sensitive:
        return secrets.token_urlsafe(32)
    return next((value() for ending, value in _PLAIN_TEXT.items() if name.endswith(ending)), "")


_PLAIN_TEXT: Mapping[str, Callable[[], str]] = {
    "_id": lambda: str(uuid.uuid4()),
    "guid": lambda: str(uuid.uuid4()),
    "_endpoint": lambda: "https://endpoint.sandbox.invalid/",
    "_uri": lambda: "https://uri.sandbox.invalid/",
    "_url": lambda: "https://url.sandbox.invalid/",
    "fqdn": lambda: "host.sandbox.invalid",
    "_host": lambda: "host.sandbox.invalid",
}


def _decided_in(block_name: str, item: Values, old: Values | None, request: Request) -> Mapping[str, Any]:
    """A system-assigned identity gets a principal of its own, and keeps it."""
    if block_name != "identity":
        return {}
    if not _system_assigned(item):
        return {"principal_id": "", "tenant_id": ""}
    kept = old["principal_id"] if old and _system_assigned(old) else str(uuid.uuid4())
    return {"principal_id": kept, "tenant_id": request.account.tenant_id}


def _system_assigned(identity: Values) -> bool:
    return "SystemAssigned" in str(identity.get("type"))


def _nothing(nested: NestedBlock) -> Any:
    return None if nested.nesting == "single" else []
