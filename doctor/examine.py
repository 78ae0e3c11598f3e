"""Looks at files and folders: finds the pipelines, expands each for what may start it, and runs every check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from doctor.checks.branches import branches_are_allowed
from doctor.checks.connections import connections_exist, webhooks_exist
from doctor.checks.deployments import (
    deployments_are_approved,
    environments_exist,
    evidence_comes_before_the_approval,
)
from doctor.checks.groups import (
    groups_belong_here,
    groups_belong_to_the_branch,
    groups_exist,
    no_variable_is_hidden,
    unused_groups,
)
from doctor.checks.run import Run
from doctor.checks.timeouts import jobs_have_the_time_to_wait
from doctor.checks.values import values_come_from_groups
from doctor.checks.variables import variables_are_there, variables_are_there_in_time
from doctor.findings import At, Finding, Kind, in_order
from doctor.platform import Platform
from doctor.reading.document import Listing, Mapping
from doctor.reading.files import Files, repository
from doctor.reading.pipeline import is_pipeline, read_pipeline
from doctor.reading.starts import starts, worlds
from doctor.reading.templates import MAX_VALUES, Expansion, TooLargeError, unreadable
from settings.reading.text import TextError

_OF_A_START: tuple[Callable[[Run], Iterator[Finding]], ...] = (
    branches_are_allowed,
    groups_belong_to_the_branch,
)
_OF_A_PIPELINE: tuple[Callable[[Run], Iterator[Finding]], ...] = (
    variables_are_there,
    variables_are_there_in_time,
    groups_exist,
    groups_belong_here,
    no_variable_is_hidden,
    connections_exist,
    webhooks_exist,
    environments_exist,
    deployments_are_approved,
    evidence_comes_before_the_approval,
    jobs_have_the_time_to_wait,
    values_come_from_groups,
)
_LOOKS_LIKE_A_PIPELINE = re.compile(r"^(?:steps|jobs|stages|extends|trigger)[ \t]*:", re.MULTILINE)
# Folders that tools write, with YAML of others. Those of pipelines start with a dot as well, such as .pipelines.
_NOT_OURS = frozenset({".git", ".terraform", ".tox", ".venv", "cdktf.out", "node_modules"})
_MOST_VALUES = 4 * MAX_VALUES
_MOST_ALTERNATIVES = 4


@dataclass(frozen=True)
class Examination:
    """What came of it."""

    findings: tuple[Finding, ...]
    pipelines: tuple[Path, ...]
    """The pipelines that were looked at, templates not among them."""
    passed_over: int
    """YAML files of folders that are no pipelines, or were looked at as templates of others."""


@dataclass
class _Seen:
    findings: list[Finding] = field(default_factory=list)
    followed: set[Path] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)


def examine(paths: Sequence[Path], platform: Platform, base: Path, *, every: bool = False) -> Examination:
    """Check pipelines, and what is YAML in folders.

    ``base`` is the folder that names in the report are relative to. ``every``: the paths have all pipelines of the
    project, so that a group that none of them uses is found too. Raises OSError where a folder cannot be read.
    """
    files: dict[Path, Files] = {}
    found: list[Finding] = []
    pipelines: dict[Path, tuple[Mapping, Files]] = {}
    passed_over = 0
    for path, named in _yaml_files(paths):
        root = repository(path)
        known = files.setdefault(root, Files(root, base.resolve()))
        document, problem = _document(path, known, named=named)
        if document:
            pipelines[path] = (document, known)
        elif problem:
            found.append(problem)
        else:
            passed_over += 1
    seen = {path: _look_at(path, document, known, platform) for path, (document, known) in pipelines.items()}
    templates = {template for path, one in seen.items() for template in one.followed if template != path}
    roots = [path for path in seen if path not in templates]
    for path in roots:
        found += seen[path].findings
    if every:
        found += unused_groups(platform, (group for path in roots for group in seen[path].groups))
    shown = tuple(pipelines[path][1].shown(path) for path in roots)
    return Examination(tuple(in_order(found)), shown, passed_over + len(seen) - len(roots))


def _yaml_files(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield each file once, and whether it is one that somebody has named."""
    named = dict.fromkeys(path.resolve() for path in paths if not path.is_dir())
    yield from ((path, True) for path in named)
    below: dict[Path, None] = {}
    for folder in (path.resolve() for path in paths if path.is_dir()):
        for path in sorted(folder.rglob("*")):
            inside = path.suffix in (".yml", ".yaml") and _NOT_OURS.isdisjoint(path.relative_to(folder).parts)
            if inside and path.is_file():
                below[path.resolve()] = None
    yield from ((path, False) for path in below if path not in named)


