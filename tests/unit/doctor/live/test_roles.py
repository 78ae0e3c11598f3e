"""Roles in Azure, as the Terraform gives them."""

from __future__ import annotations

from dataclasses import replace

from doctor.live.roles import Assignment, roles_are_assigned

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
GIVEN = Assignment(
    "mlops-dev", "shared_identity_roles_workspace_reader", "shared", "dev-ws", READER, there=False
)


def said(*assignments: Assignment) -> list[tuple[str, str, str]]:
    found = roles_are_assigned(assignments, {READER: "Reader"}, ["azurerm_key_vault"])
    return [(finding.rule.id, finding.place, finding.found) for finding in found]


def test_a_role_that_is_there() -> None:
    assert said(replace(GIVEN, there=True)) == []


def test_a_role_that_is_gone() -> None:
    assert said(GIVEN) == [("missing-role-assignment", "identity shared on dev-ws", "no role Reader")]
    for own in ("", "11111111-3385-48ef-bd42-f606fba81ae7"):
        assert said(replace(GIVEN, role=own))[0][2] == "no role of its own"


def test_what_roles_wait_for_is_said_once() -> None:
    waits = replace(GIVEN, waits_for="azurerm_user_assigned_identity.compute")
    assert said(waits, replace(waits, address="another")) == [
        (
            "missing-resource",
            "azurerm_user_assigned_identity.compute of mlops-dev",
            "not in Azure, so that its roles are not either",
        )
    ]
    assert len(said(waits, replace(waits, stack="mlops-test"))) == 2
    # A vault that is gone is found elsewhere.
    assert said(replace(GIVEN, waits_for="azurerm_key_vault.key_vault")) == []
