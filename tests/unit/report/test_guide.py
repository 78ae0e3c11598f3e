"""The guide as tables: what must stand on the page of the guide's configuration."""

from __future__ import annotations

import pytest

from settings.loader import Settings
from tests.guide.tables import VARIABLES
from tests.unit.report.reading import Page, said

WAY = [
    (
        "dev environment",
        "develop by Training, Promotion",
        "nobody is asked",
        "The new model gets 100 percent of the traffic.*",
    ),
    (
        "mlops-central-registry shared model registry",
        "develop by Promotion",
        "ML team leads within 7 days: registry-promotion",
        "The model is in the shared registry, and test and prod can deploy it from there.",
    ),
    (
        "test environment",
        "release/* with branch policies, by Test Deployment",
        "QA team within 7 days: test-deployment",
        "The new model first gets 50 percent of the traffic.*",
    ),
    (
        "prod environment",
        "main with branch policies, by Prod Deployment",
        "Senior engineers, Platform lead 2 of 2, within 7 days: prod-deployment",
        "The new model takes over traffic step by step: 0 → 10 → 25 → 50 → 100 percent.* "
        "Above 5 percent of failed predictions, or 2000 ms, traffic goes back by Auto Rollback (not created yet).",
    ),
]
NUMBERS = {
    "Accuracy at least": ["0.70*", "0.80*", "0.85*"],
    "Precision at least": ["–", "–", "0.85*"],  # noqa: RUF001  # nothing there
    "Recall at least": ["–", "–", "0.80*"],  # noqa: RUF001
    "Mean absolute error at most": ["10.0*", "7.0*", "5.0*"],
    "Root mean square error at most": ["15.0*", "10.0*", "7.0*"],
}
ENVIRONMENTS = {
    "Clusters": [
        "dev-training-cluster: 0 to 4 nodes of Standard_DS3_v2; dev-scoring-cluster: 0 to 2 nodes of Standard_DS2_v2",
        "test-scoring-cluster: 0 to 4 nodes of Standard_DS3_v2",
        "prod-scoring-cluster: 2 to 8 nodes of Standard_DS4_v2",
    ],
    "Trains": ["0 2 * * * (UTC)", "–", "–"],  # noqa: RUF001
    "Deploys by itself": ["yes*", "no*", "no*"],
    "Log level": ["DEBUG*", "INFO*", "WARNING*"],
    "Alerts go to": ["nobody: alerts are off", "email, slack", "pagerduty, email, slack"],
    "Key vault": ["mlops-dev-keyvault", "mlops-test-keyvault", "mlops-prod-keyvault"],
}
PERMISSIONS = {
    "mlops-dev-variables": {"Developers": "Administrator"},
    "mlops-test-variables": {"QA team": "Reader", "Leads": "Administrator"},
    "mlops-prod-variables": {"Senior engineers": "Administrator"},
    "mlops-registry-variables": {"Platform team": "Administrator"},
    "mlops-shared-variables": {"Platform team": "Administrator"},
    "mlops-pipeline-settings": {"Developers": "Administrator", "Platform team": "Administrator"},
    "registry-promotion gate": {"ML team leads": "approves"},
    "test-deployment gate": {"QA team": "approves"},
    "prod-deployment gate": {"Senior engineers": "approves", "Platform lead": "approves"},
}
ALERTS = {
    "Model drift": ["above 0.15", "above 0.10"],
    "Data drift": ["above 0.20", "above 0.15"],
    "Prediction latency": ["above 1000 ms", "above 500 ms"],
    "Error rate": ["above 5 %", "above 2 %"],
    "Endpoint availability": ["–", "below 99.5 %"],  # noqa: RUF001
    "Rollback error rate": ["–", "above 5 %"],  # noqa: RUF001
    "Rollback latency": ["–", "above 2000 ms"],  # noqa: RUF001
    "Failed jobs": ["a job failed", "a job failed"],
}
RETENTION = {
    "Models": ["30 days*", "90 days*", "365 days*"],
    "Logs": ["14 days", "30 days", "90 days"],
    "Datasets": ["60 days", "180 days", "730 days"],
    "Predictions": ["–", "–", "180 days"],  # noqa: RUF001
    "Backup": ["–", "–", "Daily, kept 30 days, in two regions"],  # noqa: RUF001
    "Locks against deletion": ["0", "0", "3"],
}


def test_the_first_table_says_who_may_deploy_what_where(guide_page: Page) -> None:
    assert [tuple(row) for row in guide_page.rows("way")] == WAY


def test_nothing_comes_before_it_but_the_heading(guide_page: Page) -> None:
    header, way, *_ = guide_page.root.findall("./body/main/*")
    assert (header.tag, way.get("id")) == ("header", "way")
    assert len(said(header)) < 200


@pytest.mark.parametrize(
    ("section", "table"),
    [("numbers", NUMBERS), ("environments", ENVIRONMENTS), ("retention", RETENTION)],
    ids=["numbers", "environments", "retention"],
)
def test_environments_are_side_by_side(guide_page: Page, section: str, table: dict[str, list[str]]) -> None:
    head = [said(cell) for cell in guide_page.at(section).findall(".//thead/tr/*")]
    assert head == ["", "dev", "test", "prod"]
    rows = {label: cells for label, *cells in guide_page.rows(section)}
    assert {label: rows.get(label) for label in table} == table


