"""One door for all tests here, and behind it the Library of the guide anew for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.rest.server import OpenDoor, open_door
from sandbox.services.seed import seed
from tests.project import GUIDE, copy_configuration
from tests.unit.library.library import Library


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OpenDoor, Library]]:
    """The door and what is behind it; the pages are small, so that there is more than one."""
    cloud = seed(tmp_path_factory.mktemp("library") / "cloud")
    with open_door(cloud, page_size=4) as door:
        yield door, Library(cloud)


@pytest.fixture
def library(opened: tuple[OpenDoor, Library], monkeypatch: pytest.MonkeyPatch) -> Library:
    """The Library as the guide's first deployment leaves it, for whoever is signed in."""
    door, library = opened
    for name, value in door.environment().items():
        monkeypatch.setenv(name, value)
    library.deploy(GUIDE)
    return library


@pytest.fixture
def config(tmp_path: Path, library: Library) -> Path:
    """A configuration that the Library has been deployed from."""
    return copy_configuration(tmp_path)
