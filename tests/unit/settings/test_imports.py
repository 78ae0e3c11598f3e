"""``imports/<stack>.yaml``: what is read, and each mistake with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.checking.schema import json_schema
from settings.loader import load_settings
from settings.models.imports import Imports
from settings.reading.file import YamlFile
from settings.reading.problems import dotted
from settings.reading.text import Place
from tests.unit.settings.configuration import MARK, Configuration
from tests.unit.settings.test_schema import refusals

FILE = "imports/mlops-dev.yaml"
GOOD = """\
imports:
  azurerm_resource_group.resource_group: /subscriptions/a/resourceGroups/b
  azuredevops_group.team["leads"]: vssgp.a
  azuredevops_pipeline_authorization.variables-pipeline-Training: "a/variablegroup/1;pipeline_id=5"
"""


@pytest.fixture
def imports(configuration: Configuration) -> Configuration:
    (configuration.folder / "imports").mkdir()
    return configuration


def test_without_the_folder_there_are_none(configuration: Configuration) -> None:
    assert load_settings(configuration.folder).imports == ()


def test_each_entry_comes_with_its_stack_and_place(imports: Configuration) -> None:
    imports.write(FILE, GOOD)
    (imports.folder / "imports/.hidden.yaml").write_text("[")
    found = load_settings(imports.folder).imports
    assert [(item.stack, item.address, item.id, item.line, item.column) for item in found] == [
        ("mlops-dev", "azurerm_resource_group.resource_group", "/subscriptions/a/resourceGroups/b", 2, 3),
        ("mlops-dev", 'azuredevops_group.team["leads"]', "vssgp.a", 3, 3),
        (
            "mlops-dev",
            "azuredevops_pipeline_authorization.variables-pipeline-Training",
            "a/variablegroup/1;pipeline_id=5",
            4,
            3,
        ),
    ]
    assert found[0].file == Path("config") / FILE


def test_the_registry_stack_may_have_some_too(imports: Configuration) -> None:
    imports.write("imports/mlops-registry.yaml", GOOD)
    imports.write(FILE, "imports: {}\n")
    assert {item.stack for item in load_settings(imports.folder).imports} == {"mlops-registry"}


MISTAKES = {
    "no address": (
        "imports:\n  «vault: a\n", "imports.vault",
        "vault", "the address of a resource, as terraform state list shows it",
        "write it like azurerm_key_vault.key_vault",
    ),
    "a key without quotes": (
        "imports:\n  «azuredevops_group.team[leads]: a\n", "imports.azuredevops_group.team[leads]",
        "azuredevops_group.team[leads]", "the address of a resource", "write it like",
    ),
    "an address with an index that Terraform would replace": (
        'imports:\n  «azuredevops_group.team["${a}"]: a\n', 'imports.azuredevops_group.team["${a}"]',
        "team", "the address of a resource", "write it like",
    ),
    "a module": (
        "imports:\n  «module.a.azurerm_key_vault.b: a\n", "imports.module.a.azurerm_key_vault.b",
        "module", "the address of a resource", "write it like",
    ),
    "an id that YAML takes for a number": (
        "imports:\n  azurerm_key_vault.key_vault: «1\n", "imports.azurerm_key_vault.key_vault",
        "1", "text", 'put it in quotes: "1"',
    ),
    "an empty id": (
        'imports:\n  azurerm_key_vault.key_vault: «""\n', "imports.azurerm_key_vault.key_vault",
        '""', "1 or more characters", "write 1 or more characters",
    ),
    "an id with blanks around it": (
        'imports:\n  azurerm_key_vault.key_vault: «" a"\n', "imports.azurerm_key_vault.key_vault",
        '" a"', "an id without a blank at its ends", "copy the id that terraform import takes",
    ),
    "an expression": (
        'imports:\n  azurerm_key_vault.key_vault: «"${a.b.id}"\n', "imports.azurerm_key_vault.key_vault",
        "${ or %{, which Terraform would replace", "text without ${", "write it in another way",
    ),
    "an address twice": (
        "imports:\n  a_b.c: x\n  «a_b.c: y\n", "imports.a_b.c",
        "the key a_b.c a second time", "each key once", "remove one of the two",
    ),
    "an id twice": (
        "imports:\n  a_b.c: /x/Y\n  a_b.d: «/x/y\n", "imports.a_b.d",
        '"/x/y", which is imported to a_b.c already', "each id once for a type of resource", "remove one of the two",
    ),
    "another key": (
        "imports:\n  a_b.c: x\n«import: {}\n", "import",
        "the unknown key import", "the keys imports", "remove it",
    ),
    "a list": (
        "imports:\n  «- a_b.c: x\n", "imports", "a list", "keys and values", "write keys and values below it",
    ),
    "no keys at all": (
        "«just words\n", "the whole file", "a file without keys and values", "keys and values",
        "write one key and value a line",
    ),
    "a bracket left open": (
        "imports: «[\n", "the whole file", "", "well-formed YAML", "close",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake(imports: Configuration, name: str) -> None:
    text, path, found, allowed, fix = MISTAKES[name]
    place = imports.write(FILE, text)
    (problem,) = imports.problems()
    assert dotted(problem.path) == path
    assert problem.file == Path("config") / FILE
    assert found in problem.found
    assert allowed in problem.allowed
    assert fix in problem.fix
    if name != "a bracket left open":
        assert Place(problem.line, problem.column) == place


def test_an_unknown_stack(imports: Configuration) -> None:
    imports.write("imports/mlops-dve.yaml", GOOD)
    (problem,) = imports.problems()
    assert (str(problem.file), problem.found, problem.allowed, problem.fix) == (
        "config/imports/mlops-dve.yaml",
        "imports for the stack mlops-dve, which there is not",
        "a file for a stack: mlops-registry.yaml, mlops-dev.yaml, mlops-prod.yaml, mlops-test.yaml",
        "did you mean mlops-dev.yaml?",
    )


def test_a_stack_that_is_no_longer_configured(imports: Configuration) -> None:
    imports.write("imports/elsewhere.yaml", GOOD)
    (problem,) = imports.problems()
    assert problem.fix == "rename the file, or remove it"


def test_while_an_environment_has_no_name_no_stack_is_unknown(imports: Configuration) -> None:
    imports.write("imports/mlops-dve.yaml", GOOD)
    imports.edit("environments/dev.yaml", "name: dev", "name: D")
    assert [dotted(problem.path) for problem in imports.problems()] == ["name"]


def test_one_id_may_be_of_two_types(imports: Configuration) -> None:
    """The association of a subnet and a security group is imported by the subnet's id."""
    imports.write(FILE, "imports:\n  a_b.c: /x\n  a_d.c: /x\n")
    assert len(load_settings(imports.folder).imports) == 2


