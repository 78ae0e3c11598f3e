"""What people may do in Azure."""

from __future__ import annotations

from tests.project import DEVELOPERS, ON_CALL
from tests.synthesized import Stack, role_name

Stacks = dict[str, Stack]
WORKSPACE = "${azurerm_machine_learning_workspace.workspace.id}"
GROUP = "${azurerm_resource_group.resource_group.id}"
LOOKS = [
    (WORKSPACE, "Reader"),
    (GROUP, "Storage Blob Data Reader"),
    (GROUP, "Storage File Data Privileged Reader"),
]
TRAINS = [
    (WORKSPACE, "AzureML Data Scientist"),
    (WORKSPACE, "Reader"),
    (GROUP, "Storage Blob Data Contributor"),
    (GROUP, "Storage File Data Privileged Contributor"),
]
OPERATES = [(WORKSPACE, "AzureML Compute Operator"), (GROUP, "Monitoring Reader"), *LOOKS]


def granted(stack: Stack, group: str) -> list[tuple[str, str]]:
    """Return what a group of people is given: scopes, as references, and roles."""
    found = [
        body for body in stack.resources("azurerm_role_assignment").values() if body["principal_id"] == group
    ]
    assert all(body["principal_type"] == "Group" for body in found)
    return sorted((body["scope"], role_name(body)) for body in found)


def test_nobody_gets_a_role_by_itself(stacks: Stacks) -> None:
    for stack in stacks.values():
        for body in stack.resources("azurerm_role_assignment").values():
            assert body["principal_type"] == "ServicePrincipal"


def test_each_group_gets_the_roles_of_its_words(variant: Stacks) -> None:
    assert granted(variant["mlops-prod"], DEVELOPERS) == sorted(LOOKS)
    assert granted(variant["mlops-staging"], ON_CALL) == sorted(OPERATES)
    assert granted(variant["mlops-dev"], DEVELOPERS) == []


def test_a_team_stands_for_its_entra_group(company: Stacks) -> None:
    developers, seniors = (f"5c2a8f14-7b3e-4d69-a0c1-9e8d7f6a5b0{number}" for number in (1, 2))
    assert granted(company["mlops-dev"], developers) == sorted(TRAINS)
    prod = company["mlops-prod"]
    assert granted(prod, developers) == granted(prod, seniors)
    assert [role for _, role in granted(prod, developers)] == [role for _, role in sorted(LOOKS)]
    assert [role for _, role in granted(company["mlops-registry"], developers)] == ["Reader"]


def test_what_two_words_of_a_group_have_in_common_is_assigned_once(variant: Stacks) -> None:
    both = granted(variant["mlops-staging"], DEVELOPERS)
    assert both == sorted({*TRAINS, *OPERATES})


def test_every_group_reads_the_registry_and_once(variant: Stacks) -> None:
    for group in (DEVELOPERS, ON_CALL):
        assert granted(variant["mlops-registry"], group) == [(GROUP, "Reader")]


def test_the_address_of_a_role_names_its_group(variant: Stacks) -> None:
    names = variant["mlops-prod"].resources("azurerm_role_assignment")
    assert f"access_{DEVELOPERS}_workspace_reader" in names


def test_no_lock_holds_what_people_may_do(variant: Stacks) -> None:
    for stack in variant.values():
        locked = {body["scope"] for body in stack.resources("azurerm_management_lock").values()}
        for group in (DEVELOPERS, ON_CALL):
            assert not locked & {scope for scope, _ in granted(stack, group)}
