"""Adding to ``imports/<stack>.yaml``: what a person wrote there stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deployment.imports import ImportsError, add_imports, notes_on_imports

VAULT, TEAM = "azurerm_key_vault.key_vault", 'azuredevops_group.team["leads"]'
FOUND = {VAULT: "/subscriptions/s/vault", TEAM: "vssgp.a"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "imports").mkdir()
    return tmp_path / "imports" / "mlops-dev.yaml"


def test_a_new_file_names_its_schema_and_what_it_is_for(tmp_path: Path) -> None:
    added = add_imports(tmp_path, "mlops-dev", FOUND)
    assert (added.new, added.others) == ([VAULT, TEAM], {})
    assert added.path.read_text() == (
        "# yaml-language-server: $schema=../../schema/imports.schema.json\n"
        "# What exists, by the address that it is to have in the state of mlops-dev, and its id for terraform import.\n"
        "# The synthesis says when it can go.\n"
        "imports:\n"
        '  azurerm_key_vault.key_vault: "/subscriptions/s/vault"\n'
        '  azuredevops_group.team["leads"]: "vssgp.a"\n'
    )


def test_what_somebody_wrote_stays_with_its_comments(tmp_path: Path, file: Path) -> None:
    theirs = (
        "# made by hand in March\n"
        "imports:\n"
        "  # the vault of before\n"
        "  azurerm_key_vault.key_vault: '/subscriptions/s/other'   # not the new one\n"
    )
    file.write_text(theirs)
    added = add_imports(tmp_path, "mlops-dev", FOUND)
    assert (added.new, added.others) == ([TEAM], {VAULT: "/subscriptions/s/vault"})
    assert file.read_text() == f'{theirs}  azuredevops_group.team["leads"]: "vssgp.a"\n'


def test_what_is_there_already_changes_nothing(tmp_path: Path) -> None:
    path = add_imports(tmp_path, "mlops-dev", FOUND).path
    before = (path.read_text(), path.stat().st_ino)
    assert add_imports(tmp_path, "mlops-dev", FOUND).new == []
    assert (path.read_text(), path.stat().st_ino) == before


def test_a_long_id_stays_on_its_line(tmp_path: Path) -> None:
    long = "/subscriptions/" + "a b/" * 200 + "c"
    path = add_imports(tmp_path, "mlops-dev", {VAULT: long}).path
    assert path.read_text().endswith(f'  {VAULT}: "{long}"\n')


@pytest.mark.parametrize(
    "text", ["imports: [", "", "imports:\n", "a: 1\n", "imports: [a]\n", "imports: *x\n", "\0"]
)
def test_a_mangled_file_is_left_alone(tmp_path: Path, file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(
        ImportsError, match=r"cannot be added to: it does not have the key imports with an id for each"
    ):
        add_imports(tmp_path, "mlops-dev", FOUND)
    assert file.read_text() == text


# --- When it can go ---------------------------------------------------------------------------------------------------


def note(tmp_path: Path, held: list[str] | str) -> str:
    state = tmp_path / "state"
    if isinstance(held, str):
        state.write_text(held)
    else:
        resources = [
            {"mode": "managed", "type": type_, "name": name, "instances": [{}]}
            for type_, name in (address.split(".") for address in held)
        ]
        state.write_text(json.dumps({"version": 4, "resources": resources}))
    entries = [(Path("config/imports/mlops-dev.yaml"), "mlops-dev", f"a.{name}") for name in "xy"]
    return notes_on_imports(entries, lambda _stack: state)


def test_a_file_can_go_once_the_state_holds_everything(tmp_path: Path) -> None:
    assert (
        note(tmp_path, ["a.x", "a.y", "a.z"])
        == "config/imports/mlops-dev.yaml can go: the state holds all that it names."
    )


def test_before_that_some_of_it_can(tmp_path: Path) -> None:
    assert (
        note(tmp_path, ["a.y"])
        == "In config/imports/mlops-dev.yaml these can go, for the state holds them: a.y"
    )


@pytest.mark.parametrize("held", [[], ["a.z"], "", "{"])
def test_nothing_is_said_while_the_state_holds_none_of_it(tmp_path: Path, held: list[str] | str) -> None:
    assert note(tmp_path, held) == ""
