"""The guard against placeholder ids."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.placeholders import PlaceholderGuard
from tests.unit.constructs.examples import synthesized


def test_terraform_reads_a_guarded_value_only_when_placeholders_are_allowed(stack: TerraformStack) -> None:
    guard = PlaceholderGuard(stack, placeholders=["azure.tenant_id (config/platform.yaml, line 7)"])
    assert guard.guard("0000") == '${var.allow_placeholder_ids ? "0000" : null}'
    variable = synthesized(stack).terraform["variable"]["allow_placeholder_ids"]
    assert variable["default"] is False
    (validation,) = variable["validation"]
    assert "azure.tenant_id (config/platform.yaml, line 7)" in validation["error_message"]


def test_with_every_id_filled_in_there_is_no_guard(stack: TerraformStack) -> None:
    assert PlaceholderGuard(stack, placeholders=[]).guard("1234") == "1234"
    assert "variable" not in synthesized(stack).terraform
