"""The ``variables:`` of a pipeline, stage or job, and the variables that Azure DevOps defines itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from doctor.findings import At
from doctor.reading.document import Item, Listing, Mapping, Text

OPAQUE = "\ue000"
"""Stands in a text where nobody knows the value before the run. Unicode gives this character no meaning."""

# "Use predefined variables" in Microsoft's documentation of Azure Pipelines.
_PREDEFINED = (
    *("agent.", "build.", "checks.", "common.", "environment.", "pipeline.", "release.", "resources."),
    *("strategy.", "system."),
)


def is_predefined(name: str) -> bool:
    """Tell whether Azure DevOps itself defines a variable."""
    return name.lower().startswith(_PREDEFINED) or name.lower() == "tf_build"


@dataclass(frozen=True)
class Definition:
    """One entry of ``variables:``."""

    kind: Literal["inline", "group", "unseen"]
    """A variable with its value, a group, or a template that cannot be looked into."""
    name: Text
    level: Literal["root", "stage", "job"]
    value: Text | None = None

    @property
    def at(self) -> At:
        """Where it stands."""
        return self.name.at


class Known:
    """What is defined at one level of a pipeline, on top of what is around it."""

    def __init__(self, own: Iterable[Definition] = (), outer: Known | None = None) -> None:
        """Start with some definitions."""
        self.outer = outer
        self.own: list[Definition] = []
        self._inline: dict[str, Definition] = {}
        self.add(own)

    def add(self, more: Iterable[Definition]) -> None:
        """Define more at this level; a later definition takes the place of an earlier one."""
        for definition in more:
            self.own.append(definition)
            if definition.kind == "inline":
                self._inline[definition.name.value.lower()] = definition

    def inline(self, name: str) -> Definition | None:
        """Return the definition of a variable that the pipeline itself gives a value."""
        found = (level._inline.get(name.lower()) for level in self.levels())
        return next((definition for definition in found if definition), None)

    def levels(self) -> Iterator[Known]:
        """Yield this level and those around it, the nearest first."""
        level: Known | None = self
        while level:
            yield level
            level = level.outer

    @property
    def unseen(self) -> bool:
        """Tell whether a template that cannot be looked into defines something."""
        return any(definition.kind == "unseen" for level in self.levels() for definition in level.own)


def definitions(item: Item | None, level: Literal["root", "stage", "job"]) -> Iterator[Definition]:
    """Yield what a ``variables:`` defines, in its order."""
    if isinstance(item, Mapping):
        for name, value in item.entries:
            yield Definition("inline", name, level, value if isinstance(value, Text) else None)
    elif isinstance(item, Listing):
        for entry in item.items:
            if isinstance(entry, Mapping):
                yield from _entry(entry, level)


def _entry(entry: Mapping, level: Literal["root", "stage", "job"]) -> Iterator[Definition]:
    for key, kind in (("group", "group"), ("template", "unseen")):
        if name := entry.text(key):
            yield Definition("group" if kind == "group" else "unseen", name, level)
            return
    if name := entry.text("name"):
        value = entry.get("value")
        yield Definition("inline", name, level, value if isinstance(value, Text) else None)
