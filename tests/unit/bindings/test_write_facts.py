"""The program that writes the facts: it leaves out prose and what is not in use, and refuses what is of no use."""

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.bindings.write_facts import main
from facts.reader import BUILT_IN, FOLDER, PROVIDERS, facts


def recorded(provider: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / f"{provider}.json").read_text(encoding="utf-8"))
    return content


def source(provider: str, path: Path | None = None) -> str:
    """Return the argument that makes the program read the recorded facts, or the file at ``path``."""
    return f"{provider}@{facts(provider).version}={path or FOLDER / f'{provider}.json'}"


@pytest.mark.parametrize("provider", [*PROVIDERS, BUILT_IN])
def test_the_facts_name_the_version_they_were_taken_from(provider: str) -> None:
    content = recorded(provider)
    assert content["format_version"] == "1.0"
    assert content["provider_selections"].keys() == content["provider_schemas"].keys()


def test_the_program_reproduces_the_recorded_facts(tmp_path: Path) -> None:
    known = (*PROVIDERS, BUILT_IN)
    main([source(provider) for provider in known], tmp_path)
    for provider in known:
        name = f"{provider}.json"
        assert (tmp_path / name).read_text() == (FOLDER / name).read_text(), name


# --- Adding ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def lacking(tmp_path: Path) -> Path:
    """A folder whose facts of azuredevops lack two types that are bound, and say something of their own of a third."""
    content = recorded("azuredevops")
    (schemas,) = content["provider_schemas"].values()
    del schemas["resource_schemas"]["azuredevops_project"]
    del schemas["data_source_schemas"]["azuredevops_group"]
    schemas["resource_schemas"]["azuredevops_group"]["version"] = 7
    (tmp_path / "azuredevops.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")
    return tmp_path


def test_a_type_is_added_and_the_others_stay_as_they_are(lacking: Path) -> None:
    main(["--add", source("azuredevops")], lacking)
    expected = recorded("azuredevops")
    (schemas,) = expected["provider_schemas"].values()
    schemas["resource_schemas"]["azuredevops_group"]["version"] = 7
    written = (lacking / "azuredevops.json").read_text()
    assert written == json.dumps(expected, indent=1, sort_keys=True) + "\n"


def test_a_type_of_another_version_is_not_added(lacking: Path) -> None:
    before = (lacking / "azuredevops.json").read_text()
    given = FOLDER / "azuredevops.json"
    with pytest.raises(SystemExit) as refused:
        main(["--add", f"azuredevops@1.99.0={given}"], lacking)
    assert refused.value.code == (
        f"{given} is of 1.99.0, and the facts of azuredevops are of {facts('azuredevops').version}: "
        "leave --add out"
    )
    assert (lacking / "azuredevops.json").read_text() == before


def test_there_is_nothing_to_add_where_every_type_is_there() -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--add", source("azapi")])
    assert refused.value.code == (
        f"{FOLDER / 'azapi.json'} is not needed: the facts of azapi have every type that is bound"
    )


def test_there_is_nothing_to_add_to(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--add", source("azapi")], tmp_path)
    assert refused.value.code == f"{tmp_path / 'azapi.json'} cannot be read: No such file or directory"


# --- What is left out, and what is refused ---------------------------------------------------------------------------


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

    main([source("azapi", whole)], tmp_path)

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
        main([source("azuredevops"), f"azapi@2.12.0={given}"], output)
    assert refused.value.code == f"{given} {problem}"
    assert list(output.iterdir()) == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "schema.json"
    with pytest.raises(SystemExit) as refused:
        main([f"azapi@2.12.0={missing}"], tmp_path)
    assert refused.value.code == f"{missing} cannot be read: No such file or directory"


def test_a_missing_output_directory_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    with pytest.raises(SystemExit) as refused:
        main([source("azapi")], missing)
    assert refused.value.code == f"{missing / 'azapi.json'} cannot be written: No such file or directory"


@pytest.mark.parametrize("given", ["schema.json", "azapi=schema.json", "google@1.0.0=schema.json"])
def test_a_source_without_provider_and_version_is_refused(given: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        main([given], tmp_path)
    assert refused.value.code == (
        f"{given}: expected PROVIDER@VERSION=SCHEMA.json with one of azapi, azuredevops, azurerm, time, terraform"
    )


@pytest.mark.parametrize("arguments", [[], ["--add"]])
def test_too_few_arguments_show_the_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == (
        "usage: python -m constructs_lib.bindings.write_facts [--add] PROVIDER@VERSION=SCHEMA.json …"
    )
