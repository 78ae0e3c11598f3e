from __future__ import annotations

from collections.abc import Iterator

import pytest

from client.services import Services, connect
from client.waiting import Patience
from tests.unit.client.server import ORGANIZATION, SECRET, TENANT, Server, serving


@pytest.fixture(scope="session")
def loopback(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    with serving(tmp_path_factory.mktemp("certificate")) as (server, trusted):
        yield server, str(trusted)


@pytest.fixture
def server(loopback: tuple[Server, str], monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, trusted, with an application in the environment that may sign in to it."""
    server, trusted = loopback
    server.reset()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", trusted)
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_ID", "22222222-2222-2222-2222-222222222222")
    monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)
    return server


@pytest.fixture
def services(server: Server) -> Iterator[Services]:
    patience = Patience(attempts=3, seconds=0.5, first_pause=0.01)
    with connect(ORGANIZATION, services=server.url, patience=patience) as services:
        yield services
