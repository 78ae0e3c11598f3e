"""The platform's own pipelines: what they are called is not called so twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from settings.checking.checked import Checked
from settings.checking.explain import show
from settings.models.environment import Environment
from settings.models.infrastructure import PIPELINES, pipeline_name, stack_pipelines
from settings.models.markers import Unique
from settings.models.platform import Platform
from settings.reading.problems import Problem

_SECTION = "infrastructure_pipelines"


def infrastructure_names_are_free(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Call nothing like a connection, an environment or a pipeline that the platform makes for itself."""
    names = [environment.get("name") for environment in environments]
    if not platform.given(_SECTION) or None in names or not platform.sound("stack_prefix"):
        return
    prefix = platform.get("stack_prefix") or Platform.model_fields["stack_prefix"].default
    stacks = stack_pipelines(prefix, names)
    taken = {
        "service connection": {name.lower() for stack in stacks for name in (stack.plan, stack.apply)},
        "approval environment": {stack.environment for stack in stacks},
        "pipeline": {pipeline_name(prefix, key) for key in PIPELINES},
    }
    files: list[Checked[Any]] = [platform, *environments]
    for found in (found for file in files for found in file.marked(Unique)):
        kind, text = found.marker.kind, found.text
        if text is not None and text.lower() in taken.get(kind, ()):
            yield found.problem(
                found=show(text),
                allowed=f"another name: the platform makes a {kind} of this name for {_SECTION}",
                fix="choose another name",
            )
    for path in platform.children("pipelines"):
        if str(path[-1]) in taken["pipeline"]:
            yield platform.problem(
                *path,
                found=show(path[-1]),
                allowed=f"another key: the platform makes a pipeline of this name for {_SECTION}",
                fix="choose another key",
                at_key=True,
            )


def shared_subscriptions(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[list[Checked[Environment]]]:
    """Yield the environments of each subscription of which the pipelines of several may change everything."""
    if not platform.given(_SECTION):
        return
    sharing: dict[str, list[Checked[Environment]]] = {}
    for environment in environments:
        subscription = environment.get("subscription_id")
        if subscription and not environment.given("existing", "resource_group"):
            sharing.setdefault(subscription.lower(), []).append(environment)
    yield from (users for users in sharing.values() if len(users) > 1)
