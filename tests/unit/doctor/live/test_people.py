"""Who is in a team, read through the second door: in groups of groups, as far as they show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from client.devops.identities import IdentityRef
from client.services import Services, connect
from doctor.live.looking import Looking
from doctor.live.people import Members, People
from sandbox.cloud.faults import ANSWER
from sandbox.cloud.store import Cloud, Resource
from sandbox.rest.server import open_door
from sandbox.services.seed import seed

ANNA, BEN = "anna@contoso.com", "ben@contoso.com"
ENTRA = "aadgp.5c2a8f147b3e4d69a0c19e8d7f6a5b01"


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    """Leads are Anna, the Engineers and an Entra group; Engineers are Ben, and the Leads again."""
    cloud = seed(tmp_path / "cloud", groups=["Leads", "Engineers", "Nobody"], people=[ANNA, BEN])
    groups = {group.name: group for group in cloud.resources("azuredevops_group")}
    people = {user.name: user.attributes["descriptor"] for user in cloud.resources("azuredevops_user")}
    given = {**groups["Leads"].attributes, "display_name": "Contoso leads", "origin": "aad", "scope": None}
    cloud.write(Resource("azuredevops_group", ENTRA, {**given, "group_id": "entra-id", "members": []}))
    inside = {
        "Leads": [people[ANNA], groups["Engineers"].id, ENTRA],
        "Engineers": [people[BEN], groups["Leads"].id],
    }
    for name, members in inside.items():
        group = groups[name]
        cloud.write(replace(group, attributes={**group.attributes, "members": members}))
    return cloud


@pytest.fixture
def services(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with open_door(cloud, page_size=2) as door:
        for name, value in door.environment().items():
            monkeypatch.setenv(name, value)
        with connect("https://dev.azure.com/contoso", services=door.address, read_only=True) as opened:
            yield opened


def project(cloud: Cloud) -> str:
    return cloud.resources("azuredevops_project")[0].id


def test_members_of_groups_in_groups(cloud: Cloud, services: Services) -> None:
    looking = Looking()
    people = People(services, looking, project(cloud))

    def members(name: str) -> Members | None:
        descriptor = people.descriptor(name)
        assert descriptor
        return people.members(descriptor)

    both = Members(frozenset({ANNA, BEN}), ("Contoso leads",))
    assert members("leads") == both
    assert members("Engineers") == both
    assert members("Nobody") == Members(frozenset())
    assert members(ANNA.upper()) == Members(frozenset({ANNA}))
    assert people.members(ENTRA) == Members(frozenset(), ("Contoso leads",))
    assert people.descriptor("Strangers") is None
    # Roles name some by their storage key alone.
    (leads,) = [group for group in cloud.resources("azuredevops_group") if group.name == "Leads"]
    assert people.members_of(IdentityRef(leads.attributes["group_id"])) == both
    assert people.members_of(IdentityRef("", descriptor=leads.id)) == both
    assert people.members_of(IdentityRef("99999999-9999-4999-8999-999999999999")) is None
    assert looking.unseen == []


def test_ids_of_teams_and_people(cloud: Cloud, services: Services) -> None:
    people = People(services, Looking(), project(cloud))
    people.find_ids(["Leads", ANNA, "Strangers"])
    (leads,) = [group for group in cloud.resources("azuredevops_group") if group.name == "Leads"]
    (anna,) = [user for user in cloud.resources("azuredevops_user") if user.name == ANNA]
    assert (people.id("leads"), people.id(ANNA)) == (leads.attributes["group_id"], anna.id)
    assert people.id("Engineers") is None  # nobody asked
    assert people.id("Strangers") is None


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ANSWER, "403:memberships")


def test_members_that_cannot_be_seen(cloud: Cloud, refused: None, services: Services) -> None:
    looking = Looking()
    people = People(services, looking, project(cloud))
    descriptor = people.descriptor("Leads")
    assert descriptor
    assert people.members(descriptor) is None
    assert [item.what for item in looking.unseen] == ["the members of Leads"]
