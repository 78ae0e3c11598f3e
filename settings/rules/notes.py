"""What is worth knowing of a configuration that has no mistake. Nothing is refused for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from settings.checking.checked import Checked
from settings.models.environment import Environment
from settings.models.platform import Platform
from settings.reading.problems import dotted
from settings.rules.infrastructure import shared_subscriptions
from settings.rules.quota import sizes_without_quota

HOSTED_PYTHON = ("3.10", "3.11", "3.12", "3.13", "3.14")
"""The versions of Python on Microsoft's hosted images, Windows, Ubuntu and macOS, since January 12th, 2026.

Source: actions/runner-images, issue 13468, and the toolsets of its images. To be edited by hand when that changes.
"""
SUGGESTED_PYTHON = "3.12"
"""The default of the Windows images since that day, by the same issue."""


def notes(platform: Checked[Platform], environments: Iterable[Checked[Environment]]) -> Iterator[str]:
    """Yield a paragraph for everything worth knowing, each with its key and place."""
    yield from _hosted_python(platform)
    environments = list(environments)
    for users in shared_subscriptions(platform, environments):
        places = ", ".join(str(environment.get("name")) for environment in users)
        yield (
            f"Note: {places} are in one subscription ({users[0].line('subscription_id')}), and each makes a resource "
            "group of its own: whoever approves a change of one lets its pipeline change the others too.\n"
            "  Give each a subscription, or a resource group that exists already (existing.resource_group): "
            "docs/infrastructure-pipelines.md"
        )
    for environment in environments:
        for path, size in sizes_without_quota(environment):
            yield (
                f"Note: {dotted(path)} ({environment.line(*path)}) is {size}, whose family of VM sizes is not known "
                "here: it is not held against quota."
            )


def _hosted_python(platform: Checked[Platform]) -> Iterator[str]:
    path = ("pipeline_settings", "pythonVersion")
    version = platform.get(*path)
    if version is not None and version not in HOSTED_PYTHON:
        yield (
            f"Note: {'.'.join(path)} ({platform.line(*path)}) is {version}, which Microsoft's hosted agents do not "
            f"have: {HOSTED_PYTHON[0]} to {HOSTED_PYTHON[-1]}, as of January 2026.\n"
            "  The task UsePythonVersion then downloads it in every run, or fails where it may not.\n"
            f'  Set it to "{SUGGESTED_PYTHON}", or keep it for agents of your own that have {version}. '
            "Once it is deployed, change the variable in the Library."
        )
