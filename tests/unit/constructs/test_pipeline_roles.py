"""What the identities of the platform's own pipelines may do in Azure."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.pipeline_roles import (
    ENVIRONMENT_ROLES,
    let_apply,
    let_plan,
    planning_role,
)
from constructs_lib.azure.roles import FOR_APPLYING, ROLES
from tests.synthesized import Stack, role_name
from tests.unit.constructs.examples import identity, resource_group, synthesized

SUBSCRIPTION = "/subscriptions/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
ADMINISTRATOR = "Role Based Access Control Administrator"


def given(stack: Stack) -> set[tuple[str, str]]:
    return {(body["scope"], role_name(body)) for body in stack.resources("azurerm_role_assignment").values()}


def test_who_plans_reads_and_asks_for_the_address_of_an_alert_and_nothing_else(stack: TerraformStack) -> None:
    let_plan(
        stack,
        "plan",
        identity=identity(stack, resource_group(stack)),
        subscription_id="s",
        reads={"subscription": SUBSCRIPTION},
        planning=planning_role(stack, "planning", stack="mlops-dev", scope_id=SUBSCRIPTION),
    )
    written = synthesized(stack)
    assert given(written) == {
        (SUBSCRIPTION, "Reader"),
        (SUBSCRIPTION, "${azurerm_role_definition.planning.role_definition_resource_id}"),
    }
    assert written.at("azurerm_role_definition.planning.permissions") == [
        {"actions": ["Microsoft.Logic/workflows/triggers/listCallbackUrl/action"]}
    ]


def test_who_applies_hands_on_only_roles_that_are_named(stack: TerraformStack) -> None:
    let_apply(
        stack,
        "apply",
        identity=identity(stack, resource_group(stack)),
        subscription_id="s",
        makes=GROUP,
        policies=True,
        hands_on=["AcrPull"],
        elsewhere={"registry": (f"{GROUP}-registry", ["Reader"])},
        reads={"subscription": SUBSCRIPTION},
    )
    written = synthesized(stack)
    assert given(written) == {
        *((GROUP, role) for role in ("Contributor", *FOR_APPLYING)),
        (f"{GROUP}-registry", ADMINISTRATOR),
        (SUBSCRIPTION, "Reader"),
    }
    conditions = {
        body["scope"]: (body["condition_version"], body["condition"])
        for body in written.resources("azurerm_role_assignment").values()
        if "condition" in body
    }
    assert set(conditions) == {GROUP, f"{GROUP}-registry"}
    version, condition = conditions[GROUP]
    assert version == "2.0"
    # Once for what is given, once for what is taken away.
    assert condition.count(f"GuidEquals {{{ROLES['AcrPull']}}}") == 2
    assert "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]" in condition
    assert "@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId]" in condition
    assert ROLES["Reader"] not in condition


def test_without_policies_nobody_assigns_any(stack: TerraformStack) -> None:
    let_apply(
        stack,
        "apply",
        identity=identity(stack, resource_group(stack)),
        subscription_id="s",
        makes=GROUP,
        policies=False,
        hands_on=["AcrPull"],
        elsewhere={},
        reads={},
    )
    assert "Resource Policy Contributor" not in {role for _, role in given(synthesized(stack))}


def test_no_environment_hands_on_the_right_to_hand_on() -> None:
    assert ENVIRONMENT_ROLES
    assert set(ENVIRONMENT_ROLES).isdisjoint(FOR_APPLYING)
