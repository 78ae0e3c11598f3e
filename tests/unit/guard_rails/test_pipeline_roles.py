"""What the guard-rails let the platform's own pipelines have, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.azure.roles import ROLES, may_assign
from constructs_lib.guard_rails.roles import role_is_allowed

SUBSCRIPTION = "/subscriptions/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
PLAN = "${azurerm_user_assigned_identity.infrastructure_eu-prod_plan.principal_id}"
APPLY = "${azurerm_user_assigned_identity.infrastructure_eu-prod_apply.principal_id}"
ADMINISTRATOR = "Role Based Access Control Administrator"
PLANNING = "${azurerm_role_definition.infrastructure_eu-prod_planning.role_definition_resource_id}"
PROMOTION = "${azurerm_role_definition.promotion_role.role_definition_resource_id}"


def assignment(role: str, who: str, **others: Any) -> dict[str, Any]:
    definition = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{ROLES.get(role)}"
    return {
        "scope": SUBSCRIPTION,
        "role_definition_id": definition if role in ROLES else role,
        "principal_id": who,
        **others,
    }


def found(body: dict[str, Any]) -> list[str]:
    return [finding.found for finding in role_is_allowed("azurerm_role_assignment", body)]


@pytest.mark.parametrize(
    ("role", "who"),
    [
        ("Reader", PLAN),
        (PLANNING, PLAN),
        *(
            (role, APPLY)
            for role in ("Reader", "Contributor", "Locks Contributor", "Resource Policy Contributor")
        ),
    ],
)
def test_a_pipeline_may_have_these_on_a_subscription(role: str, who: str) -> None:
    assert found(assignment(role, who)) == []


@pytest.mark.parametrize(
    ("role", "who"),
    [
        ("Contributor", PLAN),
        ("Storage Blob Data Reader", PLAN),
        ("Storage Blob Data Contributor", APPLY),
        (PROMOTION, PLAN),
        (PLANNING, APPLY),
        ("Reader", "${azurerm_user_assigned_identity.shared_identity.principal_id}"),
        ("Contributor", "5c2a8f14-7b3e-4d69-a0c1-9e8d7f6a5b01"),
    ],
)
def test_nobody_else_has_anything_on_a_subscription(role: str, who: str) -> None:
    assert found(assignment(role, who)) == [f'scope = "{SUBSCRIPTION}"']


@pytest.mark.parametrize("role", ["Locks Contributor", "Resource Policy Contributor", ADMINISTRATOR])
def test_what_applying_takes_is_for_those_who_apply_alone(role: str) -> None:
    body = assignment(role, PLAN, scope=f"{SUBSCRIPTION}/resourceGroups/rg")
    body |= {"condition": may_assign(["Reader"]), "condition_version": "2.0"}
    assert [text for text in found(body) if text.startswith(f"{role} for ")]


def test_handing_on_takes_a_condition_that_names_what() -> None:
    allowed = assignment(
        ADMINISTRATOR, APPLY, condition=may_assign(["Reader", "AcrPull"]), condition_version="2.0"
    )
    assert found(allowed) == []
    for role in ("Locks Contributor", ADMINISTRATOR):
        wrong = {**allowed, "condition": may_assign(["Reader", role])}
        assert [text for text in found(wrong) if text.startswith(f"{ADMINISTRATOR} with condition")]
    assert found({**allowed, "condition": "((true))"})
    assert found({key: value for key, value in allowed.items() if not key.startswith("condition")})


def definition(*actions: str) -> list[str]:
    body = {
        "scope": SUBSCRIPTION,
        "assignable_scopes": [SUBSCRIPTION],
        "permissions": [{"actions": [*actions]}],
    }
    return [finding.found for finding in role_is_allowed("azurerm_role_definition", body)]


def test_a_role_of_our_own_in_a_whole_subscription_asks_for_an_address_and_no_more() -> None:
    call = "Microsoft.Logic/workflows/triggers/listCallbackUrl/action"
    assert definition(call) == []
    assert definition() == [f'scope = "{SUBSCRIPTION}"'] * 2
    assert (
        definition(call, "Microsoft.MachineLearningServices/registries/assets/write")
        == [f'scope = "{SUBSCRIPTION}"'] * 2
    )


def test_a_role_of_our_own_reads_and_writes_blobs_of_a_group_and_deletes_none() -> None:
    blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
    group = f"{SUBSCRIPTION}/resourceGroups/state-rg"
    body: dict[str, Any] = {
        "scope": group,
        "permissions": [{"data_actions": [f"{blobs}/read", f"{blobs}/write"]}],
    }
    assert list(role_is_allowed("azurerm_role_definition", body)) == []
    for wrong in (f"{blobs}/delete", f"{blobs}/*", "*"):
        changed = {**body, "permissions": [{"data_actions": [wrong]}]}
        (finding,) = role_is_allowed("azurerm_role_definition", changed)
        assert finding.found.startswith("data_actions ")
    everywhere = {**body, "scope": SUBSCRIPTION}
    assert [f.found for f in role_is_allowed("azurerm_role_definition", everywhere)] == [
        f'scope = "{SUBSCRIPTION}"'
    ]
