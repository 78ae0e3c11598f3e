"""Builds the stacks and writes their Terraform, if no guard-rail is in the way."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from cdktf import App

from constructs_lib.guard_rails import check
from deployment.stacks import note_on_removed, put_in_order, set_aside
from settings.loader import Settings
from stacks.environment import EnvironmentStack
from stacks.registry import RegistryStack


class OutputError(Exception):
    """What was synthesized cannot be written; the message says where and why."""


def synthesize(
    settings: Settings, outdir: str | None = None, *, protect: bool = True, only_protected: bool = False
) -> str:
    """Write one Terraform directory a stack to ``outdir``, or where the cdktf command line wants it.

    ``protect`` and ``only_protected`` are the registry stack's.

    What was written for a stack that is no longer configured stays, aside from the others, until it is destroyed.

    Returns what was written, in a line, after one that names such stacks. Raises :class:`GuardRailError` when a stack
    would do what none may; then nothing is written. Raises :class:`OutputError` when the directory
    cannot be written.
    """
    target = outdir or os.environ.get("CDKTF_OUTDIR", "cdktf.out")
    with TemporaryDirectory() as fresh:
        app = App(outdir=fresh)
        registry = RegistryStack(app, settings, protect=protect, only_protected=only_protected)
        names, private = [registry.node.id], []
        for environment in settings.environments:
            stack = EnvironmentStack(app, settings, environment)
            stack.add_dependency(registry)
            names.append(stack.node.id)
            if environment.security.private_endpoints:
                private.append(stack.node.id)
        app.synth()
        check(Path(fresh), private=private, tags=[*settings.platform.tags, "environment"])
        put_in_order(Path(fresh), names)
        set_aside(Path(target), names)
        _copy(fresh, target)
    lines = [note_on_removed(Path(target)), f"Wrote {len(names)} stacks to {target}"]
    return "\n".join(filter(None, lines))


def _copy(fresh: str, target: str) -> None:
    try:
        shutil.copytree(fresh, target, dirs_exist_ok=True)
    except OSError as error:
        # copytree goes on after a failure, and then has a list of them: from where, to where, why.
        where, why = (
            error.args[0][0][1:] if isinstance(error, shutil.Error) else (error.filename, error.strerror)
        )
        raise OutputError(
            f"{where} cannot be written ({why}). Make it a folder that you may write to, or name another with "
            "CDKTF_OUTDIR; then run this again: what is there may be incomplete."
        ) from None
