"""Variable groups: whether they exist, belong here, and hide each other's variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from doctor.checks.run import Run, visible
from doctor.findings import At, Finding, Kind
from doctor.platform import Group, Platform
from doctor.reading.definitions import OPAQUE, Definition
from doctor.reading.starts import ANY_BRANCH, matches
from settings.checking.explain import nearest
from settings.reading.problems import listed

_MOST_NAMED = 6


def groups_exist(run: Run) -> Iterator[Finding]:
    """Every ``- group:`` is one of the platform's, or one that is said to be elsewhere."""
    platform = run.platform
    for definition in run.groups():
        name = definition.name.value
        if name in platform.groups or name in platform.elsewhere.groups:
            continue
        if OPAQUE in name:
            yield Finding(
                Kind.NOTE_UNSEEN,
                definition.at,
                f"the group {visible(name)}, whose name is known only in the run",
                "names that are known beforehand are checked",
                "see whether each name that it can have is a group",
            )
            continue
        near = nearest(name, list(platform.groups))
        yield Finding(
            Kind.UNKNOWN_GROUP,
            definition.at,
            f"the group {visible(name)}",
            f"the groups {listed(list(platform.groups))}",
            f"did you mean {near}?"
            if near
            else f'mend the name, or if the group exists beside the platform: --group "{visible(name)}"',
        )


def groups_belong_here(run: Run) -> Iterator[Finding]:
    """A job that works on one environment has no other environment's group."""
    for stage, job in run.jobs():
        target = run.target(stage, job)
        decides = run.sources(job.known).environment_group
        if target and decides and decides[1].environment != target:
            definition, group = decides
            what = f"the job {job.name}" if job.name else "the job"
            yield Finding(
                Kind.WRONG_GROUP,
                definition.at,
                f"the group {group.name} of {group.environment}, for {what} (line {job.at.line}) of {target}",
                f"the group of {target}",
                f"reference {listed(_of(run.platform, target))} for this job instead",
            )


def groups_belong_to_the_branch(run: Run) -> Iterator[Finding]:
    """A run that starts by itself on the branch of one environment has no other environment's group."""
    start, allowed = run.start, run.platform.branches_of
    if start is None or start.branch == ANY_BRANCH:
        return
    owners = [name for name, branches in allowed.items() if matches(start.branch, branches)]
    if not owners:
        return
    for stage, job in run.jobs():
        for definition, group in run.sources(job.known).groups.values():
            if not group.environment or not run.reached(stage, job):
                continue
            branches = allowed.get(group.environment, ())
            if not matches(start.branch, branches):
                yield Finding(
                    Kind.WRONG_GROUP,
                    definition.at,
                    f"the group {group.name} of {group.environment} in a run that {start.branch} starts "
                    f"({start.at.file}:{start.at.line})",
                    f"{group.environment} on {listed(branches)}; {start.branch} is for {listed(owners)}",
                    f"reference {listed([n for o in owners for n in _of(run.platform, o)])}, or mend the trigger",
                )


def no_variable_is_hidden(run: Run) -> Iterator[Finding]:
    """No later definition takes the place of a group's variable, but where that is what groups are for."""
    for level in run.pipeline.levels:
        sources = run.sources(level)
        earlier = dict(sources.outer.groups) if sources.outer else {}
        for later in level.own:
            other = sources.group(later)
            for definition, group in earlier.values():
                yield from _hidden(run.platform, definition, group, later, other)
            if other:
                earlier[other.name] = (later, other)


def _hidden(
    platform: Platform, earlier: Definition, group: Group, later: Definition, other: Group | None
) -> Iterator[Finding]:
    if later.kind == "inline" and later.name.value.lower() in group.variables:
        value = later.value.value if later.value else ""
        if value.strip().lower() != f"$({later.name.value})".lower():
            yield Finding(
                Kind.SHADOWED_VARIABLE,
                later.at,
                f"a value for {later.name.value}, which the group {group.name} has (line {earlier.at.line})",
                "one definition: this one is used, and what people set in the Library never is",
                "take this one out, or give it another name",
            )
    if other is None or other is group or earlier.level != later.level:
        return
    meant = group.name == platform.general and other.environment
    names = [variable.name for name, variable in group.variables.items() if name in other.variables]
    if names and not meant:
        yield Finding(
            Kind.SHADOWED_VARIABLE,
            later.at,
            f"the group {other.name} after {group.name} (line {earlier.at.line}): it hides {_some(names)}",
            "the group whose values are meant last; groups of two environments in stages or jobs of their own",
            f"list {group.name} after {other.name}"
            if group.environment and not other.environment
            else "reference each of them only in the stage or job that reads it",
        )


def _some(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def unused_groups(platform: Platform, used: Iterable[str]) -> Iterator[Finding]:
    """Each group is referenced by some pipeline."""
    there = set(used)
    for group in platform.groups.values():
        if group.name in there:
            continue
        file = platform.settings.files[group.environment]
        yield Finding(
            Kind.UNUSED_GROUP,
            At(file.name, file.place((*group.path, "name")).line),
            f"the group {group.name}, which none of the pipelines references",
            "groups that a pipeline reads",
            f"reference it (- group: {group.name}), or look for the pipeline that lost it",
        )


def _of(platform: Platform, environment: str) -> list[str]:
    return [group.name for group in platform.groups.values() if group.environment == environment]
