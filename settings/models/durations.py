"""Durations as ISO 8601 writes them: how long something is idle, or waits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from settings.models.text_rules import TextRule, refuse

_DURATION = re.compile(
    "P(?=.)(?:([0-9]{1,6})D)?(?:T(?=.)(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?"
)


def parse_duration(text: str) -> timedelta | None:
    """Read an ISO 8601 duration of days, hours, minutes and seconds; ``None`` when it is not one."""
    match = _DURATION.fullmatch(text)
    if not match:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def minutes(duration: str) -> int:
    """Return the whole minutes of a checked ISO 8601 duration. Raises ``ValueError`` for any other text."""
    parsed = parse_duration(duration)
    if parsed is None:
        raise ValueError(f"not an ISO 8601 duration: {duration}")
    return int(parsed.total_seconds()) // 60


@dataclass(frozen=True)
class LastsBetween(TextRule):
    """The text must be an ISO 8601 duration from ``least`` to ``most``, both included."""

    least: str
    most: str
    whole_minutes: bool = False
    """Whether seconds are refused, because the service counts in minutes."""
    pattern = _DURATION.pattern

    def check(self, value: str) -> str:
        """Return the value unchanged when it is a duration within the two bounds."""
        parsed, least, most = parse_duration(value), parse_duration(self.least), parse_duration(self.most)
        if (
            parsed is None
            or least is None
            or most is None
            or not least <= parsed <= most
            or (self.whole_minutes and parsed.seconds % 60)
        ):
            unit = " in whole minutes" if self.whole_minutes else ""
            raise refuse(
                f"an ISO 8601 duration from {self.least} to {self.most}{unit}",
                "write it like PT15M (15 minutes), PT2H (2 hours) or P1D (1 day)",
            )
        return value


IdleTime = Annotated[str, LastsBetween("PT2M", "P7D")]
ApprovalTimeout = Annotated[str, LastsBetween("PT1M", "P30D", whole_minutes=True)]
IdleShutdown = Annotated[str, LastsBetween("PT15M", "P3D", whole_minutes=True)]
