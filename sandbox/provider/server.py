"""The process that Terraform starts as a provider: ``python -m sandbox.provider.server azurerm``.

Only what serving needs is imported here: Terraform starts such a process several times in one run.
"""

from __future__ import annotations

import base64
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from tf.gen import grpc_controller_pb2 as controller_pb
from tf.gen import grpc_controller_pb2_grpc as controller_rpc
from tf.gen import grpc_stdio_pb2_grpc as stdio_rpc
from tf.gen import tfplugin_pb2_grpc as rpc

from sandbox.provider.servicer import ProviderServicer
from sandbox.tls import read_certificate

# The environment variable by which Terraform's plugin library makes itself known, and its value.
_COOKIE = ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
# Terraform sends at most ten requests at a time, and a few more for its own purposes.
_THREADS = 16
_SECONDS_TO_FINISH = 1.0
_SECONDS_BETWEEN_LOOKS = 1.0


class _Controller(controller_rpc.GRPCControllerServicer):
    """Lets Terraform end the process."""

    def __init__(self) -> None:
        self.over = threading.Event()

    def Shutdown(self, request: Any, context: Any) -> Any:  # noqa: N802  # the protocol's name
        """End the process once this is answered."""
        self.over.set()
        return controller_pb.Empty()


class _NoOutput(stdio_rpc.GRPCStdioServicer):
    """Terraform asks for the provider's output, of which there is none."""

    def StreamStdio(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802  # the protocol's name
        """Say nothing."""
        return iter(())


def serve(provider: str) -> None:
    """Serve one provider on a socket until Terraform ends it, and print the line that tells Terraform where."""
    # An interrupt goes to every process of a terminal; only Terraform is to act on it, and says what is to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    certificate = read_certificate()
    controller = _Controller()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=_THREADS))
    rpc.add_ProviderServicer_to_server(ProviderServicer(provider), server)  # type: ignore[no-untyped-call]  # generated
    controller_rpc.add_GRPCControllerServicer_to_server(controller, server)  # type: ignore[no-untyped-call]  # generated
    stdio_rpc.add_GRPCStdioServicer_to_server(_NoOutput(), server)  # type: ignore[no-untyped-call]  # generated
    with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
        socket = Path(folder) / "provider.sock"
        server.add_secure_port(
            f"unix://{socket}",
            grpc.ssl_server_credentials([(certificate.key_pem, certificate.certificate_pem)]),
        )
        server.start()
        encoded = base64.b64encode(certificate.certificate_der).decode().rstrip("=")
        sys.stdout.write(f"1|6|unix|{socket}|grpc|{encoded}\n")
        sys.stdout.flush()
        parent = os.getppid()
        # Terraform may be killed: a provider without it has nobody to serve.
        while not controller.over.wait(_SECONDS_BETWEEN_LOOKS) and os.getppid() == parent:
            pass
        server.stop(_SECONDS_TO_FINISH).wait()


def main() -> None:
    """Serve the provider named on the command line, if Terraform asks."""
    name, value = _COOKIE
    if os.environ.get(name) != value:
        sys.exit("This program is a plugin: Terraform starts it. See python -m sandbox --help.")
    serve(sys.argv[1])


if __name__ == "__main__":
    main()
