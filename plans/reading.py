"""Reads a plan as ``terraform show -json`` has it, and leaves out what is secret.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plans.changes import Action, Change, Changes, Field
from plans.hiding import SENSITIVE, UNKNOWN, harmless, sensitive_arguments, shown
from plans.stateful import is_stateful
from settings.models.secret_names import looks_secret

Path = tuple[str | int, ...]

_ACTIONS = {
    ("create",): Action.ADD,
    ("update",): Action.CHANGE,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("create", "forget"): Action.REPLACE,
    ("delete",): Action.DESTROY,
    ("forget",): Action.FORGET,
}
_WHY = {
    "replace_because_tainted": "it is marked as damaged (tainted)",
    "replace_by_request": "the replacement was asked for",
    "replace_by_triggers": "what it depends on is replaced (replace_triggered_by)",
    "delete_because_no_resource_config": "it is no longer in the configuration",
    "delete_because_each_key": "its key is no longer in for_each",
    "delete_because_count_index": "its number is no longer in count",
}
_NOTHING = ("[]", "{}", '""', "")
_SHORTEST_SECRET = 6
"""Shorter ones are part of too much else: a run masks none of them either."""


def read_changes(stack: str, plan: Mapping[str, Any]) -> Changes:
    """Return what the plan of a stack would do; ``plan`` is the whole document."""
    items = plan.get("resource_changes", ())
    drift = {item["address"]: item["change"] for item in plan.get("resource_drift", ())}
    reader = _Reader(frozenset(_secrets((*items, *plan.get("resource_drift", ())))), drift)
    outputs = sum(item["actions"] != ["no-op"] for item in plan.get("output_changes", {}).values())
    return Changes(stack, tuple(filter(None, map(reader.change, items))), outputs)


class _Reader:
    """Reads one plan; ``secrets`` are values that are sensitive anywhere in it: none of them is shown elsewhere."""

    def __init__(self, secrets: frozenset[str], drift: Mapping[str, Mapping[str, Any]]) -> None:
        self._secrets = secrets
        self._drift = drift

    def change(self, item: Mapping[str, Any]) -> Change | None:
        """Return what happens to a resource; None if nothing, or if it is only read."""
        change = item["change"]
        actions = [_ACTIONS[found]] if (found := tuple(change["actions"])) in _ACTIONS else []
        notes = [_WHY[reason]] if (reason := item.get("action_reason")) in _WHY else []
        if importing := change.get("importing"):
            actions.insert(0, Action.IMPORT)
            notes.insert(0, f"imported as {shown(importing.get('id'))}")
        if before := item.get("previous_address"):
            actions.insert(0, Action.MOVE)
            notes.insert(0, f"it was {harmless(before)}")
        if item.get("mode") != "managed" or not actions:
            return None
        fields = tuple(self._fields(item, actions[-1]))
        notes += self._elsewhere(item, {field.path.partition(".")[0].partition("[")[0] for field in fields})
        stateful = is_stateful(item["type"])
        return Change(harmless(item["address"]), tuple(actions), stateful, "; ".join(notes), fields)

    def _elsewhere(self, item: Mapping[str, Any], changed: set[str]) -> list[str]:
        """Say what somebody did outside of Terraform, as far as the plan takes it back."""
        drift = self._drift.get(item["address"])
        if not drift:
            return []
        if drift["actions"] == ["delete"]:
            return ["somebody has deleted it outside of Terraform"]
        before, after = drift["before"] or {}, drift["after"] or {}
        edited = {key for key in {**before, **after} if before.get(key) != after.get(key)}
        return ["somebody has changed it outside of Terraform"] if edited & changed else []

    def _fields(self, item: Mapping[str, Any], action: Action) -> Iterator[Field]:
        if action not in (Action.ADD, Action.CHANGE, Action.REPLACE):
            return
        change = item["change"]
        replacing = [tuple(path) for path in change.get("replace_paths", ())]
        found = self._differences(
            (), change.get("before"), change.get("after"), change.get("after_unknown", False), _marks(item)
        )
        for path, old, new in found:
            because = any(path[: len(start)] == start or start[: len(path)] == path for start in replacing)
            # What a new resource gets by itself, or does not have, tells nobody anything.
            if because or action is Action.CHANGE or new not in (UNKNOWN, *_NOTHING):
                yield Field(_dotted(path), old, new, because)

    def _differences(
        self, path: Path, before: Any, after: Any, unknown: Any, marks: Sequence[Any]
    ) -> Iterator[tuple[Path, str, str]]:
        """Yield the places where two values differ, as deep as both go. ``marks`` say what is sensitive in either."""
        if unknown is not True and before == after and not _is_anywhere(unknown):
            return
        if any(mark is True for mark in marks):
            yield path, _hidden(before), UNKNOWN if unknown is True else _hidden(after)
        elif unknown is True:
            yield path, self._shown(path, before), UNKNOWN
        elif _both((before, after, unknown or None), dict) or not path:
            for key in {**(before or {}), **(after or {}), **(unknown if isinstance(unknown, dict) else {})}:
                yield from self._below(path, key, before, after, unknown, [_at(mark, key) for mark in marks])
        elif _both((before, after, unknown or None), list):
            count = max(len(value) for value in (before, after, unknown) if isinstance(value, list))
            for index in range(count):
                # In a schema a mark is that of each block of a list.
                below = [mark if isinstance(mark, dict) else _at(mark, index) for mark in marks]
                yield from self._below(path, index, before, after, unknown, below)
        else:
            yield path, self._shown(path, before), self._shown(path, after)

    def _below(
        self, path: Path, key: str | int, before: Any, after: Any, unknown: Any, marks: Sequence[Any]
    ) -> Iterator[tuple[Path, str, str]]:
        values = (_at(before, key), _at(after, key), _at(unknown, key))
        yield from self._differences((*path, key), *values, marks)

    def _shown(self, path: Path, value: Any) -> str:
        if value is None:
            return ""
        if any(secret in text for text in _texts(value) for secret in self._secrets):
            return SENSITIVE
        names = [part for part in path if isinstance(part, str)]
        return shown(value, next(filter(looks_secret, names), ""))


def _marks(item: Mapping[str, Any]) -> list[Any]:
    """Return what is sensitive in a resource, as Terraform, the schema and the names of variables have it."""
    change = item["change"]
    bodies = [body for body in (change.get("before"), change.get("after")) if isinstance(body, dict)]
    names = [name for body in bodies if isinstance(name := body.get("name"), str)]
    return [
        change.get("before_sensitive"),
        change.get("after_sensitive"),
        sensitive_arguments(item.get("provider_name", ""), item["type"]),
        {"value": True} if any(map(looks_secret, names)) else {},
    ]


def _secrets(items: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for item in items:
        change, marks = item["change"], _marks(item)
        for body in (change.get("before"), change.get("after")):
            yield from (text for text in _marked(body, marks) if len(text) >= _SHORTEST_SECRET)


def _marked(value: Any, marks: Sequence[Any]) -> Iterator[str]:
    """Yield the texts in a value that are marked as sensitive."""
    if any(mark is True for mark in marks):
        yield from _texts(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _marked(item, [_at(mark, key) for mark in marks])
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _marked(item, [mark if isinstance(mark, dict) else _at(mark, index) for mark in marks])


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value; names of things in a list are none of them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(
                {key: it for key, it in item.items() if key != "name"} if isinstance(item, dict) else item
            )
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)


def _both(values: Sequence[Any], kind: type) -> bool:
    """Whether values are of a kind, as far as they are there, and there is something in them."""
    there = [value for value in values if value is not None]
    return bool(there) and all(isinstance(value, kind) and value for value in there)


def _at(value: Any, key: str | int) -> Any:
    """Return what is at a place of a value, of a mark, or of what is unknown; what holds for all holds there too."""
    if value is True:
        return True
    if isinstance(value, dict):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    return None


def _is_anywhere(unknown: Any) -> bool:
    if isinstance(unknown, dict | list):
        return any(map(_is_anywhere, unknown.values() if isinstance(unknown, dict) else unknown))
    return unknown is True


def _hidden(value: Any) -> str:
    return "" if value is None else SENSITIVE


def _dotted(path: Path) -> str:
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.replace("_", "").replace("-", "").isalnum():
            text += f".{part}" if text else part
        else:
            text += f"[{harmless(json.dumps(part, ensure_ascii=False))}]"
    return text
