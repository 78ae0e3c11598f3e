"""Files for another version of the project: one mistake, which says where to read on."""

from __future__ import annotations

import re

import pytest

from settings.loader import load_settings
from settings.rules import version
from tests.project import REPOSITORY
from tests.unit.settings.configuration import DEV, PLATFORM, Configuration

KEY = re.compile(r"version: 1\b.*\n")


def write_version(configuration: Configuration, line: str) -> None:
    text, count = KEY.subn(line, configuration.text(PLATFORM))
    assert count == 1
    configuration.write(PLATFORM, text)


def test_files_without_a_version_are_of_the_first(configuration: Configuration) -> None:
    write_version(configuration, "")
    assert load_settings(configuration.folder).platform.version == 1


def test_of_a_newer_version_nothing_else_is_told(configuration: Configuration) -> None:
    write_version(configuration, "version: 3\nkey_of_version_3: true\n")
    configuration.edit(DEV, "tier: dev", "tier: new")
    (problem,) = configuration.problems()
    assert str(problem) == (
        "config/platform.yaml:4:10: version\n"
        "    found:   3\n"
        "    allowed: 1, the version of this project, for which the files are to be written\n"
        "    fix:     merge version 3 of this project, as docs/deploying.md says; its CHANGELOG.md tells what changed"
    )


@pytest.mark.parametrize(
    ("line", "place", "found"), [("version: 1\n", "4:10", "1"), ("", "1:1", "no version, which means 1")]
)
def test_of_an_older_version_the_way_is_told(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch, line: str, place: str, found: str
) -> None:
    monkeypatch.setattr(version, "VERSION", 2)
    write_version(configuration, line)
    configuration.edit(DEV, "tier: dev", "tier: old")
    (problem,) = configuration.problems()
    assert str(problem) == (
        f"config/platform.yaml:{place}: version\n"
        f"    found:   {found}\n"
        "    allowed: 2, the version of this project, for which the files are to be written\n"
        "    fix:     change the files as CHANGELOG.md tells from version 1 on, then write version: 2"
    )


def test_a_file_that_cannot_be_read_is_of_no_version(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version, "VERSION", 2)
    configuration.write(PLATFORM, "azure: [")
    found = [problem.found for problem in configuration.problems()]
    assert "the end of the file" in found
    assert not [text for text in found if "version" in text]


def test_the_docs_that_the_remedies_name_say_it() -> None:
    assert "`version`" in (REPOSITORY / "docs/deploying.md").read_text()
    assert "`version`" in (REPOSITORY / "CHANGELOG.md").read_text()
