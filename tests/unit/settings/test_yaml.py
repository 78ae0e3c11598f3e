"""What is wrong with a file as YAML: one message, at its line and column, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from settings.loader import load_settings
from settings.reading.problems import dotted
from tests.unit.settings.configuration import DEV, Configuration, Mistake, assert_one_problem

FILE = "the whole file"
WELL_FORMED = "well-formed YAML"

MISTAKES = {
    "a tab as indentation": Mistake(
        DEV, "  storage_account", "«\tstorage_account", FILE,
        "a tab", WELL_FORMED, "indent with blanks",
    ),
    "a colon too many": Mistake(
        DEV, "tier: dev", "tier: dev«: x", FILE,
        "a colon too many", WELL_FORMED, "put the text in quotes",
    ),
    "no colon": Mistake(
        DEV, "tier: dev", "«tier dev", FILE,
        "a line without a key and a colon", WELL_FORMED, "write key: value",
    ),
    "an open quotation mark": Mistake(
        DEV, '"0 2 * * *"', "«'0 2 * * *", FILE,
        "a quotation mark that is not closed", WELL_FORMED, "close it",
    ),
    "an open quotation mark that a later one closes": Mistake(
        DEV, '"0 2 * * *"', '«"0 2 * * *', FILE,
        "a quotation mark that is not closed", WELL_FORMED, "close it",
    ),
    "an open quotation mark in a list": Mistake(
        DEV, "[Training, Promotion]", "[«'Training, Promotion]", FILE,
        "a quotation mark that is not closed", WELL_FORMED, "close it",
    ),
    "an open bracket": Mistake(
        DEV, "[Training, Promotion]", "«[Training, Promotion", FILE,
        "a bracket that is not closed", WELL_FORMED, "close it",
    ),
    "an open bracket at the end": Mistake(
        DEV, "key_vault: mlops-dev-keyvault\n", "key_vault: [\n«", FILE,
        "the end of the file", WELL_FORMED, "close the bracket",
    ),
    "two commas": Mistake(
        DEV, "[Training, Promotion]", "[Training, «, Promotion]", FILE,
        "a sign where a value should be", WELL_FORMED, "write the value",
    ),
    "a sign at the start": Mistake(
        DEV, "tier: dev", "tier: «@dev", FILE,
        "a sign that cannot start a value", WELL_FORMED, "put the text in quotes",
    ),
    "a wrong indentation": Mistake(
        DEV, "  name: mlops-dev-workspace\n  storage", "   name: mlops-dev-workspace\n  «storage", FILE,
        "a line that does not fit the lines above it", WELL_FORMED, "mend the indentation",
    ),
    "an unknown escape": Mistake(
        DEV, "tier: dev", 'tier: "\\«d"', FILE,
        "a backslash that starts no escape", WELL_FORMED, "single quotes",
    ),
    "an escape of no character": Mistake(
        DEV, "tier: dev", 'tier: "\\U«99999999"', FILE,
        "text that is not YAML", WELL_FORMED, "mend the text",
    ),
    "an unknown alias": Mistake(
        DEV, '"0 2 * * *"', "«*/5", "training_schedule.frequency",
        "a YAML alias", "plain values", "put a text that starts with *",
    ),
    "a text that starts with an asterisk": Mistake(
        DEV, '"0 2 * * *"', "«*/5 2 * * *", FILE,
        "a YAML alias", WELL_FORMED, "put a text that starts with *",
    ),
    "a lone asterisk": Mistake(
        DEV, '"0 2 * * *"', "«* 2 * * *", FILE,
        "a YAML alias", WELL_FORMED, "put a text that starts with *",
    ),
    "a lone ampersand": Mistake(
        DEV, "tier: dev", "tier: &« dev", FILE,
        "a YAML anchor", WELL_FORMED, "put a text that starts with &",
    ),
    "an open tag": Mistake(
        DEV, "tier: dev", "tier: !<a« dev", FILE,
        "a YAML tag", WELL_FORMED, "put a text that starts with !",
    ),
    "a second document": Mistake(
        DEV, "tier: dev", "tier: dev\n«---\na: b", FILE,
        "a second document", WELL_FORMED, "remove the line ---",
    ),
    "a directive": Mistake(
        DEV, "# yaml-language-server", "\n«%YAML 1.1\n---\n# yaml-language-server", FILE,
        "a YAML directive", "keys and values", "remove the line that starts with %",
    ),
    "a nul": Mistake(
        DEV, "tier: dev", "tier: d«\x00ev", FILE,
        "the character U+0000", "plain text", "remove the character",
    ),
    "an escape character": Mistake(
        DEV, "# Dev:", "# D«\x1bev:", FILE,
        "the character U+001B", "plain text", "remove the character",
    ),
    "a line separator": Mistake(
        DEV, "# Dev:", "# Dev«\u2028:", FILE,
        "the character U+2028", "plain text", "remove the character",
    ),
    "lists in lists without end": Mistake(
        DEV, "tier: dev", "tier: " + "[" * 19 + "«" + "[" * 3000, FILE,
        "values nested too deeply", "at most 20 levels", "flatten this part",
    ),
    "an alias": Mistake(
        DEV, "name: dev\ntier: dev\n", "name: &t dev\ntier: «*t\n", "tier",
        "a YAML alias", "plain values", "write the value out",
    ),
    "an alias of its own key": Mistake(
        DEV, "tier: dev\n", "&t tier: «*t\n", "tier",
        "a YAML alias", "plain values", "write the value out",
    ),
    "an alias that holds itself": Mistake(
        DEV, "[Training, Promotion]", "&u [Training, «*u]", "variable_group.used_by[1]",
        "a YAML alias", "plain values", "write the value out",
    ),
    "an alias as key": Mistake(
        DEV, "tier: dev\n", "tier: &t dev\n«*t : x\n", "*",
        "a YAML alias", "plain values", "write the value out",
    ),
    "a merge key": Mistake(
        DEV, "    name: dev-scoring-cluster\n", "    name: &n dev-scoring-cluster\n    «<<: *n\n",
        "compute.scoring_cluster.<<",
        "a YAML merge key", "keys and values", "write out here the keys and values that it brings",
    ),
    "a merge key that brings keys": Mistake(
        DEV, "    name: dev-scoring-cluster\n    vm_size: Standard_DS2_v2\n    min_nodes: 0\n",
        "    «<<: *training\n    name: dev-scoring-cluster\n",
        "compute.scoring_cluster.<<",
        "a YAML merge key", "keys and values", "write out here the keys and values that it brings",
    ),
    "a merge key of a whole file": Mistake(
        DEV, "tier: dev\n", "«<<: {tier: dev}\n", "<<",
        "a YAML merge key", "keys and values", "write out here the keys and values that it brings",
    ),
    "a tag": Mistake(
        DEV, "tier: dev", "tier: «!!str dev", "tier",
        "a YAML tag", "plain values", "remove the tag",
    ),
    "a tag of Python": Mistake(
        DEV, "tier: dev", "tier: «!!python/name:os.system dev", "tier",
        "a YAML tag", "plain values", "remove the tag",
    ),
    "a tag behind an anchor": Mistake(
        DEV, "tier: dev", "tier: «&t !dev dev", "tier",
        "a YAML tag", "plain values", "remove the tag",
    ),
    "a tag on a section": Mistake(
        DEV, "retention:\n", "retention: «!!omap\n", "retention",
        "a YAML tag", "plain values", "remove the tag",
    ),
    "a tag on a key": Mistake(
        DEV, "tier: dev", "«!!str tier: dev", "tier",
        "a YAML tag", "plain values", "remove the tag",
    ),
    "an anchor and no value": Mistake(
        DEV, "tier: dev", "«tier: &t", "tier",
        "nothing", "one of dev, test, prod", "choose one of them",
    ),
    "the same key twice": Mistake(
        DEV, "tier: dev\n", "tier: dev\n«tier: test\n", "tier",
        "the key tier a second time (first on line 6)", "each key once", "remove one of the two",
    ),
    "the same section twice": Mistake(
        DEV, "retention:\n", "«workspace: {}\nretention:\n", "workspace",
        "the key workspace a second time", "each key once", "remove one of the two",
    ),
    "the same key twice in a section": Mistake(
        DEV, "    min_nodes: 0\n", "    min_nodes: 0\n    «min_nodes: 1\n",
        "compute.training_cluster.min_nodes",
        "the key min_nodes a second time (first on line 34)", "each key once", "remove one of the two",
    ),
    "a key that is empty": Mistake(
        DEV, "tier: dev\n", "tier: dev\n«: x\n", FILE,
        "a key that is not a word", "words as keys", "write a word",
    ),
    "a key that is a list": Mistake(
        DEV, "tier: dev\n", "tier: dev\n? «[a, b]\n: x\n", FILE,
        "a key that is not a word", "words", "write a word",
    ),
    "an invisible character": Mistake(
        DEV, "tier: dev", "tier: «dev\u200b", "tier",
        "the invisible character U+200B", "plain blanks", "type the text",
    ),
    "an invisible character behind an escape": Mistake(
        DEV, "tier: dev", 'tier: «"dev\\0"', "tier",
        "the invisible character U+0000", "plain blanks", "type the text",
    ),
    "half a character": Mistake(
        DEV, "tier: dev", 'tier: «"\\ud800"', "tier",
        "the invisible character U+D800", "plain blanks", "type the text",
    ),
    "an unbreakable blank before a key": Mistake(
        DEV, "tier: dev", "«\xa0tier: dev", "tier",
        "the invisible character U+00A0", "plain blanks", "type the text",
    ),
}  # fmt: skip

# A change of the file as bytes that changes nothing of what it says.
HARMLESS: dict[str, Callable[[bytes], bytes]] = {
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "line ends of Windows": lambda text: text.replace(b"\n", b"\r\n"),
    "the start of a document": lambda text: b"---\n" + text,
    "the end of a document": lambda text: text + b"...\n",
    "no line end at the end": lambda text: text.rstrip(b"\n"),
    "anchors nobody uses": lambda text: text.replace(b"tier: dev", b"tier: &t dev").replace(
        b": e", b": &t e"
    ),
    "an unbreakable blank in a comment": lambda text: text + "# d\u00e9ployer\u00a0!\n".encode(),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_mistake(configuration: Configuration, mistake: Mistake) -> None:
    assert_one_problem(configuration, mistake)


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_harmless(configuration: Configuration, change: Callable[[bytes], bytes]) -> None:
    expected = load_settings(configuration.folder)
    path = configuration.folder / DEV
    changed = change(path.read_bytes())
    assert changed != path.read_bytes()
    path.write_bytes(changed)
    loaded = load_settings(configuration.folder)
    assert (loaded.platform, loaded.environments) == (expected.platform, expected.environments)


@pytest.mark.parametrize("end", [b"\r\n", b"\r"], ids=["Windows", "old Mac"])
def test_lines_are_counted_with_other_line_ends(configuration: Configuration, end: bytes) -> None:
    place = configuration.edit(DEV, "    max_nodes: 4", "    max_nodes: «four")
    path = configuration.folder / DEV
    path.write_bytes(path.read_bytes().replace(b"\n", end))
    (problem,) = configuration.problems()
    assert (problem.line, problem.column) == place


def test_the_first_column_is_right_behind_a_byte_order_mark(configuration: Configuration) -> None:
    path = configuration.folder / DEV
    path.write_bytes(b"\xef\xbb\xbf" + b"nam: x\n" + path.read_bytes())
    (problem,) = configuration.problems()
    assert (problem.line, problem.column) == (1, 1)


def test_columns_count_characters_not_bytes(configuration: Configuration) -> None:
    place = configuration.edit(DEV, "[develop]", '["\u00e9\u4e2d\U0001f600", «a b]')
    (problem,) = configuration.problems()
    assert (problem.line, problem.column) == place


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# nothing but this\n", "---\n", "~\n", "word\n", "5\n", "- a\n- b\n", "[]\n"]
)
def test_a_file_without_keys(configuration: Configuration, text: str) -> None:
    configuration.write(DEV, text)
    (problem,) = configuration.problems()
    assert str(problem).splitlines()[:2] == [
        "config/environments/dev.yaml:1:1: the whole file",
        "    found:   a file without keys and values",
    ]


@pytest.mark.parametrize("content", [b"name: d\xe9v\n", "name: dev\n".encode("utf-16"), b"\x80" * 9])
def test_bytes_that_are_not_utf_8(configuration: Configuration, content: bytes) -> None:
    (configuration.folder / DEV).write_bytes(content)
    (problem,) = configuration.problems()
    assert (problem.file, problem.line) == (Path("config") / DEV, 1)
    assert problem.found.startswith("bytes that are not UTF-8")
    assert problem.fix == "save it as UTF-8"


def test_every_wrong_key_and_value_of_a_file_is_reported(configuration: Configuration) -> None:
    configuration.edit(DEV, "tier: dev", "tier: !x dev")
    configuration.edit(DEV, "location: eastus", "location: eastus\nlocation: westus")
    configuration.edit(DEV, "max_nodes: 4", "max_nodes: four")
    paths = [dotted(problem.path) for problem in configuration.problems()]
    assert paths == ["tier", "location", "compute.training_cluster.max_nodes"]


def test_a_key_that_is_no_word_is_named_by_its_section(configuration: Configuration) -> None:
    configuration.edit(DEV, "compute:\n", "compute:\n  [a, b]: x\n")
    assert [dotted(problem.path) for problem in configuration.problems()] == ["compute"]
