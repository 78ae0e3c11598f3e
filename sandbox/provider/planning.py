"""What a change to one resource will come to: the planned state, and what forces a replacement.

As in the providers: arguments that are not set take the provider's default, attributes that the service computes
are unknown until apply, and null counts as the same as a type's zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from facts.reader import Attribute, Block
from sandbox.provider.values import UNKNOWN, Dynamic, is_empty, plain
from sandbox.services.rules import ProviderRules

Value = dict[str, Any]
# The way to one value: names of attributes and blocks, and positions in lists.
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Plan:
    """The planned state (None: gone), and where it differs in ways that need a new object."""

    state: Value | None
    replace: Sequence[Path]


def plan(
    block: Block, rules: ProviderRules, config: Value | None, prior: Value | None, proposed: Value | None
) -> Plan:
    """Plan the change from ``prior`` to ``proposed``, Terraform's merge of ``prior`` and ``config``."""
    if proposed is None or config is None:
        return Plan(None, ())
    wanted = {name: _normal(name, value) for name, value in _with_defaults(proposed, rules.defaults).items()}
    state = _planned(block, config, prior, wanted, top=True)
    if prior is None:
        return Plan(state, ())
    state |= {name: prior[name] for name in rules.computed_blocks if not config.get(name)}
    if same(prior, state):
        return Plan(prior, ())
    replace = [path for name in rules.force_new for path in _changes(prior, state, name.split("."))]
    replace += [
        (name,)
        for name, classes in rules.force_new_between.items()
        if _class_of(prior.get(name), classes) != _class_of(state.get(name), classes)
    ]
    replace += [
        (name,)
        for name, values in rules.force_new_from.items()
        if prior.get(name) in values and state.get(name) not in values
    ]
    return Plan(state, replace)


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same; null and a type's zero do."""
    if isinstance(one, Dynamic) or isinstance(other, Dynamic):
        return bool(plain(one) == plain(other))
    if is_empty(one) and is_empty(other):
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return all(same(one.get(key), other.get(key)) for key in one.keys() | other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _normal(name: str, value: Any) -> Any:
    """Return an argument as the providers store it: the location ``East US`` is ``eastus``."""
    return value.replace(" ", "").lower() if name == "location" and isinstance(value, str) else value


def _class_of(value: Any, classes: Sequence[Sequence[Any]]) -> int | None:
    return next((index for index, members in enumerate(classes) if value in members), None)


def _with_defaults(value: Value, defaults: Mapping[str, Any]) -> Value:
    filled = dict(value)
    for name, default in defaults.items():
        current = value.get(name)
        if isinstance(default, Mapping):
            if isinstance(current, list):
                filled[name] = [_with_defaults(item, default) for item in current]
        elif current is None:
            filled[name] = default
    return filled


def _planned(block: Block, config: Value, prior: Value | None, wanted: Value, *, top: bool = False) -> Value:
    # What the service computes in a nested block stays only as long as the block's own arguments do.
    stays = prior is not None and (top or _arguments_stay(block, prior, wanted))
    state: Value = {}
    for name, attribute in block.attributes.items():
        state[name] = _planned_attribute(
            attribute, config.get(name), (prior or {}).get(name), wanted.get(name), stays
        )
    for name, nested in block.blocks.items():
        before, given = (prior or {}).get(name), config.get(name)
        state[name] = _planned_blocks(nested.block, nested.nesting, given, before, wanted.get(name))
    return state


def _planned_attribute(attribute: Attribute, given: Any, before: Any, wanted: Any, stays: bool) -> Any:
    if attribute.write_only:
        return None
    if attribute.nested and isinstance(wanted, dict):
        return _planned(attribute.nested, given if isinstance(given, dict) else {}, before, wanted)
    if given is None and attribute.computed:
        if stays:
            return before
        return UNKNOWN if wanted is None or not attribute.optional else wanted
    if given is None and before is not None and same(before, wanted):
        return before
    return wanted


def _planned_blocks(block: Block, nesting: str, given: Any, before: Any, wanted: Any) -> Any:
    if wanted is None or wanted is UNKNOWN:
        return wanted
    if nesting == "single":
        return _planned(block, given if isinstance(given, dict) else {}, before, wanted)
    if nesting == "set":
        return _planned_set(block, before or [], wanted)
    return [
        _planned(block, _at(given, index) or {}, _at(before, index), item)
        for index, item in enumerate(wanted)
    ]


def _planned_set(block: Block, before: list[Value], wanted: list[Value]) -> list[Value]:
    # The elements of a set have no position: one that was there before is carried over as it was.
    carried = [next((old for old in before if same(item, old)), None) for item in wanted]
    if None not in carried and len(before) == len(wanted):
        return before
    return [
        _planned(block, item, None, item) if old is None else old
        for item, old in zip(wanted, carried, strict=True)
    ]


def _arguments_stay(block: Block, prior: Value, wanted: Value) -> bool:
    return all(
        same(prior.get(name), wanted.get(name))
        for name, attribute in block.attributes.items()
        if attribute.configurable
    )


def _at(items: Any, index: int) -> Any:
    return items[index] if isinstance(items, list) and index < len(items) else None


def _changes(prior: Any, state: Any, names: Sequence[str]) -> Iterator[Path]:
    """Yield the paths to ``names`` at which the two differ; the lists on the way are gone through by position."""
    if same(prior, state):
        return
    if not names or state is UNKNOWN:
        yield ()
    elif isinstance(prior, list) or isinstance(state, list):
        for index, (one, other) in enumerate(zip_longest(prior or [], state or [])):
            if one is None and names[1:] == [] and isinstance((other or {}).get(names[0]), bool):
                # In a block that was not there, false is not the same as nothing (plugin-sdk, diffString).
                yield (index, names[0])
                continue
            for rest in _changes(one, other, names):
                yield (index, *rest)
    else:
        for rest in _changes((prior or {}).get(names[0]), (state or {}).get(names[0]), names[1:]):
            yield (names[0], *rest)
