"""What Azure adds to Application Insights by itself: an action group and an alert rule, here made ours."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformProvider, TerraformStack

from constructs_lib.azure.notifications import email_receivers
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm
from constructs_lib.forgotten import forget


class SmartDetection:
    """The action group and the rule "Failure Anomalies", under the names that Azure gives them.

    Azure makes both some time after Application Insights, minutes or an hour. Left to Azure they alert where alerts are
    off, and stay behind: a resource group with something in it that Terraform did not make cannot be destroyed. Both
    are written through a provider that overwrites what is there, so that it does not matter who comes first.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        adopting: TerraformProvider,
        emails: Sequence[str],
    ) -> None:
        """Create the action group, which mails to ``emails``. ``adopting`` is the provider that overwrites."""
        self._scope, self._id, self._resource_group, self._adopting = scope, id_, resource_group, adopting
        self._group = azurerm.MonitorActionGroup(
            scope,
            id_,
            name="Application Insights Smart Detection",
            short_name="SmartDetect",
            resource_group_name=resource_group.name_reference,
            email_receiver=email_receivers(emails),
            provider=adopting,
        )

    @property
    def dependable(self) -> ITerraformDependable:
        """The action group. Application Insights comes after it and goes before it: Azure then has no reason to make
        the group anew."""
        return self._group

    def watch(self, component: azurerm.ApplicationInsights, *, name: str, enabled: bool) -> None:
        """Add the rule for the component of this ``name``; switched off unless ``enabled``."""
        azurerm.MonitorSmartDetectorAlertRule(
            self._scope,
            f"{self._id}_rule",
            name=f"Failure Anomalies - {name}",
            resource_group_name=self._resource_group.name_reference,
            detector_type="FailureAnomaliesDetector",
            frequency="PT1M",
            severity="Sev3",
            scope_resource_ids=[component.id],
            action_group=azurerm.MonitorSmartDetectorAlertRuleActionGroup(ids=[self._group.id]),
            enabled=enabled,
            provider=self._adopting,
        )


def leave_smart_detection(scope: TerraformStack, id_: str) -> None:
    """Leave group and rule to Azure, where others may have Application Insights in the same resource group.

    The action group is then theirs too: to overwrite it would take their mails away. What was made here before under
    ``id_`` is forgotten.
    """
    forget(
        scope,
        [f"azurerm_monitor_action_group.{id_}", f"azurerm_monitor_smart_detector_alert_rule.{id_}_rule"],
    )
