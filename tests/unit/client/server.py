"""A loopback HTTPS server with service discovery and a token endpoint, that answers what a test tells it to."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from sandbox.tls import certificate_in, new_certificate

ORGANIZATION = "https://dev.azure.com/contoso"
SECRET = "the-secret-of-the-application"  # noqa: S105  # Of no application.
TENANT = "11111111-1111-1111-1111-111111111111"
DEVOPS, GRAPH, AZURE = "/devops/contoso", "/graph/contoso", "/azure"


@dataclass(frozen=True)
class Reply:
    """What is answered: a text as it is, anything else as JSON."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    broken: bool = False
    """The connection ends instead."""


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    query: Mapping[str, str]
    token: str
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)


class Server:
    """Answers each path with its replies one after the other; the last one stays."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.reset()

    def reset(self) -> None:
        self.asked: list[Asked] = []
        self.tokens: list[str] = []
        """All tokens that were made, in their order."""
        self.scopes: list[str] = []
        """What they were asked for."""
        self.echo: Callable[[str], Reply] | None = None
        """Answers everything that comes with a token."""
        self.token_reply: Reply | None = None
        self.secret_seen = ""
        self._replies: dict[tuple[str, str], list[Reply]] = {}
        self.answer(
            "GET",
            "/metadata/endpoints",
            Reply(
                {
                    "authentication": {
                        "loginEndpoint": self.url,
                        "audiences": ["https://management.azure.com/"],
                    },
                    "resourceManager": self.url + AZURE,
                    "azureDevOps": self.url + "/devops",
                    "azureDevOpsGraph": self.url + "/graph/",
                }
            ),
        )

    def answer(self, method: str, path: str, *replies: Reply) -> None:
        self._replies[method, path] = list(replies)

    def lists(self, path: str, *values: object) -> None:
        """Answer a list in one page."""
        self.answer("GET", path, Reply({"count": len(values), "value": list(values)}))

    def calls(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    def reply(self, asked: Asked, form: Mapping[str, str]) -> Reply:
        if asked.path.endswith("/.well-known/openid-configuration"):
            base = f"{self.url}/{TENANT}"
            return Reply(
                {
                    "issuer": f"{base}/v2.0",
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                }
            )
        if asked.path.endswith("/oauth2/v2.0/token"):
            self.secret_seen = form["client_secret"]
            if self.token_reply:
                return self.token_reply
            self.scopes.append(form["scope"].split(" ")[0])
            self.tokens.append(f"opaque-{len(self.tokens)}-{form['scope'][:8]}-{len(self.asked)}")
            return Reply({"token_type": "Bearer", "expires_in": 3600, "access_token": self.tokens[-1]})
        self.asked.append(asked)
        if self.echo and asked.token:
            return self.echo(asked.token)
        replies = self._replies.get((asked.method, asked.path), [Reply({"message": "nothing here"}, 404)])
        return replies.pop(0) if len(replies) > 1 else replies[0]


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Server, Path]]:
    """Serve until the end of the block. The second value is the file with the certificate to trust."""
    made = folder / "made.json"
    made.write_text(new_certificate())
    certificate = certificate_in(made)
    chain = folder / "chain.pem"
    chain.write_bytes(certificate.key_pem + certificate.certificate_pem)
    trusted = folder / "trusted.pem"
    trusted.write_bytes(certificate.certificate_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # Headers and body in one packet: the second would wait for the first.

        def handle(self) -> None:
            # In the connection's own thread: a client that does not trust the certificate ends only this one.
            self.request.settimeout(5)
            try:
                self.request.do_handshake()
                super().handle()
            except OSError:
                pass

        def _any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            text = self.rfile.read(length).decode()
            parts = urlsplit(self.path)
            is_json = "json" in self.headers.get("Content-Type", "")
            reply = server.reply(
                Asked(
                    self.command,
                    parts.path,
                    dict(parse_qsl(parts.query)),
                    self.headers.get("Authorization", ""),
                    json.loads(text) if is_json else None,
                    dict(self.headers.items()),
                ),
                {} if is_json else dict(parse_qsl(text)),
            )
            if reply.broken:
                self.close_connection = True
                return
            is_text = isinstance(reply.body, str)
            content = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
            body = content.encode("utf-8", "surrogateescape") if reply.body is not None else b""
            self.send_response(reply.status)
            headers = {"Content-Type": "text/html" if is_text else "application/json", **reply.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815  # http.server looks for them.

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.socket = context.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
    server = Server(f"https://localhost:{http.server_address[1]}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server, trusted
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
