"""Whatever text the settings accept reaches the Terraform exactly as it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from settings.loader import load_settings
from settings.reading.file import YamlFile
from settings.reading.problems import ConfigurationError, KeyPath
from tests.project import copy_configuration, use_every_option
from tests.synthesized import synthesize_to

Place = tuple[str, KeyPath]

FACE = "\U0001f600"

REFUSED = {
    "an expression": "x${y}",
    "a directive": "x%{y}",
    "a list of cdktf": "x#{TfToken[TOKEN.1]}",
    "a map of cdktf": "x&{TfToken[TOKEN.1]}",
    "half a mark of cdktf": "x&{TfToken[",
    "NUL": "x\0y",
    "an escape of the terminal": "x\x1by",
    "a carriage return": "x\ry",
    "a next line": "x\x85y",
    "a line separator": "x\u2028y",
    "a byte order mark": "x\ufeffy",
    "half a character": "x\ud800y",
    "a very long text": "x" * 40_000,
}
ACCEPTED = {
    "line breaks": "x\n\ny",
    "signs": "x'\"`&|;<>!*~[](){}= $ % # & {y} $(z) }} ]}<<EOF\u00e9\u4e2d" + FACE,
    "a number that cdktf would take for a token": "-1.8881545897087503e+289",
    "a name of every JavaScript object": "constructor",
    "nearly the longest text": "x" * 255,
}


def as_yaml(value: Any) -> str:
    """Write values with escapes, as JSON does, but no character as two halves: YAML does not put them together."""
    return json.dumps(value, indent=1).replace(json.dumps(FACE)[1:-1], FACE)


class Files:
    """A configuration with every option, as values that a test may change."""

    def __init__(self, parent: Path) -> None:
        self.folder = copy_configuration(parent)
        use_every_option(self.folder)
        paths = [self.folder / "platform.yaml", *sorted((self.folder / "environments").iterdir())]
        self.texts = {str(path.relative_to(self.folder)): path.read_text() for path in paths}

    def values(self) -> dict[str, Any]:
        """Return the values of each file, for changing. Numbers with a fraction are texts here anyway."""
        return {
            name: json.loads(json.dumps(YamlFile(self.folder / name, Path(name)).values))
            for name in self.texts
        }

    def refusals(self, values: dict[str, Any]) -> set[Place]:
        """Write the values, and return the places where the settings refuse them."""
        for name, value in values.items():
            (self.folder / name).write_text(as_yaml(value), encoding="utf-8")
        try:
            load_settings(self.folder)
        except ConfigurationError as error:
            return {(str(Path(*problem.file.parts[1:])), problem.path) for problem in error.problems}
        finally:
            for name, text in self.texts.items():
                (self.folder / name).write_text(text, encoding="utf-8")
        return set()


def texts(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the place of every text, but for pipelines that are left out, and the word that other keys depend on."""
    if isinstance(value, dict) and value.get("exists") is False:
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from texts(item, (*path, key))
    if isinstance(value, str) and path[-1] != "type":
        yield path


def put(values: Any, path: KeyPath, text: str) -> str:
    """Put a text at a place, and return what was there."""
    *holder, last = path
    for part in holder:
        values = values[part]
    before: str = values[last]
    values[last] = text
    return before


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("any-text"))


def put_everywhere(values: dict[str, Any], text: str) -> tuple[dict[Place, str], dict[Place, str]]:
    """Put a text into every place; return what was there, and what is there now.

    A text that starts with x is another one at each place, so that none is taken for one of the others.
    """
    places = [(name, path) for name, value in values.items() for path in texts(value)]
    after = {
        place: f"{text}{number}" if text.startswith("x") else text for number, place in enumerate(places)
    }
    return {place: put(values[place[0]], place[1], after[place]) for place in places}, after


def accepted(files: Files, text: str) -> tuple[dict[str, Any], dict[Place, str]]:
    """Put a text into every place that takes it; return the values, and what stands where."""
    values = files.values()
    before, after = put_everywhere(values, text)
    while refused := files.refusals(values):
        # A name that something refers to is refused there.
        for place in refused & before.keys() or before.keys():
            put(values[place[0]], place[1], before[place])
            after.pop(place)
        before = {place: was for place, was in before.items() if place in after}
    return values, after


def strings(value: Any) -> Iterator[str]:
    """Yield every key and every text."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def with_tag(values: dict[str, Any], name: str) -> dict[str, Any]:
    platform = values["platform.yaml"]
    return {**values, "platform.yaml": {**platform, "tags": {**platform["tags"], name: "x"}}}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_no_place_takes_a_text_that_cannot_be_written(files: Files, text: str) -> None:
    values = files.values()
    _, there = put_everywhere(values, text)
    assert len(there) > 200
    assert there.keys() - files.refusals(values) == set()
    assert files.refusals(with_tag(files.values(), text))


def test_a_tag_of_a_name_that_gets_lost(files: Files) -> None:
    assert files.refusals(with_tag(files.values(), "__proto__")) == {("platform.yaml", ("tags", "__proto__"))}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_accepted_is_written_as_it_is(files: Files, text: str, tmp_path: Path) -> None:
    values, there = accepted(files, text)
    assert len(there) > 5
    if not files.refusals(with_tag(values, text)):
        values = with_tag(values, text)
        there["platform.yaml", ("tags", text)] = text
    config = tmp_path / "config"
    (config / "environments").mkdir(parents=True)
    for name, value in values.items():
        (config / name).write_text(as_yaml(value), encoding="utf-8")
    stacks = synthesize_to(load_settings(config), tmp_path / "out")
    written = "\0".join(string for stack in stacks.values() for string in strings(stack.terraform))
    assert {place: put for place, put in there.items() if put not in written} == {}
