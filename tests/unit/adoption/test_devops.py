"""How what exists in Azure DevOps is found, and what it is imported by."""

from __future__ import annotations

from typing import Any

import pytest

from adoption.devops import DevOps
from adoption.outcome import Found, Missing, Several, Unclear
from client.services import Services
from facts.ids import IDS
from tests.unit.client.server import DEVOPS, GRAPH, Reply, Server

PROJECT = "11111111-1111-4111-8111-111111111111"
ENDPOINT = "22222222-2222-4222-8222-222222222222"
TEAM = "33333333-3333-4333-8333-333333333333"
HERE = f"{DEVOPS}/{PROJECT}/_apis"
AT = {"project_id": PROJECT}
TARGET = {**AT, "target_resource_type": "environment", "target_resource_id": "3"}


@pytest.fixture
def devops(services: Services) -> DevOps:
    return DevOps(services)


def imported(devops: DevOps, type_name: str, **given: Any) -> str:
    found = devops.find(type_name, given)
    assert isinstance(found, Found), found
    return found.import_id


def test_every_type_that_can_be_imported_can_be_looked_for(devops: DevOps) -> None:
    wanted = {name for name, ids in IDS.items() if name.startswith("azuredevops_") and ids.import_form}
    assert wanted <= devops.types


def test_a_project_by_its_name(server: Server, devops: DevOps) -> None:
    assert devops.find("azuredevops_project", {"name": "none"}) == Missing()
    server.answer(
        "GET",
        f"{DEVOPS}/_apis/projects/mlops",
        Reply({"id": PROJECT, "name": "MLOps", "state": "wellFormed"}),
    )
    assert imported(devops, "azuredevops_project", name="mlops") == PROJECT
    server.answer(
        "GET",
        f"{DEVOPS}/_apis/projects/half",
        Reply({"id": PROJECT, "name": "half", "state": "createPending"}),
    )
    half = devops.find("azuredevops_project", {"name": "half"})
    assert isinstance(half, Unclear)
    assert half.why == "a project that is only half made (createPending)"
    assert half.fix == "wait until Azure DevOps has made it, or delete it"


def test_an_environment_by_its_name(server: Server, devops: DevOps) -> None:
    server.lists(
        f"{HERE}/distributedtask/environments",
        {"id": 2, "name": "other"},
        {"id": 3, "name": "Prod-Deployment"},
    )
    assert imported(devops, "azuredevops_environment", **AT, name="prod-deployment") == f"{PROJECT}/3"
    assert devops.find("azuredevops_environment", {**AT, "name": "none"}) == Missing()
    with pytest.raises(KeyError, match="project_id"):
        devops.find("azuredevops_environment", {"name": "prod-deployment"})
    assert len(server.calls(f"{HERE}/distributedtask/environments")) == 1, (
        "what was listed is not asked for again"
    )


def check(number: int, kind: str, task: str = "") -> dict[str, Any]:
    settings = {"definitionRef": {"id": "d", "name": task}} if task else {}
    return {
        "id": number,
        "type": {"id": "t", "name": kind},
        "resource": {"type": "environment", "id": "3"},
        "settings": settings,
    }


def test_a_check_by_what_it_guards_and_its_kind(server: Server, devops: DevOps) -> None:
    server.lists(
        f"{HERE}/pipelines/checks/configurations",
        check(5, "Approval"),
        check(6, "Task Check", "evaluateBusinessHours"),
        check(7, "Task Check", "evaluatebranchProtection"),
        check(8, "ExclusiveLock"),
        check(9, "ExclusiveLock"),
    )
    assert imported(devops, "azuredevops_check_approval", **TARGET) == f"{PROJECT}/5"
    assert imported(devops, "azuredevops_check_branch_control", **TARGET) == f"{PROJECT}/7"
    two = devops.find("azuredevops_check_exclusive_lock", TARGET)
    assert two == Several([f"{PROJECT}/8", f"{PROJECT}/9"])
    (asked,) = server.calls(f"{HERE}/pipelines/checks/configurations")
    assert (asked.query["resourceType"], asked.query["resourceId"]) == ("environment", "3")


