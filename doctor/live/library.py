"""Checks of variable groups: whether they are there, of which kind, and what they hold."""

from __future__ import annotations

from collections.abc import Iterator

from client.devops.library import VariableGroup
from doctor.live.comparison import Difference, Kind, differences
from doctor.live.findings import Finding, Rule
from doctor.live.wanted import Guarded
from doctor.platform import Group
from settings.reading.problems import shorten

_LINKED, _OWN = "a group that is linked to a key vault", "a group with values of its own"


def missing_group(item: Guarded) -> Finding:
    """Say that a group is missing."""
    return Finding(
        Rule.MISSING_GROUP,
        item.place,
        "no variable group of this name",
        "exactly this name: the pipelines list it",
        f"{item.deploy} makes it; where somebody renamed it, give it its name back (Pipelines, Library)",
    )


def group_is_right(item: Guarded, wanted: Group, found: VariableGroup) -> Iterator[Finding]:
    """Find what differs between a group and the configuration.

    A value that the Library owns may be changed there: that is a note. A variable that people added is not worth one.
    """
    for difference in differences([wanted], {wanted.name: found}):
        place, who = f"{item.place}, variable {difference.name}", _changed(found)
        match difference.kind:
            case Kind.GROUP_KIND:
                yield Finding(
                    Rule.GROUP_KIND,
                    item.place,
                    _OWN if wanted.secret else _LINKED,
                    _LINKED if wanted.secret else _OWN,
                    f"rename this one in the Library, and make the right one: {item.deploy}",
                )
            case Kind.MISSING:
                yield Finding(
                    Rule.MISSING_VARIABLE,
                    place,
                    f"no variable of this name; {who}",
                    _configured(difference),
                    f"{item.deploy} makes it with the configuration's value",
                )
            case Kind.SECRET:
                yield Finding(
                    Rule.SECRET_VARIABLE,
                    place,
                    f"a secret, which scripts do not get by themselves; {who}",
                    "a plain value: no deployment puts this right",
                    "open the lock beside the value in the Library, and write the value anew",
                )
            case Kind.EDITED:
                yield Finding(
                    Rule.NOTE_EDITED,
                    place,
                    f"{_shown(difference.library)}; {who}",
                    f"any value: it belongs to the Library. It began as {_configured(difference)}",
                    "nothing, if it is meant",
                )
            case Kind.CHANGED:
                yield Finding(
                    Rule.CHANGED_VALUE,
                    place,
                    f"{_shown(difference.library)}; {who}",
                    _configured(difference),
                    f"change the configuration if the Library is right; {item.deploy} {_does(difference)}",
                )


def _configured(difference: Difference) -> str:
    if difference.variable is None:
        return "no variable of this name: the group has those alone that the configuration lists"
    return f"{_shown(difference.configured)} ({difference.variable.setting})"


def _does(difference: Difference) -> str:
    return "writes the configuration's value" if difference.variable else "takes it out of the group"


def _shown(value: str | None) -> str:
    """Write a value; None is a secret."""
    if value is None:
        return "a secret"
    return shorten(value) if value else "an empty value"


def _changed(group: VariableGroup) -> str:
    """Say who changed the group last: the service does not say who changed which variable."""
    who = group.modified_by.display_name or group.modified_by.unique_name if group.modified_by else ""
    when = f" on {group.modified_on:%Y-%m-%d %H:%M} UTC" if group.modified_on else ""
    return f"group last changed by {who}{when}" if who else "who changed the group last is not told"
