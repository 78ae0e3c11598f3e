"""A key vault."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.key_vault import KeyVault
from tests.project import TENANT
from tests.unit.constructs.examples import resource_group, synthesized


def test_roles_decide_and_nothing_is_lost_at_once(stack: TerraformStack) -> None:
    KeyVault(
        stack,
        "key_vault",
        resource_group=resource_group(stack),
        name="example-keyvault",
        tenant_id=TENANT,
        public_network_access=True,
    )
    vault = synthesized(stack).at("azurerm_key_vault.key_vault")
    assert vault["rbac_authorization_enabled"] is True
    assert vault["purge_protection_enabled"] is True
    assert vault["soft_delete_retention_days"] == 90
    assert vault["network_acls"] == {"default_action": "Allow", "bypass": "AzureServices"}
