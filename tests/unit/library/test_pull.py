"""``mlops pull``: people's edits of the Library come into the configuration, and nothing else does."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import files.replacing
from deployment.stacks import read_stacks
from doctor.platform import Platform
from settings.loader import load_settings
from tests.project import GUIDE, copy_configuration, replace
from tests.synthesized import synthesize_to
from tests.unit.library.library import Library
from tests.unit.library.pulling import (
    DEV,
    PROD,
    REGISTRY,
    SETTINGS,
    changed_lines,
    differences,
    pull,
    texts,
)


def test_a_round_trip_through_every_file(config: Path, library: Library) -> None:
    library.edit(DEV, validationMinAccuracy="0.750", autoDeploy="false", monitoringLogLevel="INFO")
    library.edit(DEV, trainingLookbackDays="30")
    library.edit(PROD, trafficRamp="0,5,100", retentionModelsDays="400")
    library.edit(
        SETTINGS, pythonVersion="3.11", mlEngineersEmail="ml@contoso.com", monitoringMaxWaitHours="5"
    )
    library.edit(REGISTRY, registryPropagationMaxWaitSeconds="240")
    done = pull(config)
    assert done.exit_code == 0, done.stderr
    assert changed_lines(config) == [
        ("environments/dev.yaml", "  lookback_days: 90", "  lookback_days: 30"),
        ("environments/dev.yaml", '  min_accuracy: "0.70"', '  min_accuracy: "0.750"'),
        ("environments/dev.yaml", "  auto_deploy: true", "  auto_deploy: false"),
        ("environments/dev.yaml", "  log_level: DEBUG", "  log_level: INFO"),
        ("environments/prod.yaml", "  traffic_ramp: [0, 10, 25, 50, 100]", "  traffic_ramp: [0, 5, 100]"),
        ("environments/prod.yaml", "  models: 365", "  models: 400"),
        (
            "platform.yaml",
            "  registryPropagationMaxWaitSeconds: 120",
            "  registryPropagationMaxWaitSeconds: 240",
        ),
        ("platform.yaml", '  pythonVersion: "3.9"', '  pythonVersion: "3.11"'),
        ("platform.yaml", "  mlEngineersEmail: ml-team@company.com", "  mlEngineersEmail: ml@contoso.com"),
        ("platform.yaml", "  monitoringMaxWaitHours: 3", "  monitoringMaxWaitHours: 5"),
    ]
    assert differences(config) == []
    again = pull(config)
    assert (again.exit_code, again.stdout) == (
        0,
        "Nothing to pull: the configuration has the Library's values.\n",
    )


def test_what_is_said(config: Path, library: Library) -> None:
    library.edit(DEV, validationMinAccuracy="0.75")
    lines = [
        "place  key  configuration  Library",
        "config/environments/dev.yaml:51  validation.min_accuracy  0.70  0.75",
    ]
    before = texts(config)
    done = pull(config, "--check")
    assert (done.exit_code, texts(config)) == (1, before)
    *table, last = done.stdout.splitlines()
    assert ["  ".join(line.split()) for line in table] == lines
    assert last == "1 value to pull. mlops pull writes them."
    done = pull(config)
    *table, last = done.stdout.splitlines()
    assert (done.exit_code, ["  ".join(line.split()) for line in table]) == (0, lines)
    assert last == "1 value written. Look at them with git diff, and hand them in as a pull request."
    assert pull(config, "--check").exit_code == 0


def test_json(config: Path, library: Library) -> None:
    library.edit(DEV, validationMinAccuracy="0.75", workspaceName="another")
    left = [{"group": DEV, "variable": "workspaceName", "difference": "changed"}]
    said = json.loads(pull(config, "--check", "--json").stdout)
    assert (said["written"], said["left"]) == (False, left)
    assert json.loads(pull(config, "--json").stdout) == {**said, "written": True}
    assert said["changes"] == [
        {
            "file": "config/environments/dev.yaml",
            "line": 51,
            "key": "validation.min_accuracy",
            "group": DEV,
            "variable": "validationMinAccuracy",
            "configuration": "0.70",
            "library": "0.75",
        }
    ]
    assert json.loads(pull(config, "--json").stdout) == {"written": False, "changes": [], "left": left}


def test_one_environment_alone(config: Path, library: Library) -> None:
    library.edit(DEV, validationMinAccuracy="0.75")
    library.edit(PROD, validationMinAccuracy="nonsense")
    library.edit(SETTINGS, validationMinAccuracy="0.75")
    assert pull(config, "--env", "dev").exit_code == 0
    assert [line[0] for line in changed_lines(config)] == ["environments/dev.yaml"]
    assert pull(config, "--env", "stage").exit_code == 2


def test_what_is_not_the_librarys_stays_and_is_named(config: Path, library: Library) -> None:
    library.edit(DEV, workspaceName="another", ours="1")
    library.hide(DEV, "validationMaxMae")
    library.delete(DEV, "validationMaxRmse")
    library.rename(PROD, "mlops-prod")
    before = texts(config)
    done = pull(config)
    assert (done.exit_code, texts(config)) == (0, before)
    *left, last = done.stdout.splitlines()
    assert last == "Nothing to pull."
    assert [line.removeprefix("Left alone: ").partition(":")[0] for line in left] == [
        f"workspaceName of {DEV}",
        f"validationMaxMae of {DEV}",
        f"validationMaxRmse of {DEV}",
        f"ours of {DEV}",
        PROD,
    ]


def test_a_variable_of_ones_own(config: Path, library: Library) -> None:
    replace(
        config / "environments" / "dev.yaml",
        (
            "  purpose: Dev workspace connection\n",
            "  purpose: Dev workspace connection\n  extra_variables:\n    batchSize: '010' # as text\n",
        ),
    )
    library.deploy(config)
    library.edit(DEV, batchSize="020")
    assert pull(config).exit_code == 0
    assert "    batchSize: '020' # as text\n" in (config / "environments" / "dev.yaml").read_text()


def test_several_files_or_none(config: Path, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that dies between two files leaves a set that the next one puts in place."""
    library.edit(DEV, retentionModelsDays="40")
    library.edit(PROD, retentionModelsDays="400")
    before = texts(config)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(files.replacing, "_put", dies)
        assert pull(config).exit_code != 0
    assert texts(config) == before | {
        name: text for name, text in texts(config).items() if name.startswith(".replacement")
    }
    assert pull(config).stdout.endswith("Nothing to pull: the configuration has the Library's values.\n")
    assert [line[2] for line in changed_lines(config)] == ["  models: 40", "  models: 400"]


