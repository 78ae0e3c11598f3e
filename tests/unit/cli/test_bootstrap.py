"""``mlops bootstrap``: what it refuses, and where the state of a stack was before. The moves: ``tests/e2e``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cli.bootstrap import container, earlier_container
from deployment.stacks import Stack, read_stacks, state_stack
from deployment.state import StateError
from settings.loader import load_settings
from tests.project import SUBSCRIPTION, copy_configuration, fill_in_ids, make_state_storage
from tests.synthesized import synthesize_to
from tests.unit.cli.test_stacks import Project

OLD = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/old-rg/providers/Microsoft.Storage/storageAccounts/oldstate"
    "/blobServices/default/containers/tfstate"
)


@pytest.fixture(scope="module")
def in_azure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the stacks of a configuration that has the storage of its state made."""
    folder = tmp_path_factory.mktemp("bootstrap")
    config = copy_configuration(folder)
    fill_in_ids(config)
    make_state_storage(config)
    synthesize_to(load_settings(config), folder / "out")
    return folder / "out"


def test_without_a_storage_to_make_it_says_what_to_write(tmp_path: Path, written: Path) -> None:
    refused = Project(tmp_path, written).run("bootstrap")
    assert refused.returncode == 3
    assert "backend in config/platform.yaml has no create. docs/state.md tells" in refused.stderr


def test_state_that_is_still_in_a_file_is_moved_before_anything_is_planned(
    tmp_path: Path, in_azure: Path
) -> None:
    project = Project(tmp_path, in_azure)
    resource = {"mode": "managed", "type": "terraform_data", "name": "a", "instances": [{}]}
    state = tmp_path / ".state" / "terraform.mlops-dev.tfstate"
    state.parent.mkdir()
    state.write_text(json.dumps({"version": 4, "serial": 3, "lineage": "l", "resources": [resource]}))
    refused = project.run("deploy")
    assert refused.returncode == 3
    assert ".state/terraform.mlops-dev.tfstate holds 1 resource, serial 3, of " in refused.stderr
    assert refused.stderr.endswith("Move it there: make bootstrap\n")
    assert project.calls() == []
    assert project.run("deploy", "mlops-registry").returncode == 0
    state.write_text("{")
    assert "is no state of Terraform" in project.run("diff", "mlops-dev").stderr
    state.unlink()
    assert project.run("deploy").returncode == 0


def test_everything_but_the_state_is_destroyed_without_names(tmp_path: Path, in_azure: Path) -> None:
    project = Project(tmp_path, in_azure)
    project.say(
        "npx",
        "".join(
            f"mlops-{name}  Destroy complete! Resources: 1 destroyed.\n" for name in ("dev", "test", "prod")
        ),
    )
    done = project.run("destroy", "--auto-approve")
    assert done.returncode == 0, done.stderr
    assert not [call for call in project.calls() if "mlops-state" in call]
    assert "Left on purpose: mlops-state, with the state of all stacks." in done.stdout
    assert "DESTROY_PROTECTED=1 make destroy STACK=mlops-state" in done.stdout


def test_the_storage_says_nothing_about_who_approves(tmp_path: Path, in_azure: Path) -> None:
    project = Project(tmp_path, in_azure)
    project.say("npx", "mlops-state  Apply complete! Resources: 18 added, 0 changed, 0 destroyed.\n")
    after = project.run("deploy", "mlops-state").stdout.partition("What is there")[2]
    assert "storage account mlopsstateplans, mlopsstate" in " ".join(after.split())
    assert "may come in" not in after


def test_the_stack_of_the_state_is_known_by_the_registrys_name(in_azure: Path, written: Path) -> None:
    stacks = read_stacks(in_azure)
    found = state_stack(stacks)
    assert found and found.name == "mlops-state"
    assert state_stack(read_stacks(written)) is None
    # An environment may be called so.
    other = Stack("mlops-solid-state", in_azure, {})
    assert state_stack([stacks[0], other]) is None


