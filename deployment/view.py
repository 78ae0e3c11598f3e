"""Shows how far a command is while it runs: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from deployment.output import Output, Phase, Progress, minutes

_QUIET_SECONDS = 30
"""So long is a stack without a line, where nobody sees it move."""

_STYLES = {Phase.DONE: "green", Phase.FAILED: "red", Phase.WAITING: "dim"}


class View:
    """Where the progress of commands is shown."""

    def __init__(self, console: Console) -> None:
        """Show it on ``console``."""
        self.console = console
        self._live = console.is_terminal and not console.is_dumb_terminal

    @contextmanager
    def step(self, doing: str) -> Iterator[None]:
        """Say what is being done, where it can be taken away again once it is done."""
        if self._live:
            with self.console.status(doing):
                yield
        else:
            yield

    @contextmanager
    def following(self, title: str, output: Output) -> Iterator[_Shown]:
        """Show ``output`` under a title; call ``update()`` of what this yields after each line."""
        shown = _Shown(title, output)
        if self._live:
            with Live(console=self.console, get_renderable=shown.table, refresh_per_second=4, transient=True):
                yield shown
            self.console.print(shown.table())
        else:
            shown.lines_to = self.console
            self.console.print(Text(f"{title} ..."))
            yield shown
            shown.update()


class _Shown:
    def __init__(self, title: str, output: Output) -> None:
        self.lines_to: Console | None = None
        self._title = title
        self._output = output
        self._said: dict[str, tuple[str, float]] = {}

    def update(self) -> None:
        """Print a line for each stack that has come further, or has not been heard of for some time."""
        if self.lines_to is None:
            return
        now = self._output.clock()
        longest = max(map(len, self._output.stacks))
        for name, progress in self._output.stacks.items():
            said, when = self._said.get(name, (Phase.WAITING, now))
            waits = progress.phase is Phase.APPLYING and now - when >= _QUIET_SECONDS
            if progress.phase != said or waits:
                self._said[name] = (progress.phase, now)
                elapsed = minutes(now - self._output.began)
                line = Text(f"  {elapsed:>6}  {name:{longest}}  {_words(progress, counted=waits)}")
                self.lines_to.print(line, soft_wrap=True)

    def table(self) -> RenderableType:
        """Return the stacks with phase, changes, time, and what is being done."""
        elapsed = minutes(self._output.clock() - self._output.began)
        title = Text(f"{self._title}  {elapsed}", style="bold", no_wrap=True, overflow="ellipsis")
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, justify="right")
        table.add_column(no_wrap=True, overflow="ellipsis")
        for name, progress in self._output.stacks.items():
            table.add_row(
                name,
                Text(progress.phase, style=_STYLES.get(progress.phase, "yellow")),
                self._time(progress),
                Text(_doing(progress), style="dim"),
            )
        return Group(title, table)

    def _time(self, progress: Progress) -> str:
        if progress.began is None:
            return ""
        return minutes((progress.ended or self._output.clock()) - progress.began)


def _words(progress: Progress, *, counted: bool) -> str:
    if counted:
        return f"{progress.done} of {progress.planned} changes made"
    detail = {Phase.APPLYING: progress.plan, Phase.DONE: progress.result}.get(progress.phase)
    return f"{progress.phase}: {detail}" if detail else progress.phase


def _doing(progress: Progress) -> str:
    if progress.phase is Phase.APPLYING:
        return f"{progress.done} of {progress.planned}  {progress.begun[-1] if progress.begun else ''}"
    if progress.phase is Phase.FAILED and progress.planned:
        return f"{progress.done} of {progress.planned}"
    return progress.result
