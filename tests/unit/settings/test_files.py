"""Which files are read, and what is said about those that are missing or cannot be read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from settings.loader import load_settings
from settings.reading.problems import ConfigurationError
from tests.unit.settings.configuration import DEV, PLATFORM, PROD, TEST, Configuration


def report(configuration: Configuration) -> list[tuple[str, str, str]]:
    return [(str(problem.file), problem.found, problem.fix) for problem in configuration.problems()]


def test_the_folder_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings(tmp_path / "config")
    (problem,) = refused.value.problems
    assert (str(problem.file), problem.found, problem.fix) == ("config", "no such folder", "create it")


def test_the_folder_is_a_file(configuration: Configuration) -> None:
    configuration.folder = configuration.folder / PLATFORM
    assert report(configuration) == [
        ("platform.yaml", "no folder, but a file", "rename or remove the file, and create the folder")
    ]


def test_the_folder_is_empty(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings(tmp_path)
    assert [problem.found for problem in refused.value.problems] == ["no such folder", "no such file"]


def test_the_platform_file_is_missing(configuration: Configuration) -> None:
    (configuration.folder / PLATFORM).unlink()
    assert report(configuration) == [("config/platform.yaml", "no such file", "create it")]


def test_there_is_no_environment(configuration: Configuration) -> None:
    for file in (DEV, TEST, PROD):
        (configuration.folder / file).unlink()
    assert report(configuration) == [("config/environments", "no environment", "add a file")]


def test_the_environments_are_a_file(configuration: Configuration) -> None:
    for file in (DEV, TEST, PROD):
        (configuration.folder / file).unlink()
    (configuration.folder / "environments").rmdir()
    (configuration.folder / "environments").write_text("", encoding="utf-8")
    assert report(configuration) == [
        ("config/environments", "no folder, but a file", "rename or remove the file, and create the folder")
    ]


def test_a_folder_that_the_system_does_not_open(configuration: Configuration) -> None:
    shutil.rmtree(configuration.folder / "environments")
    (configuration.folder / "environments").symlink_to("environments")
    ((file, found, fix),) = report(configuration)
    assert (file, fix) == ("config/environments", "check its rights")
    assert found.startswith("a folder that cannot be read (")


def test_the_environments_are_missing(configuration: Configuration) -> None:
    shutil.rmtree(configuration.folder / "environments")
    assert report(configuration) == [("config/environments", "no such folder", "create it")]


@pytest.mark.parametrize("name", ["test.yml", "test.YAML", "test.YML"])
def test_a_file_is_named_wrongly(configuration: Configuration, name: str) -> None:
    (configuration.folder / TEST).rename(configuration.folder / "environments" / name)
    assert report(configuration) == [(f"config/environments/{name}", name, "rename it")]


def test_mistakes_in_a_file_that_is_named_wrongly_are_reported_too(configuration: Configuration) -> None:
    configuration.edit(TEST, "tier: test", "tier: tst")
    (configuration.folder / TEST).rename(configuration.folder / "environments/test.yml")
    assert [found for _, found, _ in report(configuration)] == ["test.yml", '"tst"']


@pytest.mark.parametrize("name", ["README.md", ".hidden.yaml", "dev.yaml.bak", "dev.yaml~", "yaml"])
def test_other_files_are_left_alone(configuration: Configuration, name: str) -> None:
    (configuration.folder / "environments" / name).write_text("not: [yaml", encoding="utf-8")
    assert len(load_settings(configuration.folder).environments) == 3


def test_a_folder_is_named_like_a_file(configuration: Configuration) -> None:
    (configuration.folder / "environments/qa.yaml").mkdir()
    assert report(configuration) == [
        ("config/environments/qa.yaml", "a folder", "rename or remove the folder")
    ]


def test_a_link_leads_nowhere(configuration: Configuration) -> None:
    (configuration.folder / "environments/qa.yaml").symlink_to("nowhere.yaml")
    assert report(configuration) == [("config/environments/qa.yaml", "no such file", "create it")]


def test_a_file_that_the_system_does_not_open(configuration: Configuration) -> None:
    (configuration.folder / "environments/qa.yaml").symlink_to("qa.yaml")
    ((file, found, fix),) = report(configuration)
    assert (file, fix) == ("config/environments/qa.yaml", "check its rights")
    assert found.startswith("a file that cannot be read (")


def test_a_file_name_that_cannot_be_printed(configuration: Configuration) -> None:
    (configuration.folder / "environments" / "\udcff\n.yaml").write_text("", encoding="utf-8")
    (problem,) = configuration.problems()
    assert str(problem).encode().startswith(b"config/environments/\\udcff\\n.yaml:1:1: the whole file\n")


def test_a_new_file_is_a_new_environment(configuration: Configuration) -> None:
    text = configuration.text(TEST).replace("mlops-test", "mlops-qa").replace("mlopstest", "mlopsqa")
    text = text.replace("name: test", "name: qa").replace("Azure-MLOps-Test", "Azure-MLOps-QA")
    configuration.write("environments/anything.yaml", text)
    names = [environment.name for environment in load_settings(configuration.folder).environments]
    assert names == ["dev", "qa", "test", "prod"]
