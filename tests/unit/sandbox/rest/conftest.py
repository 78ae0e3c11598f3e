"""A door over the cloud of a test, and a client that is signed in by the real azure-identity."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.cloud.store import Cloud
from sandbox.rest.server import OpenDoor, open_door
from tests.unit.sandbox.rest.visitor import Visitor


@pytest.fixture
def door(cloud: Cloud) -> Iterator[OpenDoor]:
    """The door over the cloud of the test, with pages of three."""
    with open_door(cloud, page_size=3) as opened:
        yield opened


@pytest.fixture
def visitor(door: OpenDoor, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Somebody who comes in with the environment that the door gives."""
    for name, value in door.environment().items():
        monkeypatch.setenv(name, value)
    return Visitor(door.address)
