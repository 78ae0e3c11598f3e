"""Reads what ``cdktf diff`` prints the way a reviewer does."""

from __future__ import annotations

import re

_ACTION = re.compile(
    r"# (\S+?)(?: \([^)]*\))? (will be created|will be destroyed|will be updated in-place|must be replaced)"
)
_SUMMARY = re.compile(r"Plan: (\d+) to add, (\d+) to change, (\d+) to destroy")


def actions(printed: str) -> dict[str, str]:
    """Return what the plan does with each resource: address and Terraform's words for it."""
    return dict(_ACTION.findall(" ".join(printed.split())))


def is_empty(printed: str) -> bool:
    """Tell whether Terraform says that there is nothing to do."""
    text = " ".join(printed.split())
    assert ("No changes." in text) != bool(_SUMMARY.search(text)), printed
    return "No changes." in text
