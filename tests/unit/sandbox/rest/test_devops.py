"""Azure DevOps through the door: what is read, how lists are paged, and the few writes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sandbox.cloud.store import Cloud, Resource
from sandbox.services.devops.git import POLICY, PULL_REQUEST, add_pull_request
from sandbox.services.seed import seed
from tests.unit.sandbox.client import Client, Values
from tests.unit.sandbox.rest.organization import ENTRA, populate
from tests.unit.sandbox.rest.visitor import DEVOPS, Visitor


@pytest.fixture
def made(cloud: Cloud, devops: Client, azure: Client, project_id: str) -> Values:
    return populate(cloud, devops, project_id)


@pytest.fixture
def project(visitor: Visitor, project_id: str) -> str:
    """The address of the project."""
    return f"{visitor.devops}/{project_id}"


# --- Projects, teams, people ----------------------------------------------------------------------------------------


def test_a_half_made_project_is_listed_when_it_is_asked_for(cloud: Cloud, visitor: Visitor) -> None:
    seed(cloud.folder, project="half")
    half = next(item for item in cloud.resources("azuredevops_project") if item.name == "half")
    cloud.write(replace(half, contents={"state": "createPending"}))
    url = f"{visitor.devops}/_apis/projects"
    assert [item["name"] for item in visitor.listed(url)] == ["mlops"]
    states = {item["name"]: item["state"] for item in visitor.listed(f"{url}?stateFilter=all")}
    assert states == {"mlops": "wellFormed", "half": "createPending"}
    assert visitor.read(f"{url}/half")["state"] == "createPending"


def test_a_project_that_is_not_there(visitor: Visitor) -> None:
    answer = visitor.send("GET", f"{visitor.devops}/nowhere/_apis/distributedtask/variablegroups")
    assert answer.status_code == 404
    assert answer.json()["typeKey"] == "ProjectDoesNotExistWithNameException"
    assert answer.json()["message"].startswith("TF200016: The following project does not exist: nowhere.")


def test_teams_and_who_is_in_them(visitor: Visitor, made: Values) -> None:
    url = f"{visitor.devops}/_apis/projects/mlops/teams"
    teams = {item["name"]: item["id"] for item in visitor.listed(url)}
    assert teams == {"mlops Team": teams["mlops Team"], "Leads": made["leads"]["group_id"]}
    members = [item["identity"] for item in visitor.listed(f"{url}/Leads/members")]
    assert {item["uniqueName"]: item.get("isContainer", False) for item in members} == {
        "anna@contoso.com": False,
        made["entra"]["principal_name"]: True,
    }
    assert visitor.send("GET", f"{url}/Readers/members").status_code == 404  # a group, and no team


def test_groups_of_a_project_by_its_descriptor(visitor: Visitor, made: Values, project_id: str) -> None:
    graph = f"{visitor.graph}/_apis/graph"
    scope = visitor.read(f"{graph}/descriptors/{project_id}")["value"]
    inside = {item["displayName"]: item for item in visitor.listed(f"{graph}/groups?scopeDescriptor={scope}")}
    assert {"Leads", "Contributors", "mlops Team"} < inside.keys()
    assert inside["Leads"]["originId"] == made["leads"]["group_id"]
    every = {item["displayName"]: item for item in visitor.listed(f"{graph}/groups")}
    (entra,) = every.keys() - inside.keys()
    assert (every[entra]["origin"], every[entra]["originId"]) == ("aad", ENTRA)
    assert every[entra]["descriptor"].startswith("aadgp.")


def test_members_of_an_entra_group_are_not_visible(visitor: Visitor, made: Values) -> None:
    memberships = f"{visitor.graph}/_apis/graph/memberships"
    entra = made["entra"]["descriptor"]
    assert visitor.read(f"{memberships}/{entra}?direction=down")["value"] == []
    (up,) = visitor.read(f"{memberships}/{entra}")["value"]
    assert up == {"containerDescriptor": made["leads"]["id"], "memberDescriptor": entra}


def test_identities_by_their_ids(visitor: Visitor, made: Values) -> None:
    wanted = f"{made['leads']['group_id']},{made['anna']['id']}"
    found = visitor.read(f"{visitor.graph}/_apis/identities?identityIds={wanted}")["value"]
    assert {item["id"]: item["subjectDescriptor"] for item in found} == {
        made["leads"]["group_id"]: made["leads"]["id"],
        made["anna"]["id"]: made["anna"]["descriptor"],
    }
    assert visitor.send("GET", f"{visitor.graph}/_apis/identities").status_code == 400


# --- Variable groups ------------------------------------------------------------------------------------------------


def variables(visitor: Visitor, project: str, number: str) -> Any:
    return visitor.read(f"{project}/_apis/distributedtask/variablegroups/{number}")


def test_a_variable_group_and_its_secret(
    visitor: Visitor, project: str, project_id: str, made: Values
) -> None:
    group = variables(visitor, project, made["group"]["id"])
    assert group["variables"] == {"minimum": {"value": "0.70"}, "token": {"value": None, "isSecret": True}}
    assert (group["type"], group["name"], group["description"]) == ("Vsts", "settings", "What people set")
    (reference,) = group["variableGroupProjectReferences"]
    assert reference["projectReference"] == {"id": project_id, "name": "mlops"}
    assert variables(visitor, project, "99") is None


def test_groups_by_name(visitor: Visitor, project: str, devops: Client, project_id: str) -> None:
    for name in ("mlops-dev", "mlops-test", "other"):
        variable = [{"name": "a", "value": "1"}]
        devops.create("azuredevops_variable_group", project_id=project_id, name=name, variable=variable)
    url = f"{project}/_apis/distributedtask/variablegroups?groupName="
    assert [item["name"] for item in visitor.listed(f"{url}MLOPS-dev")] == ["mlops-dev"]
    assert [item["name"] for item in visitor.listed(f"{url}mlops-*")] == ["mlops-dev", "mlops-test"]
    assert visitor.listed(f"{url}nothing") == []
    assert visitor.listed(f"{url}[mo]*") == []  # a star is all that stands for something else


def test_lists_come_in_pages_and_end(visitor: Visitor, project: str, devops: Client, project_id: str) -> None:
    for number in range(7):
        variable = [{"name": "a", "value": "1"}]
        devops.create(
            "azuredevops_variable_group", project_id=project_id, name=f"group-{number}", variable=variable
        )
    url = f"{project}/_apis/distributedtask/variablegroups"
    pages = list(visitor.pages(url))
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [item["name"] for page in pages for item in page] == [f"group-{number}" for number in range(7)]
    assert [len(page) for page in visitor.pages(f"{url}?$top=2")] == [2, 2, 2, 1]
    assert visitor.read(f"{url}?continuationToken=99")["value"] == []
    assert visitor.send("GET", f"{url}?continuationToken=x").status_code == 400


def body_of(group: Any, **changes: Any) -> Any:
    names = ("name", "type", "description", "variables", "variableGroupProjectReferences")
    return {**{name: group[name] for name in names}, **changes}


def put(visitor: Visitor, number: str, body: Any) -> Any:
    return visitor.send("PUT", f"{visitor.devops}/_apis/distributedtask/variablegroups/{number}", body)


def test_a_group_is_replaced_as_a_whole_and_says_who_did(
    cloud: Cloud, visitor: Visitor, project: str, made: Values
) -> None:
    number = made["group"]["id"]
    before = variables(visitor, project, number)
    after = {
        "minimum": {"value": "0.72"},
        "added": {"value": "yes"},
        "token": {"value": None, "isSecret": True},
    }
    answer = put(visitor, number, body_of(before, variables=after, description="Changed"))
    assert answer.status_code == 200, answer.text
    group = variables(visitor, project, number)
    assert group == answer.json()
    assert (group["variables"], group["description"]) == (after, "Changed")
    assert group["modifiedBy"]["displayName"] == "You in the sandbox"
    assert group["createdBy"]["displayName"] == "Terraform in the sandbox"
    assert group["modifiedOn"] > before["modifiedOn"]
    assert group["createdOn"] == before["createdOn"]
    (file,) = cloud.resources("azuredevops_variable_group")
    assert file.contents["variables"]["token"] == {"value": "hidden", "isSecret": True}
    assert file.contents["changed"]["revision"] == 2
    # What the body leaves out is gone, and a secret gets a new value.
    put(visitor, number, body_of(group, variables={"token": {"value": "new", "isSecret": True}}))
    (file,) = cloud.resources("azuredevops_variable_group")
    assert file.contents["variables"] == {"token": {"value": "new", "isSecret": True}}


def test_a_group_that_terraform_changes_says_so(
    devops: Client, visitor: Visitor, project: str, made: Values
) -> None:
    number = made["group"]["id"]
    put(visitor, number, body_of(variables(visitor, project, number), description="By hand"))
    devops.create(
        "azuredevops_variable_group_variable",
        project_id=made["group"]["project_id"],
        variable_group_id=number,
        name="more",
        value="1",
    )
    group = variables(visitor, project, number)
    assert group["modifiedBy"]["displayName"] == "Terraform in the sandbox"
    assert group["description"] == "By hand"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"variables": {}}, "needs at least one variable"),
        ({"variables": {"a": {"value": 1}}}, "The variable a has to have a value that is a text"),
        ({"variables": {"a": "1"}}, "The variable a has to have a value that is a text"),
        ({"variables": []}, "needs at least one variable"),
        ({"variableGroupProjectReferences": []}, "VariableGroupProjectReferences"),
        ({"name": ""}, "has to be a text"),
        ({"name": "other"}, "already exists"),
        ({"type": "AzureKeyVault"}, "cannot change"),
    ],
)
def test_a_body_that_is_refused_changes_nothing(
    cloud: Cloud, devops: Client, visitor: Visitor, project: str, made: Values, change: Any, says: str
) -> None:
    variable = [{"name": "a", "value": "1"}]
    project_id = made["group"]["project_id"]
    devops.create("azuredevops_variable_group", project_id=project_id, name="other", variable=variable)
    files = {item.path: item for item in cloud.resources("azuredevops_variable_group")}
    number = made["group"]["id"]
    answer = put(visitor, number, body_of(variables(visitor, project, number), **change))
    assert answer.status_code == 400
    assert says in answer.json()["message"]
    assert {item.path: item for item in cloud.resources("azuredevops_variable_group")} == files


def test_a_group_that_is_not_there_is_not_made(visitor: Visitor, project: str, made: Values) -> None:
    answer = put(visitor, "99", body_of(variables(visitor, project, made["group"]["id"])))
    assert (answer.status_code, answer.json()["typeKey"]) == (404, "VariableGroupNotFoundException")


def test_a_number_that_somebody_turned_into_a_word_is_named(
    cloud: Cloud, visitor: Visitor, project: str, made: Values
) -> None:
    (file,) = cloud.resources("azuredevops_variable_group")
    cloud.write(replace(file, id="one"))
    answer = visitor.send("GET", f"{project}/_apis/distributedtask/variablegroups")
    assert answer.status_code == 500
    assert f'{file.path}: the "id" has to be a number' in answer.json()["message"]


def test_a_linked_group_tells_no_values(cloud: Cloud, visitor: Visitor, project: str, made: Values) -> None:
    (file,) = cloud.resources("azuredevops_variable_group")
    linked = {"name": "vault", "service_endpoint_id": made["connection"]["id"], "search_depth": 20}
    cloud.write(replace(file, attributes={**file.attributes, "key_vault": [linked]}))
    group = variables(visitor, project, file.id)
    assert group["type"] == "AzureKeyVault"
    assert group["providerData"]["vault"] == "vault"
    assert {item["value"] for item in group["variables"].values()} == {None}


# --- Environments, checks, permissions, roles, connections ----------------------------------------------------------


def test_an_environment_by_name_and_its_checks(visitor: Visitor, project: str, made: Values) -> None:
    url = f"{project}/_apis/distributedtask/environments?name=Prod-Deployment"
    (environment,) = visitor.listed(url)
    assert (str(environment["id"]), environment["description"]) == (made["environment"]["id"], "For prod")
    url = f"{project}/_apis/pipelines/checks/configurations?resourceType=environment&resourceId={environment['id']}"
    plain = visitor.read(url)["value"]
    assert [item["type"]["name"] for item in plain] == ["Approval", "Task Check", "ExclusiveLock"]
    assert all("settings" not in item for item in plain)
    approval, branches, _ = visitor.read(f"{url}&$expand=settings")["value"]
    (approver,) = approval["settings"]["approvers"]
    assert (approver["id"], approver["displayName"]) == (made["leads"]["group_id"], "[mlops]\\Leads")
    assert approval["settings"]["minRequiredApprovers"] == 1
    assert approval["settings"]["requesterCannotBeApprover"] is True
    assert branches["settings"]["inputs"] == {
        "allowedBranches": "refs/heads/main",
        "ensureProtectionOfBranch": "true",
        "allowUnknownStatusBranch": "false",
    }
    assert branches["settings"]["definitionRef"]["name"] == "evaluatebranchProtection"


def test_who_may_use_an_environment(
    visitor: Visitor, project: str, devops: Client, made: Values, project_id: str
) -> None:
    number = made["environment"]["id"]
    url = f"{project}/_apis/pipelines/pipelinePermissions/environment/{number}"
    found = visitor.read(url)
    assert ([item["id"] for item in found["pipelines"]], found.get("allPipelines")) == ([1], None)
    everybody = {"project_id": project_id, "resource_id": number, "type": "environment"}
    devops.create("azuredevops_pipeline_authorization", **everybody)
    assert visitor.read(url)["allPipelines"]["authorized"] is True
    repository = visitor.read(f"{project}/_apis/git/repositories")["value"][0]["id"]
    place = f"{project}/_apis/pipelines/pipelinePermissions"
    assert visitor.read(f"{place}/repository/{project_id}.{repository}")["pipelines"] == []
    for missing in (f"repository/{project_id}.{project_id}", "environment/99", "secret/1"):
        assert visitor.send("GET", f"{place}/{missing}").status_code == 404


def roles(visitor: Visitor, scope: str, resource: str) -> set[tuple[str, str, str]]:
    url = f"{visitor.devops}/_apis/securityroles/scopes/{scope}/roleassignments/resources/{resource}"
    return {
        (row["identity"]["displayName"], row["role"]["name"], row["access"]) for row in visitor.listed(url)
    }


def test_roles_that_were_given_and_those_that_come_along(
    visitor: Visitor, made: Values, project_id: str
) -> None:
    of_group = roles(visitor, "distributedtask.variablegroup", f"{project_id}${made['group']['id']}")
    administrators = ("Project Administrators", "Build Administrators", "Release Administrators")
    assert of_group == {
        ("[mlops]\\Leads", "User", "assigned"),
        *((f"[mlops]\\{name}", "Administrator", "inherited") for name in administrators),
        *((f"[mlops]\\{name}", "Reader", "inherited") for name in ("Contributors", "Project Valid Users")),
    }
    environment = f"{project_id}_{made['environment']['id']}"
    assert roles(visitor, "distributedtask.environmentreferencerole", environment) == {
        ("[mlops]\\Contributors", "Reader", "inherited"),
        ("[mlops]\\Project Administrators", "Creator", "inherited"),
        ("[mlops]\\Project Valid Users", "Reader", "inherited"),
    }
    library = roles(visitor, "distributedtask.library", f"{project_id}$0")
    assert ("[mlops]\\Contributors", "Creator", "inherited") in library
    queue = roles(visitor, "distributedtask.agentqueuerole", f"{project_id}_{made['queue']['id']}")
    assert {row[1] for row in queue} == {"Administrator", "Reader"}
    connection = f"{project_id}_{made['connection']['id']}"
    assert roles(visitor, "distributedtask.serviceendpointrole", connection) == {
        ("[mlops]\\Endpoint Administrators", "Administrator", "inherited"),
        ("[mlops]\\Endpoint Creators", "Creator", "inherited"),
    }


def test_a_connection_by_name_with_its_issuer_and_without_keys(
    visitor: Visitor, project: str, made: Values
) -> None:
    name, url = made["connection"]["service_endpoint_name"], f"{project}/_apis/serviceendpoint/endpoints"
    (found,) = visitor.read(f"{url}?endpointNames={name}")["value"]
    authorization = found["authorization"]
    assert (found["type"], found["isReady"], found["data"]["creationMode"]) == ("azurerm", True, "Manual")
    assert authorization["scheme"] == "WorkloadIdentityFederation"
    for parameter in ("Issuer", "Subject"):
        expected = made["connection"][f"workload_identity_federation_{parameter.lower()}"]
        assert authorization["parameters"][f"workloadIdentityFederation{parameter}"] == expected
    assert [item["name"] for item in visitor.read(f"{url}?type=incomingwebhook")["value"]] == ["webhook"]
    assert visitor.read(f"{url}/{'0' * 8}-0000-0000-0000-{'0' * 12}") is None


def test_what_one_may_do_to_a_project(cloud: Cloud, visitor: Visitor, project_id: str) -> None:
    token = f"$PROJECT:vstfs:///Classification/TeamProject/{project_id}"
    url = f"{visitor.devops}/_apis/permissions/52d39943-cb85-4d7f-8fa8-c6baac873819/2?tokens={token},{token}"
    assert visitor.read(url)["value"] == [True, True]
    (project,) = cloud.resources("azuredevops_project")
    cloud.write(replace(project, contents={**project.contents, "denied": [1, 2]}))
    assert visitor.read(url)["value"] == [False, False]
    assert visitor.read(url.replace("/2?", "/4?"))["value"] == [True, True]


def test_a_connection_that_is_not_ready(cloud: Cloud, visitor: Visitor, project: str, made: Values) -> None:
    connection = cloud.find(made["connection"]["id"], "azuredevops_serviceendpoint_azurerm")
    assert connection
    cloud.write(replace(connection, contents={"failed": "AADSTS700016"}))
    found = visitor.read(f"{project}/_apis/serviceendpoint/endpoints/{connection.id}")
    assert (found["isReady"], found["operationStatus"]) == (
        False,
        {"state": "Failed", "statusMessage": "AADSTS700016"},
    )


def test_pipelines_by_name_and_folder(cloud: Cloud, visitor: Visitor, project: str) -> None:
    seed(cloud.folder, pipelines={"Train": "\\ml\\daily", "Trainer": "\\mlx"}, subscriptions=())
    url = f"{project}/_apis/build/definitions"

    def names(query: str) -> set[str]:
        return {item["name"] for item in visitor.listed(f"{url}?{query}")}

    assert names("name=train*") == {"Train", "Trainer", "Training"}
    assert names("path=\\ml") == {"Train"}
    assert names("name=Train&path=\\ml\\daily") == {"Train"}
    (number,) = (item["id"] for item in visitor.listed(f"{url}?name=Train"))
    found = visitor.read(f"{url}/{number}")
    (listed,) = visitor.listed(f"{url}?name=Train&includeAllProperties=true")
    assert listed == found
    assert found["repository"]["name"] == "mlops"
    assert found["process"] == {"yamlFilename": "azure-pipelines.yml", "type": 2}
    assert found["queueStatus"] == "enabled"


def test_agents_and_whether_they_are_there(
    cloud: Cloud, visitor: Visitor, project: str, made: Values
) -> None:
    (queue,) = visitor.read(f"{project}/_apis/distributedtask/queues?queueName=agents")["value"]
    url = f"{visitor.devops}/_apis/distributedtask/pools"
    assert [item["id"] for item in visitor.read(url)["value"]] == [queue["pool"]["id"]]
    (agent,) = visitor.read(f"{url}/{queue['pool']['id']}/agents")["value"]
    assert (agent["status"], agent["enabled"]) == ("online", True)
    assert visitor.read(f"{visitor.devops}/_apis/build/resourceusage")["distributedTaskAgents"] == 1
    (file,) = cloud.resources("azuredevops_agent_queue")
    offline = {**file.contents["agents"][0], "status": "offline"}
    cloud.write(replace(file, contents={"agents": [offline]}))
    (agent,) = visitor.read(f"{url}/{queue['pool']['id']}/agents")["value"]
    assert agent["status"] == "offline"
    cloud.write(replace(file, contents={"agents": ["agent-1"]}))
    assert visitor.send("GET", f"{url}/{queue['pool']['id']}/agents").status_code == 500
    assert visitor.send("GET", f"{url}/999/agents").status_code == 404


def test_policies_are_what_the_files_say(
    cloud: Cloud, visitor: Visitor, project: str, project_id: str
) -> None:
    url = f"{project}/_apis/policy/configurations"
    assert visitor.listed(url) == []
    reviewers = {"id": "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd", "displayName": "Minimum number of reviewers"}
    policy = {
        "isEnabled": True,
        "isBlocking": True,
        "type": reviewers,
        "settings": {"minimumApproverCount": 2},
    }
    cloud.write(Resource(POLICY, "3", {"project_id": project_id, "name": "reviewers", **policy}))
    (found,) = visitor.listed(f"{url}?policyType={reviewers['id']}")
    assert found == {"id": 3, "name": "reviewers", **policy}
    assert visitor.listed(f"{url}?policyType=other") == []


# --- Pull requests --------------------------------------------------------------------------------------------------


@pytest.fixture
def threads(cloud: Cloud, visitor: Visitor, project: str, project_id: str) -> str:
    """The address of the threads of a pull request."""
    for _ in range(2):  # what is there already stays as it is
        seed(cloud.folder, subscriptions=(), pull_requests=["more-nodes"])
    (pull_request,) = cloud.resources(PULL_REQUEST)
    place = f"{project}/_apis/git/repositories/mlops/pullRequests/{pull_request.id}"
    assert visitor.read(place)["sourceRefName"] == "refs/heads/more-nodes"
    return f"{place}/threads"


def test_pull_requests_have_numbers_and_a_project(cloud: Cloud, project_id: str, threads: str) -> None:
    assert add_pull_request(cloud, project_id, source="other").id == "2"
    with pytest.raises(ValueError, match="There is no project"):
        add_pull_request(cloud, "elsewhere", source="other")


def test_a_thread_is_written_and_changed(visitor: Visitor, threads: str) -> None:
    assert visitor.read(threads)["value"] == []
    comment = {"parentCommentId": 0, "content": "3 to change", "commentType": 1}
    thread = visitor.send("POST", threads, {"comments": [comment], "status": "active"}).json()
    assert thread["comments"][0]["content"] == "3 to change"
    place = f"{threads}/{thread['id']}"
    changed = visitor.send("PATCH", f"{place}/comments/1", {"content": "4 to change"}).json()
    assert changed["author"]["displayName"] == "You in the sandbox"
    visitor.send("POST", f"{place}/comments", {"content": "and 1 to destroy", "parentCommentId": 1})
    visitor.send("PATCH", place, {"status": "fixed"})
    (read,) = visitor.read(threads)["value"]
    assert read == visitor.read(place)
    assert [item["content"] for item in read["comments"]] == ["4 to change", "and 1 to destroy"]
    assert read["status"] == "fixed"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "", {"comments": []}, 400),
        ("POST", "", {"comments": [{"content": 1}]}, 400),
        ("POST", "", {"comments": [{"content": "a"}], "status": "open"}, 400),
        ("PATCH", "/9", {"status": "fixed"}, 404),
        ("PATCH", "/9/comments/1", {"content": "a"}, 404),
        ("POST", "/9/comments", {"content": "a"}, 404),
    ],
)
def test_a_thread_that_is_refused(
    visitor: Visitor, threads: str, method: str, path: str, body: Any, status: int
) -> None:
    assert visitor.send(method, f"{threads}{path}", body).status_code == status
    assert visitor.read(threads)["value"] == []


def test_a_repository_or_pull_request_that_is_not_there(visitor: Visitor, project: str, threads: str) -> None:
    repositories = f"{project}/_apis/git/repositories"
    assert [item["name"] for item in visitor.read(repositories)["value"]] == ["mlops"]
    for path in ("other/pullRequests/1/threads", "mlops/pullRequests/9/threads"):
        assert visitor.send("GET", f"{repositories}/{path}").status_code == 404


def test_a_body_that_is_not_json(visitor: Visitor, threads: str) -> None:
    for text in ("[]", "1"):
        answer = visitor.session.post(
            threads,
            data=text,
            headers={"Authorization": f"Bearer {visitor.credential.get_token(DEVOPS).token}"},
            timeout=10,
        )
        assert (answer.status_code, answer.json()["typeKey"]) == (400, "InvalidRequestContentException")
