"""What must fit together within the sections of one file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from settings.checking.checked import Checked
from settings.models.environment import BACKUP_NEEDS_DAYS, Environment
from settings.models.platform import Platform
from settings.reading.problems import Problem

_DELAYS = (
    "registryPropagationInitialDelaySeconds",
    "registryPropagationMaxDelaySeconds",
    "registryPropagationMaxWaitSeconds",
)


def delays_fit(platform: Checked[Platform]) -> Iterator[Problem]:
    """Keep the first pause no longer than the longest pause, and that no longer than the whole wait."""
    for shorter, longer in pairwise(_DELAYS):
        low, high = platform.get("registry", shorter), platform.get("registry", longer)
        if low is not None and high is not None and low > high:
            yield platform.problem(
                "registry",
                shorter,
                found=f"{low} seconds",
                allowed=f"at most {longer} ({high} seconds)",
                fix=f"lower {shorter} or raise {longer}",
            )


def alerts_have_thresholds(environment: Checked[Environment]) -> Iterator[Problem]:
    """Where alerts go out, say when."""
    if environment.get("monitoring", "alerts") and not environment.given("alert_thresholds"):
        yield environment.problem(
            "monitoring",
            "alerts",
            found="alerts without alert_thresholds",
            allowed="alert_thresholds wherever alerts go out",
            fix="add alert_thresholds, or set alerts to []",
        )


def mail_has_an_address(environment: Checked[Environment]) -> Iterator[Problem]:
    """Where mail goes out, say to whom."""
    if not environment.has_keys("monitoring") or environment.given("monitoring", "email"):
        return
    by_email = "email" in (environment.get("monitoring", "alerts") or ())
    reasons = ["alerts by email"] if by_email and not environment.given("existing", "action_group") else []
    if environment.given("budget"):
        reasons.append("a budget")
    if reasons:
        yield environment.problem(
            "monitoring",
            "email",
            found=f"nothing, with {' and '.join(reasons)}",
            allowed="the address that alerts and notices about the budget go to",
            fix="add email",
            at_key=True,
        )


def rollback_has_a_webhook(environment: Checked[Environment]) -> Iterator[Problem]:
    """Where traffic goes back by itself, say through which webhook."""
    enabled = environment.get("auto_rollback", "enabled")
    if enabled is True and not environment.given("auto_rollback", "webhook"):
        yield environment.problem(
            "auto_rollback",
            "enabled",
            found="true without webhook",
            allowed="a webhook that starts the pipeline",
            fix="add webhook with name and used_by, or set enabled to false",
        )


def notices_rise(environment: Checked[Environment]) -> Iterator[Problem]:
    """Name the shares of a budget from the lowest to the highest, each once."""
    thresholds = environment.get("budget", "thresholds")
    if thresholds and any(a >= b for a, b in pairwise(thresholds)):
        yield environment.problem(
            "budget",
            "thresholds",
            found=", ".join(map(str, thresholds)),
            allowed="percentages that rise",
            fix="write for example [80, 100]",
        )


def versions_outlive_a_backup(environment: Checked[Environment]) -> Iterator[Problem]:
    """Keep what is backed up for a week: a version that goes while Azure Backup copies it fails the job."""
    if not environment.given("backup"):
        return
    for key in ("datasets", "predictions"):
        days = environment.get("retention", key)
        if days is not None and days < BACKUP_NEEDS_DAYS:
            yield environment.problem(
                "retention",
                key,
                found=f"{days} days, with backup",
                allowed=f"at least {BACKUP_NEEDS_DAYS} days where there is a backup",
                fix="raise it, or remove backup",
            )
