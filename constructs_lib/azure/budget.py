"""A monthly budget with notices. It stops nothing."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm


def add_budget(
    scope: TerraformStack,
    id_: str,
    *,
    resource_group: ResourceGroup,
    name: str,
    amount: int,
    thresholds: Sequence[int],
    forecast: int | None,
    emails: Sequence[str],
) -> None:
    """Add what a resource group may cost a month: ``amount``, in the subscription's currency.

    ``thresholds`` are the shares at which a notice goes out once they are spent, ``forecast`` is one that the month is
    expected to reach (percent). Notices go to ``emails`` alone: an action group would page whoever is on call.
    """
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
                threshold_type=type_,
                contact_emails=list(emails),
            )
            for threshold, type_ in notices
        ],
    )
