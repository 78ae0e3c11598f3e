"""Compares, deploys and destroys stacks with cdktf's own view and prompt, and adds a log and what came of it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from cli.bootstrap import destroy_state, refuse_state
from deployment.failure import failure, shown, wrapped
from deployment.output import Output
from deployment.running import Log, run
from deployment.stacks import Stack, forget, output_folder, read_stacks, removed_stacks, state_stack
from deployment.state import StateError, forget_backend, noted_backend, state_path
from deployment.state_file import PAGE, errored_state, lost_state, read_state
from deployment.summary import summarize, teams
from deployment.tools import cdktf, make_plugin_cache, terraform

_RECOVER = f"{PAGE} tells how to bring it in."
_PATTERN = set("*?![{(")
_LEFT = """\
Left on purpose, as far as this project created them: the Azure DevOps project with its repositories and pipelines,
the teams with their members, the model registry with its models, its resource group.
DESTROY_PROTECTED=1 make destroy destroys them too."""
_STATE_LEFT = """\
Left on purpose: {0}, with the state of all stacks. Last of all:
DESTROY_PROTECTED=1 make destroy STACK={0}"""


class StacksError(Exception):
    """A command over stacks cannot go on; the message says why and what to do."""


class NamesError(StacksError):
    """A name is no stack, or none that this command takes."""


class Stacks:
    """The stacks of the configuration in this folder, and those that it no longer has."""

    def __init__(self, command: str, names: Sequence[str], options: Sequence[str]) -> None:
        """Synthesize; ``options`` are cdktf's.

        Raises ToolError when this machine cannot run a deployment, StacksError when the app has said what is wrong.
        """
        self.terraform = terraform()
        self._engine = cdktf()
        make_plugin_cache()
        self._names = names
        self.options = options
        self.out = output_folder()
        self._log = Log(self.out / "logs", command)
        self.console = Console(highlight=False)
        self._synthesize()
        self.configured = read_stacks(self.out)
        self.removed = removed_stacks(self.out)

    @property
    def approved(self) -> list[str]:
        """Terraform's options for cdktf's ``--auto-approve``."""
        return ["-auto-approve", "-input=false"] if "--auto-approve" in self.options else []

    def diff(self) -> None:
        """Show what a deployment of one stack would change; of one that is no longer configured, what goes with it."""
        self._refuse_unknown(removed=True)
        for stack in self.removed:
            if stack.name in self._names:
                self.terraform_alone(
                    stack, f"make diff STACK={stack.name}", ["plan", "-destroy", "-input=false"]
                )
                return
        self._cdktf("diff", self._names)

    def deploy(self) -> None:
        """Deploy the stacks, and say what is there then."""
        self._refuse_unknown(removed=False)
        output = self._cdktf("deploy", self._names)
        there = [stack for stack in self.configured if stack.name in output.finished()]
        if there:
            summarize(self.console, there, _next_steps(there))
        self.say_log()

    def destroy(self) -> None:
        """Destroy the stacks, removed ones first: they need what others have.

        Without names, all but what only ``DESTROY_PROTECTED=1`` destroys. With that word the registry stack goes in two
        steps: what is not protected first, and with that the Entra groups are forgotten, which must stay.
        """
        self._refuse_unknown(removed=True)
        state = state_stack(self.configured)
        if state and state.name in self._names:
            if refused := refuse_state(self, list(self._names)):
                raise NamesError(refused)
            destroy_state(self)
            self.say_log()
            return
        registry, *environments = [stack.name for stack in self.configured if stack is not state]
        word = os.environ.get("DESTROY_PROTECTED") == "1"
        if word:
            self._refuse_patterns(registry)
        for stack in self.removed:
            if stack.name in self._names or not self._names:
                self._destroy_removed(stack)
        configured = [name for name in self._names if name not in [stack.name for stack in self.removed]]
        if configured and not (word and registry in configured):
            self._destroy_configured(configured)
        elif configured or not self._names:
            # Each environment waits for the registry stack, the first.
            others = [name for name in configured or environments if name != registry]
            if not others or self._destroy_configured(others):
                self._destroy_registry(registry, protected=word)
        if state and not self._names:
            self.console.print(f"\n{_STATE_LEFT.format(state.name)}", soft_wrap=True)
        self.say_log()

    def _destroy_registry(self, name: str, *, protected: bool) -> None:
        """Take what is not protected out of the registry stack, and then, with ``protected``, the rest."""
        self._synthesize(ONLY_PROTECTED="1")
        output = self._cdktf("deploy", [name])
        if protected and name in output.finished():
            self._synthesize()
            self._destroy_configured([name])
        elif not protected:
            self.console.print(f"\n{_LEFT}", soft_wrap=True)

    def _destroy_configured(self, names: Sequence[str]) -> bool:
        """Return whether all are gone: somebody may have said no."""
        output = self._cdktf("destroy", names)
        for name in output.finished():
            forget(self.out, name)
        return output.finished() == list(output.stacks)

    def _destroy_removed(self, stack: Stack) -> None:
        """Let Terraform itself destroy what cdktf does not know any more."""
        self.terraform_alone(stack, f"make destroy STACK={stack.name}", ["destroy", *self.approved])
        forget(self.out, stack.name)
        self.console.print(f"{stack.name} is destroyed, and its folder is gone.", soft_wrap=True)

    def terraform_alone(self, stack: Stack, again: str, arguments: Sequence[str]) -> None:
        """Run Terraform itself in the folder of a stack; ``again`` is what to run after something went wrong."""
        output = Output([stack.name], only=stack.name)
        for step in (["init", "-input=false"], arguments):
            command = [self.terraform, f"-chdir={stack.folder}", *step]
            self._run(command, output, f"{self.terraform} {step[0]}", again)

    def _cdktf(self, doing: str, names: Sequence[str]) -> Output:
        """Run cdktf over what is synthesized already, and return what it said."""
        self._look_at_state(names)
        known = [stack.name for stack in self.configured]
        followed = [name for name in known if name in names] or known
        place = ["--skip-synth", "--output", str(self.out)]
        command = [*self._engine, doing, *(names or ["*"]), *place, *self.options]
        output = Output(followed)
        chosen = f" STACK={shlex.quote(' '.join(names))}" if names else ""
        self._run(command, output, f"{self._engine[-1]} {doing}", f"make {doing}{chosen}")
        return output

    def _run(self, command: Sequence[str], output: Output, doing: str, again: str) -> None:
        self._log.write(f"--- {shlex.join(command)}")

        def heard(line: str) -> None:
            self._log.write(line)
            output.read(line)

        ended = run(command, heard)
        output.end(failed=bool(ended.code))
        if ended.code:
            text = failure(
                output, doing, log=self._log.path, again=again, recover=_RECOVER, interrupts=ended.interrupts
            )
            raise StacksError(wrapped(text))

    def _synthesize(self, **variables: str) -> None:
        done = subprocess.run([sys.executable, "main.py"], env={**os.environ, **variables}, check=False)
        if done.returncode:
            raise StacksError  # it has said why

    def _look_at_state(self, names: Sequence[str]) -> None:
        """Say what is odd about local state before Terraform plans with it; StacksError where it cannot be read."""
        for stack in self.configured:
            if names and stack.name not in names:
                continue
            path = state_path(self.out, stack.name)
            if "local" not in stack.terraform["terraform"]["backend"]:
                self._refuse_state_left_here(path)
                if noted_backend(stack.folder).get("type") == "local":
                    forget_backend(stack.folder)  # there is nothing in it that Terraform could ask about
                continue
            try:
                read_state(path)
                warnings = [lost_state(path), errored_state(stack.folder)]
            except StateError as error:
                raise StacksError(str(error)) from None
            for warning in filter(None, warnings):
                self.console.print(f"{warning}\n", soft_wrap=True, markup=False)

    def _refuse_state_left_here(self, path: Path) -> None:
        """Refuse to plan without the state that is still in a file, where make bootstrap is to move it."""
        if state_stack(self.configured) is None:
            return
        try:
            here = read_state(path)
        except StateError as error:
            raise StacksError(str(error)) from None
        if here and here.addresses:
            raise StacksError(
                f"{shown(path)} holds {here}, and the configuration keeps state in Azure. Without it Terraform would "
                "create all of that a second time. Move it there: make bootstrap"
            )

    def _refuse_unknown(self, *, removed: bool) -> None:
        known, gone = ([stack.name for stack in stacks] for stacks in (self.configured, self.removed))
        for name in self._names:
            if name in gone and not removed:
                raise NamesError(
                    f"The stack {name} is no longer configured. To take it down: make destroy STACK={name}"
                )
            if name not in (*known, *gone) and not _PATTERN & set(name):
                raise NamesError(
                    f"There is no stack {name}, only {', '.join((*known, *gone))}.\n"
                    "If its file is gone and it was synthesized elsewhere, put the file back first."
                )

    def _refuse_patterns(self, registry: str) -> None:
        for name in self._names:
            if _PATTERN & set(name):
                raise NamesError(
                    f"With DESTROY_PROTECTED=1 stacks go by their whole names, and {name} is a pattern: {registry}, "
                    "which it may stand for, is destroyed in two steps.\nName the stacks, or none for all of them."
                )

    def say_log(self) -> None:
        """Name the file with all that was printed."""
        self.console.print(f"\nLog: {shown(self._log.path.resolve())}", soft_wrap=True)


def _next_steps(there: Sequence[Stack]) -> list[str]:
    steps = [f"A second plan is empty: make diff STACK={there[-1].name}"]
    if created := teams(there):
        steps.append(
            f"In Azure DevOps, add their members to the teams, which are empty: {', '.join(created)}"
        )
    return steps
