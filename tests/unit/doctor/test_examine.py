"""Which files are pipelines, which of their runs are looked at, and what else there may be in a project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from doctor.findings import report
from doctor.platform import Elsewhere, Platform
from settings.loader import load_settings
from settings.reading.problems import MOST_SHOWN
from tests.project import add_infrastructure_pipelines, copy_configuration, use_every_option
from tests.unit.doctor.examining import CORPUS, Doctor, shown

STEP = "trigger: none\nvariables:\n- group: mlops-dev-variables\nsteps:\n"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            "on: push\njobs:\n  build:\n    runs-on: ubuntu\n",
            "pipeline.yml:1: unreadable\n"
            "    found:   no pipeline\n"
            "    allowed: a list of steps, jobs or stages, or extends: with a template\n"
            "    fix:     name the file of a pipeline, or a folder: what is no pipeline there is passed over",
        ),
        (
            "steps:\n- script: a\n  env: { A: b\n",
            "pipeline.yml:3: unreadable\n"
            "    found:   a bracket that is not closed, or no comma\n"
            "    allowed: well-formed YAML\n"
            "    fix:     close it, or add the comma",
        ),
        (
            "steps:\n- script: &a b\n- script: *a\n",
            "pipeline.yml:3: unreadable\n"
            "    found:   a YAML alias\n"
            "    allowed: plain values: Azure DevOps reads no anchors and aliases\n"
            "    fix:     write the value out, or use a template",
        ),
        (
            "steps:\n- { [a]: b }\n",
            "pipeline.yml:2: unreadable\n"
            "    found:   a list or mapping as a key\n"
            "    allowed: words as keys\n"
            "    fix:     write a word",
        ),
    ],
)
def test_a_file_that_is_no_pipeline(doctor: Doctor, text: str, finding: str) -> None:
    assert doctor.one(text) == finding


def test_other_yaml_in_a_folder_is_passed_over(doctor: Doctor) -> None:
    doctor.write(
        chart="{{- if .Values.on }}\na: b\n",
        workflow="jobs:\n  build:\n    steps: []\n",
        broken="steps:\n- script: [\n",
        templates__unused="steps:\n- script: $(nothing)\n",
        needs="parameters:\n- name: a\nsteps:\n- task: A@1\n  inputs: { a: $(nothing) }\n",
        good=f"{STEP}- script: $(location)\n",
    )
    doctor.write(
        **{".git__p": "steps:\n- script: [\n", ".pipelines__also_good": f"{STEP}- script: $(location)\n"}
    )
    examination = doctor.examine(doctor.folder)
    assert [(f.at.file.name, f.kind.id) for f in examination.findings] == [("broken.yml", "unreadable")]
    assert [path.name for path in examination.pipelines] == ["also_good.yml", "good.yml"]
    assert examination.passed_over == 4


def test_a_template_of_another_folder_is_looked_at_once(doctor: Doctor) -> None:
    bad = "- task: A@1\n  inputs: { a: $(resourceGruop) }\n"
    pipeline = "trigger: none\nsteps:\n- template: /shared/steps.yml\n"
    paths = doctor.write(one=pipeline, two=pipeline, shared__steps=f"steps:\n{bad}")
    (doctor.folder / ".git").mkdir()
    examination = doctor.examine(*paths)
    assert [f"{f.at.file}:{f.at.line}" for f in examination.findings] == ["shared/steps.yml:3"]
    assert [path.name for path in examination.pipelines] == ["one.yml", "two.yml"]


def test_a_template_outside_the_repository_is_not_there(doctor: Doctor) -> None:
    doctor.write(outside="steps:\n- script: a\n")
    repository = doctor.folder / "repository"
    (repository / ".git").mkdir(parents=True)
    (path,) = doctor.write(repository__pipeline="trigger: none\nsteps:\n- template: ../outside.yml\n")
    assert shown(doctor.examine(path).findings) == [(3, "missing-template")]


CHOICES = """\
trigger: none
parameters:
- name: where
  default: dev
  values: [dev, test]
- name: fast
  type: boolean
  default: true
variables:
- group: mlops-${{ parameters.where }}-variables
steps:
- ${{ if eq(parameters.where, 'test') }}:
  - task: A@1
    inputs: { a: $(testScoringClusters) }
