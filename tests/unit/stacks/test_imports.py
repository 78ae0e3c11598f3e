"""What the configuration imports becomes import blocks of its stack, which the guard-rails let pass."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from constructs_lib.guard_rails import GuardRailError
from settings.loader import load_settings
from settings.reading.problems import ConfigurationError
from stacks.synthesis import synthesize
from tests.project import copy_configuration
from tests.synthesized import read_stacks

GROUP = "/subscriptions/a/resourceGroups/mlops-dev-rg"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    config = copy_configuration(tmp_path)
    (config / "imports").mkdir()
    return config


def write(config: Path, stack: str, **imports: str) -> None:
    text = json.dumps({"imports": {name.replace("__", "."): found for name, found in imports.items()}})
    (config / "imports" / f"{stack}.yaml").write_text(text)


def test_blocks_of_the_stack_and_of_no_other(config: Path, tmp_path: Path, written: Path) -> None:
    write(config, "mlops-dev", azurerm_resource_group__resource_group=GROUP)
    (config / "imports" / "mlops-registry.yaml").write_text(
        'imports:\n  azuredevops_group.team["leads"]: vssgp.a\n  azuredevops_variable_group.registry_variables: p/1$2\n'
    )
    out = tmp_path / "cdktf.out"
    printed = synthesize(load_settings(config), str(out))
    assert "imports" not in printed
    stacks, before = read_stacks(out), read_stacks(written)
    assert stacks["mlops-dev"].terraform.pop("import") == [
        {"to": "azurerm_resource_group.resource_group", "id": GROUP}
    ]
    assert stacks["mlops-registry"].terraform.pop("import") == [
        {"to": 'azuredevops_group.team["leads"]', "id": "vssgp.a"},
        {"to": "azuredevops_variable_group.registry_variables", "id": "p/1$2"},
    ]
    for name, stack in stacks.items():
        assert stack.terraform == before[name].terraform


def test_an_address_that_there_is_not_is_named_with_its_place(config: Path, tmp_path: Path) -> None:
    (config / "imports" / "mlops-dev.yaml").write_text(
        "imports:\n  azurerm_resource_group.resource_grup: a\n  azurerm_subnet.other: a\n"
    )
    (config / "imports" / "mlops-registry.yaml").write_text(
        'imports:\n  azuredevops_group.team: a\n  azuredevops_group.team["Leads"]: b\n'
    )
    with pytest.raises(ConfigurationError) as refused:
        synthesize(load_settings(config), str(tmp_path / "cdktf.out"))
    assert not (tmp_path / "cdktf.out").exists()
    report = refused.value.report()
    assert (
        "config/imports/mlops-dev.yaml:2:3: imports.azurerm_resource_group.resource_grup\n"
        "    found:   an address that the stack mlops-dev does not have\n"
        "    allowed: an address of a resource of the stack: azurerm_resource_group.resource_group\n"
        "    fix:     did you mean azurerm_resource_group.resource_group?"
    ) in report
    assert "mlops-dev.yaml:3:3: imports.azurerm_subnet.other" in report
    assert "mlops-registry.yaml:2:3: imports.azuredevops_group.team\n" in report
    assert 'mlops-registry.yaml:3:3: imports.azuredevops_group.team["Leads"]\n' in report
    assert 'did you mean azuredevops_group.team["leads"]?' in report


def test_a_secret_is_no_id(config: Path, tmp_path: Path) -> None:
    write(config, "mlops-dev", azurerm_resource_group__resource_group="https://a?sig=0123456789abcdef")
    with pytest.raises(GuardRailError, match="a secret in id"):
        synthesize(load_settings(config), str(tmp_path / "cdktf.out"))


def test_what_the_local_state_holds_can_go(config: Path, tmp_path: Path) -> None:
    write(config, "mlops-dev", azurerm_resource_group__resource_group=GROUP)
    state = tmp_path / ".state" / "terraform.mlops-dev.tfstate"
    state.parent.mkdir()
    held = {"mode": "managed", "type": "azurerm_resource_group", "name": "resource_group", "instances": [{}]}
    state.write_text(json.dumps({"version": 4, "resources": [held]}))
    printed = synthesize(load_settings(config), str(tmp_path / "cdktf.out"))
    assert re.search(
        r"^config/imports/mlops-dev\.yaml can go: the state holds all that it names\.$", printed, re.MULTILINE
    )


@pytest.mark.parametrize("how", [{"only_protected": True}, {"protect": False}])
def test_what_is_about_to_be_destroyed_is_not_brought_in(
    config: Path, tmp_path: Path, how: dict[str, bool]
) -> None:
    write(config, "mlops-registry", azuredevops_variable_group__registry_variables="p/1")
    synthesize(load_settings(config), str(tmp_path / "cdktf.out"), **how)
    assert "import" not in read_stacks(tmp_path / "cdktf.out")["mlops-registry"].terraform
