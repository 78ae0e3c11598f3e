"""The variables of the Library groups: which setting each comes from, and who owns its value.

A field with the marker :class:`AsVariable` is a variable of the group that stands beside it or around it.
``terraform`` owns facts of the infrastructure (names, ids, connections, what alert rules and lifecycle rules
follow), and whatever only Terraform or a generated file can obey (a gate, a schedule): a different value in the
Library would change nothing, and is put right by the next deployment. ``library`` owns settings that a step of a
pipeline obeys: they are seeded once, and what people then set in the Library stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from settings.models.declarations import Declaration, declared
from settings.models.environment import Environment
from settings.models.markers import AsVariable, Owner
from settings.models.platform import Platform

MANAGED_BY = "managedBy"
"""The variable that a group is made with, for it needs one. It says who made the group, and no pipeline reads it."""
_EACH = "*"
"""Stands in a path for every key of a mapping."""
_GROUP = "variable_group"
_SHARED = "shared"


@dataclass(frozen=True)
class Variable:
    """One variable of a group. The value is text, exactly as pipelines read it."""

    name: str
    value: str
    owner: Owner
    setting: str
    """The key it comes from, for the documentation: ``validation.min_accuracy``."""


class _Field(NamedTuple):
    """A field that is a variable."""

    path: tuple[str, ...]
    marker: AsVariable

    def name(self, environment: str) -> str:
        """Return the variable's name, with the environment's in it: ``eu-prod`` as ``euProd`` or ``EuProd``.

        A key of the user's own is in it too: ``gpu_training`` as ``GpuTraining``.
        """
        pascal = _pascal(environment, "-")
        name = self.marker.name or self.path[-1]
        key = _pascal(self.path[-2 if self.marker.of else -1], "_")
        return name.format(Environment=pascal, environment=pascal[:1].lower() + pascal[1:], Key=key)

    def each(self, values: Any) -> Iterator[_Field]:
        """Yield the field, or of an entry of a mapping one for each key that the mapping has in ``values``."""
        if _EACH not in self.path:
            yield self
            return
        at = self.path.index(_EACH)
        for key in _value(values, self.path[:at]) or ():
            yield self._replace(path=(*self.path[:at], key, *self.path[at + 1 :]))


def platform_variables(
    platform: Platform, environments: tuple[Environment, ...] = ()
) -> dict[str, tuple[Variable, ...]]:
    """Return the variables of the groups that all environments share, by the section of platform.yaml."""
    values = platform.model_dump(by_alias=True)
    checked = [e for e in environments if e.name in platform.shared.environments]
    of_environments = [
        replace(v, setting=f"{environment.name}: {v.setting}")
        for environment in checked
        for v in _variables(
            _of_environments(shared=True), environment.model_dump(by_alias=True), environment.name
        )
    ]
    return {
        section: (
            *_variables(fields, values),
            *(of_environments if section == _SHARED else ()),
            *_extra(values, section, _GROUP),
        )
        for section, fields in _of_platform().items()
    }


def environment_variables(environment: Environment) -> tuple[Variable, ...]:
    """Return the variables of the environment's own group."""
    values = environment.model_dump(by_alias=True)
    own = _variables(_of_environments(shared=False), values, environment.name)
    return (*own, *_extra(values, _GROUP))


def platform_variable_names(environments: list[str]) -> dict[str, list[str]]:
    """Return every name the platform may use in each of the shared groups, beside these environments."""
    names = {section: [field.name("") for field in fields] for section, fields in _of_platform().items()}
    names[_SHARED] += [field.name(e) for e in environments for field in _of_environments(shared=True)]
    return names


def environment_variable_names(environment: str, clusters: Iterable[str]) -> list[str]:
    """Return every name the platform may use in this environment's group, also with other settings.

    ``clusters`` are the keys of ``compute``.
    """
    values = {"compute": dict.fromkeys(clusters)}
    return [each.name(environment) for field in _of_environments(shared=False) for each in field.each(values)]


def _of_platform() -> dict[str, list[_Field]]:
    """Return the fields that are variables, by the sections of platform.yaml that have a group."""
    sections = declared(Platform).fields
    return {key: list(_fields(section, key)) for key, section in sections.items() if _GROUP in section.fields}


def _of_environments(*, shared: bool) -> list[_Field]:
    """Return the fields of an environment that are variables of the shared group, or else of its own."""
    return [field for field in _fields(declared(Environment)) if field.marker.in_shared_group is shared]


def _fields(section: Declaration, *path: str) -> Iterator[_Field]:
    for key, field in section.fields.items():
        for marker in field.markers:
            if isinstance(marker, AsVariable):
                inner = (*([_EACH] if field.keys else ()), *([marker.of] if marker.of else ()))
                yield _Field((*path, key, *inner), marker)
        yield from _fields(field, *path, key)


def _variables(fields: Iterable[_Field], values: dict[str, Any], environment: str = "") -> Iterator[Variable]:
    for field in (each for one in fields for each in one.each(values)):
        value, marker = _value(values, field.path), field.marker
        if value is not None and (value != () or marker.whether_any):
            text = marker.text.format(**values) or _text(bool(value) if marker.whether_any else value)
            yield Variable(field.name(environment), text, marker.owner, ".".join(field.path))


def _extra(values: dict[str, Any], *group: str) -> Iterator[Variable]:
    path = (*group, "extra_variables")
    for name, value in _value(values, path).items():
        yield Variable(name, value, "library", ".".join((*path, name)))


def _pascal(words: str, separator: str) -> str:
    return "".join(word.capitalize() for word in words.split(separator))


def _value(values: Any, path: tuple[str, ...]) -> Any:
    """Return the value of a setting; ``None`` below a section that is absent."""
    for key in path:
        values = None if values is None else values[key]
    return values


def _text(value: Any) -> str:
    """Write a value as pipelines read it: booleans in lower case, lists with commas, the rest as it is."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
