"""Terraform's values as Python values, and back.

On the wire a value is MessagePack. Here null is None, lists, sets and tuples are lists, maps, objects and blocks
are dictionaries. Numbers are int or float; a fraction that no float holds exactly (0.05) arrives as text. Two things
have no counterpart in Python: a value that is not known yet (UNKNOWN), and a value of a dynamic type (Dynamic), which
carries its type with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import msgpack  # type: ignore[import-untyped]  # the package ships no type information

# The extension codes of Terraform's wire format: an unknown value, and one with bounds of what it may become.
_UNKNOWN_CODES = (0, 12)


class _Unknown:
    """The type of UNKNOWN, which is its only instance."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, _memo: object) -> _Unknown:
        return self


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True)
class Dynamic:
    """A value of a dynamic type, with ``type`` as Terraform writes types in JSON (``["map", "string"]``)."""

    type: Any
    value: Any


def decode(data: bytes) -> Any:
    """Read a MessagePack value; no data at all is null."""
    if not data:
        return None
    return _from_wire(msgpack.unpackb(data, ext_hook=_extension, strict_map_key=False))


def encode(value: Any) -> bytes:
    """Write a value as MessagePack."""
    packed: bytes = msgpack.packb(_to_wire(value))
    return packed


def known(value: Any) -> bool:
    """Whether nothing in ``value``, at any depth, is still unknown."""
    if isinstance(value, dict):
        return all(known(item) for item in value.values())
    if isinstance(value, list):
        return all(known(item) for item in value)
    if isinstance(value, Dynamic):
        return known(value.value)
    return value is not UNKNOWN


def plain(value: Any) -> Any:
    """Return ``value`` without the types that dynamic values carry, as it is written to the stand-in cloud."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Dynamic):
        return plain(value.value)
    return value


def typed(value: Any) -> Any:
    """Return a plain value as the dynamic value that Terraform makes of the same literal."""
    return None if value is None else Dynamic(_type_of(value), value)


def is_empty(value: Any) -> bool:
    """Whether ``value`` is null or its type's zero, which the providers' older framework cannot tell apart."""
    return value is None or value == "" or value is False or value == 0 or value in ([], {})


def _type_of(value: Any) -> Any:
    if value is None:
        return "dynamic"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return ["tuple", [_type_of(item) for item in value]]
    return ["object", {key: _type_of(item) for key, item in value.items()}]


def _extension(code: int, data: bytes) -> Any:
    return UNKNOWN if code in _UNKNOWN_CODES else msgpack.ExtType(code, data)


def _from_wire(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _from_wire(item) for key, item in value.items()}
    if isinstance(value, list):
        # Only the type of a dynamic value travels as bytes, every string as text.
        if len(value) == 2 and isinstance(value[0], bytes):
            return Dynamic(json.loads(value[0]), _from_wire(value[1]))
        return [_from_wire(item) for item in value]
    return value


def _to_wire(value: Any) -> Any:
    if value is UNKNOWN:
        return msgpack.ExtType(0, b"\x00")
    if isinstance(value, dict):
        return {key: _to_wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_to_wire(item) for item in value]
    if isinstance(value, Dynamic):
        return [json.dumps(value.type, separators=(",", ":")).encode(), _to_wire(value.value)]
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    return value
