"""The pages of the guide and of the company, each written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployment.stacks import read_stacks
from settings.loader import Settings, load_settings
from tests.project import COMPANY, copy_configuration, use_every_option
from tests.synthesized import Stack
from tests.unit.report.reading import Page, stacks_of


@pytest.fixture(scope="session")
def guide_page(settings: Settings, written: Path) -> Page:
    return Page(settings, read_stacks(written))


@pytest.fixture(scope="session")
def company_page(company: dict[str, Stack]) -> Page:
    return Page(load_settings(COMPANY), stacks_of((s.name, s.terraform) for s in company.values()))


@pytest.fixture(scope="session")
def variant_page(variant: dict[str, Stack], tmp_path_factory: pytest.TempPathFactory) -> Page:
    config = copy_configuration(tmp_path_factory.mktemp("variant"))
    use_every_option(config)
    return Page(load_settings(config), stacks_of((s.name, s.terraform) for s in variant.values()))
