"""The user's checks, run over each change that the README names. ids are filled in before, as a user does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks.accept import accept, read_accepted
from checks.differences import differences
from checks.test_configuration import *  # noqa: F403  # every check, also one that is added later
from settings.loader import Settings, load_settings
from tests.customizations import CUSTOMIZATIONS
from tests.project import copy_configuration, fill_in_ids
from tests.synthesized import Stack, synthesize_to

Edit = Callable[[Path], None]


def nothing_else(_config: Path) -> None:
    """Leave it at the ids."""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was accepted when the ids had been filled in."""
    config = copy_configuration(tmp_path_factory.mktemp("before"))
    fill_in_ids(config)
    folder = config.parent / "accepted"
    accept(synthesize_to(load_settings(config), config.parent / "out"), folder)
    return read_accepted(folder)


@pytest.fixture(scope="module", params=[nothing_else, *CUSTOMIZATIONS], ids=lambda edit: edit.__name__)
def customization(request: pytest.FixtureRequest) -> Edit:
    edit: Edit = request.param
    return edit


@pytest.fixture(scope="module")
def settings(customization: Edit, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    config = copy_configuration(tmp_path_factory.mktemp("customized"))
    fill_in_ids(config)
    customization(config)
    return load_settings(config)


@pytest.fixture(scope="module")
def stacks(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    return synthesize_to(settings, tmp_path_factory.mktemp("customized.out"))


@pytest.fixture(scope="module")
def accepted(stacks: dict[str, Stack], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("accepted")
    accept(stacks, folder)
    return folder


@pytest.fixture(scope="module")
def deployable() -> bool:
    return True


def test_before_it_is_accepted_the_stacks_that_change_are_named(
    before: dict[str, Any], stacks: dict[str, Stack], customization: Edit
) -> None:
    named = [paragraph.splitlines()[0] for paragraph in differences(before, stacks)]
    assert named == CUSTOMIZATIONS.get(customization, [])
