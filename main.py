"""Reads the configuration and writes the Terraform of every stack."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

from constructs_lib.tuning import tuned

CONFIGURATION = Path(__file__).parent / "config"


def main() -> None:
    """Synthesize ``config/``; every mistake in it goes to stderr, and the exit code is then 1.

    ``DESTROY_PROTECTED=1`` in the environment is the word without which project, teams and registry are never
    destroyed; ``ONLY_PROTECTED=1`` leaves nothing but them in the registry stack.
    """
    # What jsii says when it has no space to start its process in: it cannot end it either, and tells that at length.
    sys.unraisablehook = lambda _: None
    try:
        _synthesize()
    except OSError as error:
        at = f" ({error.filename})" if error.filename else ""
        sys.exit(f"The stacks cannot be built: {error.strerror or error}{at}. Nothing was written.")
    except RuntimeError as error:  # how jsii hands on what Node meets
        found = re.search(r"\b(?:ENOSPC|EDQUOT|EROFS|EACCES): .*", str(error))
        if not found:
            raise
        sys.exit(f"The stacks cannot be built: {found[0]}. Nothing was written.")


def _synthesize() -> None:
    started = time.perf_counter()
    with tuned():
        from constructs_lib.guard_rails import GuardRailError
        from files.replacing import WriteError
        from settings.loader import load_settings
        from settings.reading.problems import ConfigurationError

        try:
            settings = load_settings(CONFIGURATION)
            # cdktf takes longer to import than the configuration to load; a mistake in that is reported before.
            from stacks.synthesis import synthesize

            written = synthesize(
                settings,
                protect=os.environ.get("DESTROY_PROTECTED") != "1",
                only_protected=os.environ.get("ONLY_PROTECTED") == "1",
            )
        except (ConfigurationError, GuardRailError, WriteError) as error:
            sys.exit(str(error))
    if settings.placeholders:
        # Not to stderr: the cdktf command line shows all of that as errors.
        sys.stdout.write(f"{settings.placeholder_warning()}\n")
    sys.stdout.write(f"{written} in {time.perf_counter() - started:.1f} s\n")


if __name__ == "__main__":
    main()
