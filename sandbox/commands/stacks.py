"""The synthesized stacks as the sandbox needs them: in their order, kept offline, and with a cloud that fits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facts.reader import TERRAFORM_REGISTRY
from sandbox.services.seed import seed


@dataclass(frozen=True)
class Stack:
    """One synthesized stack; ``terraform`` is its parsed ``cdk.tf.json``."""

    name: str
    folder: Path
    terraform: dict[str, Any]

    def keep_offline(self, state: Path) -> None:
        """Keep the stack's state in the file ``state``, whatever its backend is, and its providers at one address."""
        terraform = {
            "backend": {"local": {"path": str(state)}},
            # For OpenTofu a short address means its own registry; cdktf looks for Terraform's in the lock file.
            "required_providers": {
                name: {**provider, "source": _whole_address(provider["source"])}
                for name, provider in self.terraform["terraform"]["required_providers"].items()
            },
        }
        # Terraform reads such a file last.
        override = self.folder / "sandbox_override.tf.json"
        override.write_text(json.dumps({"terraform": terraform}), encoding="utf-8")

    def bodies(self, kind: str, type_name: str) -> Iterator[dict[str, Any]]:
        """Yield the blocks of a type; ``kind`` is ``resource`` or ``data``."""
        yield from self.terraform.get(kind, {}).get(type_name, {}).values()


def read_stacks(out: Path) -> list[Stack]:
    """Return the stacks that cdktf wrote to ``out``, each after those it depends on."""
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["stacks"]
    names: list[str] = []
    while len(names) < len(manifest):
        names += sorted(
            name
            for name, stack in manifest.items()
            if name not in names and set(stack["dependencies"]) <= set(names)
        )
    return [
        Stack(
            name,
            out / manifest[name]["workingDirectory"],
            json.loads((out / manifest[name]["synthesizedStackPath"]).read_text(encoding="utf-8")),
        )
        for name in names
    ]


def seed_for(cloud_folder: Path, stacks: Sequence[Stack]) -> None:
    """Put into the cloud what the stacks look up and none of them creates."""

    def looked_up(type_name: str) -> list[dict[str, Any]]:
        return [body for stack in stacks for body in stack.bodies("data", type_name)]

    def created(type_name: str, key: str) -> set[str]:
        return {
            name
            for stack in stacks
            for body in stack.bodies("resource", type_name)
            for name in body.get("for_each", {"": body[key]}).values()
        }

    seed(
        cloud_folder,
        project=None,
        subscriptions=sorted({body["subscription_id"] for body in looked_up("azurerm_subscription")}),
    )
    projects = {body["name"] for body in looked_up("azuredevops_project")}
    groups = {body["name"] for body in looked_up("azuredevops_group")}
    for project in sorted(projects - created("azuredevops_project", "name")):
        seed(
            cloud_folder,
            project=project,
            pipelines={body["name"]: body["path"] for body in looked_up("azuredevops_build_definition")},
            subscriptions=(),
            groups=sorted(groups - created("azuredevops_group", "display_name")),
        )


def _whole_address(source: str) -> str:
    return source if source.count("/") == 2 else f"{TERRAFORM_REGISTRY}/{source}"
