"""What the plan of a stack would do with each resource, without anything secret: from one job to the next as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Action(StrEnum):
    """What is done with a resource, in the words of the columns of a summary."""

    ADD = "add"
    CHANGE = "change"
    REPLACE = "replace"
    DESTROY = "destroy"
    IMPORT = "import"
    FORGET = "forget"
    MOVE = "move"


_LOSING = (Action.REPLACE, Action.DESTROY)


@dataclass(frozen=True)
class Field:
    """One argument that changes. ``before`` and ``after`` are as they may be shown; empty: it is not there."""

    path: str
    before: str
    after: str
    replaces: bool = False
    """Whether this is why the resource is replaced."""


@dataclass(frozen=True)
class Change:
    """What happens to one resource."""

    address: str
    actions: tuple[Action, ...]
    """What is done; a resource that is imported or moved may be changed as well."""
    stateful: bool
    """Whether a replacement or destruction loses something."""
    note: str = ""
    """The id that is imported, the address it had, why it goes, what somebody did outside of Terraform."""
    fields: tuple[Field, ...] = ()

    @property
    def loses(self) -> bool:
        """Whether something is lost that cannot be made again."""
        return self.stateful and any(action in _LOSING for action in self.actions)


@dataclass(frozen=True)
class Changes:
    """What the plan of one stack would do, or why there is none. It holds nothing secret."""

    stack: str
    changes: tuple[Change, ...] = ()
    outputs: int = 0
    """How many outputs change."""
    error: str = ""
    """What Terraform said when it could not plan."""

    @property
    def any(self) -> bool:
        """Whether the plan does anything."""
        return bool(self.changes or self.outputs)

    @property
    def losing(self) -> list[Change]:
        """The changes that lose something."""
        return [change for change in self.changes if change.loses]

    def count(self, action: Action) -> int:
        """Return with how many resources something is done."""
        return sum(action in change.actions for change in self.changes)

    def to_json(self) -> dict[str, Any]:
        """Return it as a document of JSON."""
        return {
            "stack": self.stack,
            "changes": [
                {
                    "address": change.address,
                    "actions": list(change.actions),
                    "stateful": change.stateful,
                    "note": change.note,
                    "fields": [vars(field) for field in change.fields],
                }
                for change in self.changes
            ],
            "outputs": self.outputs,
            "error": self.error,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Changes:
        """Return what :meth:`to_json` wrote. KeyError, TypeError or ValueError for anything else."""
        changes = tuple(
            Change(
                address=str(item["address"]),
                actions=tuple(map(Action, item["actions"])),
                stateful=bool(item["stateful"]),
                note=str(item["note"]),
                fields=tuple(Field(**field) for field in item["fields"]),
            )
            for item in document["changes"]
        )
        return cls(str(document["stack"]), changes, int(document["outputs"]), str(document["error"]))
