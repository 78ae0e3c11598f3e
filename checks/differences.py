"""How Terraform differs from what was accepted, for somebody to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from os.path import commonprefix
from typing import Any

from settings.reading.problems import printable, shorten
from tests.synthesized import Stack

_MOST_LINES = 15
"""So many lines a stack are shown; git shows the rest."""
_AN_ID = 8
"""From so many characters on, the same change in several places is one change."""

Json = dict[str, Any]


def differences(accepted: Mapping[str, Json], stacks: Mapping[str, Stack]) -> list[str]:
    """Return a paragraph for each stack that is not what was accepted."""
    found = []
    for name in sorted({*accepted, *stacks}):
        if name not in stacks:
            found.append(f"{name}\n  accepted, and no longer in the configuration")
        elif name not in accepted:
            found.append(f"{name}\n  a new stack, resources: {len(stacks[name].addresses())}")
        elif lines := _changes(_blocks(accepted[name]), _blocks(stacks[name].terraform)):
            rest = len(lines) - _MOST_LINES
            shown = [*lines[:_MOST_LINES], f"... and {rest} more"] if rest > 1 else lines
            found.append("\n".join([name, *(f"  {line}" for line in shown)]))
    return found


def _changes(before: Json, now: Json) -> list[str]:
    """Return a line for each block that came or went, and for each change of a value within the others."""
    places: dict[str, list[str]] = {}
    for address in sorted({*before, *now}):
        if address not in before:
            places[f"+ {address}"] = [""]
        elif address not in now:
            places[f"- {address}"] = [""]
        else:
            old, new = (dict(_values(block[address])) for block in (before, now))
            for path in sorted({*old, *new}):
                if old.get(path) != new.get(path):
                    name = f"~ {address}.{path}: " if path else f"~ {address}: "
                    part = _part_that_differs(old.get(path), new.get(path))
                    # An id that was filled in stands in many places: it is told once.
                    text = (
                        f"{part[0]} -> {part[1]}" if part else f"{_shown(old, path)} -> {_shown(new, path)}"
                    )
                    places.setdefault(text if part else f"{name}{text}", []).append(name if part else "")
    return [
        f"{names[0]}{change}{f' (in {len(names)} places)' if len(names) > 1 else ''}"
        for change, names in places.items()
    ]


def _part_that_differs(old: Any, new: Any) -> tuple[str, str] | None:
    """Return what differs between two texts, where that is long enough to be an id or a name of its own."""
    if not isinstance(old, str) or not isinstance(new, str):
        return None
    start = len(commonprefix([old, new]))  # noqa: RUF071  # of characters, as here wanted
    end = len(commonprefix([old[start:][::-1], new[start:][::-1]]))  # noqa: RUF071  # as above
    parts = [text[start : len(text) - end] for text in (old, new)]
    if min(map(len, parts)) < _AN_ID:
        return None
    before, after = (printable(shorten(part)) for part in parts)
    return before, after


def _blocks(terraform: Json) -> Json:
    """Return the blocks by their addresses: ``azurerm_storage_account.storage``, ``provider.azurerm``."""
    blocks: Json = {}
    for kind, parts in terraform.items():
        if kind in ("resource", "data"):
            prefix = "data." if kind == "data" else ""
            blocks |= {
                f"{prefix}{t}.{name}": body for t, bodies in parts.items() for name, body in bodies.items()
            }
        elif isinstance(parts, dict):
            blocks |= {f"{kind}.{name}": body for name, body in parts.items()}
        else:
            blocks[kind] = parts
    return blocks


def _values(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value by its path: ``scale_settings.max_node_count``."""
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    if not parts:
        yield path, node
    for key, part in parts:
        yield from _values(part, f"{path}.{key}" if path else str(key))


def _shown(values: Json, path: str) -> str:
    if path not in values:
        return "nothing"
    return printable(shorten(json.dumps(values[path], ensure_ascii=False)))
