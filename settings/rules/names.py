"""Names that only one thing may have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from settings.checking.checked import Checked
from settings.checking.explain import show
from settings.models.environment import Environment
from settings.models.platform import Platform
from settings.reading.problems import KeyPath, Problem
from settings.rules.pieces import pieces

# The platform's own stacks are called mlops-registry and mlops-state.
_TAKEN = ("registry", "state")


@dataclass(frozen=True)
class _Name:
    file: Checked[Any]
    path: KeyPath
    kind: str
    within: str = ""
    """What the name is unique in; empty: in the whole platform."""

    @property
    def text(self) -> str | None:
        """The name as it is written; ``None`` when that is no valid name."""
        text: str | None = self.file.get(*self.path)
        return text

    @property
    def identity(self) -> tuple[str, str, str]:
        """What two names have in common when they clash. Azure and Azure DevOps do not tell case apart."""
        text = str(self.text).lower()
        # Variables are called after their environment, without its hyphens.
        return self.kind, self.within.lower(), text.replace("-", "") if self.kind == "environment" else text


def names_are_unique(
    platform: Checked[Platform], environments: list[Checked[Environment]]
) -> Iterator[Problem]:
    """No two things of a kind have the same name."""
    for environment in environments:
        if environment.get("name") in _TAKEN:
            yield environment.problem(
                "name",
                found=show(environment.get("name")),
                allowed=f"another name: the platform has stacks for {' and '.join(_TAKEN)}",
                fix="choose another name",
            )
    first: dict[tuple[str, str, str], _Name] = {}
    for name in _names(platform, environments):
        if name.text is None:
            continue
        other = first.setdefault(name.identity, name)
        if other is not name:
            line = other.file.source.place(other.path).line
            hint = " (hyphens do not count)" if name.kind == "environment" else ""
            yield name.file.problem(
                *name.path,
                found=f"{show(name.text)}, like {show(other.text)} in {other.file.source.name}, line {line}",
                allowed=f"each {name.kind} with a name of its own{hint}",
                fix="choose another name in one of the two places",
            )


def _names(platform: Checked[Platform], environments: list[Checked[Environment]]) -> Iterator[_Name]:
    yield from _resource_group(platform, "registry")
    yield from _resource_group(platform, "backend")
    yield _Name(platform, ("backend", "storage_account"), "storage account")
    yield _Name(platform, ("shared", "storage_account"), "storage account")
    for path in platform.children("teams"):
        yield _Name(platform, (*path, "name"), "team")
    for path in platform.children("pipelines"):
        folder = platform.get(*path, "folder") or "\\"
        if not platform.given(*path, "folder") or platform.sound(*path, "folder"):
            yield _Name(platform, (*path, "name"), "pipeline", within=folder.rstrip("\\"))
    for environment in environments:
        yield _Name(environment, ("name",), "environment")
        yield from _resource_group(environment)
        yield _Name(environment, ("workspace", "name"), "workspace")
        yield _Name(environment, ("workspace", "storage_account"), "storage account")
        yield _Name(environment, ("workspace", "container_registry"), "container registry")
        yield _Name(environment, ("security", "key_vault"), "key vault")
        for cluster in ("training_cluster", "scoring_cluster"):
            within = str(environment.source.name)
            yield _Name(environment, ("compute", cluster, "name"), "compute cluster", within)
    for file, path, kind in pieces(platform, environments):
        yield _Name(file, (*path, "name"), kind)


def _resource_group(file: Checked[Any], *section: str) -> Iterator[_Name]:
    """A resource group has its name for itself in its subscription only."""
    if subscription := file.get(*section, "subscription_id"):
        yield _Name(file, (*section, "resource_group"), "resource group", within=subscription)
