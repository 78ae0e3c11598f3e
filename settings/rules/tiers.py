"""Thresholds never get looser from dev to test to prod."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from settings.checking.checked import Checked
from settings.checking.explain import show
from settings.models.environment import TIERS, Environment
from settings.reading.problems import Problem

# Which way a threshold gets stricter: 1 when a higher value is stricter, -1 when a lower one is.
_STRICTER = {
    "validation": {"min_accuracy": 1, "max_mae": -1, "max_rmse": -1, "min_precision": 1, "min_recall": 1},
    "alert_thresholds": {
        "model_drift": -1,
        "data_drift": -1,
        "prediction_latency_ms": -1,
        "error_rate_percent": -1,
        "endpoint_availability_percent": 1,
    },
    "auto_rollback": {"error_threshold": -1, "latency_threshold": -1},
}


def never_looser(environments: list[Checked[Environment]]) -> Iterator[Problem]:
    """Compare each threshold with the strictest one of the tier before.

    One comparison is enough to report a mistake once, and together they hold from dev to prod. A tier that
    does not have the threshold is left out.
    """
    for later in environments:
        earlier = _earlier_tiers(later, environments)
        for section, directions in _STRICTER.items():
            if later.given(section):
                for key, direction in directions.items():
                    yield from _compare(later, earlier, section, key, direction)
            elif not (section == "alert_thresholds" and later.get("monitoring", "alerts")):
                # Alerts without thresholds are reported by a rule of their own.
                yield from _missing_section(later, earlier, section)


def _earlier_tiers(
    later: Checked[Environment], environments: list[Checked[Environment]]
) -> list[list[Checked[Environment]]]:
    """Return the environments of each earlier tier, the nearest tier first."""
    tier = later.get("tier")
    before = TIERS[: TIERS.index(tier)] if tier else ()
    return [[e for e in environments if e.get("tier") == name] for name in reversed(before)]


def _compare(
    later: Checked[Environment],
    earlier: list[list[Checked[Environment]]],
    section: str,
    key: str,
    direction: int,
) -> Iterator[Problem]:
    def strictness(environment: Checked[Environment]) -> Decimal:
        return direction * Decimal(environment.get(section, key))

    having = ([e for e in tier if e.get(section, key) is not None] for tier in earlier)
    peers = next((tier for tier in having if tier), None)
    if not peers or not later.sound(section, key):
        return
    strictest = max(peers, key=strictness)
    limit, value = strictest.get(section, key), later.get(section, key)
    if value is None or strictness(later) < strictness(strictest):
        bound = "at least" if direction > 0 else "at most"
        yield later.problem(
            section,
            key,
            found="nothing" if value is None else show(value),
            allowed=f"{bound} {limit}, as in {strictest.source.name}: "
            f"{later.get('tier')} is never looser than {strictest.get('tier')}",
            fix=f"set {key} to {limit} or stricter",
            at_key=value is None,
        )


def _missing_section(
    later: Checked[Environment], earlier: list[list[Checked[Environment]]], section: str
) -> Iterator[Problem]:
    peer = next((e for tier in earlier for e in tier if e.given(section)), None)
    if peer:
        yield later.problem(
            section,
            found="nothing",
            allowed=f"{section}, as in {peer.source.name}: "
            f"{later.get('tier')} is never looser than {peer.get('tier')}",
            fix=f"add {section}",
            at_key=True,
        )
