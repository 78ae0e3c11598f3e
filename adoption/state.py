"""What the state of a stack holds, wherever it is."""

from __future__ import annotations

from deployment.backend import MissingError, block_of, opened
from deployment.stacks import Stack
from deployment.tools import terraform


def held(stack: Stack) -> frozenset[str]:
    """Return the addresses that the state of a stack holds; none where there is no state.

    Raises :class:`deployment.state.StateError` for a state that is damaged, and
    :class:`deployment.backend.BackendError` where Terraform cannot read it.
    """
    try:
        with opened(terraform(), block_of(stack)) as backend:
            state = backend.pull()
    except MissingError:
        return frozenset()
    return frozenset(state.addresses if state else ())
