"""Follows what cdktf and Terraform print: which stack is how far, and what went wrong in it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\r")
_COUNTER = re.compile(r"^\d+ Stacks? (?:deploying|destroying) .*waiting")
_BOX = re.compile(r"^[╷│╵] ?")

# cdktf adds the name in its own tree where there is no terminal: azuredevops_group.team (team)["leads"].
_RESOURCE = r'(?P<address>\w+\.[\w-]+(?:\["[^"]*"\])?)(?: \([^)]*\))?(?P<key>\["[^"]*"\])?'
_STEP = re.compile(rf"^{_RESOURCE}: (?P<still>Still )?(?i:creating|modifying|destroying)")
_STEP_DONE = re.compile(rf"^{_RESOURCE}: (?:Creation|Modifications|Destruction) complete after")
_READING = re.compile(r"^\S+(?: \([^)]*\))?: (?:Reading|Refreshing state|Read complete)")
_PLAN = re.compile(r"^Plan: (?:\d+ to import, )?((\d+) to add, (\d+) to change, (\d+) to destroy)")
_COMPLETE = re.compile(r"^(?:Apply|Destroy) complete! Resources: (.+)\.$")
_ERROR = re.compile(r"^Error: (.*)$")
_PLACE = re.compile(rf"^with {_RESOURCE},$")
_SOURCE = re.compile(r"^on cdk\.tf\.json line \d+|^\d+:")
_LAST_LINES = 20


class Phase(StrEnum):
    """What a stack is at."""

    WAITING = "waiting"
    INITIALIZING = "initializing"
    PLANNING = "planning"
    APPLYING = "applying"
    DONE = "done"
    FAILED = "failed"


@dataclass
class Error:
    """One error of Terraform: the resource (empty when it is none's), and the message in paragraphs."""

    address: str = ""
    lines: list[str] = field(default_factory=list)

    def paragraphs(self) -> list[str]:
        """Return the message; how Terraform broke its lines is undone."""
        joined = "\n".join(self.lines).strip()
        return [" ".join(part.split()) for part in re.split(r"\n\s*\n", joined) if part.strip()]


@dataclass
class Progress:
    """How far one stack is. Times are in seconds of the clock of :class:`Output`."""

    phase: Phase = Phase.WAITING
    plan: str = ""
    """Terraform's words: ``117 to add, 0 to change, 0 to destroy``."""
    planned: int = 0
    done: int = 0
    result: str = ""
    """Terraform's words: ``117 added, 0 changed, 0 destroyed``."""
    begun: list[str] = field(default_factory=list)
    """The addresses of the resources that were begun and are not done."""
    began: float | None = None
    ended: float | None = None
    errors: list[Error] = field(default_factory=list)


class Output:
    """Reads line by line; ``stacks`` then says how far each one is, in the order in which they are shown."""

    def __init__(
        self, names: Iterable[str], only: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Expect lines of cdktf, which begin with a stack's name; of Terraform's own, all are of the stack ``only``."""
        self.stacks = {name: Progress() for name in names}
        self.clock = clock
        self.began = clock()
        self.last_lines: list[str] = []
        """The last lines that belong to no stack: what cdktf says for itself."""
        self._only = only
        self._current = only
        self._error: Error | None = None
        prefixes = "|".join(re.escape(name) for name in sorted(self.stacks, key=len, reverse=True))
        self._prefix = re.compile(rf"^({prefixes})(?:  (.*))?$")

    def read(self, line: str) -> None:
        """Take in the next line."""
        text = plain(line)
        if not self._only:
            text = self._without_prefix(text)
        text = _BOX.sub("", text).strip()
        if self._current:
            self._take_in(self.stacks[self._current], text)
        elif text:
            self.last_lines = [*self.last_lines, text][-_LAST_LINES:]

    def end(self, *, failed: bool) -> None:
        """There is no more: what is not done has failed, if the command has."""
        for progress in self.stacks.values():
            if failed and progress.phase not in (Phase.WAITING, Phase.DONE, Phase.FAILED):
                self._enter(progress, Phase.FAILED)

    def finished(self) -> list[str]:
        """Return the names of the stacks that are done."""
        return [name for name, progress in self.stacks.items() if progress.phase is Phase.DONE]

    def _without_prefix(self, text: str) -> str:
        found = self._prefix.match(text)
        if found:
            self._current, self._error = found[1], None
            return found[2] or ""
        if text and not text.startswith(" "):
            self._current, self._error = "", None
        return text

    def _take_in(self, progress: Progress, text: str) -> None:
        if progress.began is None:
            progress.began = self.clock()
        if found := _ERROR.match(text):
            self._error = Error(lines=[found[1]])
            progress.errors.append(self._error)
            self._enter(progress, Phase.FAILED)
        elif self._reads_step(progress, text):
            self._error = None
        elif self._error:
            if found := _PLACE.match(text):
                self._error.address = _address(found)
            elif not _SOURCE.match(text):
                self._error.lines.append(text)
        elif text.startswith("Initializing the backend"):
            self._enter(progress, Phase.INITIALIZING)
        elif _READING.match(text):
            if progress.phase in (Phase.WAITING, Phase.INITIALIZING):
                self._enter(progress, Phase.PLANNING)
        elif found := _PLAN.match(text):
            progress.plan = found[1]
            progress.planned = sum(int(found[group]) for group in (2, 3, 4))
        elif found := _COMPLETE.match(text):
            progress.result = found[1]
            self._enter(progress, Phase.DONE)
        elif text.startswith("No changes."):
            progress.result = "no changes"
            self._enter(progress, Phase.DONE)

    def _reads_step(self, progress: Progress, text: str) -> bool:
        if found := _STEP_DONE.match(text):
            progress.done += 1
            if _address(found) in progress.begun:
                progress.begun.remove(_address(found))
        elif found := _STEP.match(text):
            if not found["still"]:
                progress.begun.append(_address(found))
            if progress.phase is not Phase.FAILED:
                self._enter(progress, Phase.APPLYING)
        else:
            return False
        return True

    def _enter(self, progress: Progress, phase: Phase) -> None:
        progress.phase = phase
        progress.ended = self.clock() if phase in (Phase.DONE, Phase.FAILED) else None


def _address(found: re.Match[str]) -> str:
    return found["address"] + (found["key"] or "")


def plain(line: str) -> str:
    """Return a line as a person reads it: without colours, without cdktf's counter that it writes over each time."""
    text = _ESCAPES.sub("", line).rstrip()
    return "" if _COUNTER.match(text) else text


def plan_in(printed: str) -> str:
    """Return the plan out of what cdktf or Terraform printed, without how they got there; all of it if it has none."""
    found = re.search(r"^.*(?:Terraform used the selected providers|No changes\.)", printed, re.MULTILINE)
    return printed[found.start() :] if found else printed


def minutes(seconds: float) -> str:
    """Return a time as minutes and seconds: ``1:05``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
