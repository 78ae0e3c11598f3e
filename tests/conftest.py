"""What the tests share: the real configuration, synthesized once."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.loader import Settings, load_settings
from tests.synthesized import Stack, synthesize_to

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The configuration as it is checked in."""
    return load_settings(REPOSITORY / "config")


@pytest.fixture(scope="session")
def stacks(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    """The stacks of that configuration, by name."""
    return synthesize_to(settings, tmp_path_factory.mktemp("cdktf.out"))
