"""Looks up what the JSON Schema says about a place of a file: its keys, choices, bounds and meaning."""

from __future__ import annotations

from typing import Any

from settings.checking.schema import json_schema
from settings.models.base import Model
from settings.reading.file import YamlFile
from settings.reading.problems import KeyPath

Schema = dict[str, Any]


def describe(model: type[Model], path: KeyPath, file: YamlFile) -> Schema:
    """Return the schema of the value at ``path``.

    Its description is that of the nearest key: an entry of a list carries the description of the list.
    """
    root = json_schema(model)
    node = root
    for depth, part in enumerate(path):
        description = node.get("description", "")
        node = _open(root, _inside(node, part), str(file.get((*path[: depth + 1], "type"))))
        node = {"description": description, **node}
    return node


def keys(schema: Schema) -> list[str]:
    """Return the keys a mapping may have; none for a mapping with keys of the user's own."""
    return list(schema.get("properties", ()))


def choices(schema: Schema) -> list[str]:
    """Return the words to choose from, or an empty list."""
    return [str(choice) for choice in schema.get("enum", [schema["const"]] if "const" in schema else [])]


def bounds(schema: Schema) -> str:
    """Say in words which whole numbers are allowed."""
    low, high = schema.get("minimum"), schema.get("maximum")
    return f"a whole number of {low} or more" if high is None else f"a whole number from {low} to {high}"


def _inside(node: Schema, part: str | int) -> Schema:
    if isinstance(part, int):
        return dict(node.get("items", {}))
    free = [*node.get("patternProperties", {}).values(), {}]
    return dict(node.get("properties", {}).get(part, free[0]))


def _open(root: Schema, node: Schema, chosen_type: str) -> Schema:
    """Replace references by what they refer to, and a choice of schemas by the one of the file's ``type``."""
    if "oneOf" in node:
        branches = [_open(root, branch, "") for branch in node["oneOf"]]
        kinds = [branch["properties"]["type"]["const"] for branch in branches]
        both = {"type": {**branches[0]["properties"]["type"], "enum": kinds}}
        picked = dict(zip(kinds, branches, strict=True)).get(chosen_type, {"properties": both})
        return {**picked, "description": node["description"]}
    for reference in [node, *node.get("allOf", ())]:
        if "$ref" in reference:
            return {**root["definitions"][reference["$ref"].rpartition("/")[2]], **node}
    return node
