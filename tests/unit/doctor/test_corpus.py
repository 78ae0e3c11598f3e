"""The pipelines in tests/pipelines: each line with ``# expect:`` has those findings, and no other line has any."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from doctor.findings import Kind
from tests import transcripts
from tests.project import REPOSITORY, replace
from tests.unit.doctor.examining import CORPUS, Doctor


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The corpus as a repository of its own: the absolute name of a template starts at the root of one."""
    (tmp_path / ".git").mkdir()
    return Path(shutil.copytree(CORPUS, tmp_path / "tests/pipelines"))


WRONG = sorted((CORPUS / "findings").glob("*.yml"))
_EXPECT = re.compile(r"# expect: (.+)$", re.MULTILINE)

Place = tuple[str, int, str]


def expected(*files: Path) -> set[Place]:
    return {
        (file.name, number, kind)
        for file in files
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if (match := _EXPECT.search(line))
        for kind in match[1].split(", ")
    }


def found(doctor: Doctor, *paths: Path) -> set[Place]:
    return {(f.at.file.name, f.at.line, f.kind.id) for f in doctor.examine(*paths).findings}


@pytest.mark.parametrize("file", WRONG, ids=lambda file: file.stem)
def test_what_is_wrong_is_found_and_nothing_else(doctor: Doctor, corpus: Path, file: Path) -> None:
    # The template's own mistake is found by the pipeline that uses it.
    templates = (CORPUS / "findings/templates").iterdir() if file.stem == "missing-template" else ()
    assert found(doctor, corpus / "findings" / file.name) == expected(file, *templates)


def test_a_folder_is_looked_at_as_its_files_are(doctor: Doctor, corpus: Path) -> None:
    examination = doctor.examine(corpus / "findings")
    every = list((CORPUS / "findings").rglob("*.yml"))
    assert {(f.at.file.name, f.at.line, f.kind.id) for f in examination.findings} == expected(*every)
    assert len(examination.pipelines) == len(WRONG) - 1  # one is unreadable
    assert examination.passed_over == 1  # the template


def test_every_kind_of_finding_is_in_the_corpus() -> None:
    kinds = {kind for _, _, kind in expected(*(CORPUS / "findings").rglob("*.yml"))}
    # A group that no pipeline uses has no line in a pipeline.
    assert kinds == {kind.id for kind in Kind} - {Kind.UNUSED_GROUP.id}


def test_nothing_is_found_in_the_clean_ones(doctor: Doctor, corpus: Path) -> None:
    examination = doctor.examine(corpus / "clean")
    assert list(map(str, examination.findings)) == []
    assert [path.name for path in examination.pipelines] == [
        *("deployment.yml", "extends.yml", "pr-validation.yml", "promotion.yml", "training.yml"),
    ]
    assert examination.passed_over == 4  # their templates


def test_nothing_is_found_in_the_examples_of_the_docs(doctor: Doctor) -> None:
    examination = doctor.examine(REPOSITORY / "docs" / "pipelines")
    assert list(map(str, examination.findings)) == []
    assert [path.name for path in examination.pipelines] == ["auto-rollback.yml", "training-schedule.yml"]


# What an edit of a clean pipeline is found as: that it is clean is no oversight.
EDITS = {
    "a variable in a template of a template": (
        "templates/deploy-steps.yml", "$(monitoringLogLevel)", "$(monitoringLogLevle)", Kind.UNKNOWN_VARIABLE,
    ),
    "a variable that only the other branch has": (
        "deployment.yml", "testScoringCluster", "prodScoringCluster", Kind.UNKNOWN_VARIABLE,
    ),
    "a step that is handed on": (
        "extends.yml", "$(workspaceName)", "$(workspaceNames)", Kind.UNKNOWN_VARIABLE,
    ),
    "a group by a parameter": (
        "extends.yml", "values: [dev, test]", "values: [dev, tset]", Kind.UNKNOWN_GROUP,
    ),
    "an environment by a parameter": (
        "deployment.yml", "environment: prod\n", "environment: pord\n", Kind.UNKNOWN_ENVIRONMENT,
    ),
    "a connection by a parameter": (
        "deployment.yml", "Azure-MLOps-Prod", "Azure-MLOps-Production", Kind.UNKNOWN_CONNECTION,
    ),
    "a condition on a branch": (
        "deployment.yml", "eq(variables['Build.SourceBranch'], 'refs/heads/main')",
        "eq(variables['Build.SourceBranchName'], 'any')", Kind.REFUSED_BRANCH,
    ),
    "a secret that the vault task does not read": (
        "templates/base.yml", "SecretsFilter: apiKey,", "SecretsFilter: apiKeys,", Kind.NOTE_UNSEEN,
    ),
    "a variable of a template": (
        "templates/values.yml", "fromBase", "fromBasis", Kind.NOTE_SHELL,
    ),
    "a template that is gone": (
        "templates/deploy.yml", "template: deploy-steps.yml", "template: deploy.steps.yml", Kind.MISSING_TEMPLATE,
    ),
    "an output of another job": (
        "training.yml", "name: numbers", "name: number", Kind.NOTE_SHELL,
    ),
    "a name of the matrix": (
        "training.yml", "displayName: Train $(kind)", "displayName: Train $(kindOf)", Kind.NOTE_UNSEEN,
    ),
    "the order of the groups": (
        "training.yml", "  - group: mlops-dev-variables\n",
        "  - group: mlops-dev-variables\n  - group: mlops-pipeline-settings\n", Kind.SHADOWED_VARIABLE,
    ),
    "the time of a job": ("training.yml", "timeoutInMinutes: 240", "timeoutInMinutes: 24", Kind.SHORT_TIMEOUT),
    "no stage of its own for the report": (
        "promotion.yml", "  - stage: promote\n    dependsOn: validate\n    jobs:\n", "", Kind.APPROVAL_BEFORE_EVIDENCE,
    ),
    "no environment": (
        "promotion.yml", "environment: registry-promotion", "environment: {}", Kind.WITHOUT_APPROVAL,
    ),
    "another connection": (
        "pr-validation.yml", "$(azureServiceConnection)", "Azure-MLOps-Shared", Kind.HARD_CODED_CONNECTION,
    ),
    "a workspace by its name": (
        "pr-validation.yml", '"$(mlopsTestWorkspace)"', "mlops-test-workspace", Kind.HARD_CODED_VALUE,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "kind"), EDITS.values(), ids=EDITS)
def test_one_edit_of_a_clean_pipeline_is_found(
    doctor: Doctor, corpus: Path, file: str, old: str, new: str, kind: Kind
) -> None:
    folder = corpus / "clean"
    assert doctor.examine(folder).findings == ()
    replace(folder / file, (old, new))
    assert kind in {finding.kind for finding in doctor.examine(folder).findings}


def test_every_report_is_what_it_was() -> None:
    """Each finding in its words: a report is part of what the doctor is."""
    assert transcripts.findings() == transcripts.FINDINGS.read_text(), "read it, then make generate"
