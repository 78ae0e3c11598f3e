"""The one place that every request of the client goes through."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TypeVar
from urllib.parse import quote, urlsplit

from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.core.pipeline import Pipeline
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest, HttpResponse
from requests import PreparedRequest, Session

from client.answers import Asked, content_of, is_sign_in, no_token, unreachable
from client.calls import Call
from client.errors import ReadOnlyError, UnexpectedAnswerError
from client.fields import FieldError, read
from client.sign_in import SignIn, SignInPolicy, known_secrets
from client.waiting import Patience, WaitingPolicy

T = TypeVar("T")
Query = Mapping[str, str | int | None]
"""Parameters of a query. One that is None is not sent."""

READING_POSTS = (
    re.compile(
        r"/subscriptions/[^/]+/providers/Microsoft\.(Storage|KeyVault|ContainerRegistry)/checkNameAvailability$"
    ),
)
"""The calls that read although they are POSTs: these, and nothing but GET, a client that only reads may send."""

_HEADERS = {
    "Accept": "application/json",
    "User-Agent": "mlops",
    # Azure DevOps then answers 401 where it would otherwise lead to a page to sign in on.
    "X-TFS-FedAuthRedirect": "Suppress",
}
_CONNECT_SECONDS = 10
_READ_SECONDS = 60


class Api:
    """The calls of one service, below one address."""

    def __init__(
        self,
        name: str,
        address: str,
        sign_in: tuple[SignIn, str] | None,
        *,
        read_only: bool,
        patience: Patience,
    ) -> None:
        """Open the service ``name`` at ``address``, without asking it anything yet.

        ``sign_in`` is where tokens come from and for which scope; without it requests carry none. With
        ``read_only`` whatever does not read raises :class:`ReadOnlyError` and is not sent.
        """
        self.name = name
        self.address = address.rstrip("/")
        self.read_only = read_only
        session = Session()
        # Otherwise requests puts a password of ~/.netrc, where git looks for one too, in the place of the token.
        session.auth = _unchanged
        transport = RequestsTransport(
            session=session, connection_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS
        )
        self._tokens = [SignInPolicy(*sign_in, is_sign_in)] if sign_in else []
        self._transport = transport
        self._pipeline = Pipeline[HttpRequest, HttpResponse](
            transport, [WaitingPolicy(patience), *self._tokens]
        )

    def __repr__(self) -> str:
        """Show the service and its address."""
        return f"Api({self.name!r}, {self.address!r})"

    def close(self) -> None:
        """Close the connections. The next call would need a new one: it fails."""
        for policy in self._tokens:
            policy.close()
        self._transport.close()

    def get(self, kind: type[T], call: Call, query: Query | None = None, **parts: str | int) -> T:
        """Make a call that reads one thing, and return it as ``kind``. ``parts`` are the names in its path.

        Raises a :class:`client.errors.ServiceError`. Some calls say by 200 and ``null`` that there is nothing: that is
        a :class:`client.errors.NotFoundError` like any other.
        """
        asked, content = self._send("GET", call, query, parts)
        if content is None:
            raise asked.not_found("there is none: the service answers with nothing", 200)
        return self._typed(kind, asked, content)

    def find(self, kind: type[T], call: Call, query: Query | None = None, **parts: str | int) -> T | None:
        """Make a call that reads one thing, and return it, or None where the answer is ``null`` or empty.

        Raises a :class:`client.errors.ServiceError`, also for a 404: then what it belongs to is not there.
        """
        asked, content = self._send("GET", call, query, parts)
        return None if content is None else self._typed(kind, asked, content)

    def listed(
        self, kind: type[T], call: Call, query: Query | None = None, **parts: str | int
    ) -> Iterator[T]:
        """Make a call that lists, and return what it lists, page by page, as it is asked for.

        Follows the header ``x-ms-continuationtoken`` and ``continuationToken`` of Azure DevOps, and ``nextLink`` of
        Azure Resource Manager. A page that comes twice, or is at another host, is an error. Raises a
        :class:`client.errors.ServiceError`, also between two items.
        """
        seen: set[str] = set()
        asked, response, content = self._exchange(self._request("GET", call, query, parts), call)
        while True:
            yield from self._items(kind, asked, content)
            following = self._following(asked, response, content)
            if following is None:
                return
            parameter, text = following
            if text in seen:
                raise asked.unexpected(f"the same {parameter} came twice: the pages have no end")
            seen.add(text)
            if parameter == "nextLink":
                request = HttpRequest("GET", text, headers=_HEADERS)
            else:
                request = self._request("GET", call, {**(query or {}), "continuationToken": text}, parts)
            asked, response, content = self._exchange(request, call)

    def skipped(self, kind: type[T], call: Call, size: int, **parts: str | int) -> Iterator[T]:
        """Make a call that lists by ``$top`` and ``$skip``, in pages of ``size``, and return what it lists.

        Raises what :meth:`listed` does.
        """
        before: object = None
        for skip in _steps(size):
            asked, content = self._send("GET", call, {"$top": size, "$skip": skip}, parts)
            if content == before:
                raise asked.unexpected("the same page came twice: the pages have no end")
            items = list(self._items(kind, asked, content))
            yield from items
            if len(items) < size:
                return
            before = content

    def post(self, kind: type[T], call: Call, body: object, **parts: str | int) -> T:
        """Send something new, or ask one of :data:`READING_POSTS`. Returns what the service answers."""
        return self._typed(kind, *self._send("POST", call, None, parts, body))

    def put(self, kind: type[T], call: Call, body: object, **parts: str | int) -> T:
        """Replace something as a whole. Returns what the service has made of it."""
        return self._typed(kind, *self._send("PUT", call, None, parts, body))

    def patch(self, kind: type[T], call: Call, body: object, **parts: str | int) -> T:
        """Change something. Returns what the service has made of it."""
        return self._typed(kind, *self._send("PATCH", call, None, parts, body))

    def _send(
        self,
        method: str,
        call: Call,
        query: Query | None,
        parts: Mapping[str, str | int],
        body: object = None,
    ) -> tuple[Asked, object]:
        asked, _, content = self._exchange(self._request(method, call, query, parts, body), call)
        return asked, content

    def _request(
        self,
        method: str,
        call: Call,
        query: Query | None,
        parts: Mapping[str, str | int],
        body: object = None,
    ) -> HttpRequest:
        quoted = {
            # An id of Azure Resource Manager is a path itself.
            name: quote(str(part).strip("/"), safe="/") if name == "arm_id" else quote(str(part), safe="")
            for name, part in parts.items()
        }
        given = {name: value for name, value in (query or {}).items() if value is not None}
        pairs = "&".join(
            f"{quote(name, safe='$')}={quote(str(value), safe='')}"
            for name, value in {**given, "api-version": call.version}.items()
        )
        url = f"{self.address}/{call.path.format_map(quoted)}?{pairs}"
        if body is None:
            return HttpRequest(method, url, headers=_HEADERS)
        headers = {**_HEADERS, "Content-Type": "application/json"}
        return HttpRequest(method, url, content=json.dumps(body).encode(), headers=headers)

    def _exchange(self, request: HttpRequest, call: Call) -> tuple[Asked, HttpResponse, object]:
        """Send one request and return its answer. Raises a :class:`client.errors.ServiceError`."""
        asked = Asked(self.name, request.method, request.url.partition("?")[0], call.needs)
        if self.read_only and not _reads(request):
            raise ReadOnlyError(
                asked.line, "not sent: this command only reads", "report this as a defect of the command"
            )
        try:
            answer = self._pipeline.run(request)
        except ClientAuthenticationError as error:  # CredentialUnavailableError is one.
            raise no_token(asked, error, known_secrets()) from None
        except AzureError as error:
            raise unreachable(asked, error) from None
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        content = content_of(asked, answer, [token, *known_secrets()])
        return asked, answer.http_response, content

    def _typed(self, kind: type[T], asked: Asked, content: object) -> T:
        try:
            return read(kind, content)
        except FieldError as error:
            raise asked.unexpected(f"{error}") from None

    def _items(self, kind: type[T], asked: Asked, content: object) -> Iterator[T]:
        items = content.get("value") if isinstance(content, dict) else None
        if not isinstance(items, list):
            raise asked.unexpected("value is missing, or not a list")
        for number, item in enumerate(items):
            try:
                one = read(kind, item, f"value[{number}]")
            except FieldError as error:
                raise asked.unexpected(f"{error}") from None
            yield one

    def _following(self, asked: Asked, response: HttpResponse, content: object) -> tuple[str, str] | None:
        """Return how the next page is asked for: the parameter and its value, or the link to it."""
        assert isinstance(content, dict)  # noqa: S101  # _items has looked.
        token = response.headers.get("x-ms-continuationtoken") or content.get("continuationToken")
        if token:
            # Graph documents it as a list of one.
            return "continuationToken", str(token[0] if isinstance(token, list) else token)
        link = content.get("nextLink")
        if not link:
            return None
        if origin(str(link)) != origin(self.address):
            raise UnexpectedAnswerError(
                asked.line,
                f"the next page is at another host, {urlsplit(str(link)).netloc}: the token is not sent there",
                "use no proxy that rewrites answers, and check the address of the service",
            )
        return "nextLink", str(link)


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port of an address. Azure Resource Manager writes the port 443 into some links."""
    parts = urlsplit(url)
    try:
        return parts.scheme, parts.hostname, parts.port or 443
    except ValueError:  # No number, or one too large.
        return parts.scheme, None, None


def _unchanged(request: PreparedRequest) -> PreparedRequest:
    return request


def _steps(size: int) -> Iterator[int]:
    skip = 0
    while True:
        yield skip
        skip += size


def _reads(request: HttpRequest) -> bool:
    path = urlsplit(request.url).path
    return request.method == "GET" or (
        request.method == "POST" and any(pattern.search(path) for pattern in READING_POSTS)
    )
