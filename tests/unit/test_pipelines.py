"""The pipelines in docs/pipelines: that they fit the configuration, and that the rollback does what it says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from settings.loader import Settings
from settings.models.variables import environment_variables
from tests.project import REPOSITORY
from tests.synthesized import Stack

FOLDER = REPOSITORY / "docs" / "pipelines"
PIPELINES = {"auto-rollback.yml": "prod", "training-schedule.yml": "dev"}
"""Each file and the environment whose variable group it reads."""

SUBSCRIPTION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
GROUP, WORKSPACE = "mlops-prod-rg", "mlops-prod-workspace"
LOGS = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
    "/providers/Microsoft.OperationalInsights/workspaces/mlops-prod-logs"
)
ALERT_NAME = "12345678-9abc-4def-8123-456789abcdef"
ALERT = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.AlertsManagement/alerts/{ALERT_NAME}"
RULES = (
    f"/subscriptions/{SUBSCRIPTION}/resourcegroups/{GROUP}/providers/microsoft.insights/scheduledqueryrules"
)


def parsed(name: str) -> Any:
    return YAML(typ="safe").load((FOLDER / name).read_text())


def task(name: str) -> Any:
    (job,) = parsed(name)["jobs"]
    (step,) = [step for step in job["steps"] if "task" in step]
    return step


def script(name: str) -> str:
    return str(task(name)["inputs"]["inlineScript"])


def test_what_a_pipeline_installs_has_a_version() -> None:
    for path in FOLDER.iterdir():
        text = path.read_text()
        installed = re.findall(r"az extension add .*", text)
        assert installed
        assert all(re.search(r" --version [0-9]+\.[0-9]+\.[0-9]+ ", line) for line in installed)
        assert not re.search(r"latest|pip3? install|npm (?:install|i) |apt-get|curl|wget", text)


# --- The files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir()))
def test_every_pipeline_reads_variables_that_its_group_has(settings: Settings, name: str) -> None:
    (environment,) = [item for item in settings.environments if item.name == PIPELINES[name]]
    assert parsed(name)["variables"] == [{"group": environment.variable_group.name}]
    step = task(name)
    read = {*step["env"].values(), step["inputs"]["azureSubscription"]}
    macros = {match[1] for value in read if (match := re.fullmatch(r"\$\((\w+)\)", value))}
    assert macros
    assert macros <= {variable.name for variable in environment_variables(environment)}


@pytest.mark.parametrize("name", PIPELINES)
def test_every_script_is_bash_and_every_name_it_reads_is_given(name: str) -> None:
    checked = subprocess.run(["bash", "-n"], input=script(name), text=True, capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    used = set(re.findall(r"\$\{?([A-Z_]{2,})", script(name)))
    assert used - {"BASH_REMATCH", "PAUSE"} == set(task(name)["env"])


@pytest.mark.parametrize("name", PIPELINES)
def test_there_is_no_secret_and_nothing_of_a_call_in_a_script(name: str) -> None:
    text = (FOLDER / name).read_text()
    assert not re.search(r"(?i)password|secret|token|sig=|hooks\.slack|accesskey", text)
    assert "${{" not in script(name)


def test_the_rollback_listens_to_the_webhook_of_prod(settings: Settings) -> None:
    (prod,) = [item for item in settings.environments if item.name == "prod"]
    (webhook,) = parsed("auto-rollback.yml")["resources"]["webhooks"]
    assert prod.auto_rollback and prod.auto_rollback.webhook
    assert webhook["connection"] == prod.auto_rollback.webhook.name
    assert task("auto-rollback.yml")["env"]["ALERT_ID"].startswith(f"${{{{ parameters.{webhook['webhook']}.")
    assert (parsed("auto-rollback.yml")["trigger"], parsed("auto-rollback.yml")["pr"]) == ("none", "none")


def test_the_training_schedule_is_that_of_dev(settings: Settings) -> None:
    (dev,) = [item for item in settings.environments if item.name == "dev"]
    assert dev.training_schedule
    pipeline = parsed("training-schedule.yml")
    (schedule,) = pipeline["schedules"]
    env = task("training-schedule.yml")["env"]
    assert schedule["cron"] == env["SCHEDULE_HERE"] == dev.training_schedule.frequency
    assert dev.training_schedule.time_zone in schedule["displayName"]
    assert schedule["branches"] == {"include": list(dev.service_connection.branches)}
    assert schedule["always"] is True
    assert {env["LOOKBACK_DAYS"], env["FORECAST_HORIZON"]} == {
        "$(trainingLookbackDays)",
        "$(trainingForecastHorizon)",
    }


# --- The rollback, with a stand-in for the Azure CLI ------------------------------------------------------

AZ = f"""#!{sys.executable}
import json, sys
from pathlib import Path

