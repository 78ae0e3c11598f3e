"""A pytest plugin that runs the tests in a given order: ``pytest -p tests.mutation.ordering --order FILE ...``.

The file lists node ids, one a line. They come first; all others follow, in pytest's own order.
"""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the file with the order."""
    parser.addoption("--order", type=Path, required=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests that are listed first."""
    first = {node: index for index, node in enumerate(config.getoption("order").read_text().splitlines())}
    items.sort(key=lambda item: first.get(item.nodeid, len(first)))
