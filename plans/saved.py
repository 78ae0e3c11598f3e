"""A plan on its way from the run's first stage to the one after the approval: what was approved is what is applied.

Terraform's plan file goes into one file with the versions of providers that it was made with. It holds secrets in
clear text: the file belongs into the storage for plans, is for its owner's eyes only, and never an artifact. Its
SHA-256 travels with the run.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
import zipfile
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

from deployment.private import make_private
from files.replacing import replace_file

LONGEST_SECONDS = 24 * 60 * 60
"""How long a plan may be applied after it was made: the storage deletes it then."""

_PLAN, _LOCK, _MADE = "plan", "lock.hcl", "made.json"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_AGAIN = "Run the pipeline again: it makes a new plan, and asks again."


class RefusedError(Exception):
    """A saved plan is not applied; the message says why in one line, and what to do."""


@dataclass(frozen=True)
class Made:
    """Of what a plan was made."""

    stack: str
    at: float
    """When, in seconds of Unix time."""
    terraform: str
    """The version of Terraform."""


def save(file: Path, plan: Path, lock: Path, made: Made) -> str:
    """Write the plan and its lock file into one file that only its owner may read, and return its SHA-256."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(_PLAN, plan.read_bytes())
        package.writestr(_LOCK, lock.read_bytes())
        package.writestr(_MADE, json.dumps(asdict(made)))
    make_private(file.parent)
    replace_file(file, content.getvalue(), mode=0o600, flush=False)
    return hashlib.sha256(content.getvalue()).hexdigest()


def restore(file: Path, sha256: str, plan: Path, lock: Path, *, stack: str, terraform: str) -> None:
    """Put a saved plan and its lock file into their places, if it is what was approved and may still be applied.

    ``stack`` is whose plan it has to be, ``terraform`` the version that is to apply it. Raises RefusedError.
    """
    if not _SHA256.fullmatch(sha256):
        raise RefusedError(f"The run has no SHA-256 of a plan of {stack}, but {sha256[:70]!r}. {_AGAIN}")
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise RefusedError(f"The plan of {stack} is not there: {file}. {_AGAIN}") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise RefusedError(
            f"The plan of {stack} is not the one that was approved: its SHA-256 differs. {_AGAIN}"
        )
    with zipfile.ZipFile(BytesIO(content)) as package:
        made = Made(**json.loads(package.read(_MADE)))
        planned, versions = package.read(_PLAN), package.read(_LOCK)
    _check(made, stack, terraform)
    if lock.exists() and lock.read_bytes() != versions:
        raise RefusedError(
            f"The plan of {stack} was made with other versions of providers than {lock} has. Delete that file, or run "
            "the pipeline again."
        )
    replace_file(lock, versions, flush=False)
    replace_file(plan, planned, mode=0o600, flush=False)


def _check(made: Made, stack: str, terraform: str) -> None:
    if made.stack != stack:
        raise RefusedError(f"This is a plan of {made.stack}, not of {stack}. {_AGAIN}")
    age = time.time() - made.at
    if age > LONGEST_SECONDS:
        hours = int(age // 3600)
        raise RefusedError(f"The plan of {stack} is {hours} hours old, and a plan holds for a day. {_AGAIN}")
    if made.terraform != terraform:
        raise RefusedError(
            f"The plan of {stack} was made by Terraform {made.terraform}, and this is {terraform}. Use the same one in "
            "all stages, and run the pipeline again."
        )
