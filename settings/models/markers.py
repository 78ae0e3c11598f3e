"""What a field says of its values beside their form: checks between places and files, and variables, follow from it.

A marker stands behind the type in an ``Annotated``. pydantic and the JSON Schema pass over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Owner = Literal["terraform", "library"]


@dataclass(frozen=True)
class RefersTo:
    """The text is one of the keys or names that stand in another place."""

    section: Literal["teams", "pipelines", "environments"]
    """A section of platform.yaml, whose keys are meant; ``environments``: the names of the environment files."""
    unless: str = ""
    """A text with this sign in it is something else: an id (``-``), a person (``@``)."""


@dataclass(frozen=True)
class Unique:
    """No two things of a kind have the same name. Azure and Azure DevOps do not tell case apart."""

    kind: str
    """What has the name, as the report says it: ``storage account``."""
    within: Literal["platform", "file", "location", "subscription_id", "folder"] = "platform"
    """What the name is unique in: all files, its own file, the region of its file, or where this key beside the name
    has the same value.

    All files are as far as can be seen of a name that is global in Azure or in an Azure DevOps project.
    """
    without: Literal["", "-", "_"] = ""
    """The character that does not count: names that differ only in it are one name."""


@dataclass(frozen=True)
class NotFilledIn:
    """The text may be a placeholder: it is accepted with a warning, and a deployment refuses it."""

    placeholder: str


@dataclass(frozen=True)
class AsVariable:
    """Pipelines read the value as a variable of a Library group.

    Where the value is absent or an empty list, there is no variable.
    """

    owner: Owner
    name: str = ""
    """Name of the variable; empty: the field's key. ``{environment}`` or ``{Environment}`` is put in, and ``{Key}``
    where the field is a mapping, whose every entry is a variable."""
    of: str = ""
    """Where the field is a section, or a mapping of sections: the key in it whose value is meant."""
    in_shared_group: bool = False
    """Whether the variable is in the shared group, once for each environment, and not in the group beside it."""
    text: str = ""
    """What the variable says in place of the value: a text with other values of the file in braces."""
    whether_any: bool = False
    """Whether the variable says only if a list has entries, ``true`` or ``false``."""
