"""The words that the doctor knows: commands of shells, tasks that publish, inputs that name connections, branches."""

from __future__ import annotations

import pytest

from doctor.reading.starts import matches
from tests.unit.doctor.examining import Doctor

HEAD = "trigger: none\nvariables:\n- group: mlops-dev-variables\nsteps:\n"
COMMANDS = (
    *(
        "arch",
        "basename",
        "cat",
        "date",
        "dirname",
        "env",
        "free",
        "getconf",
        "git",
        "groups",
        "hostname",
        "id",
    ),
    *("jobs", "ls", "mktemp", "nproc", "ps", "pwd", "realpath", "seq", "tty", "uname", "uptime", "uuidgen"),
    *("which", "who", "whoami"),
)


def test_commands_of_a_shell_are_no_variables(doctor: Doctor) -> None:
    text = HEAD + "".join(f"- bash: echo $({command})\n" for command in COMMANDS)
    assert doctor.findings(text, notes=True) == []


@pytest.mark.parametrize(
    "prefix",
    [
        "Agent",
        "Build",
        "Checks",
        "Common",
        "Environment",
        "Pipeline",
        "Release",
        "Resources",
        "Strategy",
        "System",
    ],
)
def test_what_azure_devops_defines_is_known(doctor: Doctor, prefix: str) -> None:
    text = f"{HEAD}- task: A@1\n  inputs: {{ a: $({prefix}.Name), b: $(TF_BUILD), c: $({prefix}Name) }}\n"
    (path,) = doctor.write(pipeline=text)
    assert [f.found for f in doctor.examine(path).findings] == [
        f"$({prefix}Name), which nothing defines here"
    ]


RUNS_A_FILE = (
    *(
        "bash: python train.py",
        "bash: ./a",
        "bash: cd x && ../a",
        "bash: sh a",
        "pwsh: a.ps1",
        "script: make all",
    ),
    *("task: AzureCLI@2\n  inputs: { scriptPath: a }", "task: Bash@3\n  inputs: { filePath: a }"),
)


@pytest.mark.parametrize("step", [*RUNS_A_FILE, "bash: echo a", "task: AzureCLI@2\n  inputs: { script: b }"])
def test_a_step_that_runs_a_file_may_set_variables(doctor: Doctor, step: str) -> None:
    text = f"{HEAD}- {step}\n- task: A@1\n  inputs: {{ a: $(unheardOf) }}\n"
    kind = "note-unseen" if step in RUNS_A_FILE else "unknown-variable"
    assert [kind for _, kind in doctor.findings(text, notes=True)] == [kind]


SETS = {
    'echo "##vso[task.setvariable variable=a]b"': True,
    'echo "##vso[task.setvariable variable=A;isOutput=true]b"': True,
    'echo "##vso[task.setvariable isSecret=true;variable=a]b"': True,
    'echo "##vso[task.setvariable variable=ab]b"': False,
    'echo "##vso[task.setprogress value=1]a"': False,
}


@pytest.mark.parametrize("command", SETS)
def test_a_command_sets_a_variable(doctor: Doctor, command: str) -> None:
    text = f"{HEAD}- bash: |\n    {command}\n- task: A@1\n  inputs: {{ a: $(a) }}\n"
    assert doctor.findings(text) == ([] if SETS[command] else [(8, "unknown-variable")])


@pytest.mark.parametrize(
    "step",
    [
        *("publish: a", "task: PublishPipelineArtifact@1", "task: PublishBuildArtifacts@1"),
        *("task: PublishTestResults@2", "task: publishhtmlreport@1", "task: PublishCodeCoverageResults@2"),
        *('bash: echo "##vso[task.uploadsummary]a"', 'pwsh: echo "##vso[artifact.upload]a"'),
        "bash: echo validated",
    ],
)
def test_what_publishes_comes_before_the_approval(doctor: Doctor, step: str) -> None:
    text = f"""\
trigger: none
jobs:
- job: validate
  steps:
  - {step}
- deployment: model
  dependsOn: validate
  environment: prod-deployment
  strategy: {{ runOnce: {{ deploy: {{ steps: [{{ script: echo }}] }} }} }}
"""
    expected = [] if step == "bash: echo validated" else [(5, "approval-before-evidence")]
    assert doctor.findings(text) == expected


@pytest.mark.parametrize(
    "key",
    [
        *("azureSubscription", "ConnectedServiceName", "connectedServiceNameARM", "azureServiceConnection"),
        *("azureResourceManagerConnection", "azureSubscriptionEndpoint", "backendServiceArm"),
        *("environmentServiceNameAzureRM", "armServiceConnection", "connectedServiceAzure"),
    ],
)
def test_each_input_that_names_a_connection_is_looked_at(doctor: Doctor, key: str) -> None:
    text = f"{HEAD}- task: A@1\n  inputs: {{ {key}: Azure-MLOps-Deev }}\n"
    assert doctor.findings(text) == [(6, "unknown-connection")]


BRANCHES = {
    ("main", ("main",)): True,
    ("Main", ("main",)): True,
    ("main", ()): True,
    ("main", ("develop", "main")): True,
    ("main", ("mainline",)): False,
    ("mainline", ("main",)): False,
    ("release/1", ("release/*",)): True,
    ("release/1/2", ("release/*",)): True,
    ("release/*", ("release/*",)): True,
    ("release/1.*", ("release/*",)): True,
    ("release/*", ("release/1.*",)): False,
    ("release", ("release/*",)): False,
    ("*", ("release/*",)): False,
    ("hotfix-a-main", ("hotfix*main",)): True,
    ("hotfix-a-dev", ("hotfix*main",)): False,
}


@pytest.mark.parametrize(("branch", "patterns"), BRANCHES, ids=str)
def test_branches_within_a_branch_control(branch: str, patterns: tuple[str, ...]) -> None:
    assert matches(branch, patterns) is BRANCHES[branch, patterns]
