"""What stands in front of a resource, as it is read and as it is wanted."""

from __future__ import annotations

import pytest

from client.devops.checks import CheckConfiguration
from client.devops.identities import IdentityRef
from doctor.live.gates import (
    approval_is_right,
    branches_are_right,
    lock_is_there,
    nobody_counts_twice,
    somebody_can_approve,
)
from doctor.live.people import Members
from tests.unit.doctor.live.made import ANNA, LEADS, QA, approval, asks, branch_control, check, guarded, said

BOTH = approval("Leads", "anna@contoso.com", minimum=2)
RIGHT = asks(LEADS, ANNA, min_required_approvers=2)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (RIGHT, []),
        # Where all have to approve the service answers 0.
        (asks(LEADS, ANNA, min_required_approvers=0), []),
        (asks(LEADS, min_required_approvers=2), ["approvers: [mlops]\\Leads"]),
        (asks(LEADS, QA, min_required_approvers=2), ["approvers: Leads, QA team"]),
        (asks(LEADS, ANNA, QA, min_required_approvers=2), ["approvers: Leads, anna@contoso.com, QA team"]),
        (asks(LEADS, ANNA), ["approvals that are needed: 1"]),
        (
            asks(LEADS, ANNA, min_required_approvers=2, requester_cannot_be_approver=False),
            ["who started the run: may approve it"],
        ),
        (asks(LEADS, ANNA, min_required_approvers=2, timeout=60), ["minutes until an approval fails: 60"]),
    ],
)
def test_an_approval_by_names(found: CheckConfiguration, wanted: list[str]) -> None:
    findings = said(approval_is_right(guarded(), BOTH, (found,), {}))
    assert findings == [("changed-check", text.replace("[mlops]\\", "")) for text in wanted]


def test_an_approval_by_ids() -> None:
    """Whatever Azure DevOps shows: names are written otherwise in places."""
    unnamed = asks(IdentityRef(LEADS.id), IdentityRef(ANNA.id, "Anna B."), min_required_approvers=2)
    ids = {"Leads": LEADS.id, "anna@contoso.com": ANNA.id}
    assert said(approval_is_right(guarded(), BOTH, (unnamed,), ids)) == []
    other = asks(IdentityRef("other", "Leads of others"), ANNA, min_required_approvers=2)
    assert said(approval_is_right(guarded(), BOTH, (other,), ids)) == [
        ("changed-check", "approvers: Leads of others, anna@contoso.com")
    ]


@pytest.mark.parametrize(
    "checks", [(), (check("ExclusiveLock"),), (check("Approval", approvers=(LEADS,), disabled=True),)]
)
def test_no_approval(checks: tuple[CheckConfiguration, ...]) -> None:
    assert said(approval_is_right(guarded(), BOTH, checks, {})) == [
        ("missing-check", "no approval, or one that is turned off")
    ]


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (branch_control("refs/heads/main, refs/heads/release/*", "true"), []),
        (branch_control("refs/heads/release/*,refs/heads/main", "True"), []),
        (branch_control("refs/heads/main", "true"), ["branches: main"]),
        (branch_control("*", "true"), ["branches: *"]),
        (branch_control("", "true"), ["branches: any"]),
        (branch_control("refs/heads/main, refs/heads/release/*"), ["branches: need no policies"]),
    ],
)
def test_branch_control(found: CheckConfiguration, wanted: list[str]) -> None:
    item = guarded(branches=("main", "release/*"), protected=True)
    assert said(branches_are_right(item, (found,))) == [("changed-check", text) for text in wanted]


def test_no_branch_control() -> None:
    other = check("Task Check", inputs={"allowedBranches": "refs/heads/main"})
    assert [rule for rule, _ in said(branches_are_right(guarded(branches=("main",)), (other,)))] == [
        "missing-check"
    ]


def test_an_exclusive_lock() -> None:
    assert said(lock_is_there(guarded(), (RIGHT,))) == [
        ("missing-check", "no exclusive lock, or one that is turned off")
    ]
    assert said(lock_is_there(guarded(), (RIGHT, check("ExclusiveLock")))) == []


def members(*people: str, hidden: tuple[str, ...] = ()) -> Members:
    return Members(frozenset(people), hidden)


def test_nobody_in_a_team() -> None:
    places = ["environment a", "service connection b"]
    assert said(somebody_can_approve("Leads", members(), places)) == [
        ("no-approvers", "nobody, and it has to approve: environment a, service connection b")
    ]
    assert said(somebody_can_approve("Leads", members("anna"), places)) == []


def test_members_of_an_entra_group_are_not_nobody() -> None:
    hidden = members(hidden=("Contoso leads",))
    assert said(somebody_can_approve("Leads", hidden, ["environment a"])) == [
        (
            "note-not-visible",
            "members of the Entra group Contoso leads: not visible; it approves: environment a",
        )
    ]


def test_who_counts_twice() -> None:
    found = {
        "Not seen": None,
        "Leads": members("anna", "ben"),
        "QA team": members("ben", "cleo"),
        "cleo": members("cleo"),
    }
    twice = [
        ("counts-twice", "ben in Leads and in QA team: one person can answer for both"),
        ("counts-twice", "cleo in QA team and in cleo: one person can answer for both"),
    ]
    assert said(nobody_counts_twice(guarded(), approval(*found, minimum=2), found)) == twice
    # Where one approval is enough it makes no difference.
    assert said(nobody_counts_twice(guarded(), approval(*found), found)) == []