def _document(path: Path, files: Files, *, named: bool) -> tuple[Mapping | None, Finding | None]:
    """Return a pipeline, or what is wrong with it; neither for other YAML in a folder."""
    try:
        document = files.read(path)
    except TextError as error:
        return None, unreadable(files.shown(path), error) if named or _meant_as_a_pipeline(path) else None
    template = isinstance(document, Mapping) and _template(document, path)
    if isinstance(document, Mapping) and is_pipeline(document) and not template:
        return document, None
    if not named:
        return None, None
    if template:
        return None, Finding(
            Kind.NOTE_UNSEEN,
            At(files.shown(path), 1),
            "a template: it needs values, or lies where templates do",
            "pipelines, with the templates that they use",
            "name the pipelines that use it",
        )
    return None, Finding(
        Kind.UNREADABLE,
        At(files.shown(path), 1),
        "no pipeline",
        "a list of steps, jobs or stages, or extends: with a template",
        "name the file of a pipeline, or a folder: what is no pipeline there is passed over",
    )


def _meant_as_a_pipeline(path: Path) -> bool:
    try:
        return bool(_LOOKS_LIKE_A_PIPELINE.search(path.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return True


def _template(document: Mapping, path: Path) -> bool:
    """Tell whether a file is a template: it has no start, and needs values or lies where templates do."""
    if any(key in document for key in ("trigger", "pr", "schedules", "resources")):
        return False
    declared = document.get("parameters")
    entries = declared.items if isinstance(declared, Listing) else ()
    given = ("default", "values")
    needs = any(isinstance(e, Mapping) and not any(key in e for key in given) for e in entries)
    return needs or any(part.lower() in ("template", "templates") for part in path.parts[-4:-1])


def _look_at(path: Path, document: Mapping, files: Files, platform: Platform) -> _Seen:
    seen = _Seen()
    begun = starts(document)
    branches = (branch for allowed in platform.branches_of.values() for branch in allowed)
    left = worlds(document, begun, branches)
    checked: list[object] = []
    spent = 0
    while left:
        world = left.pop(0)
        expansion = Expansion(files, world)
        try:
            root = expansion.expand(document, path)
        except TooLargeError:
            seen.findings.append(_too_large(files.shown(path)))
            return seen
        if world.pick < min(expansion.alternatives, _MOST_ALTERNATIVES):
            left.insert(0, replace(world, pick=world.pick + 1))
        run = Run(platform, read_pipeline(root), world, begun, tuple(expansion.references))
        seen.followed |= expansion.followed
        seen.findings += expansion.findings
        seen.groups |= {definition.name.value for definition in run.groups()}
        content = (root, [(reference.name, reference.at) for reference in run.references])
        checks = _OF_A_START if content in checked else (*_OF_A_START, *_OF_A_PIPELINE)
        checked.append(content)
        for check in checks:
            seen.findings += check(run)
        spent += expansion.spent
        if left and spent > _MOST_VALUES:
            seen.findings.append(_not_all(files.shown(path)))
            break
    return seen


def _too_large(file: Path) -> Finding:
    return Finding(
        Kind.UNREADABLE,
        At(file, 1),
        "a pipeline that grows too large when its templates are put in",
        f"at most {MAX_VALUES} values, nested less than 100 deep",
        "look for a template that includes itself; else check its parts one by one",
    )


def _not_all(file: Path) -> Finding:
    return Finding(
        Kind.NOTE_UNSEEN,
        At(file, 1),
        "more choices of branches and parameters than are looked at",
        "a part of them is checked",
        "check a copy with fewer values of parameters",
    )
