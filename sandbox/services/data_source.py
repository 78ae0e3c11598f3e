"""What a data source is: a resource of the cloud, looked up by what a configuration says about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import ClassVar

from facts.reader import Block, facts
from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.services.resource_type import Arguments, Attributes

declared_data_sources: dict[str, DataSource] = {}
"""Every declaration by its type. To look one up, use :func:`sandbox.services.types.data_source`."""


class DataSource:
    """A look-up of the one resource that fits every argument. A declaration is a subclass that names its type."""

    name: ClassVar[str]
    missing: ClassVar[str] = ""
    """What the provider says when nothing fits, with the arguments in braces. Empty: a sentence of all of them."""
    several: ClassVar[str] = ""
    """What the provider says when more than one fits, as ``missing``."""
    as_found: ClassVar[Sequence[str]] = ()
    """Arguments that the state holds as they were found, not as they were given."""
    other_names: ClassVar[Mapping[str, str]] = {}
    """Arguments that go by another name on the resource itself; ``id`` is its id."""

    def __init_subclass__(cls, *, type_name: str | None = None) -> None:
        """Declare the data source ``type_name``; without one, the class only gathers what several share."""
        if type_name:
            cls.name = type_name
            declared_data_sources[type_name] = cls()

    @cached_property
    def block(self) -> Block:
        """The type's arguments and attributes, by the provider's schema."""
        return facts(self.name.partition("_")[0]).data_sources[self.name].block

    def wanted(self, request: Request, given: Arguments) -> Arguments:
        """Return what the one that is looked up has to have, by the arguments that are given."""
        return given

    def look_up(self, request: Request, given: Arguments) -> Attributes:
        """Return the attributes and the id of the resource; ServiceError if there is none, or another."""
        wanted = self.wanted(request, given)
        found = [item for item in self.candidates(request, wanted) if self._fits(item, wanted)]
        if not found:
            raise ServiceError(self._missing(wanted))
        resource, *others = found
        if others and self.several:
            raise ServiceError(self.several.format_map(wanted))
        if others:
            listed = ", ".join(item.id for item in found)
            raise ServiceError(
                f"{self._described(wanted)} is not unique: {listed}. Add an argument that tells them apart"
            )
        kept = {name: value for name, value in wanted.items() if name not in self.as_found}
        attributes = {name: kept.get(name, self._actual(resource, name)) for name in self.block.attributes}
        return {**attributes, "id": resource.id}

    def candidates(self, request: Request, wanted: Arguments) -> list[Resource]:
        """Return the resources of the type that are there; raises ServiceError for a place that is not."""
        return request.cloud.resources(self.name)

    def _fits(self, resource: Resource, wanted: Arguments) -> bool:
        return all(
            str(self._actual(resource, name)).lower() == str(value).lower() for name, value in wanted.items()
        )

    def _actual(self, resource: Resource, argument: str) -> object:
        name = self.other_names.get(argument, argument)
        return resource.id if name == "id" else resource.attributes.get(name)

    def _missing(self, wanted: Arguments) -> str:
        if self.missing:
            return self.missing.format_map({"name": "", "project_id": "", **wanted})
        return f"{self._described(wanted)} was not found"

    def _described(self, wanted: Arguments) -> str:
        return f"{self.name} with " + ", ".join(f'{name} "{value}"' for name, value in wanted.items())