here, words = Path(__file__).parent, sys.argv[1:]
with (here / "calls").open("a") as calls:
    calls.write(json.dumps(words) + "\\n")

def option(name):
    return words[words.index(name) + 1] if name in words else ""

def answer(name):
    path = here / name
    if not path.exists():
        sys.exit("ERROR: (ResourceNotFound)")
    print(path.read_text())

if words[0] == "rest":
    path = option("--url").removeprefix("https://management.azure.com").partition("?")[0]
    answer("alert.json" if "/Microsoft.AlertsManagement/alerts/" in path else "rule.json")
elif words[:3] == ["ml", "online-endpoint", "show"]:
    answer(f"endpoint-{{option('--name')}}.json")
elif words[:3] == ["ml", "online-deployment", "show"]:
    answer(f"deployment-{{option('--name')}}.json")
elif words[:3] == ["ml", "online-endpoint", "update"]:
    refusals = here / "refusals"
    left = int(refusals.read_text()) if refusals.exists() else 0
    if left:
        refusals.write_text(str(left - 1))
        sys.exit("ERROR: (Conflict)")
    path = here / f"endpoint-{{option('--name')}}.json"
    state = json.loads(path.read_text())
    for key, name in (("traffic", "--traffic"), ("mirror_traffic", "--mirror-traffic")):
        shares = dict(pair.split("=") for pair in option(name).split())
        state[key] = {{**state[key], **{{k: int(v) for k, v in shares.items()}}}}
    assert sum(state["traffic"].values()) in (0, 100), state
    path.write_text(json.dumps(state))
elif words[:2] != ["extension", "add"]:
    sys.exit(f"unexpected: {{words}}")
