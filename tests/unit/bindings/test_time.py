"""The hand-bound time types: what they write, and that the sandbox takes them without waiting."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cdktf
import pytest
from cdktf import TerraformOutput, TerraformStack

from constructs_lib.bindings.time import Sleep, TimeProvider
from sandbox.commands.mirror import ROOT
from sandbox.commands.platform import Platform
from tests.schema import problems

MAIN = """
import json, pathlib
from cdktf import App, TerraformStack
from constructs_lib.bindings.time import Sleep, TimeProvider

app = App()
stack = TerraformStack(app, "example")
TimeProvider(stack, "time")
wait = Sleep(stack, "wait")
for name, value in json.loads(pathlib.Path("arguments.json").read_text()).items():
    wait.add_override(name, value)  # more than is bound: the sandbox knows every argument
app.synth()
"""


def synth(stack: TerraformStack) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(cdktf.Testing.synth(stack, True))
    return content


def test_every_argument_is_written() -> None:
    stack = TerraformStack(cdktf.Testing.app(), "example")
    TimeProvider(stack, "time")
    first = Sleep(stack, "first", create_duration="30s")
    Sleep(stack, "second", create_duration="1.5m", triggers={"first": first.id}, depends_on=[first])
    TerraformOutput(stack, "over", value=first.id)
    content = synth(stack)
    assert content["resource"]["time_sleep"] == {
        "first": {"create_duration": "30s"},
        "second": {
            "create_duration": "1.5m",
            "triggers": {"first": "${time_sleep.first.id}"},
            "depends_on": ["time_sleep.first"],
        },
    }
    assert content["provider"]["time"] == [{}]
    assert content["terraform"]["required_providers"] == {
        "time": {"source": "hashicorp/time", "version": "~> 0.13"}
    }
    assert problems("example", content) == []


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A sandbox of the test's own, for a project with one wait."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    project = tmp_path / "project"
    project.mkdir()
    (project / "main.py").write_text(MAIN)
    return Platform(tmp_path / "sandbox", project)


def terraform(platform: Platform, *arguments: str) -> tuple[int, str]:
    process = platform.start_terraform("example", *arguments)
    try:
        printed, _ = process.communicate(timeout=300)  # a busy machine takes its time
    finally:
        process.kill()
    return process.returncode, printed


def synthesize(platform: Platform, arguments: Mapping[str, object]) -> None:
    """Write the stack, with these arguments for the wait."""
    (platform.folder.parent / "project" / "arguments.json").write_text(json.dumps(arguments))
    platform.synthesize()


def applied(platform: Platform, arguments: Mapping[str, object]) -> dict[str, Any]:
    """Apply the wait with these arguments, and return its state."""
    synthesize(platform, arguments)
    code, printed = terraform(platform, "apply", "-auto-approve")
    assert code == 0, printed
    code, printed = terraform(platform, "plan", "-detailed-exitcode")
    assert code == 0, printed
    return platform.attributes("example", "time_sleep.wait")


def test_the_sandbox_does_not_wait(platform: Platform) -> None:
    first = applied(platform, {"create_duration": "1h", "destroy_duration": "2h", "triggers": {"a": "1"}})
    assert first.pop("id").endswith("Z")
    assert first == {"create_duration": "1h", "destroy_duration": "2h", "triggers": {"a": "1"}}
    assert list(platform.cloud_folder.glob("time/**/*.json")) == []
    code, printed = terraform(platform, "destroy", "-auto-approve")
    assert (code, platform.managed("example")) == (0, []), printed


def test_only_other_triggers_replace_a_wait(platform: Platform) -> None:
    first = applied(platform, {"create_duration": "1h", "triggers": {"a": "1"}})
    longer = applied(platform, {"create_duration": "3h", "triggers": {"a": "1"}})
    assert longer == {**first, "create_duration": "3h"}
    synthesize(platform, {"create_duration": "3h", "triggers": {"a": "2"}})
    code, printed = terraform(platform, "plan")
    assert (code, "time_sleep.wait must be replaced" in printed) == (0, True), printed


def test_a_wait_can_be_imported(platform: Platform) -> None:
    synthesize(platform, {"create_duration": "30s"})
    (stack,) = platform.stacks()
    block = {"import": {"to": "time_sleep.wait", "id": "30s,"}}
    (stack.folder / "import.tf.json").write_text(json.dumps(block))
    code, printed = terraform(platform, "plan")
    assert (code, "Plan: 1 to import, 0 to add, 0 to change" in printed) == (0, True), printed


def test_a_duration_without_a_unit_is_refused(platform: Platform) -> None:
    synthesize(platform, {"create_duration": "30"})
    code, printed = terraform(platform, "plan")
    assert code == 1
    assert re.search(r"must be a number immediately\s+followed by ms, s, m or h, got 30", printed), printed
