"""Every type that has files in the cloud can be read through the door, with all that the files say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from facts.reader import facts
from sandbox.cloud.store import Cloud, Resource
from sandbox.rest.azure.bodies import PARTS, SHAPES
from sandbox.rest.server import open_door
from sandbox.services.azure import arm
from sandbox.services.azure.hub import add
from sandbox.services.seed import seed
from tests.read_back import differences
from tests.unit.sandbox.rest.visitor import Visitor
from tests.unit.sandbox.test_declarations import new_one

AZURE = sorted(facts("azurerm").resources)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Cloud:
    """A cloud with one of each type of azurerm, with every argument that has to be set and one of each block."""
    folder = tmp_path_factory.mktemp("everything") / "cloud"
    for type_name in AZURE:
        new_one(type_name, folder)
    cloud = seed(folder, project=None, subscriptions=["s"])
    for resource in cloud.resources():
        for place in arm.ancestors(resource.id):
            if place.lower() not in arm.index(cloud):
                add(cloud, "azapi_resource", place, _place(place))
    return cloud


def _place(arm_id: str) -> dict[str, str]:
    return {"type": "P/types@2024-01-01", "name": arm_id.rpartition("/")[2], "location": "eastus"}


@pytest.fixture(scope="module")
def found(everything: Cloud) -> Iterator[list[str]]:
    with pytest.MonkeyPatch.context() as patch, open_door(everything) as door:
        for name, value in door.environment().items():
            patch.setenv(name, value)
        yield differences(everything, Visitor(door.address))


@pytest.mark.parametrize("type_name", AZURE)
def test_what_terraform_writes_is_read_back(everything: Cloud, found: list[str], type_name: str) -> None:
    assert everything.resources(type_name)
    assert [text for text in found if text.startswith(f"{type_name} ")] == []


def test_every_type_of_azure_is_answered_by_itself_or_as_a_part_of_another() -> None:
    assert SHAPES.keys() - {"azurerm_subscription"} | PARTS.keys() == set(AZURE)
    assert set(PARTS.values()) <= SHAPES.keys()


def test_a_type_that_nobody_reads_is_named(cloud: Cloud, visitor: Visitor) -> None:
    (project,) = cloud.resources("azuredevops_project")
    cloud.write(Resource("azuredevops_wiki", "1", {"project_id": project.id, "name": "wiki"}))
    assert differences(cloud, visitor) == [
        "azuredevops_wiki is not read: say in tests/read_back.py how it is"
    ]
