"""What a run of a pipeline starts with, and what its templates ask of it."""

from __future__ import annotations

from dataclasses import dataclass

from doctor.findings import At
from doctor.reading.definitions import Known
from doctor.reading.expressions import UNKNOWN, Value


@dataclass(frozen=True)
class World:
    """What a run starts with."""

    branch: str | None = None
    """The branch as ``refs/heads/main``; ``None`` where nobody knows."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Values of parameters that are not the default, by the name in lower case."""
    pick: int = 0
    """Of alternatives that depend on the run, which one: counted from 0; beyond the last, ``else``."""

    def variable(self, name: str) -> Value:
        """Return the value of a predefined variable."""
        if self.branch is None:
            return UNKNOWN
        match name.lower():
            case "build.sourcebranch":
                return self.branch
            case "build.sourcebranchname":
                return self.branch.rpartition("/")[2]
        return UNKNOWN


@dataclass(frozen=True)
class Reference:
    """A variable that is read in ``${{ }}``, and what had been defined there."""

    name: str
    at: At
    known: Known
