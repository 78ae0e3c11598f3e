"""Finds the setting that a value in the Terraform of a stack comes from, by the value and the words of both names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from settings.loader import Settings
from settings.models.base import Model
from settings.reading.problems import KeyPath, dotted

_NO_HINT = {"id", "ids", "name", "enabled", "azurerm", "azuredevops", "azapi", "resource"}
_MOST = 3


@dataclass(frozen=True)
class Setting:
    """A key of the configuration. One that the file does not have has the line of the nearest key around it."""

    path: KeyPath
    file: Path
    line: int

    def __str__(self) -> str:
        """Name the key and its place: ``workspace.name (config/environments/dev.yaml, line 12)``."""
        return f"{dotted(self.path)} ({self.file}, line {self.line})"


def settings_behind(
    settings: Settings, environment: str, address: str, attribute: str, value: Any
) -> list[Setting]:
    """Return the settings that an attribute of a resource most likely comes from, the likeliest ones alone.

    ``environment`` is the environment whose stack it is; empty: the registry's. ``value`` is what the configuration
    makes of the attribute: a setting has the same value, or the name that an id ends in. A switch or a number says
    little by itself: such a setting has a word of its name in common with the attribute.
    """
    wanted = {_plain(item) for item in _parts(value)}
    hints = _words(attribute) | _words(address)
    scored: dict[int, list[Setting]] = {}
    for owner, path, leaf in _leaves(settings, environment):
        words = _words(dotted(path))
        common = len(hints & words)
        if _is_meant(path, leaf, wanted, by_name=bool(words & _words(attribute))):
            file = settings.files[owner]
            score = 2 * common + (owner == environment) + (_last(attribute) == str(path[-1]))
            scored.setdefault(score, []).append(Setting(path, file.name, file.place(path).line))
    return scored[max(scored)][:_MOST] if scored else []


def _is_meant(path: KeyPath, leaf: Any, wanted: set[str], *, by_name: bool) -> bool:
    """Whether a setting has one of the values, or is the switch for it: ``geo_redundant`` for ``GeoRedundant``."""
    if leaf is True and _plain(path[-1]) in wanted:
        return True
    tells = isinstance(leaf, str) and len(leaf) > 2
    return _plain(leaf) in wanted and (tells or by_name)


def _leaves(settings: Settings, environment: str) -> Iterator[tuple[str, KeyPath, Any]]:
    stack: list[tuple[str, KeyPath, Any]] = [("", (), settings.platform)]
    stack += [(model.name, (), model) for model in settings.environments if model.name == environment]
    while stack:
        owner, path, value = stack.pop()
        below: list[tuple[str | int, Any]]
        if isinstance(value, Model):
            fields = type(value).model_fields
            below = [(info.alias or name, getattr(value, name)) for name, info in fields.items()]
        elif isinstance(value, dict):
            below = list(value.items())
        elif isinstance(value, tuple):
            below = list(enumerate(value))
        else:
            yield owner, path, value
            continue
        stack += [(owner, (*path, key), item) for key, item in reversed(below)]


def _parts(value: Any) -> Iterator[Any]:
    """Yield a value, each of several, those of a block, and the name that an id ends in."""
    if isinstance(value, list):
        for item in value:
            yield from _parts(item)
        return
    if isinstance(value, dict):
        yield from _parts(list(value.values()))
        return
    yield value
    if isinstance(value, str) and value.startswith("/"):
        yield value.rpartition("/")[2]


def _plain(value: Any) -> str:
    """Return a value without what differs between the ways to write it: ``user_assigned``, ``UserAssigned``."""
    return re.sub(r"[_ -]", "", str(value)).lower()


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z]+", name.lower())) - _NO_HINT


def _last(attribute: str) -> str:
    return re.sub(r"\[\d+\]", "", attribute).rpartition(".")[2]
