"""What the project's own configuration gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from settings.loader import Settings, load_settings
from settings.models.platform import AzurermBackend
from settings.models.variables import environment_variables, platform_variables
from tests.project import GUIDE, copy_configuration
from tests.unit.settings.configuration import DEV, PLATFORM, PROD, TEST, Configuration

SUBSCRIPTION = 'subscription_id: "00000000-0000-0000-0000-000000000000"'
SOME_ID = "12345678-abcd-4ef0-9876-0123456789ab"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(copy_configuration(tmp_path_factory.mktemp("guide")))


def test_environments_come_in_the_order_of_their_tiers(settings: Settings) -> None:
    assert [environment.name for environment in settings.environments] == ["dev", "test", "prod"]


def test_environments_of_one_tier_come_in_the_order_of_their_names(configuration: Configuration) -> None:
    configuration.edit(DEV, "name: dev\n", "name: zoo\n")
    configuration.edit(TEST, "tier: test\n", "tier: dev\n")
    configuration.edit(PLATFORM, "environments: [dev, test, prod]", "environments: [zoo, test, prod]")
    configuration.edit(PLATFORM, "promoted_from: [dev]", "promoted_from: [zoo]")
    names = [environment.name for environment in load_settings(configuration.folder).environments]
    assert names == ["test", "zoo", "prod"]


@pytest.mark.parametrize(
    ("file", "key", "text"),
    [
        (PLATFORM, "azure.tenant_id", "tenant_id:"),
        (PLATFORM, "azure_devops.organization_url", "organization_url:"),
        (PLATFORM, "registry.subscription_id", "subscription_id: "),
        (DEV, "subscription_id", "subscription_id:"),
        (TEST, "subscription_id", "subscription_id:"),
        (PROD, "subscription_id", "subscription_id:"),
    ],
)
def test_a_placeholder_is_listed_with_its_line(settings: Settings, file: str, key: str, text: str) -> None:
    before, found, _ = (GUIDE / file).read_text(encoding="utf-8").partition(f"  {text}")
    if not found:  # a key at the left margin
        before = (GUIDE / file).read_text(encoding="utf-8").partition(f"\n{text}")[0] + "\n"
    line = before.count("\n") + 1
    assert f"{key} (config/{file}, line {line})" in map(str, settings.placeholders)


def test_nothing_else_is_a_placeholder(settings: Settings) -> None:
    assert len(settings.placeholders) == 6


def test_one_warning_names_every_placeholder(settings: Settings) -> None:
    warning = settings.placeholder_warning()
    assert warning.startswith("Warning: 6 placeholder")
    assert all(str(placeholder) in warning for placeholder in settings.placeholders)


def test_ids_that_are_filled_in_are_no_placeholders(configuration: Configuration) -> None:
    for file in (PLATFORM, DEV, TEST, PROD):
        configuration.edit(file, SUBSCRIPTION, f'subscription_id: "{SOME_ID}"')
    configuration.edit(PLATFORM, 'tenant_id: "00000000-0000-0000-0000-000000000000"', f"tenant_id: {SOME_ID}")
    configuration.edit(
        PLATFORM, "dev.azure.com/00000000-0000-0000-0000-000000000000", "dev.azure.com/contoso"
    )
    settings = load_settings(configuration.folder)
    assert settings.placeholders == ()
    assert settings.placeholder_warning() == ""


def test_the_backend_of_a_team_is_read_and_its_placeholder_listed(configuration: Configuration) -> None:
    backend = (
        f"type: azurerm\n  {SUBSCRIPTION}\n  resource_group: rg\n  storage_account: mystate\n  container: tfs"
    )
    configuration.edit(PLATFORM, "type: local", backend)
    settings = load_settings(configuration.folder)
    assert isinstance(settings.platform.backend, AzurermBackend)
    assert settings.platform.backend.container == "tfs"
    assert ("backend", "subscription_id") in [placeholder.path for placeholder in settings.placeholders]


def test_no_digit_of_a_value_is_lost(settings: Settings) -> None:
    dev, test, prod = settings.environments
    shared = settings.platform.pipeline_settings
    assert (dev.validation.min_accuracy, test.validation.min_accuracy) == ("0.70", "0.80")
    assert (shared.validation_max_mae, shared.python_version) == ("10.0", "3.9")
    assert prod.alert_thresholds is not None
    assert prod.alert_thresholds.endpoint_availability_percent == "99.5"


@pytest.mark.parametrize("written", ["0.70", "1.000000", "0", "1", "0.000001"])
def test_a_quoted_number_arrives_as_it_is_written(configuration: Configuration, written: str) -> None:
    configuration.edit(PLATFORM, '"0.70"', f'"{written}"')
    settings = load_settings(configuration.folder)
    group = platform_variables(settings.platform)["pipeline_settings"]
    assert {variable.name: variable.value for variable in group}["validationMinAccuracy"] == written


def test_a_whole_number_needs_no_quotes(configuration: Configuration) -> None:
    configuration.edit(PROD, "error_threshold: 5", "error_threshold: 6")
    prod = load_settings(configuration.folder).environments[-1]
    assert ("autoRollbackErrorThreshold", "6") in [(v.name, v.value) for v in environment_variables(prod)]


def test_settings_cannot_be_changed(settings: Settings) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        settings.platform.azure.tenant_id = SOME_ID  # type: ignore[misc]  # the refusal is what is tested
    with pytest.raises(ValidationError, match="frozen"):
        settings.environments[0].compute["scoring_cluster"].max_nodes = 5  # type: ignore[misc]  # likewise


def test_paths_are_shown_without_the_folders_above(tmp_path: Path, configuration: Configuration) -> None:
    configuration.edit(DEV, "tier: dev", "tier: x")
    assert str(tmp_path) not in "".join(map(str, configuration.problems()))
