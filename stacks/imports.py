"""What exists and is to come into the state of a stack: import blocks of what the configuration says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cdktf import TerraformStack

from deployment.stacks import STACKS, TERRAFORM
from settings.checking.explain import nearest
from settings.loader import Import
from settings.reading.problems import ConfigurationError, listed


def add_imports(stack: TerraformStack, imports: Iterable[Import]) -> None:
    """Let Terraform import what the configuration names for a stack. What the state holds already it passes over."""
    blocks = [{"to": item.address, "id": item.id} for item in imports if item.stack == stack.node.id]
    if blocks:
        stack.add_override("import", blocks)


def check_addresses(outdir: Path, imports: Iterable[Import]) -> None:
    """Compare the addresses with the stacks that cdktf has written to ``outdir``.

    Raises :class:`ConfigurationError` for those that there are not: Terraform would say less of them.
    """
    by_stack: dict[str, list[Import]] = {}
    for item in imports:
        by_stack.setdefault(item.stack, []).append(item)
    problems = []
    for stack, items in by_stack.items():
        written = json.loads((outdir / STACKS / stack / TERRAFORM).read_text(encoding="utf-8"))
        known = sorted(_addresses(written))
        for item in items:
            if item.address in known:
                continue
            same = [
                address for address in known if address.partition(".")[0] == item.address.partition(".")[0]
            ]
            meant = nearest(item.address, same or known)
            problems.append(
                item.problem(
                    found=f"an address that the stack {stack} does not have",
                    allowed=f"an address of a resource of the stack: {listed(same)}"
                    if same
                    else "an address of a resource of the stack",
                    fix=f"did you mean {meant}?" if meant else "take it out",
                )
            )
    if problems:
        raise ConfigurationError(problems)


def _addresses(written: dict[str, Any]) -> Iterator[str]:
    for type_name, bodies in written.get("resource", {}).items():
        for name, body in bodies.items():
            address = f"{type_name}.{name}"
            if "for_each" in body:
                yield from (f"{address}[{json.dumps(key)}]" for key in body["for_each"])
            else:
                yield address
