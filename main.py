"""Reads the configuration and writes the Terraform of every stack."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from constructs_lib import engine, node
from constructs_lib.tuning import tuned

CONFIGURATION = Path(__file__).parent / "config"


def main() -> None:
    """Synthesize ``config/``; every mistake in it, and whatever is in the way, goes to stderr: the exit code is then 1.

    ``DESTROY_PROTECTED=1`` in the environment is the word without which project, teams and registry are never
    destroyed; ``ONLY_PROTECTED=1`` leaves nothing but them in the registry stack.
    """
    started = time.perf_counter()
    engine.alias()
    with tuned():
        from constructs_lib.guard_rails import GuardRailError
        from deployment.state import StateError
        from files.replacing import WriteError
        from settings.loader import load_settings
        from settings.reading.problems import ConfigurationError

        try:
            settings = load_settings(CONFIGURATION)
            # cdktf takes longer to import than the configuration to load; a mistake in that is reported before.
            with node.running():
                from stacks.synthesis import synthesize

                written = synthesize(
                    settings,
                    protect=os.environ.get("DESTROY_PROTECTED") != "1",
                    only_protected=os.environ.get("ONLY_PROTECTED") == "1",
                )
        except (ConfigurationError, GuardRailError, StateError, WriteError, node.NodeError) as error:
            sys.exit(str(error))
    if settings.placeholders:
        # Not to stderr: the cdktf command line shows all of that as errors.
        sys.stdout.write(f"{settings.placeholder_warning()}\n")
    sys.stdout.write(f"{written} in {time.perf_counter() - started:.1f} s\n")


if __name__ == "__main__":
    main()
