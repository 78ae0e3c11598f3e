"""Where the things of Azure DevOps stand in the files, and what kind of thing each is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from settings.checking.checked import Checked
from settings.models.environment import Environment
from settings.models.platform import Platform
from settings.reading.problems import KeyPath

_KINDS = {
    "variable_group": "variable group",
    "key_vault_variable_group": "variable group",
    "service_connection": "service connection",
    "approval_environment": "approval environment",
}
_SHARED_SECTIONS = ("registry", "shared", "pipeline_settings")


def pieces(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[tuple[Checked[Any], KeyPath, str]]:
    """Yield file, path and kind of every variable group, service connection and approval environment.

    The webhook of an environment's rollback is a service connection like the others.
    """
    for section in _SHARED_SECTIONS:
        for key, kind in _KINDS.items():
            if platform.given(section, key):
                yield platform, (section, key), kind
    for environment in environments:
        for key, kind in _KINDS.items():
            if environment.given(key):
                yield environment, (key,), kind
        if environment.given("auto_rollback", "webhook"):
            yield environment, ("auto_rollback", "webhook"), "service connection"
