"""What can be wrong with a pipeline: the kinds of findings, and one finding at its line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from settings.reading.problems import MOST_SHOWN, counted, paragraph


@dataclass(frozen=True, order=True)
class At:
    """A line of a file."""

    file: Path
    line: int
    """Counted from 1."""


class Described(Enum):
    """A kind of finding: its id, and what it says in general. Those that start with ``note-`` are notes."""

    @property
    def id(self) -> str:
        """Return the word that the report shows."""
        return str(self.value[0])

    @property
    def meaning(self) -> str:
        """Return the sentence that says what it is about."""
        return str(self.value[1])

    @property
    def note(self) -> bool:
        """Tell whether it is worth a look, and no mistake."""
        return self.id.startswith("note-")


class Kind(Described):
    """A kind of finding about a pipeline."""

    UNREADABLE = "unreadable", "The file is not a pipeline that Azure DevOps can read."
    MISSING_TEMPLATE = "missing-template", "A template is not where the pipeline looks for it."
    UNKNOWN_VARIABLE = "unknown-variable", "A variable is used that no referenced group has."
    ENVIRONMENT_VARIABLE_CASE = (
        "environment-variable-case",
        "A script reads a variable in another case than agents give it.",
    )
    TEMPLATE_TIME_VARIABLE = (
        "template-time-variable",
        "A group's variable stands in ${{ }}, where it is always empty.",
    )
    UNKNOWN_GROUP = "unknown-group", "A variable group is missing or misspelt."
    WRONG_GROUP = "wrong-group", "The variable group belongs to another environment than the stage or branch."
    SHADOWED_VARIABLE = "shadowed-variable", "A later definition hides a variable of an earlier group."
    UNUSED_GROUP = "unused-group", "No pipeline uses the variable group."
    HARD_CODED_VALUE = "hard-coded-value", "A value of the platform is written out in YAML."
    UNKNOWN_CONNECTION = "unknown-connection", "A service connection does not exist."
    HARD_CODED_CONNECTION = (
        "hard-coded-connection",
        "A service connection is written out where a variable can stand.",
    )
    CONNECTION_BELOW_ROOT = (
        "connection-below-root",
        "A connection's variable comes from a group below the root of the pipeline.",
    )
    UNKNOWN_ENVIRONMENT = "unknown-environment", "An environment is missing or misspelt."
    ENVIRONMENT_FROM_GROUP = (
        "environment-from-group",
        "The name of an environment comes from a variable group.",
    )
    WITHOUT_APPROVAL = "without-approval", "A deployment does not name its approval environment."
    APPROVAL_BEFORE_EVIDENCE = (
        "approval-before-evidence",
        "The approval is asked for before there is anything to approve.",
    )
    REFUSED_BRANCH = "refused-branch", "The pipeline starts for a branch that the branch control refuses."
    SHORT_TIMEOUT = "short-timeout", "A job ends before what it waits for can have happened."
    NOTE_CASE = "note-case", "A variable is written in another case than in its group."
    NOTE_SHELL = "note-shell", "This may be a variable, or a command of the shell."
    NOTE_UNSEEN = "note-unseen", "Something cannot be seen from here."


@dataclass(frozen=True)
class Finding:
    """Something wrong, or worth a look, at one line: what was found, what is allowed, how to fix it."""

    kind: Kind
    at: At
    found: str
    allowed: str
    fix: str

    def __str__(self) -> str:
        """Four lines: the place and kind, then found, allowed and fix."""
        return paragraph(f"{self.at.file}:{self.at.line}: {self.kind.id}", self.found, self.allowed, self.fix)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by place, and drop what is there twice: a template is found in each pipeline that uses it."""
    kinds = list(Kind)
    once: dict[tuple[Kind, At, str], Finding] = {}
    for finding in findings:
        once.setdefault((finding.kind, finding.at, finding.found), finding)
    return sorted(once.values(), key=lambda f: (f.at, kinds.index(f.kind), f.found))


def report(findings: list[Finding], pipelines: int, passed_over: int = 0) -> str:
    """Return the report as plain text, findings first and then notes: of very many the first."""
    wrong = [finding for finding in findings if not finding.kind.note]
    notes = [finding for finding in findings if finding.kind.note]
    looked = (
        f"{counted(pipelines, 'pipeline')}: {counted(len(wrong), 'finding')}, {counted(len(notes), 'note')}."
    )
    if passed_over:
        looked += (
            f" {counted(passed_over, 'file')} passed over: no pipeline, or a template that was followed."
        )
    shown = [*wrong, *notes]
    more = len(shown) - MOST_SHOWN
    tail = [f"And {more} more, which --json shows."] if more > 0 else []
    return "\n\n".join([looked, *map(str, shown[:MOST_SHOWN]), *tail])
