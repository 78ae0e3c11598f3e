"""Arguments that azurerm knows by an old name and a new one."""

from __future__ import annotations

from sandbox.services.resource_type import Arguments


def both_spellings(arguments: Arguments, positive: str, negative: str) -> Arguments:
    """Return one switch by both of its names, the old one the opposite of the new; on unless told otherwise."""
    chosen = arguments.get(positive)
    on = chosen if isinstance(chosen, bool) else arguments.get(negative) is not True
    return {positive: on, negative: not on}
