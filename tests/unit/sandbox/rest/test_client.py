"""The project's own client at the door: every call of it is answered in a form that it understands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from client import azure as arm
from client.devops import (
    agents,
    checks,
    environments,
    graph,
    library,
    pipelines,
    policies,
    projects,
    pull_requests,
    security_roles,
    service_endpoints,
)
from client.errors import NotFoundError
from client.services import Services, connect
from sandbox.cloud.faults import ANSWER
from sandbox.cloud.store import Cloud
from sandbox.rest.server import OpenDoor, open_door
from sandbox.services.devops.git import add_pull_request
from tests.unit.sandbox.client import Client, Values
from tests.unit.sandbox.resources import GROUP, SUBSCRIPTION, storage, vault
from tests.unit.sandbox.rest.organization import populate

ORGANIZATION = "https://dev.azure.com/contoso"


@pytest.fixture
def made(cloud: Cloud, devops: Client, azure: Client, project_id: str) -> Values:
    return populate(cloud, devops, project_id)


@pytest.fixture
def services(door: OpenDoor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    for name, value in door.environment().items():
        monkeypatch.setenv(name, value)
    with connect(ORGANIZATION, services=door.address) as opened:
        yield opened


def test_it_reads_what_is_in_an_organization(services: Services, made: Values, project_id: str) -> None:
    (project,) = projects.projects(services)
    assert (project.name, project.state) == ("mlops", "wellFormed")
    assert {item.name for item in projects.teams(services, "mlops")} == {"Leads", "mlops Team"}
    members = projects.team_members(services, "mlops", "Leads")
    assert made["anna"]["descriptor"] in {item.identity.descriptor for item in members}
    scope = graph.descriptor(services, project_id)
    assert made["leads"]["id"] in {item.descriptor for item in graph.groups(services, scope)}
    inside = {item.member_descriptor for item in graph.members(services, made["leads"]["id"])}
    assert [graph.is_entra_group(item) for item in sorted(inside)] == [False, True]
    (user,) = graph.users(services)
    assert user.principal_name == "anna@contoso.com"
    (identity,) = graph.identities(services, ids=[made["leads"]["group_id"]])
    assert identity.subject_descriptor == made["leads"]["id"]
    (environment,) = environments.environments(services, "mlops", "prod-deployment")
    found = {item.type.name: item for item in checks.checks(services, "mlops", "environment", environment.id)}
    assert found["Approval"].settings.approvers[0].id == made["leads"]["group_id"]
    permissions = checks.pipeline_permissions(services, "mlops", "environment", environment.id)
    assert [item.id for item in permissions.pipelines] == [1]
    connections = {item.name: item for item in service_endpoints.service_endpoints(services, "mlops")}
    connection = connections[made["connection"]["service_endpoint_name"]]
    assert connection.is_ready
    assert connection.creation_mode == "Manual"
    expected = made["connection"]["workload_identity_federation_subject"]
    assert connection.workload_identity_federation_subject == expected
    group = f"{project_id}${made['group']['id']}"
    roles = security_roles.role_assignments(services, security_roles.VARIABLE_GROUP, group)
    assert {item.access for item in roles} == {"assigned", "inherited"}
    (definition,) = pipelines.build_definitions(services, "mlops", name="Training")
    assert definition.process is not None
    assert definition.process.yaml_filename == "azure-pipelines.yml"
    (queue,) = agents.agent_queues(services, "mlops")
    assert [item.status for item in agents.agents(services, queue.pool.id)] == ["online"]
    assert [item.name for item in agents.agent_pools(services)] == ["agents"]
    assert agents.build_resource_usage(services).distributed_task_agents == 1
    assert [item.name for item in policies.repositories(services, "mlops")] == ["mlops"]
    assert list(policies.policy_configurations(services, "mlops")) == []


def test_it_replaces_a_variable_group(services: Services, made: Values) -> None:
    group = library.variable_group(services, "mlops", int(made["group"]["id"]))
    variables = {**group.variables, "minimum": library.VariableValue("0.72")}
    changed = library.replace_variable_group(services, replace(group, variables=variables))
    assert changed.variables["minimum"].value == "0.72"
    assert changed.variables["token"].is_secret
    assert changed.modified_by is not None
    assert changed.modified_by.display_name == "You in the sandbox"
    assert [item.name for item in library.variable_groups(services, "mlops")] == ["settings"]
    with pytest.raises(NotFoundError):
        library.variable_group(services, "mlops", 99)


def test_it_writes_below_a_pull_request(services: Services, cloud: Cloud, project_id: str) -> None:
    number = int(add_pull_request(cloud, project_id, source="more-nodes").id)
    place = pull_requests.PullRequest("mlops", "mlops", number)
    thread = pull_requests.create_thread(services, place, "3 to change")
    pull_requests.update_comment(services, place, thread.id, 1, "4 to change")
    pull_requests.add_comment(services, place, thread.id, "Look again.")
    pull_requests.set_thread_status(services, place, thread.id, "closed")
    (read,) = pull_requests.threads(services, place)
    assert ([item.content for item in read.comments], read.status) == (
        ["4 to change", "Look again."],
        "closed",
    )


def test_it_reads_what_is_in_a_subscription(services: Services, azure: Client) -> None:
    account = storage(azure)["id"]
    azure.destroy("azurerm_key_vault", vault(azure))
    assert arm.get(services, account, "2023-05-01").properties["allowBlobPublicAccess"] is True
    assert not arm.exists(services, f"{account}2", "2023-05-01")
    here = f"/subscriptions/{SUBSCRIPTION}"
    assert [item.name for item in arm.resources(services, f"{here}/resourceGroups", "2022-09-01")] == ["rg"]
    assert [item.name for item in arm.resources(services, f"{GROUP}/resources", "2022-09-01")] == ["acc"]
    assert list(arm.role_assignments(services, GROUP)) == []
    (role,) = arm.role_definitions(services, GROUP, "Reader")
    assert role.properties.type == "BuiltInRole"
    provider = arm.resource_provider(services, SUBSCRIPTION, "Microsoft.Storage")
    assert provider.registration_state == "Registered"
    assert list(arm.deleted_vaults(services, SUBSCRIPTION)) == []  # purged
    assert list(arm.deleted_log_analytics_workspaces(services, SUBSCRIPTION)) == []
    name = arm.name_availability(services, SUBSCRIPTION, "Microsoft.Storage/storageAccounts", "acc")
    assert (name.name_available, name.reason) == (False, "AlreadyExists")
    for read in (arm.compute_usages, arm.machine_learning_usages, arm.machine_learning_quotas):
        assert list(read(services, SUBSCRIPTION, "eastus")) == []


def test_it_waits_and_asks_for_a_new_token(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ANSWER, "503:1")
    with open_door(cloud, token_seconds=0.2) as door:
        for name, value in door.environment().items():
            monkeypatch.setenv(name, value)
        with connect(ORGANIZATION, services=door.address, read_only=True) as services:
            for _ in range(2):
                assert [item.name for item in projects.projects(services)] == ["mlops"]
