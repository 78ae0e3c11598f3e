"""How Azure's resources behave, as hashicorp/azurerm shows them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sandbox.cloud.facts import Schema
from sandbox.cloud.request import Request, ServiceError, already_exists
from sandbox.cloud.store import Thing
from sandbox.cloud.values import UNKNOWN
from sandbox.services.azure import arm
from sandbox.services.azure.arm_kind import ArmKind
from sandbox.services.azure.azurerm_checks import CHECKS
from sandbox.services.azure.azurerm_ids import ARM_IDS, GLOBAL_NAMES
from sandbox.services.azure.azurerm_values import DECIDED, UPPER_CASE
from sandbox.services.kind import Values

# Attributes whose ids need not exist: Azure takes them as they come.
_UNCHECKED = frozenset({"id", "role_definition_id", "condition"})


class AzureKind(ArmKind):
    """A resource with an id of Azure Resource Manager."""

    def __init__(self, schema: Schema, type_name: str) -> None:
        """Use the type's schema and its entries in the tables."""
        super().__init__(schema)
        self._id_template = ARM_IDS[type_name]

    def chosen(self, request: Request, planned: Values) -> Mapping[str, Any]:
        """Return a new GUID as the name of a role assignment, and an identity under its other name."""
        if request.type == "azurerm_role_assignment" and planned.get("name") is UNKNOWN:
            return {"name": str(uuid.uuid4())}
        if planned.get("user_assigned_identity_id") is UNKNOWN and isinstance(planned.get("parent_id"), str):
            return {"user_assigned_identity_id": planned["parent_id"]}
        return {}

    def new_id(self, request: Request, planned: Values) -> str:
        """Return the id that follows from the resource's names."""
        subscription = request.account.subscription_id
        words = {name: value for name, value in planned.items() if isinstance(value, str)}
        group = arm.resource_group_id(subscription, words.get("resource_group_name", ""))
        try:
            return self._id_template.format_map({**words, "subscription": subscription, "group": group})
        except KeyError as error:
            (missing,) = error.args
            raise ServiceError(
                f"`{missing}` is not set, and the stand-in makes the id of it. Set it.", missing
            ) from error

    def check(self, request: Request, planned: Values) -> None:
        """Refuse ids of resources that do not exist, and what Azure does not allow for the type."""
        things = arm.index(request.cloud)
        if isinstance(planned.get("resource_group_name"), str):
            group = arm.resource_group_id(request.account.subscription_id, planned["resource_group_name"])
            arm.require(things, group, "resource_group_name")
        for name, value in planned.items():
            # What Azure itself decided names things that have no file, such as an endpoint's network interface.
            attribute = self.block.attributes.get(name)
            if name not in _UNCHECKED and (attribute is None or attribute.configurable):
                for arm_id in arm.references(value):
                    arm.require_reference(things, arm_id, name)
        if request.type in CHECKS:
            CHECKS[request.type](request, planned)

    def check_unused(self, request: Request, thing_id: str, planned: Values) -> None:
        """Refuse an id that is taken, a name that is, and a place that does not exist."""
        if self.locate(request, {"id": thing_id}) is not None:
            raise already_exists(request.type, thing_id)
        message = GLOBAL_NAMES.get(request.type)
        if message and any(
            thing.name.lower() == planned["name"].lower()
            for thing in arm.existing(request.cloud, request.type)
        ):
            raise ServiceError(message.format(name=planned["name"]), "name")
        arm.require_place(arm.index(request.cloud), thing_id)

    def decided(self, request: Request, thing_id: str, planned: Values) -> Mapping[str, Any]:
        """Return what Azure decides, by the type's entry in the table."""
        return DECIDED[request.type](request, thing_id, planned) if request.type in DECIDED else {}

    def store(self, request: Request, thing: Thing, state: Values) -> Thing:
        """Write the resource's file; some names are stored, and answered, in upper case."""
        for name in UPPER_CASE.get(request.type, ()):
            state[name] = state[name].upper()
        return super().store(request, thing, state)
