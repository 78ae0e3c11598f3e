"""What the models declare of each place in a file: the keys it may have, and the markers of its type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from settings.models.base import Model
from settings.reading.problems import KeyPath


@dataclass(frozen=True)
class Declaration:
    """What the type of one place declares."""

    markers: tuple[object, ...] = ()
    """What stands behind the type in an ``Annotated``."""
    model: type[Model] | None = None
    fields: Mapping[str, Declaration] = field(default_factory=dict)
    """The fields of the model, by their keys in a file."""
    choices: Mapping[str, Declaration] = field(default_factory=dict)
    """The models to choose from, by the ``type`` that a file gives."""
    keys: Declaration | None = None
    """The keys of a mapping, where they are the user's own."""
    entries: Declaration | None = None
    """The values of such a mapping, or the entries of a list."""

    def has(self, path: KeyPath) -> bool:
        """Tell whether a file may have this path."""
        if not path:
            return True
        if self.choices:
            return any(choice.has(path) for choice in self.choices.values())
        inner = self.inside(path[0])
        return inner is not None and inner.has(path[1:])

    def inside(self, part: str | int) -> Declaration | None:
        """Return what is declared of a key or entry of this place; ``None`` when there can be none."""
        return self.fields.get(str(part), self.entries)

    def places(self, value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Declaration, bool]]:
        """Yield path and declaration of this place and all below it, as far as ``value`` has them.

        The order is that of the models. A key of the user's own is a place too: the third item is then true.
        """
        yield path, self, False
        if isinstance(value, dict):
            chosen = self.choices.get(str(value.get("type")), self)
            for key, declaration in chosen.fields.items():
                if key in value:
                    yield from declaration.places(value[key], (*path, key))
            if self.keys and self.entries:
                for key, entry in value.items():
                    yield (*path, key), self.keys, True
                    yield from self.entries.places(entry, (*path, key))
        elif isinstance(value, tuple) and self.entries and not self.keys:
            for index, entry in enumerate(value):
                yield from self.entries.places(entry, (*path, index))


@cache
def declared(model: type[Model]) -> Declaration:
    """Return what a model declares."""
    fields = {
        info.alias or name: _declaration(info.annotation, tuple(info.metadata))
        for name, info in model.model_fields.items()
    }
    return Declaration(model=model, fields=fields)


def _declaration(kind: Any, markers: tuple[object, ...] = ()) -> Declaration:
    if isinstance(kind, type) and issubclass(kind, Model):
        return replace(declared(kind), markers=markers)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is None or origin is Literal:
        return Declaration(markers)
    if origin is Annotated:
        return _declaration(arguments[0], (*arguments[1:], *markers))
    if origin in (Union, UnionType):
        kinds = [argument for argument in arguments if argument is not NoneType]
        one, *more = [kind for kind in kinds if not _is_word(kind)] or kinds
        if not more:
            return _declaration(one, markers)
        return Declaration(markers, choices={_type(model): declared(model) for model in (one, *more)})
    if origin is tuple and arguments[1:] == (...,):
        return Declaration(markers, entries=_declaration(arguments[0]))
    if origin is dict:
        return Declaration(markers, keys=_declaration(arguments[0]), entries=_declaration(arguments[1]))
    raise TypeError(f"no way is known to look for markers in {kind}")


def _is_word(kind: Any) -> bool:
    """Tell whether one of several kinds is a word alone, which declares nothing."""
    return get_origin(kind) is Literal


def _type(model: type[Model]) -> str:
    """Return the ``type`` that tells this model from the others of a choice."""
    (text,) = get_args(model.model_fields["type"].annotation)
    return str(text)
