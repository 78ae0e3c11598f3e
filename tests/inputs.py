"""Generated inputs: how many a test tries, always the same few or, for ``make fuzz``, many new ones; mangled texts."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

FUZZ_TIMES = int(os.environ.get("FUZZ_TIMES", "0"))
"""How many times as many inputs are tried, new ones in every run; 0: no more, and the same ones."""


def inputs(number: int) -> settings:
    """Return how a test goes through about ``number`` inputs; how long one takes is no matter, nor a busy machine."""
    return settings(
        max_examples=number * max(1, FUZZ_TIMES),
        derandomize=not FUZZ_TIMES,
        print_blob=bool(FUZZ_TIMES),
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


def mangle(
    draw: st.DrawFn, text: str, pieces: st.SearchStrategy[str], *, most_edits: int, widest_indent: int
) -> str:
    """Return a text of YAML after one to ``most_edits`` random edits, some of which put in one of ``pieces``."""
    for _ in range(draw(st.integers(1, most_edits))):
        at = draw(st.integers(0, len(text)))
        lines = text.splitlines(keepends=True)
        one, other = (draw(st.integers(0, max(0, len(lines) - 1))) for _ in range(2))
        match draw(st.sampled_from(["insert", "delete", "swap", "double", "value", "indent", "drop"])):
            case "insert":
                text = text[:at] + draw(pieces) + text[at:]
            case "delete":
                text = text[:at] + text[at + draw(st.integers(1, 40)) :]
            case "swap" if lines:
                lines[one], lines[other] = lines[other], lines[one]
                text = "".join(lines)
            case "double" if lines:
                text = "".join([*lines[:one], lines[one], *lines[one:]])
            case "value" if lines and ": " in lines[one]:
                lines[one] = f"{lines[one].partition(': ')[0]}: {draw(pieces)}\n"
                text = "".join(lines)
            case "indent" if lines:
                lines[one] = " " * draw(st.integers(0, widest_indent)) + lines[one].lstrip(" ")
                text = "".join(lines)
            case "drop" if lines:
                text = "".join([*lines[:one], *lines[one + 1 :]])
    return text
