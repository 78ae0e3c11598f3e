"""Makes the storage of the state, moves the state of all stacks there, and takes the storage down again."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from deployment.backend import Block, MissingError, block_of
from deployment.moving import counted, fetch, held, keep_as_configured, keep_locally, resources, settle
from deployment.stacks import Stack, forget, state_stack
from deployment.state import StateError, noted_backend, state_path

if TYPE_CHECKING:
    from cli.stacks import Stacks

AGAIN = "make bootstrap"
BACKEND_REMEDY = (
    "Sign in (az login), and look that you have Storage Blob Data Contributor on the state's resource group, and that "
    "its network lets you in. A new role takes some minutes: then run the same command again. docs/state.md tells more."
)
_ID = (
    "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Storage/storageAccounts/{}"
    "/blobServices/default/containers/{}"
)
_CONTAINER = re.compile(_ID.replace(".", "\\.").replace("{}", "([^/]+)"))


def bootstrap(stacks: Stacks, source: str | None) -> None:
    """Make or change the storage of the state, and move into it what lies elsewhere.

    Each step looks first whether it is done, so that a run that died is gone on with, and another one changes nothing.
    ``source`` is the ARM id of a container that held the state of all stacks so far. Raises StateError, BackendError.
    """
    state = state_stack(stacks.configured)
    if state is None:
        raise StateError(
            "There is no state stack to make: backend in config/platform.yaml has no create. docs/state.md tells what "
            "to write there."
        )
    others = [stack for stack in stacks.configured if stack is not state]
    sources = {stack.name: container(source, stack) for stack in others} if source else {}
    path = state_path(stacks.out, state.name)
    if held(stacks.terraform, block_of(state)):
        moved = settle(stacks.terraform, state, path)
        keep_as_configured(state)
        stacks.terraform_alone(state, AGAIN, ["apply", *stacks.approved])
    else:
        keep_locally(state, path)
        stacks.terraform_alone(state, AGAIN, ["apply", *stacks.approved])
        keep_as_configured(state)
        moved = settle(stacks.terraform, state, path)
    lines = [moved]
    for stack in others:
        path = state_path(stacks.out, stack.name)
        earlier = earlier_container(stack)
        if (sources or earlier) and not held(stacks.terraform, block_of(stack)):
            if not sources:
                raise StateError(
                    f"{stack.name} was deployed from here with its state in another container. Move the state of all "
                    f"stacks from there: make bootstrap FROM={earlier}"
                )
            fetch(stacks.terraform, sources[stack.name], path)
        lines.append(settle(stacks.terraform, stack, path))
        # Terraform may have been here with another backend, and nothing to move.
        keep_as_configured(stack)
    for line in filter(None, lines):
        stacks.console.print(line, soft_wrap=True, markup=False)
    stacks.console.print(
        f"State lies in its storage. Next: make diff STACK={others[0].name}", soft_wrap=True, markup=False
    )


def container(source: str, stack: Stack) -> Block:
    """Return the backend of a stack as it was in one container for all. StateError for what is no container's id."""
    found = _CONTAINER.fullmatch(source)
    if not found:
        raise StateError(
            f"{source} is no id of a container. Allowed is /subscriptions/<GUID>/resourceGroups/<group>/providers/"
            "Microsoft.Storage/storageAccounts/<account>/blobServices/default/containers/<container>, the container "
            "that backend in config/platform.yaml named until now."
        )
    subscription, group, account, name = found.groups()
    return {
        "azurerm": {
            **block_of(stack).get("azurerm", {}),
            "subscription_id": subscription,
            "resource_group_name": group,
            "storage_account_name": account,
            "container_name": name,
            "key": f"{stack.name}.tfstate",
        }
    }


def earlier_container(stack: Stack) -> str:
    """Return the ARM id of the container of the state that Terraform has used last; empty if it is the same."""
    match noted_backend(stack.folder):
        case {
            "type": "azurerm",
            "config": {
                "subscription_id": subscription,
                "resource_group_name": group,
                "storage_account_name": account,
                "container_name": name,
            },
        }:
            now = block_of(stack).get("azurerm", {})
            if (account, name) != (now.get("storage_account_name"), now.get("container_name")):
                return _ID.format(subscription, group, account, name)
    return ""


def destroy_state(stacks: Stacks) -> None:
    """Destroy the state stack, whose state comes to this machine first. StateError while anything else is deployed."""
    state = state_stack(stacks.configured)
    assert state is not None  # noqa: S101  # whoever calls has seen it
    if left := ", ".join(_deployed(stacks, state)):
        raise StateError(
            f"{state.name} holds the state of what is still there: {left}. Destroy that first: make destroy"
        )
    path = state_path(stacks.out, state.name)
    try:
        fetch(stacks.terraform, block_of(state), path)
    except MissingError:  # a run that died has destroyed it
        if not path.exists():
            raise
    keep_locally(state, path)
    stacks.terraform_alone(
        state, f"DESTROY_PROTECTED=1 make destroy STACK={state.name}", ["destroy", *stacks.approved]
    )
    keep_as_configured(state)
    forget(stacks.out, state.name)
    stacks.console.print(
        f"{state.name} is destroyed. Write backend: {{type: local}} in config/platform.yaml, unless you make it anew.",
        soft_wrap=True,
        markup=False,
    )


def _deployed(stacks: Stacks, state: Stack) -> Iterator[str]:
    for stack in (*stacks.configured, *stacks.removed):
        if stack is not state and (count := resources(stacks.terraform, block_of(stack))):
            yield f"{stack.name} ({counted(count)})"


def refuse_state(stacks: Stacks, names: list[str]) -> str:
    """Return why the state stack cannot be destroyed together with ``names``; empty if it can, or is not named."""
    state = state_stack(stacks.configured)
    if state is None or state.name not in names:
        return ""
    if os.environ.get("DESTROY_PROTECTED") != "1" or names != [state.name]:
        return (
            f"{state.name} holds the state of all other stacks. It is destroyed last, alone, and only by the word: "
            f"DESTROY_PROTECTED=1 make destroy STACK={state.name}"
        )
    return ""
