"""Tags: which names are free, how many there may be, and which are left to policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from settings.checking.checked import Checked
from settings.checking.explain import show
from settings.models.environment import Environment
from settings.models.platform import Platform
from settings.reading.problems import Problem

_OF_THE_STACK = "environment"

# Azure Resource Manager, "Use tags": limits of Azure Private DNS. One tag is the stack's.
_MOST = 14


def tags_leave_environment_free(file: Checked[Any]) -> Iterator[Problem]:
    """Set the tag ``environment`` nowhere: each stack does. Azure does not tell case apart in tag names."""
    seen = {_OF_THE_STACK: "each stack sets it itself"}
    for path in file.children("tags"):
        name = str(path[-1])
        if name.lower() in seen:
            yield file.problem(
                *path,
                found=f"the tag {name}",
                allowed=f"another name: {seen[name.lower()]}",
                fix="remove the tag, or give it another name",
                at_key=True,
            )
        seen[name.lower()] = f"{name} is there already, and Azure does not tell case apart"


def tags_are_few(platform: Checked[Platform], environments: list[Checked[Environment]]) -> Iterator[Problem]:
    """Leave room for the tag ``environment``: a private DNS zone takes no more than 15."""
    shared = set(_names(platform))
    files: list[Checked[Any]] = [platform]
    if len(shared) <= _MOST:
        files += environments
    for file in files:
        count = len(shared.union(_names(file)))
        if count > _MOST:
            with_shared = "" if file is platform else " with those of platform.yaml"
            yield file.problem(
                "tags",
                found=f"{count} tags{with_shared}",
                allowed=f"at most {_MOST}: private DNS zones take 15, and each stack adds one",
                fix=f"remove {count - _MOST}",
                at_key=True,
            )


def tags_are_spelled_alike(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Spell a tag of an environment as platform.yaml does: two that differ in case are one to Azure."""
    shared = {name.lower(): name for name in _names(platform)}
    for environment in environments:
        for path in environment.children("tags"):
            name = str(path[-1])
            other = shared.get(name.lower(), name)
            if name != other:
                yield environment.problem(
                    *path,
                    found=f"the tag {name}, and {other} in {platform.line('tags', other)}",
                    allowed="one spelling: Azure does not tell case apart",
                    fix=f"write {other}, whose value is then the environment's, or choose another name",
                    at_key=True,
                )


def ignored_tags_are_not_ours(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """Leave no tag to policies that the configuration sets: a change of it would never arrive."""
    files: list[Checked[Any]] = [platform, *environments]
    ours = {_OF_THE_STACK: "which each stack sets"}
    for file in files:
        for path in file.children("tags"):
            ours.setdefault(str(path[-1]).lower(), f"which is set in {file.line(*path)}")
    for path in platform.children("ignored_tags"):
        name = platform.get(*path)
        if name and name.lower() in ours:
            yield platform.problem(
                *path,
                found=f"{show(name)}, {ours[name.lower()]}",
                allowed="tags that policies write and this configuration does not",
                fix="take it out here, or out of tags",
            )


def _names(file: Checked[Any]) -> list[str]:
    return [str(path[-1]) for path in file.children("tags")]
