"""Unknown, mistyped, misplaced and missing keys: one message each, with the key that was meant."""

from __future__ import annotations

import pytest

from tests.unit.settings.configuration import (
    DEV,
    PLATFORM,
    PROD,
    TEST,
    Configuration,
    Mistake,
    assert_one_problem,
)

BACKUP = "backup:\n  vault: mlops-prod-backup\n  frequency: Daily\n  retention: 30\n  geo_redundant: true\n"
BACKEND = "backend:\n  type: local"
AZURERM = """\
  type: azurerm
  subscription_id: "00000000-0000-0000-0000-000000000000"
  resource_group: rg
  storage_account: mystate
"""

MISTAKES = {
    "a mistyped key": Mistake(
        DEV, "max_nodes: 4", "«max_node: 4", "compute.training_cluster.max_node",
        "the unknown key max_node", "name, vm_size, min_nodes, max_nodes, idle_time",
        "did you mean max_nodes?",
    ),
    "a mistyped optional key": Mistake(
        TEST, "canary_traffic: 50", "«canary_trafic: 50", "deployment.canary_trafic",
        "the unknown key canary_trafic", "canary_traffic", "did you mean canary_traffic?",
    ),
    "a mistyped optional section": Mistake(
        PROD, "approval_environment:", "«aproval_environment:", "aproval_environment",
        "the unknown key", "approval_environment", "did you mean approval_environment?",
    ),
    "a mistyped variable": Mistake(
        PLATFORM, "monitoringMaxWaitHours:", "«monitoringMaxWaitHrs:",
        "pipeline_settings.monitoringMaxWaitHrs",
        "the unknown key", "monitoringMaxWaitHours", "did you mean monitoringMaxWaitHours?",
    ),
    "a key in another case": Mistake(
        DEV, "vm_size:", "«VM_Size:", "compute.training_cluster.VM_Size",
        "the unknown key VM_Size", "vm_size", "did you mean vm_size?",
    ),
    "a field's Python name": Mistake(
        PLATFORM, "pythonVersion:", "«python_version:", "pipeline_settings.python_version",
        "the unknown key", "pythonVersion", "did you mean pythonVersion?",
    ),
    "an unknown key": Mistake(
        DEV, "tier: dev\n", "tier: dev\n«colour: red\n", "colour",
        "the unknown key colour", "name, tier", "remove it",
    ),
    "a key that is there already": Mistake(
        DEV, "tier: dev\n", "tier: dev\n«names: x\n", "names",
        "the unknown key names", "name, tier", "remove it",
    ),
    "a key far too long": Mistake(
        DEV, "tier: dev\n", f"tier: dev\n«{'k' * 500}: x\n", "k" * 57 + "...",
        "kkk...", "name, tier", "remove it",
    ),
    "a number as key": Mistake(
        DEV, "tier: dev\n", "tier: dev\n«1: x\n", "1",
        "the unknown key 1", "name, tier", "remove it",
    ),
    "a truth value as key": Mistake(
        DEV, "tier: dev\n", "tier: dev\n«true: x\n", "true",
        "the unknown key true", "name, tier", "remove it",
    ),
    "null as key": Mistake(
        DEV, "tier: dev\n", "tier: dev\n«null: x\n", "null",
        "the unknown key null", "name, tier", "remove it",
    ),
    "a key indented too little": Mistake(
        DEV, "  datasets: 60", "«datasets: 60", "datasets",
        "the unknown key", "name, tier", "move it below retention",
    ),
    "a section indented too much": Mistake(
        PROD, BACKUP, "  «" + BACKUP.replace("\n  ", "\n    "), "retention.backup",
        "the unknown key", "models", "move it to the left margin",
    ),
    "a key of the other backend": Mistake(
        PLATFORM, "type: local", "type: local\n  «container: tfs", "backend.container",
        "the unknown key container", "type", "remove it",
    ),
    "a mistyped key in a backend": Mistake(
        PLATFORM, "  type: local\n", f"{AZURERM}  «containr: tfs\n", "backend.containr",
        "the unknown key containr", "container", "did you mean container?",
    ),
    "a missing key": Mistake(
        DEV, "workspace:\n  name: mlops-dev-workspace\n", "«workspace:\n", "workspace.name",
        "nothing", "the key name. Name of the workspace", "add name",
    ),
    "a missing section": Mistake(
        PLATFORM, BACKEND, "", "backend",
        "nothing", "the key backend. Where Terraform keeps its state", "add backend",
    ),
    "a missing key of the file": Mistake(
        DEV, "tier: dev\n", "", "tier",
        "nothing", "the key tier. dev, test or prod", "add tier",
    ),
    "a key that is no variable": Mistake(
        DEV, "    developers: Administrator",
        "    developers: Administrator\n  extra_variables: {«my-flag: a}",
        "variable_group.extra_variables.my-flag",
        '"my-flag"', "letters, digits and underscores", "write it like",
    ),
    "a key that is no team": Mistake(
        PLATFORM, "  leads: {", "  «Leads: {", "teams.Leads",
        '"Leads"', "lower-case letters", "write it like",
    ),
    "a key that is no tag": Mistake(
        PLATFORM, "  platform: mlops", "  «cost center: mlops", "tags.cost center",
        '"cost center"', "without blanks", "write it like",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_mistake(configuration: Configuration, mistake: Mistake) -> None:
    assert_one_problem(configuration, mistake)
