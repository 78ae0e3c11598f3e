"""What the checks look at: the configuration, its Terraform, and what was accepted of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks import accept
from checks.terraform import CONFIGURATION, NotSynthesizedError, read_synthesized
from settings.loader import Settings, load_settings
from settings.reading.problems import ConfigurationError
from tests.policy.skips import Skip, read_skips
from tests.synthesized import Stack


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that asks for a configuration with which a deployment can start."""
    parser.addoption("--deployable", action="store_true", help="fail where an id is still to be filled in")


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The configuration."""
    try:
        return load_settings(CONFIGURATION)
    except ConfigurationError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def stacks() -> dict[str, Stack]:
    """The stacks that the configuration becomes, by name."""
    try:
        return read_synthesized()
    except NotSynthesizedError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def skips(settings: Settings) -> list[Skip]:
    """The failed policy checks that are accepted: the platform's and yours."""
    return [*read_skips(settings), *read_skips(settings, Path(__file__).with_name("skips.yaml"))]


@pytest.fixture(scope="session")
def accepted() -> Path:
    """The folder with what was accepted."""
    return accept.FOLDER


@pytest.fixture(scope="session")
def deployable(request: pytest.FixtureRequest) -> bool:
    """Whether every id must be filled in."""
    return bool(request.config.getoption("--deployable"))
