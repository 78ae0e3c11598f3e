"""Action groups, and the relay to Slack."""

from __future__ import annotations

import json
import re

from cdktf import TerraformStack

from constructs_lib.azure.notifications import ActionGroup, ChannelAddress, SlackRelay
from tests.unit.constructs.examples import resource_group, synthesized


def slack_address(stack: TerraformStack) -> ChannelAddress:
    return ChannelAddress(
        stack,
        "slack_webhook_url",
        environment="prod",
        channel="slack",
        starts=["https://hooks.slack.com/"],
    )


def test_each_address_is_a_receiver_with_a_name_of_its_own(stack: TerraformStack) -> None:
    ActionGroup(
        stack,
        "alerts",
        resource_group=resource_group(stack),
        name="example-alerts",
        short_name="example",
        emails=["ml-team@company.com", "on-call@company.com"],
    )
    receivers = synthesized(stack).at("azurerm_monitor_action_group.alerts.email_receiver")
    assert {receiver["name"]: receiver["email_address"] for receiver in receivers} == {
        "email": "ml-team@company.com",
        "email-2": "on-call@company.com",
    }


def test_slack_gets_a_message_from_a_logic_app_that_keeps_the_address_to_itself(
    stack: TerraformStack,
) -> None:
    SlackRelay(
        stack,
        "slack",
        resource_group=resource_group(stack),
        name="example-slack",
        address=slack_address(stack),
    )
    app = synthesized(stack).at("azapi_resource.slack")
    definition = app["body"]["properties"]["definition"]
    action = definition["actions"]["post_to_slack"]
    (trigger,) = definition["triggers"].values()
    assert trigger == {"type": "Request", "kind": "Http", "inputs": {"method": "POST", "schema": {}}}
    assert definition["parameters"] == {"slackUrl": {"type": "SecureString"}}
    assert action["inputs"]["uri"] == "@parameters('slackUrl')"
    assert action["runtimeConfiguration"]["secureData"]["properties"] == ["inputs"]
    assert app["sensitive_body"] == {
        "properties": {"parameters": {"slackUrl": {"value": "${var.slack_webhook_url}"}}}
    }
    assert "${" not in json.dumps(app["body"])
    text = action["inputs"]["body"]["text"]
    for part in ("monitorCondition", "severity", "alertRule", "description", "dimensions", "alertId"):
        assert f"?['{part}']" in text
    assert text.count("@{") == text.count("}")


def test_an_action_group_calls_the_logic_app_by_its_secret_address(stack: TerraformStack) -> None:
    group = resource_group(stack)
    relay = SlackRelay(
        stack, "slack", resource_group=group, name="example-slack", address=slack_address(stack)
    )
    ActionGroup(
        stack, "alerts", resource_group=group, name="example-alerts", short_name="example", slack=relay
    )
    written = synthesized(stack)
    (receiver,) = written.at("azurerm_monitor_action_group.alerts.logic_app_receiver")
    action = written.data("azapi_resource_action")["slack_address"]
    trigger = re.fullmatch(r"triggers/(\w+)/listCallbackUrl", action["action"])
    assert trigger
    assert trigger[1] in written.at("azapi_resource.slack.body.properties.definition.triggers")
    assert action["sensitive_response_export_values"] == ["value"]
    assert "response_export_values" not in action
    assert receiver["callback_url"] == "${data.azapi_resource_action.slack_address.sensitive_output.value}"
    assert receiver["resource_id"] == action["resource_id"] == "${azapi_resource.slack.id}"


def test_an_action_group_has_only_the_receivers_that_it_is_given(stack: TerraformStack) -> None:
    ActionGroup(
        stack,
        "rollback",
        resource_group=resource_group(stack),
        name="example-rollback",
        short_name="example",
        azure_devops_url="https://dev.azure.com/contoso/_apis/public/distributedtask/webhooks/rollback",
    )
    group = synthesized(stack).at("azurerm_monitor_action_group.rollback")
    assert [receiver["name"] for receiver in group["webhook_receiver"]] == ["azure-devops"]
    assert "email_receiver" not in group
    assert "logic_app_receiver" not in group
