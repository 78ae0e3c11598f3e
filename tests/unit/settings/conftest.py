from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

pytest.register_assert_rewrite("tests.unit.settings.configuration")

from tests.unit.settings.configuration import Configuration  # noqa: E402  # after the line above


@pytest.fixture
def configuration(tmp_path: Path, snapshot: SnapshotAssertion) -> Configuration:
    return Configuration(tmp_path, snapshot)
