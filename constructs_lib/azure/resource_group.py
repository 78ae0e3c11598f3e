"""The resource group that holds everything of one stack."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.existing import use_existing
from constructs_lib.bindings import azurerm


class ResourceGroup:
    """A resource group. Destroying it is refused while it still holds resources (provider feature)."""

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        name: str,
        location: str,
        subscription_id: str,
        existing_id: str | None = None,
    ) -> None:
        """Create the group in ``location``, an Azure region. A change of that or of the name replaces it.

        ``subscription_id`` is what the stack's provider works in. With ``existing_id``, its ARM id, the group is there
        already and stays when everything in it is destroyed; ``location`` is then that of what is put into it.
        """
        self.subscription_id = subscription_id
        self.name = name
        self.location = location
        self.is_existing = existing_id is not None
        if existing_id:
            self.id = use_existing(
                scope,
                id_,
                kind="resource group",
                resource_id=existing_id,
                instead_of=[f"azurerm_resource_group.{id_}"],
            )
            self.name_reference = name
        else:
            group = azurerm.ResourceGroup(scope, id_, name=name, location=location)
            self.id = group.id
            """ARM id of the group."""
            self.name_reference = group.name
            """The group's name as a reference, so that what stands in the group waits for it."""
