"""Each way of going wrong that the checks tell apart, and the neighbour of it that is right."""

from __future__ import annotations

import pytest

from tests.unit.doctor.examining import Doctor

DEV = "- group: mlops-dev-variables\n"
ROOT = f"trigger: none\nvariables:\n{DEV}"
STEPS = f"{ROOT}steps:\n"
DEPLOY = "az ml online-deployment create -f d.yml"
STRATEGY = "strategy: { runOnce: { deploy: { steps: [{ bash: echo }] } } }"


def job(head: str, *steps: str, more: str = "") -> str:
    return f"jobs:\n- {head}\n{more}  steps:\n" + "".join(f"  - {step}\n" for step in steps)


def task(connection: str, script: str = "echo") -> str:
    inputs = f"azureSubscription: {connection}, scriptType: bash, inlineScript: {script}"
    return f"task: AzureCLI@2\n    inputs: {{ {inputs} }}"


# What: the pipeline, and line and kind of what is found.
PIPELINES: dict[str, tuple[str, list[tuple[int, str]]]] = {
    # --- Groups
    "a group by a name of the run": (
        "trigger: none\nvariables:\n- group: mlops-${{ variables['Build.Reason'] }}\nsteps: [{ bash: echo }]\n",
        [(3, "note-unseen")],
    ),
    "a group that is nearly there": (
        "trigger: none\nvariables:\n- group: mlops-dev-variable\nsteps: [{ bash: echo }]\n",
        [(3, "unknown-group")],
    ),
    "a group that is not there": (
        "trigger: none\nvariables:\n- group: something else\nsteps: [{ bash: echo }]\n",
        [(3, "unknown-group")],
    ),
    "the group of another environment": (
        ROOT + job("job: deploy_prod", "bash: echo"),
        [(3, "wrong-group")],
    ),
    "a job that only sounds like it": (ROOT + job("job: test_prod", "bash: echo"), []),
    "a job for two environments": (ROOT + job("job: deploy_test_and_prod", "bash: echo"), []),
    "a job in capitals": (ROOT + job("job: DeployPROD", "bash: echo"), [(3, "wrong-group")]),
    "the connection of another environment": (
        ROOT + job("job: a", task("Azure-MLOps-Prod")),
        [(3, "wrong-group")],
    ),
    "an own value for a variable of a group": (
        f"trigger: none\nvariables:\n{DEV}- name: WorkspaceName\n  value: mine\nsteps: [{{ bash: echo }}]\n",
        [(4, "shadowed-variable")],
    ),
    "an own value before the group": (
        f"trigger: none\nvariables:\n- name: workspaceName\n  value: mine\n{DEV}steps: [{{ bash: echo }}]\n",
        [],
    ),
    "a variable that hands itself on": (
        f"{ROOT}- name: workspaceName\n  value: $(WorkspaceName)\nsteps: [{{ bash: echo }}]\n",
        [],
    ),
    "groups of two environments": (
        f"trigger: none\nvariables:\n{DEV}- group: mlops-test-variables\nsteps: [{{ bash: echo }}]\n",
        [(4, "shadowed-variable")],
    ),
    "the general group first": (
        f"trigger: none\nvariables:\n- group: mlops-pipeline-settings\n{DEV}steps: [{{ bash: echo }}]\n",
        [],
    ),
    "the general group last": (
        f"trigger: none\nvariables:\n{DEV}- group: mlops-pipeline-settings\nsteps: [{{ bash: echo }}]\n",
        [(4, "shadowed-variable")],
    ),
    "the same group twice": (f"trigger: none\nvariables:\n{DEV}{DEV}steps: [{{ bash: echo }}]\n", []),
    "another environment in a job": (
        ROOT + job("job: a", "bash: echo", more="  variables:\n  - group: mlops-test-variables\n"),
        [],
    ),
    # --- Connections
    "a connection that is nearly there": (
        STEPS + f"- {task('Azure-MLOps-Devs')}\n".replace("\n    ", "\n  "),
        [(6, "unknown-connection")],
    ),
    "a connection that is not there": (
        STEPS + f"- {task('Contoso')}\n".replace("\n    ", "\n  "),
        [(6, "unknown-connection")],
    ),
    "a connection that a variable has": (
        STEPS + f"- {task('Azure-MLOps-Dev')}\n".replace("\n    ", "\n  "),
        [(6, "hard-coded-connection")],
    ),
    "a connection by the variable": (
        STEPS + f"- {task('$(azureServiceConnection)')}\n".replace("\n    ", "\n  "),
        [],
    ),
    "a connection by a variable of a job": (
        "trigger: none\n" + job("job: a", task("$(azureServiceConnection)"), more=f"  variables:\n  {DEV}"),
        [(8, "connection-below-root")],
    ),
    "a connection by a variable of the pipeline": (
        "trigger: none\nvariables: { mine: Azure-MLOps-Developement }\n" + job("job: a", task("$(mine)")),
        [(2, "unknown-connection")],
    ),
    "a webhook that is not there": (
        "trigger: none\nresources:\n  webhooks:\n  - webhook: a\n    connection: nothing\n"
        "steps: [{ bash: echo }]\n",
        [(5, "unknown-connection")],
    ),
    # --- Deployments
    "an environment that is nearly there": (
        ROOT + f"jobs:\n- deployment: a\n  environment: prod-deployments\n  {STRATEGY}\n",
        [(6, "unknown-environment")],
    ),
    "an environment that is not there": (
        ROOT + f"jobs:\n- deployment: a\n  environment: {{ name: somewhere.else }}\n  {STRATEGY}\n",
        [(6, "unknown-environment")],
    ),
    "an environment by a name of the run": (
        ROOT
        + "jobs:\n- deployment: a\n  environment: ${{ variables['Build.Reason'] }}\n"
        + f"  {STRATEGY}\n",
        [(6, "note-unseen")],
    ),
    "an environment by nothing": (
        ROOT + f"jobs:\n- deployment: a\n  environment: $(nothingAtAll)\n  {STRATEGY}\n",
        [(6, "environment-from-group")],
    ),
    "an environment by a variable of a group": (
        ROOT + f"jobs:\n- deployment: a\n  environment: $(workspaceName)\n  {STRATEGY}\n",
        [(6, "environment-from-group")],
    ),
    "a job with an environment is no deployment": (
        ROOT + job("job: a", "bash: echo", more="  environment: prod-deployments\n"),
        [],
    ),
    "a deployment to prod without a gate": (
        "trigger: none\n" + job("job: a", task("Azure-MLOps-Prod", DEPLOY)),
        [(3, "without-approval"), (6, "hard-coded-connection")],
    ),
    "a batch deployment without a name": (
        "trigger: none\nsteps:\n- bash: |\n    az ml batch-deployment \\\n      update -f d.yml\n"
        f"- {task('Azure-MLOps-Prod')}\n".replace("\n    inputs", "\n  inputs"),
        [(1, "without-approval"), (7, "hard-coded-connection")],
    ),
    "a deployment to dev needs none": (
        "trigger: none\n" + job("job: a", task("Azure-MLOps-Dev", DEPLOY)),
        [(6, "hard-coded-connection")],
    ),
    "a model into the registry": (
        "trigger: none\n" + job("job: a", "bash: az ml model share -n m --registry-name r"),
        [(3, "without-approval")],
    ),
    "a component into the registry": (
        "trigger: none\n" + job("job: a", "bash: az ml component create --registry-name r -f c.yml"),
        [(3, "without-approval")],
    ),
    "a model from the registry": (
        "trigger: none\n" + job("job: a", "bash: az ml model show -n m --registry-name r"),
        [],
    ),
    "a model into the workspace": (
        "trigger: none\n" + job("job: a", "bash: az ml model create -n m; echo --registry-name r"),
        [],
    ),
    # --- Branches
    "a branch that is refused": (
        f"trigger: [develop]\njobs:\n- deployment: a\n  environment: prod-deployment\n  {STRATEGY}\n",
        [(1, "refused-branch")],
    ),
    "every branch, by a connection": (
        f"variables:\n{DEV}" + job("job: a", task("$(azureServiceConnection)")),
        [(1, "refused-branch")],
    ),
    # --- Variables
    "another case": (STEPS + "- bash: echo $(WORKSPACENAME)\n", [(5, "note-case")]),
    "a command of nobody": (STEPS + "- bash: echo $(frobnicate)\n", [(5, "note-shell")]),
    "a variable of another group": (
        STEPS + "- task: A@1\n  inputs: { a: $(modelRegistryName), b: $(registryName) }\n",
        [(6, "unknown-variable"), (6, "unknown-variable")],
    ),
    "a variable of no group": (
        "trigger: none\nsteps:\n- task: A@1\n  inputs: { a: $(workspaceName) }\n",
        [(4, "unknown-variable")],
    ),
    "a variable of nobody": (
        "trigger: none\nsteps:\n- task: A@1\n  inputs: { a: $(frobnicate) }\n",
        [(4, "unknown-variable")],
    ),
    "a variable in a condition": (
        STEPS + "- bash: echo\n  condition: eq(variables.frobnicate, 'a')\n",
        [(6, "unknown-variable")],
    ),
    "a variable of the environment": (
        STEPS + "- bash: echo $workspaceName\n- pwsh: echo $env:workspaceName\n",
        [(5, "environment-variable-case"), (6, "environment-variable-case")],
    ),
    "one that is given": (
        STEPS + "- bash: echo $workspaceName $WORKSPACENAME\n  env: { workspaceName: $(workspaceName) }\n",
        [],
    ),
    "a group's variable too early": (
        STEPS + "- bash: echo ${{ variables.workspaceName }}\n",
        [(5, "template-time-variable")],
    ),
    "an own variable early": (
        "trigger: none\nvariables: { a: b }\nsteps:\n- bash: echo ${{ variables.a }} ${{ variables.frobnicate }}\n",
        [(4, "unknown-variable")],
    ),
}


@pytest.mark.parametrize("what", PIPELINES)
def test_what_is_found(doctor: Doctor, what: str) -> None:
    text, found = PIPELINES[what]
    assert doctor.findings(text, notes=True) == found
