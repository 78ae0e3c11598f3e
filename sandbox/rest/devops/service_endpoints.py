"""Service connections."""

from __future__ import annotations

from sandbox.cloud.store import Resource
from sandbox.rest.calls import Answer, Call, Json, listed
from sandbox.rest.devops.people import author
from sandbox.rest.devops.projects import project_of
from sandbox.services.devops.devops_resource import SERVICE_CONNECTIONS
from sandbox.services.devops.library import TERRAFORM

_AZURE = "azuredevops_serviceendpoint_azurerm"
FAILED = "failed"
"""Where the file of a connection says why it is not ready: ``{"failed": "The identity is gone."}``."""


def endpoints(call: Call) -> Answer:
    """Serviceendpoint - Endpoints - Get Service Endpoints, and by ``endpointNames``, ``endpointIds`` and ``type``."""
    names, ids = (
        {item.strip().lower() for item in call.query.get(name, "").split(",") if item}
        for name in ("endpointnames", "endpointids")
    )
    kind = call.query.get("type", "").lower()
    return listed(
        [
            body
            for item in _inside(call)
            if (not names or item.name.lower() in names) and (not ids or item.id.lower() in ids)
            if (body := _endpoint(call, item)) and kind in ("", body["type"].lower())
        ]
    )


def endpoint(call: Call) -> Answer:
    """Serviceendpoint - Endpoints - Get; the service answers null for one that is not there."""
    wanted = call.names["id"].lower()
    found = next((item for item in _inside(call) if item.id.lower() == wanted), None)
    return Answer(_endpoint(call, found) if found else None)


def _inside(call: Call) -> list[Resource]:
    project = project_of(call)
    return [
        item
        for item in call.cloud.resources(*SERVICE_CONNECTIONS)
        if item.attributes["project_id"] == project.id
    ]


def _endpoint(call: Call, connection: Resource) -> Json:
    project, description = project_of(call), connection.attributes.get("description") or ""
    named = {"id": project.id, "name": project.name}
    failed = connection.contents.get(FAILED)
    special = _azure(connection) if connection.type == _AZURE else _webhook(connection)
    return {
        "id": connection.id,
        "name": connection.name,
        "description": description,
        "isShared": False,
        "isReady": not failed,
        "isOutdated": False,
        "owner": "Library",
        "createdBy": author(TERRAFORM),
        "serviceEndpointProjectReferences": [
            {"projectReference": named, "name": connection.name, "description": description}
        ],
        **({"operationStatus": {"state": "Failed", "statusMessage": str(failed)}} if failed else {}),
        **special,
    }


def _azure(connection: Resource) -> dict[str, Json]:
    """Return what only a connection to Azure has. Keys and certificates are not told.

    Of a connection with an identity of one's own ``creationMode`` is ``Manual``; one that Azure DevOps made an
    application for is ``Automatic`` (microsoft/azuredevops 1.16.0, ``serviceendpoint/``).
    """
    given = connection.attributes
    scope = "ManagementGroup" if given.get("azurerm_management_group_id") else "Subscription"
    parameters = {
        "tenantid": given["azurerm_spn_tenantid"],
        "serviceprincipalid": given["service_principal_id"],
    }
    if given.get("workload_identity_federation_issuer"):
        parameters["workloadIdentityFederationIssuer"] = given["workload_identity_federation_issuer"]
        parameters["workloadIdentityFederationSubject"] = given["workload_identity_federation_subject"]
    elif given["service_endpoint_authentication_scheme"] == "ServicePrincipal":
        parameters["authenticationType"] = "spnKey"
        parameters["serviceprincipalkey"] = None
    if given.get("resource_group"):
        group = f"/subscriptions/{given['azurerm_subscription_id']}/resourcegroups/{given['resource_group']}"
        parameters["scope"] = group
    data = {
        "environment": given["environment"],
        "scopeLevel": scope,
        "subscriptionId": given.get("azurerm_subscription_id"),
        "subscriptionName": given.get("azurerm_subscription_name"),
        "managementGroupId": given.get("azurerm_management_group_id"),
        "managementGroupName": given.get("azurerm_management_group_name"),
        "creationMode": "Manual" if given.get("credentials") else "Automatic",
    }
    return {
        "type": "azurerm",
        "url": given["server_url"],
        "data": {name: value for name, value in data.items() if value is not None},
        "authorization": {
            "scheme": given["service_endpoint_authentication_scheme"],
            "parameters": parameters,
        },
    }


def _webhook(connection: Resource) -> dict[str, Json]:
    """Return what only an incoming webhook has. The secret is not told."""
    given = connection.attributes
    return {
        "type": "incomingwebhook",
        "url": "https://dev.azure.com/",
        "data": {},
        "authorization": {
            "scheme": "None",
            "parameters": {
                "webhookname": given["webhook_name"],
                "header": given.get("http_header") or "",
                "secret": None,
            },
        },
    }
