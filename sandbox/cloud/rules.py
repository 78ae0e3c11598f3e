"""What the schemas do not say about the types: defaults, valid values, and what cannot be changed in place.

The table is ``rules.json``, from the providers' source and documentation. A type without an entry follows the
plain case: its name, its location and its resource group cannot be changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.cloud.values import UNKNOWN, known

_TABLE = Path(__file__).with_name("rules.json")
_ALL = ("*",)


@dataclass(frozen=True)
class Unchangeable:
    """An argument that the service does not let change from some values to others, and what it says then."""

    attribute: str
    says: str
    before: Sequence[Any] = _ALL
    after: Sequence[Any] = _ALL

    def forbids(self, before: Any, after: Any) -> bool:
        """Whether the change is one of those."""
        return (
            before is not None
            and before != after
            and (self.before is _ALL or before in self.before)
            and (self.after is _ALL or after in self.after)
        )


@dataclass(frozen=True)
class Rules:
    """The rules of one type. Names have dots into blocks: ``scale_settings.max_node_count``.

    ``force_new`` are arguments whose change needs a new object, ``force_new_between`` values of an argument in
    classes between which a change does. ``defaults`` are nested as the blocks are. ``values`` restrict arguments by
    ``pattern``, ``one_of``, ``between`` (inclusive) or ``at_least``; of each
    ``exactly_one_of`` one is set, of ``conflicts`` not both. ``unchangeable`` are refused at apply.
    """

    force_new: Sequence[str] = ("name", "location", "resource_group_name")
    force_new_between: Mapping[str, Sequence[Sequence[Any]]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    exactly_one_of: Sequence[Sequence[str]] = ()
    conflicts: Sequence[Sequence[str]] = ()
    unchangeable: Sequence[Unchangeable] = ()

    def problems(self, config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield each argument whose value the provider refuses, with what is wrong; unknown values are not judged."""
        for name, rule in self.values.items():
            for value in values_at(config, name.split(".")):
                if value is not None and known(value):
                    problem = _problem(rule, value)
                    if problem:
                        yield name.split(".")[0], f'"{name}" {problem}'
        for names in self.exactly_one_of:
            given = [name for name in names if config.get(name) is not None]
            if len(given) != 1:
                listed = ",".join(names)
                yield names[-1], f'"{names[-1]}": one of `{listed}` must be specified, and only one'
        for one, other in self.conflicts:
            if _given(config.get(one)) and _given(config.get(other)):
                yield one, f'"{one}": conflicts with {other}'


@cache
def rules(type_name: str) -> Rules:
    """Return the rules of a resource type."""
    entry = _table().get(type_name)
    if entry is None:
        return Rules()
    fixed = [
        Unchangeable(item["attribute"], item["says"], item.get("from", _ALL), item.get("to", _ALL))
        for item in entry.get("unchangeable", ())
    ]
    return Rules(**{**entry, "unchangeable": fixed})


def values_at(value: Any, names: Sequence[str]) -> Iterator[Any]:
    """Yield every value at a name with dots; blocks that may be repeated are all gone into."""
    if isinstance(value, list):
        for item in value:
            yield from values_at(item, names)
    elif not names:
        yield value
    elif isinstance(value, Mapping):
        yield from values_at(value.get(names[0]), names[1:])


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return table


def _given(value: Any) -> bool:
    return value is not None and value != [] and value is not UNKNOWN


def _problem(rule: Mapping[str, Any], value: Any) -> str | None:
    if "pattern" in rule and not re.fullmatch(rule["pattern"], str(value)):
        return f"{rule['says']}, got {value}"
    if "one_of" in rule and value not in rule["one_of"]:
        return f"is expected to be one of {json.dumps(rule['one_of'])}, got {value}"
    if "between" in rule and not rule["between"][0] <= float(value) <= rule["between"][1]:
        low, high = rule["between"]
        return f"is expected to be in the range ({low} - {high}), got {value}"
    if "at_least" in rule and float(value) < rule["at_least"]:
        return f"is expected to be at least {rule['at_least']}, got {value}"
    return None