def test_where_a_state_was_before(in_azure: Path) -> None:
    dev = next(stack for stack in read_stacks(in_azure) if stack.name == "mlops-dev")
    assert container(OLD, dev) == {
        "azurerm": {
            **dev.terraform["terraform"]["backend"]["azurerm"],
            "resource_group_name": "old-rg",
            "storage_account_name": "oldstate",
            "container_name": "tfstate",
            "key": "mlops-dev.tfstate",
        }
    }
    with pytest.raises(
        StateError, match=r"^tfstate is no id of a container. Allowed is /subscriptions/<GUID>/"
    ):
        container("tfstate", dev)


def note(folder: Path, kind: str, **config: str) -> Path:
    noted = folder / ".terraform" / "terraform.tfstate"
    noted.parent.mkdir(parents=True)
    noted.write_text(json.dumps({"version": 3, "backend": {"type": kind, "config": config}}))
    return noted


def test_a_container_that_a_stack_was_deployed_with_is_found_again(tmp_path: Path, in_azure: Path) -> None:
    dev = next(stack for stack in read_stacks(in_azure) if stack.name == "mlops-dev")
    here = Stack(dev.name, tmp_path, dev.terraform)
    assert earlier_container(here) == ""
    now = dev.terraform["terraform"]["backend"]["azurerm"]
    noted = note(tmp_path, "azurerm", **{**now, "use_azuread_auth": "true"})
    assert earlier_container(here) == ""
    shutil.rmtree(noted.parent)
    note(tmp_path, "azurerm", **container(OLD, dev)["azurerm"])
    assert earlier_container(here) == OLD
    assert container(OLD, dev)["azurerm"]["container_name"] == "tfstate"


def test_a_move_from_another_container_is_asked_for_by_its_id(tmp_path: Path, in_azure: Path) -> None:
    project = Project(tmp_path, in_azure)
    dev = next(stack for stack in read_stacks(in_azure) if stack.name == "mlops-dev")
    note(project.out / "stacks" / "mlops-dev", "azurerm", **container(OLD, dev)["azurerm"])
    program = tmp_path / "programs" / "terraform"
    # It has state of the state stack, and of no other.
    state = '{"version": 4, "serial": 1, "lineage": "l", "resources": []}'
    program.write_text(
        "#!/bin/sh\n"
        f"[ \"$1 $2\" = 'state pull' ] && grep -q mlops-state.tfstate backend.tf.json && echo '{state}'\nexit 0\n"
    )
    refused = project.run("bootstrap", "--auto-approve")
    assert refused.returncode == 3
    assert refused.stderr == (
        "mlops-dev was deployed from here with its state in another container. Move the state of all stacks from "
        f"there: make bootstrap FROM={OLD}\n"
    )


def test_a_local_backend_without_state_is_forgotten(tmp_path: Path, in_azure: Path) -> None:
    project = Project(tmp_path, in_azure)
    dev, test = (
        note(project.out / "stacks" / f"mlops-{name}", kind, path="../../../.state/terraform.tfstate")
        for name, kind in (("dev", "local"), ("test", "azurerm"))
    )
    assert project.run("deploy").returncode == 0
    assert (dev.exists(), test.exists()) == (False, True)


def test_terraforms_own_words_are_shown_where_the_state_cannot_be_reached(
    tmp_path: Path, in_azure: Path
) -> None:
    project = Project(tmp_path, in_azure)
    program = tmp_path / "programs" / "terraform"
    program.write_text(
        "#!/bin/sh\n[ $1 = version ] && exit\n"
        'echo "│ Error: Failed to get existing workspaces: 403 Forbidden" >&2; exit 1\n'
    )
    refused = project.run("bootstrap")
    assert refused.returncode == 3
    assert refused.stderr.startswith(
        "Error: Terraform cannot get at the state.\nError: Failed to get existing workspaces: 403 Forbidden\nSign in"
    )
