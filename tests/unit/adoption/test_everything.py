"""Whatever the configurations deploy is found again through the door, by what the Terraform says of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

import pytest

from adoption.azure import Azure
from adoption.devops import DevOps
from adoption.outcome import Found
from adoption.search import Search
from adoption.wanted import Terraform
from client.services import connect
from deployment.stacks import Stack
from sandbox.cloud.request import Account, Request
from sandbox.cloud.store import CLOUD_VARIABLE, Cloud
from sandbox.commands.stacks import seed_for
from sandbox.rest.server import open_door
from sandbox.services.types import resource_type
from tests.synthesized import Stack as Synthesized
from tests.unit.adoption.deployed import Deployment, stack_of

DEPLOYER = "azurerm_role_assignment.deployer"
"""The role of whoever deploys: who that is, no service tells."""

Platform = tuple[Cloud, list[Stack]]


@pytest.fixture(scope="module", params=["stacks", "company"])
def platform(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A configuration, deployed: the registry, one environment, and what holds their state."""
    synthesized: Mapping[str, Synthesized] = request.getfixturevalue(request.param)
    names = [f"mlops-{name}" for name in ("state", "registry", "prod")]
    stacks = [stack_of(synthesized[name]) for name in names if name in synthesized]
    folder = tmp_path_factory.mktemp("deployed") / "cloud"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CLOUD_VARIABLE, str(folder))
        seed_for(folder, stacks)
        for stack in stacks:
            Deployment(stack).run()
        with open_door(Cloud(folder)) as door:
            for name, value in door.environment().items():
                patch.setenv(name, value)
            yield Cloud(folder), stacks


def test_it_is_all_found_and_each_id_imports_it(platform: Platform) -> None:
    cloud, stacks = platform
    types = set()
    with connect(
        "https://dev.azure.com/contoso", services=os.environ["MLOPS_SERVICES"], read_only=True
    ) as services:
        azure, devops = Azure(services), DevOps(services)
        for stack in stacks:
            outcomes = Search(Terraform(stack), azure, devops).run()
            found = {address: item for address, item in outcomes.items() if isinstance(item, Found)}
            assert outcomes.keys() - found.keys() <= {DEPLOYER}
            for address, item in found.items():
                type_name = address.partition(".")[0]
                types.add(type_name)
                request = Request(cloud, Account(), type_name)
                assert resource_type(type_name).imported(request, item.import_id) is not None, address
    assert len(types) > 35
