"""``mlops pull``: what people have set in the Library, brought into the configuration for a pull request."""

from __future__ import annotations

from pathlib import Path

import typer

from cli.differences import read_library, shown
from cli.exit_codes import ExitCode
from cli.library import chosen_groups
from cli.output import refuse, say, say_json, say_table, settings_in
from doctor.live.comparison import Difference, Kind
from files.replacing import WriteError
from library.pull import Change, Pull, PullError, finish, plan, write
from settings.reading.problems import dotted

_LEFT = {
    Kind.CHANGED: "belongs to Terraform, and the next deployment writes the configuration's value back",
    Kind.MISSING: "is missing in the Library",
    Kind.SECRET: "was turned into a secret, whose value cannot be read",
    Kind.ADDED: "was added by people, and no key of the configuration says its value",
    Kind.GROUP_MISSING: "the group is not there, or whoever is signed in is not a Reader of it",
    Kind.GROUP_KIND: "the group is of another kind",
}


def pull_edits(
    config: Path, environment: str | None, services: str | None, *, check: bool, as_json: bool
) -> None:
    """Write what people have set into the files, or with ``check`` only say it, with exit code 1 if there is any."""
    try:
        if not check:
            finish(config)
        settings = settings_in(config)
        groups = chosen_groups(settings, environment)
        pull = plan(config, settings, groups, read_library(settings, services))
        if not check:
            write(config, pull)
    except (PullError, WriteError) as error:
        refuse(str(error), ExitCode.FAILED)
    if as_json:
        say_json(_as_json(pull, written=not check))
    else:
        _show(pull, check=check)
    if check and pull.changes:
        raise typer.Exit(ExitCode.FINDINGS)


def _show(pull: Pull, *, check: bool) -> None:
    rows = [
        (
            f"{change.file}:{change.line}",
            dotted(change.path),
            shown(change.difference.configured),
            shown(change.difference.library),
        )
        for change in pull.changes
    ]
    if rows:
        say_table(("place", "key", "configuration", "Library"), rows)
    for difference in pull.left:
        say(f"Left alone: {_named(difference)}: {_LEFT[difference.kind]}.")
    count = f"{len(rows)} value{'s' if len(rows) != 1 else ''}"
    if not rows:
        all_same = "" if pull.left else ": the configuration has the Library's values"
        say(f"Nothing to pull{all_same}.", "green")
    elif check:
        say(f"{count} to pull. mlops pull writes them.", "yellow")
    else:
        say(f"{count} written. Look at them with git diff, and hand them in as a pull request.", "green")


def _named(difference: Difference) -> str:
    group = difference.group.name
    return f"{difference.name} of {group}" if difference.name else group


def _as_json(pull: Pull, *, written: bool) -> dict[str, object]:
    return {
        "written": written and bool(pull.changes),
        "changes": [_change(change) for change in pull.changes],
        "left": [
            {
                "group": difference.group.name,
                "variable": difference.name or None,
                "difference": difference.kind,
            }
            for difference in pull.left
        ],
    }


def _change(change: Change) -> dict[str, object]:
    return {
        "file": change.file,
        "line": change.line,
        "key": dotted(change.path),
        "group": change.difference.group.name,
        "variable": change.difference.name,
        "configuration": change.difference.configured,
        "library": change.difference.library,
    }
