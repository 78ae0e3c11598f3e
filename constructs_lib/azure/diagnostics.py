"""Diagnostic settings: which resources send their logs to Log Analytics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktf import TerraformStack

from constructs_lib.bindings import azurerm

NAME = "log-analytics"
"""Name of every diagnostic setting made here."""

STORAGE_AUDIT = ("StorageDelete", "StorageWrite")
"""What an audit of blobs needs: who wrote and who deleted."""

STORAGE_READS = "StorageRead"
"""Every read of every blob. A training job reads each of its files, and Log Analytics charges for each line."""


class DiagnosticSettings:
    """The diagnostic settings of a stack: logs of its resources go to one Log Analytics workspace.

    Metrics stay where they are: Azure Monitor keeps those of every resource for 93 days without any setting.
    """

    def __init__(self, scope: TerraformStack, id_: str, *, log_analytics_id: str) -> None:
        """Name the workspace; a resource sends its logs there once it is added."""
        self._scope, self._id, self._log_analytics_id = scope, id_, log_analytics_id

    def add(self, targets: Mapping[str, str], *, categories: Sequence[str] = ()) -> None:
        """Add a setting for each of ``targets``: what it is called in the address, and its ARM id.

        Without ``categories`` all logs are sent; every target must then know the category group ``allLogs``. Azure
        refuses the setting for a resource without logs, such as a private endpoint, a DNS zone or a storage account
        (its blob service has logs).
        """
        for key, target_id in targets.items():
            azurerm.MonitorDiagnosticSetting(
                self._scope,
                f"{self._id}_{key}",
                name=NAME,
                target_resource_id=target_id,
                log_analytics_workspace_id=self._log_analytics_id,
                # The table is left to Azure: some types have only one, and answer with another than was asked
                # for, which would be a difference in every plan.
                enabled_log=[
                    azurerm.MonitorDiagnosticSettingEnabledLog(category=category) for category in categories
                ]
                or [azurerm.MonitorDiagnosticSettingEnabledLog(category_group="allLogs")],
            )
