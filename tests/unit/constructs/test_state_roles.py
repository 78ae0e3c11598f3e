"""Who reads and who writes the Terraform state of a stack, and its plans."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.state_roles import StateRoles, let_into_somebodys_container, let_keep_plans
from settings.models.platform import AzurermBackend
from tests.synthesized import Stack, role_name
from tests.unit.constructs.examples import identity, resource_group, synthesized

GROUP = "/subscriptions/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee/resourceGroups/state-rg"
ACCOUNTS = f"{GROUP}/providers/Microsoft.Storage/storageAccounts"
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
BACKEND = AzurermBackend(
    type="azurerm",
    subscription_id="aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
    resource_group="state-rg",
    storage_account="mlopsstate",
    container="tfstate",
)


def given(stack: Stack) -> set[tuple[str, str]]:
    return {(body["scope"], role_name(body)) for body in stack.resources("azurerm_role_assignment").values()}


def test_each_identity_has_the_container_of_its_stack_alone(stack: TerraformStack) -> None:
    who = identity(stack, resource_group(stack))
    roles = StateRoles(stack, "state", prefix="mlops", backend=BACKEND)
    roles.let_read("plan", identity=who, container="mlops-dev")
    roles.let_write("apply", identity=who, container="mlops-dev")
    written = synthesized(stack)
    # On the group: a lock on the account would hold roles on it.
    assert given(written) == {
        (GROUP, "${azurerm_role_definition.state_reading.role_definition_resource_id}"),
        (GROUP, "${azurerm_role_definition.state_writing.role_definition_resource_id}"),
    }
    assert written.at("azurerm_role_definition.state_reading.permissions") == [
        {"data_actions": [f"{BLOBS}/read"]}
    ]
    assert written.at("azurerm_role_definition.state_writing.permissions") == [
        {"data_actions": [f"{BLOBS}/read", f"{BLOBS}/add/action", f"{BLOBS}/write"]}
    ]
    only = (
        "@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'mlopsstate' AND "
        "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'mlops-dev'"
    )
    reading, writing = (written.at(f"azurerm_role_assignment.{id_}_roles_state") for id_ in ("plan", "apply"))
    assert reading["condition"] == f"((!(ActionMatches{{'{BLOBS}/read'}})) OR ({only}))"
    for action in ("read", "add/action", "write"):
        assert f"!(ActionMatches{{'{BLOBS}/{action}'}})" in writing["condition"]
    assert writing["condition"].endswith(f" OR ({only}))")
    assert (reading["condition_version"], writing["condition_version"]) == ("2.0", "2.0")


def test_in_the_container_of_somebody_all_stacks_lie(stack: TerraformStack) -> None:
    who = identity(stack, resource_group(stack))
    let_into_somebodys_container(stack, "plan", identity=who, backend=BACKEND, write=False)
    let_into_somebodys_container(stack, "apply", identity=who, backend=BACKEND, write=True)
    container = f"{ACCOUNTS}/mlopsstate/blobServices/default/containers/tfstate"
    assert given(synthesized(stack)) == {
        (container, "Storage Blob Data Reader"),
        (container, "Storage Blob Data Contributor"),
    }


def test_plans_go_the_other_way(stack: TerraformStack) -> None:
    who = identity(stack, resource_group(stack))
    for id_, write in (("plan", True), ("apply", False)):
        let_keep_plans(
            stack, id_, identity=who, backend=BACKEND, account="plans", container="mlops-dev", write=write
        )
    container = f"{ACCOUNTS}/plans/blobServices/default/containers/mlops-dev"
    written = synthesized(stack)
    assert given(written) == {
        (container, "Storage Blob Data Contributor"),
        (container, "Storage Blob Data Reader"),
    }
    assert "plan_roles_plans_storage_blob_data_contributor" in written.resources("azurerm_role_assignment")
