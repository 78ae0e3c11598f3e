"""Service connections. All kinds share their names."""

from __future__ import annotations

import uuid

from sandbox.cloud.request import Request, ServiceError
from sandbox.services.devops.devops_resource import (
    SERVICE_CONNECTIONS,
    DevOpsResource,
    UniqueName,
)
from sandbox.services.resource_type import Arguments
from sandbox.services.rules import IS_UUID, ProviderRules, Value

_NAME = UniqueName(
    argument="service_endpoint_name",
    within="project_id",
    says=(
        "Service connection with name {name} already exists. Only a user having Administrator/User role permissions "
        "on service connection {name} can see it."
    ),
    types=SERVICE_CONNECTIONS,
)


# The service answers 200 with null for a connection that was deleted, which the provider does not take for "not found"
# (microsoft/azuredevops 1.16.0, the read functions in serviceendpoint/).
_LOST = "unexpected nil service endpoint, ID: ({id}), project ID: ({project_id})"


class AzureConnection(DevOpsResource, type_name="azuredevops_serviceendpoint_azurerm"):
    """A service connection to Azure."""

    unique_name = _NAME
    provider_lost = _LOST
    import_wants = "a GUID"
    computed_anew = ("authorization", "service_principal_id")
    rules = ProviderRules(
        force_new=(
            "project_id",
            "resource_group",
            "environment",
            "service_endpoint_authentication_scheme",
            "server_url",
        ),
        defaults={
            "description": "Managed by Terraform",
            "environment": "AzureCloud",
            "service_endpoint_authentication_scheme": "ServicePrincipal",
            "features": {"validate": False},
        },
        values={
            "project_id": IS_UUID,
            "service_endpoint_authentication_scheme": Value(
                one_of=("WorkloadIdentityFederation", "ManagedServiceIdentity", "ServicePrincipal")
            ),
        },
        conflicts=(
            ("credentials", "resource_group"),
            ("azurerm_subscription_id", "azurerm_management_group_id"),
            ("resource_group", "azurerm_management_group_id"),
        ),
    )

    def provider_check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a connection to nothing."""
        scopes = ("azurerm_subscription_id", "azurerm_subscription_name", "azurerm_management_group_id")
        if not any(arguments.get(name) for name in scopes):
            raise ServiceError(
                "One of either subscription scoped (azurerm_subscription_id, azurerm_subscription_name) or "
                "managementGroup scoped (azurerm_management_group_id, azurerm_management_group_name) details must be "
                "provided"
            )

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a connection that is to be validated before it can work."""
        super().check(request, arguments)
        validated = any(item.get("validate") for item in arguments.get("features") or [])
        if validated and not _trusted(request, arguments):
            raise ServiceError(
                f"Service connection {arguments['service_endpoint_name']} failed its validation: AADSTS700213: No "
                "matching federated identity record found for the presented assertion subject.",
                "features",
            )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return who signs in through the connection, and by which tokens."""
        credentials = arguments.get("credentials")
        scheme, tenant = (
            arguments["service_endpoint_authentication_scheme"],
            arguments["azurerm_spn_tenantid"],
        )
        # Without credentials Azure DevOps creates an application of its own.
        principal = credentials[0]["serviceprincipalid"] if credentials else str(uuid.uuid4())
        federated = scheme == "WorkloadIdentityFederation"
        organization = uuid.uuid5(uuid.NAMESPACE_URL, request.account.organization)
        subject = f"/eid1/c/pub/t/{tenant}/a/{organization}/sc/{organization}/{resource_id}"
        return {
            "authorization": {"scheme": scheme, "serviceprincipalid": principal, "tenantid": tenant},
            "server_url": "https://management.azure.com/",
            "service_principal_id": principal,
            "workload_identity_federation_issuer": (
                f"https://login.microsoftonline.com/{tenant}/v2.0" if federated else ""
            ),
            "workload_identity_federation_subject": subject if federated else "",
        }


def _trusted(request: Request, arguments: Arguments) -> bool:
    """Whether an identity trusts the connection's subject, which a new connection does not have yet."""
    subject = arguments.get("workload_identity_federation_subject")
    credentials = request.cloud.resources("azurerm_federated_identity_credential")
    return any(item.attributes.get("subject") == subject for item in credentials)


class IncomingWebhookConnection(DevOpsResource, type_name="azuredevops_serviceendpoint_incomingwebhook"):
    """A service connection that lets a call from outside start pipelines."""

    unique_name = _NAME
    provider_lost = _LOST
    import_wants = "a GUID"
    rules = ProviderRules(
        force_new=("project_id",),
        defaults={"description": "Managed by Terraform"},
        values={"project_id": IS_UUID},
    )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return how a caller signs in: not at all."""
        return {"authorization": {"scheme": "None"}}
