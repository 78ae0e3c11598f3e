"""How long the loader takes for files of any size: processor seconds by shape and size.

    python -m tests.benchmarks.loader_sizes
    python -m tests.benchmarks.loader_sizes --sizes 10 100 --limit 20

Each shape is what somebody pastes or a program writes by mistake. It stands in a copy of the guide, behind what is
there, and is repeated until it has the size. A measurement runs in a process of its own, which is ended at the limit.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from settings.loader import load_settings
from settings.reading.problems import ConfigurationError
from tests.project import copy_configuration

SIZES = (10, 50, 100, 200, 400)
"""In kB."""
DEV, PLATFORM = "environments/dev.yaml", "platform.yaml"


class Edit(NamedTuple):
    """What is put into a file: in the place of ``old``, or at the end."""

    file: str
    old: str
    text: Callable[[int], str]
    """Returns the text, given its size in bytes."""


Shape = list[Edit]


def _repeated(line: Callable[[int], str], size: int) -> str:
    """Return lines of ``size`` bytes together, about."""
    lines: list[str] = []
    length = 0
    while length < size:
        lines.append(line(len(lines)))
        length += len(lines[-1])
    return "".join(lines)


def _numbered(text: str) -> Callable[[int], str]:
    """Return what writes a text again and again, with a number for each ``#``, up to a size."""
    return lambda size: _repeated(lambda i: text.replace("#", str(i)), size)


def _behind(file: str, line: str, text: str) -> Shape:
    return [Edit(file, line, lambda size: line + _numbered(text)(size))]


def _variables(text: str) -> Shape:
    return [Edit(DEV, _PERMISSION, lambda size: f"{_PERMISSION}  extra_variables:\n{_numbered(text)(size)}")]


def _at_the_end(text: Callable[[int], str]) -> Shape:
    return [Edit(DEV, "", text)]


_LEVELS = "".join(f"{' ' * depth}k#_{depth}:\n" for depth in range(18)) + f"{' ' * 18}x: 1\n"
_EMAIL = "  email: ml-team@company.com\n"
_EMPTY_LINES = "line #\n\n  "


_USED_BY = "  used_by: [Training, Promotion]\n"
_PERMISSION = "    developers: Administrator\n"

_SIZE = "vm_size: Standard_DS3_v2, min_nodes: 0, max_nodes: 1, idle_time: PT5M"
_USER = "12345678-abcd-4ef0-9876-0123456789ab"
_WORKSTATION = f"  - {{ name: w-#a, user: {_USER}, vm_size: Standard_DS3_v2 }}\n"