def endpoint(**more: Any) -> dict[str, Any]:
    return {"id": ENDPOINT, "name": "Azure-MLOps-Dev", "type": "azurerm", **more}


def federated(issuer: str) -> dict[str, Any]:
    parameters = {
        "workloadIdentityFederationIssuer": issuer,
        "workloadIdentityFederationSubject": "sc://a/b/c",
    }
    return {"scheme": "WorkloadIdentityFederation", "parameters": parameters}


def test_a_connection_by_its_name_and_type(server: Server, devops: DevOps) -> None:
    place, named = f"{HERE}/serviceendpoint/endpoints", {**AT, "service_endpoint_name": "azure-mlops-dev"}
    server.lists(place, endpoint(authorization=federated("https://login.microsoftonline.com/t/v2.0")))
    found = devops.find("azuredevops_serviceendpoint_azurerm", named)
    assert isinstance(found, Found)
    assert (found.import_id, found.note) == (f"{PROJECT}/{ENDPOINT}", "")
    assert found.attributes["workload_identity_federation_subject"] == "sc://a/b/c"
    other = devops.find("azuredevops_serviceendpoint_incomingwebhook", named)
    assert isinstance(other, Unclear)
    assert other.why.endswith("of another type has the name azure-mlops-dev: azurerm")
    assert other.fix == "rename it in Azure DevOps, or name another one in the configuration"
    none = {**AT, "service_endpoint_name": "none"}
    assert devops.find("azuredevops_serviceendpoint_azurerm", none) == Missing()


@pytest.mark.parametrize("issuer", ["https://vstoken.dev.azure.com/9f2c", ""])
def test_the_issuer_of_a_connection(server: Server, devops: DevOps, issuer: str) -> None:
    """One that retires is said; without any, nothing that trusts it can be looked for."""
    server.lists(f"{HERE}/serviceendpoint/endpoints", endpoint(authorization=federated(issuer)))
    found = devops.find(
        "azuredevops_serviceendpoint_azurerm", {**AT, "service_endpoint_name": "Azure-MLOps-Dev"}
    )
    assert isinstance(found, Found)
    assert ("1 July 2027" in found.note) == bool(issuer)
    assert found.attributes["workload_identity_federation_issuer"] == (issuer or None)


def test_a_connection_with_a_secret_is_to_be_converted_first(server: Server, devops: DevOps) -> None:
    server.lists(f"{HERE}/serviceendpoint/endpoints", endpoint(authorization={"scheme": "ServicePrincipal"}))
    found = devops.find(
        "azuredevops_serviceendpoint_azurerm", {**AT, "service_endpoint_name": "Azure-MLOps-Dev"}
    )
    assert isinstance(found, Found)
    assert found.note.startswith("It signs in with a secret or certificate")


def test_a_group_by_its_name_in_the_project_or_its_object_id(server: Server, devops: DevOps) -> None:
    server.answer("GET", f"{GRAPH}/_apis/graph/descriptors/{PROJECT}", Reply({"value": "scp.1"}))
    server.lists(
        f"{GRAPH}/_apis/graph/groups",
        {"descriptor": "vssgp.1", "displayName": "Leads", "origin": "vsts", "originId": "o1"},
        {"descriptor": "aadgp.2", "displayName": "Leads", "origin": "aad", "originId": TEAM},
    )
    server.lists(f"{GRAPH}/_apis/identities", {"id": TEAM, "subjectDescriptor": "vssgp.1"})
    for named in ({"scope": PROJECT, "display_name": "leads"}, {**AT, "name": "leads"}):
        found = devops.find("azuredevops_group", named)
        assert isinstance(found, Found)
        assert found.import_id == "vssgp.1"
        assert found.attributes["group_id"] == TEAM
    assert server.calls(f"{GRAPH}/_apis/graph/groups")[0].query["scopeDescriptor"] == "scp.1"
    assert imported(devops, "azuredevops_group", origin_id=TEAM.upper()) == "aadgp.2"
    assert devops.find("azuredevops_group", {"origin_id": PROJECT}) == Missing()
    assert devops.find("azuredevops_group", {"scope": PROJECT, "display_name": "none"}) == Missing()


