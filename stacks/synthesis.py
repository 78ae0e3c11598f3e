"""Builds the stacks and writes their Terraform, if no guard-rail is in the way."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from cdktf import App

from constructs_lib.guard_rails import check
from deployment.stacks import check_place, note_on_removed, replace_stacks
from deployment.state import check_prefix, check_state, keep_state
from settings.loader import Settings
from stacks.environment import EnvironmentStack
from stacks.registry import RegistryStack


def synthesize(
    settings: Settings, outdir: str | None = None, *, protect: bool = True, only_protected: bool = False
) -> str:
    """Write one Terraform directory a stack to ``outdir``, or where the cdktf command line wants it.

    ``protect`` and ``only_protected`` are the registry stack's.

    What was written for a stack that is no longer configured stays, aside from the others, until it is destroyed.
    Local state of an earlier version moves to its folder.

    Returns what was written, in a line, after lines that name such state and such stacks. Raises
    :class:`GuardRailError` when a stack would do what none may, :class:`WriteError` when ``outdir`` cannot be written,
    :class:`StateError` when state cannot be kept safely or would be passed over; then nothing is replaced.
    """
    target = Path(outdir or os.environ.get("CDKTF_OUTDIR", "cdktf.out"))
    local = settings.platform.backend.type == "local"
    check_place(target)
    if local:
        check_state(target)
    with TemporaryDirectory() as fresh:
        app = App(outdir=fresh)
        registry = RegistryStack(app, settings, protect=protect, only_protected=only_protected)
        check_prefix(target, registry.node.id)
        names, private, own_tags = [registry.node.id], [], {}
        for environment in settings.environments:
            stack = EnvironmentStack(app, settings, environment)
            stack.add_dependency(registry)
            names.append(stack.node.id)
            own_tags[stack.node.id] = environment.tags
            if environment.security.private_endpoints:
                private.append(stack.node.id)
        app.synth()
        tags = [*settings.platform.tags, "environment"]
        check(Path(fresh), private=private, tags=tags, own_tags=own_tags)
        replace_stacks(Path(fresh), target, names)
    moved = keep_state(target, local=local)
    lines = [moved, note_on_removed(target), f"Wrote {len(names)} stacks to {target}"]
    return "\n".join(filter(None, lines))
