"""Where a pipeline reads variables, what its jobs are, and how long they may wait."""

from __future__ import annotations

from pathlib import Path

import pytest

from doctor.findings import At
from doctor.reading.document import Item, Listing, Mapping, Text
from doctor.reading.macros import environment_variables, functions, macros, runtime
from doctor.reading.pipeline import Pipeline, Script, Shell, Step, is_pipeline, read_pipeline
from settings.loader import load_settings
from tests.project import copy_configuration, replace
from tests.unit.doctor.examining import Doctor

AT = At(Path("p.yml"), 10)


def text(value: str, *, block: bool = False) -> Text:
    return Text(value, AT, block=block)


def item(value: object) -> Item:
    if isinstance(value, dict):
        return Mapping(tuple((text(key), item(inner)) for key, inner in value.items()), AT)
    if isinstance(value, list):
        return Listing(tuple(map(item, value)), AT)
    return text(str(value))


def pipeline(root: dict[str, object]) -> Pipeline:
    document = item(root)
    assert isinstance(document, Mapping)
    return read_pipeline(document)


def test_macros_are_read_in_their_lines() -> None:
    script = text("$(a) $(b.c-d:e)\n$(1) $(a b) $() $(_x)", block=True)
    assert [(use.name, use.at.line, use.syntax) for use in macros(script)] == [
        *(("a", 11, "macro"), ("b.c-d:e", 11, "macro"), ("_x", 12, "macro"))
    ]


RUNTIME = {
    "$[ variables.a ]": ["a"],
    " $[eq(variables['a'], variables.b)] ": ["a", "b"],
    "$[ variables.a": [],
    "variables.a ]": [],
    "variables.a": [],
    "$[ eq( ]": [],
}


@pytest.mark.parametrize("value", RUNTIME)
def test_what_is_read_as_the_run_begins(value: str) -> None:
    assert [use.name for use in runtime(text(value))] == RUNTIME[value]


def test_a_condition_needs_no_brackets() -> None:
    assert [use.name for use in runtime(text("eq(variables.a, 'b')"), condition=True)] == ["a"]
    assert [use.name for use in runtime(text("$[variables.a]"), condition=True)] == ["a"]


SHELLS: dict[str, tuple[Shell, list[tuple[str, str]]]] = {
    'echo $A "${B}" ${C:-1} ${D%x} \\$ $1 $(e)': ("bash", [("A", "$"), ("B", "$"), ("C", "$"), ("D", "$")]),
    "A=1; B+=2; echo $A $B $C": ("bash", [("C", "$")]),
    "for A in x; do echo $A $B; done": ("bash", [("B", "$")]),
    "jq --arg A 1 --argjson B 2 '$A $B $C'": ("bash", [("C", "$")]),
    "read -r A B; local C; declare -x D; mapfile -t E; readarray F; echo $A $B $C $D $E $F $G": (
        "bash",
        [("G", "$")],
    ),
    "echo $env:A ${env:B} $C $ENV:D": ("pwsh", [("A", "$env:"), ("B", "$env:"), ("D", "$env:")]),
    "$A = 1; echo $env:A": ("pwsh", [("A", "$env:")]),
    "echo %A% $A": ("cmd", []),
    "echo ${A}": ("", []),
}


@pytest.mark.parametrize("script", SHELLS)
def test_variables_of_the_environment(script: str) -> None:
    shell, read = SHELLS[script]
    assert [(use.name, use.sign) for use in environment_variables(Script(text(script), shell))] == read


def test_functions_of_a_script() -> None:
    script = Script(text("deploy() { :; }\nTest () { :; }\nfunction Get-Name { }\nother ( )\n"), "bash")
    assert functions(script) == {"deploy", "test", "get-name"}


STEPS: dict[str, tuple[dict[str, object], bool, list[tuple[str, str]]]] = {
    "bash": ({"bash": "a"}, False, [("a", "bash")]),
    "script": ({"script": "a"}, False, [("a", "bash")]),
    "script on Windows": ({"script": "a"}, True, [("a", "cmd")]),
    "bash on Windows": ({"bash": "a"}, True, [("a", "bash")]),
    "pwsh": ({"pwsh": "a"}, False, [("a", "pwsh")]),
    "powershell": ({"powershell": "a"}, True, [("a", "pwsh")]),
    "Bash@3": ({"task": "Bash@3", "inputs": {"script": "a"}}, False, [("a", "bash")]),
    "CmdLine@2": ({"task": "CmdLine@2", "inputs": {"script": "a"}}, True, [("a", "cmd")]),
    "PowerShell@2": ({"task": "PowerShell@2", "inputs": {"script": "a"}}, False, [("a", "pwsh")]),
    "AzurePowerShell@5": (
        {"task": "AzurePowerShell@5", "inputs": {"Inline": "a"}},
        False,
        [("a", "pwsh")],
    ),
    "AzureCLI@2": (
        {"task": "AzureCLI@2", "inputs": {"scriptType": "bash", "inlineScript": "a"}},
        False,
        [("a", "bash")],
    ),
    "AzureCLI@2 in PowerShell": (
        {"task": "AzureCLI@2", "inputs": {"scriptType": "pscore", "inlineScript": "a"}},
        False,
        [("a", "pwsh")],
    ),
    "AzureCLI@2 in a batch": (
        {"task": "AzureCLI@2", "inputs": {"scriptType": "batch", "inlineScript": "a"}},
        True,
        [("a", "cmd")],
    ),
    "a task of others": ({"task": "Any@1", "inputs": {"script": "a"}}, False, [("a", "")]),
    "no script": ({"checkout": "self"}, False, []),
}


