"""Where the state lies: in somebody's container, or in storage that the platform makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from settings.checking.checked import Checked
from settings.checking.explain import show
from settings.models.environment import Environment
from settings.models.network import BY_POLICY
from settings.models.platform import Platform
from settings.reading.problems import KeyPath, Problem
from settings.rules.network import zone_ids_fit

BLOB_ZONE = "privatelink.blob.core.windows.net"
"""The private DNS zone of blobs, which state is reached by in a private network."""

_CREATE = ("backend", "create")
_ZONES = (*_CREATE, "private_network", "dns_zones")
_FORMER = (*_CREATE, "former_environments")


def state_has_one_place(platform: Checked[Platform]) -> Iterator[Problem]:
    """Name a container that is there, or have the storage made: one of the two."""
    if platform.get("backend", "type") != "azurerm":
        return
    container, create = platform.given("backend", "container"), platform.given(*_CREATE)
    if container and create:
        yield platform.problem(
            "backend",
            "container",
            found="container beside create",
            allowed="one of the two: a container that exists, or create, where each stack has a container of its own",
            fix="remove container. States that lie in it move with: make bootstrap FROM=<id of the container> "
            "(docs/state.md)",
            at_key=True,
        )
    elif not container and not create:
        yield platform.problem(
            "backend",
            found="neither container nor create",
            allowed="create, and make bootstrap makes the account with a container for each stack; or the name of a "
            "container that exists",
            fix="add one of the two",
            at_key=True,
        )


def state_zone_is_that_of_blobs(platform: Checked[Platform]) -> Iterator[Problem]:
    """Name the one zone that a private endpoint to blobs needs, and no other."""
    zones = platform.get(*_ZONES) if platform.given(*_ZONES) else None
    if zones is not None and zones != BY_POLICY and set(zones) != {BLOB_ZONE}:
        yield platform.problem(
            *_ZONES,
            found=", ".join(sorted(zones)) or "no zone",
            allowed=f"{BLOB_ZONE} with its resource id, and no other zone; or {BY_POLICY}",
            fix=f"name {BLOB_ZONE} alone: state is nothing but blobs",
            at_key=True,
        )
    yield from zone_ids_fit(platform, *_ZONES)


def state_containers_fit(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Let every stack have a name that its container can have too."""
    if not platform.given(*_CREATE):
        return
    named: list[tuple[Checked[Any], KeyPath]] = [
        (platform, ("stack_prefix",)),
        *((environment, ("name",)) for environment in environments),
    ]
    for file, path in named:
        if "--" in (file.get(*path) or ""):
            yield file.problem(
                *path,
                found=show(file.get(*path)),
                allowed="single hyphens: the container of a stack's state is called like the stack, and Azure takes no "
                "two in a row",
                fix="choose another name",
            )


def former_environments_are_gone(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Call no environment a former one that has a file."""
    names = {environment.get("name"): environment for environment in environments}
    for path in platform.children(*_FORMER):
        name = platform.get(*path)
        if name is not None and name in names:
            yield platform.problem(
                *path,
                found=f"{show(name)}, which stands in {names[name].line('name')}",
                allowed="environments that have no file any more",
                fix="remove it here",
            )
