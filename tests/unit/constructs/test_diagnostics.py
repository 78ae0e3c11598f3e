"""Diagnostic settings."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.diagnostics import DiagnosticSettings
from tests.unit.constructs.examples import LOGS, resource_group, storage, synthesized


def test_what_is_made_later_is_added_later(stack: TerraformStack) -> None:
    account = storage(stack, resource_group(stack))
    diagnostics = DiagnosticSettings(stack, "diagnostics", log_analytics_id=LOGS)
    diagnostics.add({"logs": LOGS})
    diagnostics.add({"storage": account.blob_service_id}, categories=["StorageWrite"])
    settings = synthesized(stack).resources("azurerm_monitor_diagnostic_setting")
    assert {name: body["target_resource_id"] for name, body in settings.items()} == {
        "diagnostics_logs": LOGS,
        "diagnostics_storage": "${azurerm_storage_account.storage.id}/blobServices/default",
    }
    assert {body["log_analytics_workspace_id"] for body in settings.values()} == {LOGS}
    assert {name: body["enabled_log"] for name, body in settings.items()} == {
        "diagnostics_logs": [{"category_group": "allLogs"}],
        "diagnostics_storage": [{"category": "StorageWrite"}],
    }
