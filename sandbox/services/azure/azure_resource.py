"""How Azure's resources behave, as hashicorp/azurerm shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from facts.ids import THE_ID, ids
from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.services.azure import arm, landing_zone
from sandbox.services.azure.arm_resource import ArmResource, require_reference
from sandbox.services.azure.import_id import check_form, form_of
from sandbox.services.azure.resource_providers import require_registration
from sandbox.services.data_source import DataSource
from sandbox.services.resource_type import Arguments, Attributes


class AzureResource(ArmResource):
    """A type of azurerm. ``facts/ids.py`` says which id each one has."""

    arm_id: ClassVar[str]
    lies_in: ClassVar[str]
    global_name: ClassVar[str] = ""
    """What Azure says of a ``{name}`` that is taken. Empty: the name is not one for all customers of Azure."""
    upper_case: ClassVar[Sequence[str]] = ()
    """Arguments that Azure keeps in capital letters: written in small ones, they differ in every plan."""
    unchecked: ClassVar[Sequence[str]] = ()
    """Arguments whose ids need not exist: Azure takes them as they come."""

    def __init_subclass__(cls, *, type_name: str | None = None) -> None:
        """Declare the type; what it is imported by is its id, unless it says otherwise."""
        super().__init_subclass__(type_name=type_name)
        if type_name:
            cls.arm_id, cls.lies_in = ids(type_name)[:2]
            if cls.import_form == THE_ID:
                cls.import_form = form_of(cls.arm_id, cls.lies_in)

    def new_id(self, request: Request, arguments: Arguments) -> str:
        """Return the id that follows from the resource's names."""
        words = {name: value for name, value in arguments.items() if isinstance(value, str)}
        subscription = request.account.subscription_id
        group = arm.resource_group_id(subscription, words.get("resource_group_name", ""))
        try:
            return self.arm_id.format_map({**words, "subscription": subscription, "group": group})
        except KeyError as error:
            (missing,) = error.args
            raise ServiceError(
                f"`{missing}` is not set, and the stand-in makes the id of it. Set it.", missing
            ) from error

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the resource; ServiceError for an id of another form, which the provider refuses."""
        check_form(text, self.import_form)
        return self.read(request, text)

    def existing(self, request: Request, arguments: Arguments) -> Resource | None:
        """Return what has the id that these arguments make."""
        try:
            resource_id = self.new_id(request, {**arguments, **self.chosen(request, arguments)})
        except ServiceError:  # something that the id is made of is not known
            return None
        return self.read(request, resource_id)

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse ids of resources that do not exist."""
        resources = arm.index(request.cloud)
        if isinstance(arguments.get("resource_group_name"), str):
            group = arm.resource_group_id(request.account.subscription_id, arguments["resource_group_name"])
            arm.require(resources, group, "resource_group_name")
        for name, value in arguments.items():
            # What Azure itself computed names things that have no file, such as an endpoint's network interface.
            attribute = self.block.attributes.get(name)
            if name not in ("id", *self.unchecked) and (attribute is None or attribute.configurable):
                for arm_id in arm.references(value):
                    require_reference(resources, arm_id, name)

    def check_new(self, request: Request, resource_id: str, arguments: Arguments) -> None:
        """Refuse a name that is taken as well, and a namespace that is not registered."""
        if self.global_name and any(
            other.name.lower() == arguments["name"].lower()
            for other in arm.existing(request.cloud, self.name)
        ):
            raise ServiceError(self.global_name.format(name=arguments["name"]), "name")
        super().check_new(request, resource_id, arguments)
        require_registration(request, resource_id)

    def stored(self, attributes: Attributes) -> Attributes:
        """Return the attributes, with those in capital letters that Azure keeps so, and the tag of a policy."""
        kept = attributes | {name: attributes[name].upper() for name in self.upper_case}
        return kept | {"tags": landing_zone.tagged(kept["tags"])} if "tags" in kept else kept


class AzureDataSource(DataSource):
    """A data source of azurerm."""

    def candidates(self, request: Request, wanted: Arguments) -> list[Resource]:
        """Return what is there, in the resource group if one is named."""
        found = arm.existing(request.cloud, self.name)
        if "resource_group_name" not in wanted:
            return found
        group = arm.resource_group_id(request.account.subscription_id, wanted["resource_group_name"])
        return [item for item in found if item.id.lower().startswith(f"{group.lower()}/")]