"""


@dataclass
class Azure:
    """What the stand-in knows, and what was asked of it."""

    folder: Path

    def put(self, name: str, content: object) -> None:
        (self.folder / name).write_text(json.dumps(content))

    def calls(self, *words: str) -> list[list[str]]:
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [call for line in lines if (call := json.loads(line))[: len(words)] == list(words)]

    def updates(self) -> list[list[str]]:
        return self.calls("ml", "online-endpoint", "update")

    def traffic(self) -> Any:
        return json.loads((self.folder / "endpoint-forecast.json").read_text())["traffic"]

    def run(self, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the script, and check what must hold however it ends: the endpoint has all of its traffic."""
        given = {
            "ENABLED": "true",
            "SUBSCRIPTION": SUBSCRIPTION,
            "RESOURCE_GROUP": GROUP,
            "WORKSPACE": WORKSPACE,
            "ALERT_ID": ALERT,
            "PAUSE": "0",
            "PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}",
            **env,
        }
        done = subprocess.run(
            ["bash", "-c", script("auto-rollback.yml")],
            env=given,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert sum(self.traffic().values()) == 100
        assert "unexpected" not in done.stderr
        return done


@pytest.fixture
def rules(stacks: dict[str, Stack]) -> list[str]:
    """The names of the rules that may start a rollback, as they are deployed."""
    found = stacks["mlops-prod"].resources("azurerm_monitor_scheduled_query_rules_alert_v2")
    return [body["name"] for key, body in found.items() if key.startswith("alert_rollback")]


def alert(rule: str, **essentials: str) -> dict[str, Any]:
    """An alert as the Alerts Management API shows it."""
    dimensions = [{"name": "EndpointName", "value": "forecast"}]
    return {
        "id": ALERT,
        "properties": {
            "essentials": {"alertRule": f"{RULES}/{rule}", "monitorCondition": "Fired", **essentials},
            "context": {"context": {"condition": {"allOf": [{"dimensions": dimensions}]}}},
        },
    }


@pytest.fixture
def azure(tmp_path: Path, rules: list[str]) -> Azure:
    """An endpoint in the middle of a traffic ramp, and an alert about it."""
    assert shutil.which("jq"), "jq is not on PATH: install it, for the script is run as an agent runs it"
    stub = tmp_path / "az"
    stub.write_text(AZ)
    stub.chmod(0o755)
    azure = Azure(tmp_path)
    azure.put("rule.json", {"properties": {"scopes": [LOGS]}})
    azure.put("alert.json", alert(rules[0]))
    azure.put(
        "endpoint-forecast.json",
        {"traffic": {"blue": 75, "green": 25}, "mirror_traffic": {}, "tags": {"stableDeployment": "blue"}},
    )
    azure.put("deployment-blue.json", {"name": "blue", "provisioning_state": "Succeeded"})
    return azure


def change(azure: Azure, **changes: object) -> None:
    state = json.loads((azure.folder / "endpoint-forecast.json").read_text())
    azure.put("endpoint-forecast.json", {**state, **changes})


def test_traffic_goes_back_in_one_update(azure: Azure) -> None:
    done = azure.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert azure.traffic() == {"blue": 100, "green": 0}
    (update,) = azure.updates()
    assert update[update.index("--traffic") + 1] == "blue=100 green=0"
    assert update[update.index("--resource-group") + 1] == GROUP
    assert "--mirror-traffic" not in update
    assert "All traffic of forecast is back on blue." in done.stdout


@pytest.mark.parametrize("index", [0, 1])
def test_either_rule_starts_it_however_azure_spells_the_ids(
    azure: Azure, rules: list[str], index: int
) -> None:
    shouted = alert(rules[index])
    shouted["properties"]["essentials"]["alertRule"] = f"{RULES}/{rules[index]}".upper()
    azure.put("alert.json", shouted)
    assert azure.run(ALERT_ID=ALERT.lower()).returncode == 0
    assert azure.traffic() == {"blue": 100, "green": 0}


def test_a_second_alert_changes_nothing_more(azure: Azure) -> None:
    assert (azure.run().returncode, azure.run().returncode) == (0, 0)
    assert len(azure.updates()) == 1


def test_a_stable_deployment_without_any_share_gets_all(azure: Azure) -> None:
    change(azure, traffic={"green": 100})
    assert azure.run().returncode == 0
    assert azure.traffic() == {"blue": 100, "green": 0}


def test_copies_of_the_traffic_stop_too(azure: Azure) -> None:
    change(azure, mirror_traffic={"green": 10})
    assert azure.run().returncode == 0
    (update,) = azure.updates()
    assert update[update.index("--mirror-traffic") + 1] == "green=0"


def test_it_asks_azure_again_when_an_update_is_refused(azure: Azure) -> None:
    azure.put("refusals", 2)
    done = azure.run()
    assert done.returncode == 0
    assert azure.traffic() == {"blue": 100, "green": 0}
    assert len(azure.updates()) == 3


def test_it_says_so_when_azure_keeps_refusing(azure: Azure) -> None:
    azure.put("refusals", 9)
    done = azure.run()
    assert done.returncode == 1
    assert "##vso[task.logissue type=error]The traffic of forecast could not be taken back" in done.stdout
    assert azure.traffic() == {"blue": 75, "green": 25}


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        ({"ENABLED": "false"}, "autoRollbackEnabled is not true"),
        ({"ENABLED": "$(autoRollbackEnabled)"}, "autoRollbackEnabled is not true"),
        ({"ALERT_ID": ""}, "Started by hand"),
    ],
)
def test_it_does_not_even_ask_azure_without_a_reason(azure: Azure, env: dict[str, str], reason: str) -> None:
    done = azure.run(**env)
    assert (done.returncode, azure.calls()) == (0, [])
    assert reason in done.stdout


