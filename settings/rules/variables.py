"""Variables that users add to the groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from settings.checking.checked import Checked
from settings.models.compute import PURPOSE_OF_KEY
from settings.models.environment import Environment
from settings.models.platform import Platform
from settings.models.secret_names import looks_secret
from settings.models.variables import environment_variable_names, platform_variable_names
from settings.reading.problems import KeyPath, Problem

# Azure Pipelines, "Define variables": a name that starts like this does not reach tasks and scripts.
_RESERVED = ("endpoint", "input", "path", "secret", "securefile")


def own_variables_fit(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """A variable of one's own is no secret, is usable, and is not one that the group has already."""
    names = [name for environment in environments if (name := environment.get("name"))]
    for section, taken in platform_variable_names(names).items():
        yield from _fit(platform, (section, "variable_group", "extra_variables"), taken)
    for environment in environments:
        clusters = [*PURPOSE_OF_KEY, *(str(path[-1]) for path in environment.children("compute"))]
        taken = environment_variable_names(environment.get("name") or "", clusters)
        yield from _fit(environment, ("variable_group", "extra_variables"), taken)


def _fit(file: Checked[Any], path: KeyPath, taken: list[str]) -> Iterator[Problem]:
    group = dict.fromkeys((name.lower() for name in taken), "the platform sets itself in this group")
    for variable in file.children(*path):
        name = str(variable[-1])
        if looks_secret(name):
            found, allowed, fix = (
                f"{name}, which looks like a secret",
                "settings: everybody who may look at the group reads its values",
                "keep it in the key vault and link it with key_vault_variable_group",
            )
        elif name.lower().startswith(_RESERVED):
            found, allowed, fix = (
                f"{name}, which Azure Pipelines does not hand on",
                f"names that do not start with {', '.join(_RESERVED)}",
                "choose another name",
            )
        elif name.lower() in group:
            found, allowed, fix = (
                f"{name}, which {group[name.lower()]}",
                "names the group does not have yet (case does not count)",
                "choose another name",
            )
        else:
            group[name.lower()] = "is there already"
            continue
        if file.sound(*variable):
            yield file.problem(*variable, found=found, allowed=allowed, fix=fix, at_key=True)
