"""The screen after something went wrong: the error first, then what stands and what to run."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path

from deployment.output import Output, Phase, Progress, minutes

_WIDEST = 110
_SHOWN_ERRORS = 3
_LAST_LINES = 8
# What the providers and the services say of something that they are to create, and that is there.
_EXISTS = re.compile(
    r"already exists|AlreadyExists|RoleAssignmentExists|NameExists|is already in use", re.IGNORECASE
)

NO_STORAGE = re.compile(
    r"\.blob\.core\.\S+ .*no such host|\b(?:ContainerNotFound|ResourceNotFound|ResourceGroupNotFound)\b"
)
"""What the name server and the services say where the account or container of a state is not there."""


def failure(output: Output, command: str, *, log: Path, again: str, recover: str, interrupts: int = 0) -> str:
    """Return what a person needs to know: errors with stack and resource, what stands, what to run, the log.

    ``command`` is what failed, ``again`` what to run next. ``recover`` says how what exists comes into a state that
    lacks it. ``interrupts`` is how often somebody interrupted it. A paragraph is a line: see :func:`wrapped`.
    """
    if interrupts:
        return "\n".join(
            [*_interrupted(interrupts, recover), *_ending(output, log, f"go on from here: {again}")]
        )
    # A provider that is gone is an error of each resource that was asked for, all in the same words.
    errors = list(dict.fromkeys(part for item in output.stacks.items() for part in _errors(*item)))
    lines = [line for error in errors[:_SHOWN_ERRORS] for line in (*error, "")]
    if len(errors) > _SHOWN_ERRORS:
        lines += [f"{len(errors) - _SHOWN_ERRORS} more are in the log.", ""]
    lines += [line for item in output.stacks.items() for line in _not_ended(*item)]
    if not errors:
        said = output.last_lines[-_LAST_LINES:] or ["It said nothing."]
        lines += [f"{command} failed:", *(f"  {line}" for line in said), ""]
    if any(_EXISTS.search(line) for error in errors for line in error):
        lines += [f"Something is there, and the state lacks it: {recover}", ""]
    if any(NO_STORAGE.search(line) for error in errors for line in error):
        lines += [
            "The storage of this state is not there: make bootstrap makes it. docs/state.md tells more.",
            "",
        ]
    next_step = f"put right what the error says, and go on from here: {again}"
    return "\n".join([*lines, *_ending(output, log, next_step)])


def _interrupted(interrupts: int, recover: str) -> list[str]:
    if interrupts == 1:
        return ["Interrupted. Terraform has ended what it had begun, and its state has it.", ""]
    return [
        "Interrupted more than once: Terraform gave up at once. What it had begun may be there, and its state may lack "
        f"it: {recover}",
        "",
    ]


def _ending(output: Output, log: Path, next_step: str) -> list[str]:
    longest = max(map(len, output.stacks))
    return [
        f"What stands after {minutes(output.clock() - output.began)} minutes:",
        *(f"  {name:{longest}}  {_state(progress)}" for name, progress in output.stacks.items()),
        "",
        f"Next: {next_step}",
        f"Log:  {shown(log)}",
    ]


def _errors(name: str, progress: Progress) -> Iterator[tuple[str, ...]]:
    for error in progress.errors:
        where = f"{name}, {error.address}" if error.address else name
        yield (f"{where}:", *(f"  {paragraph}" for paragraph in error.paragraphs()))


def _not_ended(name: str, progress: Progress) -> list[str]:
    """Return what a stack was at when an error came that names no resource."""
    if progress.begun and any(not error.address for error in progress.errors):
        return [f"{name}, begun and not ended:", *(f"  {address}" for address in progress.begun), ""]
    return []


def wrapped(text: str, width: int | None = None) -> str:
    """Return the text with its indented lines no wider than the terminal; others may be commands, to be copied."""
    wide = min(width or shutil.get_terminal_size().columns, _WIDEST)
    return "\n".join(
        textwrap.fill(
            line.strip(),
            wide,
            initial_indent="  ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        if line.startswith("  ")
        else line
        for line in text.split("\n")
    )


def shown(path: Path) -> str:
    """Return a path as seen from the working directory, if it is below that."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _state(progress: Progress) -> str:
    match progress.phase:
        case Phase.WAITING:
            return "not begun"
        case Phase.DONE:
            return f"done: {progress.result}"
        case _ if progress.planned:
            return f"stopped: {progress.done} of {progress.planned} changes are made"
        case _:
            return "stopped before anything was changed"
