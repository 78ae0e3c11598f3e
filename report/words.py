"""Durations and lists as people say them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ISO = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_UNITS = ((1440, "day"), (60, "hour"), (1, "minute"))


def minutes(count: int) -> str:
    """Say a number of minutes: ``7 days``, ``1 day and 2 hours``."""
    parts = []
    for size, unit in _UNITS:
        whole, count = divmod(count, size)
        if whole:
            parts.append(f"{whole} {unit}{'s' if whole > 1 else ''}")
    return " and ".join(parts) or "0 minutes"


def iso(duration: str) -> str:
    """Say an ISO 8601 duration of days, hours and minutes. Raises ValueError for any other text."""
    found = _ISO.fullmatch(duration)
    if not found:
        raise ValueError(duration)
    days, hours, mins = (int(part or 0) for part in found.groups())
    return minutes(days * 1440 + hours * 60 + mins)


def joined(words: Sequence[str]) -> str:
    """Say a list: ``test, staging and prod``. Empty for none."""
    *most, last = words or ("",)
    return f"{', '.join(most)} and {last}" if most else last
