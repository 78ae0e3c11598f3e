"""The platform's own pipelines: their identities, connections, gates, and the repository they come from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from settings.loader import load_settings
from settings.models.infrastructure import PIPELINES, pipeline_name, stack_pipelines
from stacks.synthesis import synthesize
from tests.project import (
    add_infrastructure_pipelines,
    add_staging,
    copy_configuration,
    fill_in_ids,
    make_state_storage,
    replace,
    use_every_option,
)
from tests.synthesized import Stack, role_name, synthesize_to

Stacks = dict[str, Stack]
NAMES = ("registry", "dev", "test", "prod")
GROUP = "azurerm_resource_group.resource_group"
OWNERS_OF_ROLES = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The registry stack of the guide with the section, and ids that differ."""
    config = copy_configuration(tmp_path_factory.mktemp("guide"))
    fill_in_ids(config)
    subscriptions = {"dev": "d", "test": "e", "prod": "f"}
    for name, sign in subscriptions.items():
        file = config / "environments" / f"{name}.yaml"
        replace(file, ("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", f"{sign * 8}-bbbb-4ccc-8ddd-eeeeeeeeeeee"))
    replace(
        config / "environments" / "prod.yaml",
        (
            "location: eastus\n",
            "location: eastus\nexisting:\n  resource_group: /subscriptions/ffffffff-bbbb-4ccc-8ddd-eeeeeeeeeeee"
            "/resourceGroups/mlops-prod-rg\n",
        ),
    )
    add_infrastructure_pipelines(config)
    return synthesize_to(load_settings(config), tmp_path_factory.mktemp("guide.out"))["mlops-registry"]


