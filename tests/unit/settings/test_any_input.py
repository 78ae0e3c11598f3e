"""Whatever stands in the files: the settings, or a report that points into them. Never another exception."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings.loader import Settings, load_settings
from settings.reading.file import YamlFile
from settings.reading.problems import ConfigurationError
from tests.fragments import FRAGMENTS
from tests.inputs import inputs, mangle
from tests.project import GUIDE
from tests.unit.settings.configuration import DEV, PLATFORM, PROD

FILES = (PLATFORM, DEV, PROD)
# Without test.yaml, which would add time and nothing else.
TEXTS = {
    file: (GUIDE / file).read_text(encoding="utf-8").replace("[dev, test, prod]", "[dev, prod]")
    for file in FILES
}


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["dev", "prod", "Training", "leads", "PT15M", "0.5", "azurerm", "local", "a" * 300]),
    st.sampled_from(["10.30.0.0/16", "AllowInternetOutbound", "privatelink.azurecr.io", "pypi.org"]),
)
KEYS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        [
            *(
                "name",
                "tier",
                "used_by",
                "permissions",
                "extra_variables",
                "type",
                "backend",
                "compute",
                "teams",
            ),
            *(
                "deployment",
                "traffic",
                "approvers",
                "validation",
                "min_accuracy",
                "registry",
                "<<",
                "environments",
            ),
            *("private_network", "address_space", "outbound_fqdns", "dns_zones", "webhook", "vnet", "email"),
            *("budget", "thresholds"),
        ]
    ),
)
STRUCTURES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)


@st.composite
def mangled(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a file and its text with one to four random edits."""
    file = draw(st.sampled_from(FILES))
    return file, mangle(draw, TEXTS[file], FRAGMENTS, most_edits=4, widest_indent=6)


@st.composite
def replaced(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a file in which one value, at any depth, has become something else. JSON is YAML too."""
    file = draw(st.sampled_from(FILES))
    whole: Any = json.loads(json.dumps(YamlFile(GUIDE / file, Path(file)).values))
    node = whole
    while True:
        places = list(node) if isinstance(node, dict) else range(len(node))
        key = draw(st.sampled_from(places))
        if isinstance(node[key], dict | list) and node[key] and draw(st.booleans()):
            node = node[key]
            continue
        node[key] = draw(STRUCTURES)
        return file, json.dumps(whole, ensure_ascii=False, indent=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration of three files; each example writes one of them and puts it back."""
    folder = tmp_path_factory.mktemp("any") / "config"
    (folder / "environments").mkdir(parents=True)
    for file, text in TEXTS.items():
        (folder / file).write_text(text, encoding="utf-8")
    assert load_settings(folder)
    return folder


def assert_settings_or_report(folder: Path, file: str, text: str) -> None:
    (folder / file).write_text(text, encoding="utf-8", newline="")
    try:
        assert isinstance(load_settings(folder), Settings)
    except ConfigurationError as error:
        assert error.problems
        shown = [str(problem) for problem in error.problems]
        assert len(set(shown)) == len(shown), "a mistake is reported twice"
        for problem in error.problems:
            lines = (folder.parent / problem.file).read_text(encoding="utf-8-sig").split("\n")
            assert 1 <= problem.line <= len(lines)
            assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
            assert problem.found
            assert problem.allowed
            assert problem.fix
            assert len(str(problem).splitlines()) == 4
    finally:
        (folder / file).write_text(TEXTS[file], encoding="utf-8")


@inputs(150)
@given(change=mangled())
def test_mangled_text(folder: Path, change: tuple[str, str]) -> None:
    assert_settings_or_report(folder, *change)


@inputs(150)
@given(change=replaced())
def test_replaced_value(folder: Path, change: tuple[str, str]) -> None:
    assert_settings_or_report(folder, *change)


@inputs(60)
@given(file=st.sampled_from(FILES), structure=STRUCTURES)
def test_random_structure(folder: Path, file: str, structure: object) -> None:
    assert_settings_or_report(folder, file, json.dumps(structure, ensure_ascii=False))


@inputs(40)
@given(file=st.sampled_from(FILES), content=st.binary(max_size=40))
def test_random_bytes(folder: Path, file: str, content: bytes) -> None:
    (folder / file).write_bytes(content)
    try:
        with pytest.raises(ConfigurationError):
            load_settings(folder)
    finally:
        (folder / file).write_text(TEXTS[file], encoding="utf-8")
