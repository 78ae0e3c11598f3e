"""The client of the live services at the second door: both keep to the documented calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from client import azure as resource_manager
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
from client.devops.library import VariableValue
from client.errors import NotFoundError, NotSignedInError
from client.services import Services, connect
from sandbox.cloud.store import Cloud
from sandbox.rest.server import OpenDoor, open_door
from sandbox.services.devops.git import add_pull_request
from tests.unit.sandbox.client import Client, Values
from tests.unit.sandbox.resources import GROUP, IN_GROUP, SUBSCRIPTION, storage
from tests.unit.sandbox.rest.organization import populate

ORGANIZATION = "https://dev.azure.com/contoso"
PROJECT = "mlops"


def enter(door: OpenDoor, monkeypatch: pytest.MonkeyPatch) -> Services:
    for name, value in door.environment().items():
        monkeypatch.setenv(name, value)
    return connect(ORGANIZATION, services=door.address)


@pytest.fixture
def services(door: OpenDoor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with enter(door, monkeypatch) as opened:
        yield opened


@pytest.fixture
def made(cloud: Cloud, devops: Client, project_id: str) -> Values:
    return populate(cloud, devops, project_id)


def test_the_organization_is_read(services: Services, made: Values, project_id: str) -> None:
    (project,) = projects.projects(services)
    assert (project.id, project.name, project.state) == (project_id, PROJECT, "wellFormed")
    leads = next(team for team in projects.teams(services, PROJECT) if team.name == "Leads")
    members = [member.identity for member in projects.team_members(services, PROJECT, leads.id)]
    assert {member.descriptor for member in members} == {
        made["entra"]["descriptor"],
        made["anna"]["descriptor"],
    }
    assert [graph.is_entra_group(one.descriptor) for one in members].count(True) == 1

    scope = graph.descriptor(services, project_id)
    assert {"Leads", "Contributors"} <= {group.display_name for group in graph.groups(services, scope)}
    assert [user.principal_name for user in graph.users(services)] == ["anna@contoso.com"]
    inside = [one.member_descriptor for one in graph.members(services, made["leads"]["id"])]
    assert sorted(inside) == sorted(one.descriptor for one in members)
    assert list(graph.members(services, made["entra"]["descriptor"])) == []
    (identity,) = graph.identities(services, ids=[leads.id, project_id])
    assert (identity.subject_descriptor, identity.is_container) == (made["leads"]["id"], True)


def test_what_guards_an_environment_is_read(services: Services, made: Values, project_id: str) -> None:
    (environment,) = environments.environments(services, PROJECT, "prod-deployment")
    found = {
        check.type.name: check for check in checks.checks(services, PROJECT, "environment", environment.id)
    }
    approval = found["Approval"]
    assert [approver.id for approver in approval.settings.approvers] == [made["leads"]["group_id"]]
    assert (approval.timeout, approval.settings.instructions) == (600, "Look at the report.")
    assert found["Task Check"].settings.inputs["allowedBranches"] == "refs/heads/main"
    permissions = checks.pipeline_permissions(services, PROJECT, "environment", environment.id)
    assert [(one.id, one.authorized) for one in permissions.pipelines] == [(1, True)]
    assert permissions.all_pipelines is None
    roles = security_roles.role_assignments(
        services, security_roles.ENVIRONMENT, f"{project_id}_{environment.id}"
    )
    assert "inherited" in {role.access for role in roles}


def test_connections_pipelines_and_agents_are_read(services: Services, made: Values) -> None:
    endpoint = service_endpoints.service_endpoint(services, PROJECT, made["connection"]["id"])
    assert endpoint in list(service_endpoints.service_endpoints(services, PROJECT))
    given = made["connection"]
    assert endpoint.workload_identity_federation_issuer == given["workload_identity_federation_issuer"]
    assert endpoint.workload_identity_federation_subject == given["workload_identity_federation_subject"]
    assert (endpoint.is_ready, endpoint.creation_mode) == (True, "Manual")
    assert [
        one.name for one in pipelines.build_definitions(services, PROJECT, name="Training", path="\\")
    ] == ["Training"]
    (queue,) = agents.agent_queues(services, PROJECT, "agents")
    assert [agent.status for agent in agents.agents(services, queue.pool.id)] == ["online"]
    assert agents.build_resource_usage(services).distributed_task_agents == 1
    with pytest.raises(NotFoundError):
        service_endpoints.service_endpoint(services, PROJECT, "00000000-0000-0000-0000-000000000000")


def test_a_variable_group_is_read_and_written(
    services: Services, made: Values, project_id: str, devops: Client
) -> None:
    (group,) = library.variable_groups(services, PROJECT, "settings")
    assert group.variables == {
        "minimum": VariableValue("0.70"),
        "token": VariableValue(None, is_secret=True),
    }
    changed = replace(group, variables={**group.variables, "minimum": VariableValue("0.72")})
    library.replace_variable_group(services, changed)
    assert library.variable_group(services, PROJECT, group.id).variables == changed.variables
    resource_id = f"{project_id}${group.id}"
    roles = list(security_roles.role_assignments(services, security_roles.VARIABLE_GROUP, resource_id))
    assert ("User", "assigned") in {(role.role.name, role.access) for role in roles}
    with pytest.raises(NotFoundError):
        library.variable_group(services, PROJECT, 99)


def test_a_pull_request_gets_a_thread(
    services: Services, cloud: Cloud, made: Values, project_id: str
) -> None:
    (repository,) = policies.repositories(services, PROJECT)
    number = int(add_pull_request(cloud, project_id, source="feature").id)
    place = pull_requests.PullRequest(PROJECT, repository.name, number)
    thread = pull_requests.create_thread(services, place, "Plan: 2 to add")
    pull_requests.add_comment(services, place, thread.id, "Again")
    pull_requests.update_comment(services, place, thread.id, 1, "Plan: 3 to add")
    pull_requests.set_thread_status(services, place, thread.id, "closed")
    (found,) = pull_requests.threads(services, place)
    assert [comment.content for comment in found.comments] == ["Plan: 3 to add", "Again"]
    assert found.status == "closed"


def test_azure_is_read(services: Services, azure: Client) -> None:
    account = storage(azure)
    names = [f"rg{number}" for number in range(7)]
    for name in names:
        azure.create("azurerm_resource_group", name=name, location="eastus")
    groups = resource_manager.resources(
        services, f"/subscriptions/{SUBSCRIPTION}/resourceGroups", "2021-04-01"
    )
    assert {group.name for group in groups} == {"rg", *names}
    found = resource_manager.get(services, account["id"], "2023-05-01")
    assert (found.name, found.type, found.location) == ("acc", "Microsoft.Storage/storageAccounts", "eastus")
    assert not resource_manager.exists(services, f"{GROUP}-none", "2021-04-01")
    (reader,) = resource_manager.role_definitions(services, GROUP, "Reader")
    identity = azure.create("azurerm_user_assigned_identity", **IN_GROUP, name="workspace")
    principal = identity["principal_id"]
    azure.create(
        "azurerm_role_assignment", scope=GROUP, role_definition_name="Reader", principal_id=principal
    )
    for of in ({}, {"principal_id": principal}, {"assigned_to": principal}):
        (assignment,) = resource_manager.role_assignments(services, GROUP, **of)
        assert assignment.properties.principal_id == principal
        assert assignment.properties.role_definition_id.endswith(reader.name)
    assert list(resource_manager.role_assignments(services, GROUP, assigned_to=SUBSCRIPTION)) == []
    provider = resource_manager.resource_provider(services, SUBSCRIPTION, "Microsoft.Storage")
    assert provider.registration_state in ("Registered", "NotRegistered")
    taken = resource_manager.name_availability(
        services, SUBSCRIPTION, "Microsoft.Storage/storageAccounts", "acc"
    )
    assert (taken.name_available, taken.reason) == (False, "AlreadyExists")
    for deleted in (resource_manager.deleted_vaults, resource_manager.deleted_log_analytics_workspaces):
        assert list(deleted(services, SUBSCRIPTION)) == []
    for usages in (resource_manager.compute_usages, resource_manager.machine_learning_usages):
        assert all(usage.limit >= usage.current_value for usage in usages(services, SUBSCRIPTION, "eastus"))
    assert all(
        quota.limit >= -1
        for quota in resource_manager.machine_learning_quotas(services, SUBSCRIPTION, "eastus")
    )


def test_a_token_that_expired_is_made_anew(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_door(cloud) as door, enter(door, monkeypatch) as services:
        list(projects.projects(services))
        list(
            resource_manager.resources(
                services, f"/subscriptions/{SUBSCRIPTION}/resourceGroups", "2021-04-01"
            )
        )
        door.directory._tokens.clear()  # As if an hour had passed, and more.
        assert [project.name for project in projects.projects(services)] == [PROJECT]
        list(
            resource_manager.resources(
                services, f"/subscriptions/{SUBSCRIPTION}/resourceGroups", "2021-04-01"
            )
        )


def test_an_application_that_nobody_knows_does_not_come_in(
    door: OpenDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with enter(door, monkeypatch) as services:
        monkeypatch.setenv("AZURE_CLIENT_SECRET", "another")
        with pytest.raises(NotSignedInError, match="AADSTS7000215"):
            list(projects.projects(services))
