"""The Node that cdktf runs in: what is said where it is missing, old, or has no place for its files."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import IO, Any

_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
_FRAME = re.compile(rb"!{4,}")
# What jsii says of the two places where it unpacks packages, and the variable that names another.
_PLACES = {
    re.compile("Cannot use the jsii package cache in (?P<place>.+?): (?P<why>[A-Z]+)"): (
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT"
    ),
    re.compile("(?P<why>[A-Z]+): .+ mkdtemp '(?P<place>.+)/.+'"): "TMPDIR",
}
# How jsii hands on what Node meets elsewhere.
_MET = re.compile(r"\b(?:ENOSPC|EDQUOT|EROFS|EACCES): .*")
_SUPPORTED = re.compile(r"- \^([0-9]+)\.")


class NodeError(Exception):
    """Node cannot be used as it is; the message is one line that says why and what to do."""


def is_there() -> bool:
    """Tell whether there is a Node on PATH, or where ``JSII_NODE`` says."""
    return shutil.which(_name()) is not None


@contextmanager
def running() -> Iterator[None]:
    """Import and use cdktf in here. Raises :class:`NodeError` where Node is missing or has no place for its files."""
    if not is_there():
        raise NodeError(
            f"{_name()} is not on PATH, and cdktf runs in it. Install Node 20 or newer (https://nodejs.org)."
        )
    try:
        yield
    except OSError as error:
        at = f" ({error.filename})" if error.filename else ""
        raise NodeError(
            f"The stacks cannot be built: {error.strerror or error}{at}. Nothing was written."
        ) from None
    except Exception as error:
        for pattern, variable in _PLACES.items():
            if said := pattern.match(str(error)):
                raise NodeError(
                    f"{said['place']} cannot be written ({said['why']}): cdktf unpacks its packages there. Make it a "
                    f"folder that you may write to, or set {variable} to one."
                ) from None
        if found := _MET.search(str(error)):
            raise NodeError(f"The stacks cannot be built: {found[0]}. Nothing was written.") from None
        raise


def shorten_reports() -> None:
    """Say in one line what jsii says in eleven about a Node that it does not support any more, or not yet.

    jsii prints what Node writes to stderr line by line, and what it does not expect as Python shows bytes. Where it had
    no space to start Node, it cannot end it either: that is not told at all. To be called before the import of anything
    that starts Node.
    """
    sys.unraisablehook = lambda _: None
    process: Any = import_module("jsii._kernel.providers.process")
    prints = process.stderr_sink
    if prints.__module__ != __name__:
        process.stderr_sink = _without_banner(prints)


def _without_banner(prints: Any) -> Any:
    def sink(reader: IO[bytes]) -> None:
        prints(_Lines(reader))

    return sink


class _Lines:
    """The lines that Node writes to stderr, without the banner."""

    def __init__(self, reader: IO[bytes]) -> None:
        self._reader = reader
        self._banner: list[str] | None = None
        """What the banner has said so far; ``None`` outside of one."""

    def readline(self) -> bytes:
        """Return the next line that is not of a banner; nothing at the end."""
        for line in iter(self._reader.readline, b""):
            bare = _COLOUR.sub(b"", line).strip()
            if not bare.startswith(b"!!"):
                return line
            self._read(bare)
        return b""

    def _read(self, line: bytes) -> None:
        if not _FRAME.fullmatch(line):
            if self._banner is not None:
                self._banner.append(line.strip(b"! ").decode(errors="replace"))
        elif self._banner is None:
            self._banner = []
        else:
            # Not to stderr: the cdktf command line shows all of that as errors.
            sys.stdout.write(f"Warning: {_summary(self._banner)}\n")
            self._banner = None


def _summary(banner: list[str]) -> str:
    """Return what a banner says first, and which versions it names."""
    said = next(filter(None, banner), "")
    supported = sorted(int(major) for line in banner for major in _SUPPORTED.findall(line))
    return f"{said} Install Node {' or '.join(map(str, supported))}." if supported else said


def _name() -> str:
    return os.environ.get("JSII_NODE", "node")
