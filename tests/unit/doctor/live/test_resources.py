"""Resources of Azure, as they are read and as they are expected."""

from __future__ import annotations

from typing import Any

import pytest

from client.azure import Resource
from doctor.live.resources import (
    LOGS,
    STORAGE,
    VAULT,
    WORKSPACE,
    Deleted,
    Expected,
    expected,
    names_are_free_again,
    properties_are_right,
)
from settings.loader import Settings
from tests.unit.doctor.live.made import said


def one(settings: Settings, kind: Any, environment: str) -> Expected:
    (found,) = [item for item in expected(settings, environment) if item.kind is kind]
    return found


def test_what_azure_leaves_out_is_its_default(settings: Settings) -> None:
    resource = Resource("id", "name", properties={})
    assert said(properties_are_right(one(settings, STORAGE, "dev"), resource)) == [
        ("keys-allowed", "allowSharedKeyAccess is true")
    ]
    assert said(properties_are_right(one(settings, WORKSPACE, "dev"), resource)) == []
    assert said(properties_are_right(one(settings, WORKSPACE, "prod"), resource)) == [
        ("public-access", "publicNetworkAccess is Enabled"),
        ("isolation-mode", "managedNetwork.isolationMode is Disabled"),
    ]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, []),
        ({"publicNetworkAccess": "disabled"}, []),
        (
            {"networkAcls": {"defaultAction": "Allow"}},
            [("public-access", "networkAcls.defaultAction is Allow")],
        ),
        ({"networkAcls": None}, [("public-access", "networkAcls.defaultAction is Allow")]),
        ({"enableRbacAuthorization": None}, [("keys-allowed", "enableRbacAuthorization is false")]),
        ({"enableRbacAuthorization": False}, [("keys-allowed", "enableRbacAuthorization is false")]),
    ],
)
def test_a_private_vault(settings: Settings, given: Any, wanted: list[tuple[str, str]]) -> None:
    right = {
        "publicNetworkAccess": "Disabled",
        "networkAcls": {"defaultAction": "Deny"},
        "enableRbacAuthorization": True,
    }
    vault = Resource("id", "mlops-prod-keyvault", properties={**right, **given})
    assert said(properties_are_right(one(settings, VAULT, "prod"), vault)) == wanted


def test_what_was_deleted(settings: Settings) -> None:
    vault, logs = one(settings, VAULT, "dev"), one(settings, LOGS, "dev")
    same = Deleted(VAULT, vault.name.upper(), vault.id.upper(), "East US")
    elsewhere = Deleted(VAULT, vault.name, vault.id.replace("mlops-dev-rg", "other"), "eastus")
    assert [rule for rule, _ in said(names_are_free_again(vault, (same,)))] == ["note-deleted"]
    assert said(names_are_free_again(vault, (elsewhere,))) == [
        ("deleted-name", f"a deleted key vault keeps the name: {elsewhere.id} in eastus")
    ]
    assert said(names_are_free_again(logs, (same, elsewhere))) == []
    assert [rule for rule, _ in said(names_are_free_again(logs, (Deleted(LOGS, logs.name, logs.id, "eastus"),)))] == [
        "note-deleted"
    ]  # fmt: skip
    # In another group nothing keeps the name of a Log Analytics workspace.
    assert said(names_are_free_again(logs, (Deleted(LOGS, logs.name, "/other", "eastus"),))) == []
