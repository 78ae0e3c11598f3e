"""Service connections: whether they exist, and whether their names come from where they can come from."""

from __future__ import annotations

from collections.abc import Iterator

from doctor.checks.run import Run, visible
from doctor.findings import Finding, Kind
from doctor.reading.definitions import OPAQUE
from doctor.reading.document import Mapping, Text
from settings.checking.explain import nearest
from settings.reading.problems import listed


def connections_exist(run: Run) -> Iterator[Finding]:
    """Every Azure connection that a task names is one of the platform's, or said to be elsewhere."""
    for _, job in run.jobs():
        for _, written in run.connections(job):
            source = run.behind(job, written)
            text = source.definition.value if source and not source.group else written
            if text and _literal(text):
                yield from _named(run, text)
            elif source and source.group and source.definition.level != "root":
                yield Finding(
                    Kind.CONNECTION_BELOW_ROOT,
                    written.at,
                    f"{written.value} of the group {source.group.name}, which a {source.definition.level} references "
                    f"(line {source.definition.at.line})",
                    "a variable of a group at the root: connections are looked up before stages and jobs are",
                    f"write {source.value}, or reference the group at the root of the pipeline",
                )


def webhooks_exist(run: Run) -> Iterator[Finding]:
    """Every webhook that starts the pipeline has its connection. No variable can stand there."""
    known = [*run.platform.webhooks, *run.platform.elsewhere.connections]
    for hook in run.pipeline.root.mapping("resources").items("webhooks"):
        name = hook.text("connection") if isinstance(hook, Mapping) else None
        if name and _literal(name) and name.value not in known:
            yield _unknown(name, "webhook", run.platform.webhooks)


def _literal(text: Text) -> bool:
    return not any(sign in text.value for sign in ("$(", "$[", OPAQUE))


def _named(run: Run, text: Text) -> Iterator[Finding]:
    name = text.value
    if name in run.platform.elsewhere.connections:
        return
    if name not in run.platform.connections:
        yield _unknown(text, "service connection", list(run.platform.connections))
        return
    variables = _variables(run, name)
    if variables and _can_stand(run, variables):
        variable, group = variables[0]
        yield Finding(
            Kind.HARD_CODED_CONNECTION,
            text.at,
            f"the connection {name}",
            f"the variable that has it, in the group {group}: here it can stand",
            f"write $({variable}), and reference the group at the root of the pipeline",
        )


def _variables(run: Run, connection: str) -> list[tuple[str, str]]:
    return [
        (variable.name, group.name)
        for group in run.platform.groups.values()
        for variable in group.variables.values()
        if variable.value == connection
    ]


def _can_stand(run: Run, variables: list[tuple[str, str]]) -> bool:
    """Tell whether a group at the root can name the connection: not where the pipeline needs more than one."""
    root = run.sources(run.pipeline.known)
    for name, group in variables:
        source = root.find(name)
        if source and source.group and source.group.name == group:
            return True
        if source and source.group:
            return False  # the root has another group with the same name in it
    below = (run.platform.group_meant(d.name.value) for d in run.groups() if d.level != "root")
    return not any(group and group.environment for group in below)


def _unknown(text: Text, what: str, names: list[str]) -> Finding:
    near = nearest(text.value, names)
    return Finding(
        Kind.UNKNOWN_CONNECTION,
        text.at,
        f"the {what} {visible(text.value)}",
        f"{what}s of the platform: {listed(names) or 'none'}",
        f"did you mean {near}?"
        if near
        else f'mend the name, or if it exists beside the platform: --connection "{visible(text.value)}"',
    )
