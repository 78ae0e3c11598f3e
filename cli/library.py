"""``mlops library``: the variable groups as the configuration has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cli.output import refuse_unknown, say, say_json, say_table
from doctor.platform import Group, Platform
from settings.loader import Settings
from settings.models.variables import Variable


def show_library(settings: Settings, environment: str | None, *, as_json: bool) -> None:
    """Print every group, or those of one environment: the variables, their first values and where they come from."""
    shown = chosen_groups(settings, environment)
    if as_json:
        say_json({"groups": [_as_json(settings, group) for group in shown]})
        return
    for index, group in enumerate(shown):
        say(
            f"{chr(10) if index else ''}{group.name}  used by: {', '.join(group.used_by) or 'no pipeline'}",
            "bold",
        )
        rows = [
            (variable.name, "(secret)" if group.secret else variable.value, owner, f"{file}:{line}")
            for variable, owner, file, line in _variables(settings, group)
        ]
        say_table(("variable", "value", "owner", "source"), rows)


def chosen_groups(settings: Settings, environment: str | None) -> list[Group]:
    """Return the groups of one environment, or all: those of the environments, then those that they share."""
    refuse_unknown(environment, settings)
    groups = sorted(Platform(settings).groups.values(), key=lambda group: group.environment == "")
    return [group for group in groups if environment in (None, group.environment)]


def place(settings: Settings, group: Group, variable: Variable) -> tuple[str, int]:
    """Return file and line of a variable, or of the nearest key around it."""
    environment, path = group.key_of(variable)
    file = settings.files[environment]
    return str(file.name), file.place(path).line


def _variables(settings: Settings, group: Group) -> Iterator[tuple[Variable, str, str, int]]:
    for variable in group.variables.values():
        owner = "key vault" if group.secret else variable.owner
        yield variable, owner, *place(settings, group, variable)


def _as_json(settings: Settings, group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "environment": group.environment or None,
        "used_by": list(group.used_by),
        "variables": [
            {
                "name": variable.name,
                "value": None if group.secret else variable.value,
                "owner": owner,
                "key": variable.setting,
                "file": file,
                "line": line,
            }
            for variable, owner, file, line in _variables(settings, group)
        ],
    }
