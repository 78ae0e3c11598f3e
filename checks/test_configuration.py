"""What holds for every configuration, and that the Terraform is what you accepted.

That the configuration has no mistake, and no stack what none may have, is found when it is synthesized.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.accept import read_accepted
from checks.differences import differences
from checks.guide import missing_variables
from plans.stack_list import FILE, stack_list
from settings.loader import Settings
from tests.synthesized import Stack


def fail(*lines: str) -> None:
    """Fail with these lines and nothing else."""
    pytest.fail("\n".join(lines), pytrace=False)


def test_each_environment_is_a_stack(settings: Settings, stacks: dict[str, Stack]) -> None:
    wanted = set(settings.stack_names)
    if stacks.keys() != wanted:
        fail(f"The stacks are {', '.join(sorted(stacks))}, and not {', '.join(sorted(wanted))}.")


def test_every_variable_of_the_guide_is_in_its_group(settings: Settings, stacks: dict[str, Stack]) -> None:
    if missing := missing_variables(settings, stacks):
        fail("The guide's pipelines read these, and they are missing or empty:", *missing)


def test_no_id_is_left_to_fill_in(settings: Settings, deployable: bool) -> None:
    if not deployable:
        pytest.skip("make check DEPLOYABLE=1 also asks that every id is filled in")
    if settings.placeholders:
        fail("Fill these in before a deployment:", *(f"  {each}" for each in settings.placeholders))


def test_the_pipelines_know_every_stack(settings: Settings) -> None:
    if FILE.exists() and FILE.read_text(encoding="utf-8") != stack_list(settings):
        fail(f"{FILE} is not what config/ says: make generate, and commit it.")


def test_the_terraform_is_what_you_accepted(stacks: dict[str, Stack], accepted: Path) -> None:
    before = read_accepted(accepted)
    if not before:
        pytest.skip(
            "nothing is accepted yet: make accept, and changes of the Terraform are shown from then on"
        )
    if found := differences(before, stacks):
        fail(
            "The Terraform of these stacks is not what you accepted:",
            *found,
            "Read it. If it is meant: make accept, and commit checks/accepted together with config.",
        )
