"""What was accepted: how it is written, and how a change of it is told."""

from __future__ import annotations

import copy
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from checks.accept import accept, read_accepted
from checks.differences import differences
from checks.terraform import NotSynthesizedError, read_synthesized
from tests.synthesized import Stack

CLUSTER = "azurerm_machine_learning_compute_cluster"
TERRAFORM: dict[str, Any] = {
    "provider": {"azurerm": [{"tenant_id": "1"}]},
    "terraform": {"required_version": ">= 1"},
    "resource": {CLUSTER: {"scoring": {"name": "scoring", "scale": [{"max": 4}], "tags": {}}}},
    "data": {"azurerm_client_config": {"current": {}}},
}


def stack(name: str = "mlops-dev") -> Stack:
    return Stack(name, copy.deepcopy(TERRAFORM))


def told(changed: Stack) -> list[str]:
    """The lines about a change of the stack above, without its name."""
    paragraphs = differences({changed.name: TERRAFORM}, {changed.name: changed})
    lines = "\n".join(paragraphs).splitlines()
    assert lines[0] == changed.name
    return [line.removeprefix("  ") for line in lines[1:]]


def test_what_is_accepted_is_read_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "accepted"
    assert read_accepted(folder) == {}
    stacks = {"mlops-dev": stack(), "mlops-test": stack("mlops-test")}
    assert accept(stacks, folder) == ["mlops-dev (new)", "mlops-test (new)"]
    assert read_accepted(folder) == {"mlops-dev": TERRAFORM, "mlops-test": TERRAFORM}
    assert differences(read_accepted(folder), stacks) == []


def test_accepting_names_what_is_not_as_before(tmp_path: Path) -> None:
    accept({"mlops-dev": stack(), "mlops-test": stack("mlops-test")}, tmp_path)
    (tmp_path / "notes.md").write_text("mine")
    changed = stack()
    changed.at(f"{CLUSTER}.scoring")["name"] = "other"
    stacks = {"mlops-dev": changed, "mlops-prod": stack("mlops-prod")}
    assert accept(stacks, tmp_path) == [
        "mlops-dev (changed)",
        "mlops-prod (new)",
        "mlops-test (removed)",
    ]
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["mlops-dev.json", "mlops-prod.json", "notes.md"]
    assert accept(stacks, tmp_path) == []


def test_the_order_of_keys_is_no_change(tmp_path: Path) -> None:
    accept({"mlops-dev": stack()}, tmp_path)
    turned = Stack("mlops-dev", dict(reversed(TERRAFORM.items())))
    assert accept({"mlops-dev": turned}, tmp_path) == []


def test_a_stack_that_came_and_one_that_went() -> None:
    assert differences({"mlops-dev": TERRAFORM}, {"mlops-eu": stack("mlops-eu")}) == [
        "mlops-dev\n  accepted, and no longer in the configuration",
        "mlops-eu\n  a new stack, resources: 1",
    ]


def test_values_that_changed_are_told_old_and_new() -> None:
    changed = stack()
    changed.at(f"{CLUSTER}.scoring.scale.0")["max"] = 8
    changed.at(f"{CLUSTER}.scoring")["tags"] = {"team": "eu\u200b"}
    changed.terraform["provider"]["azurerm"][0]["tenant_id"] = "2"
    assert told(changed) == [
        f"~ {CLUSTER}.scoring.scale.0.max: 4 -> 8",
        f"~ {CLUSTER}.scoring.tags: {{}} -> nothing",
        f'~ {CLUSTER}.scoring.tags.team: nothing -> "eu\\u200b"',
        '~ provider.azurerm.0.tenant_id: "1" -> "2"',
    ]


def test_blocks_that_came_and_went() -> None:
    changed = stack()
    changed.terraform["resource"][CLUSTER] = {"training": {}}
    changed.terraform["data"] = {}
    changed.terraform["moved"] = [{"from": "a", "to": "b"}]
    assert told(changed) == [
        f"- {CLUSTER}.scoring",
        f"+ {CLUSTER}.training",
        "- data.azurerm_client_config.current",
        "+ moved",
    ]


def test_many_changes_are_cut_short_and_long_values_too() -> None:
    changed = stack()
    changed.terraform["variable"] = {f"v{number:02}": {} for number in range(40)}
    changed.at(f"{CLUSTER}.scoring")["name"] = "x" * 500
    lines = told(changed)
    assert len(lines) == 16
    assert lines[-1] == "... and 26 more"
    assert len(lines[0]) < 160


def test_an_id_that_stands_in_many_places_is_told_once() -> None:
    before, changed = stack(), stack()
    for made, subscription in ((before, "0000-0000-00"), (changed, "abcd-ef12-34")):
        made.terraform["locals"] = {
            **{f"scope{number}": f"/subscriptions/{subscription}/rg/{number}" for number in range(3)},
            "other": subscription,
            "long": f"{'x' * 80}{subscription}",
        }
    assert differences({"mlops-dev": before.terraform}, {"mlops-dev": changed}) == [
        "mlops-dev\n  ~ locals.long: 0000-0000-00 -> abcd-ef12-34 (in 5 places)"
    ]


def test_small_changes_are_each_told_where_they_are() -> None:
    before, changed = stack(), stack()
    before.terraform["locals"] = {"a": "Standard", "b": "Standard", "c": 1, "d": 1}
    changed.terraform["locals"] = {"a": "Standard2", "b": "Standard2", "c": 2, "d": 2}
    assert differences({"mlops-dev": before.terraform}, {"mlops-dev": changed}) == [
        'mlops-dev\n  ~ locals.a: "Standard" -> "Standard2"\n  ~ locals.b: "Standard" -> "Standard2"\n'
        "  ~ locals.c: 1 -> 2\n  ~ locals.d: 1 -> 2"
    ]


def test_one_more_than_fit_is_shown_and_not_counted() -> None:
    changed = stack()
    changed.terraform["variable"] = {f"v{number:02}": {} for number in range(16)}
    assert told(changed)[-1] == "+ variable.v15"


# --- Which Terraform it is -----------------------------------------------------------------------------------


@pytest.fixture
def project(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an old ``config/``, and what the guide became in ``cdktf.out/``."""
    monkeypatch.delenv("CDKTF_OUTDIR", raising=False)
    shutil.copytree(written, tmp_path / "cdktf.out")
    (tmp_path / "config").mkdir()
    os.utime(tmp_path / "config", (0, 0))
    return tmp_path


def test_the_last_synthesis_is_read(project: Path, stacks: dict[str, Stack]) -> None:
    (project / "cdktf.out" / "stacks" / "mlops-gone").mkdir()  # of an environment that there is no more
    (project / "cdktf.out" / "stacks" / "mlops-gone" / "cdk.tf.json").write_text("{}")
    found = read_synthesized(project / "config")
    assert {name: stack.terraform for name, stack in found.items()} == {
        name: stack.terraform for name, stack in stacks.items()
    }


def test_without_a_synthesis_there_is_nothing_to_check(project: Path) -> None:
    shutil.rmtree(project / "cdktf.out")
    with pytest.raises(NotSynthesizedError, match=r"cdktf\.out holds no stacks yet: run make check"):
        read_synthesized(project / "config")


def test_a_configuration_that_was_edited_after_the_synthesis(project: Path) -> None:
    later = (project / "cdktf.out" / "manifest.json").stat().st_mtime + 1
    edited = project / "config" / "platform.yaml"
    edited.touch()
    os.utime(edited, (later, later))
    with pytest.raises(NotSynthesizedError, match=r"^config/ is newer than .*: run make check"):
        read_synthesized(project / "config")
