"""What cannot be seen is noted, and the rest goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
)
from doctor.live.findings import Unseen
from doctor.live.looking import Gone, Looking


def failing(kind: type[ServiceError], answer: str = "403 Forbidden") -> str:
    raise kind("GET https://x", answer, "give this identity: Reader")


@pytest.mark.parametrize(
    "kind", [ConflictError, ForbiddenError, NotFoundError, RefusedError, UnexpectedAnswerError]
)
def test_one_thing_that_cannot_be_seen(kind: type[ServiceError]) -> None:
    looking = Looking()
    assert looking.see("the checks", lambda: failing(kind)) is None
    assert looking.see("the roles", lambda: "seen") == "seen"
    (unseen,) = looking.unseen
    assert unseen == Unseen("the checks", "403 Forbidden", "Give this identity: Reader.")
    assert str(unseen) == "the checks: could not be seen (403 Forbidden). Give this identity: Reader."


@pytest.mark.parametrize("kind", [NotSignedInError, UnavailableError, UnreachableError])
def test_what_would_go_wrong_with_everything_ends_it(kind: type[ServiceError]) -> None:
    for ask in (Looking().see, Looking().find):
        with pytest.raises(kind):
            ask("the checks", lambda: failing(kind))


def test_a_list_that_breaks_off() -> None:
    def pages() -> Iterator[str]:
        yield "one"
        failing(ForbiddenError)

    looking = Looking()
    assert looking.every("the groups", pages) is None
    assert [item.what for item in looking.unseen] == ["the groups"]
    assert looking.every("others", lambda: iter("ab")) == ["a", "b"]


def test_what_is_not_there_is_not_unseen() -> None:
    looking = Looking()
    assert looking.find("the vault", lambda: failing(NotFoundError, "404 ResourceNotFound")) is Gone.GONE
    assert looking.unseen == []
    # Azure says this of a subscription that one may not see.
    assert looking.find("the vault", lambda: failing(NotFoundError, "404 SubscriptionNotFound: s")) is None
    assert looking.find("the account", lambda: failing(ForbiddenError)) is None
    assert [item.what for item in looking.unseen] == ["the vault", "the account"]
    assert looking.find("the workspace", lambda: "seen") == "seen"
