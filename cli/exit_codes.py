"""What a command's exit code says. docs/commands.md has the same table."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The code that a command ends with. make turns each that is not 0 into its own 2."""

    FINE = 0
    """Done, and nothing is wrong."""
    FINDINGS = 1
    """Done, and something is wrong: mistakes in the configuration for ``validate``, findings for ``doctor``."""
    USAGE = 2
    """Not done: the command was called wrongly."""
    FAILED = 3
    """Could not be done: a program, a file, access or network is missing, or an earlier step is wrong."""
