"""Entra groups in teams."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack

from constructs_lib.devops.project import Project
from settings.models.platform import AzureDevOps, Team
from settings.models.platform import Project as ProjectSettings
from tests.unit.constructs.examples import synthesized

LEADS = "AAAAAAAA-0000-4000-8000-000000000001"
ALL = "azuredevops_group.entra"


def written(
    stack: TerraformStack, teams: dict[str, Team], *, create: bool = True, forget: bool = False
) -> Any:
    Project(
        stack,
        "project",
        settings=AzureDevOps(
            organization_url="https://dev.azure.com/contoso",
            project=ProjectSettings(name="mlops", create=False),
        ),
        teams=teams,
        pipelines={},
        create=create,
        protect=False,
        forget_entra_groups=forget,
    )
    return synthesized(stack)


def team(name: str, group: str | None = None, *, create: bool = True) -> Team:
    return Team(name=name, create=create, entra_group=group)


def forgotten(stack: Any) -> list[str]:
    assert all(block["lifecycle"] == {"destroy": False} for block in stack.terraform["removed"])
    return [block["from"] for block in stack.terraform["removed"] if ".team_" not in block["from"]]


def test_a_group_is_a_member_of_its_team_and_leaves_the_others_in_it(stack: TerraformStack) -> None:
    found = written(stack, {"leads": team("Leads", LEADS)})
    # Azure DevOps answers in small letters, and what differs would make the group anew.
    assert found.at(f"{ALL}.for_each") == {"leads": LEADS.lower()}
    assert found.at(f"{ALL}.origin_id") == "${each.value}"
    assert found.at("azuredevops_group_membership.team-leads") == {
        "group": '${azuredevops_group.team["leads"].descriptor}',
        "members": ['${azuredevops_group.entra["leads"].descriptor}'],
        "mode": "add",
    }


def test_no_word_destroys_an_entra_group(stack: TerraformStack) -> None:
    found = written(stack, {"leads": team("Leads", LEADS)})
    assert found.at("azuredevops_group.team.lifecycle.prevent_destroy") is False
    assert found.at(f"{ALL}.lifecycle") == {"prevent_destroy": True, "ignore_changes": ["description"]}


def test_two_teams_with_one_group_make_it_known_once(stack: TerraformStack) -> None:
    found = written(
        stack, {"qa": team("QA", LEADS), "leads": team("Leads", LEADS.lower()), "ops": team("Operations")}
    )
    # By the alphabet, so that another order in the file changes nothing.
    assert list(found.at(f"{ALL}.for_each")) == ["leads"]
    memberships = found.resources("azuredevops_group_membership")
    known = ['${azuredevops_group.entra["leads"].descriptor}']
    assert {name: body["members"] for name, body in memberships.items()} == {
        "team-qa": known,
        "team-leads": known,
    }
    # A team without a group may have had one, and so may one that is not the first with its group any more.
    assert forgotten(found) == ["azuredevops_project.project", f"{ALL}_qa", f"{ALL}_ops"]
    moved = [block for block in found.terraform["moved"] if block["from"].startswith(ALL)]
    assert moved == [{"from": f'{ALL}["{key}"]', "to": f"{ALL}_{key}"} for key in ("qa", "ops")]


def test_a_team_that_is_there_already_gets_its_group_too(stack: TerraformStack) -> None:
    found = written(stack, {"leads": team("Leads", LEADS, create=False)})
    assert found.at("azuredevops_group_membership.team-leads.group") == (
        "${data.azuredevops_group.team_leads.descriptor}"
    )


@pytest.mark.parametrize("group", [None, LEADS])
def test_without_groups_or_before_a_destruction_all_that_were_there_are_forgotten(
    stack: TerraformStack, group: str | None
) -> None:
    found = written(stack, {"leads": team("Leads", group)}, forget=group is not None)
    assert list(found.resources("azuredevops_group")) == ["team"]
    assert found.resources("azuredevops_group_membership") == {}
    gone = [block["from"] for block in found.terraform["removed"]]
    memberships = ["azuredevops_group_membership.team-leads"] if group else []
    assert gone == ["azuredevops_project.project", ALL, *memberships]


def test_other_stacks_know_of_no_entra_group(stack: TerraformStack) -> None:
    found = written(stack, {"leads": team("Leads", LEADS)}, create=False)
    assert "resource" not in found.terraform
    assert "removed" not in found.terraform
