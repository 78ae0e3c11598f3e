"""Who has to approve, and where nothing happens without an approval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from settings.checking.checked import Checked
from settings.models.devops import ApprovalEnvironment
from settings.models.environment import Environment
from settings.models.infrastructure import InfrastructurePipelines
from settings.reading.problems import Problem


def prod_is_guarded(environment: Checked[Environment]) -> Iterator[Problem]:
    """Prod never deploys by itself, and never without an approval."""
    if environment.get("tier") != "prod":
        return
    if environment.get("deployment", "auto_deploy") is True:
        yield environment.problem(
            "deployment",
            "auto_deploy",
            found="true in an environment of tier prod",
            allowed="false: prod never deploys by itself",
            fix="set it to false",
        )
    if environment.get("deployment", "approval_required") is False:
        yield environment.problem(
            "deployment",
            "approval_required",
            found="false in an environment of tier prod",
            allowed="true: prod is deployed with an approval",
            fix="set it to true",
        )


def approvals_fit(environment: Checked[Environment]) -> Iterator[Problem]:
    """Have an approval environment where an approval is required, and none where it is not."""
    required = environment.get("deployment", "approval_required")
    given = environment.given("approval_environment")
    if required is True and not given:
        yield environment.problem(
            "deployment",
            "approval_required",
            found="true without approval_environment",
            allowed="an approval_environment that names its approvers",
            fix="add approval_environment with approvers, or set approval_required to false",
        )
    if required is False and given and environment.get("tier") != "prod":  # prod has a rule of its own
        yield environment.problem(
            "deployment",
            "approval_required",
            found="false with an approval_environment",
            allowed="true where an approval_environment is given: its checks stop every run",
            fix="set approval_required to true, or remove approval_environment",
        )


def enough_approvers(file: Checked[Any]) -> Iterator[Problem]:
    """Ask for no more approvals than there are approver entries; a team is one entry, and so is a person."""
    for path in (*file.sections(ApprovalEnvironment), *file.sections(InfrastructurePipelines)):
        wanted = file.get(*path, "minimum_approvers")
        entries = file.get(*path, "approvers")
        if wanted is not None and entries is not None and wanted > len(entries):
            yield file.problem(
                *path,
                "minimum_approvers",
                found=f"{wanted} approvals from {len(entries)} approver entries",
                allowed="at least as many approver entries as approvals: a team or a person counts as one entry",
                fix="add a team or a person to approvers, or ask for fewer approvals",
            )
