"""The Terraform that you have accepted: a file for each stack in ``checks/accepted/``, reviewed like code.

``python -m checks.accept`` writes it anew. Nothing is compared before it has been run once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from checks.terraform import NotSynthesizedError, read_synthesized
from settings.reading.problems import printable, shorten
from tests.synthesized import Stack

FOLDER = Path(__file__).with_name("accepted")
_MOST_LINES = 15
"""So many lines a stack are shown; git shows the rest."""

Json = dict[str, Any]


def accept(stacks: Mapping[str, Stack], folder: Path = FOLDER) -> list[str]:
    """Write what each stack is now, remove stacks that are gone, and name the files that are not as before."""
    folder.mkdir(exist_ok=True)
    before = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    now = {
        name: json.dumps(stack.terraform, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        for name, stack in stacks.items()
    }
    for name in before.keys() - now.keys():
        (folder / f"{name}.json").unlink()
    for name, text in now.items():
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return [
        f"{name} ({'changed' if name in before and name in now else 'new' if name in now else 'removed'})"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]


def read_accepted(folder: Path = FOLDER) -> dict[str, Json]:
    """Return the accepted Terraform by stack; empty before anything was accepted."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def differences(accepted: Mapping[str, Json], stacks: Mapping[str, Stack]) -> list[str]:
    """Return a paragraph for each stack that is not what was accepted."""
    found = []
    for name in sorted({*accepted, *stacks}):
        if name not in stacks:
            found.append(f"{name}\n  accepted, and no longer in the configuration")
        elif name not in accepted:
            found.append(f"{name}\n  a new stack, resources: {len(stacks[name].addresses())}")
        elif lines := list(_changes(_blocks(accepted[name]), _blocks(stacks[name].terraform))):
            rest = len(lines) - _MOST_LINES
            shown = [*lines[:_MOST_LINES], f"... and {rest} more"] if rest > 1 else lines
            found.append("\n".join([name, *(f"  {line}" for line in shown)]))
    return found


def _changes(before: Json, now: Json) -> Iterator[str]:
    """Yield a line for each block that came or went, and for each value within the others that changed."""
    for address in sorted({*before, *now}):
        if address not in before:
            yield f"+ {address}"
        elif address not in now:
            yield f"- {address}"
        else:
            old, new = (dict(_values(block[address])) for block in (before, now))
            for path in sorted({*old, *new}):
                if old.get(path) != new.get(path):
                    name = f"{address}.{path}" if path else address
                    yield f"~ {name}: {_shown(old, path)} -> {_shown(new, path)}"


def _blocks(terraform: Json) -> Json:
    """Return the blocks by their addresses: ``azurerm_storage_account.storage``, ``provider.azurerm``."""
    blocks: Json = {}
    for kind, parts in terraform.items():
        if kind in ("resource", "data"):
            prefix = "data." if kind == "data" else ""
            blocks |= {
                f"{prefix}{t}.{name}": body for t, bodies in parts.items() for name, body in bodies.items()
            }
        elif isinstance(parts, dict):
            blocks |= {f"{kind}.{name}": body for name, body in parts.items()}
        else:
            blocks[kind] = parts
    return blocks


def _values(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value by its path: ``scale_settings.max_node_count``."""
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    if not parts:
        yield path, node
    for key, part in parts:
        yield from _values(part, f"{path}.{key}" if path else str(key))


def _shown(values: Json, path: str) -> str:
    if path not in values:
        return "nothing"
    return printable(shorten(json.dumps(values[path], ensure_ascii=False)))


if __name__ == "__main__":
    try:
        done = accept(read_synthesized())
    except NotSynthesizedError as error:
        sys.exit(str(error))
    sys.stdout.write(
        f"Accepted: {', '.join(done)}. To read it: git diff checks/accepted\n"
        if done
        else "Nothing has changed since you last accepted it.\n"
    )
