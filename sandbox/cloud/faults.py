"""Faults on demand, for trying out what happens when a deployment goes wrong.

They are switched on by environment variables, which Terraform hands on to the providers:

``SANDBOX_FAIL_CREATE``
    ``3`` or ``azurerm_key_vault:1``: the third create, or the first of that type, is refused with an error.
``SANDBOX_CRASH_AFTER``
    ``3`` or ``azurerm_key_vault:1``: the provider's process dies when that create arrives. Everything that was
    created before has been answered, and nothing of the create itself is in the cloud.
``SANDBOX_KILL_AT``
    ``3`` or ``group:3``: Terraform is killed once the third write is done, before it hears of it: what was written is
    in the cloud and not in the state. With ``group``, all processes that were started together are killed.
``SANDBOX_THROTTLE``
    ``5``: the first five attempts to write are answered with 429; the provider tries again, as the real ones do.
``SANDBOX_DELAY_MS``
    ``500``: every write takes half a second longer, for interrupting an apply or finding its state locked.
``SANDBOX_ANSWER``
    ``429:2,503:1,403:securityroles``: the REST door answers its first two requests with 429 and its first one with
    503, and with 403 whatever has that text in its path.

Creates, writes and attempts are counted in the cloud's folder, across processes and runs, for as long as a variable
that needs the count is set: a fault happens once. ``reset_faults`` starts the counting anew.
"""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facts.reader import PROVIDERS, facts
from sandbox.cloud.request import ServiceError
from sandbox.cloud.store import Cloud, read_counts

FAIL_CREATE = "SANDBOX_FAIL_CREATE"
CRASH_AFTER = "SANDBOX_CRASH_AFTER"
KILL_AT = "SANDBOX_KILL_AT"
THROTTLE = "SANDBOX_THROTTLE"
DELAY_MS = "SANDBOX_DELAY_MS"
ANSWER = "SANDBOX_ANSWER"

_COUNTS = ".faults.json"
_BACK_OFF_SECONDS = 0.02
# Long enough for an answer to reach Terraform once it has been handed to the operating system.
_LAST_WORDS_SECONDS = 0.1


@dataclass(frozen=True)
class _Nth:
    """The create that a fault happens at: the ``number``-th of all, or of one type. ``source`` names its count."""

    source: str
    type: str
    number: int

    def concerns(self, type_name: str) -> bool:
        return self.type in ("", type_name)