def test_around_the_files(imports: Configuration) -> None:
    imports.write("imports/mlops-dev.yml", GOOD)
    (problem,) = imports.problems()
    assert (problem.found, problem.fix) == ("mlops-dev.yml", "rename it")
    (imports.folder / "imports/mlops-dev.yml").unlink()
    (imports.folder / "imports").rmdir()
    (imports.folder / "imports").touch()
    (problem,) = imports.problems()
    assert (str(problem.file), problem.found) == ("config/imports", "no folder, but a file")


@pytest.mark.parametrize("text", [GOOD, *(text.replace(MARK, "") for text, *_ in MISTAKES.values())])
def test_editors_are_told_the_same(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    schema = json_schema(Imports)
    values = YamlFile(path, path).values
    # What only the loader knows: what Terraform would replace, and what stands twice.
    of_the_loader = ("${a.b.id}", "a_b.c: y", "a_b.d: /x/y")
    good = text == GOOD or any(words in text for words in of_the_loader)
    assert (list(refusals(schema, values, schema)) == []) == good


def test_stacks_may_be_called_after_another_prefix(imports: Configuration) -> None:
    imports.edit("platform.yaml", "azure:\n", "stack_prefix: ml\nazure:\n")
    imports.write("imports/ml-dev.yaml", GOOD)
    assert {item.stack for item in load_settings(imports.folder).imports} == {"ml-dev"}
    imports.write("imports/ml-dev.yaml", "imports: {}\n")
    imports.write(FILE, GOOD)
    (problem,) = imports.problems()
    assert "ml-registry.yaml, ml-dev.yaml" in problem.allowed
