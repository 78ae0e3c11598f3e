"""Checks of variable groups: whether they are there, of which kind, and what they hold."""

from __future__ import annotations

from collections.abc import Iterator

from client.devops.library import VariableGroup
from doctor.live.findings import Finding, Rule
from doctor.live.wanted import Guarded
from doctor.platform import Group
from settings.models.variables import Variable
from settings.reading.problems import shorten

_LINKED = "AzureKeyVault"


def missing_group(item: Guarded) -> Finding:
    """Say that a group is missing."""
    return Finding(
        Rule.MISSING_GROUP,
        item.place,
        "no variable group of this name",
        "exactly this name: the pipelines list it",
        f"{item.deploy} makes it; where somebody renamed it, give it its name back (Pipelines, Library)",
    )


def kind_is_right(item: Guarded, wanted: Group, found: VariableGroup) -> Iterator[Finding]:
    """Find a group that is linked to a key vault and should not be, or the other way round."""
    linked = found.type == _LINKED
    if linked != wanted.secret:
        yield Finding(
            Rule.GROUP_KIND,
            item.place,
            "a group that is linked to a key vault" if linked else "a group with values of its own",
            "a group that is linked to a key vault" if wanted.secret else "a group with values of its own",
            f"rename this one in the Library, and make the right one: {item.deploy}",
        )


def variables_are_right(item: Guarded, wanted: Group, found: VariableGroup) -> Iterator[Finding]:
    """Find variables that are missing, were turned into secrets, or have another value than Terraform gave them.

    A value that the Library owns may be changed there: that is a note.
    """
    if (found.type == _LINKED) != wanted.secret:
        return
    there = {name.lower(): value for name, value in found.variables.items()}
    for lower, variable in wanted.variables.items():
        place = f"{item.place}, variable {variable.name}"
        value = there.get(lower)
        if value is None:
            yield Finding(
                Rule.MISSING_VARIABLE,
                place,
                f"no variable of this name; {_changed(found)}",
                _source(variable, secret=wanted.secret),
                f"{item.deploy} makes it with the configuration's value",
            )
        elif wanted.secret:
            continue
        elif value.is_secret:
            yield Finding(
                Rule.SECRET_VARIABLE,
                place,
                f"a secret, which scripts do not get by themselves; {_changed(found)}",
                "a plain value: no deployment puts this right",
                "open the lock beside the value in the Library, and write the value anew",
            )
        elif value.value != variable.value:
            yield _differs(item, variable, value.value or "", found)


def _differs(item: Guarded, variable: Variable, value: str, found: VariableGroup) -> Finding:
    place = f"{item.place}, variable {variable.name}"
    what = f"{_shown(value)}; {_changed(found)}"
    if variable.owner == "library":
        return Finding(
            Rule.NOTE_EDITED,
            place,
            what,
            f"any value: it belongs to the Library. It began as {_shown(variable.value)} ({variable.setting})",
            "nothing, if it is meant",
        )
    return Finding(
        Rule.CHANGED_VALUE,
        place,
        what,
        _source(variable, secret=False),
        f"change the configuration if the Library is right; {item.deploy} writes the configuration's value",
    )


def _source(variable: Variable, *, secret: bool) -> str:
    return f"{'a secret' if secret else _shown(variable.value)} ({variable.setting})"


def _shown(value: str) -> str:
    return shorten(value) if value else "an empty value"


def _changed(group: VariableGroup) -> str:
    """Say who changed the group last: the service does not say who changed which variable."""
    who = group.modified_by.display_name or group.modified_by.unique_name if group.modified_by else ""
    when = f" on {group.modified_on:%Y-%m-%d %H:%M} UTC" if group.modified_on else ""
    return f"group last changed by {who}{when}" if who else "who changed the group last is not told"
