"""What Azure DevOps decides about its things: ids made of arguments, and attributes that others rely on."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.cloud.request import Request
from sandbox.cloud.store import Cloud, Thing

PROJECT = "azuredevops_project"
# The groups that Azure DevOps creates with every project, beside "<project> Team".
DEFAULT_GROUPS = (
    "Build Administrators",
    "Contributors",
    "Endpoint Administrators",
    "Endpoint Creators",
    "Project Administrators",
    "Readers",
    "Release Administrators",
)
# The process "Agile", the same in every organization.
AGILE = "adcc42ab-9882-485e-a3ed-7678f01f66bc"


def find_project(cloud: Cloud, name_or_id: str) -> Thing | None:
    """Find a project by its GUID or, as the service allows, by its name."""
    wanted = name_or_id.lower()
    return next(
        (item for item in cloud.things(PROJECT) if wanted in (item.id.lower(), item.name.lower())), None
    )


def _authorization_id(planned: Mapping[str, Any]) -> str:
    text = f"{planned['project_id']}/{planned['type']}/{planned['resource_id']}"
    if planned.get("pipeline_project_id"):
        text += f";pipeline_project_id={planned['pipeline_project_id']}"
    if planned.get("pipeline_id"):
        text += f";pipeline_id={int(planned['pipeline_id'])}"
    return text


def _role_id(planned: Mapping[str, Any]) -> str:
    return f"{planned['scope']}/{planned['resource_id']}/{planned['identity_id']}"


def _descriptor(_planned: Mapping[str, Any]) -> str:
    return f"vssgp.Uy0xLTktMTU1MTM3NDI0NS{secrets.token_hex(24)}"


# Types whose id is neither a number nor a GUID.
COMPOSED_IDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "azuredevops_group": _descriptor,
    "azuredevops_pipeline_authorization": _authorization_id,
    "azuredevops_securityrole_assignment": _role_id,
}


def _group(request: Request, thing_id: str, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    scope = planned.get("scope")
    project = find_project(request.cloud, scope) if isinstance(scope, str) else None
    place = project.name if project else "TEAM FOUNDATION"
    domain = (
        f"vstfs:///Classification/TeamProject/{scope}" if project else "vstfs:///Framework/IdentityDomain/0"
    )
    return {
        "descriptor": thing_id,
        "group_id": str(uuid.uuid4()),
        "origin": "vsts",
        "origin_id": str(uuid.uuid4()),
        "subject_kind": "group",
        "domain": domain,
        "mail": "",
        "members": [],
        "principal_name": f"[{place}]\\{planned.get('display_name')}",
        "url": f"{request.account.organization}/_apis/Graph/Groups/{thing_id}",
    }


def _service_endpoint(request: Request, thing_id: str, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    credentials = planned.get("credentials")
    scheme, tenant = planned["service_endpoint_authentication_scheme"], planned["azurerm_spn_tenantid"]
    # Without credentials Azure DevOps creates an application of its own.
    principal = credentials[0]["serviceprincipalid"] if credentials else str(uuid.uuid4())
    federated = scheme == "WorkloadIdentityFederation"
    organization = uuid.uuid5(uuid.NAMESPACE_URL, request.account.organization)
    subject = f"/eid1/c/pub/t/{tenant}/a/{organization}/sc/{organization}/{thing_id}"
    return {
        "authorization": {"scheme": scheme, "serviceprincipalid": principal, "tenantid": tenant},
        "server_url": "https://management.azure.com/",
        "service_principal_id": principal,
        "workload_identity_federation_issuer": (
            f"https://login.microsoftonline.com/{tenant}/v2.0" if federated else ""
        ),
        "workload_identity_federation_subject": subject if federated else "",
    }


def _project(_request: Request, _id: str, _planned: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"process_template_id": AGILE}


def _check(_request: Request, _id: str, _planned: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"version": 1}


DECIDED: Mapping[str, Callable[[Request, str, Mapping[str, Any]], Mapping[str, Any]]] = {
    "azuredevops_check_approval": _check,
    "azuredevops_check_branch_control": _check,
    "azuredevops_check_exclusive_lock": _check,
    "azuredevops_group": _group,
    "azuredevops_project": _project,
    "azuredevops_serviceendpoint_azurerm": _service_endpoint,
}
