"""The screenful at the end: names, what may happen where, who approves it, what comes next."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from deployment.stacks import Stack, read_stacks
from deployment.summary import gate, summarize, teams
from tests.guide.tables import APPROVALS
from tests.synthesized import Stack as Synthesized


@pytest.fixture(scope="module")
def read(written: Path) -> list[Stack]:
    return read_stacks(written)


def printed(stacks: list[Stack], steps: list[str], width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    summarize(console, stacks, steps)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_stacks_are_shown_from_the_registry_to_prod(read: list[Stack]) -> None:
    assert [stack.name for stack in read] == ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"]
    text = printed(read, [])
    places = [text.index(stack.name) for stack in read]
    assert places == sorted(places)


def test_what_may_happen_where_is_what_the_guide_says(read: list[Stack]) -> None:
    gates = {found.stack: found for found in map(gate, read)}
    assert {name: found.training for name, found in gates.items()} == {
        "mlops-registry": None,
        "mlops-dev": True,
        "mlops-test": False,
        "mlops-prod": False,
    }
    assert {name: found.branches for name, found in gates.items()} == {
        "mlops-registry": ["develop"],
        "mlops-dev": ["develop"],
        "mlops-test": ["release/*"],
        "mlops-prod": ["main"],
    }
    for _, stack, _, approvers, *_ in APPROVALS:
        assert gates[stack].approvers == approvers
    assert gates["mlops-dev"].approvers == []
    assert gates["mlops-prod"].approvals == 2


def test_names_are_there_and_no_counts(read: list[Stack]) -> None:
    words = " ".join(printed(read, ["make diff"]).split())
    for name in (
        *("mlops-central-registry", "mlopsstorage", "registry-promotion", "mlops-shared-variables"),
        *(
            "mlops-dev-workspace",
            "dev-training-cluster 0-4 nodes",
            "dev-scoring-cluster 0-2 nodes",
            "mlops-dev-keyvault",
        ),
        *("mlops-prod-network", "mlops-prod-backup", "prod-scoring-cluster 2-8 nodes", "Azure-MLOps-Prod"),
    ):
        assert name in words
    assert "Senior engineers and Platform lead" in words
    assert "nobody: it runs at once" in words
    assert words.endswith("Next 1. make diff")


def test_a_company_sees_its_workstations_and_who_trains(company: dict[str, Synthesized]) -> None:
    dev = Stack("mlops-dev", Path(), company["mlops-dev"].terraform)
    words = " ".join(printed([dev], [], 200).split())
    assert "dev-gpu-cluster 0-2 nodes" in words
    assert "workstation dev-anna, dev-ben" in words
    assert gate(dev).training is True


@pytest.mark.parametrize("width", [80, 120])
def test_it_is_a_screenful(read: list[Stack], width: int) -> None:
    lines = printed(read, ["one", "two"], width).split("\n")
    assert max(map(len, lines)) <= width
    assert len(lines) <= 50
    assert "\x1b" not in "".join(lines)


def test_a_command_stays_in_one_piece(read: list[Stack]) -> None:
    command = "make deploy STACK=" + "mlops-x " * 20
    assert f"1. {command}" in printed(read, [command])


def test_only_what_was_deployed(read: list[Stack]) -> None:
    text = printed(read[:2], [])
    assert "mlops-dev-workspace" in text
    assert "mlops-prod" not in text


def test_teams_that_are_created_are_those_to_fill(read: list[Stack]) -> None:
    assert "ML team leads" in teams(read)
    assert teams(read[1:]) == []


def test_a_team_with_an_entra_group_is_not_one_to_fill(company: dict[str, Synthesized]) -> None:
    registry = company["mlops-registry"].terraform
    empty = teams([Stack("mlops-registry", Path(), registry)])
    assert "Leads" in empty
    assert "ML team leads" not in empty
    # Nor is the Entra group itself a team.
    assert len(empty) == 3


def test_a_person_goes_by_the_name_that_the_person_signs_in_with(company: dict[str, Synthesized]) -> None:
    found = gate(Stack("mlops-prod", Path(), company["mlops-prod"].terraform))
    assert found.approvers == ["Senior engineers", "Platform lead", "anna.maier@contoso.com"]


def test_branches_of_an_agent_pool_are_not_let_into_the_registry(company: dict[str, Synthesized]) -> None:
    registry = company["mlops-registry"]
    targets = [
        body["target_resource_type"]
        for body in registry.resources("azuredevops_check_branch_control").values()
    ]
    assert "queue" in targets
    assert gate(Stack("mlops-registry", Path(), registry.terraform)).branches == ["develop"]


def test_who_approves_infrastructure_says_nothing_of_models(company: dict[str, Synthesized]) -> None:
    registry = company["mlops-registry"]
    checks = registry.resources("azuredevops_check_approval")
    assert any("infrastructure" in name for name in checks)
    asked = [body["approvers"] for name, body in checks.items() if name == "promotion_approval"]
    found = gate(Stack("mlops-registry", Path(), registry.terraform))
    assert (len(found.approvers), found.allows) == (len(asked[0]), "promotion")


def approved_by(approvers: list[str], minimum: int) -> str:
    check = {
        "target_resource_type": "environment",
        "approvers": approvers,
        "minimum_required_approvers": minimum,
    }
    terraform = {
        "resource": {
            "azuredevops_check_approval": {"a": check},
            "azuredevops_group": {"g": {"display_name": "Leads"}},
        }
    }
    return " ".join(printed([Stack("s", Path(), terraform)], [], 200).split())


def test_people_teams_and_how_many_of_them() -> None:
    leads, person = "${azuredevops_group.g.group_id}", "12345678-1234-4234-8234-123456789abc"
    assert approved_by([leads, person], 1).endswith(f"any Leads or {person} Next")
    assert approved_by([leads, person], 2).endswith(f"any Leads and {person} Next")
    assert approved_by([leads, person, "x"], 2).endswith(f"any 2 of: Leads, {person}, x Next")
