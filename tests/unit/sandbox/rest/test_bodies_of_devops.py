"""What Azure DevOps answers, and how it refuses: the whole body, for one of each type."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from sandbox.cloud.store import Cloud
from sandbox.services.devops.git import add_pull_request
from sandbox.services.devops.library import TERRAFORM
from tests.unit.sandbox.client import Client, Values
from tests.unit.sandbox.rest.organization import ENTRA, populate, populate_repository
from tests.unit.sandbox.rest.visitor import Visitor


@pytest.fixture
def made(cloud: Cloud, devops: Client, azure: Client, project_id: str) -> Values:
    made = populate(cloud, devops, project_id)
    populate_repository(cloud, devops, azure, made)
    return made


@pytest.fixture
def project(visitor: Visitor, project_id: str) -> str:
    """The address of the project."""
    return f"{visitor.devops}/{project_id}"


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def test_a_project(visitor: Visitor, project_id: str, made: Values) -> None:
    url = f"{visitor.devops}/_apis/projects/{project_id}"
    body = visitor.read(f"{url}?includeCapabilities=true")
    assert without(body, "description", "capabilities") == {
        "id": project_id,
        "name": "mlops",
        "url": url,
        "state": "wellFormed",
        "revision": 1,
        "visibility": "private",
    }
    assert body["capabilities"]["versioncontrol"] == {"sourceControlType": "Git"}
    assert body["capabilities"]["processTemplate"].keys() == {"templateName", "templateTypeId"}
    assert "capabilities" not in visitor.read(url)


def test_a_team(visitor: Visitor, project_id: str, made: Values) -> None:
    team = made["leads"]["group_id"]
    url = f"{visitor.devops}/_apis/projects/{project_id}/teams/{team}"
    assert without(visitor.read(url), "description") == {
        "id": team,
        "name": "Leads",
        "url": url,
        "identityUrl": f"{visitor.graph}/_apis/Identities/{team}",
        "projectName": "mlops",
        "projectId": project_id,
    }
    members = visitor.listed(f"{url}/members")
    assert {item["isTeamAdmin"] for item in members} == {False}
    (anna,) = [item["identity"] for item in members if not item["identity"].get("isContainer")]
    assert anna == {
        "displayName": anna["displayName"],
        "id": made["anna"]["id"],
        "uniqueName": "anna@contoso.com",
        "descriptor": made["anna"]["descriptor"],
        "url": f"{visitor.graph}/_apis/Identities/{made['anna']['id']}",
    }


def test_people_and_groups_of_the_graph(visitor: Visitor, made: Values) -> None:
    graph = f"{visitor.graph}/_apis/graph"
    leads, anna = made["leads"], made["anna"]
    group = visitor.read(f"{graph}/groups/{leads['id']}")
    assert without(group, "url", "description", "domain") == {
        "subjectKind": "group",
        "principalName": "[mlops]\\Leads",
        "mailAddress": None,
        "origin": "vsts",
        "originId": leads["group_id"],
        "displayName": "Leads",
        "descriptor": leads["id"],
    }
    user = visitor.read(f"{graph}/users/{anna['descriptor']}")
    assert without(user, "displayName") == {
        "subjectKind": "user",
        "principalName": "anna@contoso.com",
        "mailAddress": user["mailAddress"],
        "origin": "aad",
        "originId": user["originId"],
        "descriptor": anna["descriptor"],
    }
    assert [item["descriptor"] for item in visitor.listed(f"{graph}/users")] == [anna["descriptor"]]
    (service,) = visitor.listed(f"{graph}/serviceprincipals")
    assert (service["subjectKind"], service["origin"]) == ("servicePrincipal", "aad")
    assert service.keys() == {"subjectKind", "originId", "origin", "displayName", "descriptor"}
    key = visitor.read(f"{graph}/storagekeys/{anna['descriptor']}")
    assert key == {"value": anna["id"]}


def test_identities(visitor: Visitor, made: Values) -> None:
    leads = made["leads"]
    url = f"{visitor.graph}/_apis/identities?subjectDescriptors={leads['id']}"
    (found,) = visitor.read(url)["value"]
    assert found == {
        "id": leads["group_id"],
        "subjectDescriptor": leads["id"],
        "descriptor": leads["id"],
        "providerDisplayName": "[mlops]\\Leads",
        "isActive": True,
        "isContainer": True,
        "members": [],
        "memberOf": [],
        "properties": {},
    }


def test_an_environment(visitor: Visitor, project: str, project_id: str, made: Values) -> None:
    number = made["environment"]["id"]
    body = visitor.read(f"{project}/_apis/distributedtask/environments/{number}")
    author = body["createdBy"]
    assert author.keys() == {"displayName", "id", "uniqueName"}
    assert author["displayName"] == TERRAFORM
    assert body == {
        "id": int(number),
        "name": "prod-deployment",
        "description": "For prod",
        "createdBy": author,
        "createdOn": "2024-01-01T00:00:00Z",
        "lastModifiedBy": author,
        "lastModifiedOn": "2024-01-01T00:00:00Z",
        "resources": [],
        "project": {"id": project_id, "name": "mlops"},
    }


def test_a_pipeline(visitor: Visitor, project: str, project_id: str, made: Values) -> None:
    (listed,) = visitor.listed(f"{project}/_apis/build/definitions?name=Deploy")
    url = f"{project}/_apis/build/Definitions/{listed['id']}"
    assert without(listed, "project", "id", "queue") == {
        "name": "Deploy",
        "path": "\\platform",
        "type": "build",
        "quality": "definition",
        "queueStatus": "enabled",
        "revision": 1,
        "uri": f"vstfs:///Build/Definition/{listed['id']}",
        "url": url,
    }
    assert listed["project"]["id"] == project_id
    assert listed["queue"]["name"] == listed["queue"]["pool"]["name"]
    whole = visitor.read(url)
    assert without(whole, *listed, "jobAuthorizationScope") == {
        "process": {"yamlFilename": "deploy.yml", "type": 2},
        "repository": {
            "id": whole["repository"]["id"],
            "type": "TfsGit",
            "name": "mlops",
            "defaultBranch": "refs/heads/main",
            "properties": {"reportBuildStatus": "True"},
        },
    }


def test_checks(visitor: Visitor, project: str, made: Values) -> None:
    url = f"{project}/_apis/pipelines/checks/configurations"
    number = made["environment"]["id"]
    query = f"{url}?resourceType=environment&resourceId={number}&$expand=settings"
    approval, branches, lock = visitor.read(query)["value"]
    place = f"{url}/{approval['id']}"
    assert without(approval, "createdBy", "modifiedBy", "settings", "id") == {
        "version": approval["version"],
        "type": {"id": "8c6f20a7-a545-4486-9777-f762fafe0d4d", "name": "Approval"},
        "url": place,
        "_links": {"self": {"href": place}},
        "timeout": 600,
        "createdOn": "2024-01-01T00:00:00Z",
        "modifiedOn": "2024-01-01T00:00:00Z",
        "resource": {"type": "environment", "id": number},
    }
    assert without(approval["settings"], "approvers") == {
        "blockedApprovers": [],
        "executionOrder": "anyOrder",
        "instructions": "Look at the report.",
        "minRequiredApprovers": 1,
        "requesterCannotBeApprover": True,
    }
    assert branches["type"] == {"id": "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7", "name": "Task Check"}
    assert branches["settings"] == {
        "displayName": "Allowed branches",
        "definitionRef": {
            "id": "86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b",
            "name": "evaluatebranchProtection",
            "version": "0.0.1",
        },
        "inputs": {
            "allowedBranches": "refs/heads/main",
            "ensureProtectionOfBranch": "true",
            "allowUnknownStatusBranch": "false",
        },
    }
    assert lock["type"] == {"id": "2ef31ad6-baa0-403a-8b45-2cbc9b4e5563", "name": "ExclusiveLock"}
    assert lock["settings"] == {}
    assert "settings" not in visitor.read(place)


def test_who_may_use_something(visitor: Visitor, project: str, made: Values) -> None:
    number = made["environment"]["id"]
    body = visitor.read(f"{project}/_apis/pipelines/pipelinepermissions/environment/{number}")
    (pipeline,) = body["pipelines"]
    assert body["resource"] == {"type": "environment", "id": number}
    assert without(pipeline, "authorizedBy") == {
        "id": 1,
        "authorized": True,
        "authorizedOn": "2024-01-01T00:00:00Z",
    }


def test_connections(visitor: Visitor, project: str, project_id: str, made: Values) -> None:
    url = f"{project}/_apis/serviceendpoint/endpoints"
    connection, webhook = (visitor.read(f"{url}/{made[name]['id']}") for name in ("connection", "webhook"))
    for body in (connection, webhook):
        assert (body["isShared"], body["isReady"], body["isOutdated"]) == (False, True, False)
        assert body["owner"] == "Library"
        (reference,) = body["serviceEndpointProjectReferences"]
        assert reference == {
            "projectReference": {"id": project_id, "name": "mlops"},
            "name": body["name"],
            "description": body["description"],
        }
    assert webhook["data"] == {}
    assert (webhook["type"], webhook["url"]) == ("incomingwebhook", "https://dev.azure.com/")
    assert webhook["authorization"] == {
        "scheme": "None",
        "parameters": {
            "webhookname": made["webhook"]["webhook_name"],
            "header": made["webhook"]["http_header"] or "",
            "secret": None,
        },
    }
    given = made["connection"]
    assert connection["data"] == {
        "environment": "AzureCloud",
        "scopeLevel": "Subscription",
        "subscriptionId": given["azurerm_subscription_id"],
        "subscriptionName": given["azurerm_subscription_name"],
        "creationMode": "Manual",
    }
    parameters = connection["authorization"]["parameters"]
    assert parameters["tenantid"] == given["azurerm_spn_tenantid"]
    assert parameters.keys() == {
        "tenantid",
        "serviceprincipalid",
        "workloadIdentityFederationIssuer",
        "workloadIdentityFederationSubject",
    }


def test_a_pipeline_that_has_to_succeed(visitor: Visitor, project: str, made: Values) -> None:
    (policy,) = visitor.listed(f"{project}/_apis/policy/configurations")
    settings = policy.pop("settings")
    assert without(policy, "id") == {
        "isEnabled": True,
        "isBlocking": True,
        "isDeleted": False,
        "type": {"id": "0609b952-1397-4640-95ec-e00a01b2c241", "displayName": "Build"},
    }
    (scope,) = settings.pop("scope")
    assert scope == {
        "repositoryId": scope["repositoryId"],
        "refName": "refs/heads/main",
        "matchKind": "Exact",
    }
    assert without(settings, "buildDefinitionId") == {
        "displayName": "Plan",
        "manualQueueOnly": False,
        "queueOnSourceUpdateOnly": True,
        "validDuration": 0,
        "filenamePatterns": [],
    }


# "Security namespace and permission reference for Azure DevOps", Git Repositories.
BITS = {
    "Administer": 1,
    "GenericRead": 2,
    "GenericContribute": 4,
    "ForcePush": 8,
    "CreateBranch": 16,
    "CreateTag": 32,
    "ManageNote": 64,
    "PolicyExempt": 128,
    "CreateRepository": 256,
    "DeleteRepository": 512,
    "RenameRepository": 1024,
    "EditPolicies": 2048,
    "RemoveOthersLocks": 4096,
    "ManagePermissions": 8192,
    "PullRequestContribute": 16384,
    "PullRequestBypassPolicy": 32768,
    "ViewAdvSecAlerts": 65536,
}


def test_permissions_on_a_repository_are_bits(cloud: Cloud, visitor: Visitor, made: Values) -> None:
    (file,) = cloud.resources("azuredevops_git_permissions")
    url = f"{visitor.devops}/_apis/accesscontrollists/2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87"
    principal = file.attributes["principal"]
    for name, bit in BITS.items():
        both = {name: "Allow", "GenericRead" if name == "Administer" else "Administer": "Deny"}
        cloud.write(replace(file, attributes={**file.attributes, "permissions": both}))
        (found,) = visitor.read(url)["value"]
        assert found["inheritPermissions"] is True
        assert found["acesDictionary"] == {
            principal: {"descriptor": principal, "allow": bit, "deny": 2 if name == "Administer" else 1}
        }


def test_a_pull_request_and_its_threads(
    cloud: Cloud, visitor: Visitor, project: str, project_id: str, made: Values
) -> None:
    number = add_pull_request(cloud, project_id, source="topic").id
    place = f"{project}/_apis/git/repositories/mlops/pullRequests/{number}"
    body = visitor.read(place)
    assert without(body, "createdBy", "repository") == {
        "pullRequestId": int(number),
        "status": "active",
        "title": "A change",
        "sourceRefName": "refs/heads/topic",
        "targetRefName": "refs/heads/main",
    }
    repository = body["repository"]
    assert repository["project"]["id"] == project_id
    assert without(repository, "id", "project", "url") == {
        "name": "mlops",
        "defaultBranch": "refs/heads/main",
        "isDisabled": False,
    }
    written = {"comments": [{"content": "Plan"}, {"content": "It is", "parentCommentId": 1}], "status": 4}
    thread = visitor.send("POST", f"{place}/threads", written).json()
    when = thread["publishedDate"]
    assert without(thread, "comments") == {
        "id": 1,
        "publishedDate": when,
        "lastUpdatedDate": when,
        "status": "closed",
        "threadContext": None,
        "properties": {},
        "isDeleted": False,
    }
    assert [without(item, "author") for item in thread["comments"]] == [
        {
            "id": index,
            "parentCommentId": index - 1,
            "content": content,
            "publishedDate": when,
            "lastUpdatedDate": when,
            "lastContentUpdatedDate": when,
            "commentType": "text",
        }
        for index, content in ((1, "Plan"), (2, "It is"))
    ]
    assert visitor.read(f"{place}/threads/1") == thread


@pytest.mark.parametrize(
    ("path", "status", "key", "said"),
    [
        ("mlops/_apis/git/repositories/none", 404, "GitRepositoryNotFound", "TF401019"),
        (
            "mlops/_apis/git/repositories/mlops/pullRequests/9",
            404,
            "GitPullRequestNotFound",
            "TF401180: The requested pull request was not found: 9.",
        ),
        ("mlops/_apis/build/definitions/99", 404, "DefinitionNotFound", "no Definition with the id 99"),
        ("mlops/_apis/distributedtask/environments/99", 404, "EnvironmentNotFound", "with the id 99"),
        ("mlops/_apis/pipelines/checks/configurations/99", 404, "CheckConfigurationNotFound", "id 99"),
        ("mlops/_apis/pipelines/pipelinepermissions/environment/99", 404, "ResourceNotFound", "id 99"),
        ("_apis/projects/mlops/teams/none", 404, "TeamNotFound", "'none' does not exist in mlops"),
        ("_apis/projects?continuationToken=x", 400, "InvalidArgumentValue", "not x"),
        ("_apis/accesscontrollists/none", 404, "InvalidSecurityNamespace", "repositories alone"),
        ("graph:_apis/graph/groups/none", 404, "GraphSubjectNotFound", "VS403325: The subject 'none'"),
        ("graph:_apis/graph/users/none", 404, "GraphSubjectNotFound", "VS403325: The subject 'none'"),
        (f"graph:_apis/graph/descriptors/{ENTRA}", 404, "StorageKeyNotFound", f"VS860018: .*'{ENTRA}'"),
        ("graph:_apis/graph/groups?scopeDescriptor=x.y", 400, "InvalidArgument", "VS860001: 'x.y'"),
        ("graph:_apis/identities", 400, "InvalidArgument", "Name identities"),
    ],
)
def test_a_refusal_names_what_is_missing(
    visitor: Visitor, project_id: str, path: str, status: int, key: str, said: str
) -> None:
    place = visitor.graph if path.startswith("graph:") else visitor.devops
    answer = visitor.send("GET", f"{place}/{path.removeprefix('graph:')}")
    body = answer.json()
    assert (answer.status_code, body["typeKey"]) == (status, f"{key}Exception")
    assert re.search(said, body["message"])
    assert without(body, "message", "typeKey") == {
        "$id": "1",
        "innerException": None,
        "typeName": f"Microsoft.VisualStudio.Services.Common.{key}Exception",
        "errorCode": 0,
        "eventId": 3000,
    }
