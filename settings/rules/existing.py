"""What must fit where something is there already and used as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from settings.checking.checked import Checked
from settings.models.environment import Environment
from settings.models.platform import Platform
from settings.reading.problems import KeyPath, Problem, dotted


def existing_things_have_their_names(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Name a resource group and a workspace as their ids do: variables and other settings go by these names."""
    yield from _names_fit(platform, ("registry",), ("registry", "log_analytics"))
    for environment in environments:
        yield from _names_fit(environment, (), ("workspace", "log_analytics"))


def retention_is_whose_logs_are(platform: Checked[Platform]) -> Iterator[Problem]:
    """Say how long logs are kept exactly where the workspace is made here."""
    if not platform.has_keys("registry"):
        return
    existing = platform.given("registry", "existing", "log_analytics")
    if existing == platform.given("registry", "log_retention"):
        yield platform.problem(
            "registry",
            "log_retention",
            found="log_retention with existing.log_analytics" if existing else "nothing",
            allowed="nothing there: the owner of that workspace decides how long it keeps logs"
            if existing
            else "how long logs are kept (days), where existing has no log_analytics",
            fix="remove log_retention" if existing else "add log_retention",
            at_key=True,
        )


def logs_of_others_have_no_quota(environment: Checked[Environment]) -> Iterator[Problem]:
    """Limit no workspace that is somebody else's."""
    if environment.given("existing", "log_analytics") and environment.given("monitoring", "daily_log_quota"):
        yield environment.problem(
            "monitoring",
            "daily_log_quota",
            found="daily_log_quota with existing.log_analytics",
            allowed="no quota there: it would stop the logs of everybody who uses that workspace",
            fix="remove daily_log_quota",
            at_key=True,
        )


def nobody_administers_a_group_of_others(environment: Checked[Environment]) -> Iterator[Problem]:
    """Give the workspace no rights on a resource group that is somebody else's: Azure would, to such an identity."""
    kind = environment.get("security", "managed_identity")
    if environment.given("existing", "resource_group") and kind == "system_assigned":
        yield environment.problem(
            "security",
            "managed_identity",
            found="system_assigned with existing.resource_group",
            allowed="user_assigned: Azure lets a system-assigned one administer the whole resource group",
            fix="set it to user_assigned",
        )


def existing_action_group_is_called(environment: Checked[Environment]) -> Iterator[Problem]:
    """Name an action group only where alerts go out, and none that is made here."""
    path: KeyPath = ("existing", "action_group")
    if environment.given(*path) and environment.get("monitoring", "alerts") == ():
        yield environment.problem(
            *path,
            found="an action group with alerts: []",
            allowed="none where no alerts go out",
            fix="remove it, or name its channels in monitoring.alerts",
            at_key=True,
        )
    subscription, group = environment.get("subscription_id"), environment.get("resource_group")
    made_here = (
        f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Insights/actionGroups/"
    )
    names = [f"{environment.get('workspace', 'name')}-{end}" for end in ("alerts", "rollback")]
    if str(environment.get(*path)).lower() in [f"{made_here}{name}".lower() for name in names]:
        yield environment.problem(
            *path,
            found="the action group that is made here",
            allowed="one that is made elsewhere: this one would be gone with its channels",
            fix="remove it",
        )


def _names_fit(file: Checked[Any], place: KeyPath, name: KeyPath) -> Iterator[Problem]:
    """Compare the ids in ``existing`` with the names that stand beside it."""
    path = (*place, "existing", "resource_group")
    group_id = file.get(*path)
    subscription, group = file.get(*place, "subscription_id"), file.get(*place, "resource_group")
    if group_id and subscription and group:
        _, _, found_in, _, found = group_id.split("/")
        if (found_in.lower(), found) != (subscription.lower(), group):
            yield file.problem(
                *path,
                found=f"the id of {found} in {found_in}",
                allowed=f"the id of {group} in {subscription}, which resource_group and subscription_id name",
                fix="copy the id of that group, or change the two",
            )
    path = (*place, "existing", "log_analytics")
    workspace_id, workspace = file.get(*path), file.get(*name)
    if workspace_id and workspace and workspace_id.split("/")[-1] != workspace:
        yield file.problem(
            *path,
            found=f"the id of {workspace_id.split('/')[-1]}",
            allowed=f"the id of {workspace}, as {dotted(name)} says",
            fix=f"copy the id of that workspace, or change {dotted(name)}",
        )
