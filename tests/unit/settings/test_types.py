"""Checks follow from the types of fields: a section that no rule knows is checked like all others."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field

from settings import loader
from settings.models.base import Model
from settings.models.declarations import declared
from settings.models.devops import ApprovalEnvironment, PipelineReference, Role, TeamReference
from settings.models.environment import Environment
from settings.models.texts import DisplayName, Guid, StorageAccountName
from settings.reading.problems import dotted
from tests.unit.settings.configuration import DEV, Configuration, Mistake, assert_one_problem

NO_ID = "00000000-0000-0000-0000-000000000000"
PIPELINES = "a name from pipelines in platform.yaml: Training, Promotion, Test Deployment"
TEAMS = "a name from teams in platform.yaml: developers, qa_team"


class Scoring(Model):
    """A team, a pipeline, a unique name and an id."""

    type: Literal["scoring"]
    owner: TeamReference
    readers: dict[TeamReference, Role]
    used_by: tuple[PipelineReference, ...]
    storage_account: StorageAccountName
    subscription_id: Guid


class NoScoring(Model):
    type: Literal["none"]


class WithScoring(Environment):
    """An environment with such a section, in every form that a section may have."""

    section: Scoring | None = None
    listed: tuple[Scoring, ...] = ()
    named: dict[DisplayName, Scoring] = Field(default_factory=dict)
    chosen: Annotated[Scoring | NoScoring, Field(discriminator="type")] | None = None
    """One of two."""
    gate: ApprovalEnvironment | None = None


FORMS = {
    "section": "section: SCORING",
    "listed[0]": "listed: [SCORING]",
    "named.one": "named: { one: SCORING }",
    "chosen": "chosen: SCORING",
}
RIGHT = (
    "{ type: scoring, owner: leads, readers: { qa_team: Reader }, used_by: [Training], "
    "storage_account: scoringstore, subscription_id: 12345678-abcd-4ef0-9876-0123456789ab }"
)
# An edit of this text each, and what the report says: the words of such mistakes in test_rules_across_files.py.
MISTAKES = {
    "a team": ("owner: leads", "owner: «leeds", "owner", '"leeds"', TEAMS, "did you mean leads?"),
    "a key": ("qa_team: Reader", "«qa_taem: Reader", "readers.qa_taem", '"qa_taem"', TEAMS, "did you mean qa_team?"),
    "a pipeline": (
        "[Training]", "[«Nobody]", "used_by[0]",
        '"Nobody"', PIPELINES, "add it to pipelines in platform.yaml, or choose one of them",
    ),
    "a name": (
        "scoringstore", "«mlopsdevstorage", "storage_account",
        'like "mlopsdevstorage" in config/environments/dev.yaml, line 13',
        "each storage account with a name of its own", "choose another name in one of the two places",
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "Environment", WithScoring)


def in_dev(form: str, scoring: str) -> tuple[str, str, str]:
    """Return the edit that adds a section to dev."""
    return DEV, "security:\n", form.replace("SCORING", scoring) + "\nsecurity:\n"


@pytest.mark.parametrize(("holder", "form"), FORMS.items(), ids=FORMS)
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_new_section(
    configuration: Configuration, holder: str, form: str, mistake: tuple[str, str, str, str, str, str]
) -> None:
    right, wrong, path, found, allowed, fix = mistake
    edit = in_dev(form, RIGHT.replace(right, wrong))
    assert_one_problem(configuration, Mistake(*edit, f"{holder}.{path}", found, allowed, fix))


@pytest.mark.parametrize(("holder", "form"), FORMS.items(), ids=FORMS)
def test_a_placeholder_in_a_new_section(configuration: Configuration, holder: str, form: str) -> None:
    line = configuration.edit(
        *in_dev(form, RIGHT.replace("12345678-abcd-4ef0-9876-0123456789ab", f"«{NO_ID}"))
    ).line
    found = map(str, loader.load_settings(configuration.folder).placeholders)
    assert f"{holder}.subscription_id (config/environments/dev.yaml, line {line})" in found


def test_sections_without_mistakes(configuration: Configuration) -> None:
    placeholders = [
        placeholder.path for placeholder in loader.load_settings(configuration.folder).placeholders
    ]
    for number, form in enumerate(FORMS.values()):
        configuration.edit(*in_dev(form, RIGHT.replace("scoringstore", f"scoring{number}")))
    found = loader.load_settings(configuration.folder).placeholders
    assert [placeholder.path for placeholder in found] == placeholders


@pytest.mark.parametrize(("holder", "form"), FORMS.items(), ids=FORMS)
def test_other_mistakes_beside_it_hide_none(configuration: Configuration, holder: str, form: str) -> None:
    wrong = (
        "{ type: scoring, owner: leeds, used_by: [Nobody, 5], "
        "storage_account: mlopsdevstorage, subscription_id: 1 }"
    )
    configuration.edit(*in_dev(form, wrong))
    assert {dotted(problem.path).removeprefix(f"{holder}.") for problem in configuration.problems()} == {
        *("owner", "readers", "used_by[0]", "used_by[1]", "storage_account", "subscription_id")
    }


def test_a_section_without_the_type_of_a_choice_is_one_mistake(configuration: Configuration) -> None:
    configuration.edit(*in_dev(FORMS["chosen"], RIGHT.replace("type: scoring, owner: leads", "owner: leeds")))
    assert [dotted(problem.path) for problem in configuration.problems()] == ["chosen.type"]


def test_a_new_gate_asks_for_no_more_approvals_than_it_has_approvers(configuration: Configuration) -> None:
    gate = (
        "gate: { name: own, used_by: [], approvers: [leads], minimum_approvers: «2, timeout: P1D, "
        "instructions: Look., branches: [main] }"
    )
    mistake = Mistake(
        *in_dev(gate, ""), "gate.minimum_approvers",
        "2 approvals from 1 approver entries", "a team or a person counts", "add a team or a person",
    )  # fmt: skip
    assert_one_problem(configuration, mistake)


def test_a_type_that_hides_its_markers_is_refused() -> None:
    class Hidden(Model):
        teams: list[TeamReference]

    with pytest.raises(TypeError, match=r"no way is known to look for markers in list\["):
        declared(Hidden)
