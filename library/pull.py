"""Brings what people have set in the Library into the files of the configuration."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from client.devops.library import VariableGroup
from doctor.live.comparison import Difference, Kind, differences
from doctor.platform import Group, Platform
from files.replacing import COMPLETE, replace_file, replace_together, replacing_in
from library.editing import YamlText
from settings.loader import Settings, load_settings
from settings.models.declarations import declared
from settings.models.environment import Environment
from settings.models.platform import Platform as PlatformFile
from settings.reading.problems import ConfigurationError, KeyPath, dotted, paragraph
from settings.reading.text import TextError

_MEANWHILE = (
    "The files in {config} were changed while this command was at work. Nothing was written. Run it again."
)
Place = tuple[str, KeyPath]
"""The environment whose file it is (empty: platform.yaml), and the key in it."""


class PullError(Exception):
    """A value of the Library cannot be brought into the configuration. Nothing was written. The text is a report."""


@dataclass(frozen=True)
class Change:
    """A value that the configuration gets."""

    file: str
    line: int
    path: KeyPath
    difference: Difference


@dataclass(frozen=True)
class Pull:
    """What is to be brought into the configuration, and what is not."""

    changes: tuple[Change, ...]
    left: tuple[Difference, ...]
    """What differs and stays as it is."""
    contents: Mapping[str, bytes]
    """The new content of each file, by its place below the folder of the configuration."""


def finish(config: Path) -> None:
    """Put files in place that an earlier run has written and not placed. Raises WriteError."""
    if (config / COMPLETE).is_dir():
        with replacing_in(config):
            pass


def plan(
    config: Path, settings: Settings, groups: Iterable[Group], live: Mapping[str, VariableGroup]
) -> Pull:
    """Find out what is to be written, and try it. Nothing is written.

    ``settings`` are those of the folder ``config``. Raises :class:`PullError` where the configuration would not take a
    value, or would say something else than the Library afterwards.
    """
    found = list(differences(groups, live))
    edits: dict[Place, Difference] = {}
    for difference in found:
        if difference.kind is Kind.EDITED and difference.variable:
            at = difference.group.key_of(difference.variable)
            if edits.setdefault(at, difference).library != difference.library:
                raise PullError(_shared(settings, at, [edits[at], difference]))
    try:
        contents = _edited(config, settings, edits)
        if edits:
            _try(config, settings, contents, live, edits)
    except OSError as error:
        raise PullError(f"{error.filename}: {error.strerror}. Nothing was written.") from None
    except (UnicodeDecodeError, TextError, LookupError):
        raise PullError(_MEANWHILE.format(config=config)) from None
    return Pull(
        changes=tuple(_change(settings, at, difference) for at, difference in edits.items()),
        left=tuple(difference for difference in found if difference.kind is not Kind.EDITED),
        contents=contents,
    )


def write(config: Path, pull: Pull) -> None:
    """Write the files, all of them or none. Raises :class:`files.replacing.WriteError`."""
    match list(pull.contents.items()):
        case []:
            return
        case [(name, content)]:
            replace_file(config / name, content)
        case _:
            with tempfile.TemporaryDirectory() as fresh, replacing_in(config):
                _copy(pull.contents, Path(fresh))
                replace_together(config, Path(fresh))


def _edited(config: Path, settings: Settings, edits: Mapping[Place, Difference]) -> dict[str, bytes]:
    """Return the new content of each file that has one of the keys."""
    texts = dict[str, YamlText]()
    for at, difference in edits.items():
        name = _file(settings, at[0])
        if name not in texts:
            texts[name] = YamlText((config / name).read_bytes())
        _write(texts[name], settings, at, difference.library or "")
    return {name: text.content for name, text in texts.items()}


def _file(settings: Settings, environment: str) -> str:
    name = settings.files[environment].name.name
    return f"environments/{name}" if environment else name


def _write(text: YamlText, settings: Settings, at: Place, value: str) -> None:
    environment, path = at
    model = next((e for e in settings.environments if e.name == environment), settings.platform)
    now: object = model.model_dump(by_alias=True)
    declaration = declared(Environment if environment else PlatformFile)
    for part in path:
        keys = list(declaration.fields)
        declaration = declaration.inside(part) or declaration
        now = now[part] if isinstance(now, dict) else None
    text.set(path, value, now=now, keys=keys)


def _try(
    config: Path,
    settings: Settings,
    contents: Mapping[str, bytes],
    live: Mapping[str, VariableGroup],
    edits: Mapping[Place, Difference],
) -> None:
    """Load the configuration as it would be. Raises PullError where that is not what was meant."""
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "config"
        _copy(_yaml(config), draft)
        _copy(contents, draft)
        try:
            after = load_settings(draft, shown=Path(config.name))
        except ConfigurationError as error:
            raise PullError(_refused(settings, error, edits)) from None
    before = {_said(one) for one in _all(settings, live)} - {_said(one) for one in edits.values()}
    wrong = [one for one in _all(after, live) if _said(one) not in before]
    if wrong:
        at = wrong[0].group.key_of(wrong[0].variable) if wrong[0].variable else next(iter(edits))
        raise PullError(_shared(settings, at, [edits[at], wrong[0]] if at in edits else wrong))


def _all(settings: Settings, live: Mapping[str, VariableGroup]) -> Iterator[Difference]:
    yield from differences(Platform(settings).groups.values(), live)


def _said(difference: Difference) -> tuple[str, ...]:
    return difference.kind, difference.group.name, difference.name, str(difference.configured)


def _copy(contents: Mapping[str, bytes], folder: Path) -> None:
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _yaml(config: Path) -> dict[str, bytes]:
    """Return what the loader reads, by its place below the folder."""
    paths = [
        path
        for pattern in ("*.yaml", "environments/*.yaml", "imports/*.yaml")
        for path in config.glob(pattern)
    ]
    return {path.relative_to(config).as_posix(): path.read_bytes() for path in paths}


def _change(settings: Settings, at: Place, difference: Difference) -> Change:
    file = settings.files[at[0]]
    return Change(str(file.name), file.place(at[1]).line, at[1], difference)


def _named(difference: Difference) -> str:
    return f"{difference.name} of {difference.group.name}"


def _shared(settings: Settings, at: Place, of: list[Difference]) -> str:
    """Say that variables which come from one key have different values."""
    file = settings.files[at[0]]
    line, column = file.place(at[1])
    values = [
        f'"{one.library if one.library is not None else one.configured}" as {_named(one)}' for one in of
    ]
    return "Two variables come from one key, and differ. Nothing was written.\n\n" + paragraph(
        f"{file.name}:{line}:{column}: {dotted(at[1])}",
        f"in the Library {', '.join(values)}",
        "one value for all variables that come from this key",
        "give them the same value in the Library",
    )


def _refused(settings: Settings, error: ConfigurationError, edits: Mapping[Place, Difference]) -> str:
    """Say what the loader says, and which variable has the value."""
    by_place = {
        (settings.files[environment].name, path): difference
        for (environment, path), difference in edits.items()
    }
    paragraphs = []
    for problem in error.problems:
        difference = by_place.get((problem.file, problem.path)) or by_place.get(
            (problem.file, problem.path[:-1])
        )
        whose = f"\n    Library: {_named(difference)}" if difference else ""
        paragraphs.append(f"{problem}{whose}")
    return "\n\n".join(
        [
            "With the Library's values the configuration would have mistakes. Nothing was written.",
            *paragraphs,
            "Put the values right in the Library, or the configuration around them. --env pulls one environment alone.",
        ]
    )