class Faults:
    """The faults of one process: a provider, or the REST door."""

    def __init__(self, cloud: Cloud) -> None:
        """Read the variables; ServiceError for a value that means nothing. Counts are in the folder of ``cloud``."""
        self._cloud = cloud
        self._fail, self._crash = _nth(FAIL_CREATE), _nth(CRASH_AFTER)
        self._kills_group, self._kill_at = _kill()
        self._throttled_attempts, self._delay_seconds = _number(THROTTLE), _number(DELAY_MS) / 1000
        self._answers = _answers()
        self._gate = threading.Condition()
        self._unanswered = 0
        self._dying = False

    def before_write(self, type_name: str, *, creates: bool, context: Any) -> None:
        """Let every fault happen that is due before a write; ServiceError if the write is to be refused.

        ``context`` is the request's gRPC context: whoever asked may be gone by the time the write is due.
        """
        time.sleep(self._delay_seconds)
        while self._throttled():
            time.sleep(_BACK_OFF_SECONDS)
        if creates:
            self._before_create(type_name)
        self._begin(context)

    def after_write(self) -> None:
        """Let the fault happen that is due once a write is done, and not answered."""
        if self._kill_at and self._count(f"{KILL_AT}={self._kill_at}") == self._kill_at:
            terraform = os.getppid()
            if self._kills_group:
                os.killpg(os.getpgid(terraform), signal.SIGKILL)
            os.kill(terraform, signal.SIGKILL)

    def answer(self, path: str) -> int | None:
        """Return the status with which a request of the REST door is to be answered, if a fault is due."""
        for status, wanted in self._answers:
            if status == 403 and wanted.lower() in path.lower():
                return status
            if status != 403 and self._count(f"{ANSWER}={status}:{wanted}") <= int(wanted):
                return status
        return None

    def _throttled(self) -> bool:
        wanted = self._throttled_attempts
        return wanted > 0 and self._count(f"{THROTTLE}={wanted}") <= wanted

    def _before_create(self, type_name: str) -> None:
        if self._is_due(self._crash, type_name):
            self._die()
        if self._fail and self._is_due(self._fail, type_name):
            raise ServiceError(
                "unexpected status 500 (500 Internal Server Error) with error: InternalServerError: The sandbox was "
                f"asked to fail here by {self._fail.source}. Run the same command again to continue."
            )

    def _is_due(self, fault: _Nth | None, type_name: str) -> bool:
        return bool(fault and fault.concerns(type_name) and self._count(fault.source) == fault.number)

    def _begin(self, context: Any) -> None:
        """Let one write begin, unless the process is dying or nobody waits for the answer any more."""
        with self._gate:
            self._gate.wait_for(lambda: not self._dying)
            if not context.add_callback(self._answered):
                raise ServiceError("The request was given up before it reached the service.")
            self._unanswered += 1

    def _answered(self) -> None:
        with self._gate:
            self._unanswered -= 1
            self._gate.notify_all()

    def _die(self) -> None:
        """End the process as a crash would, but only after every write that has begun was answered."""
        with self._gate:
            self._dying = True
            self._gate.wait_for(lambda: self._unanswered == 0)
            time.sleep(_LAST_WORDS_SECONDS)
            os._exit(1)

    def _count(self, name: str) -> int:
        with self._cloud.locked():
            path = self._cloud.folder / _COUNTS
            counts = read_counts(path, "faults that have happened happen again") if path.exists() else {}
            counts[name] = counts.get(name, 0) + 1
            self._cloud.write_json(path, counts)
            return counts[name]


def reset_faults(cloud_folder: Path) -> None:
    """Start counting anew, so that a fault that has happened happens again."""
    (cloud_folder / _COUNTS).unlink(missing_ok=True)


def _kill() -> tuple[bool, int]:
    """Return whether a whole group of processes is killed, and at which write; 0 is none."""
    text = os.environ.get(KILL_AT, "")
    match = re.fullmatch(r"(group:)?([1-9]\d{0,8})", text, re.ASCII)
    if text and not match:
        raise ServiceError(
            f"{KILL_AT}={text} means nothing: give the number of a write, such as {KILL_AT}=3, or {KILL_AT}=group:3."
        )
    return (bool(match[1]), int(match[2])) if match else (False, 0)


def _answers() -> list[tuple[int, str]]:
    """Return the statuses that the REST door answers with, each with how often, or where."""
    text = os.environ.get(ANSWER, "")
    found = [re.fullmatch(r"(429|503):([1-9]\d{0,8})|(403):([^,\s]+)", item) for item in text.split(",")]
    if text and None in found:
        raise ServiceError(
            f"{ANSWER}={text} means nothing: give 429 or 503 with how often, and 403 with a part of a path, such as "
            f"{ANSWER}=429:2,403:securityroles."
        )
    return [(int(match[1] or match[3]), match[2] or match[4]) for match in found if match]


def _number(variable: str) -> int:
    text = os.environ.get(variable, "")
    if text and not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise ServiceError(f"{variable}={text} means nothing: give a whole number, such as {variable}=500.")
    return int(text or 0)


def _nth(variable: str) -> _Nth | None:
    text = os.environ.get(variable, "")
    if not text:
        return None
    match = re.fullmatch(r"(?:(\w+):)?([1-9]\d{0,8})", text, re.ASCII)
    if match is None:
        raise ServiceError(
            f"{variable}={text} means nothing: give the number of a create, such as {variable}=3, or of a type's, such "
            f"as {variable}=azurerm_key_vault:1."
        )
    type_name = match[1] or ""
    provider = type_name.partition("_")[0]
    if type_name and not (provider in PROVIDERS and type_name in facts(provider).resources):
        raise ServiceError(f"{variable}={text} means nothing: the sandbox has no type {type_name}.")
    return _Nth(f"{variable}={text}", type_name, int(match[2]))
