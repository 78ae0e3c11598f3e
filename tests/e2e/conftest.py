"""The platform, deployed once to the sandbox for all of these tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.commands.platform import Platform
from tests.e2e.terraform import deploy
from tests.project import copy_project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose configuration tests may edit."""
    return copy_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def deployed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """All stacks of the guide. Leave them as they are: the tests come in any order."""
    return deploy(tmp_path_factory.mktemp("sandbox"), project)


@pytest.fixture
def edited(project: Path, deployed: Platform) -> Iterator[Path]:
    """The folder of the configuration, for editing; put back after the test."""
    config = project / "config"
    kept = project / "config.kept"
    shutil.copytree(config, kept)
    yield config
    shutil.rmtree(config)
    kept.rename(config)
    deployed.synthesize()
