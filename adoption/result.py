"""What came of a stack: what exists, what was written down of it, and what the plan says then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from adoption.outcome import Found, Missing, Outcome, Several, Unclear
from adoption.plan import Loss
from deployment.imports import Added
from plans.changes import Changes

_Kind = TypeVar("_Kind", Found, Missing, Several, Unclear)


@dataclass(frozen=True)
class Result:
    """What came of one stack."""

    stack: str
    outcomes: Mapping[str, Outcome]
    """By the addresses of the resources that were looked for."""
    added: Added | None
    """What was written; None when nothing was found."""
    changes: Changes | None = None
    """The plan; None without one."""
    losses: tuple[Loss, ...] = ()

    def planned(self, changes: Changes, losses: list[Loss]) -> Result:
        """Return it with what the plan says."""
        return replace(self, changes=changes, losses=tuple(losses))

    def every(self, kind: type[_Kind]) -> Iterator[tuple[str, _Kind]]:
        """Yield the addresses with an outcome of this kind, in the order of the stack."""
        for address, outcome in self.outcomes.items():
            if isinstance(outcome, kind):
                yield address, outcome

    @property
    def needs_a_look(self) -> bool:
        """Whether something is left for a person: to choose, to permit, to set."""
        return bool(self.losses or any(self.every(Several)) or any(self.every(Unclear)))

    def to_json(self) -> dict[str, Any]:
        """Return it as a document of JSON."""
        return {
            "stack": self.stack,
            "found": {address: found.import_id for address, found in self.every(Found)},
            "notes": {address: found.note for address, found in self.every(Found) if found.note},
            "missing": {address: missing.waits_for or None for address, missing in self.every(Missing)},
            "several": {address: list(several.import_ids) for address, several in self.every(Several)},
            "unclear": {address: {"found": u.why, "fix": u.fix} for address, u in self.every(Unclear)},
            "file": self.added.path.as_posix() if self.added else None,
            "added": self.added.new if self.added else [],
            "others": self.added.others if self.added else {},
            "plan": self.changes.to_json() if self.changes else None,
            "losses": [
                {
                    "address": loss.change.address,
                    "causes": [
                        {
                            "attribute": cause.field.path,
                            "exists": cause.field.before,
                            "configured": cause.field.after,
                            "settings": [str(setting) for setting in cause.settings],
                        }
                        for cause in loss.causes
                    ],
                }
                for loss in self.losses
            ],
        }
