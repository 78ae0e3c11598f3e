"""The platform, deployed once to the sandbox for all of these tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.commands.platform import Platform
from tests.conftest import REPOSITORY

CODE = ("main.py", "settings", "stacks", "constructs_lib", "facts", "config")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose configuration tests may edit."""
    folder = tmp_path_factory.mktemp("project")
    for name in CODE:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    if (REPOSITORY / ".cache").exists():
        shutil.copytree(REPOSITORY / ".cache", folder / ".cache")
    return folder


@pytest.fixture(scope="session")
def deployed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """All stacks of the checked-in configuration, deployed through cdktf."""
    platform = Platform(tmp_path_factory.mktemp("sandbox"), project)
    platform.synthesize()
    platform.deploy()
    return platform


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
