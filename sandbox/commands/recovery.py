"""Looks for what exists in the stand-in cloud and the state of a stack lacks.

Terraform itself says what it would create, and the stand-in providers which of that is there already: so the whole
chain of what depends on what is found in one plan. What is found is written down by ``deployment/imports.py``, which
knows no cloud.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeAlias

from deployment import imports
from deployment.imports import FOLDER, Added, add_imports
from deployment.state_file import errored_state, lost_state
from sandbox.cloud.request import Account, Request
from sandbox.cloud.store import Cloud
from sandbox.commands.platform import Platform
from sandbox.commands.stacks import taken_names
from sandbox.provider.servicer import RECOGNIZE_VARIABLE
from sandbox.services.types import resource_type

Change: TypeAlias = dict[str, Any]
"""One of the changes of a plan, as ``terraform show -json`` has it."""


def missing_from_state(platform: Platform, stack: str) -> dict[str, str]:
    """Return the import ids of what a stack would create though it exists, by address.

    SandboxError where Terraform cannot plan the stack.
    """
    return import_ids(platform.cloud(), platform.plan(stack, **{RECOGNIZE_VARIABLE: "1"}))


def import_ids(cloud: Cloud, changes: Iterable[Change]) -> dict[str, str]:
    """Return the import ids of what planned changes would create a second time, by address.

    The providers have to have planned them with :data:`RECOGNIZE_VARIABLE`.
    """
    with cloud.locked():
        return {change["address"]: text for change in changes if (text := _import_id(cloud, change))}


def recover(platform: Platform, stack: str) -> Added | None:
    """Write down what the state of a stack lacks, as imports of the configuration; None when it lacks nothing."""
    found = missing_from_state(platform, stack)
    return add_imports(platform.configuration, stack, found) if found else None


def warnings(platform: Platform, names: Collection[str]) -> str:
    """Return what speaks against running Terraform over these stacks as they are, or over all; may be empty.

    StateError where the state of one is damaged: Terraform could not read it either.
    """
    found = []
    for stack in platform.stacks():
        if names and stack.name not in names:
            continue
        found += [lost_state(platform.state_file(stack.name)), errored_state(stack.folder)]
        taken = [] if platform.managed(stack.name) else taken_names(stack, platform.cloud())
        if taken:
            found.append(
                f"Warning: the state of {stack.name} is empty, and the cloud has names of its resources already: "
                f'{len(taken)}, among them that of {taken[0]}. A deployment would end in "already exists". Bring what '
                f"exists into the state: {platform.command('recover', stack.name)}"
            )
    return "\n\n".join(filter(None, found))


def notes_on_imports(platform: Platform) -> str:
    """Return a line for each file of imports of which entries can go, for the state holds them; may be empty."""
    entries = [
        (platform.configuration / FOLDER / f"{stack.name}.yaml", stack.name, body["to"])
        for stack in platform.stacks()
        for body in stack.terraform.get("import", ())
    ]
    return imports.notes_on_imports(entries, platform.state_file)


def _import_id(cloud: Cloud, change: Change) -> str:
    resource_id = (change["change"].get("after") or {}).get("id")
    if change["change"]["actions"] != ["create"] or not resource_id:
        return ""
    declaration = resource_type(change["type"])
    resource = declaration.read(Request(cloud, Account(), change["type"]), resource_id)
    return declaration.import_id(resource) if resource else ""
