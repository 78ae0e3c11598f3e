"""Checks of what stands in front of a resource: approvals, branch control, exclusive locks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from client.devops.checks import CheckConfiguration, is_approval, is_branch_control, is_exclusive_lock
from client.devops.identities import IdentityRef
from doctor.live.findings import Finding, Rule
from doctor.live.people import Members
from doctor.live.wanted import Approval, Guarded
from settings.reading.problems import listed

_BRANCH = "refs/heads/"
_TRUE = "true"


def approval_is_right(
    item: Guarded, approval: Approval, checks: tuple[CheckConfiguration, ...], ids: Mapping[str, str]
) -> Iterator[Finding]:
    """Find an approval that is missing, or asks others, fewer, or for another time than the configuration says.

    ``ids`` are the storage keys of teams and people by name. Where one is not known, names are compared as Azure DevOps
    shows them.
    """
    found = _one(checks, is_approval)
    if found is None:
        yield _missing(item, "approval", f"an approval by {_list(approval.approvers)}")
        return
    settings = found.settings
    names = {number: name for name, number in ids.items()}
    asked = [names.get(approver.id) or _name(approver, approval) for approver in settings.approvers]
    if {name.lower() for name in asked} != {name.lower() for name in approval.approvers}:
        yield _changed(item, "approvers", _list(asked), _list(approval.approvers))
    # 0 stands for all of them.
    minimum = settings.min_required_approvers or len(settings.approvers)
    if minimum != approval.minimum:
        yield _changed(item, "approvals that are needed", str(minimum), str(approval.minimum))
    if not settings.requester_cannot_be_approver:
        yield _changed(
            item, "who started the run", "may approve it", "may not approve it, as one of the approvers too"
        )
    if found.timeout != approval.timeout:
        yield _changed(item, "minutes until an approval fails", str(found.timeout), str(approval.timeout))


def branches_are_right(item: Guarded, checks: tuple[CheckConfiguration, ...]) -> Iterator[Finding]:
    """Find a branch control that is missing, or lets other branches in than the configuration says."""
    found = _one(checks, is_branch_control)
    if found is None:
        yield _missing(item, "branch control", f"runs from {_list(item.branches)} alone")
        return
    inputs = found.settings.inputs
    allowed = {
        branch.strip().removeprefix(_BRANCH)
        for branch in str(inputs.get("allowedBranches") or "").split(",")
        if branch.strip()
    }
    if allowed != set(item.branches):
        yield _changed(item, "branches", _list(sorted(allowed)) or "any", _list(item.branches))
    protected = str(inputs.get("ensureProtectionOfBranch")).lower() == _TRUE
    if protected != item.protected:
        words = {True: "must have policies", False: "need no policies"}
        yield _changed(item, "branches", words[protected], words[item.protected])


def lock_is_there(item: Guarded, checks: tuple[CheckConfiguration, ...]) -> Iterator[Finding]:
    """Find an exclusive lock that is missing: two runs could then deploy at the same time."""
    if _one(checks, is_exclusive_lock) is None:
        yield _missing(item, "exclusive lock", "one run at a time")


def somebody_can_approve(team: str, found: Members, places: Sequence[str]) -> Iterator[Finding]:
    """Find a team of approvers with nobody in it; of Entra groups in it say that nobody is shown.

    ``places`` are what it has to approve.
    """
    if not found.people and not found.hidden:
        yield Finding(
            Rule.NO_APPROVERS,
            f"team {team}",
            f"nobody, and it has to approve: {listed(places)}",
            "at least one member who did not start the run",
            f"add members in Azure DevOps (Project settings, Permissions, {team}), or an Entra group by entra_group in "
            "config/platform.yaml",
        )
    if found.hidden:
        yield Finding(
            Rule.NOTE_NOT_VISIBLE,
            f"team {team}",
            f"members of the Entra group {_list(found.hidden)}: not visible; it approves: {listed(places)}",
            "somebody in it, and nobody who is in another approver's team too",
            "look at the group in the Microsoft Entra admin center",
        )


def nobody_counts_twice(
    item: Guarded, approval: Approval, members: Mapping[str, Members | None]
) -> Iterator[Finding]:
    """Find people who can give more than one of the approvals; one is enough where one is asked for.

    ``members`` are those of each approver by its name; of one that could not be seen None.
    """
    if approval.minimum < 2:
        return
    known = {name: found for name, found in members.items() if found}
    for (one, of_one), (other, of_other) in combinations(known.items(), 2):
        both = sorted(of_one.people & of_other.people)
        if both:
            yield Finding(
                Rule.COUNTS_TWICE,
                item.place,
                f"{_list(both)} in {one} and in {other}: one person can answer for both",
                "people who are in one of the approvers' teams only",
                f"take them out of {one} or {other} (Project settings, Permissions)",
            )


def _one(
    checks: tuple[CheckConfiguration, ...], is_kind: Callable[[CheckConfiguration], bool]
) -> CheckConfiguration | None:
    return next((check for check in checks if is_kind(check) and not check.is_disabled), None)


def _missing(item: Guarded, what: str, allowed: str) -> Finding:
    return Finding(
        Rule.MISSING_CHECK,
        item.place,
        f"no {what}, or one that is turned off",
        allowed,
        f"{item.deploy} makes it",
    )


def _changed(item: Guarded, what: str, found: str, wanted: str) -> Finding:
    return Finding(
        Rule.CHANGED_CHECK,
        item.place,
        f"{what}: {found}",
        f"{what}: {wanted}",
        f"change the configuration if this is meant; {item.deploy} puts it back",
    )


def _name(approver: IdentityRef, approval: Approval) -> str:
    """Return what the configuration calls an approver, or else what Azure DevOps does.

    A team goes by its name without its project, ``[mlops]\\Leads`` as Leads; a person by the name for signing in.
    """
    known = {name.lower() for name in approval.approvers}
    team = approver.display_name.rpartition("\\")[2]
    return approver.unique_name if approver.unique_name.lower() in known else team or approver.unique_name


def _list(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names)