def test_two_groups_of_one_name_are_named(server: Server, devops: DevOps) -> None:
    server.answer("GET", f"{GRAPH}/_apis/graph/descriptors/{PROJECT}", Reply({"value": "scp.1"}))
    leads = {"displayName": "Leads", "origin": "vsts"}
    server.lists(
        f"{GRAPH}/_apis/graph/groups", {**leads, "descriptor": "vssgp.1"}, {**leads, "descriptor": "vssgp.2"}
    )
    given = {"scope": PROJECT, "display_name": "Leads"}
    assert devops.find("azuredevops_group", given) == Several(["vssgp.1", "vssgp.2"])


def test_people_by_the_name_they_sign_in_with(server: Server, devops: DevOps) -> None:
    server.lists(
        f"{GRAPH}/_apis/graph/users",
        {"descriptor": "aad.1", "displayName": "Anna", "principalName": "Anna.Maier@contoso.com"},
        {"descriptor": "aad.2", "displayName": "Ben", "principalName": "ben@contoso.com"},
    )
    server.lists(f"{GRAPH}/_apis/identities", {"id": TEAM, "subjectDescriptor": "aad.1"})
    found = devops.find("azuredevops_users", {"principal_name": "anna.maier@contoso.com"})
    assert isinstance(found, Found)
    assert found.attributes["users"] == [{"id": TEAM, "descriptor": "aad.1"}]
    assert found.import_id == "", "nothing of a data source is imported"


def test_a_service_principal_by_its_object_id(server: Server, devops: DevOps) -> None:
    server.lists(
        f"{GRAPH}/_apis/graph/serviceprincipals",
        {"descriptor": "aadsp.1", "originId": PROJECT},
        {"descriptor": "aadsp.2", "originId": ENDPOINT},
    )
    server.lists(f"{GRAPH}/_apis/identities", {"id": TEAM, "subjectDescriptor": "aadsp.2"})
    type_name = "azuredevops_service_principal_entitlement"
    found = devops.find(type_name, {"origin_id": ENDPOINT.upper()})
    assert isinstance(found, Found)
    assert (found.import_id, found.attributes["descriptor"]) == (TEAM, "aadsp.2")
    assert server.calls(f"{GRAPH}/_apis/identities")[0].query["subjectDescriptors"] == "aadsp.2"
    assert devops.find(type_name, {"origin_id": TEAM}) == Missing()


def test_a_repository_by_its_name(server: Server, devops: DevOps) -> None:
    server.lists(f"{HERE}/git/repositories", {"id": TEAM, "name": "platform"})
    found = devops.find("azuredevops_git_repository", {**AT, "name": "Platform"})
    assert isinstance(found, Found)
    assert found.attributes["id"] == TEAM
    assert found.import_id == "", "nothing of a data source is imported"


def policy(number: int, pipeline: int, ref: str, **more: Any) -> dict[str, Any]:
    settings = {"buildDefinitionId": pipeline, "scope": [{"repositoryId": TEAM, "refName": ref}]}
    build = {"id": "0609b952-1397-4640-95ec-e00a01b2c241", "displayName": "Build"}
    return {"id": number, "type": build, "settings": settings, **more}


def test_a_policy_by_its_pipeline_and_branches(server: Server, devops: DevOps) -> None:
    main = "refs/heads/main"
    server.lists(
        f"{HERE}/policy/configurations",
        policy(1, 8, main),
        policy(2, 9, "refs/heads/develop"),
        policy(3, 9, main, isDeleted=True),
        policy(4, 9, main, type={"id": "fd2167ab-b0be-447a-8ec8-39368250530e"}),
        policy(5, 9, main),
    )
    scope = [{"match_type": "Exact", "repository_id": TEAM.upper(), "repository_ref": main}]
    given = {**AT, "settings": {"build_definition_id": "9", "scope": scope}}
    assert imported(devops, "azuredevops_branch_policy_build_validation", **given) == f"{PROJECT}/5"
    given["settings"] = {"build_definition_id": "7", "scope": scope}
    assert devops.find("azuredevops_branch_policy_build_validation", given) == Missing()