@pytest.mark.parametrize("what", STEPS)
def test_which_shell_reads_a_script(what: str) -> None:
    body, windows, scripts = STEPS[what]
    mapping = item(body)
    assert isinstance(mapping, Mapping)
    step = Step(mapping, "", windows)
    assert [(script.text.value, script.shell) for script in step.scripts] == scripts


def test_what_is_a_pipeline() -> None:
    pipelines: list[object] = [{"steps": []}, {"jobs": []}, {"stages": []}, {"extends": {}}]
    others: list[object] = [{"steps": "a"}, {"jobs": {}}, {"extends": "a"}, {"trigger": []}, [], "a"]
    assert all(is_pipeline(item(document)) for document in pipelines)
    assert not any(is_pipeline(item(document)) for document in others)
    assert not is_pipeline(None)


def test_the_steps_of_every_hook_of_a_deployment() -> None:
    hooks: dict[str, object] = {
        name: {"steps": [{"bash": name}]}
        for name in ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic", "other")
    }
    hooks["on"] = {"failure": {"steps": [{"bash": "back"}]}, "success": {"steps": [{"bash": "done"}]}}
    strategy = {"strategy": {"runOnce": hooks}, "environment": {"name": "e", "resourceName": "r"}}
    ((deployment, job),) = (
        stage.jobs
        for stage in pipeline({"jobs": [{"deployment": "d", **strategy}, {"job": "j", **strategy}]}).stages
    )
    assert [step.scripts[0].text.value for step in deployment.steps] == [
        *("preDeploy", "deploy", "routeTraffic", "postRouteTraffic", "back", "done")
    ]
    assert (deployment.name, deployment.deployment) == ("d", True)
    assert deployment.environment is not None
    assert deployment.environment.value == "e"
    assert (job.name, job.deployment, job.steps) == ("j", False, ())


def test_stages_jobs_and_what_is_defined_for_each() -> None:
    root: dict[str, object] = {
        "variables": {"a": "root"},
        "pool": {"vmImage": "windows-2025"},
        "stages": [
            {
                "stage": "one",
                "variables": {"a": "stage"},
                "jobs": [
                    {"job": "j", "variables": {"a": "job"}, "steps": [{"script": "x"}], "dependsOn": "K"},
                    {"job": "k", "pool": {"vmImage": "ubuntu"}, "steps": [{"script": "x"}]},
                    {"template": "t.yml@other"},
                ],
            },
            {"stage": "two", "jobs": []},
        ],
    }
    found = pipeline(root)
    one, two = found.stages
    assert (one.name, two.name, two.jobs) == ("one", "two", ())
    assert one.jobs[0].waits_for == {"k"}
    assert [step.scripts[0].shell for job in one.jobs for step in job.steps] == ["cmd", "bash"]
    values = [job.known.inline("A") for job in one.jobs]
    assert [definition.value.value for definition in values if definition and definition.value] == [
        *("job", "stage")
    ]
    assert [definition.level for definition in values if definition] == ["job", "stage"]
    assert len(found.levels) == 4
    assert found.levels[0] is found.known


def test_a_matrix_gives_names() -> None:
    legs = {"matrix": {"x": {"Kind": "a"}, "y": {"kind": "b", "more": "c"}}}
    ((job, made, none),) = (
        stage.jobs
        for stage in pipeline(
            {
                "jobs": [
                    {"job": "a", "strategy": legs},
                    {"job": "b", "strategy": {"matrix": "$[x]"}},
                    {"job": "c"},
                ]
            }
        ).stages
    )
    assert job.own_names == frozenset({"kind", "more"})
    assert made.own_names is None
    assert none.own_names == frozenset()


@pytest.mark.parametrize(
    ("wait", "least"),
    [("trainingMaxWaitHours: '2'", 120), ("xMaxWaitMinutes: '90'", 90), ("yMaxWaitSeconds: '5430'", 91)],
)
def test_a_job_has_the_time_that_it_waits(tmp_path: Path, wait: str, least: int) -> None:
    config = copy_configuration(tmp_path)
    purpose = "    purpose: Pipeline execution settings\n"
    replace(config / "platform.yaml", (purpose, f"{purpose}    extra_variables:\n      {wait}\n"))
    doctor = Doctor(load_settings(config), tmp_path)
    name = wait.partition(":")[0]
    for minutes in (0, least, least - 1):
        (path,) = doctor.write(
            pipeline="trigger: none\nvariables:\n- group: mlops-pipeline-settings\njobs:\n- job: a\n"
            f"  timeoutInMinutes: {minutes}\n  steps:\n  - bash: sleep $({name})\n"
        )
        found = doctor.examine(path).findings
        assert [finding.kind.id for finding in found] == ["short-timeout"] * (minutes == least - 1)
    assert found[0].allowed == f"at least {least} minutes, and what else the job does"
    assert found[0].fix == f"timeoutInMinutes: {least + 30}, or wait less long"
