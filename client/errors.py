"""What can go wrong with a live service, and how a person is told."""

from __future__ import annotations

import re

_LONGEST = 400

_SECRETS = (
    # A JSON Web Token, which every access token of Entra ID and every job token is.
    re.compile(r"eyJ[\w-]{5,}(?:\.[\w-]*)*"),
    re.compile(r"(?i)\b(?:bearer|basic)\s+[\w.~+/=-]{8,}"),
    re.compile(r"(?i)(?<=client_secret=)[^&\s]+|(?<=client_assertion=)[^&\s]+"),
)


def without_secrets(text: str, *known: str) -> str:
    """Return the text with ``***`` for the secrets that are known, and for whatever looks like a token."""
    for secret in known:
        if secret:
            text = text.replace(secret, "***")
    for pattern in _SECRETS:
        text = pattern.sub("***", text)
    return text


def one_line(text: str) -> str:
    """Return the text on one printable line, cut where it is long."""
    text = " ".join(text.split())
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


class ServiceError(Exception):
    """A call could not be made, or was not answered as it should be. A command ends with exit code 3.

    Three lines: what was asked for, what came of it, and what to do. None of them holds a token.
    """

    def __init__(self, request: str, answer: str, fix: str, *, status: int | None = None) -> None:
        """Keep the three lines, each on one line and printable.

        ``request`` is the method and the address without its query. ``status`` is the HTTP status, if one came.
        """
        self.request, self.answer, self.fix = (
            one_line(without_secrets(text)) for text in (request, answer, fix)
        )
        self.status = status
        super().__init__(f"{self.request}\n    answer: {self.answer}\n    fix:    {self.fix}")


class NotSignedInError(ServiceError):
    """There is no token, or the service does not accept it: 401, a sign-in page, credentials that do not work."""


class ForbiddenError(ServiceError):
    """The identity lacks a permission: 403."""


class NotFoundError(ServiceError):
    """What was asked for does not exist, or the identity may not know that it does: 404."""


class ConflictError(ServiceError):
    """Somebody else changed it at the same time, or it exists already: 409 or 412."""


class RefusedError(ServiceError):
    """The service does not do what it was asked to: any other 4xx."""


class UnavailableError(ServiceError):
    """The service put the call off for longer than this program waits, or failed itself: 429 and 5xx."""


class UnreachableError(ServiceError):
    """No answer came: the name is not known, the connection fails, the certificate is not trusted."""


class UnexpectedAnswerError(ServiceError):
    """An answer that the documentation does not describe: no JSON, a field missing, pages without end."""


class ReadOnlyError(ServiceError):
    """A change was asked for, and the client was opened to read only. Nothing was sent."""


class AddressError(ServiceError):
    """An address cannot be used: no HTTPS, or not one of an organization. Nothing was sent."""
