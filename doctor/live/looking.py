"""Asks for one thing after the other: what cannot be seen is noted, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import TypeVar

from client.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    ServiceError,
    UnexpectedAnswerError,
)
from doctor.live.findings import Unseen

T = TypeVar("T")

_OF_ONE_THING = (ConflictError, ForbiddenError, NotFoundError, RefusedError, UnexpectedAnswerError)
"""What a service answers about one thing. Anything else would be the answer about the next one too."""
_NO_SUBSCRIPTION = "SubscriptionNotFound"
"""Azure says this too of a subscription that the identity may not see."""


class Gone(Enum):
    """There is no such thing, which is not the same as not being allowed to see it."""

    GONE = "gone"


class Looking:
    """Keeps what could not be seen."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.unseen: list[Unseen] = []

    def see(self, what: str, ask: Callable[[], T]) -> T | None:
        """Return what ``ask`` returns, or None where it could not be seen, which is noted under the name ``what``.

        Raises :class:`client.errors.ServiceError` for what would go wrong with everything: nobody is signed in, the
        service is not reached.
        """
        try:
            return ask()
        except _OF_ONE_THING as error:
            self._note(what, error)
            return None

    def every(self, what: str, ask: Callable[[], Iterable[T]]) -> list[T] | None:
        """Do the same for what is listed, which comes page by page."""
        return self.see(what, lambda: list(ask()))

    def find(self, what: str, ask: Callable[[], T]) -> T | Gone | None:
        """Do the same for one thing that may not exist: a 404 says so."""
        try:
            return ask()
        except NotFoundError as error:
            if _NO_SUBSCRIPTION not in error.answer:
                return Gone.GONE
            self._note(what, error)
        except _OF_ONE_THING as error:
            self._note(what, error)
        return None

    def _note(self, what: str, error: ServiceError) -> None:
        self.unseen.append(Unseen(what, error.answer, f"{error.fix[:1].upper()}{error.fix[1:]}."))
