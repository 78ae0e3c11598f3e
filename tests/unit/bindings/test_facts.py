"""The facts about the providers' types: complete, without prose, and reproducible."""

import inspect
import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformDataSource, TerraformProvider, TerraformResource

from constructs_lib.bindings.facts import PROVIDERS, SCHEMAS, bound_types, main
from tests.schema import recorded_facts

COMMAND = (
    "run `python -m constructs_lib.bindings.facts` as described in constructs_lib/bindings/facts.py "
    "to write the facts again"
)
NOT_ARGUMENTS = {
    "alias",
    "connection",
    "count",
    "depends_on",
    "for_each",
    "id",
    "lifecycle",
    "provider",
    "provisioners",
}
SECRETS = {
    "client_certificate",
    "client_certificate_password",
    "client_secret",
    "oidc_request_token",
    "oidc_token",
    "personal_access_token",
    "secret",
    "secret_value",
}


def recorded(provider: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SCHEMAS / f"{provider}.json").read_text(encoding="utf-8"))
    return content


def source(provider: str, path: Path | None = None) -> str:
    """Return the argument that makes the program read the recorded facts, or the file at ``path``."""
    (version,) = recorded(provider)["provider_selections"].values()
    return f"{provider}@{version}={path or SCHEMAS / f'{provider}.json'}"


def bound_classes(*providers: str) -> Iterator[tuple[str, str, type]]:
    """Yield kind, type and class of everything bound."""
    kinds = {"resource": TerraformResource, "data": TerraformDataSource, "provider": TerraformProvider}
    for provider in providers:
        module = import_module(f"constructs_lib.bindings.{provider}")
        for _, cls in inspect.getmembers(module, inspect.isclass):
            for kind, base in kinds.items():
                tf_type = provider if kind == "provider" else getattr(cls, "TF_RESOURCE_TYPE", None)
                shared = cls.__module__ in ("cdktf", "constructs_lib.bindings.terraform")
                if issubclass(cls, base) and tf_type and not shared:
                    yield kind, tf_type, cls


def keyword_arguments(cls: type) -> set[str]:
    # of __init__: jsii's metaclass hides it behind a call that takes anything
    parameters = inspect.signature(vars(cls)["__init__"]).parameters.values()
    names = {item.name for item in parameters if item.kind is inspect.Parameter.KEYWORD_ONLY}
    assert names, cls.__name__
    return names


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_facts_hold_exactly_the_bound_types(provider: str) -> None:
    (schemas,) = recorded(provider)["provider_schemas"].values()
    types = bound_types(provider)
    assert set(schemas["resource_schemas"]) == types.resources, COMMAND
    assert set(schemas["data_source_schemas"]) == types.data_sources, COMMAND


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_argument_of_a_bound_class_is_in_the_facts(provider: str) -> None:
    classes = list(bound_classes(provider))
    assert classes
    for kind, tf_type, cls in classes:
        block = recorded_facts()[kind][tf_type]["block"]
        known = block.get("attributes", {}).keys() | block.get("block_types", {}).keys()
        # without underscores: cdktf writes on_30_days as on30_days
        spelled = {name.replace("_", "") for name in known}
        arguments = keyword_arguments(cls) - NOT_ARGUMENTS
        unknown = {name for name in arguments if name.replace("_", "") not in spelled}
        assert unknown == set(), f"{cls.__name__}; {COMMAND}"


def test_no_secret_can_be_bound() -> None:
    for kind, tf_type, cls in bound_classes("azapi", "azuredevops", "time"):
        attributes = recorded_facts()[kind][tf_type]["block"].get("attributes", {})
        secrets = SECRETS | {name for name, attribute in attributes.items() if attribute.get("sensitive")}
        assert keyword_arguments(cls) & secrets == set(), cls.__name__


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_facts_name_the_version_they_were_taken_from(provider: str) -> None:
    content = recorded(provider)
    assert content["format_version"] == "1.0"
    assert content["provider_selections"].keys() == content["provider_schemas"].keys()


def test_the_program_reproduces_the_recorded_facts(tmp_path: Path) -> None:
    main([str(tmp_path), *(source(provider) for provider in PROVIDERS)])
    for provider in PROVIDERS:
        name = f"{provider}.json"
        assert (tmp_path / name).read_text() == (SCHEMAS / name).read_text(), f"{name}: {COMMAND}"


