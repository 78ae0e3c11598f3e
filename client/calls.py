"""What a call of a service is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """One documented call: what stands behind the address of the service."""

    path: str
    """The path as the documentation has it, with ``{names}`` in braces."""
    version: str = "7.1"
    """The ``api-version``."""
    needs: str = ""
    """The permission that it needs, as a person knows it. A 403 is explained by it."""