def test_a_deployment_would_do_nothing_because_of_it(config: Path, library: Library, written: Path) -> None:
    """Of the Terraform only first values change, of variables whose values Terraform ignores."""
    library.edit(DEV, validationMinAccuracy="0.75", autoDeploy="false", deploymentTraffic="50")
    library.edit(PROD, trafficRamp="0,5,100", retentionModelsDays="400", monitoringLogLevel="INFO")
    library.edit(SETTINGS, mlEngineersEmail="ml@contoso.com", retentionLogsDays="20")
    assert pull(config).exit_code == 0
    synthesize_to(load_settings(config), config.parent / "out")
    changed = 0
    for before, after in zip(read_stacks(written), read_stacks(config.parent / "out"), strict=True):
        for name, body in after.terraform["resource"].get("azuredevops_variable_group_variable", {}).items():
            old = before.terraform["resource"]["azuredevops_variable_group_variable"][name]
            if body["value"] != old["value"]:
                assert body["lifecycle"]["ignore_changes"] == ["value"], name
                body["value"] = old["value"]
                changed += 1
        assert after.terraform == before.terraform
    assert changed == 8


LIBRARYS = [
    (group.name, variable.name)
    for group in Platform(load_settings(GUIDE)).groups.values()
    for variable in group.variables.values()
    if variable.owner == "library"
]
VALUES = st.one_of(
    st.text(max_size=12),
    st.integers(-5, 1000).map(str),
    st.decimals(0, 20, places=2).map(str),
    st.sampled_from(
        ["true", "false", "True", "yes", "null", "~", "0x10", "1_000", "1e3", "INFO", "0,50,100", "3.11"]
    ),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.sampled_from(LIBRARYS), VALUES), min_size=1, max_size=3))
@example([((DEV, "validationMinAccuracy"), "0.710")])
@example([((PROD, "trafficRamp"), "0,1,100")])
@example([((SETTINGS, "mlEngineersEmail"), "a#b@c.d")])
def test_any_value_is_pulled_exactly_or_refused(
    library: Library, tmp_path: Path, edits: list[tuple[tuple[str, str], str]]
) -> None:
    library.deploy(GUIDE)
    for (group, name), value in edits:
        library.edit(group, **{name: value})
    shutil.rmtree(tmp_path / "config", ignore_errors=True)
    config = copy_configuration(tmp_path)
    done = pull(config)
    if done.exit_code:
        assert done.exit_code == 3
        assert "Nothing was written." in done.stderr
        assert texts(config) == texts(GUIDE)
        return
    groups = Platform(load_settings(config)).groups
    for group, name in {place for place, _ in edits}:
        assert groups[group].variables[name.lower()].value == library.read(group)[name]
    assert differences(config) == []


def test_the_services_are_only_read(config: Path, library: Library) -> None:
    library.edit(DEV, validationMinAccuracy="0.75")
    before = library.read(DEV)
    address = os.environ["MLOPS_SERVICES"]
    assert pull(config, "--services", address).exit_code == 0
    assert library.read(DEV) == before
