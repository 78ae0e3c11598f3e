"""How far each stack is, read from what cdktf and Terraform print."""

from __future__ import annotations

import pytest

from deployment.output import Output, Phase, minutes, plain, plan_in
from tests.unit.deployment.printed import DEPLOYED, FAILED, OF_TERRAFORM, ON_A_TERMINAL, STACKS


def read(text: str, output: Output | None = None) -> Output:
    output = output or Output(STACKS)
    for line in text.split("\n"):
        output.read(line)
    return output


def test_a_stack_goes_from_phase_to_phase() -> None:
    output, phases = Output(STACKS), []
    for line in DEPLOYED.split("\n"):
        output.read(line)
        phase = output.stacks["mlops-registry"].phase
        if phase not in phases:
            phases.append(phase)
    assert phases == [Phase.INITIALIZING, Phase.PLANNING, Phase.APPLYING, Phase.DONE]
    progress = output.stacks["mlops-registry"]
    assert (progress.plan, progress.planned) == ("2 to add, 0 to change, 0 to destroy", 2)
    assert (progress.done, progress.result) == (2, "2 added, 0 changed, 0 destroyed")
    assert progress.begun == []
    assert output.finished() == ["mlops-registry"]
    assert output.stacks["mlops-dev"].phase is Phase.WAITING


def test_an_error_has_its_stack_its_resource_and_its_words() -> None:
    output = read(FAILED)
    part = DEPLOYED.partition("azurerm_resource_group.resource_group (resource_group): Creating")[0]
    assert read(part).stacks["mlops-registry"].begun == ['azuredevops_group.team["leads"]']
    output.end(failed=True)
    progress = output.stacks["mlops-dev"]
    (error,) = progress.errors
    assert error.address == "azurerm_key_vault.key_vault"
    assert error.paragraphs() == [
        'the vault name "mlops-dev-keyvault" is taken',
        "Vault names are taken across all of Azure. Choose another one, or purge the vault that was deleted.",
    ]
    # What was begun before goes on.
    assert (progress.phase, progress.done, progress.planned) == (Phase.FAILED, 2, 4)
    assert progress.begun == ["azurerm_key_vault.key_vault"]
    assert output.stacks["mlops-test"].result == "no changes"
    assert output.stacks["mlops-prod"].phase is Phase.WAITING
    assert output.last_lines == ["Invoking Terraform CLI failed with exit code 1"]


def test_a_command_that_fails_has_failed_in_what_is_not_done() -> None:
    output = read("mlops-dev  Initializing the backend...")

    def phases() -> list[Phase]:
        return [output.stacks[name].phase for name in ("mlops-dev", "mlops-prod")]

    output.end(failed=False)
    assert phases() == [Phase.INITIALIZING, Phase.WAITING]
    output.end(failed=True)
    assert phases() == [Phase.FAILED, Phase.WAITING]


def test_what_cdktf_draws_on_a_terminal_is_read_too() -> None:
    output = read(ON_A_TERMINAL)
    assert output.stacks["mlops-dev"].begun == ['azuredevops_group.team["leads"]']
    assert output.stacks["mlops-dev"].result == "1 added, 0 changed, 0 destroyed"
    assert plain("1 Stack deploying     0 Stacks done     0 Stacks waiting\r") == ""


def test_terraform_alone_names_no_stack() -> None:
    output = read(OF_TERRAFORM, Output(["mlops-old"], only="mlops-old"))
    (error,) = output.stacks["mlops-old"].errors
    assert error.paragraphs() == [
        "Instance cannot be destroyed",
        "Resource terraform_data.kept has lifecycle.prevent_destroy set.",
    ]


def test_a_stack_whose_name_begins_another_one() -> None:
    output = read("mlops-dev-2  No changes. Nothing to do.", Output(["mlops-dev", "mlops-dev-2"]))
    assert output.finished() == ["mlops-dev-2"]


def test_times_of_a_stack() -> None:
    now = [10.0]
    output = Output(["mlops-dev"], clock=lambda: now[0])
    now[0] = 15
    output.read("mlops-dev  Initializing the backend...")
    now[0] = 80
    output.read("mlops-dev  No changes. Nothing to do.")
    progress = output.stacks["mlops-dev"]
    assert (output.began, progress.began, progress.ended) == (10, 15, 80)
    assert minutes(65.9) == "1:05"


@pytest.mark.parametrize("begins", ["Terraform used the selected providers to", "No changes. Your"])
def test_the_plan_alone(begins: str) -> None:
    printed = f"mlops-dev  Initializing the backend...\nmlops-dev  {begins} x\n  + y\n"
    assert plan_in(printed) == f"mlops-dev  {begins} x\n  + y\n"
    assert plan_in("nothing of it\n") == "nothing of it\n"
