"""Reads the configuration and writes the Terraform of every stack."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from settings.loader import Settings

CONFIGURATION = Path(__file__).parent / "config"


def synthesize(settings: Settings, outdir: str | None = None) -> str:
    """Write one Terraform directory a stack to ``outdir``, or where the cdktf command line wants it.

    Returns a line that says what was written. Raises :class:`GuardRailError` when a stack would do what none may;
    then nothing is written.
    """
    # cdktf takes longer to import than the configuration to load; a mistake in that is reported before.
    from cdktf import App

    from constructs_lib.guard_rails import check
    from stacks.environment import EnvironmentStack
    from stacks.registry import RegistryStack

    target = outdir or os.environ.get("CDKTF_OUTDIR", "cdktf.out")
    with TemporaryDirectory() as fresh:
        app = App(outdir=fresh)
        registry = RegistryStack(app, settings)
        private = []
        for environment in settings.environments:
            stack = EnvironmentStack(app, settings, environment)
            stack.add_dependency(registry)
            if environment.security.private_endpoints:
                private.append(stack.node.id)
        app.synth()
        check(Path(fresh), private=private, tags=[*settings.platform.tags, "environment"])
        shutil.copytree(fresh, target, dirs_exist_ok=True)
    return f"Wrote {1 + len(settings.environments)} stacks to {target}"


def main() -> None:
    """Synthesize ``config/``; every mistake in it goes to stderr, and the exit code is then 1."""
    started = time.perf_counter()
    # A short program that keeps nearly all it makes: looking for garbage costs a twentieth and finds none.
    gc.disable()
    # Node does make garbage; left alone, it lets 30 MB of it come together.
    os.environ.setdefault("NODE_OPTIONS", "--max-semi-space-size=2")
    import_module("jsii")  # not in the thread: that is to wait for Node, not to run Python next to this
    Thread(target=_start_node).start()
    from constructs_lib.guard_rails import GuardRailError
    from settings.loader import load_settings
    from settings.reading.problems import ConfigurationError

    try:
        settings = load_settings(CONFIGURATION)
    except ConfigurationError as error:
        sys.exit(error.report())
    try:
        written = synthesize(settings)
    except GuardRailError as error:
        sys.exit(str(error))
    if settings.placeholders:
        # Not to stderr: the cdktf command line shows all of that as errors.
        sys.stdout.write(f"{settings.placeholder_warning()}\n")
    sys.stdout.write(f"{written} in {time.perf_counter() - started:.1f} s\n")
    gc.freeze()  # or Python looks for garbage once more when it ends, which costs a tenth


def _start_node() -> None:
    """Start the Node that cdktf needs, while the settings are imported and loaded: both take as long."""
    with suppress(Exception):  # whatever it is, the import of cdktf meets it again, and reports it
        import_module("constructs")


if __name__ == "__main__":
    main()
