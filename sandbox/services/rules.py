"""What a declaration says about arguments, as data: the provider's own rules, and what a service never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

_ANY = ("*",)
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Value(NamedTuple):
    """What the provider accepts for an argument: one of these restrictions.

    ``one_of`` lists the values, ``between`` is a range (inclusive), ``at_least`` its lower end alone. ``pattern`` is a
    regular expression for the whole text, with what the provider ``says`` when it does not match.
    """

    one_of: Sequence[Any] = ()
    between: tuple[float, float] | None = None
    at_least: float | None = None
    pattern: str = ""
    says: str = ""


class ProviderRules(NamedTuple):
    """What a provider does with a type's arguments by itself, before it asks the service.

    From its source: ``ForceNew``, ``Default``, ``ValidateFunc``, ``ExactlyOneOf``, ``ConflictsWith``. Names have dots
    into blocks: ``scale_settings.max_node_count``.

    A change of a ``force_new`` argument needs a new resource; of a ``force_new_between`` argument only a change
    between two of its classes of values does, and of a ``force_new_from`` argument only a change away from its values.
    ``defaults`` are nested as the blocks are. Of each ``exactly_one_of`` one is set, of each pair of ``conflicts`` not
    both. ``computed_blocks`` are those (``Optional`` and ``Computed``) that stay as they are when they are left out:
    Terraform's schema does not tell them from others.
    """

    force_new: Sequence[str] = ()
    force_new_between: Mapping[str, Sequence[Sequence[Any]]] = _NOTHING
    force_new_from: Mapping[str, Sequence[Any]] = _NOTHING
    defaults: Mapping[str, Any] = _NOTHING
    values: Mapping[str, Value] = _NOTHING
    exactly_one_of: Sequence[Sequence[str]] = ()
    conflicts: Sequence[tuple[str, str]] = ()
    computed_blocks: Sequence[str] = ()


class Unchangeable(NamedTuple):
    """An argument that the service does not let change from some values to others, and what it says then."""

    argument: str
    says: str
    before: Sequence[Any] = _ANY
    after: Sequence[Any] = _ANY

    def forbids(self, before: Any, after: Any) -> bool:
        """Whether the change is one of those."""
        return (
            before is not None
            and before != after
            and (self.before is _ANY or before in self.before)
            and (self.after is _ANY or after in self.after)
        )


def values_at(value: Any, name: str) -> Iterator[Any]:
    """Yield every value at a name with dots; blocks that may be repeated are all gone into."""
    if isinstance(value, list):
        for item in value:
            yield from values_at(item, name)
    elif not name:
        yield value
    elif isinstance(value, Mapping):
        head, _, rest = name.partition(".")
        yield from values_at(value.get(head), rest)


IS_UUID = Value(pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", says="must be a valid UUID")
