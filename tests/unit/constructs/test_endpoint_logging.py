"""Logs of online endpoints."""

from __future__ import annotations

import json

from cdktf import TerraformStack

from constructs_lib.azure.endpoint_logging import add_endpoint_logging
from tests.synthesized import role_name
from tests.unit.constructs.examples import LOGS, resource_group, synthesized


def test_a_policy_with_an_identity_that_may_do_what_it_says(stack: TerraformStack) -> None:
    add_endpoint_logging(
        stack, "endpoint_logging", resource_group=resource_group(stack), log_analytics_id=LOGS
    )
    written = synthesized(stack)
    policy = written.at("azurerm_resource_group_policy_assignment.endpoint_logging")
    assert policy["resource_group_id"] == "${azurerm_resource_group.resource_group.id}"
    assert json.loads(policy["parameters"]) == {
        "categoryGroup": {"value": "allLogs"},
        "logAnalytics": {"value": LOGS},
    }
    (role,) = written.resources("azurerm_role_assignment").values()
    assert role_name(role) == "Log Analytics Contributor"
    assert role["scope"] == policy["resource_group_id"]
    assert role["principal_id"] == (
        "${azurerm_resource_group_policy_assignment.endpoint_logging.identity[0].principal_id}"
    )
