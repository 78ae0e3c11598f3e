"""``imports/<stack>.yaml`` of a configuration: what exists and is to come into the state of a stack.

Whoever looks for what exists, the sandbox or a client of the live services, writes it down here. The next synthesis
makes import blocks of it, so that they are there again after each synthesis, until the state holds everything.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from deployment.failure import shown
from deployment.state import StateError
from deployment.state_file import PAGE, read_state
from files.replacing import replace_file

FOLDER, KEY = "imports", "imports"
_HEAD = """\
# yaml-language-server: $schema=../../schema/imports.schema.json
# What exists, by the address that it is to have in the state of {stack}, and its id for terraform import.
# The synthesis says when it can go.
"""
_WIDEST = 10_000


class ImportsError(Exception):
    """The file cannot be added to; the message says why and what to do."""


@dataclass(frozen=True)
class Added:
    """What came of adding to the file."""

    path: Path
    new: list[str]
    """The addresses that were added."""
    others: dict[str, str]
    """What somebody wrote with another id, and the id that was found."""


def add_imports(configuration: Path, stack: str, found: Mapping[str, str]) -> Added:
    """Add ids by their addresses to a stack's file, below the folder of the configuration.

    What stands there already stays as it is, comments too. Raises ImportsError, and
    :class:`~files.replacing.WriteError` when the file cannot be written.
    """
    path = configuration / FOLDER / f"{stack}.yaml"
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, _WIDEST
    content = _read(yaml, path)
    there = content[KEY] if content else {}
    new = [address for address in found if address not in there]
    others = {
        address: found_id
        for address, found_id in found.items()
        if address in there and there[address] != found_id
    }
    if new:
        text = io.StringIO()
        entries = {address: DoubleQuotedScalarString(found[address]) for address in new}
        if content is None:
            text.write(_HEAD.format(stack=stack))
            yaml.dump({KEY: entries}, text)
        else:
            there.update(entries)
            yaml.dump(content, text)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.getvalue().encode())
    return Added(path, new, others)


def notes_on_imports(entries: Iterable[tuple[Path, str, str]], state_of: Callable[[str], Path]) -> str:
    """Return a line for each file of which entries can go, for the state holds them; empty if there is none.

    ``entries`` are file, stack and address; ``state_of`` says where the local state of a stack is.
    """
    files: dict[Path, tuple[str, list[str]]] = {}
    for file, stack, address in entries:
        files.setdefault(file, (stack, []))[1].append(address)
    return "\n".join(
        filter(None, (_note(file, addresses, state_of(stack)) for file, (stack, addresses) in files.items()))
    )


def _note(file: Path, addresses: list[str], state: Path) -> str:
    try:
        held = read_state(state)
    except StateError:  # said by whoever runs Terraform
        return ""
    done = [address for address in addresses if held and address in held.addresses]
    if len(done) == len(addresses):
        return f"{file} can go: the state holds all that it names."
    return f"In {file} these can go, for the state holds them: {', '.join(done)}" if done else ""


def _read(yaml: YAML, path: Path) -> Any:
    """Return what is in the file, for adding to it; None when there is none."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (YAMLError, UnicodeDecodeError, RecursionError):
        content = None
    match content:
        case {"imports": dict()}:
            return content
    raise ImportsError(
        f"{shown(path)} cannot be added to: it does not have the key {KEY} with an id for each address. Mend it (make "
        f"validate says where), or move it away, and run this again. {PAGE} tells what it is for."
    )
