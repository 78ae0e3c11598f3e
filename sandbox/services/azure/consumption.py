"""Microsoft.Consumption: budgets."""

from __future__ import annotations

from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.rules import ProviderRules, Value


class ResourceGroupBudget(AzureResource, type_name="azurerm_consumption_budget_resource_group"):
    """What a resource group may cost."""

    rules = ProviderRules(
        force_new=("name", "resource_group_id", "time_grain", "time_period.start_date"),
        defaults={"time_grain": "Monthly", "notification": {"enabled": True, "threshold_type": "Actual"}},
        values={
            "amount": Value(at_least=1),
            "notification.operator": Value(one_of=("EqualTo", "GreaterThan", "GreaterThanOrEqualTo")),
            "notification.threshold": Value(between=(0, 1000)),
            "time_grain": Value(
                one_of=("BillingAnnual", "BillingMonth", "BillingQuarter", "Annually", "Monthly", "Quarterly")
            ),
            "time_period.start_date": Value(
                pattern=r"^(2017-(0[6-9]|1[0-2])|201[89]-\d\d|20[2-9]\d-\d\d)-01T.*$",
                says="must be first of the month, on or after June 1, 2017",
            ),
        },
    )
