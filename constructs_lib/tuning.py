"""Makes a synthesis quicker and smaller: a short program that makes a lot, and that waits for Node through jsii."""

from __future__ import annotations

import gc
import os
import typing
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from threading import Thread

import typeguard

from constructs_lib import node


@contextmanager
def tuned() -> Iterator[None]:
    """Run a synthesis in here, from before the first import that takes long until shortly before the program ends.

    Not for a program that lives on, such as a test run: it would keep its garbage. The gains were measured for the
    shipped configuration, which took 1.7 s on two cores, by leaving out one line at a time, in turn: medians of 13.
    """
    gc.disable()  # 0.09 s: nearly everything that is made is kept
    # 27 MB: Node does make garbage, and left alone lets a lot of it come together.
    os.environ.setdefault("NODE_OPTIONS", "--max-semi-space-size=2")
    # 0.04 s: not in the thread, which is to wait for Node, not to run Python next to this
    import_module("jsii")
    node.shorten_reports()
    if node.is_there():
        Thread(target=_start_node).start()  # 0.17 s
    _trust_arguments()  # 0.13 s
    yield
    gc.freeze()  # 0.15 s: or Python looks for garbage once more when it ends


def _trust_arguments() -> None:
    """Leave out that every call of a cdktf class checks its arguments' types: mypy did, and the tests do."""
    typeguard.check_type = lambda *_, **__: None  # before cdktf imports it
    # Asked for at each call all the same.
    typing.get_type_hints = cache(typing.get_type_hints)  # type: ignore[assignment]  # it is called in the same way


def _start_node() -> None:
    """Start the Node that cdktf needs, while the settings are imported and loaded: both take as long."""
    with suppress(Exception):  # whatever it is, the import of cdktf meets it again, and reports it
        import_module("constructs")
