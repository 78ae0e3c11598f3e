"""The screen after a failure: error, stack and resource first, then what stands, what to run, the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployment.failure import failure, shown, wrapped
from deployment.output import Output
from tests.unit.deployment.printed import FAILED, STACKS


def screen(text: str, seconds: float = 65, interrupts: int = 0) -> str:
    now = [0.0]
    output = Output(STACKS, clock=lambda: now[0])
    for line in text.split("\n"):
        output.read(line)
    output.end(failed=True)
    now[0] = seconds
    return failure(
        output,
        "cdktf deploy",
        log=Path("/logs/deploy.log"),
        again="make deploy",
        recover="read this.",
        interrupts=interrupts,
    )


def test_the_error_comes_first_and_the_rest_fits_on_a_screen() -> None:
    assert wrapped(screen(FAILED), 80).split("\n") == [
        "mlops-dev, azurerm_key_vault.key_vault:",
        '  the vault name "mlops-dev-keyvault" is taken',
        "  Vault names are taken across all of Azure. Choose another one, or purge the",
        "  vault that was deleted.",
        "",
        "What stands after 1:05 minutes:",
        "  mlops-registry  not begun",
        "  mlops-dev       stopped: 2 of 4 changes are made",
        "  mlops-test      done: no changes",
        "  mlops-prod      not begun",
        "",
        "Next: put right what the error says, and go on from here: make deploy",
        "Log:  /logs/deploy.log",
    ]


def test_without_an_error_of_terraform_cdktf_has_the_word() -> None:
    text = screen("Usage Error: Can't find given stack 'x'\nmlops-dev  Initializing the backend...")
    assert text.startswith("cdktf deploy failed:\n  Usage Error: Can't find given stack 'x'\n\n")
    assert "mlops-dev       stopped before anything was changed\n" in text
    assert screen("").startswith("cdktf deploy failed:\n  It said nothing.\n")


GONE = """\
mlops-dev  Plan: 9 to add, 0 to change, 0 to destroy.
mlops-dev  azurerm_key_vault.key_vault (key_vault): Creating...
           azurerm_storage_account.storage (storage): Creating...
mlops-dev  Error: Plugin did not respond

           The plugin encountered an error.

           Error: Plugin did not respond

           The plugin encountered an error.
"""


def test_a_provider_that_is_gone_names_no_resource_but_what_was_begun_is_told() -> None:
    assert screen(GONE).split("\n")[:8] == [
        "mlops-dev:",
        "  Plugin did not respond",
        "  The plugin encountered an error.",
        "",
        "mlops-dev, begun and not ended:",
        "  azurerm_key_vault.key_vault",
        "  azurerm_storage_account.storage",
        "",
    ]


def test_however_many_words_it_dies_with_what_was_begun_is_told() -> None:
    cancelled = "".join(f"\n           Error: Request {number} was cancelled\n" for number in range(3))
    told = screen(GONE + cancelled).split("\n")
    assert told.index("1 more are in the log.") < told.index("mlops-dev, begun and not ended:")
    assert "  azurerm_key_vault.key_vault" in told


def test_a_word_that_is_wider_stays_where_it_is_to_be_looked_for() -> None:
    assert wrapped("  " + "x" * 90, 80) == "  " + "x" * 90


def test_many_errors_are_not_a_wall() -> None:
    errors = "\n".join(
        f"mlops-prod  Error: no {n}\n\n            with azurerm_subnet.s{n} (s{n})," for n in range(40)
    )
    lines = screen(errors).split("\n")
    assert len(lines) < 24
    assert "37 more are in the log." in lines


@pytest.mark.parametrize("width", [40, 80, 200])
def test_nothing_but_commands_is_wider_than_the_terminal(width: int) -> None:
    text = screen(FAILED.replace("is taken", "is taken " * 40))
    command = "Next: " + "x" * 300
    lines = wrapped(f"{text}\n{command}", width).split("\n")
    assert command in lines
    assert max(len(line) for line in lines if not line.startswith("Next: ")) <= max(
        width, 49
    )  # a row of the table


def test_a_path_is_shown_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(tmp_path / "logs" / "a.log") == "logs/a.log"
    assert shown(Path("/elsewhere/a.log")) == "/elsewhere/a.log"


def test_who_interrupts_it_is_told_what_stands_and_no_errors_that_come_of_it() -> None:
    halted = "mlops-dev  Plan: 9 to add, 0 to change, 0 to destroy.\nmlops-dev  Error: execution halted\n"
    assert screen(halted, interrupts=1).split("\n") == [
        "Interrupted. Terraform has ended what it had begun, and its state has it.",
        "",
        "What stands after 1:05 minutes:",
        "  mlops-registry  not begun",
        "  mlops-dev       stopped: 0 of 9 changes are made",
        "  mlops-test      not begun",
        "  mlops-prod      not begun",
        "",
        "Next: go on from here: make deploy",
        "Log:  /logs/deploy.log",
    ]


def test_who_interrupts_it_twice_is_told_what_may_be_lost() -> None:
    assert screen("", interrupts=2).startswith(
        "Interrupted more than once: Terraform gave up at once. What it had begun may be there, and its state may lack "
        "it: read this.\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        'a resource with the ID "/subscriptions/s" already exists - to be managed via Terraform this resource needs to',
        "TF50632: The group Leads already exists.",
        "unexpected status 409 (409 Conflict) with error: RoleAssignmentExists: The role assignment already exists",
        "RoleDefinitionWithSameNameExists: A custom role with the same name",
        "VaultAlreadyExists: The vault name 'a' is already in use",
    ],
)
def test_what_is_there_already_has_a_way_into_the_state(words: str) -> None:
    text = f"mlops-dev  Error: {words}\n\n           with azurerm_key_vault.key_vault (key_vault),\n"
    assert "\nSomething is there, and the state lacks it: read this.\n" in screen(text)
    assert "the state lacks it" not in screen(text.replace("xist", "x").replace("in use", ""))


# By Terraform 1.11's azurerm backend: where there is no account, no container, and where something else is wrong.
@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("dial tcp: lookup mlopsstate.blob.core.windows.net on 10.0.0.1:53: no such host", True),
        ('Failed to get existing workspaces: containers.Client#ListBlobs: Code="ContainerNotFound"', True),
        ("dial tcp: lookup management.azure.com on 10.0.0.1:53: no such host", False),
        ('containers.Client#ListBlobs: Code="AuthorizationPermissionMismatch"', False),
    ],
)
def test_state_that_has_no_storage_yet(words: str, missing: bool) -> None:
    shown = screen(f"mlops-dev  Error: {words}\n")
    assert ("The storage of this state is not there: make bootstrap makes it." in shown) == missing
