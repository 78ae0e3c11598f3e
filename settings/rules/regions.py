"""Where the model registry is, and where the environments are that use it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from settings.checking.checked import Checked
from settings.checking.explain import show
from settings.models.environment import Environment
from settings.models.platform import Platform
from settings.reading.problems import Problem, listed


def further_regions_are_others(platform: Checked[Platform]) -> Iterator[Problem]:
    """Name in ``registry.regions`` only regions beside the registry's own."""
    location = platform.get("registry", "location")
    for path in platform.children("registry", "regions"):
        if location is not None and platform.get(*path) == location:
            yield platform.problem(
                *path,
                found=f"{show(location)}, the registry's location",
                allowed="further regions: the registry is in its location already",
                fix="remove it",
            )


def registry_reaches_every_region(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Let no environment be where the registry is not: its workspace could use no model of it."""
    location, regions = platform.get("registry", "location"), platform.get("registry", "regions")
    if location is None or not platform.sound("registry", "regions"):
        return
    known = (location, *(regions or ()))
    for environment in environments:
        region = environment.get("location")
        if region is not None and region not in known:
            meant = get_close_matches(region, known, n=1, cutoff=0.9)
            add = f"write under registry in platform.yaml: regions: [{', '.join((*known[1:], region))}]"
            yield environment.problem(
                "location",
                found=f"{show(region)}, where the model registry is not",
                allowed=f"a region of the registry in platform.yaml: {listed(known)}",
                fix=f"did you mean {meant[0]}? Otherwise {add}" if meant else add,
            )
