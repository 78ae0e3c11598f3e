"""Who is a member of the organization beside people: service principals."""

from __future__ import annotations

import hashlib
import uuid

from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import Cloud, Resource
from sandbox.services.devops.devops_resource import SERVICE, DevOpsResource, is_guid
from sandbox.services.devops.graph import leave_all_groups
from sandbox.services.resource_type import Arguments
from sandbox.services.rules import ProviderRules, Value


class ServicePrincipalEntitlement(DevOpsResource, type_name=SERVICE):
    """A service principal as a member of the organization.

    Who is gone from Entra is gone for the provider (microsoft/azuredevops 1.16.0,
    ``memberentitlementmanagement/resource_service_principal_entitlement.go``). What is said of one whom Entra does not
    know is not known.
    """

    import_wants = "a GUID"
    rules = ProviderRules(
        force_new=("origin_id", "origin"),
        defaults={"account_license_type": "express", "licensing_source": "account"},
        values={
            "account_license_type": Value(
                one_of=(
                    *("advanced", "earlyAdopter", "express", "basic", "none", "professional"),
                    "stakeholder",
                )
            ),
            "licensing_source": Value(one_of=("none", "account", "msdn", "profile", "auto", "trial")),
        },
    )

    def new_id(self, request: Request, arguments: Arguments) -> str:
        """Return the storage key, which a service principal that comes back has again."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"aadsp/{arguments['origin_id']}"))

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the member; ServiceError for another form."""
        if not is_guid(text):
            raise ServiceError(f"Only UUID values can used for import [{text}]")
        return self.read(request, text)

    def import_id(self, resource: Resource) -> str:
        """Return its id."""
        return resource.id

    def existing(self, request: Request, arguments: Arguments) -> Resource | None:
        """Return the member that this service principal is."""
        known = isinstance(arguments.get("origin_id"), str)
        return self.read(request, self.new_id(request, arguments)) if known else None

    def read(self, request: Request, resource_id: str) -> Resource | None:
        """Return the member, if Entra still knows the service principal."""
        member = super().read(request, resource_id)
        return member if member and _identity(request.cloud, member.attributes["origin_id"]) else None

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a service principal that Entra does not know."""
        super().check(request, arguments)
        if _identity(request.cloud, arguments["origin_id"]) is None:
            raise ServiceError(
                "Creating service principal entitlement: Adding service principal entitlement: the service principal "
                f"{arguments['origin_id']} could not be found.",
                "origin_id",
            )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return what the directory of the organization says of it."""
        identity = _identity(request.cloud, arguments["origin_id"])
        digest = hashlib.sha256(resource_id.encode()).hexdigest()[:40]
        return {
            "descriptor": f"aadsp.{digest}",
            "display_name": identity.name if identity else "",
            "origin": "aad",
        }

    def after_delete(self, request: Request, resource: Resource) -> None:
        """Take it out of all groups that it is in."""
        leave_all_groups(request.cloud, resource.attributes["descriptor"])


def _identity(cloud: Cloud, principal_id: str) -> Resource | None:
    """Return the managed identity that a service principal is of: the sandbox has no others."""
    return next(
        (
            item
            for item in cloud.resources("azurerm_user_assigned_identity")
            if item.attributes["principal_id"] == principal_id
        ),
        None,
    )
