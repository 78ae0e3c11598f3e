"""Builds the stacks and writes their Terraform, if no guard-rail is in the way."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from cdktf import App

from constructs_lib.guard_rails import check
from deployment.imports import notes_on_imports
from deployment.stacks import check_place, note_on_new, note_on_removed, output_folder, replace_stacks
from deployment.state import check_prefix, check_state, keep_state, state_path
from settings.loader import Settings
from settings.models.platform import AzurermBackend
from stacks.environment import EnvironmentStack
from stacks.imports import add_imports, check_addresses
from stacks.registry import RegistryStack
from stacks.state import StateStack


def synthesize(
    settings: Settings, outdir: str | None = None, *, protect: bool = True, only_protected: bool = False
) -> str:
    """Write one Terraform directory a stack to ``outdir``, or where the cdktf command line wants it.

    ``protect`` is that of the registry and of the state, ``only_protected`` the registry stack's.

    What was written for a stack that is no longer configured stays, aside from the others, until it is destroyed.
    Local state of an earlier version moves to its folder.

    Returns what was written, in a line, after lines that name such state, such stacks, new ones that need more before
    their pipelines run, and imports that can go. Raises
    :class:`ConfigurationError` when something is imported to an address that no stack has, :class:`GuardRailError`
    when a stack would do what none may, :class:`WriteError` when ``outdir`` cannot be written, :class:`StateError` when
    state cannot be kept safely or would be passed over; then nothing is replaced.
    """
    target = Path(outdir) if outdir else output_folder()
    local = settings.platform.backend.type == "local"
    check_place(target)
    if local:
        check_state(target)
    with TemporaryDirectory() as fresh:
        app = App(outdir=fresh)
        # What is about to be destroyed is not brought in.
        imports = settings.imports if protect and not only_protected else ()
        registry = RegistryStack(app, settings, protect=protect, only_protected=only_protected)
        check_prefix(target, registry.node.id)
        add_imports(registry, imports)
        names, private, own_tags = [registry.node.id], [], {}
        shared = [registry.node.id]
        for environment in settings.environments:
            stack = EnvironmentStack(app, settings, environment)
            stack.add_dependency(registry)
            add_imports(stack, imports)
            names.append(stack.node.id)
            own_tags[stack.node.id] = environment.tags
            if environment.security.private_endpoints:
                private.append(stack.node.id)
        backend = settings.platform.backend
        if isinstance(backend, AzurermBackend) and backend.create:
            state = StateStack(app, settings, backend, backend.create, stacks=names, protect=protect)
            add_imports(state, imports)
            if backend.create.private_network:
                private.append(state.node.id)
            names.append(state.node.id)
            shared.insert(0, state.node.id)
        app.synth()
        check_addresses(Path(fresh), imports)
        tags = [*settings.platform.tags, "environment"]
        check(Path(fresh), private=private, tags=tags, own_tags=own_tags)
        added = note_on_new(target, [name for name in names if name not in shared], shared)
        replace_stacks(Path(fresh), target, names)
    if settings.platform.infrastructure_pipelines is None:
        added = ""
    moved = keep_state(target, local=local)
    needless = notes_on_imports(settings.local_imports(), partial(state_path, target))
    lines = [moved, note_on_removed(target), added, needless, f"Wrote {len(names)} stacks to {target}"]
    return "\n".join(filter(None, lines))
