"""Tries mutants of every area, as many as fit into the time: ``make mutation SEED=7 MINUTES=30``."""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutation.areas import AREAS, Area, mutants_of
from tests.mutation.copies import Copy
from tests.mutation.mutants import Mutant
from tests.mutation.recorded import Recorded, record
from tests.mutation.unchanged import UNCHANGED

WANTED = 90
"""How many of the mutants the tests must notice (percent)."""
_PATIENCE = 3
"""How many times as long as without a mutant the tests may run; one that never ends is noticed too."""


@dataclass
class Tally:
    """What became of the mutants of an area."""

    area: Area
    drawn: list[Mutant]
    there_are: int
    killed: list[Mutant] = field(default_factory=list)
    survived: list[Mutant] = field(default_factory=list)

    def __str__(self) -> str:
        """Return the row of the area: name, mutants there are, tried, killed, percent."""
        tried = len(self.killed) + len(self.survived)
        share = f"{100 * len(self.killed) / tried:.0f} %" if tried else "-"
        return f"{self.area.name:12} {self.there_are:6} {tried:6} {len(self.killed):6} {share:>6}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def draw(seed: int, wanted: list[str]) -> list[Tally]:
    """Return the areas, each with its mutants in an order that the seed decides."""
    tallies = []
    for area in AREAS:
        if not wanted or area.name in wanted:
            found = [m for m in mutants_of(area) if (m.file, m.change) not in UNCHANGED]
            drawn = random.Random(f"{seed} {area.name}").sample(found, len(found))  # noqa: S311  # no secrets
            tallies.append(Tally(area, drawn, len(found)))
    return tallies


def in_turn(tallies: list[Tally], each: int) -> Iterator[tuple[Tally, Mutant]]:
    """Yield one mutant of each area after the other, so that a time box cuts all of them alike."""
    for index in range(each):
        for tally in tallies:
            if index < len(tally.drawn):
                yield tally, tally.drawn[index]


def try_all(tallies: list[Tally], copies: list[Copy], recorded: Recorded, each: int, until: float) -> None:
    """Try the mutants, on every copy one at a time, until the time is up (``time.monotonic``)."""
    waiting, lock = in_turn(tallies, each), threading.Lock()

    def work(copy: Copy) -> None:
        while time.monotonic() < until:
            with lock:
                tally, mutant = next(waiting, (None, None))
            if tally is None or mutant is None:
                return
            area = tally.area
            first = recorded.first(area, mutant, copy.read(mutant.file).decode())
            limit = _PATIENCE * recorded.seconds(area) + 60
            reason = copy.killed_by(mutant, area.tests, first, limit)
            with lock:
                (tally.killed if reason else tally.survived).append(mutant)
                _say(f"killed    {mutant}\n          {reason}" if reason else f"survived  {mutant}")

    threads = [threading.Thread(target=work, args=(copy,)) for copy in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> int:
    """Try mutants and print a table by area; 1 when too many survive, 2 when the tests fail without any."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("areas", nargs="*", help=", ".join(area.name for area in AREAS))
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10_000, help="which are drawn")
    parser.add_argument("--each", type=int, default=20, help="how many of each area")
    parser.add_argument("--minutes", type=float, default=30, help="after which no other is begun")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="how many at the same time")
    options = parser.parse_args()
    # A shell lets what it runs in the background ignore Ctrl-C, and so would what tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _say(f"Seed {options.seed}")
    tallies = draw(options.seed, options.areas)
    with tempfile.TemporaryDirectory() as folder:
        copies = [Copy(Path(folder) / str(number)) for number in range(options.at_once)]
        started = time.monotonic()
        recorded = record(copies[0], [tally.area for tally in tallies])
        if isinstance(recorded, str):
            _say(f"Without a mutant a test fails: {recorded}")
            return 2
        _say(f"{time.monotonic() - started:.0f} s to learn which tests run what")
        try_all(tallies, copies, recorded, options.each, time.monotonic() + options.minutes * 60)
    _say(f"{'area':12} {'there':>6} {'tried':>6} {'killed':>6}")
    for tally in tallies:
        _say(str(tally))
    killed, survived = (sum(len(getattr(t, name)) for t in tallies) for name in ("killed", "survived"))
    tried = killed + survived
    _say(f"{killed} of {tried} killed: {100 * killed / tried if tried else 0:.0f} %, wanted {WANTED} %")
    return 0 if tried and 100 * killed >= WANTED * tried else 1


if __name__ == "__main__":
    sys.exit(main())
