"""What can be wrong with what is live: the rules, and what one of them found, could not see, or has to ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from doctor.findings import Described
from settings.reading.problems import MOST_SHOWN, counted, paragraph, printable


class Rule(Described):
    """A kind of finding about what is live."""

    PROJECT = "project", "The project is missing, or only half made."
    MISSING_GROUP = "missing-group", "A variable group is missing."
    GROUP_KIND = (
        "group-kind",
        "A variable group is linked to a key vault and should not be, or the other way round.",
    )
    MISSING_VARIABLE = "missing-variable", "A variable is missing in its group."
    CHANGED_VALUE = "changed-value", "A value that belongs to Terraform is another than the configuration's."
    SECRET_VARIABLE = "secret-variable", "A variable was turned into a secret."  # no password
    MISSING_TEAM = "missing-team", "A team is missing."
    MISSING_PIPELINE = "missing-pipeline", "A pipeline is missing, or does not run."
    MISSING_POOL = "missing-pool", "The project does not have an agent pool."
    MISSING_ENVIRONMENT = "missing-environment", "An Azure DevOps environment is missing."
    MISSING_CONNECTION = "missing-connection", "A service connection is missing, or is of another type."
    MISSING_CHECK = "missing-check", "A check is missing or turned off."
    CHANGED_CHECK = "changed-check", "A check is set otherwise than the configuration says."
    NO_APPROVERS = "no-approvers", "Nobody is in a team that has to approve."
    COUNTS_TWICE = "counts-twice", "One person can give several of the approvals that are asked for."
    OPEN_TO_ALL = "open-to-all", "Every pipeline of the project may use something."
    OPENED_BY_HAND = (
        "opened-by-hand",
        "A pipeline may use something that the configuration does not let it use.",
    )
    NOT_AUTHORIZED = "not-authorized", "A pipeline may not use something that it needs."
    MISSING_ROLE = "missing-role", "A team or person lacks a role in Azure DevOps."
    ROLE_BY_HAND = "role-by-hand", "Somebody has a role in Azure DevOps that the configuration does not give."
    NOT_READY = "not-ready", "A service connection is not ready."
    NOT_FEDERATED = "not-federated", "A service connection signs in with a secret or certificate."
    OTHER_SUBSCRIPTION = "other-subscription", "A service connection leads to another subscription."
    RETIRING_ISSUER = "retiring-issuer", "A service connection has the issuer that ends on 1 July 2027."
    NO_CREDENTIAL = "no-credential", "The identity behind a service connection does not trust it."
    MISSING_RESOURCE = "missing-resource", "A resource of Azure is missing."
    PUBLIC_ACCESS = "public-access", "Public networks reach something otherwise than the configuration says."
    ISOLATION_MODE = "isolation-mode", "The managed network of a workspace is isolated otherwise."
    KEYS_ALLOWED = "keys-allowed", "Keys or passwords open what only Entra identities should."
    MISSING_ROLE_ASSIGNMENT = "missing-role-assignment", "An identity lacks a role in Azure."
    DELETED_NAME = "deleted-name", "Something that was deleted keeps a name that is needed."
    NOT_FILLED_IN = "not-filled-in", "An id is not filled in."
    MISSING_RIGHT = "missing-right", "The person lacks a right that a deployment needs."
    NOT_REGISTERED = "not-registered", "A resource provider is not registered."
    QUOTA = "quota", "The quota is too small for what is configured."
    TAKEN_NAME = "taken-name", "A name that is global in Azure is taken."
    NO_AGENT = "no-agent", "No agent of a pool can run a job."
    NOTE_EDITED = "note-edited", "People changed a value of the Library, as they may."
    NOTE_ACCESS = "note-access", "Who has a role on the variable group of prod, inherited ones included."
    NOTE_NOT_VISIBLE = "note-not-visible", "Azure DevOps does not show who is in an Entra group."
    NOTE_DELETED = "note-deleted", "Something that was deleted comes back with the next deployment."


@dataclass(frozen=True)
class Finding:
    """Something wrong, or worth a look: where, what was found, what is allowed, how to fix it."""

    rule: Rule
    place: str
    found: str
    allowed: str
    fix: str

    def __str__(self) -> str:
        """Four lines: the place and rule, then found, allowed and fix."""
        return paragraph(f"{self.place}: {self.rule.id}", self.found, self.allowed, self.fix)


@dataclass(frozen=True)
class Unseen:
    """Something that could not be seen."""

    what: str
    why: str
    """What the service answered."""
    who: str
    """Who can see it, or what this identity needs."""

    def __str__(self) -> str:
        """One line."""
        return printable(f"{self.what}: could not be seen ({self.why}). {self.who}")


@dataclass(frozen=True)
class Question:
    """Something that no documented call of the services tells."""

    question: str
    whom: str
    """Who knows it, and where they look."""

    def __str__(self) -> str:
        """One line."""
        return printable(f"{self.question} Ask {self.whom}")


@dataclass(frozen=True)
class Examination:
    """What came of looking."""

    looked_at: str
    findings: tuple[Finding, ...]
    unseen: tuple[Unseen, ...]
    questions: tuple[Question, ...] = ()

    @property
    def wrong(self) -> list[Finding]:
        """The findings that are no notes."""
        return [finding for finding in self.findings if not finding.rule.note]

    @property
    def notes(self) -> list[Finding]:
        """Those that are."""
        return [finding for finding in self.findings if finding.rule.note]


def report(examination: Examination) -> str:
    """Return the report as plain text: findings, notes, what could not be seen, what is to be asked."""
    wrong, notes = examination.wrong, examination.notes
    head = f"{examination.looked_at}: {counted(len(wrong), 'finding')}, {counted(len(notes), 'note')}."
    if examination.unseen:
        head += f" {counted(len(examination.unseen), 'thing')} could not be seen."
    if examination.questions:
        head += f" {counted(len(examination.questions), 'question')} to ask."
    shown = [*wrong, *notes]
    more = len(shown) - MOST_SHOWN
    parts = [head, *map(str, shown[:MOST_SHOWN])]
    if more > 0:
        parts.append(f"And {more} more, which --json shows.")
    return "\n\n".join([*parts, *_lines(examination.unseen), *_lines(examination.questions)])


def _lines(items: Iterable[object]) -> list[str]:
    lines = [f"- {item}" for item in items]
    return ["\n".join(lines)] if lines else []
