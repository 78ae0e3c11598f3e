"""What a type of resource is and does: create, read, update, delete. The plain case, and how a type declares more.

A declaration is a subclass that names its type::

    class KeyVault(AzureResource, type_name="azurerm_key_vault"):

It says where the type differs from the plain case, and nothing of any protocol: arguments and attributes are plain
values (texts, numbers, lists, mappings), and an argument that is left to the service is not there.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import zip_longest
from typing import Any, ClassVar, Literal

from facts.ids import ids
from facts.reader import Block, facts
from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.services.rules import ProviderRules, Unchangeable, values_at

Arguments = Mapping[str, Any]
Attributes = dict[str, Any]

declared: dict[str, ResourceType] = {}
"""Every declaration by its type. To look one up, use :func:`sandbox.services.types.resource_type`."""


class UndeclaredError(Exception):
    """Nothing declares a type, or an attribute that its service computes; the message says where to do so."""


class ResourceType:
    """A type whose resources have files of their own."""

    name: ClassVar[str]

    # --- Declared by a type --------------------------------------------------------------------------------------

    rules: ClassVar[ProviderRules] = ProviderRules()
    """What the *provider* does with the arguments by itself."""
    unchangeable: ClassVar[Sequence[Unchangeable]] = ()
    """Changes that the service refuses."""
    computed_anew: ClassVar[Sequence[str]] = ()
    """Attributes that the service computes anew with every change; it keeps the others."""

    def __init_subclass__(cls, *, type_name: str | None = None) -> None:
        """Declare the type ``type_name``; without one, the class only gathers what several types share."""
        if type_name:
            cls.name = type_name
            if "import_form" not in cls.__dict__:
                cls.import_form = ids(type_name).import_form
            declared[type_name] = cls()

    def chosen(self, request: Request, arguments: Arguments) -> Arguments:
        """Return arguments that were left open and that the id is made of."""
        return {}

    def new_id(self, request: Request, arguments: Arguments) -> str:
        """Return the id that the service gives to a new resource."""
        return str(uuid.uuid4())

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse arguments as the service does, of a new resource or a changed one; raises ServiceError."""

    def check_new(self, request: Request, resource_id: str, arguments: Arguments) -> None:
        """Refuse a new resource as the service does; raises ServiceError."""

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return what the service computes. Under a block's name are the attributes of the block."""
        return {}

    def computed_in_block(
        self, request: Request, block_name: str, given: Arguments, prior: Arguments
    ) -> Arguments:
        """Return what the service computes in one of the blocks of that name, which was ``prior`` before."""
        return {}

    def stored(self, attributes: Attributes) -> Attributes:
        """Return attributes as the service keeps and answers them."""
        return attributes

    def after_create(self, request: Request, resource: Resource) -> None:
        """Do what the service does by itself once a new resource is there."""

    def minutes(self, request: Request, action: Literal["create", "delete"], attributes: Arguments) -> int:
        """Return how long the service takes; nothing waits for it, but the provider gives up when it is too long."""
        return 0

    def check_deletion(self, request: Request, resource: Resource) -> None:
        """Refuse to delete what is still needed; raises ServiceError."""

    def remove(self, request: Request, resource: Resource) -> None:
        """Take a resource, and what lives inside it, out of the cloud."""
        request.cloud.remove(resource)

    def after_delete(self, request: Request, resource: Resource) -> None:
        """Do what the service does by itself once a resource is gone."""

    # --- Declared by a type, and done by the provider alone --------------------------------------------------------

    import_form: ClassVar[str]
    """The form of the *provider's* import id, with words in braces to be filled in."""

    provider_asks_first: ClassVar[bool] = False
    """Whether the provider refuses to create what is there already, before it asks the service to."""
    only_in_state: ClassVar[bool] = False
    """Whether no service knows the resource, and only Terraform's state does."""

    provider_lost: ClassVar[str] = ""
    """What the *provider* says of a resource that is gone, with its attributes in braces. Empty: it plans a new one."""

    def provider_check(self, request: Request, arguments: Arguments) -> None:
        """Refuse arguments as the *provider* does when it applies them; raises ServiceError."""

    def provider_check_deletion(self, request: Request, resource: Resource) -> None:
        """Refuse a deletion as the *provider* does before it asks the service; raises ServiceError."""

    def provider_view(self, attributes: Arguments, before: Arguments) -> Arguments:
        """Return what the *provider* makes of a resource's attributes, given the state ``before``."""
        return attributes

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the resource that the *provider's* import id stands for, or None if there is no such resource.

        ServiceError for an id that does not have the form which the provider wants.
        """
        return self.read(request, text)

    def import_id(self, resource: Resource) -> str:
        """Return the id by which the *provider* imports a resource."""
        return resource.id

    def existing(self, request: Request, arguments: Arguments) -> Resource | None:
        """Return what is there already of what these arguments describe, or None.

        Arguments that are not known yet are left out: with one of them that matters, nothing is recognized.
        """
        return None

    # --- The life of a resource --------------------------------------------------------------------------------------

    @cached_property
    def block(self) -> Block:
        """The type's arguments and attributes, by the provider's schema."""
        return facts(self.name.partition("_")[0]).resources[self.name].block

    def create(self, request: Request, arguments: Arguments) -> Resource:
        """Create a resource; ServiceError if the service refuses it."""
        resource = self.add(request, arguments)
        self.after_create(request, resource)
        return resource

    def add(self, request: Request, arguments: Arguments) -> Resource:
        """Check, complete and store a new resource."""
        arguments = {**arguments, **self.chosen(request, arguments)}
        self.check(request, arguments)
        resource_id = self.new_id(request, arguments)
        self.check_new(request, resource_id, arguments)
        computed = self.computed(request, resource_id, arguments)
        attributes = self._completed(self.block, arguments, computed, {}, request)
        # A file may be left of something that is gone, because what it was in is.
        left = request.cloud.find(resource_id, self.name)
        return self.store(
            request, Resource(self.name, resource_id, attributes, path=left.path if left else None)
        )

    def read(self, request: Request, resource_id: str) -> Resource | None:
        """Return the resource with this id as it is now, or None if it is gone."""
        return request.cloud.find(resource_id, self.name)

    def is_there(self, request: Request, resource_id: str) -> bool:
        """Whether the id is taken."""
        return self.read(request, resource_id) is not None

    def update(self, request: Request, resource: Resource, arguments: Arguments) -> Resource:
        """Change a resource; ServiceError if the service refuses that."""
        self.check(request, {**arguments, "id": resource.id})
        for rule in self.unchangeable:
            before, after = (
                next(values_at(values, rule.argument), None) for values in (resource.attributes, arguments)
            )
            if rule.forbids(before, after):
                raise ServiceError(f"updating {resource.id}: {rule.says}", rule.argument.partition(".")[0])
        kept = {name: value for name, value in arguments.items() if name not in self.computed_anew}
        computed = self.computed(request, resource.id, kept)
        prior = {name: value for name, value in resource.attributes.items() if name not in self.computed_anew}
        attributes = self._completed(self.block, kept, computed, prior, request)
        return self.store(request, replace(resource, attributes=attributes))

    def delete(self, request: Request, resource: Resource) -> None:
        """Delete a resource and what lives inside it; ServiceError if the service refuses that."""
        self.check_deletion(request, resource)
        self.remove(request, resource)
        self.after_delete(request, resource)

    def store(self, request: Request, resource: Resource) -> Resource:
        """Write a resource's file, without what is not the service's: the id has a place of its own."""
        attributes = self.stored(dict(resource.attributes))
        for name in ("id", "timeouts", *self._write_only):
            attributes.pop(name, None)
        return request.cloud.write(replace(resource, attributes=attributes))

    @cached_property
    def _write_only(self) -> tuple[str, ...]:
        return tuple(name for name, attribute in self.block.attributes.items() if attribute.write_only)

    def _completed(
        self, block: Block, given: Arguments, computed: Arguments, prior: Arguments, request: Request
    ) -> Attributes:
        """Return every attribute of a block: as given, else as it was, else as the service computes it."""
        attributes: Attributes = {}
        for name, attribute in block.attributes.items():
            if name in given:
                attributes[name] = given[name]
                if attribute.nested and isinstance(given[name], Mapping):
                    attributes[name] = self._completed(attribute.nested, given[name], {}, {}, request)
            elif attribute.computed and name in prior:
                attributes[name] = prior[name]
            elif name in computed:
                attributes[name] = computed[name]
            elif attribute.computed and not attribute.configurable and name != "id":
                raise UndeclaredError(
                    f"{self.name} does not say what {name} is: return it from computed() of its declaration"
                )
            else:
                attributes[name] = None
        for name, nested in block.blocks.items():
            value = given.get(name)
            if isinstance(value, list):
                before = prior.get(name) or []
                attributes[name] = [
                    self._completed(
                        nested.block,
                        item,
                        {**computed.get(name, {}), **self.computed_in_block(request, name, item, old or {})},
                        {},
                        request,
                    )
                    for item, old in zip_longest(value, before[: len(value)])
                ]
            elif isinstance(value, Mapping):
                attributes[name] = self._completed(nested.block, value, {}, {}, request)
            else:
                attributes[name] = None if nested.nesting == "single" else []
        return attributes
