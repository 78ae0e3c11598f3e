"""What the pages say is there: links lead somewhere, and every role that is granted is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.project import REPOSITORY
from tests.synthesized import Stack, role_name

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
_TARGET = re.compile(r"\bmake ([a-z]+)\b")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_lead_somewhere(page: Path) -> None:
    missing = [link for link in _LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert missing == []


def test_every_make_target_that_the_pages_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.M))
    for page in PAGES:
        commands = re.findall(r"`make [a-z][^`]*`|^    make [a-z].*$", page.read_text(), re.M)
        named = {name for command in commands for name in _TARGET.findall(command)}
        assert named <= targets, page


def test_every_role_that_is_granted_is_in_the_table(
    stacks: dict[str, Stack], variant: dict[str, Stack], closed: dict[str, Stack]
) -> None:
    table = (REPOSITORY / "docs" / "design.md").read_text().partition("## Identities and roles")[2]
    granted = {
        role_name(body)
        for configuration in (stacks, variant, closed)
        for stack in configuration.values()
        for body in stack.resources("azurerm_role_assignment").values()
    }
    granted = {role for role in granted if not role.startswith("${")}  # of our own
    assert granted
    assert [role for role in sorted(granted) if not re.search(rf"[|,] {role} *[|,]", table)] == []
