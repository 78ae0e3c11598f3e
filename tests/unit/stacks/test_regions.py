"""The model registry in further regions."""

from __future__ import annotations

from pathlib import Path

from settings.loader import load_settings
from tests.project import copy_configuration, replace
from tests.synthesized import Stack, synthesize_to

REGISTRY = "azapi_resource.registry"


def test_a_further_region_changes_the_registry_and_nothing_else(
    stacks: dict[str, Stack], tmp_path: Path
) -> None:
    config = copy_configuration(tmp_path)
    replace(
        config / "platform.yaml", ("  log_retention: 90\n", "  log_retention: 90\n  regions: [westeurope]\n")
    )
    changed = synthesize_to(load_settings(config), tmp_path / "out")
    regions = changed["mlops-registry"].at(f"{REGISTRY}.body.properties.regionDetails")
    assert [region["location"] for region in regions] == ["eastus", "westeurope"]
    del regions[1:]
    assert changed.keys() == stacks.keys()
    for name, stack in stacks.items():
        # The messages about placeholders name lines, which have moved.
        assert without_messages(changed[name]) == without_messages(stack), name


def without_messages(stack: Stack) -> dict[str, object]:
    return {key: value for key, value in stack.terraform.items() if key != "variable"}
