"""A monthly budget with notices. It stops nothing."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm


class Budget:
    """What a resource group may cost a month."""

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        name: str,
        amount: int,
        thresholds: Sequence[int],
        forecast: int | None,
        email: str,
        action_group_id: str | None,
    ) -> None:
        """Send a notice when a share of ``amount`` (in the subscription's currency) is spent.

        ``thresholds`` are shares that have been spent, ``forecast`` is one that the month is expected to reach
        (percent). Notices go to the action group, or, where there is none, to ``email``.
        """
        contact = {"contact_groups": [action_group_id]} if action_group_id else {"contact_emails": [email]}
        notices = [(threshold, "Actual") for threshold in thresholds]
        if forecast is not None:
            notices.append((forecast, "Forecasted"))
        azurerm.ConsumptionBudgetResourceGroup(
            scope,
            id_,
            name=name,
            resource_group_id=resource_group.id,
            amount=amount,
            time_grain="Monthly",
            # Azure wants the first day of the month in which the budget is created, so that no fixed date lasts.
            # After that the date stays as it is: another one would make a new budget.
            time_period=azurerm.ConsumptionBudgetResourceGroupTimePeriod(
                start_date="${formatdate(\"YYYY-MM-01'T'00:00:00Z\", plantimestamp())}"
            ),
            lifecycle=TerraformResourceLifecycle(ignore_changes=["time_period"]),
            notification=[
                azurerm.ConsumptionBudgetResourceGroupNotification(
                    enabled=True,
                    operator="GreaterThanOrEqualTo",
                    threshold=threshold,
                    threshold_type=kind,
                    **contact,
                )
                for threshold, kind in notices
            ],
        )
