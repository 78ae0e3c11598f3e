"""What all resources of Azure Resource Manager have in common, whichever provider shows them."""

from __future__ import annotations

from sandbox.cloud.request import Request
from sandbox.cloud.store import Thing
from sandbox.services.azure import arm
from sandbox.services.azure.azurerm_deletion import check_deletion, inside, remove
from sandbox.services.kind import Kind, Values


class ArmKind(Kind):
    """A resource with an id that says what it lies in."""

    def create(self, request: Request, planned: Values) -> Values:
        """Create a resource with nothing inside it: files may be left of what was in one of that id before."""
        state = super().create(request, planned)
        thing = self.locate(request, state)
        for left in inside(request, thing) if thing else ():
            request.cloud.remove(left)
        return state

    def locate(self, request: Request, state: Values) -> Thing | None:
        """Find the resource; it is gone when what it lies in is gone."""
        thing = request.cloud.find(state["id"], request.type)
        return thing if thing and arm.exists(arm.index(request.cloud), thing.id) else None

    def check_deletion(self, request: Request, thing: Thing) -> None:
        """Refuse to delete what Azure keeps."""
        check_deletion(request, thing)

    def remove(self, request: Request, thing: Thing) -> None:
        """Delete the resource with everything inside it and everything that extends it."""
        remove(request, thing)
