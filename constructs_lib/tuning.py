"""Makes a synthesis quicker and smaller: a short program that makes a lot, and that waits for Node through jsii."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Thread

from constructs_lib import node


@contextmanager
def tuned() -> Iterator[None]:
    """Run a synthesis in here, from before the first import that takes long until shortly before the program ends.

    Not for a program that lives on, such as a test run: it would keep its garbage.
    """
    gc.disable()  # nearly everything that is made is kept
    # Node does make garbage, and left alone lets a lot of it come together.
    os.environ.setdefault("NODE_OPTIONS", "--max-semi-space-size=2")
    import_module("jsii")  # not in the thread: that is to wait for Node, not to run Python next to this
    node.shorten_banner()
    if node.is_there():
        Thread(target=_start_node).start()
    yield
    gc.freeze()  # or Python looks for garbage once more when it ends


def _start_node() -> None:
    """Start the Node that cdktf needs, while the settings are imported and loaded: both take as long."""
    with suppress(Exception):  # whatever it is, the import of cdktf meets it again, and reports it
        import_module("constructs")
