"""Reads the page as a browser would: an HTML page that is well-formed XML too, so that nothing is left open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from xml.etree import ElementTree

from deployment.stacks import Stack
from report.page import render
from settings.loader import Settings

WRITTEN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def stacks_of(terraform: Iterable[tuple[str, dict[str, Any]]]) -> list[Stack]:
    return [Stack(name, Path(), content) for name, content in terraform]


class Page:
    """A page, by the ids of its sections."""

    def __init__(self, settings: Settings, stacks: Iterable[Stack]) -> None:
        self._read(render(settings, stacks, WRITTEN))

    @classmethod
    def of(cls, html: str) -> Self:
        """Return a page that was written already."""
        page = cls.__new__(cls)
        page._read(html)
        return page

    def _read(self, html: str) -> None:
        self.html = html
        self.root = ElementTree.fromstring(html)  # noqa: S314  # written here

    def at(self, id_: str) -> ElementTree.Element:
        (found,) = [element for element in self.root.iter() if element.get("id") == id_]
        return found

    def text(self, id_: str) -> str:
        return said(self.at(id_))

    def rows(self, id_: str, table: int = 0) -> list[list[str]]:
        """Return the cells of a table of a section, without its head."""
        found = list(self.at(id_).iter("table"))[table]
        return [[said(cell) for cell in row] for row in found.findall("./tbody/tr")]

    def tags(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return what the page is made of, without any text."""
        return [(element.tag, tuple(sorted(element.keys()))) for element in self.root.iter()]


def said(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def attributes(page: Page) -> Iterator[tuple[str, str, str]]:
    for element in page.root.iter():
        for name, value in element.items():
            yield element.tag, name, value
