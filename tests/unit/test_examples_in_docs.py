"""Every piece of a configuration that the pages show is valid where they say that it goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from settings.loader import load_settings
from settings.models.environment import Environment
from settings.models.platform import Platform
from tests.project import REPOSITORY, SUBSCRIPTION, copy_configuration, fill_in_ids
from tests.unit.test_docs import PAGES

_YAML = YAML(typ="safe")
_BLOCK = re.compile(
    r"^```\w*\n(?P<fenced>(?:(?!```).*\n)+)```$|(?<=\n\n)(?P<indented>(?: {4}.*\n|\n(?= {4}))+)", re.M
)
_KEYS = {*Environment.model_fields, *Platform.model_fields}
_FILE = re.compile(r"# config/((?:environments/)?[a-z]+\.yaml)\n")


class Example(NamedTuple):
    """A block of a page that is a part of a configuration."""

    place: str
    file: str
    """The file that its first line names; empty without such a line."""
    settings: dict[str, Any]


def examples() -> Iterator[Example]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in _BLOCK.finditer(text):
            body = dedent(block["fenced"] or block["indented"])
            try:
                settings = _YAML.load(body.replace("<GUID>", SUBSCRIPTION))
            except YAMLError:  # a command, or what one prints
                continue
            if isinstance(settings, dict) and settings and settings.keys() <= _KEYS:
                file = _FILE.match(body)
                line = text.count("\n", 0, block.start()) + 1
                place = f"{page.relative_to(REPOSITORY)}:{line}"
                yield Example(place, file[1] if file else "", settings)


EXAMPLES = list(examples())


def put_in(folder: Path, example: Example) -> None:
    path = folder / example.file
    _YAML.dump(merged(_YAML.load(path.read_text(encoding="utf-8")), example.settings), path)


def merged(settings: Any, more: Any) -> Any:
    if isinstance(settings, dict) and isinstance(more, dict):
        return settings | {key: merged(settings.get(key), value) for key, value in more.items()}
    return more


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The guide with real ids, and with what the pages put into its platform.yaml."""
    config = copy_configuration(tmp_path)
    fill_in_ids(config)
    for example in EXAMPLES:
        if example.file == "platform.yaml":
            put_in(config, example)
    return config


def test_each_says_where_it_goes() -> None:
    assert len(EXAMPLES) > 20
    assert [example.place for example in EXAMPLES if not example.file] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.place)
def test_each_is_valid_in_the_guide(folder: Path, example: Example) -> None:
    before = load_settings(folder)
    if example.file != "platform.yaml":
        put_in(folder, example)
        assert load_settings(folder) != before, "it changes nothing"


SECTIONS = sorted(
    key
    for model in (Environment, Platform)
    for key, field in model.model_fields.items()
    if not field.is_required()
    and not any(
        re.search(f"^{key}:", file.read_text(), re.M) for file in (REPOSITORY / "guide").rglob("*.yaml")
    )
)


@pytest.mark.parametrize("key", SECTIONS)
def test_each_section_that_the_guide_lacks_has_one(key: str) -> None:
    assert any(key in example.settings for example in EXAMPLES)
