"""How a model reaches its users."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from settings.checking.checked import Checked
from settings.models.environment import Environment
from settings.reading.problems import Problem

_STRATEGIES = ("traffic", "canary_deployment", "blue_green_deployment")
_VALUES = {"canary_deployment": "canary_traffic", "blue_green_deployment": "traffic_ramp"}


def strategy_is_clear(environment: Checked[Environment]) -> Iterator[Problem]:
    """One strategy is chosen: all traffic at once, a canary or blue-green, each with its value."""
    if not all(environment.sound("deployment", switch) for switch in _VALUES):
        return
    chosen = [key for key in _STRATEGIES if _is_chosen(environment, key)]
    without_switch = [
        (switch, value)
        for switch, value in _VALUES.items()
        if environment.given("deployment", value) and switch not in chosen
    ]
    for switch, value in without_switch:
        yield environment.problem(
            "deployment",
            value,
            found=f"{value} without {switch}: true",
            allowed=f"{switch}: true together with {value}",
            fix=f"add {switch}: true, or remove {value}",
            at_key=True,
        )
    if len(chosen) > 1 or (not chosen and not without_switch):
        yield environment.problem(
            "deployment",
            *chosen[-1:],
            found=" and ".join(chosen) or "no strategy",
            allowed=f"exactly one of {', '.join(_STRATEGIES)}",
            fix="keep one of them" if chosen else "add one of them",
            at_key=True,
        )
    elif chosen and (needed := _VALUES.get(chosen[0])) and not environment.given("deployment", needed):
        yield environment.problem(
            "deployment",
            chosen[0],
            found=f"{chosen[0]} without {needed}",
            allowed=f"{chosen[0]}: true together with {needed}",
            fix=f"add {needed}, or choose another strategy",
            at_key=True,
        )


def _is_chosen(environment: Checked[Environment], key: str) -> bool:
    if key in _VALUES:
        return environment.get("deployment", key) is True
    return environment.given("deployment", key)


def ramp_rises(environment: Checked[Environment]) -> Iterator[Problem]:
    """A ramp starts at 0, rises at every step and ends at 100 (percent)."""
    ramp = environment.get("deployment", "traffic_ramp")
    if ramp and (ramp[0] != 0 or ramp[-1] != 100 or any(a >= b for a, b in pairwise(ramp))):
        yield environment.problem(
            "deployment",
            "traffic_ramp",
            found=", ".join(map(str, ramp)),
            allowed="percentages that start at 0, rise at every step and end at 100",
            fix="write for example [0, 10, 25, 50, 100]",
        )
