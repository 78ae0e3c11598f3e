"""Who may use something, as it is read and as it is wanted."""

from __future__ import annotations

from client.devops.checks import Permission, PipelinePermission, PipelinePermissions
from client.devops.identities import IdentityRef
from doctor.live.access import (
    is_not_open_to_all,
    pipelines_are_those_of_used_by,
    roles_are_given,
    who_has_access,
)
from doctor.live.people import Members
from tests.unit.doctor.live.made import ANNA, LEADS, PROMOTION, QA, TRAINING, WHEN, guarded, role, said

NAMES = {1: TRAINING, 2: PROMOTION}
ALL = Permission(True, ANNA, WHEN)
ITEM = guarded(kind="variablegroup", name="mlops-prod-variables", roles={"Leads": "Administrator"})


def allowed(*numbers: int, to_all: Permission | None = None) -> PipelinePermissions:
    given = tuple(PipelinePermission(number, True, ANNA, WHEN) for number in numbers)
    return PipelinePermissions(None, to_all, (*given, PipelinePermission(9, authorized=False)))


def test_what_is_open_to_all() -> None:
    assert said(is_not_open_to_all(ITEM, allowed(to_all=ALL))) == [
        ("open-to-all", "open to every pipeline of the project, by Anna on 2026-11-02")
    ]
    assert said(is_not_open_to_all(ITEM, allowed())) == []
    assert said(is_not_open_to_all(ITEM, allowed(to_all=Permission(False)))) == []


def test_the_pipelines_of_used_by() -> None:
    assert said(pipelines_are_those_of_used_by(ITEM, allowed(1), NAMES)) == []


def test_a_pipeline_beside_them() -> None:
    assert said(pipelines_are_those_of_used_by(ITEM, allowed(1, 2), NAMES)) == [
        ("opened-by-hand", "the pipeline \\ml\\Promotion may use it, by Anna on 2026-11-02")
    ]
    assert said(pipelines_are_those_of_used_by(ITEM, allowed(1, 7), NAMES)) == [
        (
            "opened-by-hand",
            "the pipeline number 7 (deleted, or not visible) may use it, by Anna on 2026-11-02",
        )
    ]


def test_a_pipeline_that_waits() -> None:
    waits = ("not-authorized", "the pipeline Training may not use it: its runs wait for a permission")
    assert said(pipelines_are_those_of_used_by(ITEM, allowed(), NAMES)) == [waits]
    # Open to all is a finding of its own, and one that is missing too.
    assert said(pipelines_are_those_of_used_by(ITEM, allowed(to_all=ALL), NAMES)) == []
    assert said(pipelines_are_those_of_used_by(ITEM, allowed(), {2: PROMOTION})) == []


def test_roles() -> None:
    ids = {"Leads": LEADS.id}
    right = (role(LEADS, "Administrator"), role(QA, "Administrator", "inherited"))
    assert said(roles_are_given(ITEM, right, ids, "")) == []
    assert said(roles_are_given(ITEM, (role(LEADS, "Reader"),), ids, "")) == [
        ("missing-role", "Leads has the role Reader")
    ]
    assert said(roles_are_given(ITEM, (role(LEADS, "Administrator", "inherited"),), ids, "")) == [
        ("missing-role", "Leads has no role of its own")
    ]
    assert said(roles_are_given(ITEM, (*right, role(ANNA, "User")), ids, "")) == [
        ("role-by-hand", "Anna has the role User")
    ]


def test_whoever_made_it_has_a_role_without_anybody_giving_it() -> None:
    roles = (role(LEADS, "Administrator"), role(ANNA, "Administrator"))
    assert said(roles_are_given(ITEM, roles, {"Leads": LEADS.id}, ANNA.id)) == []
    assert len(said(roles_are_given(ITEM, roles, {"Leads": LEADS.id}, QA.id))) == 1


def test_whose_team_is_missing_is_not_blamed_on_others() -> None:
    assert said(roles_are_given(ITEM, (role(ANNA, "User"),), {}, "")) == []


def test_who_can_really_read() -> None:
    entra = IdentityRef("e", "Contoso leads", "", "aadgp.e")
    everybody = IdentityRef("v", "[mlops]\\Project Valid Users", "", "vssgp.v")
    unseen = IdentityRef("u", "[mlops]\\Others", "", "vssgp.u")
    empty = IdentityRef("n", "[mlops]\\Empty", "", "vssgp.n")
    known = {
        LEADS.descriptor: Members(frozenset({"anna@contoso.com"}), ("Contoso leads",)),
        "aadgp.e": Members(frozenset(), ("Contoso leads",)),
        "vssgp.n": Members(frozenset()),
    }
    roles = (
        role(LEADS, "Administrator"),
        role(entra, "User"),
        role(everybody, "Reader", "inherited"),
        role(unseen, "Reader", "inherited"),
        role(empty, "Reader", "inherited"),
    )
    ((rule, found),) = said(who_has_access(ITEM, roles, lambda who: known.get(who.descriptor)))
    assert rule == "note-access"
    assert found.split("; ") == [
        "[mlops]\\Leads is Administrator (assigned): anna@contoso.com, members of the Entra group Contoso leads: not "
        "visible",
        "Contoso leads is User (assigned): members of the Entra group Contoso leads: not visible",
        "[mlops]\\Project Valid Users is Reader (inherited): everybody in the project",
        "[mlops]\\Others is Reader (inherited): could not be seen",
        "[mlops]\\Empty is Reader (inherited): nobody",
    ]