SHAPES: dict[str, Shape] = {
    "a list under an unknown key": _at_the_end(lambda n: "extra:\n" + _numbered("  - item #\n")(n)),
    "a list in one line": _at_the_end(lambda n: f"extra: [{_numbered('#, ')(n)}]\n"),
    "unknown keys": _at_the_end(_numbered("extra_#: x\n")),
    "unknown keys near to known ones": _at_the_end(_numbered("lokation_#: x\n")),
    "unknown keys in a section": _behind(DEV, "workspace:\n", "  log_analytics#: x\n"),
    "clusters": _behind(DEV, "compute:\n", f"  c#: {{ name: c#, purpose: batch, {_SIZE} }}\n"),
    "clusters with mistakes": _behind(DEV, "compute:\n", f"  scoring_cluster#: {{ name: c#, {_SIZE} }}\n"),
    "clusters that are none": _behind(DEV, "compute:\n", "  scoring_cluster#: x\n"),
    "workstations": _at_the_end(lambda n: "workstations:\n" + _numbered(_WORKSTATION)(n)),
    "a long text as a workstation": _at_the_end(lambda n: f"workstations: [{{ name: a{'-' * n} }}]\n"),
    "keys in keys": _at_the_end(_numbered(_LEVELS)),
    "nested too deeply": _at_the_end(lambda n: f"extra: {'[' * n}\n"),
    "a long text": _at_the_end(lambda n: f"extra: {'x' * n}\n"),
    "a long text in quotes": _at_the_end(lambda n: f'extra: "{"word " * (n // 5)}"\n'),
    "a long block of text": _at_the_end(lambda n: "extra: |\n" + _numbered("  line # of a text\n")(n)),
    "a long text of many lines": _at_the_end(lambda n: f'extra: "{_numbered(_EMPTY_LINES)(n)}"\n'),
    "a long text as an address": [Edit(DEV, _EMAIL, lambda n: f'  email: "a@{"." * n}@"\n')],
    "a long text as a branch": [Edit(DEV, "[develop]", lambda n: f'["{"a/" * (n // 2)}"]')],
    "a long text as a schedule": [Edit(DEV, "0 2 * * *", lambda n: f"{_numbered('#,')(n)}1 2 * * *")],
    "a quotation mark left open": _at_the_end(lambda n: 'extra: "\n' + _numbered("k#: 'v'\n")(n)),
    "documents": _at_the_end(_numbered("---\na#: 1\n")),
    "anchors and aliases": _at_the_end(_numbered("a#: &n# 1\nb#: *n#\n")),
    "the same key": _at_the_end(_numbered("again: x\n")),
    "comments": _at_the_end(_numbered("# comment\n")),
    "invisible characters": _at_the_end(lambda n: "extra:\n" + _numbered('  - "\\u200b#"\n')(n)),
    "teams": _behind(PLATFORM, "teams:\n", "  t#: { name: T#, create: true }\n"),
    "teams with mistakes": _behind(PLATFORM, "teams:\n", "  t#: { nam: T#, create: 1 }\n"),
    "teams of one name": _behind(PLATFORM, "teams:\n", "  t#: { name: T, create: true }\n"),
    "pipelines, and others in use": [
        Edit(
            PLATFORM,
            "pipelines:\n",
            lambda n: "pipelines:\n" + _numbered("  Nightly #: { name: N# }\n")(n // 2),
        ),
        Edit(DEV, _USED_BY, lambda n: "  used_by:\n" + _numbered("    - Nightlx #\n")(n // 2)),
    ],
    "references to nothing": [
        Edit(DEV, _USED_BY, lambda n: "  used_by:\n" + _numbered("    - Trainin #\n")(n))
    ],
    "one reference to nothing": [Edit(DEV, _USED_BY, lambda n: f"  used_by: [{'Trainin, ' * (n // 9)}]\n")],
    "variables": _variables("    own#: x\n"),
    "variables without quotes": _variables("    own#: 0.5\n"),
    "tags": _behind(PLATFORM, "tags:\n", "  t#: ${x}\n"),
}


def write(folder: Path, shape: Shape, size: int) -> None:
    """Put a shape of ``size`` bytes into a configuration."""
    for file, old, text in shape:
        path = folder / file
        before = path.read_text(encoding="utf-8")
        assert old in before, f"{old!r} is not in {file}"
        after = before.replace(old, text(size), 1) if old else before + text(size)
        path.write_text(after, encoding="utf-8")


def seconds(folder: Path) -> tuple[float, int, int]:
    """Load a configuration: processor seconds, mistakes, and characters of the report."""
    started = time.process_time()
    try:
        load_settings(folder)
        mistakes, report = 0, ""
    except ConfigurationError as error:
        mistakes, report = len(error.problems), str(error)
    return time.process_time() - started, mistakes, len(report)


def _measure(shape: str, size: int, result: Connection) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = copy_configuration(Path(temporary))
        load_settings(folder)  # what is done once, such as building the models
        write(folder, SHAPES[shape], size)
        result.send(seconds(folder))


def measured(shape: str, size: int, limit: float) -> tuple[float, int, int] | None:
    """Return what :func:`seconds` does, or ``None`` when it takes longer than ``limit``."""
    ours, theirs = get_context("fork").Pipe(duplex=False)
    process = get_context("fork").Process(target=_measure, args=(shape, size, theirs))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(limit) else None
    finally:
        process.kill()
        process.join()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="in kB")
    parser.add_argument("--limit", type=float, default=60, help="seconds that one may take")
    arguments = parser.parse_args()
    sizes = "".join(f"{f'{size} kB':>9}" for size in arguments.sizes)
    sys.stdout.write(f"{'seconds':38}{sizes}   mistakes, report of the last\n")
    for shape in SHAPES:
        row, last, out_of_time = "", "", False
        for size in arguments.sizes:
            result = None if out_of_time else measured(shape, size * 1000, arguments.limit)
            out_of_time = result is None
            row += f"{f'> {arguments.limit:.0f}' if result is None else f'{result[0]:.2f}':>9}"
            if result:
                last = f"   {result[1]}, {result[2] / 1000:.1f} kB"
        sys.stdout.write(f"{shape:38}{row}{last}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
