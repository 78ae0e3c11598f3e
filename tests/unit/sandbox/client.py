"""Does what Terraform does with one resource, straight through a provider's methods: no process, no socket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tf.gen import tfplugin_pb2 as pb

from facts.reader import Block, facts
from sandbox.provider.servicer import ProviderServicer
from sandbox.provider.values import decode, encode

Values = dict[str, Any]


class RefusedError(Exception):
    """The provider's errors, one a line; ``attributes`` are the arguments that they are about."""

    def __init__(self, diagnostics: Any) -> None:
        super().__init__("\n".join(item.summary for item in diagnostics))
        self.attributes = [
            item.attribute.steps[0].attribute_name for item in diagnostics if item.attribute.steps
        ]


class Context:
    """A gRPC context; the answer counts as sent at once."""

    def add_callback(self, callback: Callable[[], None]) -> bool:
        callback()
        return True


@dataclass(frozen=True)
class Planned:
    """What a plan says: the state to come, and the paths that need a new object."""

    state: Values | None
    replace: list[str]


class Client:
    """Terraform with one configured provider. SANDBOX_CLOUD names the cloud."""

    def __init__(self, provider: str, **config: Any) -> None:
        self._facts = facts(provider)
        self._servicer = ProviderServicer(provider)
        value = _value(filled(self._facts.provider.block, config))
        _checked(self._servicer.ConfigureProvider(pb.ConfigureProvider.Request(config=value), Context()))

    def create(self, type_name: str, **arguments: Any) -> Values:
        """Validate, plan and apply a new resource, and return its state."""
        state = self._apply(type_name, None, arguments)
        assert state is not None
        return state

    def change(self, type_name: str, state: Values, **arguments: Any) -> Values:
        """Apply other arguments to a resource; the plan must not replace it."""
        assert self.plan(type_name, state, **arguments).replace == []
        changed = self._apply(type_name, state, arguments)
        assert changed is not None
        return changed

    def destroy(self, type_name: str, state: Values) -> None:
        """Delete a resource."""
        request = pb.ApplyResourceChange.Request(
            type_name=type_name, prior_state=_value(state), planned_state=_value(None), config=_value(None)
        )
        _checked(self._servicer.ApplyResourceChange(request, Context()))

    def plan(self, type_name: str, prior: Values | None = None, /, **arguments: Any) -> Planned:
        """Validate and plan."""
        block = self._facts.resources[type_name].block
        config = filled(block, arguments)
        validation = pb.ValidateResourceConfig.Request(type_name=type_name, config=_value(config))
        _checked(self._servicer.ValidateResourceConfig(validation, Context()), block)
        request = pb.PlanResourceChange.Request(
            type_name=type_name,
            prior_state=_value(prior),
            config=_value(config),
            proposed_new_state=_value(_proposed(block, prior or {}, config)),
        )
        response = _checked(self._servicer.PlanResourceChange(request, Context()), block)
        return Planned(
            decode(response.planned_state.msgpack), [_dotted(item) for item in response.requires_replace]
        )

    def read(self, type_name: str, state: Values) -> Values | None:
        """Refresh a state; None if the resource is gone."""
        request = pb.ReadResource.Request(type_name=type_name, current_state=_value(state))
        found: Values | None = decode(
            _checked(self._servicer.ReadResource(request, Context())).new_state.msgpack
        )
        return found

    def import_(self, type_name: str, import_id: str) -> Values | None:
        """Import by id and refresh, as Terraform does."""
        request = pb.ImportResourceState.Request(type_name=type_name, id=import_id)
        (imported,) = _checked(self._servicer.ImportResourceState(request, Context())).imported_resources
        return self.read(type_name, decode(imported.state.msgpack))

    def look_up(self, type_name: str, **arguments: Any) -> Values:
        """Read a data source."""
        block = self._facts.data_sources[type_name].block
        request = pb.ReadDataSource.Request(type_name=type_name, config=_value(filled(block, arguments)))
        answer = _checked(self._servicer.ReadDataSource(request, Context()), block)
        state: Values = decode(answer.state.msgpack)
        return state

    def _apply(self, type_name: str, prior: Values | None, arguments: Values) -> Values | None:
        planned = self.plan(type_name, prior, **arguments)
        request = pb.ApplyResourceChange.Request(
            type_name=type_name,
            prior_state=_value(prior),
            planned_state=_value(planned.state),
            config=_value(filled(block := self._facts.resources[type_name].block, arguments)),
        )
        response = _checked(self._servicer.ApplyResourceChange(request, Context()), block)
        state: Values | None = decode(response.new_state.msgpack)
        return state


def filled(block: Block, arguments: Values) -> Values:
    """Return arguments as Terraform sends them: what is not set is null, a block that is not there is empty."""
    unknown = arguments.keys() - block.attributes.keys() - block.blocks.keys()
    assert not unknown, f"no such arguments: {unknown}"
    config: Values = {name: arguments.get(name) for name in block.attributes}
    for name, nested in block.blocks.items():
        given = arguments.get(name)
        if nested.nesting == "single":
            config[name] = None if given is None else filled(nested.block, given)
        else:
            config[name] = [filled(nested.block, item) for item in given or []]
    return config


def _proposed(block: Block, prior: Values, config: Values) -> Values:
    """Return Terraform's merge: a computed attribute that is not set keeps its prior value."""
    merged: Values = {}
    for name, attribute in block.attributes.items():
        value = config[name]
        merged[name] = prior.get(name) if value is None and attribute.computed else value
    for name, nested in block.blocks.items():
        given, before = config[name], prior.get(name)
        if nested.nesting == "list":
            old = [*(before or []), *([{}] * len(given))]
            merged[name] = [_proposed(nested.block, old[index], item) for index, item in enumerate(given)]
        elif nested.nesting == "set":
            merged[name] = [_element(nested.block, before or [], item) for item in given]
        else:
            merged[name] = given
    return merged


def _element(block: Block, before: list[Values], item: Values) -> Values:
    """Return an element of a set with the computed attributes of the element that it was before."""
    for old in before:
        settings = {name: None if block.attributes[name].computed else old[name] for name in block.attributes}
        if all(item[name] in (value, old[name]) for name, value in settings.items()):
            return old
    return item


def _checked(response: Any, block: Block | None = None) -> Any:
    if response.diagnostics:
        refused = RefusedError(response.diagnostics)
        # Terraform shows the line of an argument; one that the type does not have it could not find.
        assert block is None or {*block.attributes, *block.blocks}.issuperset(refused.attributes)
        raise refused
    return response


def _value(value: Any) -> Any:
    return pb.DynamicValue(msgpack=encode(value))


def _dotted(path: Any) -> str:
    return ".".join(step.attribute_name or str(step.element_key_int) for step in path.steps)
