"""Runs checkov over stacks, and reads its answers by stack and Terraform address."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.synthesized import Stack

CHECKOV = Path(__file__).parent / ".venv" / "bin" / "checkov"


@dataclass(frozen=True, order=True)
class Answer:
    """What one check says of one resource."""

    check: str
    stack: str
    address: str
    passed: bool
    title: str
    arguments: tuple[str, ...]

    @property
    def place(self) -> str:
        """The resource, as ``stack/address``."""
        return f"{self.stack}/{self.address}"


def ask_checkov(stacks: Iterable[Stack], folder: Path) -> list[Answer]:
    """Write the stacks to ``folder``, let checkov evaluate them all at once, and return every answer.

    AssertionError, with what checkov said, when it did not read every file to the end.
    """
    assert CHECKOV.exists(), f"{CHECKOV} is missing: run make setup"
    by_name = {stack.name: stack for stack in stacks}
    for name, stack in by_name.items():
        (folder / name).mkdir()
        # Checkov cannot read the version of Terraform, nor the lists of what moves and is forgotten in the state:
        # there is nothing to check in them.
        unread = ("terraform", "moved", "removed")
        terraform = {key: part for key, part in stack.terraform.items() if key not in unread}
        (folder / name / "cdk.tf.json").write_text(json.dumps(terraform, indent=1), encoding="utf-8")
    done = subprocess.run(
        [
            *(CHECKOV, "--directory", ".", "--framework", "terraform_json"),
            # Nothing is fetched from Prisma Cloud; failed checks are answers, not an exit code.
            *("--skip-download", "--soft-fail", "--compact", "--output", "json"),
        ],
        cwd=folder,
        # Checkov takes skips from its own variables and from .checkov.yaml in the home directory too.
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = f"checkov ended with exit code {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    assert done.returncode == 0, said
    report = json.loads(done.stdout)
    assert "results" in report, said
    assert report["summary"]["parsing_errors"] == 0, said
    results = report["results"]
    return sorted(_answer(record, by_name) for record in results["passed_checks"] + results["failed_checks"])


def _answer(record: dict[str, Any], stacks: dict[str, Stack]) -> Answer:
    _, name, _ = record["file_path"].split("/")  # "/mlops-dev/cdk.tf.json"
    return Answer(
        check=record["check_id"],
        stack=name,
        address=_address(record["resource"], stacks[name]),
        passed=record["check_result"]["result"] == "PASSED",
        title=record["check_name"],
        arguments=tuple(key for key in record["check_result"]["evaluated_keys"] if key != "resource_type"),
    )


def _address(resource: str, stack: Stack) -> str:
    """Return the Terraform address. Checkov's Python checks say ``resource.<name>``, its graph checks the address.

    The name is enough: it is the id of a construct, so that nothing else in the stack has it.
    """
    block, _, name = resource.partition(".")
    if block != "resource":
        return resource
    (address,) = [address for address in stack.addresses() if address.partition(".")[2] == name]
    return address
