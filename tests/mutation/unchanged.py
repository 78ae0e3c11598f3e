"""Mutants that change nothing anybody could notice, each with the reason. They are not tried."""

from __future__ import annotations

UNCHANGED: dict[tuple[str, str], str] = {
    ("adoption/references.py", "raise UnknownError(text) from None -> pass"): "the line below raises the same",
    ("sandbox/provider/server.py", "16 -> 17"): "one thread more answers the same requests",
}
"""The file and the change, as a report shows it after the line, and why no test can tell."""
