from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

pytest.register_assert_rewrite("tests.unit.settings.configuration")

from settings.reading.text import compose  # noqa: E402
from tests.unit.settings.configuration import Configuration  # noqa: E402  # after the line above


@pytest.fixture(scope="session", autouse=True)
def each_text_parsed_once() -> Iterator[None]:
    """Most tests edit one file of four, and parsing takes most of the time of a test. The nodes are only read.

    What is large is parsed each time: the tests of sizes measure that.
    """
    once = lru_cache(maxsize=64)(compose)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "settings.reading.file.compose", lambda text: (once if len(text) < 20_000 else compose)(text)
        )
        yield


@pytest.fixture
def configuration(tmp_path: Path, snapshot: SnapshotAssertion) -> Configuration:
    return Configuration(tmp_path, snapshot)
