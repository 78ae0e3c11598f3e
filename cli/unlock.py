"""Names who holds the lock of a stack's state, and lifts one that was left behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cli.exit_codes import ExitCode
from cli.output import refuse, say
from client.errors import ServiceError
from deployment.backend import BackendError, Lock, block_of, opened
from deployment.locks import is_locked, note_of, noted_lock
from deployment.stacks import MANIFEST, Stack, output_folder, read_stacks, removed_stacks
from deployment.tools import terraform

Question = Callable[[Lock], list[str]]
"""Asks which runs may have taken a lock and are still active: what each is called, with its address."""


def unlock(name: str, lift: str | None, *, active_runs: Question) -> None:
    """Show who holds the lock of a stack's state; with ``lift``, the id of that lock, lift it.

    Refused while the process or run that took it is active.
    """
    stack = _stack(name)
    block = block_of(stack)
    if "local" in block:
        _unlock_file(name, Path(block["local"]["path"]), lift)
        return
    try:
        with opened(terraform(), block) as backend:
            lock = backend.lock()
            if lock is None:
                _say_free(name)
                return
            say(f"{name} is locked:\n{lock}")
            _refuse_while_active(lock, active_runs)
            _agree(name, lock, lift)
            backend.unlock(lock.id)
    except BackendError as error:
        refuse(f"Error: Terraform cannot get at the state of {name}.\n{error}", ExitCode.FAILED)
    _say_lifted(name)


def _refuse_while_active(lock: Lock, active_runs: Question) -> None:
    try:
        runs = active_runs(lock)
    except ServiceError as error:
        say(
            f"Azure DevOps was asked in vain whether a run that took it is active. Look at the runs yourself.\n{error}",
            "yellow",
        )
        return
    if runs:
        listed = "\n  ".join(runs)
        refuse(
            f"These runs were at work when it was taken, and still are:\n  {listed}\nWait until they have ended, or "
            "cancel them. Is it none of them: docs/state.md, section A lock that was left behind.",
            ExitCode.FAILED,
        )
    say("No run of a pipeline that was at work when it was taken is still active.")


def _unlock_file(name: str, path: Path, lift: str | None) -> None:
    lock = noted_lock(path)
    if is_locked(path):
        who = f":\n{lock}" if lock else "."
        refuse(
            f"{name} is locked{who}\nA Terraform on this machine has it open and is at work: ps aux | grep terraform "
            "shows it. Wait until it has ended, or interrupt it once.",
            ExitCode.FAILED,
        )
    if lock is None:
        note_of(path).unlink(missing_ok=True)  # nothing that can be read
        _say_free(name)
        return
    say(
        f"{name} was locked by a Terraform that is gone, and the system has lifted its lock:\n{lock}\n"
        "What it was at may be half made: docs/recovering.md tells how to look."
    )
    _agree(name, lock, lift)
    note_of(path).unlink(missing_ok=True)
    _say_lifted(name)


def _agree(name: str, lock: Lock, lift: str | None) -> None:
    """End the command unless somebody has said, by its id, that this lock may go."""
    if lift is None:
        say(f"To lift it: mlops unlock {name} --lift {lock.id}")
        refuse("", ExitCode.FINDINGS)
    if lift != lock.id:
        refuse(
            f"That is another lock than {lift}: somebody has taken it since. Nothing was lifted.",
            ExitCode.FAILED,
        )


def _say_free(name: str) -> None:
    say(f"{name}: nobody holds the lock.", "green")


def _say_lifted(name: str) -> None:
    say(f"{name}: the lock is lifted. Next: make diff STACK={name}", "green")


def _stack(name: str) -> Stack:
    folder = output_folder()
    if not (folder / MANIFEST).exists():
        refuse(f"There is no Terraform in {folder} yet. Run make synth first.", ExitCode.FAILED)
    stacks = [*read_stacks(folder), *removed_stacks(folder)]
    found = {stack.name: stack for stack in stacks}
    if name not in found:
        refuse(f"Error: There is no stack {name}, only {', '.join(found)}.", ExitCode.USAGE)
    return found[name]
