"""Things as they are wanted and as they are read, for the checks of what is live."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from client.devops.checks import (
    CheckConfiguration,
    CheckSettings,
    CheckType,
    DefinitionRef,
    Resource,
)
from client.devops.identities import IdentityRef
from client.devops.security_roles import RoleAssignment, SecurityRole
from doctor.live.findings import Finding
from doctor.live.wanted import Approval, Guarded, Pipeline

TRAINING, PROMOTION = Pipeline("Training"), Pipeline("Promotion", "\\ml")
ANNA = IdentityRef("anna-id", "Anna", "anna@contoso.com", "aad.anna")
LEADS = IdentityRef("leads-id", "[mlops]\\Leads", "[mlops]\\Leads", "vssgp.leads")
QA = IdentityRef("qa-id", "[mlops]\\QA team", "[mlops]\\QA team", "vssgp.qa")
WHEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def guarded(**given: Any) -> Guarded:
    """Return an environment that Training may use, with what is given."""
    words = {
        "kind": "environment",
        "name": "prod-deployment",
        "environment": "prod",
        "stack": "mlops-prod",
        "used_by": (TRAINING,),
    }
    return Guarded(**{**words, **given})


def approval(*approvers: str, minimum: int = 1, timeout: int = 600) -> Approval:
    return Approval(approvers, minimum, timeout)


def check(
    name: str, *, disabled: bool = False, timeout: int | None = 600, **settings: Any
) -> CheckConfiguration:
    kind = CheckType("type", name)
    target = Resource("environment", "1")
    return CheckConfiguration(
        1, kind, target, CheckSettings(**settings), timeout=timeout, is_disabled=disabled
    )


def asks(*approvers: IdentityRef, **settings: Any) -> CheckConfiguration:
    timeout = settings.pop("timeout", 600)
    words = {"min_required_approvers": 1, "requester_cannot_be_approver": True}
    return check("Approval", approvers=approvers, timeout=timeout, **{**words, **settings})


def branch_control(allowed: str, protected: str = "false") -> CheckConfiguration:
    inputs = {"allowedBranches": allowed, "ensureProtectionOfBranch": protected}
    return check("Task Check", definition_ref=DefinitionRef("id", "evaluatebranchProtection"), inputs=inputs)


def role(who: IdentityRef, name: str, access: str = "assigned") -> RoleAssignment:
    return RoleAssignment(who, SecurityRole(name), access)


def said(findings: Any) -> list[tuple[str, str]]:
    """Return the rule of each finding and what was found."""
    every: list[Finding] = list(findings)
    return [(finding.rule.id, finding.found) for finding in every]
