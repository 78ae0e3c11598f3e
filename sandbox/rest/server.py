"""Opens the door on a free port of this machine, for as long as somebody needs it."""

from __future__ import annotations

import asyncio
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from sandbox.cloud.store import Cloud
from sandbox.rest.door import DEVOPS_PATH, PAGE_SIZE, Door
from sandbox.rest.tokens import Directory
from sandbox.tls import new_certificate, parsed

_HOST = "127.0.0.1"
_BETWEEN_LOOKS = 0.01


@dataclass(frozen=True)
class OpenDoor:
    """A door that is open: its address, the file of its certificate, and who may come in."""

    address: str
    certificate: Path
    directory: Directory

    def environment(self) -> Mapping[str, str]:
        """Return the variables with which a client comes in: the address, the certificate, and how to sign in."""
        return {
            "MLOPS_SERVICES": self.address,
            "REQUESTS_CA_BUNDLE": str(self.certificate),
            "SSL_CERT_FILE": str(self.certificate),
            **self.directory.variables(self.address),
        }

    def job(self) -> Mapping[str, str]:
        """Return the variables that a job of Azure Pipelines has besides, to ask for identity tokens."""
        job = "mlops/_apis/distributedtask/hubs/build/plans/1/jobs/1"
        return {
            "SYSTEM_ACCESSTOKEN": self.directory.job_token,
            "SYSTEM_OIDCREQUESTURI": f"{self.address}{DEVOPS_PATH}/contoso/{job}/oidctoken",
        }


@contextmanager
def open_door(cloud: Cloud, *, token_seconds: float = 3600, page_size: int = PAGE_SIZE) -> Iterator[OpenDoor]:
    """Open a door over a cloud; ServiceError for a fault that means nothing.

    The certificate, its key and the secret are new each time. The two files lie in a folder that only their owner may
    enter and that is gone afterwards, the secret in none.
    """
    directory = Directory(_tenant(cloud), lifetime=token_seconds)
    door = Door(cloud, directory, page_size=page_size)
    with tempfile.TemporaryDirectory(prefix="sandbox-door-") as folder, _socket() as listening:
        certificate, key = Path(folder) / "certificate.pem", Path(folder) / "key.pem"
        made = parsed(new_certificate())
        certificate.write_bytes(made.certificate_pem)
        key.write_bytes(made.key_pem)
        listening.bind((_HOST, 0))
        door.address = f"https://{_HOST}:{listening.getsockname()[1]}"
        server = uvicorn.Server(
            uvicorn.Config(
                door,
                ssl_certfile=str(certificate),
                ssl_keyfile=str(key),
                lifespan="off",
                ws="none",
                http="h11",
                log_config=None,
                access_log=False,
                server_header=False,
                log_level="critical",
                timeout_graceful_shutdown=0,
            )
        )
        thread = threading.Thread(target=asyncio.run, args=(_serve(server, listening),), name="door")
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(_BETWEEN_LOOKS)
            yield OpenDoor(door.address, certificate, directory)
        finally:
            server.should_exit = True
            thread.join()


def _socket() -> socket.socket:
    """Return a socket that names its protocol: only then does asyncio send at once, without a wait of 40 ms."""
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)


async def _serve(server: uvicorn.Server, listening: socket.socket) -> None:
    """Serve until told otherwise, then hang up on clients that keep connections open for later."""
    await server.serve([listening])
    for connection in list(server.server_state.connections):
        connection.transport.abort()
    while server.server_state.connections:
        await asyncio.sleep(0)


def _tenant(cloud: Cloud) -> str:
    """Return the tenant of the cloud's subscriptions, or one that means nothing."""
    tenants = (item.attributes.get("tenant_id") for item in cloud.resources("azurerm_subscription"))
    return next((str(tenant) for tenant in tenants if tenant), "00000000-0000-0000-0000-000000000000")
