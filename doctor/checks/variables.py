"""Variables that are used: whether anything defines them, in time, and in the right case."""

from __future__ import annotations

from collections.abc import Iterator, Set
from difflib import get_close_matches

from doctor.checks.run import Run, visible
from doctor.findings import At, Finding, Kind
from doctor.reading.definitions import is_predefined
from doctor.reading.document import Text, texts
from doctor.reading.macros import Use, environment_variables, functions, macros, runtime
from doctor.reading.pipeline import Job, Stage, Step
from settings.reading.problems import listed

# What people write in $( ) of a shell, one word long.
_COMMANDS = frozenset(
    [
        *(
            "arch",
            "basename",
            "cat",
            "date",
            "dirname",
            "env",
            "free",
            "getconf",
            "git",
            "groups",
            "hostname",
        ),
        *("id", "jobs", "ls", "mktemp", "nproc", "ps", "pwd", "realpath", "seq", "tty", "uname", "uptime"),
        *("uuidgen", "which", "who", "whoami"),
    ]
)


def variables_are_there(run: Run) -> Iterator[Finding]:
    """Every variable that a job, or another variable, reads is defined."""
    for level in run.pipeline.levels:
        for definition in level.own:
            for use in (*macros(definition.value), *runtime(definition.value)) if definition.value else ():
                if use.name.lower() not in run.everywhere and not is_predefined(use.name):
                    unseen = run.sources(level).unseen
                    yield _unseen(use, unseen) if unseen else _absent(run, use.name, use.at, _written(use))
    for stage, job in run.jobs():
        yield from _Job(run, stage, job).findings()


def variables_are_there_in_time(run: Run) -> Iterator[Finding]:
    """No variable of a group stands in ``${{ }}``: that is worked out before any group is read."""
    for reference in run.references:
        sources = run.sources(reference.known)
        source = sources.find(reference.name)
        elsewhere = reference.name.lower() in [name.lower() for name in run.platform.elsewhere.variables]
        if source and source.group:
            yield Finding(
                Kind.TEMPLATE_TIME_VARIABLE,
                reference.at,
                f"${{{{ variables.{reference.name} }}}}, a variable of the group {source.group.name}",
                "in ${{ }} only what the pipeline itself defines: groups are read later, so that this is empty",
                f"write $({source.group.variables[source.name].name})",
            )
        elif not sources.unseen and not elsewhere:
            yield _absent(run, reference.name, reference.at, f"${{{{ variables.{reference.name} }}}}")