- ${{ if not(parameters.fast) }}:
  - task: A@1
    inputs: { a: $(devScoringClusters) }
- ${{ if eq(variables['Build.Reason'], 'Manual') }}:
  - task: A@1
    inputs: { a: $(locations) }
- ${{ elseif eq(variables['Build.Reason'], 'Schedule') }}:
  - task: A@1
    inputs: { a: $(workspaceNames) }
- ${{ else }}:
  - task: A@1
    inputs: { a: $(keyVaultNames) }
- ${{ if eq(parameters.where, 'prod') }}:
  - task: A@1
    inputs: { a: $(neverLookedAt) }
"""


def test_each_choice_of_a_run_is_looked_at(doctor: Doctor) -> None:
    assert [line for line, _ in doctor.findings(CHOICES)] == [14, 17, 20, 23, 26]


BRANCHES = """\
trigger: [main, release/*]
steps:
- ${{ if eq(variables['Build.SourceBranchName'], 'main') }}:
  - task: A@1
    inputs: { a: $(onMain) }
- ${{ elseif startsWith(variables['Build.SourceBranch'], 'refs/heads/release/') }}:
  - task: A@1
    inputs: { a: $(onRelease) }
- ${{ else }}:
  - task: A@1
    inputs: { a: $(onNone) }
"""


def test_each_branch_of_a_trigger_is_looked_at_and_no_other(doctor: Doctor) -> None:
    assert doctor.findings(BRANCHES) == [(5, "unknown-variable"), (8, "unknown-variable")]


def test_what_exists_beside_the_platform(doctor: Doctor) -> None:
    text = """\
trigger: none
variables:
- group: mlops-dev-variables
- group: Company secrets
jobs:
- deployment: page
  environment: pages
  variables:
  - group: mlops-registry-variables
  strategy:
    runOnce:
      deploy:
        steps:
        - task: AzureCLI@2
          inputs:
            azureSubscription: Contoso
            a: $(token)
            b: $(fromSettings)
            c: $(resourceGruop)
"""
    assert doctor.findings(text) == [
        *((4, "unknown-group"), (7, "unknown-environment"), (16, "unknown-connection")),
    ]
    assert doctor.findings(text.replace("- group: Company secrets\n", "")) == [
        *((6, "unknown-environment"), (15, "unknown-connection")),
        *((line, "unknown-variable") for line in (16, 17, 18)),
    ]
    elsewhere = Elsewhere(("Company secrets",), ("fromSettings",), ("Contoso",), ("pages",))
    assert doctor.findings(text, elsewhere=elsewhere) == []
    assert doctor.findings(text, elsewhere=elsewhere, notes=True) == [
        (17, "note-unseen"),
        (19, "note-unseen"),
    ]


def test_a_group_that_no_pipeline_uses(doctor: Doctor) -> None:
    (doctor.folder / ".git").mkdir()
    whole = shutil.copytree(CORPUS / "clean", doctor.folder / "tests/pipelines/clean")
    assert doctor.examine(whole, every=True).findings == ()
    (doctor.folder / "clean").mkdir()
    for name in ("training.yml", "promotion.yml", "pr-validation.yml"):
        (doctor.folder / "clean" / name).write_text((CORPUS / "clean" / name).read_text())
    one, other = doctor.examine(doctor.folder / "clean", every=True).findings
    assert str(one) == (
        "config/environments/prod.yaml:19: unused-group\n"
        "    found:   the group mlops-prod-variables, which none of the pipelines references\n"
        "    allowed: groups that a pipeline reads\n"
        "    fix:     reference it (- group: mlops-prod-variables), or look for the pipeline that lost it"
    )
    assert other.at.file == Path("config/environments/test.yaml")
    assert doctor.examine(doctor.folder / "clean").findings == ()


def test_a_report_shows_findings_before_notes_and_stops(doctor: Doctor) -> None:
    steps = "".join(
        f"- script: $(WORKSPACENAME)\n- task: A@1\n  inputs: {{ a: $(unknown{i}) }}\n" for i in range(60)
    )
    (path,) = doctor.write(pipeline=STEP + steps)
    findings = list(doctor.examine(path).findings)
    head, *paragraphs, tail = report(findings, 1).split("\n\n")
    assert head == "1 pipeline: 60 findings, 60 notes."
    assert len(paragraphs) == MOST_SHOWN
    assert all(": unknown-variable\n" in paragraph for paragraph in paragraphs)
    assert tail == "And 70 more, which --json shows."


TRIGGERS = {
    "trigger: none": [],
    "trigger: [main]": [],
    "trigger: [develop]": [(1, "refused-branch")],
    "trigger: [refs/heads/main]": [],
    "trigger: main": [],
    "trigger: '*'": [(1, "refused-branch")],
    "trigger: { branches: { include: [main], exclude: [develop] } }": [],
    "trigger: { branches: { include: ['*'] } }": [(1, "refused-branch")],
    "trigger: { paths: { include: [src] } }": [(1, "refused-branch")],
    "trigger: { tags: { include: ['v*'] } }": [],
    "pr: none": [(1, "refused-branch")],
    "trigger: none\nschedules: [{ cron: 0 1 * * *, branches: { include: [develop] } }]": [
        (2, "refused-branch")
    ],
}


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_what_starts_a_deployment(doctor: Doctor, trigger: str) -> None:
    text = """
jobs:
- deployment: model
  environment: prod-deployment
  strategy: { runOnce: { deploy: { steps: [{ script: echo }] } } }
"""
    assert doctor.findings(trigger + text) == TRIGGERS[trigger]


REACHED = {
    "condition: eq(variables['Build.SourceBranch'], 'refs/heads/main')": True,
    "condition: and(succeeded(), eq(variables.isMain, 'True'))": True,
    "condition: eq(variables.isMain, true)": True,
    "condition: eq(variables.wanted, variables['Build.SourceBranchName'])": True,
    "condition: ne(variables.isMain, true)": False,
    "condition: succeeded()": False,
    "condition: eq(variables.loop, 'a')": False,
    "condition: eq(": False,
}


@pytest.mark.parametrize("condition", REACHED)
def test_a_condition_that_keeps_other_branches_away(doctor: Doctor, condition: str) -> None:
    text = f"""\
trigger: [main, develop]
variables:
  isMain: $[eq(variables['Build.SourceBranch'], 'refs/heads/main')]
  wanted: main
  loop: $[variables.loop]
jobs:
- deployment: model
  {condition}
  environment: prod-deployment.endpoint
  strategy: {{ runOnce: {{ deploy: {{ steps: [{{ script: echo }}] }} }} }}
"""
    assert doctor.findings(text) == ([] if REACHED[condition] else [(1, "refused-branch")])


def test_what_a_step_of_another_repository_may_set_is_a_note(doctor: Doctor) -> None:
    text = STEP + "- template: a.yml@other\n- task: A@1\n  inputs: { a: $(registryName), b: $(anything) }\n"
    assert doctor.findings(text, notes=True) == [(line, "note-unseen") for line in (5, 7, 7)]


def test_what_a_file_may_set_is_a_note_unless_it_is_a_name_of_the_platform(doctor: Doctor) -> None:
    text = STEP + "- bash: ./set.sh\n- task: A@1\n  inputs:\n    a: $(registryName)\n    b: $(anything)\n"
    assert doctor.findings(text, notes=True) == [(8, "unknown-variable"), (9, "note-unseen")]


def test_pools_and_conditions_of_a_stage_are_read(doctor: Doctor) -> None:
    text = """\
trigger: none
pool: $(poolName)
stages:
- stage: one
  pool: { vmImage: $(image) }
  condition: eq(variables.ready, 'yes')
  jobs: [{ job: a, steps: [{ script: echo }] }]
"""
    assert doctor.findings(text) == [
        (2, "unknown-variable"),
        (5, "unknown-variable"),
        (6, "unknown-variable"),
    ]


def test_a_template_by_its_name_is_a_note(doctor: Doctor) -> None:
    (path,) = doctor.write(templates__part="steps:\n- script: $(nothing)\n")
    (finding,) = doctor.examine(path).findings
    assert (finding.kind.id, finding.fix) == ("note-unseen", "name the pipelines that use it")


BY_HAND = """\
trigger: none
steps:
- ${{ if eq(variables['Build.SourceBranch'], 'refs/heads/main') }}:
  - task: A@1
    inputs: { a: $(onMain) }
- ${{ if ne(variables['Build.SourceBranch'], 'refs/heads/main') }}:
  - task: A@1
    inputs: { a: $(elsewhere) }
- ${{ if eq(variables['Build.SourceBranch'], 'refs/heads/nobody') }}:
  - task: A@1
    inputs: { a: $(neverLookedAt) }
"""


def test_a_run_that_people_start_is_looked_at_on_the_branches_of_the_platform(doctor: Doctor) -> None:
    assert doctor.findings(BY_HAND) == [(5, "unknown-variable"), (8, "unknown-variable")]


def test_nothing_follows_where_two_conditions_exclude_each_other(doctor: Doctor) -> None:
    groups = ("prod", "dev")
    variables = "".join(
        f"- ${{{{ if {word}(variables['Build.SourceBranchName'], 'main') }}}}:\n  - group: mlops-{group}-variables\n"
        for word, group in zip(("eq", "ne"), groups, strict=True)
    )
    text = f"trigger: none\nvariables:\n{variables}steps:\n- task: A@1\n  inputs: {{ a: $(workspaceName) }}\n"
    assert doctor.findings(text) == []


def test_a_pipeline_that_is_too_large_is_told_what_to_look_for(doctor: Doctor) -> None:
    doctor.write(t="steps:\n- template: t.yml\n")
    assert doctor.one("trigger: none\nsteps:\n- template: t.yml\n") == (
        "pipeline.yml:1: unreadable\n"
        "    found:   a pipeline that grows too large when its templates are put in\n"
        "    allowed: at most 20000 values, nested less than 100 deep\n"
        "    fix:     look for a template that includes itself; else check its parts one by one"
    )


def test_more_choices_than_are_looked_at_are_a_note(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(doctor.findings(CHOICES, notes=True)) == 5
    monkeypatch.setattr("doctor.examine._MOST_VALUES", 60)
    (path,) = doctor.write(pipeline=CHOICES)
    note, *found = doctor.examine(path).findings
    assert 0 < len(found) < 5
    assert str(note) == (
        "pipeline.yml:1: note-unseen\n"
        "    found:   more choices of branches and parameters than are looked at\n"
        "    allowed: a part of them is checked\n"
        "    fix:     check a copy with fewer values of parameters"
    )


DEPLOYS = """\
trigger: none
stages:
- stage: plan
  jobs:
  - job: plan
    steps:
    - task: AzureCLI@2
      inputs: { azureSubscription: mlops-dev-plan, scriptType: bash, inlineScript: "true" }
- stage: apply
  jobs:
  - deployment: apply
    environment: mlops-dev-infrastructure
    strategy:
      runOnce:
        deploy:
          steps:
          - task: AzureCLI@2
            inputs: { azureSubscription: mlops-dev-apply, scriptType: bash, inlineScript: "true" }
"""


def test_the_connections_and_environments_of_the_platforms_own_pipelines_are_known(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    without = Doctor(load_settings(config), tmp_path).findings(DEPLOYS)
    assert [kind for _, kind in without] == [
        "unknown-connection",
        "unknown-environment",
        "unknown-connection",
    ]
    add_infrastructure_pipelines(config)
    assert Doctor(load_settings(config), tmp_path).findings(DEPLOYS) == []


def test_each_name_that_a_variable_can_have_is_looked_at(doctor: Doctor) -> None:
    text = """\
trigger: none
parameters:
- { name: where, default: one, values: [one, two] }
steps:
- bash: echo ${{ variables[format('of-{0}', parameters.where)] }}
"""
    (path,) = doctor.write(pipeline=text)
    found = [finding.found for finding in doctor.examine(path).findings]
    assert found == [
        f"${{{{ variables.of-{where} }}}}, which nothing defines here" for where in ("one", "two")
    ]


def test_of_a_secret_there_is_no_value(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    use_every_option(config)
    (group,) = [group for group in Platform(load_settings(config)).groups.values() if group.secret]
    assert [(variable.name, variable.value) for variable in group.variables.values()] == [
        ("scoring-api-password", "")
    ]