GROUP = {
    "id": 7,
    "name": "mlops-dev-variables",
    "type": "Vsts",
    "variables": {"workspaceName": {"value": "w"}, "token": {"value": None, "isSecret": True}},
}


def test_groups_of_variables_and_what_is_in_them(server: Server, devops: DevOps) -> None:
    server.lists(f"{HERE}/distributedtask/variablegroups", GROUP)
    assert imported(devops, "azuredevops_variable_group", **AT, name="MLOps-dev-variables") == f"{PROJECT}/7"
    place = {**AT, "variable_group_id": "7"}
    type_name = "azuredevops_variable_group_variable"
    found = devops.find(type_name, {**place, "name": "workspaceName", "value": "w"})
    assert isinstance(found, Found)
    assert (found.import_id, found.note) == (f"{PROJECT}/7/workspaceName", "")
    secret = devops.find(type_name, {**place, "name": "token", "value": "x"})
    assert isinstance(secret, Found)
    assert secret.note.startswith("It is a secret in the Library")
    wanted = devops.find(type_name, {**place, "name": "token", "secret_value": "x"})
    assert isinstance(wanted, Found)
    assert wanted.note == ""
    assert devops.find(type_name, {**place, "name": "none"}) == Missing()
    assert devops.find(type_name, {**place, "variable_group_id": "8", "name": "workspaceName"}) == Missing()


def test_a_pipeline_by_name_and_folder_and_what_it_may_use(server: Server, devops: DevOps) -> None:
    server.lists(
        f"{HERE}/build/definitions",
        {"id": 4, "name": "Training", "path": "\\"},
        {"id": 5, "name": "Training", "path": "\\ml"},
    )
    found = devops.find("azuredevops_build_definition", {**AT, "name": "training", "path": "\\ml"})
    assert isinstance(found, Found)
    assert (found.attributes["id"], found.import_id) == ("5", f"{PROJECT}/5")
    server.answer(
        "GET",
        f"{HERE}/pipelines/pipelinepermissions/environment/3",
        Reply({"pipelines": [{"id": 4, "authorized": False}, {"id": 5, "authorized": True}]}),
    )
    opened = {**AT, "type": "environment", "resource_id": "3"}
    type_name = "azuredevops_pipeline_authorization"
    assert imported(devops, type_name, **opened, pipeline_id="5") == f"{PROJECT}/environment/3;pipeline_id=5"
    assert devops.find(type_name, {**opened, "pipeline_id": "4"}) == Missing()


def test_an_agent_queue_by_its_name(server: Server, devops: DevOps) -> None:
    pool = {"id": 1, "name": "agents"}
    server.lists(f"{HERE}/distributedtask/queues", {"id": 9, "name": "agents", "pool": pool})
    found = devops.find("azuredevops_agent_queue", {**AT, "name": "Agents"})
    assert isinstance(found, Found)
    assert found.attributes["id"] == "9"
    assert found.import_id == "", "nothing of a data source is imported"


def test_a_role_that_is_inherited_is_not_there(server: Server, devops: DevOps) -> None:
    scope, target = "distributedtask.variablegroup", f"{PROJECT}$7"

    def role(access: str) -> dict[str, Any]:
        return {"identity": {"id": TEAM.upper()}, "role": {"name": "Reader"}, "access": access}

    path = f"{DEVOPS}/_apis/securityroles/scopes/{scope}/roleassignments/resources/{PROJECT}%247"
    given = {"scope": scope, "resource_id": target, "identity_id": TEAM}
    server.lists(path, role("inherited"))
    assert devops.find("azuredevops_securityrole_assignment", given) == Missing()
    other = {**given, "identity_id": PROJECT}
    server.lists(path, role("inherited"), role("assigned"))
    again = DevOps(devops._services)  # a second look
    assert imported(again, "azuredevops_securityrole_assignment", **given) == f"{scope}/{target}/{TEAM}"
    assert again.find("azuredevops_securityrole_assignment", other) == Missing()
