"""How Azure DevOps behaves, as microsoft/azuredevops shows it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import Thing
from sandbox.services.devops.devops_owners import missing_owners, missing_people
from sandbox.services.devops.devops_tables import NAMED, NUMBERED, SERVICE_CONNECTIONS
from sandbox.services.devops.devops_values import COMPOSED_IDS, DECIDED, find_project
from sandbox.services.kind import Kind, Values


class DevOpsKind(Kind):
    """A thing in an Azure DevOps project; it has a GUID unless the tables say otherwise."""

    def new_id(self, request: Request, planned: Values) -> str:
        """Return a number of the type's series, an id made of arguments, or a GUID."""
        if request.type in NUMBERED:
            return str(request.cloud.next_number(NUMBERED[request.type]))
        composed = COMPOSED_IDS.get(request.type)
        return composed(planned) if composed else str(uuid.uuid4())

    def locate(self, request: Request, state: Values) -> Thing | None:
        """Find the thing; it is gone when its project or what it is attached to is gone."""
        thing = request.cloud.find(state["id"], request.type)
        return None if thing is None or any(missing_owners(request.cloud, thing)) else thing

    def check(self, request: Request, planned: Values) -> None:
        """Refuse projects, targets, pipelines and people that do not exist, and a name that is taken."""
        for problem in missing_owners(request.cloud, Thing(request.type, "", planned)):
            raise problem
        for problem in missing_people(request.cloud, planned):
            raise problem
        if request.type in NAMED:
            self._check_name(request, planned)

    def check_unused(self, request: Request, thing_id: str, planned: Values) -> None:
        """Refuse nothing: an authorization and a role are granted again as if for the first time."""

    def decided(self, request: Request, thing_id: str, planned: Values) -> Mapping[str, Any]:
        """Return what Azure DevOps decides, by the type's entry in the table."""
        return DECIDED[request.type](request, thing_id, planned) if request.type in DECIDED else {}

    def remove(self, request: Request, thing: Thing) -> None:
        """Delete the thing with everything attached to it."""
        left = [thing]
        while left:
            for gone in left:
                request.cloud.remove(gone)
            others = [item for item in request.cloud.things() if item.type.startswith("azuredevops_")]
            left = [item for item in others if any(missing_owners(request.cloud, item))]

    def import_state(self, request: Request, import_id: str) -> Values | None:
        """Return the state of ``<project>/<id>``, or of an id that stands alone."""
        place, _, rest = import_id.partition("/")
        project = find_project(request.cloud, place) if rest and request.type not in COMPOSED_IDS else None
        if project is None:
            return self.read(request, {"id": import_id})
        state = self.read(request, {"id": rest})
        return state if state and state["project_id"] == project.id else None

    def _check_name(self, request: Request, planned: Values) -> None:
        name, scope, says = NAMED[request.type]
        types = SERVICE_CONNECTIONS if request.type in SERVICE_CONNECTIONS else (request.type,)
        for other in request.cloud.things(*types):
            taken = str(other.attributes.get(name)).lower() == str(planned[name]).lower()
            here = other.attributes.get(scope) == planned.get(scope)
            if (
                taken
                and here
                and other.id != planned.get("id")
                and not any(missing_owners(request.cloud, other))
            ):
                raise ServiceError(says.format(name=planned[name]), name)


class ServiceEndpointKind(DevOpsKind):
    """A service connection to Azure."""

    follows_changes = ("authorization", "service_principal_id")

    def check(self, request: Request, planned: Values) -> None:
        """Refuse a connection to nothing, and one that is to be validated before it can work."""
        super().check(request, planned)
        scopes = ("azurerm_subscription_id", "azurerm_subscription_name", "azurerm_management_group_id")
        if not any(planned.get(name) for name in scopes):
            raise ServiceError(
                "One of either subscription scoped (azurerm_subscription_id, azurerm_subscription_name) or "
                "managementGroup scoped (azurerm_management_group_id, azurerm_management_group_name) details must be "
                "provided"
            )
        if any(item.get("validate") for item in planned.get("features") or []) and not _trusted(
            request, planned
        ):
            raise ServiceError(
                f"Service connection {planned['service_endpoint_name']} failed its validation: AADSTS700213: No "
                "matching federated identity record found for the presented assertion subject.",
                "features",
            )


def _trusted(request: Request, planned: Values) -> bool:
    """Whether an identity trusts the connection's subject, which a new connection does not have yet."""
    subject = planned.get("workload_identity_federation_subject")
    credentials = request.cloud.things("azurerm_federated_identity_credential")
    return any(item.attributes.get("subject") == subject for item in credentials)
