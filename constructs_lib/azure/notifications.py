"""Where alerts go: action groups, and the Logic App that turns an alert into a message for Slack."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from cdktf import (
    Precondition,
    TerraformResourceLifecycle,
    TerraformStack,
    TerraformVariable,
    TerraformVariableValidationConfig,
)

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azapi, azurerm

_WORKFLOWS = "Microsoft.Logic/workflows@2019-05-01"
_TRIGGER = "alert"

# Properties of an alert, as expressions of Logic Apps; a property that is not there is an empty text.
_ESSENTIALS = "triggerBody()?['data']?['essentials']"
_CONDITION = "triggerBody()?['data']?['alertContext']?['condition']?['allOf']?[0]"
_PORTAL = "https://portal.azure.com/#blade/Microsoft_Azure_Monitoring/AlertDetailsTemplateBlade/alertId"
_MESSAGE = "\n".join(
    (
        f"*@{{{_ESSENTIALS}?['monitorCondition']}}* (@{{{_ESSENTIALS}?['severity']}}): "
        f"*@{{{_ESSENTIALS}?['alertRule']}}*",
        f"@{{{_ESSENTIALS}?['description']}}",
        f"@{{{_CONDITION}?['dimensions']?[0]?['name']}} @{{{_CONDITION}?['dimensions']?[0]?['value']}}: "
        f"@{{{_CONDITION}?['metricValue']}} (threshold @{{{_CONDITION}?['threshold']}})",
        f"<{_PORTAL}/@{{encodeUriComponent(string({_ESSENTIALS}?['alertId']))}}|Open the alert>",
    )
)


class ChannelAddress:
    """A Terraform variable with the address of a channel. The address is the key to the channel: a secret.

    It is never in a synthesized file. While it is not set, Terraform refuses to plan; while it is no address of
    the channel, the plan fails.
    """

    def __init__(
        self, scope: TerraformStack, variable: str, *, environment: str, channel: str, starts: Sequence[str]
    ) -> None:
        """Ask for the address of ``channel``: an https URL that starts with one of ``starts``."""
        whose = f"{environment}: alerts go to {channel} (monitoring.alerts in its file), and {variable} is"
        how = f"Set TF_VAR_{variable} in the environment of whoever plans and deploys, or remove {channel}."
        self.value: str = TerraformVariable(
            scope,
            variable,
            type="string",
            description=f"Address that alerts for {channel} are sent to. A secret.",
            default="",
            nullable=False,
            sensitive=True,
            validation=[
                TerraformVariableValidationConfig(
                    condition=f'${{var.{variable} != ""}}', error_message=f"{whose} not set. {how}"
                )
            ],
        ).string_value
        # Not another validation of the variable: where one fails, Terraform prints the value, sensitive or not.
        self.lifecycle = TerraformResourceLifecycle(
            precondition=[
                Precondition(
                    condition="${"
                    + " || ".join(f'startswith(var.{variable}, "{start}")' for start in starts)
                    + "}",
                    error_message=f"{whose} no address of it: it does not start with {' or '.join(starts)}. {how}",
                )
            ]
        )
        """For the resource that gets the address: refuses one that is not of the channel."""


class SlackRelay:
    """A Logic App that posts each alert to Slack, which does not understand Azure's own format.

    The whole workflow is one azapi resource. azurerm has a resource for each of its steps, and each of those
    writes the workflow back as Azure shows it: without the secret, which Azure then misses.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        name: str,
        address: ChannelAddress,
    ) -> None:
        """Create the workflow. ``address``, that of Slack's incoming webhook, stays out of the state."""
        self._workflow = azapi.Resource(
            scope,
            id_,
            type=_WORKFLOWS,
            name=name,
            parent_id=resource_group.id,
            location=resource_group.location,
            body={
                "properties": {
                    "state": "Enabled",
                    "definition": {
                        "$schema": "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/"
                        "2016-06-01/workflowdefinition.json#",
                        "contentVersion": "1.0.0.0",
                        "parameters": {"slackUrl": {"type": "SecureString"}},
                        "triggers": {
                            _TRIGGER: {
                                "type": "Request",
                                "kind": "Http",
                                "inputs": {"method": "POST", "schema": {}},
                            }
                        },
                        "actions": {
                            "post_to_slack": {
                                "type": "Http",
                                "inputs": {
                                    "method": "POST",
                                    "uri": "@parameters('slackUrl')",
                                    "headers": {"Content-Type": "application/json"},
                                    "body": {"text": _MESSAGE},
                                },
                                "runAfter": {},
                                # The address of Slack would be in the run history.
                                "runtimeConfiguration": {"secureData": {"properties": ["inputs"]}},
                            }
                        },
                    },
                }
            },
            sensitive_body={"properties": {"parameters": {"slackUrl": {"value": address.value}}}},
            lifecycle=address.lifecycle,
        )
        self._callback = azapi.DataAzapiResourceAction(
            scope,
            f"{id_}_address",
            type=_WORKFLOWS,
            resource_id=self.id,
            action=f"triggers/{_TRIGGER}/listCallbackUrl",
            method="POST",
            sensitive_response_export_values=["value"],
        )

    @cached_property
    def id(self) -> str:
        """ARM id of the Logic App."""
        return self._workflow.id

    @cached_property
    def url(self) -> str:
        """Address that starts the Logic App. It holds a signature: a secret."""
        return self._callback.sensitive_output_string("value")


def email_receivers(addresses: Sequence[str]) -> list[azurerm.MonitorActionGroupEmailReceiver] | None:
    """Return the receivers of an action group that mails to ``addresses``; none of no address."""
    return [
        # A receiver has a name of its own in its group.
        azurerm.MonitorActionGroupEmailReceiver(
            name=f"email-{number}" if number > 1 else "email",
            email_address=address,
            use_common_alert_schema=True,
        )
        for number, address in enumerate(addresses, start=1)
    ] or None


class ActionGroup:
    """Who hears of an alert. Everything is sent in Azure Monitor's common alert schema."""

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        name: str,
        short_name: str,
        emails: Sequence[str] = (),
        slack: SlackRelay | None = None,
        pagerduty: ChannelAddress | None = None,
        azure_devops_url: str | None = None,
    ) -> None:
        """Create the group. ``short_name`` (at most 12 characters) is how mails and texts name the sender.

        ``azure_devops_url`` is the address of an incoming webhook.
        """
        webhooks = {"pagerduty": pagerduty.value if pagerduty else None, "azure-devops": azure_devops_url}
        self._group = azurerm.MonitorActionGroup(
            scope,
            id_,
            name=name,
            short_name=short_name,
            resource_group_name=resource_group.name_reference,
            email_receiver=email_receivers(emails),
            logic_app_receiver=[
                azurerm.MonitorActionGroupLogicAppReceiver(
                    name="slack", resource_id=slack.id, callback_url=slack.url, use_common_alert_schema=True
                )
            ]
            if slack
            else None,
            webhook_receiver=[
                azurerm.MonitorActionGroupWebhookReceiver(
                    name=receiver, service_uri=url, use_common_alert_schema=True
                )
                for receiver, url in webhooks.items()
                if url
            ]
            or None,
            lifecycle=pagerduty.lifecycle if pagerduty else None,
        )

    @cached_property
    def id(self) -> str:
        """ARM id of the group."""
        return self._group.id