class _Job:
    """The variables of one job."""

    def __init__(self, run: Run, stage: Stage, job: Job) -> None:
        self._run, self._stage, self._job = run, stage, job
        self._sources = run.sources(job.known)
        self._set = {name for step in job.steps for name in step.sets}
        self._steps = {name.value.lower() for step in job.steps if (name := step.body.text("name"))}
        self._set |= {name.lower() for name in run.platform.elsewhere.variables}
        self._runs_files = any(step.runs_files for step in job.steps)

    def findings(self) -> Iterator[Finding]:
        for key, text in texts(self._job.settings):
            yield from self._text(text, condition=key.lower() == "condition")
        root, stage = self._run.pipeline.root, self._stage.body
        for body in (root,) if stage is root else (root, stage):
            if condition := body.text("condition"):
                yield from self._text(condition, condition=True)
            if pool := body.get("pool"):
                yield from (finding for _, text in texts(pool) for finding in self._text(text))
        for step in self._job.steps:
            yield from self._step(step)

    def _step(self, step: Step) -> Iterator[Finding]:
        scripts = {id(script.text): script for script in step.scripts}
        for key, text in step.texts:
            script = scripts.get(id(text))
            if script is None:
                yield from self._text(text, condition=key.lower() == "condition")
                continue
            commands = _COMMANDS | functions(script)
            for use in macros(text):
                yield from self._use(use, None if script.shell == "cmd" else commands)
            given = {key.value for key, _ in step.body.mapping("env").entries}
            if not step.windows:
                uses = (use for use in environment_variables(script) if use.name not in given)
                yield from (finding for use in uses for finding in self._environment_variable(use))

    def _text(self, text: Text, *, condition: bool = False) -> Iterator[Finding]:
        for use in macros(text):
            yield from self._use(use)
        for use in runtime(text, condition=condition):
            yield from self._use(use)

    def _use(self, use: Use, commands: Set[str] | None = None) -> Iterator[Finding]:
        lower = use.name.lower()
        if source := self._sources.find(use.name):
            yield from self._case(use, source.group.variables[lower].name if source.group else use.name)
            return
        matrix = self._job.own_names
        known = is_predefined(use.name) or lower in self._set or lower.partition(".")[0] in self._steps
        if known or matrix is None or lower in matrix:
            return
        written = _written(use)
        resembles = self._resembles(use.name)
        if commands is not None and not resembles:
            if lower not in commands:
                yield Finding(
                    Kind.NOTE_SHELL,
                    use.at,
                    f"{written}: no variable that is defined here",
                    "a command of the shell, or a variable that something defines",
                    "nothing, if it is a command; else define the variable, or reference the group that has it",
                )
            return
        unseen = self._sources.unseen or self._unseen_steps(resembles)
        if unseen:
            yield _unseen(use, unseen)
        else:
            yield _absent(self._run, use.name, use.at, written)

    def _unseen_steps(self, resembles: bool) -> str:
        """Name what may set a variable unseen in the run; a file does not set one of the platform's."""
        if any("template" in step.body for step in self._job.steps):
            return "a template that is not looked into"
        return "a file that a step runs" if self._runs_files and not resembles else ""

    def _resembles(self, name: str) -> bool:
        names = self._run.platform.names
        return name.lower() in names or bool(_near(name, list(names)))

    def _case(self, use: Use, name: str) -> Iterator[Finding]:
        if name != use.name:
            yield Finding(
                Kind.NOTE_CASE,
                use.at,
                f"{use.name}, which its group has as {name}",
                "any case here, for Azure DevOps does not tell it apart; scripts do",
                f"write {name}, so that a search finds it",
            )

    def _environment_variable(self, use: Use) -> Iterator[Finding]:
        source = self._sources.find(use.name)
        if source is None or not source.group or use.name == use.name.upper():
            return
        yield Finding(
            Kind.ENVIRONMENT_VARIABLE_CASE,
            use.at,
            f"{use.sign}{use.name} in a script, which is empty there",
            f"{use.name.upper()}: agents give scripts every variable in upper case, and shells tell case apart",
            f"write {use.sign}{use.name.upper()}, or give it under env: {use.name}: $({use.name})",
        )


def _written(use: Use) -> str:
    return f"$({use.name})" if use.syntax == "macro" else f"the variable {use.name}"


def _unseen(use: Use, what: str) -> Finding:
    return Finding(
        Kind.NOTE_UNSEEN,
        use.at,
        f"{_written(use)}, which only {what} can define",
        "variables of the groups that are referenced, or of the pipeline",
        "see whether it does",
    )


def _absent(run: Run, name: str, at: At, written: str) -> Finding:
    groups = run.platform.groups_with(name)
    near = _near(name, list(run.platform.names))
    if groups:
        fix = f"reference a group that has it: {' or '.join(f'- group: {group}' for group in groups)}"
    elif near:
        fix = f"did you mean {run.platform.names[near]}?"
    else:
        fix = "define it, or name it with --variable if it is set in the pipeline's own settings"
    referenced = run.group_names
    where = f"variables of {listed(referenced)}" if referenced else "variables of a group: none is referenced"
    return Finding(Kind.UNKNOWN_VARIABLE, at, f"{visible(written)}, which nothing defines here", where, fix)


def _near(name: str, names: list[str]) -> str | None:
    matches = get_close_matches(name.lower()[:60], names, n=1, cutoff=0.85)
    return matches[0] if matches else None
