"""Azure DevOps: Entra groups, memberships and people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.cloud.store import Cloud
from sandbox.services.seed import seed
from tests.unit.sandbox.client import Client, RefusedError, Values

ENTRA = "5c2a8f14-7b3e-4d69-a0c1-9e8d7f6a5b01"


@pytest.fixture
def team(devops: Client, project_id: str) -> Values:
    return devops.create("azuredevops_group", scope=project_id, display_name="Leads")


@pytest.fixture
def entra(devops: Client) -> Values:
    return devops.create("azuredevops_group", origin_id=ENTRA)


def members(cloud: Cloud, group: Values) -> list[str]:
    found = cloud.find(group["id"], "azuredevops_group")
    assert found
    return list(found.attributes["members"])


def nest(devops: Client, team: Values, *others: Values) -> Values:
    return devops.create(
        "azuredevops_group_membership",
        group=team["descriptor"],
        members=[other["descriptor"] for other in others],
    )


def test_an_entra_group_is_made_known_once(devops: Client, cloud: Cloud, entra: Values) -> None:
    again = devops.create("azuredevops_group", origin_id=ENTRA)
    assert (again["id"], again["group_id"]) == (entra["id"], entra["group_id"])
    assert entra["descriptor"].startswith("aadgp.")
    found = [item for item in cloud.resources("azuredevops_group") if item.attributes["origin"] == "aad"]
    assert len(found) == 1


def test_what_entra_says_of_it_is_read_back(devops: Client, entra: Values) -> None:
    """So that who does not ignore the description plans to take it away."""
    found = devops.read("azuredevops_group", entra)
    assert found is not None
    assert found["description"]
    planned = devops.plan("azuredevops_group", found, origin_id=ENTRA)
    assert planned.state is not None
    assert (planned.state["description"], planned.replace) == (None, [])
    # The object id comes back in small letters.
    assert devops.plan("azuredevops_group", entra, origin_id=ENTRA.upper()).replace == ["origin_id"]


def test_no_data_source_finds_an_entra_group(devops: Client, entra: Values) -> None:
    with pytest.raises(RefusedError, match="Could not find Group with Name"):
        devops.look_up("azuredevops_group", name=entra["display_name"])


def test_destroying_an_entra_group_deletes_it_for_the_whole_organization(
    devops: Client, cloud: Cloud, team: Values, entra: Values
) -> None:
    other = devops.create("azuredevops_project", name="of others")["id"]
    theirs = devops.create("azuredevops_group", scope=other, display_name="Theirs")
    for group in (team, theirs):
        nest(devops, group, entra)
    devops.destroy("azuredevops_group", entra)
    assert devops.read("azuredevops_group", entra) is None
    assert [members(cloud, group) for group in (team, theirs)] == [[], []]


def test_a_membership_adds_and_takes_out_its_own_members_alone(
    devops: Client, cloud: Cloud, team: Values, entra: Values
) -> None:
    membership = nest(devops, team, entra)
    assert membership["mode"] == "add"
    added = cloud.find(team["id"], "azuredevops_group")
    assert added
    with cloud.locked():
        cloud.write(replace(added, attributes={**added.attributes, "members": [entra["id"], "aad.somebody"]}))
    assert devops.read("azuredevops_group_membership", membership) == membership
    devops.destroy("azuredevops_group_membership", membership)
    assert members(cloud, team) == ["aad.somebody"]


def test_a_member_that_somebody_took_out_is_put_back(
    devops: Client, cloud: Cloud, team: Values, entra: Values
) -> None:
    membership = nest(devops, team, entra)
    group = cloud.find(team["id"], "azuredevops_group")
    assert group
    with cloud.locked():
        cloud.write(replace(group, attributes={**group.attributes, "members": []}))
    found = devops.read("azuredevops_group_membership", membership)
    assert found is not None
    assert found["members"] == []
    devops.change(
        "azuredevops_group_membership", found, group=team["descriptor"], members=[entra["descriptor"]]
    )
    assert members(cloud, team) == [entra["descriptor"]]


def test_a_membership_goes_with_its_group(devops: Client, team: Values, entra: Values) -> None:
    membership = nest(devops, team, entra)
    devops.destroy("azuredevops_group", team)
    assert devops.read("azuredevops_group_membership", membership) is None


def test_nobody_that_the_organization_does_not_know_becomes_a_member(devops: Client, team: Values) -> None:
    with pytest.raises(RefusedError, match=r"VS403283: .* aadgp\.unknown") as refused:
        nest(devops, team, {"descriptor": "aadgp.unknown"})
    assert refused.value.attributes == ["members"]


def test_people_are_found_by_the_whole_name_that_they_sign_in_with(
    devops: Client, cloud: Cloud, project_id: str
) -> None:
    seed(cloud.folder, project=None, subscriptions=(), people=["anna@contoso.com", "joanna@contoso.com"])
    (anna,) = devops.look_up("azuredevops_users", principal_name="Anna@contoso.com")["users"]
    assert (anna["principal_name"], anna["origin"]) == ("anna@contoso.com", "aad")
    assert anna["id"] != anna["origin_id"]
    environment = devops.create("azuredevops_environment", project_id=project_id, name="prod")
    arguments = {
        "project_id": project_id,
        "target_resource_id": environment["id"],
        "target_resource_type": "environment",
    }
    with pytest.raises(
        RefusedError, match=f"could not find the identity {anna['origin_id']}|{anna['origin_id']}"
    ):
        devops.create("azuredevops_check_approval", **arguments, approvers=[anna["origin_id"]])
    devops.create("azuredevops_check_approval", **arguments, approvers=[anna["id"]])


def test_nobody_is_an_answer(devops: Client) -> None:
    assert devops.look_up("azuredevops_users", principal_name="nobody@contoso.com")["users"] == []
