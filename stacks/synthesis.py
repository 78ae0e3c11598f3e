"""Builds the stacks and writes their Terraform, if no guard-rail is in the way."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from cdktf import App

from constructs_lib.guard_rails import check
from settings.loader import Settings
from stacks.environment import EnvironmentStack
from stacks.registry import RegistryStack


def synthesize(
    settings: Settings, outdir: str | None = None, *, protect: bool = True, only_protected: bool = False
) -> str:
    """Write one Terraform directory a stack to ``outdir``, or where the cdktf command line wants it.

    ``protect`` and ``only_protected`` are the registry stack's.

    Returns a line that says what was written. Raises :class:`GuardRailError` when a stack would do what none may;
    then nothing is written.
    """
    target = outdir or os.environ.get("CDKTF_OUTDIR", "cdktf.out")
    with TemporaryDirectory() as fresh:
        app = App(outdir=fresh)
        registry = RegistryStack(app, settings, protect=protect, only_protected=only_protected)
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
