"""How rules read a file, and that every rule does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from inspect import isfunction
from pathlib import Path
from pkgutil import iter_modules
from types import CodeType, FrameType
from typing import Any

import pytest

from settings import rules
from settings.checking.checked import Checked, check
from settings.loader import load_settings
from settings.models.environment import Environment
from settings.models.platform import Platform
from settings.reading.file import YamlFile
from settings.reading.problems import KeyPath, dotted
from tests.project import GUIDE
from tests.unit.settings.configuration import DEV, PLATFORM, Configuration

Ask = Callable[[Checked[Any], KeyPath], object]
ASKED: dict[str, Ask] = {
    "get": lambda file, path: file.get(*path),
    "sound": lambda file, path: file.sound(*path),
    "given": lambda file, path: file.given(*path),
    "has_keys": lambda file, path: file.has_keys(*path),
    "children": lambda file, path: list(file.children(*path)),
    "problem": lambda file, path: file.problem(*path, found="", allowed="", fix=""),
    "line": lambda file, path: file.line(*path),
}
MISSPELT: dict[str, KeyPath] = {
    "a section": ("deploymnt",),
    "a key of a section": ("deployment", "auto_deplyo"),
    "a key of a section that is absent": ("backup", "frequncy"),
    "a key of an entry": ("variable_group", "used_by", 9, "name"),
    "a key below a value": ("name", "first"),
}
ABSENT: dict[str, tuple[str, KeyPath]] = {
    "a section": (DEV, ("backup",)),
    "a key of a section that is absent": (DEV, ("backup", "frequency")),
    "an entry": (DEV, ("variable_group", "used_by", 9)),
    "a key of the user's own": (DEV, ("variable_group", "permissions", "nobody")),
    "a key of the other choice": (PLATFORM, ("backend", "container")),
}


def read(configuration: Configuration, file: str) -> Checked[Any]:
    model = Platform if file == PLATFORM else Environment
    return check(model, YamlFile(configuration.folder / file, Path(file)))


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("path", MISSPELT.values(), ids=MISSPELT)
def test_a_path_that_no_model_has_is_a_mistake_in_a_rule(
    configuration: Configuration, ask: Ask, path: KeyPath
) -> None:
    with pytest.raises(LookupError) as refused:
        ask(read(configuration, DEV), path)
    assert refused.value.args == (f"Environment has no key {dotted(path)}",)


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize(("file", "path"), ABSENT.values(), ids=ABSENT)
def test_what_a_file_may_have_can_be_asked_for(
    configuration: Configuration, ask: Ask, file: str, path: KeyPath
) -> None:
    ask(read(configuration, file), path)
    assert read(configuration, file).get(*path) is None


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_an_unknown_key_in_a_file_is_no_mistake_in_a_rule(configuration: Configuration, ask: Ask) -> None:
    configuration.edit(DEV, "tier: dev\n", "tier: dev\ncolour: { red: 1 }\n")
    ask(read(configuration, DEV), ("colour", "red"))
    assert read(configuration, DEV).get("colour", "red") is None


def test_every_rule_is_run() -> None:
    run: set[CodeType] = set()

    def remember(frame: FrameType, _event: str, _argument: object) -> None:
        run.add(frame.f_code)

    sys.setprofile(remember)
    try:
        load_settings(GUIDE)
    finally:
        sys.setprofile(None)
    modules = [import_module(f"{rules.__name__}.{module.name}") for module in iter_modules(rules.__path__)]
    written = {
        f"{module.__name__}.{name}": value.__code__
        for module in modules
        for name, value in vars(module).items()
        if isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }
    assert written
    assert [name for name, code in written.items() if code not in run] == []
