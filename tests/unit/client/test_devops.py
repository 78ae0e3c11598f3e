"""What is asked of Azure DevOps, in the form of the documentation's examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from client.calls import Call
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
from client.devops.identities import IdentityRef
from client.errors import NotFoundError
from client.services import Services
from tests.unit.client.server import DEVOPS, GRAPH, Reply, Server

ANN = {"id": "a", "displayName": "Ann", "uniqueName": "ann@contoso.com", "descriptor": "aad.ann", "url": "x"}
ANN_REF = IdentityRef("a", "Ann", "ann@contoso.com", "aad.ann")
WHEN = "2026-02-12T06:35:52.08Z"
WHEN_TIME = datetime(2026, 2, 12, 6, 35, 52, 80000, tzinfo=UTC)


@pytest.mark.parametrize("answer", [True, False])
def test_whether_one_may_edit_a_project(server: Server, services: Services, answer: bool) -> None:
    path = f"{DEVOPS}/_apis/permissions/52d39943-cb85-4d7f-8fa8-c6baac873819/2"
    server.lists(path, answer)
    assert projects.may_edit(services, "p") is answer
    assert server.calls(path)[0].query == {
        "tokens": "$PROJECT:vstfs:///Classification/TeamProject/p",
        "api-version": "7.1",
    }


def test_a_request_says_who_asks_and_wants_no_page_to_sign_in_on(server: Server, services: Services) -> None:
    """Without the last one Azure DevOps answers 302 to such a page, and not 401."""
    server.lists(f"{DEVOPS}/_apis/projects")
    assert list(projects.projects(services)) == []
    headers = server.asked[-1].headers
    assert headers["Accept"] == "application/json"
    assert headers["User-Agent"].startswith("mlops")
    assert headers["X-TFS-FedAuthRedirect"] == "Suppress"


def test_projects_tell_those_that_are_half_made(server: Server, services: Services) -> None:
    path = f"{DEVOPS}/_apis/projects"
    server.lists(
        path,
        {
            "id": "1",
            "name": "mlops",
            "state": "wellFormed",
            "description": "All of it",
            "visibility": "private",
        },
        {"id": "2", "name": "new", "state": "createPending"},
    )
    assert list(projects.projects(services)) == [
        projects.Project("1", "mlops", "wellFormed", "All of it", "private"),
        projects.Project("2", "new", "createPending"),
    ]
    assert server.calls(path)[0].query == {"stateFilter": "all", "api-version": "7.1"}


def test_a_team_and_who_is_in_it(server: Server, services: Services) -> None:
    path = f"{DEVOPS}/_apis/projects/mlops/teams"
    server.lists(
        path, {"id": "t", "name": "Owners", "projectId": "1", "projectName": "mlops", "identityUrl": "x"}
    )
    server.lists(f"{path}/Owners/members", {"identity": ANN, "isTeamAdmin": True}, {"identity": {"id": "b"}})
    (team,) = projects.teams(services, "mlops")
    assert team == projects.Team("t", "Owners", project_id="1", project_name="mlops")
    assert list(projects.team_members(services, "mlops", team.name)) == [
        projects.TeamMember(ANN_REF, is_team_admin=True),
        projects.TeamMember(IdentityRef("b")),
    ]


GROUP = {
    "descriptor": "vssgp.x",
    "displayName": "Engineers",
    "principalName": "[mlops]\\Engineers",
    "origin": "vsts",
    "originId": "o",
    "mailAddress": None,
    "subjectKind": "group",
    "domain": "vstfs:///Classification/TeamProject/1",
}
USER = {
    "descriptor": "aad.ann",
    "displayName": "Ann",
    "principalName": "ann@contoso.com",
    "mailAddress": "a@x",
    "origin": "aad",
}


def test_groups_of_a_project_by_its_scope(server: Server, services: Services) -> None:
    server.answer("GET", f"{GRAPH}/_apis/graph/descriptors/1", Reply({"value": "scp.1"}))
    server.lists(f"{GRAPH}/_apis/graph/groups", GROUP)
    server.answer("GET", f"{GRAPH}/_apis/graph/groups/vssgp.x", Reply(GROUP))
    (group,) = graph.groups(services, graph.descriptor(services, "1"))
    assert group.principal_name == "[mlops]\\Engineers"
    assert graph.group(services, "vssgp.x") == group
    query = server.calls(f"{GRAPH}/_apis/graph/groups")[0].query
    assert query == {"scopeDescriptor": "scp.1", "api-version": "7.1-preview.1"}


def test_users_with_their_sign_in_names(server: Server, services: Services) -> None:
    server.lists(f"{GRAPH}/_apis/graph/users", USER)
    server.answer("GET", f"{GRAPH}/_apis/graph/users/aad.ann", Reply(USER))
    (user,) = graph.users(services)
    assert (user.principal_name, user.mail_address) == ("ann@contoso.com", "a@x")
    assert graph.user(services, "aad.ann") == user


def test_service_principals_by_their_object_ids(server: Server, services: Services) -> None:
    path = f"{GRAPH}/_apis/graph/serviceprincipals"
    server.lists(
        path, {"descriptor": "aadsp.x", "displayName": "i", "origin": "aad", "originId": "o", "_links": {}}
    )
    assert list(graph.service_principals(services)) == [
        graph.GraphServicePrincipal("aadsp.x", "i", "aad", "o")
    ]
    assert server.calls(path)[0].query == {"api-version": "7.1-preview.1"}


@pytest.mark.parametrize(("ask", "direction"), [(graph.members, "Down"), (graph.containers, "Up")])
def test_memberships_in_both_directions(
    server: Server,
    services: Services,
    ask: Callable[[Services, str], Iterator[graph.GraphMembership]],
    direction: str,
) -> None:
    path = f"{GRAPH}/_apis/graph/memberships/vssgp.x"
    server.lists(path, {"containerDescriptor": "vssgp.x", "memberDescriptor": "aadgp.y", "_links": {}})
    assert list(ask(services, "vssgp.x")) == [graph.GraphMembership("vssgp.x", "aadgp.y")]
    assert server.calls(path)[0].query["direction"] == direction


def test_a_descriptor_tells_entra_groups_and_groups() -> None:
    descriptors = ("aadgp.x", "vssgp.x", "aad.x", "svc.x")
    assert [graph.is_entra_group(one) for one in descriptors] == [True, False, False, False]
    assert [graph.is_group(one) for one in descriptors] == [True, True, False, False]


def test_identities_by_both_ids_without_those_that_are_gone(server: Server, services: Services) -> None:
    path = f"{GRAPH}/_apis/identities"
    found = {"id": "a", "subjectDescriptor": "vssgp.x", "providerDisplayName": "E", "isContainer": True}
    server.lists(path, found, None)
    ids = [str(number) for number in range(51)]
    identities = list(graph.identities(services, ids=ids, subject_descriptors=["aad.b"]))
    assert identities == [graph.Identity("a", "vssgp.x", "E", is_container=True)] * 3
    asked = [{**call.query} for call in server.calls(path)]
    assert asked == [
        {"identityIds": ",".join(ids[:50]), "api-version": "7.1"},
        {"identityIds": "50", "api-version": "7.1"},
        {"subjectDescriptors": "aad.b", "api-version": "7.1"},
    ]


def test_nobody_is_asked_for_where_nobody_is_named(server: Server, services: Services) -> None:
    assert list(graph.identities(services)) == []
    assert server.calls(f"{GRAPH}/_apis/identities") == []


def test_an_environment(server: Server, services: Services) -> None:
    path = f"{DEVOPS}/mlops/_apis/distributedtask/environments"
    server.lists(
        path,
        {
            "id": 3,
            "name": "prod",
            "createdBy": ANN,
            "createdOn": WHEN,
            "lastModifiedBy": ANN,
            "lastModifiedOn": WHEN,
        },
    )
    assert list(environments.environments(services, "mlops", "prod")) == [
        environments.Environment(3, "prod", "", ANN_REF, WHEN_TIME, ANN_REF, WHEN_TIME)
    ]


APPROVAL = {
    "settings": {
        "approvers": [{"displayName": None, "id": "g"}],
        "executionOrder": "anyOrder",
        "minRequiredApprovers": 1,
        "requesterCannotBeApprover": True,
        "instructions": "Read the report",
        "blockedApprovers": [],
    },
    "createdBy": ANN,
    "modifiedBy": ANN,
    "modifiedOn": WHEN,
    "timeout": 43200,
    "id": 19,
    "type": {"id": "8c6f20a7-a545-4486-9777-f762fafe0d4d", "name": "Approval"},
    "resource": {"type": "environment", "id": "3", "name": "prod"},
}
BRANCHES = {
    "settings": {
        "displayName": "Branch control",
        "definitionRef": {"id": "86b", "name": "evaluatebranchProtection", "version": "0.0.1"},
        "inputs": {"allowedBranches": "refs/heads/main", "ensureProtectionOfBranch": "true"},
        "retryInterval": 5,
    },
    "isDisabled": True,
    "id": 20,
    "type": {"id": "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7", "name": "Task Check"},
    "resource": {"type": "environment", "id": "3", "name": "prod"},
}


def test_checks_with_their_settings(server: Server, services: Services) -> None:
    path = f"{DEVOPS}/mlops/_apis/pipelines/checks/configurations"
    server.lists(path, APPROVAL, BRANCHES)
    approval, branches = checks.checks(services, "mlops", "environment", 3)
    assert approval.settings == checks.CheckSettings(
        (IdentityRef("g"),), 1, True, "Read the report", "anyOrder"
    )
    assert (approval.timeout, approval.type.name, approval.modified_by) == (43200, "Approval", ANN_REF)
    assert branches.settings.definition_ref == checks.DefinitionRef(
        "86b", "evaluatebranchProtection", "0.0.1"
    )
    assert branches.settings.inputs["allowedBranches"] == "refs/heads/main"
    assert branches.is_disabled
    assert server.calls(path)[0].query == {
        "resourceType": "environment",
        "resourceId": "3",
        "$expand": "settings",
        "api-version": "7.1-preview.1",
    }


def test_which_pipelines_may_use_a_resource(server: Server, services: Services) -> None:
    path = f"{DEVOPS}/mlops/_apis/pipelines/pipelinepermissions/variablegroup/7"
    server.answer(
        "GET",
        path,
        Reply(
            {
                "resource": {"type": "variablegroup", "id": "7"},
                "pipelines": [{"id": 6, "authorized": True, "authorizedBy": ANN, "authorizedOn": WHEN}],
            }
        ),
        Reply(
            {"allPipelines": {"authorized": True, "authorizedBy": ANN, "authorizedOn": WHEN}, "pipelines": []}
        ),
    )
    some = checks.pipeline_permissions(services, "mlops", "variablegroup", 7)
    assert some.all_pipelines is None
    assert some.pipelines == (checks.PipelinePermission(6, True, ANN_REF, WHEN_TIME),)
    every = checks.pipeline_permissions(services, "mlops", "variablegroup", 7)
    assert every.all_pipelines == checks.Permission(True, ANN_REF, WHEN_TIME)


ENDPOINT = {
    "id": "e",
    "name": "Azure-MLOps-Dev",
    "type": "azurerm",
    "url": "https://management.azure.com/",
    "createdBy": ANN,
    "isReady": True,
    "isShared": False,
    "owner": "Library",
    "authorization": {
        "scheme": "WorkloadIdentityFederation",
        "parameters": {
            "tenantid": "t",
            "serviceprincipalid": "c",
            "workloadIdentityFederationIssuer": "https://vstoken.dev.azure.com/o",
            "workloadIdentityFederationSubject": "sc://contoso/mlops/Azure-MLOps-Dev",
            "accesstoken": None,
        },
    },
    "data": {"subscriptionId": "s", "creationMode": "Manual"},
    "operationStatus": None,
    "serviceEndpointProjectReferences": [
        {"projectReference": {"id": "1", "name": "mlops"}, "name": "Azure-MLOps-Dev"}
    ],
}


def test_a_service_connection_with_its_federation(server: Server, services: Services) -> None:
    path = f"{DEVOPS}/mlops/_apis/serviceendpoint/endpoints"
    failed = {
        "id": "f",
        "name": "x",
        "type": "incomingwebhook",
        "isReady": False,
        "operationStatus": {"state": "Failed"},
    }
    server.lists(path, ENDPOINT, failed)
    server.answer("GET", f"{path}/e", Reply(ENDPOINT))
    endpoint, other = service_endpoints.service_endpoints(services, "mlops")
    assert endpoint.workload_identity_federation_issuer == "https://vstoken.dev.azure.com/o"
    assert endpoint.workload_identity_federation_subject == "sc://contoso/mlops/Azure-MLOps-Dev"
    assert (endpoint.creation_mode, endpoint.authorization.scheme) == ("Manual", "WorkloadIdentityFederation")
    assert endpoint.service_endpoint_project_references[0].project_reference.name == "mlops"
    assert endpoint.is_ready
    assert (other.creation_mode, other.workload_identity_federation_issuer) == ("", "")
    assert other.operation_status == {"state": "Failed"}
    assert service_endpoints.service_endpoint(services, "mlops", "e") == endpoint
    assert server.calls(path)[0].query == {"includeFailed": "true", "api-version": "7.1"}


@pytest.mark.parametrize("nothing", [Reply(status=204), Reply("null"), Reply({"message": "no"}, 404)])
def test_a_service_connection_or_group_that_does_not_exist(
    server: Server, services: Services, nothing: Reply
) -> None:
    """Azure DevOps answers 200 and ``null``."""
    server.answer("GET", f"{DEVOPS}/mlops/_apis/serviceendpoint/endpoints/e", nothing)
    server.answer("GET", f"{DEVOPS}/mlops/_apis/distributedtask/variablegroups/9", nothing)
    with pytest.raises(NotFoundError):
        service_endpoints.service_endpoint(services, "mlops", "e")
    with pytest.raises(NotFoundError):
        library.variable_group(services, "mlops", 9)


def test_what_may_be_missing_is_none_only_where_the_service_says_nothing(
    server: Server, services: Services
) -> None:
    path = f"{DEVOPS}/_apis/projects/mlops"
    call = Call("_apis/projects/{project}")
    good = Reply({"id": "1", "name": "mlops", "state": "wellFormed"})
    server.answer("GET", path, Reply("null"), Reply(status=204), good, Reply({}, 404))
    found = [services.devops.find(projects.Project, call, project="mlops") for _ in range(3)]
    assert found == [None, None, projects.Project("1", "mlops", "wellFormed")]
    with pytest.raises(NotFoundError):
        services.devops.find(projects.Project, call, project="mlops")


def test_roles_in_effect_with_those_that_are_inherited(server: Server, services: Services) -> None:
    path = (
        f"{DEVOPS}/_apis/securityroles/scopes/distributedtask.variablegroup/roleassignments/resources/1%247"
    )
    role = {
        "displayName": "Reader",
        "name": "Reader",
        "allowPermissions": 1,
        "scope": "distributedtask.variablegroup",
    }
    server.lists(
        path,
        {"identity": ANN, "role": role, "access": "assigned", "accessDisplayName": "Assigned"},
        {"identity": {"id": "g"}, "role": {"name": "Administrator"}, "access": "inherited"},
    )
    mine, inherited = security_roles.role_assignments(services, security_roles.VARIABLE_GROUP, "1$7")
    assert mine.identity == ANN_REF
    assert mine.role == security_roles.SecurityRole("Reader", "Reader", "distributedtask.variablegroup")
    assert (mine.access, inherited.access) == ("assigned", "inherited")


def test_a_pipeline_with_its_yaml(server: Server, services: Services) -> None:
    path = f"{DEVOPS}/mlops/_apis/build/definitions"
    server.lists(
        path,
        {
            "id": 5,
            "name": "train",
            "path": "\\ml",
            "queueStatus": "paused",
            "revision": 4,
            "repository": {"id": "r", "name": "code", "type": "TfsGit", "defaultBranch": "refs/heads/main"},
            "process": {"yamlFilename": "train.yml", "type": 2},
        },
    )
    (found,) = pipelines.build_definitions(services, "mlops", name="train", path="\\ml")
    assert found.process == pipelines.BuildProcess(2, "train.yml")
    assert found.repository and found.repository.default_branch == "refs/heads/main"
    assert (found.path, found.queue_status) == ("\\ml", "paused")
    assert server.calls(path)[0].query == {
        "name": "train",
        "path": "\\ml",
        "includeAllProperties": "true",
        "api-version": "7.1",
    }


def test_pools_queues_and_agents(server: Server, services: Services) -> None:
    pool = {"id": 1, "name": "ml-agents", "isHosted": False, "poolType": "automation", "size": 2}
    queues = f"{DEVOPS}/mlops/_apis/distributedtask/queues"
    server.lists(f"{DEVOPS}/_apis/distributedtask/pools", pool)
    server.lists(queues, {"id": 9, "name": "ml-agents", "projectId": "1", "pool": pool})
    server.lists(
        f"{DEVOPS}/_apis/distributedtask/pools/1/agents",
        {
            "id": 4,
            "name": "a1",
            "status": "offline",
            "enabled": False,
            "version": "4.1",
            "osDescription": "Linux",
        },
    )
    assert list(agents.agent_pools(services, "ml-agents")) == [
        agents.AgentPool(1, "ml-agents", False, "automation", 2)
    ]
    (queue,) = agents.agent_queues(services, "mlops", "ml-agents")
    assert (queue.id, queue.pool.id) == (9, 1)
    assert list(agents.agents(services, queue.pool.id)) == [
        agents.Agent(4, "a1", "offline", False, "4.1", "Linux")
    ]
    assert server.calls(queues)[0].query["queueName"] == "ml-agents"


def test_parallel_jobs_on_own_agents(server: Server, services: Services) -> None:
    path = f"{DEVOPS}/_apis/build/resourceusage"
    server.answer(
        "GET", path, Reply({"distributedTaskAgents": 3, "paidPrivateAgentSlots": 1, "totalUsage": 0})
    )
    assert agents.build_resource_usage(services) == agents.BuildResourceUsage(3, 1, 0)
    assert server.calls(path)[0].query == {"api-version": "7.1-preview.2"}


def test_policies_and_repositories(server: Server, services: Services) -> None:
    policy = {
        "id": 17,
        "type": {"id": "fd", "displayName": "Required reviewers", "url": "x"},
        "isEnabled": True,
        "isBlocking": True,
        "settings": {"scope": [{"refName": "refs/heads/main"}]},
    }
    server.lists(f"{DEVOPS}/mlops/_apis/policy/configurations", policy)
    server.lists(f"{DEVOPS}/mlops/_apis/git/repositories", {"id": "r", "name": "code", "isDisabled": True})
    (found,) = policies.policy_configurations(services, "mlops")
    assert found.type == policies.PolicyType("fd", "Required reviewers")
    assert (found.is_enabled, found.is_blocking, found.is_deleted) == (True, True, False)
    assert found.settings == policy["settings"]
    assert list(policies.repositories(services, "mlops")) == [policies.Repository("r", "code", "", True)]


THREADS = f"{DEVOPS}/mlops/_apis/git/repositories/code/pullRequests/4/threads"
PULL_REQUEST = pull_requests.PullRequest("mlops", "code", 4)
COMMENT = {
    "id": 1,
    "parentCommentId": 0,
    "author": ANN,
    "content": "Plan: 2 to add",
    "commentType": "text",
    "lastUpdatedDate": WHEN,
}
THREAD = {"id": 148, "comments": [COMMENT], "status": "active", "isDeleted": False, "lastUpdatedDate": WHEN}


def test_threads_are_read_begun_answered_and_closed(server: Server, services: Services) -> None:
    of_the_service = {"id": 1, "comments": [{"id": 1, "commentType": "system"}], "properties": None}
    server.lists(THREADS, of_the_service, THREAD)
    server.answer("POST", THREADS, Reply(THREAD))
    server.answer("POST", f"{THREADS}/148/comments", Reply({**COMMENT, "id": 2}))
    server.answer("PATCH", f"{THREADS}/148/comments/1", Reply({**COMMENT, "content": "Plan: 3 to add"}))
    server.answer("PATCH", f"{THREADS}/148", Reply({**THREAD, "status": "closed"}))

    system, ours = pull_requests.threads(services, PULL_REQUEST)
    assert system == pull_requests.Thread(1, (pull_requests.Comment(1, comment_type="system"),))
    comment = pull_requests.Comment(1, "Plan: 2 to add", author=ANN_REF, last_updated_date=WHEN_TIME)
    assert ours == pull_requests.Thread(148, (comment,), "active", last_updated_date=WHEN_TIME)
    assert pull_requests.create_thread(services, PULL_REQUEST, "Plan: 2 to add") == ours
    assert pull_requests.add_comment(services, PULL_REQUEST, 148, "Again").id == 2
    updated = pull_requests.update_comment(services, PULL_REQUEST, 148, 1, "Plan: 3 to add")
    assert updated.content == "Plan: 3 to add"
    assert pull_requests.set_thread_status(services, PULL_REQUEST, 148, "closed").status == "closed"
    written = {"parentCommentId": 0, "content": "Plan: 2 to add", "commentType": "text"}
    assert [asked.body for asked in server.asked if asked.body] == [
        {"comments": [written], "status": "active"},
        {**written, "content": "Again"},
        {"content": "Plan: 3 to add"},
        {"status": "closed"},
    ]
