"""Azure DevOps: projects, groups, connections, checks, roles, and what happens when one of them goes."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest

from sandbox.cloud.store import Cloud
from sandbox.services.seed import seed
from tests.unit.sandbox.client import Client, RefusedError, Values
from tests.unit.sandbox.resources import SUBSCRIPTION, TENANT

GUID = "12345678-1234-4234-8234-123456789abc"


def connection_arguments(project_id: str, **arguments: Any) -> Values:
    return {
        "project_id": project_id,
        "service_endpoint_name": "Azure",
        "service_endpoint_authentication_scheme": "WorkloadIdentityFederation",
        "azurerm_spn_tenantid": TENANT,
        "azurerm_subscription_id": SUBSCRIPTION,
        "azurerm_subscription_name": "Production",
        "credentials": [{"serviceprincipalid": GUID}],
        **arguments,
    }


CONNECTION = "azuredevops_serviceendpoint_azurerm"
AUTHORIZATION = "azuredevops_pipeline_authorization"
WEBHOOK = "azuredevops_serviceendpoint_incomingwebhook"


def webhook_arguments(project_id: str) -> Values:
    return {"project_id": project_id, "service_endpoint_name": "Azure", "webhook_name": "hook"}


def approval(project_id: str, target: Values, *approvers: str) -> Values:
    return {
        "project_id": project_id,
        "target_resource_id": target["id"],
        "target_resource_type": "environment",
        "approvers": list(approvers),
    }


# --- Projects and groups ----------------------------------------------------------------------------------------


def test_a_project_and_its_name(devops: Client) -> None:
    state = devops.create("azuredevops_project", name="other")
    assert (state["visibility"], state["work_item_template"]) == ("private", "Agile")
    assert devops.look_up("azuredevops_project", name="OTHER")["id"] == state["id"]
    assert devops.look_up("azuredevops_project", project_id=state["id"])["name"] == "other"
    with pytest.raises(RefusedError, match=r"TF200019: The following project already exists .*: Other"):
        devops.create("azuredevops_project", name="Other")
    renamed = devops.change("azuredevops_project", state, name="another")
    assert devops.import_("azuredevops_project", state["id"]) == renamed


def test_a_group_in_a_project(devops: Client, project_id: str) -> None:
    state = devops.create("azuredevops_group", scope=project_id, display_name="Leads")
    assert state["id"] == state["descriptor"]
    assert state["descriptor"].startswith("vssgp.")
    assert state["principal_name"] == "[mlops]\\Leads"
    assert uuid.UUID(state["group_id"])
    found = devops.look_up("azuredevops_group", name="Leads", project_id=project_id)
    assert (found["id"], found["group_id"]) == (state["id"], state["group_id"])
    assert devops.import_("azuredevops_group", state["descriptor"]) == state
    with pytest.raises(RefusedError, match="TF50632: The group leads already exists"):
        devops.create("azuredevops_group", scope=project_id, display_name="leads")
    with pytest.raises(RefusedError, match='"display_name": conflicts with mail'):
        devops.plan("azuredevops_group", scope=project_id, display_name="a", mail="a@b.c")


def test_two_projects_may_use_one_name(devops: Client, project_id: str) -> None:
    other = devops.create("azuredevops_project", name="other")["id"]
    for project in (project_id, other):
        devops.create("azuredevops_environment", project_id=project, name="prod")
    with pytest.raises(RefusedError, match="Environment with name prod already exists in the project"):
        devops.create("azuredevops_environment", project_id=other, name="prod")


def test_a_thing_is_imported_from_its_own_project(devops: Client, project_id: str) -> None:
    other = devops.create("azuredevops_project", name="other")["id"]
    state = devops.create("azuredevops_environment", project_id=project_id, name="prod")
    for place in (project_id, "MLOps"):
        assert devops.import_("azuredevops_environment", f"{place}/{state['id']}") == state
    assert devops.import_("azuredevops_environment", f"{other}/{state['id']}") is None
    with pytest.raises(
        RefusedError, match="Failed to get the project with specified projectNameOrID: nowhere"
    ):
        devops.import_("azuredevops_environment", f"nowhere/{state['id']}")


def test_a_project_goes_with_everything_in_it(devops: Client, cloud: Cloud, project_id: str) -> None:
    project = devops.create("azuredevops_project", name="other")
    group = devops.create(
        "azuredevops_variable_group",
        project_id=project["id"],
        name="g",
        variable=[{"name": "a", "value": "b"}],
    )
    readers = devops.look_up("azuredevops_group", name="Readers", project_id=project_id)
    role = devops.create(
        "azuredevops_securityrole_assignment",
        scope="distributedtask.variablegroup",
        resource_id=f"{project['id']}${group['id']}",
        identity_id=readers["group_id"],
        role_name="Reader",
    )
    assert role["id"] == f"distributedtask.variablegroup/{project['id']}${group['id']}/{readers['group_id']}"
    devops.destroy("azuredevops_project", project)
    assert cloud.resources("azuredevops_variable_group", "azuredevops_securityrole_assignment") == []
    assert devops.read("azuredevops_securityrole_assignment", role) is None


def test_a_project_that_does_not_exist(devops: Client) -> None:
    with pytest.raises(RefusedError, match=f"The following project does not exist: {GUID}") as refused:
        devops.create("azuredevops_environment", project_id=GUID, name="prod")
    assert refused.value.attributes == ["project_id"]
    with pytest.raises(RefusedError, match='"project_id" must be a valid UUID, got mlops'):
        devops.plan("azuredevops_environment", project_id="mlops", name="prod")


# --- Checks, authorizations and roles ------------------------------------------------------------------------------


def test_an_approval_and_the_number_of_its_check(devops: Client, project_id: str) -> None:
    environment = devops.create("azuredevops_environment", project_id=project_id, name="prod")
    assert environment["id"] == "1"
    leads = devops.create("azuredevops_group", scope=project_id, display_name="Leads")
    state = devops.create(
        "azuredevops_check_approval", **approval(project_id, environment, leads["group_id"])
    )
    assert (state["id"], state["timeout"], state["requester_can_approve"]) == ("1", 43200, False)
    target = {name: state[name] for name in ("project_id", "target_resource_id", "target_resource_type")}
    branches = devops.create("azuredevops_check_branch_control", **target, display_name="main only")
    assert (branches["id"], branches["allowed_branches"], branches["timeout"]) == ("2", "*", 1440)
    assert devops.import_("azuredevops_check_approval", f"{project_id}/1") == state
    devops.destroy("azuredevops_environment", environment)
    assert devops.read("azuredevops_check_approval", state) is None


def test_a_check_on_nothing(devops: Client, project_id: str) -> None:
    with pytest.raises(RefusedError, match="The environment with the id 7 could not be found") as refused:
        devops.create(
            "azuredevops_check_exclusive_lock",
            project_id=project_id,
            target_resource_id="7",
            target_resource_type="environment",
        )
    assert refused.value.attributes == ["target_resource_id"]


def test_an_approver_that_does_not_exist(devops: Client, cloud: Cloud, project_id: str) -> None:
    environment = devops.create("azuredevops_environment", project_id=project_id, name="prod")
    check = approval(project_id, environment, GUID)
    with pytest.raises(RefusedError, match=f"Could not find the identity {GUID}") as refused:
        devops.create("azuredevops_check_approval", **check)
    assert refused.value.attributes == ["approvers"]
    seed(cloud.folder, users=[GUID])
    devops.create("azuredevops_check_approval", **check)


def test_a_descriptor_is_no_approver(devops: Client, project_id: str) -> None:
    check = approval(project_id, {"id": "1"}, "vssgp.abc")
    with pytest.raises(RefusedError, match='"approvers" must be a valid UUID, got vssgp'):
        devops.plan("azuredevops_check_approval", **check)


def test_a_pipeline_is_authorized(devops: Client, project_id: str) -> None:
    environment = devops.create("azuredevops_environment", project_id=project_id, name="prod")
    pipeline = devops.look_up("azuredevops_build_definition", name="Training", project_id=project_id)
    grant = {"project_id": project_id, "resource_id": environment["id"], "type": "environment"}
    number = int(pipeline["id"])
    state = devops.create("azuredevops_pipeline_authorization", **grant, pipeline_id=number)
    assert state["id"] == f"{project_id}/environment/{environment['id']};pipeline_id={number}"
    # Granting it again is no mistake.
    assert devops.create("azuredevops_pipeline_authorization", **grant, pipeline_id=number) == state
    with pytest.raises(RefusedError, match="The pipeline with the id 99 could not be found"):
        devops.create("azuredevops_pipeline_authorization", **grant, pipeline_id=99)


def test_two_authorizations_of_one_thing_at_once(
    devops: Client, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (
        devops.create("azuredevops_environment", project_id=project_id, name=name)["id"] for name in "ab"
    )
    grant = {"project_id": project_id, "type": "environment", "pipeline_id": 1}
    refused: list[str] = []

    def at_once(seconds: float) -> None:
        if seconds and not refused:
            refused.append("none yet")
            with pytest.raises(RefusedError, match="TF400898: An Internal Error Occurred") as raised:
                devops.create(AUTHORIZATION, **{**grant, "resource_id": one, "pipeline_id": 2})
            refused.append(str(raised.value))
            devops.create(AUTHORIZATION, **grant, resource_id=other)

    monkeypatch.setattr(time, "sleep", at_once)
    devops.create(AUTHORIZATION, **grant, resource_id=one)
    assert len(refused) == 2
    devops.create(AUTHORIZATION, **{**grant, "resource_id": one, "pipeline_id": 2})


def test_an_authorization_that_somebody_takes_away(devops: Client, cloud: Cloud, project_id: str) -> None:
    environment = devops.create("azuredevops_environment", project_id=project_id, name="prod")
    grant = {"project_id": project_id, "resource_id": environment["id"], "type": "environment"}
    states = [devops.create(AUTHORIZATION, **grant, pipeline_id=number) for number in (1, 2)]
    files = {item.id: item for item in cloud.resources(AUTHORIZATION)}
    cloud.remove(files[states[0]["id"]])
    # Others are left: the provider finds the resource open to them, and this one's pipeline nowhere.
    found = devops.read(AUTHORIZATION, states[0])
    assert found == {**states[0], "pipeline_id": None}
    assert devops.plan(AUTHORIZATION, found, **grant, pipeline_id=1).replace == ["pipeline_id"]
    devops.destroy(AUTHORIZATION, found)
    cloud.remove(files[states[1]["id"]])
    assert devops.read(AUTHORIZATION, states[0]) is None
    # Opened to all pipelines by hand: nobody sees it.
    state = devops.create(AUTHORIZATION, **grant, pipeline_id=1)
    devops.create(AUTHORIZATION, **grant)
    assert devops.read(AUTHORIZATION, state) == state


def test_a_role_for_nobody(devops: Client, project_id: str) -> None:
    environment = devops.create("azuredevops_environment", project_id=project_id, name="prod")
    with pytest.raises(RefusedError, match="Could not find the identity") as refused:
        devops.create(
            "azuredevops_securityrole_assignment",
            scope="distributedtask.environmentreferencerole",
            resource_id=f"{project_id}_{environment['id']}",
            identity_id=GUID,
            role_name="User",
        )
    assert refused.value.attributes == ["identity_id"]


# --- Service connections --------------------------------------------------------------------------------------------


def test_a_connection_by_federation(devops: Client, azure: Client, project_id: str) -> None:
    state = devops.create(CONNECTION, **connection_arguments(project_id))
    assert state["service_principal_id"] == GUID
    assert state["workload_identity_federation_issuer"] == f"https://login.microsoftonline.com/{TENANT}/v2.0"
    assert state["workload_identity_federation_subject"].endswith(state["id"])
    other = {"credentials": [{"serviceprincipalid": TENANT}]}
    changed = devops.change(CONNECTION, state, **connection_arguments(project_id, **other))
    assert changed["service_principal_id"] == TENANT
    assert changed["workload_identity_federation_subject"] == state["workload_identity_federation_subject"]
    assert devops.import_(CONNECTION, f"{project_id}/{state['id']}") == changed


def test_a_connection_can_be_validated_only_once_its_identity_trusts_it(
    devops: Client, azure: Client, project_id: str
) -> None:
    validated = connection_arguments(project_id, features=[{"validate": True}])
    with pytest.raises(RefusedError, match="No matching federated identity record") as refused:
        devops.create(CONNECTION, **validated)
    assert refused.value.attributes == ["features"]
    state = devops.create(CONNECTION, **connection_arguments(project_id))
    identity = azure.create(
        "azurerm_user_assigned_identity", name="who", resource_group_name="rg", location="eastus"
    )
    azure.create(
        "azurerm_federated_identity_credential",
        name="devops",
        user_assigned_identity_id=identity["id"],
        issuer=state["workload_identity_federation_issuer"],
        subject=state["workload_identity_federation_subject"],
        audience=["api://AzureADTokenExchange"],
    )
    devops.change(CONNECTION, state, **validated)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"resource_group": "rg"}, '"credentials": conflicts with resource_group'),
        ({"service_endpoint_authentication_scheme": "Key"}, "is expected to be one of"),
        (
            {"azurerm_subscription_id": None, "azurerm_subscription_name": None},
            "One of either subscription scoped",
        ),
    ],
)
def test_a_connection_that_is_refused(devops: Client, project_id: str, change: Values, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        devops.create(CONNECTION, **connection_arguments(project_id, **change))


def test_connections_of_all_kinds_share_their_names(devops: Client, project_id: str) -> None:
    state = devops.create(WEBHOOK, **webhook_arguments(project_id))
    assert state["description"] == "Managed by Terraform"
    with pytest.raises(RefusedError, match="Service connection with name Azure already exists"):
        devops.create(CONNECTION, **connection_arguments(project_id))
    grant = {"project_id": project_id, "resource_id": state["id"], "type": "endpoint"}
    authorization = devops.create("azuredevops_pipeline_authorization", **grant)
    devops.destroy(WEBHOOK, state)
    assert devops.read("azuredevops_pipeline_authorization", authorization) is None


@pytest.mark.parametrize("type_name", [CONNECTION, WEBHOOK])
def test_a_connection_that_somebody_deletes_blocks_every_plan(
    devops: Client, cloud: Cloud, project_id: str, type_name: str
) -> None:
    arguments = connection_arguments if type_name == CONNECTION else webhook_arguments
    state = devops.create(type_name, **arguments(project_id))
    cloud.remove(cloud.resources(type_name)[0])
    lost = f"unexpected nil service endpoint, ID: ({state['id']}), project ID: ({project_id})"
    with pytest.raises(RefusedError) as refused:
        devops.read(type_name, state)
    assert str(refused.value) == lost


# --- Data sources ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_name", "arguments", "message"),
    [
        ("azuredevops_project", {"name": "nowhere"}, "Project with name nowhere or ID  does not exist"),
        ("azuredevops_group", {"name": "Nobody"}, "Could not find Group with Name: Nobody"),
        (
            "azuredevops_build_definition",
            {"name": "Nothing"},
            r"with name Nothing does not exist .* in \\ path",
        ),
        (
            "azuredevops_build_definition",
            {"name": "Training", "path": "\\ml"},
            r"does not exist .* in \\ml path",
        ),
    ],
)
def test_nothing_fits(
    devops: Client, project_id: str, type_name: str, arguments: Values, message: str
) -> None:
    place = {} if type_name == "azuredevops_project" else {"project_id": project_id}
    with pytest.raises(RefusedError, match=message):
        devops.look_up(type_name, **place, **arguments)


def test_projects_are_listed_and_none_is_an_answer_too(devops: Client, project_id: str) -> None:
    listed = devops.look_up("azuredevops_projects", name="MLOps")  # case does not count
    assert [(item["name"], item["project_id"]) for item in listed["projects"]] == [("mlops", project_id)]
    assert devops.look_up("azuredevops_projects")["projects"] == listed["projects"]
    nowhere = devops.look_up("azuredevops_projects", name="nowhere")
    assert nowhere["projects"] == []
    assert nowhere["id"] != listed["id"]


def test_the_project_to_look_in_does_not_exist(devops: Client) -> None:
    with pytest.raises(RefusedError, match=f"Project with ID: {GUID} was not found"):
        devops.look_up("azuredevops_group", project_id=GUID, name="Readers")


def test_more_than_one_fits(devops: Client, cloud: Cloud, project_id: str) -> None:
    seed(cloud.folder, project="other")
    with pytest.raises(RefusedError, match='azuredevops_group with name "Readers" is not unique: vssgp'):
        devops.look_up("azuredevops_group", name="Readers")
    assert devops.look_up("azuredevops_group", name="Readers", project_id=project_id)["id"]


def test_a_pipeline_in_a_folder(devops: Client, cloud: Cloud, project_id: str) -> None:
    seed(cloud.folder, pipelines={"Train": "\\ml"})
    found = devops.look_up("azuredevops_build_definition", name="Train", project_id=project_id, path="\\ml")
    assert found["revision"] == 1


def test_the_root_folder_stands_for_any_and_a_folder_for_those_in_it(
    devops: Client, cloud: Cloud, project_id: str
) -> None:
    def look_up(**place: str) -> str:
        found = devops.look_up("azuredevops_build_definition", name="train", project_id=project_id, **place)
        assert found["name"] == "Train"  # as it was found
        return str(found["path"])

    seed(cloud.folder, pipelines={"Train": "\\ml\\old"})
    for place in ({}, {"path": "\\"}, {"path": "\\ml"}, {"path": "\\ML\\Old"}):
        assert look_up(**place) == "\\ml\\old"
    with pytest.raises(RefusedError, match="does not exist"):
        look_up(path="\\m")
    seed(cloud.folder, pipelines={"Train": "\\"})
    for place in ({}, {"path": "\\"}):
        with pytest.raises(
            RefusedError, match=f"^Multiple build definitions with name train found in project {project_id}$"
        ):
            look_up(**place)
    assert look_up(path="\\ml") == "\\ml\\old"


def test_what_a_group_deleted_by_hand_leaves_is_not_found(
    devops: Client, cloud: Cloud, project_id: str
) -> None:
    project = cloud.find(project_id)
    assert project is not None
    cloud.remove(project)
    with pytest.raises(RefusedError, match="Could not find Group with Name: Readers"):
        devops.look_up("azuredevops_group", name="Readers")


def test_a_subscription(azure: Client) -> None:
    assert azure.look_up("azurerm_subscription")["tenant_id"] == TENANT
    found = azure.look_up("azurerm_subscription", subscription_id=SUBSCRIPTION.upper())
    assert found["id"] == f"/subscriptions/{SUBSCRIPTION}"
    with pytest.raises(RefusedError, match=f'Subscription: .Subscription: "{GUID}". was not found'):
        azure.look_up("azurerm_subscription", subscription_id=GUID)


def test_an_identity_is_found_in_its_group_only(azure: Client) -> None:
    name = "azurerm_user_assigned_identity"
    azure.create("azurerm_resource_group", name="rg2", location="eastus")
    identity = azure.create(name, name="who", resource_group_name="rg2", location="eastus")
    found = azure.look_up(name, name="who", resource_group_name="rg2")
    assert {key: found[key] for key in ("id", "client_id", "principal_id")} == {
        key: identity[key] for key in ("id", "client_id", "principal_id")
    }
    with pytest.raises(RefusedError, match='with name "who", resource_group_name "rg" was not found'):
        azure.look_up(name, name="who", resource_group_name="rg")
