"""Loads ``config/``: reads every file, checks every model and rule, and reports all mistakes at once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from settings.checking.checked import Checked, check
from settings.models.environment import TIERS, Environment
from settings.models.imports import Imports
from settings.models.markers import NotFilledIn
from settings.models.platform import AzurermBackend, Platform
from settings.reading.file import YamlFile
from settings.reading.problems import ConfigurationError, KeyPath, Problem, counted, dotted
from settings.rules import broken_rules
from settings.rules.notes import notes
from settings.rules.version import written_for_this_version


@dataclass(frozen=True)
class Placeholder:
    """An id that has not been filled in yet, and where it stands."""

    file: Path
    line: int
    path: KeyPath

    def __str__(self) -> str:
        """Name the key and its place: ``azure.tenant_id (config/platform.yaml, line 7)``."""
        return f"{dotted(self.path)} ({self.file}, line {self.line})"


@dataclass(frozen=True)
class Import:
    """Something that exists, to come into the state of a stack, and where the configuration says so."""

    stack: str
    address: str
    id: str
    file: Path
    line: int
    column: int

    def problem(self, found: str, allowed: str, fix: str) -> Problem:
        """Make a problem of it."""
        path = ("imports", self.address)
        return Problem(
            file=self.file,
            line=self.line,
            column=self.column,
            path=path,
            found=found,
            allowed=allowed,
            fix=fix,
        )


@dataclass(frozen=True)
class Settings:
    """The whole configuration, checked. Environments come in the order of their tiers."""

    platform: Platform
    environments: tuple[Environment, ...]
    placeholders: tuple[Placeholder, ...]
    files: Mapping[str, YamlFile] = field(repr=False, compare=False)
    """Where everything stands: the file of each environment by its name, platform.yaml by the empty text."""
    notes: tuple[str, ...]
    """What is worth knowing though nothing is wrong, a paragraph each."""
    imports: tuple[Import, ...] = ()

    def placeholder_warning(self) -> str:
        """Return one warning that names every id that is not filled in; empty when there is none."""
        if not self.placeholders:
            return ""
        head = f"Warning: {counted(len(self.placeholders), 'placeholder')} to fill in before a deployment:"
        return "\n".join([head, *(f"  {placeholder}" for placeholder in self.placeholders)])

    @property
    def stack_names(self) -> list[str]:
        """The names of all stacks: registry, environments, and that of the state where one is made."""
        names = ["registry", *(environment.name for environment in self.environments)]
        backend = self.platform.backend
        if isinstance(backend, AzurermBackend) and backend.create:
            names.append("state")
        return [f"{self.platform.stack_prefix}-{name}" for name in names]

    def local_imports(self) -> list[tuple[Path, str, str]]:
        """Return file, stack and address of each import whose state is local; of other state nothing is known here."""
        local = self.platform.backend.type == "local"
        return [(item.file, item.stack, item.address) for item in self.imports if local]


def load_settings(folder: Path, *, shown: Path | None = None) -> Settings:
    """Read ``platform.yaml``, ``environments/*.yaml`` and, if there are any, ``imports/*.yaml`` below ``folder``.

    ``shown`` is how people know the folder: its name, if left out. Raises :class:`ConfigurationError` with every
    mistake of every file; of another version with that one alone.
    """
    shown = Path(folder.name) if shown is None else shown
    _, unreadable = _listed(folder, shown, "a folder with platform.yaml and environments/")
    if unreadable:
        raise ConfigurationError([unreadable])
    paths, problems = _environment_files(folder, shown)
    platform = check(Platform, YamlFile(folder / "platform.yaml", shown / "platform.yaml"))
    if of_another := list(written_for_this_version(platform)):
        # What else seems wrong may be right in that version.
        raise ConfigurationError(of_another)
    environments = [check(Environment, YamlFile(path, shown / "environments" / path.name)) for path in paths]
    paths, misnamed = _import_files(folder, shown)
    imports = [check(Imports, YamlFile(path, shown / "imports" / path.name)) for path in paths]
    problems += misnamed
    files: list[Checked[Any]] = [platform, *environments, *imports]
    for file in files:
        problems += file.problems
    problems += broken_rules(platform, environments, imports)
    if problems or platform.settings is None:
        raise ConfigurationError(problems)
    models = [environment.settings for environment in environments if environment.settings]
    return Settings(
        platform=platform.settings,
        environments=tuple(sorted(models, key=lambda e: (TIERS.index(e.tier), e.name))),
        placeholders=tuple(p for file in files for p in _placeholders(file)),
        files={file.settings.name: file.source for file in environments if file.settings}
        | {"": platform.source},
        notes=tuple(notes(platform, environments)),
        imports=tuple(found for file in imports for found in _imports(file)),
    )


def _environment_files(folder: Path, shown: Path) -> tuple[list[Path], list[Problem]]:
    """Return the environment files, hidden ones left out, and a problem for each that is named wrongly."""
    shown, allowed = shown / "environments", "one file for each environment, such as dev.yaml"
    entries, unreadable = _listed(folder / "environments", shown, allowed)
    if unreadable:
        return [], [unreadable]
    candidates, problems = _yaml_files(entries, shown)
    if not candidates:
        problems.append(_misplaced(shown, "no environment", allowed, "add a file"))
    return candidates, problems


def _import_files(folder: Path, shown: Path) -> tuple[list[Path], list[Problem]]:
    """Return the files of imports, of which there need not be any, and a problem for each that is named wrongly."""
    if not os.path.lexists(folder / "imports"):
        return [], []
    shown, allowed = shown / "imports", "one file for each stack that something is imported to"
    entries, unreadable = _listed(folder / "imports", shown, allowed)
    return ([], [unreadable]) if unreadable else _yaml_files(entries, shown)


def _yaml_files(entries: list[Path], shown: Path) -> tuple[list[Path], list[Problem]]:
    """Return the YAML files among what is in a folder, hidden ones left out, and a problem for each wrong ending."""
    candidates = [
        path for path in entries if path.suffix.lower() in (".yaml", ".yml") and not path.name.startswith(".")
    ]
    return candidates, [
        _misplaced(shown / path.name, path.name, "a name that ends in .yaml", "rename it")
        for path in candidates
        if path.suffix != ".yaml"
    ]


def _listed(folder: Path, shown: Path, allowed: str) -> tuple[list[Path], Problem | None]:
    """Return what is in a folder, in order, or why that cannot be seen."""
    try:
        return sorted(folder.iterdir()), None
    except FileNotFoundError:
        return [], _misplaced(shown, "no such folder", allowed, "create it")
    except NotADirectoryError:
        return [], _misplaced(
            shown, "no folder, but a file", allowed, "rename or remove the file, and create the folder"
        )
    except OSError as error:
        found = f"a folder that cannot be read ({error.strerror})"
        return [], _misplaced(shown, found, allowed, "check its rights")


def _misplaced(file: Path, found: str, allowed: str, fix: str) -> Problem:
    return Problem(file=file, line=1, column=1, path=(), found=found, allowed=allowed, fix=fix)


def _placeholders(file: Checked[Any]) -> Iterator[Placeholder]:
    for found in file.marked(NotFilledIn):
        if found.text == found.marker.placeholder:
            yield Placeholder(file.source.name, file.source.place(found.path).line, found.path)


def _imports(file: Checked[Imports]) -> Iterator[Import]:
    for address, found in file.settings.imports.items() if file.settings else ():
        place = file.source.place(("imports", address), at_key=True)
        yield Import(
            stack=file.source.name.stem,
            address=address,
            id=found,
            file=file.source.name,
            line=place.line,
            column=place.column,
        )
