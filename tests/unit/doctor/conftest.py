"""A doctor on the guide."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from settings.loader import Settings
from tests.unit.doctor.examining import Doctor


@pytest.fixture
def doctor(settings: Settings, tmp_path: Path, snapshot: SnapshotAssertion) -> Doctor:
    return Doctor(settings, tmp_path, snapshot)
