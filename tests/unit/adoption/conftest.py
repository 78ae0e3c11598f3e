from __future__ import annotations

from collections.abc import Iterator

import pytest

from client.services import Services, connect
from client.waiting import Patience
from tests.unit.client.server import TENANT, Server, serving


@pytest.fixture(scope="session")
def loopback(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    with serving(tmp_path_factory.mktemp("certificate")) as (server, trusted):
        yield server, str(trusted)


@pytest.fixture
def server(loopback: tuple[Server, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that answers what a test tells it to; whatever the test did, nothing but GET has reached it."""
    server, trusted = loopback
    server.reset()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", trusted)
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_ID", "22222222-2222-2222-2222-222222222222")
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "of-no-application")
    yield server
    assert {asked.method for asked in server.asked} <= {"GET"}


@pytest.fixture
def services(server: Server) -> Iterator[Services]:
    patience = Patience(attempts=2, seconds=0.2, first_pause=0.01)
    with connect(
        "https://dev.azure.com/contoso", services=server.url, read_only=True, patience=patience
    ) as services:
        yield services
