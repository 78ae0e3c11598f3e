"""What starts a pipeline, and with what: branches of its triggers, values of its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from doctor.findings import At
from doctor.reading.document import Item, Listing, Mapping, Text
from doctor.reading.world import World

_MOST_WORLDS = 40
_MOST_BRANCHES = 10
ANY_BRANCH = "*"
PREFIX = "refs/heads/"


@dataclass(frozen=True)
class Start:
    """A branch that starts the pipeline by itself, as it is written."""

    branch: str
    at: At
    explicit: bool = True
    """Whether it is written out: a pipeline without ``trigger:`` starts for every branch."""

    @property
    def example(self) -> str:
        """A branch that it means, as ``Build.SourceBranch`` has it."""
        return PREFIX + re.sub(r"\*+", "any", self.branch)


def starts(root: Mapping) -> tuple[Start, ...]:
    """Return the branches whose commits or schedules start the pipeline; none where people or other pipelines do."""
    found = list(_branches(root.get("trigger")))
    if "trigger" not in root:
        found.append(Start(ANY_BRANCH, root.at, explicit=False))
    for schedule in root.items("schedules"):
        if isinstance(schedule, Mapping):
            found += _included(schedule.get("branches"))
    return tuple(found[:_MOST_BRANCHES])


def _branches(trigger: Item | None) -> Iterator[Start]:
    if isinstance(trigger, Text):
        if trigger.value.lower() != "none" and trigger.value:
            yield Start(_bare(trigger.value), trigger.at)
    elif isinstance(trigger, Listing):
        yield from (Start(_bare(item.value), item.at) for item in trigger.items if isinstance(item, Text))
    elif isinstance(trigger, Mapping):
        if "branches" in trigger:
            yield from _included(trigger.get("branches"))
        elif "tags" not in trigger:
            yield Start(ANY_BRANCH, trigger.at, explicit=False)


def _included(branches: Item | None) -> Iterator[Start]:
    if isinstance(branches, Listing):
        yield from _branches(branches)
    elif isinstance(branches, Mapping):
        yield from (Start(_bare(i.value), i.at) for i in branches.items("include") if isinstance(i, Text))


def _bare(branch: str) -> str:
    return branch.removeprefix(PREFIX)


def worlds(document: Mapping, begun: tuple[Start, ...], others: Iterable[str]) -> list[World]:
    """Return what runs may start with: each branch with the defaults, then each value of each parameter.

    ``others`` are the branches that people may start it on where no trigger names one.
    """
    starts = begun or [Start(branch, document.at) for branch in others]
    branches: list[str | None] = list(dict.fromkeys(start.example for start in starts)) or [None]
    found = [World(branch) for branch in branches]
    for entry in document.items("parameters"):
        if isinstance(entry, Mapping) and (name := entry.text("name")):
            found += [
                World(branch, ((name.value.lower(), value),))
                for value in _values(entry)
                for branch in branches
            ]
    return found[:_MOST_WORLDS]


def _values(parameter: Mapping) -> list[str]:
    """Return what a person may choose beside the default."""
    kind, default = parameter.text("type"), parameter.text("default")
    allowed = [item.value for item in parameter.items("values") if isinstance(item, Text)]
    if kind and kind.value.lower() == "boolean":
        allowed = ["true", "false"]
    return [value for value in allowed if default is None or value.lower() != default.value.lower()]


def matches(branch: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a branch, or pattern of a trigger, lies within what a check allows; no pattern: every branch."""
    if not patterns:
        return True
    return any(_lies_within(branch.lower(), pattern.lower()) for pattern in patterns)


def _lies_within(branch: str, pattern: str) -> bool:
    if branch == pattern:
        return True
    # What a wildcard of the trigger stands for may be anything, so that only a wildcard allows it.
    example = branch.replace("*", "\ue001")
    parts = [re.escape(part) for part in re.sub(r"\*+", "*", pattern).split("*")]
    return len(parts) < 20 and re.fullmatch(".*".join(parts), example) is not None
