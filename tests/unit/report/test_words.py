"""Durations and lists as people say them."""

from __future__ import annotations

import pytest

from report.words import iso, joined, minutes


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 minute"),
        (45, "45 minutes"),
        (60, "1 hour"),
        (90, "1 hour and 30 minutes"),
        (10080, "7 days"),
        (1561, "1 day and 2 hours and 1 minute"),
        (0, "0 minutes"),
    ],
)
def test_minutes(count: int, said: str) -> None:
    assert minutes(count) == said


@pytest.mark.parametrize(
    ("text", "said"), [("PT5M", "5 minutes"), ("P2D", "2 days"), ("P1DT2H", "1 day and 2 hours")]
)
def test_iso(text: str, said: str) -> None:
    assert iso(text) == said


@pytest.mark.parametrize("text", ["P1Y", "5M", "", "PT1.5H"])
def test_other_texts(text: str) -> None:
    with pytest.raises(ValueError, match=text or "^$"):
        iso(text)


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["test"], "test"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_joined(words: list[str], said: str) -> None:
    assert joined(words) == said