@pytest.fixture(scope="module")
def with_state(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The same of the variant, whose state is in Azure."""
    config = copy_configuration(tmp_path_factory.mktemp("variant"))
    use_every_option(config)
    replace(config / "platform.yaml", ("create: true #", "create: false #"))
    add_infrastructure_pipelines(config)
    return synthesize_to(load_settings(config), tmp_path_factory.mktemp("variant.out"))["mlops-registry"]


def roles(stack: Stack, identity: str) -> set[tuple[str, str]]:
    """Return the scopes and roles of one of the identities."""
    principal = f"${{azurerm_user_assigned_identity.infrastructure_{identity}.principal_id}}"
    return {
        (body["scope"], role_name(body))
        for body in stack.resources("azurerm_role_assignment").values()
        if body["principal_id"] == principal
    }


def subscription(sign: str) -> str:
    return f"/subscriptions/{sign * 8}-bbbb-4ccc-8ddd-eeeeeeeeeeee"


REGISTRY_GROUP = f"{subscription('a')}/resourceGroups/mlops-registry-rg"
ADMINISTRATOR = "Role Based Access Control Administrator"


def test_without_the_section_nothing_is_made(stacks: Stacks) -> None:
    assert [a for stack in stacks.values() for a in stack.addresses() if "infrastructure" in a] == []


def test_each_stack_has_one_that_plans_and_one_that_applies(registry: Stack) -> None:
    expected = {f"mlops-{name}-{does}" for name in NAMES for does in ("plan", "apply")}
    for type_, key in (
        ("azurerm_user_assigned_identity", "name"),
        ("azuredevops_serviceendpoint_azurerm", "service_endpoint_name"),
    ):
        assert {body[key] for body in registry.resources(type_).values()} >= expected
    members = registry.resources("azuredevops_service_principal_entitlement")
    assert len(members) == len(expected)
    credentials = registry.resources("azurerm_federated_identity_credential")
    for name in NAMES:
        for does in ("plan", "apply"):
            connection = f"infrastructure_{name}_{does}_connection"
            endpoint = f"azuredevops_serviceendpoint_azurerm.{connection}"
            credential = credentials[f"{connection}_federated_credential"]
            assert credential["subject"] == f"${{{endpoint}.workload_identity_federation_subject}}"
            assert credential["issuer"] == f"${{{endpoint}.workload_identity_federation_issuer}}"
            assert registry.at(f"{endpoint}.credentials.serviceprincipalid") == (
                f"${{azurerm_user_assigned_identity.infrastructure_{name}_{does}.client_id}}"
            )


# --- In Azure -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "sign"), [("dev", "d"), ("test", "e"), ("prod", "f")])
def test_who_plans_an_environment_only_reads(registry: Stack, name: str, sign: str) -> None:
    planning = f"${{azurerm_role_definition.infrastructure_{name}_planning.role_definition_resource_id}}"
    group = f"{subscription(sign)}/resourceGroups/mlops-prod-rg" if name == "prod" else subscription(sign)
    assert roles(registry, f"{name}_plan") == {
        (subscription(sign), "Reader"),
        (REGISTRY_GROUP, "Reader"),
        (group, planning),
    }
    assert registry.at(f"azurerm_role_definition.infrastructure_{name}_planning.scope") == group


def test_who_applies_an_environment_makes_it_where_its_resource_group_is_to_be(registry: Stack) -> None:
    makes = {"Contributor", "Locks Contributor", "Resource Policy Contributor", ADMINISTRATOR}
    assert roles(registry, "dev_apply") == {
        *((subscription("d"), role) for role in makes),
        (subscription("d"), "Reader"),
        (REGISTRY_GROUP, "Reader"),
        (REGISTRY_GROUP, ADMINISTRATOR),
    }


def test_where_others_made_the_resource_group_nothing_is_allowed_outside_of_it(registry: Stack) -> None:
    outside = {role for scope, role in roles(registry, "prod_apply") if not scope.endswith("/mlops-prod-rg")}
    assert outside == {"Reader", ADMINISTRATOR}
    assert (subscription("f"), ADMINISTRATOR) not in roles(registry, "prod_apply")


def test_who_applies_the_registry_changes_no_environment(registry: Stack) -> None:
    everywhere = {(subscription(sign), "Reader") for sign in "adef"}
    assert roles(registry, "registry_plan") == everywhere
    assert roles(registry, "registry_apply") == {
        *everywhere,
        *((f"${{{GROUP}.id}}", role) for role in ("Contributor", "Locks Contributor", ADMINISTRATOR)),
    }


def test_nobody_can_hand_on_what_would_open_everything(registry: Stack) -> None:
    handing_on = [
        body
        for body in registry.resources("azurerm_role_assignment").values()
        if role_name(body) == ADMINISTRATOR
    ]
    assert len(handing_on) == 7  # one for each stack, and one for each environment on the registry
    for body in handing_on:
        assert body["condition_version"] == "2.0"
        assert [name for guid, name in OWNERS_OF_ROLES.items() if guid in body["condition"]] == []
    # Nobody who applies makes roles.
    assert "Owner" not in {role_name(body) for body in handing_on}


def test_who_plans_reads_the_state_and_who_applies_writes_it(with_state: Stack) -> None:
    state = {
        (identity, role)
        for identity in ("dev_plan", "dev_apply", "registry_plan", "registry_apply")
        for scope, role in roles(with_state, identity)
        if "/storageAccounts/mlopsstate/" in scope
    }
    assert state == {
        ("dev_plan", "Storage Blob Data Reader"),
        ("dev_apply", "Storage Blob Data Contributor"),
        ("registry_plan", "Storage Blob Data Reader"),
        ("registry_apply", "Storage Blob Data Contributor"),
    }


def test_state_in_files_needs_no_role(registry: Stack) -> None:
    data = [name for name in registry.resources("azurerm_role_assignment") if "roles_state" in name]
    assert data == []


# --- In Azure DevOps ----------------------------------------------------------------------------------


def authorized(stack: Stack, target: str) -> set[str]:
    """Return the pipelines that may use something."""
    return {
        body["pipeline_id"].removeprefix("${azuredevops_build_definition.infrastructure-pipeline-")[:-4]
        for body in stack.resources("azuredevops_pipeline_authorization").values()
        if body["resource_id"] == f"${{{target}.id}}"
    }


def checks(stack: Stack, target: str) -> dict[str, str]:
    """Return the checks in front of something, by the ids of their kinds."""
    return {
        type_.removeprefix("azuredevops_check_"): f"{type_}.{name}.id"
        for type_ in stack.terraform["resource"]
        if type_.startswith("azuredevops_check_")
        for name, body in stack.resources(type_).items()
        if body["target_resource_id"] == f"${{{target}.id}}"
    }


@pytest.mark.parametrize("name", NAMES)
def test_all_pipelines_plan_and_one_alone_applies_behind_every_check(registry: Stack, name: str) -> None:
    start = f"azuredevops_serviceendpoint_azurerm.infrastructure_{name}"
    gate = f"azuredevops_environment.infrastructure_{name}"
    assert authorized(registry, f"{start}_plan_connection") == set(PIPELINES)
    assert checks(registry, f"{start}_plan_connection") == {}  # pull requests run on refs of their own
    for target, kinds in (
        (f"{start}_apply_connection", {"approval", "branch_control"}),
        (gate, {"approval", "branch_control", "exclusive_lock"}),
    ):
        assert authorized(registry, target) == {"deploy"}
        found = checks(registry, target)
        assert set(found) == kinds
        (behind,) = (
            body["lifecycle"]["replace_triggered_by"]
            for body in registry.resources("azuredevops_pipeline_authorization").values()
            if body["resource_id"] == f"${{{target}.id}}"
        )
        assert sorted(behind) == sorted(found.values())
        branch = registry.at(found["branch_control"].removesuffix(".id"))
        assert (branch["allowed_branches"], branch["verify_branch_protection"]) == ("refs/heads/main", True)
        approval = registry.at(found["approval"].removesuffix(".id"))
        assert approval["approvers"] == ['${azuredevops_group.team["platform_team"].group_id}']
        assert approval["requester_can_approve"] is False
        assert approval["timeout"] == 1440
    assert registry.at(f"{gate}.name") == f"mlops-{name}-infrastructure"


def test_a_plan_never_administers_anything_in_azure_devops(registry: Stack) -> None:
    given = registry.resources("azuredevops_securityrole_assignment")
    plans = {body["role_name"] for name, body in given.items() if "_plan_member_" in name}
    applies = {body["role_name"] for name, body in given.items() if "_apply_member_" in name}
    assert (plans, applies) == ({"Reader"}, {"Creator"})
    groups = {
        name: body["group"].split(".")[2]
        for name, body in registry.resources("azuredevops_group_membership").items()
    }
    assert {name for name, group in groups.items() if group != "built_in_readers"} == {
        "infrastructure_registry_apply_member_group"
    }
    assert groups["infrastructure_registry_apply_member_group"] == "built_in_project_administrators"


def test_the_pipelines_come_from_the_repository_and_one_checks_pull_requests(registry: Stack) -> None:
    pipelines = registry.resources("azuredevops_build_definition")
    assert {body["name"]: body["repository"]["yml_path"] for body in pipelines.values()} == {
        "mlops-infrastructure-pull-request": ".azuredevops/pull-request.yml",
        "mlops-infrastructure-deploy": ".azuredevops/deploy.yml",
        "mlops-infrastructure-drift": ".azuredevops/drift.yml",
    }
    (policy,) = registry.resources("azuredevops_branch_policy_build_validation").values()
    assert policy["settings"]["build_definition_id"] == (
        "${azuredevops_build_definition.infrastructure-pipeline-pull-request.id}"
    )


# --- Addresses ----------------------------------------------------------------------------------------

ONE_EACH = (
    "azuredevops_environment.infrastructure_{name}",
    "azuredevops_serviceendpoint_azurerm.infrastructure_{name}_apply_connection",
    "azuredevops_serviceendpoint_azurerm.infrastructure_{name}_plan_connection",
    "azuredevops_service_principal_entitlement.infrastructure_{name}_apply_member",
    "azuredevops_service_principal_entitlement.infrastructure_{name}_plan_member",
    "azurerm_user_assigned_identity.infrastructure_{name}_apply",
    "azurerm_user_assigned_identity.infrastructure_{name}_plan",
)
STATEFUL = {
    "azuredevops_build_definition.infrastructure-pipeline-deploy",
    "azuredevops_build_definition.infrastructure-pipeline-drift",
    "azuredevops_build_definition.infrastructure-pipeline-pull-request",
    *(address.format(name=name) for address in ONE_EACH for name in NAMES),
}


def test_the_addresses_of_what_has_a_history_stay(registry: Stack) -> None:
    types = {address.partition(".")[0] for address in STATEFUL}
    found = {
        address
        for address in registry.addresses()
        if address.partition(".")[0] in types and ".infrastructure" in address
    }
    assert found == STATEFUL


@pytest.mark.parametrize(
    "name", ["pipeline", "repository", "validation", "deploy", "dev-plan", "registry-plan"]
)
def test_no_name_of_an_environment_takes_an_address(name: str, tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    environments = config / "environments"
    shutil.copy(environments / "dev.yaml", environments / "other.yaml")
    replace(
        environments / "other.yaml",
        ("name: dev\n", f"name: {name}\n"),
        ("mlops-dev", "mlops-other"),
        ("mlopsdev", "mlopsother"),
        ("Azure-MLOps-Dev", "Azure-MLOps-Other"),
    )
    add_infrastructure_pipelines(config)
    registry = synthesize_to(load_settings(config), tmp_path / "out")["mlops-registry"]
    assert f"azurerm_user_assigned_identity.infrastructure_{name}_plan" in registry.addresses()


def test_names_are_those_of_the_stack() -> None:
    registry, dev = stack_pipelines("mlops", ["dev"])
    assert (registry.plan, dev.plan, dev.apply) == (
        "mlops-registry-plan",
        "mlops-dev-plan",
        "mlops-dev-apply",
    )
    assert dev.environment == "mlops-dev-infrastructure"
    assert pipeline_name("ml", "deploy") == "ml-infrastructure-deploy"


def test_a_project_that_is_still_to_be_made_has_no_repository(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    replace(config / "platform.yaml", ("create: false #", "create: true #"))
    add_infrastructure_pipelines(config)
    registry = synthesize_to(load_settings(config), tmp_path / "out")["mlops-registry"]
    messages = [
        item["error_message"] for item in registry.at("azuredevops_project.project.lifecycle.precondition")
    ]
    assert [message for message in messages if "has no repository mlops-platform" in message]


def test_the_roles_on_the_state_of_our_own_are_for_the_container_of_the_stack(company: Stacks) -> None:
    registry = company["mlops-registry"]
    state = registry.resources("azurerm_role_assignment")
    for name in NAMES:
        for does, what in (("plan", "reading"), ("apply", "writing")):
            body = state[f"infrastructure_{name}_{does}_roles_state"]
            assert role_name(body) == (
                f"${{azurerm_role_definition.infrastructure-state_{what}.role_definition_resource_id}}"
            )
            assert f"StringEquals 'mlops-{name}'" in body["condition"]
            assert "StringEquals 'companymlopsstate'" in body["condition"]
    # A plan goes from one to the other through a container of its own.
    assert "infrastructure_dev_plan_roles_plans_storage_blob_data_contributor" in state
    assert "infrastructure_dev_apply_roles_plans_storage_blob_data_reader" in state
    subscription = "/subscriptions/3a1c5e70-0d1f-4b52-9f0a-5f4f6f6c1d00"
    assert (subscription, "Reader") in roles(registry, "registry_plan")


def test_a_new_environment_says_what_a_person_deploys_first(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    fill_in_ids(config)
    out = tmp_path / "out"

    def said() -> list[str]:
        written = synthesize(load_settings(config), str(out))
        return [line for line in written.splitlines() if line.startswith("New, ")]

    assert said() == []
    add_staging(config)
    assert said() == []  # nobody but people deploys
    (config / "environments" / "staging.yaml").unlink()
    add_infrastructure_pipelines(config)
    assert said() == []
    add_staging(config)
    make_state_storage(config)
    assert said() == [
        "New, with pipelines of its own: mlops-staging. Before a pipeline names its connections, a person deploys make "
        "deploy STACK=mlops-state and make deploy STACK=mlops-registry (docs/infrastructure-pipelines.md)."
    ]
    assert said() == []
