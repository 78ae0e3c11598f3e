"""What differs between the variable groups of the Library and those of the configuration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from client.devops.library import VariableGroup, VariableValue, variable_groups
from client.services import Services
from doctor.platform import Group
from settings.models.variables import MANAGED_BY, Variable

_LINKED = "AzureKeyVault"
SECRET = "(secret)"  # noqa: S105  # what stands in the place of one


class Kind(StrEnum):
    """How something differs. The values are part of ``--json``."""

    EDITED = "edited"
    """A value that belongs to the Library: people may set it, and no deployment changes it back."""
    ADDED = "added"
    """A variable that the configuration does not have: people may add it, and no deployment touches it."""
    CHANGED = "changed"
    """A value that belongs to Terraform."""
    MISSING = "missing"
    SECRET = "turned-into-a-secret"  # noqa: S105  # a word
    GROUP_MISSING = "group-missing"
    GROUP_KIND = "group-of-another-kind"
    """Linked to a key vault and should not be, or the other way round."""

    @property
    def expected(self) -> bool:
        """Whether the Library is there for it. Everything else is a finding."""
        return self in (Kind.EDITED, Kind.ADDED)


@dataclass(frozen=True)
class Difference:
    """One thing that differs. Values are None where there is none, and where it is a secret."""

    kind: Kind
    group: Group
    name: str = ""
    """Of the variable, as the configuration or else the Library writes it; empty: the group as a whole."""
    variable: Variable | None = None
    """As configured; None where the configuration has none."""
    library: str | None = None
    """The Library's value."""

    @property
    def secret(self) -> bool:
        """Whether the Library has a value that it does not tell."""
        there = self.kind in (Kind.ADDED, Kind.CHANGED, Kind.SECRET)
        return there and self.library is None

    @property
    def configured(self) -> str | None:
        """The value of the configuration."""
        return self.variable.value if self.variable and not self.group.secret else None

    @property
    def owner(self) -> str:
        """Who says what the value is: ``terraform``, ``library``, ``key vault``, ``people``; empty for a group."""
        if not self.name:
            return ""
        if self.group.secret:
            return "key vault"
        return self.variable.owner if self.variable else "people"


def live_groups(services: Services, project: str) -> dict[str, VariableGroup]:
    """Return the variable groups of a project that whoever is signed in may see, by their names.

    Azure DevOps leaves out the others without a word. Raises :class:`client.errors.ServiceError`.
    """
    return {group.name: group for group in variable_groups(services, project)}


def differences(groups: Iterable[Group], live: Mapping[str, VariableGroup]) -> Iterator[Difference]:
    """Compare each group of the configuration with the one of its name, in the order of the configuration.

    Names of variables are compared as pipelines do: case does not count.
    """
    for group in groups:
        found = live.get(group.name)
        if found is None:
            yield Difference(Kind.GROUP_MISSING, group)
        elif (found.type == _LINKED) != group.secret:
            yield Difference(Kind.GROUP_KIND, group)
        else:
            yield from _variables(group, found)


def value_of(found: VariableValue) -> str | None:
    """Return a value as pipelines read it; None for a secret."""
    return None if found.is_secret else found.value or ""


def _variables(group: Group, found: VariableGroup) -> Iterator[Difference]:
    there = {name.lower(): value for name, value in found.variables.items()}
    for lower, variable in group.variables.items():
        value = there.get(lower)
        if value is None:
            yield Difference(Kind.MISSING, group, variable.name, variable)
        elif group.secret:
            continue  # both are secrets
        elif value.is_secret:
            yield Difference(Kind.SECRET, group, variable.name, variable)
        elif value_of(value) != variable.value:
            kind = Kind.EDITED if variable.owner == "library" else Kind.CHANGED
            yield Difference(kind, group, variable.name, variable, value_of(value))
    # The variables of a linked group are Terraform's as a whole: it takes out what it does not know.
    kind = Kind.CHANGED if group.secret else Kind.ADDED
    for name in sorted(found.variables):
        if name.lower() not in group.variables and name != MANAGED_BY:
            yield Difference(kind, group, name, library=value_of(found.variables[name]))