def test_alerts_have_their_thresholds(guide_page: Page) -> None:
    rows = {label: cells for label, *cells in guide_page.rows("alerts")}
    assert set(rows) == set(ALERTS)
    for rule, (test, prod) in ALERTS.items():
        assert [cell.partition(",")[0] for cell in rows[rule]] == ["–", test, prod]  # noqa: RUF001
    assert "traffic goes back" not in rows["Prediction latency"][2]
    assert rows["Rollback latency"][2] == (
        "above 2000 ms, over 15 minutes (severity 1, looked at every 5 minutes; traffic goes back)"
    )


def test_who_may_do_what(guide_page: Page) -> None:
    _, *people = [said(cell) for cell in guide_page.at("permissions").findall(".//thead/tr/*")]
    found = {
        name: {who: role for who, role in zip(people, roles, strict=True) if role}
        for name, *roles in guide_page.rows("permissions")
    }
    assert found == PERMISSIONS
    assert "gives nobody a role by hand" in guide_page.text("permissions")


def test_every_variable_has_its_value_and_its_owner(guide_page: Page) -> None:
    groups = [said(found) for found in guide_page.at("groups").iter("summary")]
    found = {
        name.split()[0]: {
            variable: (value, owner) for variable, value, owner in guide_page.rows("groups", index)
        }
        for index, name in enumerate(groups)
    }
    assert set(found) == set(VARIABLES)
    for group, variables in VARIABLES.items():
        for name, value in variables.items():
            shown, owner = found[group][name]
            assert shown == value + "*" * (owner == "Library"), name
    assert found["mlops-dev-variables"]["validationMinAccuracy"] == ("0.70*", "Library")
    assert found["mlops-dev-variables"]["alertsEnabled"] == ("false", "Terraform")


def test_the_owners_are_counted_and_the_pipelines_named(guide_page: Page) -> None:
    heads = {said(found).partition(" ")[0]: said(found) for found in guide_page.at("groups").iter("summary")}
    assert heads["mlops-prod-variables"] == (
        "mlops-prod-variables 24 of Terraform, 11 of the Library; "
        "used by Prod Deployment, Auto Rollback (not created yet)"
    )


def test_an_approver_finds_what_to_check(guide_page: Page, settings: Settings) -> None:
    gates = [settings.platform.registry.approval_environment]
    gates += [e.approval_environment for e in settings.environments if e.approval_environment]
    for index, gate in zip((2, 3, 4), gates, strict=True):
        text = guide_page.text(f"gate-{index}")
        assert text.startswith(f"{gate.name} before ")
        assert gate.instructions in text
    assert (
        "The numbers of prod: accuracy at least 0.85*; precision at least 0.85*; recall at least 0.80*; "
        "mean absolute error at most 5.0*; root mean square error at most 7.0*."
    ) in guide_page.text("gate-4")
    assert "One run at a time passes." in guide_page.text("gate-4")
    assert "The numbers of dev: accuracy at least 0.70*" in guide_page.text("gate-2")


def test_who_can_answer_when_the_platform_lead_started_the_run(guide_page: Page) -> None:
    assert (
        "When a member of Platform lead started the run, another member can answer for the team. If there is none, "
        "1 entry remains and 2 must approve: the run cannot be approved. Let somebody else start it."
    ) in guide_page.text("gate-4")
    assert (
        "If there is none, no entries remain and 1 must approve: the run cannot be approved."
    ) in guide_page.text("gate-3")


def test_what_reject_does_and_where_the_report_is(guide_page: Page) -> None:
    text = guide_page.text("asked")
    assert "What does Reject do? The stage behind the gate does not run." in text
    assert "the platform knows no fixed address of it" in text
    assert "Reject, or no answer in time: nothing is deployed or promoted." in guide_page.text("way")
    assert "Whoever started a run cannot approve it." in guide_page.text("way")


def test_who_gets_past_the_gate_is_named(guide_page: Page) -> None:
    assert (
        "May deploy to prod without this gate: Auto Rollback (not created yet). Only the checks of "
        "the service connection stand in the way."
    ) in guide_page.text("gate-4")
    assert "without this gate" not in guide_page.text("gate-2") + guide_page.text("gate-3")


def test_the_network_is_drawn(guide_page: Page) -> None:
    dev, _, prod = guide_page.at("network").iter("figure")
    assert dev.find("svg") is not None
    picture = prod.find("svg")
    assert picture is not None
    assert picture.get("aria-label") == (
        "Public networks: closed. Compute reaches: anything. Virtual network 10.30.0.0/24."
    )
    assert "Virtual network 10.30.0.0/24" in said(picture)
    assert "Subnets: agents 10.30.0.64/26, private-endpoints 10.30.0.0/26." in said(prod)
    assert "9 private endpoints" in said(prod)
    assert said(dev).endswith(
        "Reached from public networks, behind sign-in and roles: "
        "workspace, storage account, key vault, container registry."
    )


def test_what_is_not_known_is_said(guide_page: Page, settings: Settings) -> None:
    assert f"{len(settings.placeholders)} ids are not filled in yet: this cannot be deployed." in said(
        guide_page.root
    )
    assert "the Terraform that was written on 2026-01-02 03:04 UTC" in guide_page.text("way")
    assert "* A first value: people may have changed it in the Library since." in guide_page.text("way")
    assert "What people have changed in the Library since" in guide_page.text("limits")
