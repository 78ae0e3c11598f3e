"""The Terraform that you have accepted: a file for each stack in ``checks/accepted/``, reviewed like code.

``python -m checks.accept`` writes it anew. Nothing is compared before it has been run once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checks.terraform import NotSynthesizedError, read_synthesized
from tests.synthesized import Stack

FOLDER = Path(__file__).with_name("accepted")
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
