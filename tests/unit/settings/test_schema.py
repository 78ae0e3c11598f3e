"""The JSON Schemas for editors say what the settings say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from settings.checking.schema import FILES, FOLDER, json_schema, render
from settings.models.base import Model
from settings.reading.file import YamlFile
from tests.project import GUIDE
from tests.unit.settings.configuration import DEV, PLATFORM, PROD, TEST

MODELS = {PLATFORM: FILES["platform.schema.json"]} | dict.fromkeys(
    (DEV, TEST, PROD), FILES["environment.schema.json"]
)
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": tuple,
    "string": str,
    "integer": int,
    "boolean": bool,
}


def refusals(schema: dict[str, Any], value: Any, root: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield where a value does not fit a schema: as much of JSON Schema as the two schemas use."""
    unknown = schema.keys() - {
        *("$schema", "$ref", "additionalProperties", "allOf", "anyOf", "const", "default", "definitions"),
        *("description", "enum", "items", "maximum", "maxItems", "maxLength", "minimum", "minItems"),
        "minLength",
        *("oneOf", "pattern", "patternProperties", "properties", "required", "title", "type"),
    }
    assert not unknown, f"this test does not know {unknown}"
    if "$ref" in schema:
        yield from refusals(
            root["definitions"][schema["$ref"].removeprefix("#/definitions/")], value, root, path
        )
        return
    for part in schema.get("allOf", ()):
        yield from refusals(part, value, root, path)
    for choice in ("anyOf", "oneOf"):
        branches = schema.get(choice, [])
        if branches and all(list(refusals(branch, value, root, path)) for branch in branches):
            yield f"{path}: no branch of {choice}"
    if "type" in schema:
        kind = TYPES[schema["type"]]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            yield f"{path}: not of type {schema['type']}"
            return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: not one of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{path}: not {schema['const']}"
    if isinstance(value, str):
        if not re.search(schema.get("pattern", ""), value):
            yield f"{path}: not like {schema['pattern']}"
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**9):
            yield f"{path}: too short or too long"
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{path}: out of range"
    if isinstance(value, tuple):
        if len(value) < schema.get("minItems", 0):
            yield f"{path}: too few"
        if len(value) > schema.get("maxItems", len(value)):
            yield f"{path}: too many"
        for index, item in enumerate(value):
            yield from refusals(schema.get("items", {}), item, root, f"{path}[{index}]")
    if isinstance(value, dict):
        yield from (f"{path}.{key}: missing" for key in schema.get("required", ()) if key not in value)
        for key, item in value.items():
            known = [schema["properties"][key]] if key in schema.get("properties", {}) else []
            known += [s for p, s in schema.get("patternProperties", {}).items() if re.search(p, key)]
            if not known and schema.get("additionalProperties", True) is False:
                yield f"{path}.{key}: unknown"
            for part in known:
                yield from refusals(part, item, root, f"{path}.{key}")


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema within a schema, and every mapping of names to schemas."""
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(child)
    if isinstance(node, dict):
        yield node


def values(file: str) -> Any:
    return YamlFile(GUIDE / file, Path(file)).values


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_current(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8") if (FOLDER / name).exists() else ""
    assert written == render(FILES[name]), "run: python -m settings.checking.schema"


@pytest.mark.parametrize("file", MODELS)
def test_the_first_line_of_each_file_names_its_schema(file: str) -> None:
    first = (GUIDE / file).read_text(encoding="utf-8").splitlines()[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", first)
    assert match, first
    schema = (GUIDE / file).parent / match.group(1)
    assert json.loads(schema.read_text(encoding="utf-8")) == json_schema(MODELS[file])


@pytest.mark.parametrize("file", MODELS)
def test_the_configuration_fits_its_schema(file: str) -> None:
    schema = json_schema(MODELS[file])
    assert list(refusals(schema, values(file), schema)) == []


@pytest.mark.parametrize(
    ("file", "path", "wrong", "refusal"),
    [
        (DEV, ("workspace", "storage_account"), "Upper", ".workspace.storage_account: not like"),
        (DEV, ("compute", "scoring_cluster", "max_nodes"), 1001, ".max_nodes: out of range"),
        (DEV, ("compute", "scoring_cluster", "max_nodes"), "4", ".max_nodes: not of type integer"),
        (DEV, ("deployment", "auto_deploy"), 1, ".auto_deploy: not of type boolean"),
        (DEV, ("deployment", "canary_traffic"), 100, ".canary_traffic: out of range"),
        (DEV, ("training_schedule", "frequency"), "@daily", ".frequency: not like"),
        (DEV, ("compute", "scoring_cluster", "idle_time"), "15m", ".idle_time: not like"),
        (DEV, ("validation", "min_accuracy"), 0.7, ".min_accuracy: no branch of anyOf"),
        (DEV, ("validation", "min_accuracy"), 2, ".min_accuracy: no branch of anyOf"),
        (DEV, ("monitoring", "alerts"), ("sms",), ".monitoring.alerts[0]: not one of"),
        (DEV, ("backup",), None, ".backup: not of type object"),
        (DEV, ("nam",), "x", ".nam: unknown"),
        (DEV, ("variable_group", "permissions", "De-vs"), "Reader", ".De-vs: unknown"),
        (DEV, ("variable_group", "permissions", "leads"), "Admin", ".leads: not one of"),
        (PLATFORM, ("backend", "type"), "s3", ".backend: no branch of oneOf"),
        (PLATFORM, ("backend", "container"), "tfs", ".backend: no branch of oneOf"),
        (PLATFORM, ("teams", "leads", "create"), "yes", ".teams.leads.create: not of type boolean"),
        (PLATFORM, ("tags", "a?b"), "x", ".tags.a?b: unknown"),
        (PROD, ("approval_environment", "approvers"), (), ".approvers: too few"),
        (PROD, ("backup", "vault"), "1st", ".backup.vault: not like"),
        (PROD, ("monitoring", "email"), "ml-team", ".monitoring.email: no branch of anyOf"),
        (PROD, ("auto_rollback", "webhook", "name"), "a_b", ".webhook.name: not like"),
        (PROD, ("budget", "amount"), 0, ".budget.amount: out of range"),
        (PROD, ("budget", "thresholds"), (), ".budget.thresholds: too few"),
        (PROD, ("budget", "thresholds"), (1, 2, 3, 4, 5), ".budget.thresholds: too many"),
        (PROD, ("budget", "thresholds"), (80, 1001), ".budget.thresholds[1]: out of range"),
        (PROD, ("budget", "forecast"), 0, ".budget.forecast: out of range"),
        (PROD, ("private_network", "address_space"), "10.30.0.0/25", ".address_space: not like"),
        (PROD, ("private_network", "isolation_mode"), "Disabled", ".isolation_mode: not one of"),
        (PROD, ("private_network", "outbound_fqdns"), ("pypi",), ".outbound_fqdns[0]: not like"),
        (PROD, ("private_network", "dns_servers"), ("10.0.0.256",), ".dns_servers[0]: not like"),
        (PROD, ("private_network", "dns_zones"), {"a.io": "x"}, ".dns_zones: no branch of anyOf"),
        (
            PROD,
            ("private_network", "dns_zones"),
            {"privatelink.azurecr.io": "x"},
            ".dns_zones: no branch of anyOf",
        ),
        (PROD, ("security", "delete_locks"), "true", ".delete_locks: not of type boolean"),
        (DEV, ("training_schedule", "time_zone"), "CET", ".time_zone: not UTC"),
        (PLATFORM, ("registry", "log_retention"), 29, ".log_retention: out of range"),
        (PLATFORM, ("registry", "log_analytics"), "reg", ".log_analytics: not like"),
        (PLATFORM, ("registry", "public_network_access"), 1, ".public_network_access: not of type boolean"),
    ],
)
def test_a_mistake_does_not_fit_the_schema(
    file: str, path: tuple[str, ...], wrong: Any, refusal: str
) -> None:
    whole = values(file)
    holder = whole
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = wrong
    schema = json_schema(MODELS[file])
    (found,) = refusals(schema, whole, schema)
    assert refusal in found


@pytest.mark.parametrize("model", FILES.values())
def test_editors_get_what_they_can_read(model: type[Model]) -> None:
    schema = json_schema(model)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    for node in nodes(schema):
        assert "$defs" not in node
        assert len(node) == 1 or "$ref" not in node, "draft 07 ignores what stands beside a $ref"
        assert node.get("type") != "object" or node["additionalProperties"] is False
        assert node.get("type") != "null"
        re.compile(node["pattern"] if isinstance(node.get("pattern"), str) else "")


class Called(Model):
    description: str | None = None
    """A text of ``ours``."""
    discriminator: int
    """A number."""
    properties: tuple[str, ...]
    """Some texts."""


class HasCalled(Model):
    """A section with a section."""

    section: Called
    """The section."""


def test_a_key_may_be_called_like_a_word_of_the_schema() -> None:
    assert json_schema(HasCalled)["definitions"]["Called"]["properties"] == {
        "description": {"type": "string", "description": "A text of ours."},
        "discriminator": {"type": "integer", "description": "A number."},
        "properties": {"type": "array", "items": {"type": "string"}, "description": "Some texts."},
    }


@pytest.mark.parametrize("model", FILES.values())
def test_every_key_has_a_description(model: type[Model]) -> None:
    schema = json_schema(model)
    for holder in [schema, *schema["definitions"].values()]:
        for key, node in holder.get("properties", {}).items():
            assert node.get("description") or "$ref" in node, f"{holder['title']}.{key}"
            assert "\n" not in node.get("description", ""), "it stands in reports, in one line"


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        (("seconds",), "seconds"),
        (("hours",), "hours"),
        (("days", "lookback", "horizon", "log_retention"), "days"),
        (("nodes",), "nodes"),
        (("_ms", "latency_threshold"), "milliseconds"),
        (("percent", "traffic", "sampling", "error_threshold"), "percent"),
        (("accuracy", "drift", "precision", "recall"), "share from 0 to 1"),
        (("mae", "rmse"), "unit of the forecast"),
        (("amount",), "currency"),
        (("idle_time", "timeout"), "ISO 8601 duration"),
        (("frequency",), ""),
    ],
)
def test_every_number_says_its_unit(words: tuple[str, ...], unit: str) -> None:
    described = {
        key: node["description"]
        for model in FILES.values()
        for holder in json_schema(model)["definitions"].values()
        for key, node in holder.get("properties", {}).items()
        if node.get("type") != "boolean" and any(word in key.lower() for word in words)
    }
    assert described
    assert {key for key, text in described.items() if unit not in text} == set()