@pytest.mark.parametrize(
    "forged",
    [
        ALERT.replace(SUBSCRIPTION, "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
        f"{ALERT}/../../../x",
        f"{ALERT}?api-version=1#",
        ALERT.replace("12345678", "$(touch pwned)"),
        "x'; touch pwned; '",
        "`touch pwned`",
        f"{ALERT}\n##vso[task.setvariable variable=x]y",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Storage/storageAccounts/x",
    ],
)
def test_a_forged_call_reaches_neither_azure_nor_the_log(azure: Azure, forged: str) -> None:
    done = azure.run(ALERT_ID=forged)
    assert (done.returncode, azure.calls()) == (1, [])
    assert "did not come from Azure Monitor" in done.stdout
    assert forged not in done.stdout + done.stderr
    assert not (azure.folder / "pwned").exists()


def test_an_alert_that_azure_does_not_know_is_refused(azure: Azure) -> None:
    (azure.folder / "alert.json").unlink()
    done = azure.run()
    assert done.returncode == 1
    assert "Azure knows no such alert" in done.stdout
    # Three times in both places, after the rule.
    assert (len(azure.calls("rest")), azure.updates()) == (7, [])


def test_the_alert_is_read_where_a_reader_of_the_resource_group_may(azure: Azure, rules: list[str]) -> None:
    assert (
        azure.run(
            ALERT_ID=f"{LOGS.lower()}/providers/Microsoft.AlertsManagement/alerts/{ALERT_NAME}"
        ).returncode
        == 0
    )
    urls = [call[call.index("--url") + 1] for call in azure.calls("rest")]
    group = f"https://management.azure.com/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/"
    assert all(url.startswith(group) for url in urls)
    assert urls[0].partition("?")[0].endswith(f"/scheduledQueryRules/{rules[0]}")
    assert urls[1].partition("?")[0].endswith(f"/alerts/{ALERT_NAME}")


def test_without_the_rules_it_says_so(azure: Azure) -> None:
    (azure.folder / "rule.json").unlink()
    done = azure.run()
    assert (done.returncode, azure.updates()) == (1, [])
    assert "The rollback rules of mlops-prod-workspace are not there" in done.stdout


@pytest.mark.parametrize("rule", ["mlops-prod-workspace-error-rate", "other-rollback-error-rate", ""])
def test_an_alert_of_another_rule_is_refused(azure: Azure, rule: str) -> None:
    azure.put("alert.json", alert(rule))
    done = azure.run()
    assert (done.returncode, azure.updates()) == (1, [])
    assert "no alert of the rollback rules" in done.stdout


def test_a_rule_of_that_name_in_another_group_is_refused(azure: Azure, rules: list[str]) -> None:
    foreign = alert(rules[0])
    foreign["properties"]["essentials"]["alertRule"] = f"{RULES}/{rules[0]}".replace(GROUP, "elsewhere")
    azure.put("alert.json", foreign)
    assert (azure.run().returncode, azure.updates()) == (1, [])


def test_a_resolved_alert_is_left_alone(azure: Azure, rules: list[str]) -> None:
    azure.put("alert.json", alert(rules[0], monitorCondition="Resolved"))
    done = azure.run()
    assert (done.returncode, azure.updates()) == (0, [])
    assert "resolved in the meantime" in done.stdout


@pytest.mark.parametrize("context", [None, {}, {"context": {"condition": {"allOf": [{"dimensions": None}]}}}])
def test_an_alert_without_an_endpoint_is_refused(azure: Azure, rules: list[str], context: object) -> None:
    nameless = alert(rules[0])
    nameless["properties"]["context"] = context
    azure.put("alert.json", nameless)
    done = azure.run()
    assert (done.returncode, azure.updates()) == (1, [])
    assert "does not say which endpoint" in done.stdout


def test_without_the_tag_it_says_how_to_set_it(azure: Azure) -> None:
    change(azure, tags={})
    done = azure.run()
    assert (done.returncode, azure.updates()) == (1, [])
    assert "--set tags.stableDeployment=" in done.stdout


@pytest.mark.parametrize("deployment", [None, {"name": "blue", "provisioning_state": "Failed"}])
def test_traffic_never_goes_to_a_deployment_that_cannot_take_it(azure: Azure, deployment: object) -> None:
    azure.put("deployment-blue.json", deployment)
    if deployment is None:
        (azure.folder / "deployment-blue.json").unlink()
    done = azure.run()
    assert (done.returncode, azure.updates()) == (1, [])
    assert "The stable deployment blue of forecast" in done.stdout


def test_an_endpoint_of_another_workspace_is_refused(azure: Azure, rules: list[str]) -> None:
    elsewhere = alert(rules[0])
    elsewhere["properties"]["context"]["context"]["condition"]["allOf"][0]["dimensions"][0]["value"] = "other"
    azure.put("alert.json", elsewhere)
    done = azure.run()
    assert (done.returncode, azure.updates()) == (1, [])
    assert "The endpoint other is not in mlops-prod-workspace" in done.stdout