def test_prose_and_types_not_in_use_are_left_out(tmp_path: Path) -> None:
    schema = recorded("azapi")
    (schemas,) = schema["provider_schemas"].values()
    prose = {"description": "What it is.", "description_kind": "markdown"}
    block = schemas["resource_schemas"]["azapi_resource"]["block"]
    block |= {
        **prose,
        "attributes": {
            "description": {"type": ["object", {"description": "string"}], "required": True, **prose},
            "retry": {
                "optional": True,
                "nested_type": {
                    "nesting_mode": "single",
                    "attributes": {"description": {"type": "string", "write_only": True, **prose}},
                },
            },
        },
        "block_types": {
            "description": {
                "nesting_mode": "list",
                "max_items": 1,
                "block": {"deprecated": True, "attributes": {"a": {"type": "string", **prose}}, **prose},
            },
        },
    }
    schemas["resource_schemas"]["azapi_other"] = {"block": {}, "version": 0}
    schemas["functions"] = {}
    schema["provider_schemas"]["registry.terraform.io/hashicorp/azurerm"] = {}
    whole = tmp_path / "schema.json"
    whole.write_text(json.dumps(schema))

    main([str(tmp_path), source("azapi", whole)])

    written = json.loads((tmp_path / "azapi.json").read_text())
    assert written["provider_schemas"].keys() == {"registry.terraform.io/azure/azapi"}
    (kept,) = written["provider_schemas"].values()
    assert kept.keys() == {"provider", "resource_schemas", "data_source_schemas"}
    assert kept["resource_schemas"] == {
        "azapi_resource": {
            "version": 2,
            "block": {
                "attributes": {
                    "description": {"type": ["object", {"description": "string"}], "required": True},
                    "retry": {
                        "optional": True,
                        "nested_type": {
                            "nesting_mode": "single",
                            "attributes": {"description": {"type": "string", "write_only": True}},
                        },
                    },
                },
                "block_types": {
                    "description": {
                        "nesting_mode": "list",
                        "max_items": 1,
                        "block": {"deprecated": True, "attributes": {"a": {"type": "string"}}},
                    }
                },
            },
        }
    }


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "is not JSON"),
        ("[]", "is not an output of `terraform providers schema -json`"),
        ('{"terraform_version": "1.11.4"}', "is not an output of `terraform providers schema -json`"),
        ('{"provider_schemas": {}}', "holds 0 schemas of a provider azapi, not one"),
        (
            '{"format_version": "1.0", "provider_schemas": {"x/azapi": {"provider": {"block": {}}}}}',
            "has no azapi_resource among its resource_schemas",
        ),
    ],
)
def test_a_file_of_no_use_is_refused(content: str, problem: str, tmp_path: Path) -> None:
    given = tmp_path / "schema.json"
    given.write_text(content)
    output = tmp_path / "output"
    output.mkdir()
    with pytest.raises(SystemExit) as refused:
        main([str(output), source("azuredevops"), f"azapi@2.12.0={given}"])
    assert refused.value.code == f"{given} {problem}"
    assert list(output.iterdir()) == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "schema.json"
    with pytest.raises(SystemExit) as refused:
        main([str(tmp_path), f"azapi@2.12.0={missing}"])
    assert refused.value.code == f"{missing} cannot be read: No such file or directory"


def test_a_missing_output_directory_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    with pytest.raises(SystemExit) as refused:
        main([str(missing), source("azapi")])
    assert refused.value.code == f"{missing / 'azapi.json'} cannot be written: No such file or directory"


@pytest.mark.parametrize("given", ["schema.json", "azapi=schema.json", "google@1.0.0=schema.json"])
def test_a_source_without_provider_and_version_is_refused(given: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        main([str(tmp_path), given])
    assert refused.value.code == (
        f"{given}: expected PROVIDER@VERSION=SCHEMA.json with one of azapi, azuredevops, azurerm, time"
    )


def test_too_few_arguments_show_the_usage(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        main([str(tmp_path)])
    assert str(refused.value.code).startswith("usage: python -m constructs_lib.bindings.facts OUT_DIR")


def test_every_class_of_azurerm_that_is_loaded_is_used() -> None:
    bound = re.findall(r"^    (\w+),$", (SCHEMAS.parent / "azurerm.py").read_text(), re.M)
    code = "".join(path.read_text() for path in SCHEMAS.parents[1].rglob("[!_]*.py"))
    assert bound
    assert [name for name in bound if not re.search(rf"\bazurerm\.{name}\b", code)] == []
