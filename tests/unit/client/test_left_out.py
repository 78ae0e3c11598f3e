"""What a service leaves out of an answer: nothing, off, or unknown; never a value that it did not send."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import client.azure
import client.devops

MEANT = {
    # What the service leaves out for a pipeline or agent that nobody has switched off.
    ("BuildDefinition", "queue_status"): "enabled",
    ("Agent", "enabled"): True,
    # Of a comment it leaves out only what is not the usual.
    ("Comment", "comment_type"): "text",
}


def kinds() -> Iterator[type[Any]]:
    """Yield what answers are read as."""
    names = [f"client.devops.{found.name}" for found in pkgutil.iter_modules(client.devops.__path__)]
    for module in (client.azure, *map(importlib.import_module, names)):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if is_dataclass(kind) and kind.__module__ == module.__name__:
                yield kind


def defaults(kind: type[Any]) -> dict[tuple[str, str], Any]:
    found = {}
    for field in fields(kind):
        if field.default is not MISSING:
            found[kind.__name__, field.name] = field.default
        elif field.default_factory is not MISSING:
            found[kind.__name__, field.name] = field.default_factory()
    return found


def is_nothing(value: Any) -> bool:
    return value == type(value)() if is_dataclass(value) and not isinstance(value, type) else not value


def test_what_a_service_leaves_out_is_nothing_off_or_unknown() -> None:
    found = {place: default for kind in kinds() for place, default in defaults(kind).items()}
    assert len(found) > 50
    assert {place: default for place, default in found.items() if not is_nothing(default)} == MEANT
