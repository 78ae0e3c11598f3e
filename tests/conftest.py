"""What the tests share: four configurations, each synthesized once. None of them is the user's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings.loader import Settings, load_settings
from tests.project import COMPANY, REPOSITORY, close_everything, copy_configuration, use_every_option
from tests.synthesized import Stack, read_stacks, synthesize_to

THEIRS = tuple(str(REPOSITORY / name) for name in ("config", "checks/accepted", "checks/skips.yaml"))


def _keep_out(event: str, arguments: tuple[object, ...]) -> None:
    # Without a mode it is os.open, whose names may be relative to another folder than this process is in.
    if event == "open" and isinstance(arguments[0], str) and arguments[1] is not None:
        path = os.path.abspath(arguments[0])  # noqa: PTH100  # for every file: quick, and opens none itself
        if path.startswith(THEIRS):
            theirs = Path(path).relative_to(REPOSITORY)
            raise AssertionError(f"The project's own tests do not read {theirs}: use guide/.")


sys.addaudithook(_keep_out)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The guide, as the ``config/`` that a user starts with."""
    return load_settings(copy_configuration(tmp_path_factory.mktemp("guide")))


@pytest.fixture(scope="session")
def written(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with what that configuration becomes. For reading only."""
    folder = tmp_path_factory.mktemp("cdktf.out")
    synthesize_to(settings, folder)
    return folder


@pytest.fixture(scope="session")
def stacks(written: Path) -> dict[str, Stack]:
    """The stacks of that configuration, by name."""
    return read_stacks(written)


@pytest.fixture(scope="session")
def variant(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    """The stacks of a configuration with real ids, remote state, a fifth environment and every option."""
    config = copy_configuration(tmp_path_factory.mktemp("variant"))
    use_every_option(config)
    return synthesize_to(load_settings(config), tmp_path_factory.mktemp("variant.out"))


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    """The stacks when nothing at all is open to public networks, and prod uses the zones of a hub."""
    config = copy_configuration(tmp_path_factory.mktemp("closed"))
    close_everything(config)
    return synthesize_to(load_settings(config), tmp_path_factory.mktemp("closed.out"))


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    """The stacks of ``examples/company/``, which uses everything that the guide does not have."""
    config = copy_configuration(tmp_path_factory.mktemp("company"), COMPANY)
    return synthesize_to(load_settings(config), tmp_path_factory.mktemp("company.out"))


@pytest.fixture
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A file system of the size that the test names, such as 64k, where root may make one; it gets full for real."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={request.param}", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small file system, and not everywhere")
    yield place
    subprocess.run(["umount", str(place)], check=True)
