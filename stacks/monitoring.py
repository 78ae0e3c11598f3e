"""The alerts of an environment: what fires them, where they go, and what takes traffic back by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from constructs_lib.azure.alerts import (
    DATA_DRIFT,
    ENDPOINT_AVAILABILITY,
    ERROR_RATE,
    FAILED_JOBS,
    MODEL_DRIFT,
    PREDICTION_LATENCY,
    Measure,
    add_alert_rule,
)
from constructs_lib.azure.diagnostics import DiagnosticSettings
from constructs_lib.azure.existing import use_existing
from constructs_lib.azure.notifications import ActionGroup, ChannelAddress, SlackRelay
from constructs_lib.devops.incoming_webhook import IncomingWebhook
from settings.models.environment import AlertThresholds, AutoRollback, Environment
from stacks.base import PlatformStack
from stacks.workspace import Foundation

LEAST_REQUESTS = 20
"""Fewest requests in the window for a rollback: among fewer, one that fails is 5 percent by itself."""


@dataclass(frozen=True)
class _Alert:
    key: str
    measure: Measure
    threshold: str | int
    title: str
    advice: str
    least_requests: int | None = None


def add_alerts(
    stack: PlatformStack,
    environment: Environment,
    *,
    foundation: Foundation,
    diagnostics: DiagnosticSettings,
) -> None:
    """Add the alert rules and the action groups they call; without a channel there is no rule that calls one."""

    def add(alerts: Sequence[_Alert], action_group_ids: Sequence[str]) -> None:
        for alert in alerts:
            add_alert_rule(
                stack,
                f"alert_{alert.key}",
                resource_group=foundation.resource_group,
                log_analytics_id=foundation.monitoring.log_analytics_id,
                name=f"{environment.workspace.name}-{alert.key.replace('_', '-')}",
                title=f"{environment.name}: {alert.title}",
                advice=alert.advice,
                measure=alert.measure,
                threshold=float(alert.threshold),
                action_group_ids=action_group_ids,
                least_requests=alert.least_requests,
                only_own_logs=foundation.monitoring.has_existing_log_analytics,
            )

    channels: list[str] = []
    if environment.monitoring.alerts and environment.alert_thresholds:
        existing = environment.existing.action_group
        if existing:
            # The environment's own goes with its channels: it holds nothing that is not in the configuration.
            id_ = use_existing(stack, "alerts", kind="action group", resource_id=existing, instead_of=[])
        else:
            id_ = _add_channels(stack, environment, foundation, diagnostics).id
        channels = [id_]
        add(_alerts(environment.alert_thresholds), channels)
    rollback = environment.auto_rollback
    if rollback and rollback.enabled and rollback.webhook:
        webhook = IncomingWebhook(stack, "rollback_webhook", project=stack.project, settings=rollback.webhook)
        stack.project.expect_start_on(rollback.webhook.used_by, environment.service_connection)
        group = ActionGroup(
            stack,
            "rollback",
            resource_group=foundation.resource_group,
            name=f"{environment.workspace.name}-rollback",
            short_name="ML rollback",
            azure_devops_url=webhook.url,
        )
        add(_rollbacks(rollback), [*channels, group.id])


def _add_channels(
    stack: PlatformStack,
    environment: Environment,
    foundation: Foundation,
    diagnostics: DiagnosticSettings,
) -> ActionGroup:
    channels = environment.monitoring.alerts
    slack: SlackRelay | None = None
    pagerduty: ChannelAddress | None = None
    if "slack" in channels:
        stack.need_azapi()
        slack = SlackRelay(
            stack,
            "slack",
            resource_group=foundation.resource_group,
            name=f"{environment.workspace.name}-slack",
            address=ChannelAddress(
                stack,
                "slack_webhook_url",
                environment=environment.name,
                channel="slack",
                starts=["https://hooks.slack.com/"],
            ),
        )
        diagnostics.add({"slack": slack.id})
    if "pagerduty" in channels:
        pagerduty = ChannelAddress(
            stack,
            "pagerduty_webhook_url",
            environment=environment.name,
            channel="pagerduty",
            starts=["https://events.pagerduty.com/", "https://events.eu.pagerduty.com/"],
        )
    return ActionGroup(
        stack,
        "alerts",
        resource_group=foundation.resource_group,
        name=f"{environment.workspace.name}-alerts",
        short_name="ML alerts",
        emails=(environment.monitoring.email or ()) if "email" in channels else (),
        slack=slack,
        pagerduty=pagerduty,
    )


def _alerts(limit: AlertThresholds) -> list[_Alert]:
    alerts = [
        _Alert(
            "failed_jobs",
            FAILED_JOBS,
            0,
            "a job failed",
            "A training or scoring job failed. Look at its logs in the workspace: user_logs for the code, "
            "system_logs for the node.",
        ),
        _Alert(
            "model_drift",
            MODEL_DRIFT,
            limit.model_drift,
            f"model drift above {limit.model_drift}",
            "Predictions are no longer spread as they were. Compare them with what really happened; retrain the "
            "model if it has become worse.",
        ),
        _Alert(
            "data_drift",
            DATA_DRIFT,
            limit.data_drift,
            f"data drift above {limit.data_drift}",
            "The input is no longer spread as in training. Look for a broken source first, then consider retraining.",
        ),
        _Alert(
            "prediction_latency",
            PREDICTION_LATENCY,
            limit.prediction_latency_ms,
            f"prediction latency above {limit.prediction_latency_ms} ms",
            "1 of 20 predictions takes longer than that. Compare the deployments of the endpoint, then the load on "
            "its instances.",
        ),
        _Alert(
            "error_rate",
            ERROR_RATE,
            limit.error_rate_percent,
            f"error rate above {limit.error_rate_percent} %",
            "Predictions fail. Look at the deployment's console log; if it is new, take its traffic back.",
        ),
    ]
    if limit.endpoint_availability_percent is not None:
        alerts.append(
            _Alert(
                "endpoint_availability",
                ENDPOINT_AVAILABILITY,
                limit.endpoint_availability_percent,
                f"endpoint availability below {limit.endpoint_availability_percent} %",
                "Over a day the endpoint did not answer as often as promised. Look for 429 (too few instances), 408 "
                "(too slow) and 5xx in its traffic log.",
            )
        )
    return alerts


def _rollbacks(limit: AutoRollback) -> list[_Alert]:
    advice = "The pipeline of the rollback takes traffic back to the stable deployment. Check that it did."
    return [
        _Alert(
            "rollback_error_rate",
            ERROR_RATE,
            limit.error_threshold,
            f"rollback, error rate above {limit.error_threshold} %",
            advice,
            LEAST_REQUESTS,
        ),
        _Alert(
            "rollback_latency",
            replace(PREDICTION_LATENCY, severity=ERROR_RATE.severity),
            limit.latency_threshold,
            f"rollback, prediction latency above {limit.latency_threshold} ms",
            advice,
            LEAST_REQUESTS,
        ),
    ]
