"""The resource group that holds everything of one stack."""

from __future__ import annotations

from functools import cached_property

from cdktf import TerraformStack

from constructs_lib.bindings import azurerm


class ResourceGroup:
    """A resource group. Destroying it is refused while it still holds resources (provider feature)."""

    def __init__(
        self, scope: TerraformStack, id_: str, *, name: str, location: str, subscription_id: str
    ) -> None:
        """Create the group in ``location``, an Azure region. A change of that or of the name replaces it.

        ``subscription_id`` is what the stack's provider works in.
        """
        self.subscription_id = subscription_id
        self.name = name
        self.location = location
        self._group = azurerm.ResourceGroup(scope, id_, name=name, location=location)

    @cached_property
    def id(self) -> str:
        """ARM id of the group."""
        return self._group.id

    @cached_property
    def name_reference(self) -> str:
        """The group's name as a reference, so that what stands in the group waits for it."""
        return self._group.name
