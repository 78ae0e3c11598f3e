"""``mlops library --diff``: the variable groups as they are, against the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import typer

from cli.exit_codes import ExitCode
from cli.library import chosen_groups, place
from cli.output import refuse, refuse_placeholders, say, say_json, say_table
from client.devops.library import VariableGroup
from client.errors import ServiceError
from client.services import connect
from doctor.live.comparison import SECRET, Difference, Kind, differences, live_groups
from doctor.platform import Group
from settings.loader import Settings
from settings.reading.problems import counted

_MEANINGS = {
    Kind.EDITED: "people set it in the Library, which it belongs to. `mlops pull` brings it into the configuration.",
    Kind.ADDED: "people added it, and no deployment touches it.",
    Kind.CHANGED: "it belongs to Terraform. The next deployment writes the configuration's value; to keep that of the "
    "Library, write it into the configuration.",
    Kind.MISSING: "pipelines do not find it. The next deployment makes it, with the configuration's value.",
    Kind.SECRET: "scripts do not get it by themselves, and no deployment puts it right. Open the lock beside it in the "
    "Library, and write the value anew.",
    Kind.GROUP_MISSING: "there is none of this name, or whoever is signed in is not a Reader of it. Somebody may have "
    "renamed it; a deployment makes one that was deleted.",
    Kind.GROUP_KIND: "it is linked to a key vault and should not be, or the other way round. Rename it in the Library; "
    "the next deployment makes the right one.",
}


def show_differences(
    settings: Settings, environment: str | None, services: str | None, *, as_json: bool
) -> None:
    """Print what differs, and end with code 1 if more does than what people may do in the Library."""
    groups = chosen_groups(settings, environment)
    live = read_library(settings, services)
    found = list(differences(groups, live))
    if as_json:
        say_json(_as_json(settings, groups, live, found))
    else:
        _show(groups, found)
    if not all(difference.kind.expected for difference in found):
        raise typer.Exit(ExitCode.FINDINGS)


def read_library(settings: Settings, services: str | None) -> dict[str, VariableGroup]:
    """Return the variable groups of the project, or end the command where nobody can be asked for them."""
    if settings.placeholders and services is None:
        refuse_placeholders(settings)
    devops = settings.platform.azure_devops
    try:
        with connect(devops.organization_url, services=services, read_only=True) as opened:
            return live_groups(opened, devops.project.name)
    except ServiceError as error:
        refuse(str(error), ExitCode.FAILED)


def shown(value: str | None, *, secret: bool = False) -> str:
    """Write a value into a table: what is empty, or none at all, can be told apart."""
    if secret:
        return SECRET
    return "-" if value is None else value or '""'


def _show(groups: Sequence[Group], found: Sequence[Difference]) -> None:
    for name, of_group in groupby(found, lambda difference: difference.group.name):
        say(name, "bold")
        rows = [
            (
                difference.name or "(the group)",
                shown(
                    difference.configured, secret=difference.variable is not None and difference.group.secret
                ),
                shown(difference.library, secret=difference.secret),
                difference.owner or "-",
                difference.kind,
            )
            for difference in of_group
        ]
        say_table(("variable", "configuration", "Library", "owner", "difference"), rows)
        say("")
    for kind in Kind:
        if any(difference.kind is kind for difference in found):
            say(f"{kind}: {_MEANINGS[kind]}")
    wrong = sum(not difference.kind.expected for difference in found)
    if wrong:
        say(
            f"{counted(wrong, 'difference')} to put right, {len(found) - wrong} by people, as expected.",
            "red",
        )
    elif found:
        say(f"{counted(len(found), 'difference')}, all by people, as expected. Nothing is wrong.", "yellow")
    else:
        say(f"{counted(len(groups), 'group')} compared: the Library is as configured.", "green")


def _as_json(
    settings: Settings,
    groups: Sequence[Group],
    live: dict[str, VariableGroup],
    found: Sequence[Difference],
) -> dict[str, object]:
    wrong = sum(not difference.kind.expected for difference in found)
    return {
        "findings": wrong,
        "by_people": len(found) - wrong,
        "groups": [_group_as_json(group, live.get(group.name)) for group in groups],
        "differences": [_difference_as_json(settings, difference) for difference in found],
    }


def _group_as_json(group: Group, found: VariableGroup | None) -> dict[str, object]:
    by = found.modified_by if found else None
    return {
        "name": group.name,
        "environment": group.environment or None,
        # Azure DevOps does not say who changed which variable.
        "changed_by": (by.display_name or by.unique_name) if by else None,
        "changed_on": found.modified_on.isoformat() if found and found.modified_on else None,
    }


def _difference_as_json(settings: Settings, difference: Difference) -> dict[str, object]:
    at = place(settings, difference.group, difference.variable) if difference.variable else None
    return {
        "difference": difference.kind,
        "expected": difference.kind.expected,
        "group": difference.group.name,
        "variable": difference.name or None,
        "owner": difference.owner or None,
        "configuration": difference.configured,
        "library": difference.library,
        "secret": difference.secret,
        "key": difference.variable.setting if difference.variable else None,
        "file": at[0] if at else None,
        "line": at[1] if at else None,
    }
