"""What an answer means, or that none came: the content of a good one, and the error of any other."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.pipeline import PipelineResponse
from azure.core.rest import HttpRequest, HttpResponse
from requests.exceptions import SSLError

from client.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    NotSignedInError,
    RefusedError,
    ServiceError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
    without_secrets,
)
from client.waiting import limits

_SIGN_IN = (
    "run az login again, as somebody of the tenant that the organization and the subscriptions belong to"
)


@dataclass(frozen=True)
class Asked:
    """What a person is told of a request."""

    service: str
    method: str
    address: str
    """Without the query."""
    needs: str
    """The permission that it needs."""

    @property
    def line(self) -> str:
        """The method, the address and the service."""
        return f"{self.method} {self.address} ({self.service})"

    def not_found(self, what: str, status: int) -> NotFoundError:
        """Say that something does not exist."""
        return NotFoundError(
            self.line,
            what,
            "check the name; an identity that may not see a project or resource is told this too",
            status=status,
        )

    def unexpected(self, what: str) -> UnexpectedAnswerError:
        """Say that an answer is not what the documentation describes."""
        return UnexpectedAnswerError(
            self.line,
            what,
            "check the address of the service; if it is right, the service has changed: report this",
        )


def is_sign_in(response: HttpResponse) -> bool:
    """Tell whether the service does not accept the token: 401, or a page to sign in on in an answer's place.

    Azure DevOps sends that page with status 203 or leads to it by 302.
    """
    if response.status_code == 302:
        return bool(
            re.search("sign-?in|login|authorize", response.headers.get("Location", ""), re.IGNORECASE)
        )
    return response.status_code in (203, 401)


def content_of(
    asked: Asked, answer: PipelineResponse[HttpRequest, HttpResponse], secrets: Sequence[str]
) -> object:
    """Return the JSON of a good answer, None of an empty one. Raises the :class:`ServiceError` of any other."""
    response = answer.http_response
    body = response.content
    if is_sign_in(response):
        raise _not_signed_in(asked, response, without_secrets(_said(body), *secrets))
    if not 200 <= response.status_code < 300:
        raise _refused(asked, answer, without_secrets(_said(body) + limits(response.headers), *secrets))
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        what = without_secrets(response.headers.get("Content-Type", "no type"), *secrets)
        raise asked.unexpected(f"{response.status_code}, but not JSON: {what}") from None


def _not_signed_in(asked: Asked, response: HttpResponse, said: str) -> NotSignedInError:
    what = (
        "the token is not accepted"
        if response.status_code == 401
        else "a page to sign in on, instead of JSON"
    )
    return NotSignedInError(
        asked.line,
        f"{response.status_code}: {what}, although it has just been made{said}",
        f"{_SIGN_IN}; in a pipeline, check that its service connection is a user of the organization",
        status=response.status_code,
    )


def _refused(asked: Asked, answer: PipelineResponse[HttpRequest, HttpResponse], said: str) -> ServiceError:
    status = answer.http_response.status_code
    told = f"{status} {answer.http_response.reason or ''}{said}"
    match status:
        case 403:
            needs = (
                f"give this identity: {asked.needs}" if asked.needs else "give this identity the permission"
            )
            return ForbiddenError(asked.line, told, needs, status=status)
        case 404:
            return asked.not_found(told, status)
        case 409 | 412:
            return ConflictError(
                asked.line, told, "somebody else may be changing it: look at it, and try again", status=status
            )
        case 429 | 500 | 502 | 503 | 504:
            times, seconds = answer.context["attempts"], answer.context["seconds"]
            return UnavailableError(
                asked.line,
                f"{told}; asked {times} times in {seconds:.0f} seconds",
                "try again in some minutes; run nothing else against the service meanwhile",
                status=status,
            )
        case _:
            return RefusedError(
                asked.line,
                told,
                "read what the service says; if it helps nothing, report this",
                status=status,
            )


def _said(body: bytes) -> str:
    """Return what a service says about a failure, after a colon; nothing where it is no text for a person.

    Azure Resource Manager says it in ``error.code`` and ``error.message``, Azure DevOps in ``message``.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(content, dict):
        return ""
    error = content["error"] if isinstance(content.get("error"), dict) else content
    words = [str(error[key]) for key in ("code", "message") if isinstance(error.get(key), str)]
    return ": " + ": ".join(words) if words else ""


def no_token(asked: Asked, error: ClientAuthenticationError, secrets: Sequence[str]) -> ServiceError:
    """Say why there is no token: nobody has signed in, or the place where one signs in is not reached."""
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, (ServiceRequestError, ServiceResponseError)):
            return unreachable(asked, cause)
        cause = cause.__cause__ or cause.__context__
    return NotSignedInError(
        asked.line,
        f"there is no token: {without_secrets(str(error), *secrets)}",
        "run az login; in a pipeline, and for other ways to sign in, see docs/commands.md, Signing in",
    )


def unreachable(asked: Asked, error: AzureError) -> UnreachableError:
    """Say why no answer came."""
    inner = error.inner_exception
    if isinstance(inner, SSLError):
        return UnreachableError(
            asked.line,
            f"its certificate is not trusted: {inner}",
            "let REQUESTS_CA_BUNDLE name a file with the certificate that signed it, your proxy's or the sandbox's",
        )
    return UnreachableError(
        asked.line, f"no answer: {error}", "check the name, the network and the proxy (HTTPS_PROXY)"
    )
