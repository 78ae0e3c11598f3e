"""What each call needs, as a person knows it, and the version of it that the documentation describes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from client import azure
from client.devops import (
    agents,
    builds,
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
from client.devops.pull_requests import PullRequest
from client.errors import ForbiddenError
from client.services import Services
from tests.unit.client.server import Reply, Server

Ask = Callable[[Services], object]
REQUEST = PullRequest("mlops", "code", 4)
GROUP = library.VariableGroup(7, "mlops", "Vsts", {})
PROJECT = "View project-level information"
ORGANIZATION = "View instance-level information of the organization"
REVIEW = "Repositories, Contribute to pull requests"


def of(function: Callable[..., object], *arguments: object, **named: object) -> Ask:
    return lambda services: function(services, *arguments, **named)


@pytest.mark.parametrize(
    ("ask", "needs", "version"),
    [
        (of(projects.projects), PROJECT, "7.1"),
        (of(projects.project, "mlops"), PROJECT, "7.1"),
        (of(projects.teams, "mlops"), PROJECT, "7.1"),
        (of(projects.team_members, "mlops", "Owners"), PROJECT, "7.1"),
        (of(projects.may_edit, "mlops"), PROJECT, "7.1"),
        (of(policies.policy_configurations, "mlops"), PROJECT, "7.1"),
        (of(policies.repositories, "mlops"), "Repositories, Read", "7.1"),
        (of(pull_requests.threads, REQUEST), "Repositories, Read", "7.1"),
        (of(pull_requests.create_thread, REQUEST, "a"), REVIEW, "7.1"),
        (of(pull_requests.add_comment, REQUEST, 1, "a"), REVIEW, "7.1"),
        (of(pull_requests.update_comment, REQUEST, 1, 1, "a"), REVIEW, "7.1"),
        (of(pull_requests.set_thread_status, REQUEST, 1, "closed"), REVIEW, "7.1"),
        (of(builds.builds, "mlops", "inProgress"), "View builds", "7.1"),
        (of(builds.timeline, "mlops", 1), "View builds", "7.1"),
        (of(pipelines.build_definitions, "mlops"), "View build pipeline", "7.1"),
        (of(environments.environments, "mlops"), "Environments, Reader", "7.1"),
        (of(service_endpoints.service_endpoints, "mlops"), "Service connections, Reader", "7.1"),
        (of(service_endpoints.service_endpoint, "mlops", "e"), "Service connections, Reader", "7.1"),
        (of(library.variable_groups, "mlops"), "Library, Reader", "7.1"),
        (of(library.variable_group, "mlops", 7), "Library, Reader", "7.1"),
        (
            of(library.replace_variable_group, GROUP),
            "Library, Administrator of this variable group",
            "7.1",
        ),
        (of(checks.checks, "mlops", "environment", 3), "Reader of the resource", "7.1-preview.1"),
        (of(checks.pipeline_permissions, "mlops", "queue", 3), "Reader of the resource", "7.1-preview.1"),
        (
            of(security_roles.role_assignments, security_roles.LIBRARY, "1$0"),
            "Administrator of the resource",
            "7.1-preview.1",
        ),
        (of(agents.agent_pools), "Agent pools of the organization, Reader", "7.1"),
        (of(agents.agent_queues, "mlops"), "Agent pools of the project, Reader", "7.1"),
        (of(agents.agents, 1), "this agent pool, Reader", "7.1"),
        (of(agents.build_resource_usage), ORGANIZATION, "7.1-preview.2"),
        (of(graph.groups), ORGANIZATION, "7.1-preview.1"),
        (of(graph.group, "vssgp.x"), ORGANIZATION, "7.1-preview.1"),
        (of(graph.users), ORGANIZATION, "7.1-preview.1"),
        (of(graph.user, "aad.x"), ORGANIZATION, "7.1-preview.1"),
        (of(graph.service_principals), ORGANIZATION, "7.1-preview.1"),
        (of(graph.members, "vssgp.x"), ORGANIZATION, "7.1-preview.1"),
        (of(graph.containers, "vssgp.x"), ORGANIZATION, "7.1-preview.1"),
        (of(graph.descriptor, "1"), ORGANIZATION, "7.1"),
        (of(graph.identities, ids=["a"]), ORGANIZATION, "7.1"),
    ],
)
def test_who_lacks_a_permission_of_azure_devops_is_told_which(
    server: Server, services: Services, ask: Ask, needs: str, version: str
) -> None:
    server.echo = lambda _: Reply({"message": "no"}, 403)
    with pytest.raises(ForbiddenError, match=f"give this identity: {needs}"):
        everything(ask(services))
    assert server.asked[-1].query["api-version"] == version


@pytest.mark.parametrize(
    ("ask", "version"),
    [
        (of(azure.get, "/subscriptions/s", "2020-01-01"), "2020-01-01"),
        (of(azure.resources, "/subscriptions/s/resourceGroups", "2021-04-01"), "2021-04-01"),
        (of(azure.role_assignments, "/subscriptions/s"), "2022-04-01"),
        (of(azure.role_definitions, "/subscriptions/s"), "2022-04-01"),
        (of(azure.permissions, "/subscriptions/s"), "2022-04-01"),
        (of(azure.resource_provider, "s", "Microsoft.Cdn"), "2021-04-01"),
        (of(azure.deleted_vaults, "s"), "2023-07-01"),
        (of(azure.deleted_log_analytics_workspaces, "s"), "2023-09-01"),
        (of(azure.name_availability, "s", "Microsoft.Storage/storageAccounts", "a"), "2023-05-01"),
        (of(azure.name_availability, "s", "Microsoft.KeyVault/vaults", "a"), "2023-07-01"),
        (of(azure.name_availability, "s", "Microsoft.ContainerRegistry/registries", "a"), "2023-07-01"),
        (of(azure.compute_usages, "s", "eastus"), "2024-07-01"),
        (of(azure.machine_learning_usages, "s", "eastus"), "2025-06-01"),
        (of(azure.machine_learning_quotas, "s", "eastus"), "2025-06-01"),
    ],
)
def test_who_lacks_a_role_of_azure_is_told_which(
    server: Server, services: Services, ask: Ask, version: str
) -> None:
    server.echo = lambda _: Reply({"error": {"code": "AuthorizationFailed", "message": "no"}}, 403)
    with pytest.raises(ForbiddenError, match="give this identity: the role Reader there"):
        everything(ask(services))
    assert server.asked[-1].query["api-version"] == version


def everything(answer: object) -> None:
    """Ask for what is listed: nothing is, until somebody wants the first."""
    if isinstance(answer, Iterator):
        list(answer)


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        (security_roles.VARIABLE_GROUP, "distributedtask.variablegroup"),
        (security_roles.LIBRARY, "distributedtask.library"),
        (security_roles.ENVIRONMENT, "distributedtask.environmentreferencerole"),
        (security_roles.SERVICE_ENDPOINT, "distributedtask.serviceendpointrole"),
        (security_roles.AGENT_QUEUE, "distributedtask.agentqueuerole"),
    ],
)
def test_roles_are_asked_for_by_the_scope_of_their_kind(
    server: Server, services: Services, scope: str, path: str
) -> None:
    server.echo = lambda _: Reply({"value": []})
    assert list(security_roles.role_assignments(services, scope, "1")) == []
    assert f"/scopes/{path}/roleassignments/" in server.asked[-1].path
