"""The JSON Schemas of the three kinds of configuration file, for editors and for the error messages.

``python -m settings.checking.schema`` writes them to ``schema/``.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import cache
from inspect import getsource
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from settings.models.base import Model
from settings.models.environment import Environment
from settings.models.imports import Imports
from settings.models.platform import Platform

FOLDER = Path(__file__).parents[2] / "schema"
FILES: dict[str, type[Model]] = {
    "platform.schema.json": Platform,
    "environment.schema.json": Environment,
    "imports.schema.json": Imports,
}
# The editors' YAML language server knows draft 07 best: definitions, and nothing beside a $ref.
_DIALECT = "http://json-schema.org/draft-07/schema#"


class _Draft7(GenerateJsonSchema):
    schema_dialect = _DIALECT

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Describe each key by the docstring of its field, where that says more than the section's own."""
        made = super().model_schema(schema)
        for key, description in _descriptions(schema["cls"]):
            described = {**made["properties"][key], "description": description}
            made["properties"][key] = self.handle_ref_overrides(described)
        return made

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """An optional key is left out. It is never there without a value."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Do not offer null, the default of the optional keys."""
        made = super().default_schema(schema)
        if made.get("default", ...) is None:
            del made["default"]
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave the titles out: they repeat the key."""
        return False


def _descriptions(model: type[Model]) -> Iterator[tuple[str, str]]:
    """Yield keys and descriptions. pydantic would read them too, but at every start, which takes 20 ms."""
    for part in model.__mro__:
        if issubclass(part, Model):
            (definition,) = ast.parse(dedent(getsource(part))).body
            for field, text in pairwise(ast.iter_child_nodes(definition)):
                match field, text:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(ast.Constant(str(docstring))):
                        # In one line, as reports show it.
                        yield model.model_fields[name].alias or name, " ".join(docstring.split())


@cache
def json_schema(model: type[Model]) -> dict[str, Any]:
    """Return the schema of a model in JSON Schema draft 07."""
    made = model.model_json_schema(schema_generator=_Draft7, ref_template="#/definitions/{model}")
    made["definitions"] = made.pop("$defs", {})
    finished: dict[str, Any] = _finish(made)
    return {"$schema": _DIALECT, **finished}


# What holds schemas by names that are the configuration's, whatever they are.
_BY_NAME = ("definitions", "patternProperties", "properties")


def _finish(node: Any) -> Any:
    if isinstance(node, list):
        return [_finish(item) for item in node]
    if not isinstance(node, dict):
        return node
    made: dict[str, Any] = {
        word: {name: _finish(part) for name, part in value.items()} if word in _BY_NAME else _finish(value)
        for word, value in node.items()
        if word != "discriminator"
    }
    if "description" in made:
        made["description"] = made["description"].replace("``", "")
    if "$ref" in made and len(made) > 1:
        made["allOf"] = [{"$ref": made.pop("$ref")}]
    if "patternProperties" in made:
        made["additionalProperties"] = False
    return made


def render(model: type[Model]) -> str:
    """Return the text of a schema file."""
    return json.dumps(json_schema(model), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, described in FILES.items():
        (FOLDER / name).write_text(render(described), encoding="utf-8")
