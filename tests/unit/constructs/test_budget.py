"""A monthly budget."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformStack

from constructs_lib.azure.budget import add_budget
from tests.unit.constructs.examples import resource_group, synthesized


def budget(stack: TerraformStack, *, forecast: int | None) -> Any:
    add_budget(
        stack,
        "budget",
        resource_group=resource_group(stack),
        name="example-monthly",
        amount=500,
        thresholds=[80, 100],
        forecast=forecast,
        emails=["ml-team@company.com", "finance@company.com"],
    )
    return synthesized(stack).at("azurerm_consumption_budget_resource_group.budget")


def test_it_begins_with_the_month_in_which_it_is_made(stack: TerraformStack) -> None:
    body = budget(stack, forecast=None)
    assert "plantimestamp()" in body["time_period"]["start_date"]
    # Every later plan would have another date, and another date makes a new budget.
    assert body["lifecycle"] == {"ignore_changes": ["time_period"]}


def test_notices_go_by_mail_and_page_nobody(stack: TerraformStack) -> None:
    notices = budget(stack, forecast=110)["notification"]
    assert [(notice["threshold"], notice["threshold_type"]) for notice in notices] == [
        (80, "Actual"),
        (100, "Actual"),
        (110, "Forecasted"),
    ]
    for notice in notices:
        assert notice["contact_emails"] == ["ml-team@company.com", "finance@company.com"]
        assert "contact_groups" not in notice
