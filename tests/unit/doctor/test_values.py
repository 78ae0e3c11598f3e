"""What counts as a value of the platform that is written out, and what does not."""

from __future__ import annotations

import pytest

from tests.unit.doctor.examining import Doctor

HEAD = "trigger: none\nvariables:\n- group: mlops-dev-variables\nsteps:\n- bash: |\n    "

# A line of a script, and the variable that has its number.
THRESHOLDS = {
    "assert accuracy >= 0.7": "validationMinAccuracy",
    "assert mae <= 9": "validationMaxMae",
    "assert rmse < 9": "validationMaxRmse",
    "assert precision > 0.7": "validationMinPrecision",
    "assert recall >= 0.7": "validationMinRecall",
    "if [ $RECALL -lt 1 ]": "validationMinRecall",
    "if ($mae -gt 10)": "validationMaxMae",
    "if ($mae -le 10)": "validationMaxMae",
    "if ($recall -ge 1)": "validationMinRecall",
    "m['recall'] > -1.5": "validationMinRecall",
    'm.get("recall") > 0.7': "validationMinRecall",
    "--min-accuracy 0.7": "validationMinAccuracy",
    "min_accuracy=0.7": "validationMinAccuracy",
    "MINACCURACY: '0.7'": "validationMinAccuracy",
    "data-drift: 0.2": "alertDataDrift",
    "model_drift 0.1": "alertModelDrift",
    "prediction latency ms = 200": "alertPredictionLatencyMs",
    "error_rate_percent=5": "alertErrorRatePercent",
    "endpoint-availability-percent 99.5": "alertEndpointAvailabilityPercent",
}
NO_THRESHOLDS = (
    *("accuracy 0.7", "accuracy == 0.7", "accuracy > limit", "accuracy > 0.7.1", "accuracies > 0.7"),
    *("min_accuracy=0.7b", "min_accuracy of 0.7", "min.accuracy=0.7", "f1 > 0.7", "drift 0.1"),
)


@pytest.mark.parametrize("line", THRESHOLDS)
def test_a_threshold_is_named_with_its_variable(doctor: Doctor, line: str) -> None:
    text = f"{HEAD}echo\n    {line}\n"
    (path,) = doctor.write(pipeline=text)
    (finding,) = doctor.examine(path).findings
    assert (finding.at.line, finding.kind.id) == (7, "hard-coded-value")
    assert finding.fix == f"write $({THRESHOLDS[line]})"


@pytest.mark.parametrize("line", NO_THRESHOLDS)
def test_another_number_is_none(doctor: Doctor, line: str) -> None:
    assert doctor.findings(f"{HEAD}echo\n    {line}\n") == []


NAMES = {
    "az ml job create -w mlops-dev-workspace": [(6, "hard-coded-value")],
    "echo\n    # mlops-dev-workspace": [],
    "echo\n      #mlops-dev-workspace": [],
    "echo # mlops-dev-workspace": [(6, "hard-coded-value")],
    "echo a\n    echo b\n    echo mlops-dev-workspace": [(8, "hard-coded-value")],
    "echo mlops-dev-workspaces my-mlops-dev-workspace": [],
    "echo 00000000-0000-0000-0000-000000000000": [],  # stands for an id
    "echo eastus": [],  # a location is a word of any text
    "echo dev": [],
}


@pytest.mark.parametrize("script", NAMES)
def test_a_name_of_the_platform(doctor: Doctor, script: str) -> None:
    assert doctor.findings(f"{HEAD}{script}\n") == NAMES[script]


def test_what_people_read_may_say_anything(doctor: Doctor) -> None:
    step = "trigger: none\nsteps:\n- bash: echo\n  displayName: mlops-dev-workspace, min_accuracy 0.7\n"
    assert doctor.findings(step) == []
    assert doctor.findings(step.replace("displayName", "env: { NAME").rstrip() + " }\n") != []
