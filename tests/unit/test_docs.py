"""What the pages say is there: links lead somewhere, tests that they name exist, every role is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.project import REPOSITORY
from tests.synthesized import Stack, role_name

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
_ANCHOR = re.compile(r"\]\((?!https?:)([^)#]*)#([^)]+)\)")
_TARGET = re.compile(r"\bmake ([a-z]+)\b")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_lead_somewhere(page: Path) -> None:
    missing = [link for link in _LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert missing == []


def anchors(page: Path) -> set[str]:
    """Return what headings of a page are linked by: lower case, hyphens for blanks, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_anchors_are_headings(page: Path) -> None:
    links = _ANCHOR.findall(page.read_text())
    wrong = [
        f"{file}#{anchor}"
        for file, anchor in links
        if anchor not in anchors(page.parent / file if file else page)
    ]
    assert wrong == []


PICTURES = sorted((REPOSITORY / "docs").glob("*.svg"))


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_names_folders_that_exist_and_asks_nobody_for_anything(picture: Path) -> None:
    text = picture.read_text()
    names = re.findall(r'class="name"[^>]*>([^<]+/)<', text)
    assert {name for name in names if not (REPOSITORY / name).is_dir()} <= {"cdktf.out/"}
    assert len(names) > 5
    assert re.findall(r"https?://[^\s\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<(script|image|use|foreignObject)\b|@import|url\((?!#)", text)
    assert "prefers-color-scheme: dark" in text
    assert any(f"]({picture.name})" in page.read_text() for page in PAGES)


def test_every_make_target_that_the_pages_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.M))
    for page in PAGES:
        commands = re.findall(r"`make [a-z][^`]*`|^    make [a-z].*$", page.read_text(), re.M)
        named = {name for command in commands for name in _TARGET.findall(command)}
        assert named <= targets, page


def test_every_role_that_is_granted_is_in_the_table(
    stacks: dict[str, Stack], variant: dict[str, Stack], closed: dict[str, Stack], company: dict[str, Stack]
) -> None:
    table = (REPOSITORY / "docs" / "design.md").read_text().partition("## Identities and roles")[2]
    granted = {
        role_name(body)
        for configuration in (stacks, variant, closed, company)
        for stack in configuration.values()
        for body in stack.resources("azurerm_role_assignment").values()
    }
    granted = {role for role in granted if not role.startswith("${")}  # of our own
    assert granted
    assert [role for role in sorted(granted) if not re.search(rf"[|,] {role} *[|,]", table)] == []


def names_of_tests() -> set[str]:
    folders = [REPOSITORY / name for name in ("checks", "tests")]
    files = [file for folder in folders for file in folder.rglob("test_*.py") if ".venv" not in file.parts]
    names = {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text(), re.M)}
    return names | {file.name for file in files}


def test_every_test_that_the_pages_name_exists() -> None:
    there = names_of_tests()
    for page in PAGES:
        named = re.findall(r"\btest_\w+(?:\.py)?", page.read_text())
        assert [name for name in named if name not in there] == [], page


def habits() -> list[list[str]]:
    """Return the rows of the tables of what Azure and Azure DevOps do by themselves."""
    page = (REPOSITORY / "docs" / "sandbox.md").read_text()
    sections = page.partition("## What Azure does by itself")[2].partition("## How a type gets")[0]
    rows = [line.strip("| ").split(" | ") for line in sections.splitlines() if line.startswith("| ")]
    return [row for row in rows if row[-1] != "test"]


@pytest.mark.parametrize("row", habits(), ids=lambda row: row[0])
def test_every_habit_has_a_source_and_a_test(row: list[str]) -> None:
    *_, source, tests = row
    assert source
    assert re.search(r"`test_\w+`", tests)


def unverified() -> list[str]:
    """Return what only a live tenant can tell: each bullet and each row of a table, in one line."""
    items: list[str] = []
    for page in PAGES:
        sections = re.split(r"^## ", page.read_text(), flags=re.M)
        for section in (
            text for text in sections if re.match(".*not.*verified on a live tenant", text, re.I)
        ):
            lines = section.partition("\n")[2]
            rows = re.findall(r"^\| (?!question)[^\n]+", lines, re.M)
            items += [*rows, *re.findall(r"^- .*(?:\n  .*)*", lines, re.M)]
            assert rows or "\n- " in lines, page
    return [" ".join(item.split()) for item in items]


@pytest.mark.parametrize("item", unverified(), ids=lambda item: item[:50])
def test_what_only_a_live_tenant_can_tell_has_the_command_that_would(item: str) -> None:
    assert re.search(r"`(time )?(az|make|npx|curl) |\]\(\S+\.md", item)
