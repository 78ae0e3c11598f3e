"""The tour: deploy all stacks, show that a second diff is empty, clean up, and say what there was."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.console import Console

from deployment.failure import shown
from deployment.stacks import Stack
from deployment.summary import summarize
from sandbox.commands.platform import Platform, SandboxError

NO_CHANGES = "No changes. Your infrastructure matches the configuration."


class Tour:
    """Runs the platform through the sandbox and tells a person what happens."""

    def __init__(self, platform: Platform, console: Console) -> None:
        """Use ``platform``, and print to ``console``."""
        self._platform = platform
        self._console = console

    def run(self, *, keep: bool) -> None:
        """Take the whole tour. With ``keep`` the deployment stays, to be looked at and changed.

        Raises :class:`SandboxError` as soon as anything is not as it should be.
        """
        started = time.monotonic()
        self._platform.start_anew()
        stacks = self._platform.synthesize()
        self._platform.deploy()
        for stack in stacks:
            self.expect_no_changes(stack.name)
        self._console.print("A second diff of each stack is empty.")
        if not keep:
            self._platform.destroy_protected()
            self.expect_nothing_left()
        if keep:
            summarize(self._console, stacks, next_steps(self._platform, stacks))
        else:
            steps = [
                "Keep it, to look at and to change: make sandbox KEEP=1",
                "Deploy it with your ids: README.md, section Use it with your ids",
            ]
            summarize(self._console, stacks, steps, "What was there, before it was destroyed")
        self._console.print(
            f"\nDone in {time.monotonic() - started:.0f} s. Log: {shown(self._platform.log.path)}",
            soft_wrap=True,
        )

    def expect_no_changes(self, name: str) -> None:
        """Plan a stack; SandboxError with the plan when it is not empty."""
        printed = self._platform.diff(name)
        if NO_CHANGES not in " ".join(printed.split()):
            raise SandboxError(f"The diff of {name} is not empty:\n{printed.strip()}")

    def expect_nothing_left(self) -> None:
        """Look into every state; SandboxError when a resource is still there."""
        for stack in self._platform.stacks():
            left = self._platform.managed(stack.name)
            if left:
                raise SandboxError(f"{stack.name} still holds: {', '.join(left)}")


def next_steps(platform: Platform, stacks: Sequence[Stack]) -> list[str]:
    """Return what a person may do with a deployment that stays."""
    return [
        f"See what a change of config/ would do: {platform.command('diff', stacks[-1].name)}",
        f"See variables, and edit them as in the Library: {platform.library_command()}",
        f"Take it down: DESTROY_PROTECTED=1 {platform.command('destroy')}",
    ]
