"""How many inputs a test with generated ones tries: always the same few, or, for ``make fuzz``, many new ones."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

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
