"""Which path of Azure Resource Manager is answered by what. Whatever no other form fits is a resource, or a list."""

from __future__ import annotations

from sandbox.rest.azure import authorization, resources, subscriptions
from sandbox.rest.calls import Route

_SUBSCRIPTION = "subscriptions/{subscription}"
_GROUP = f"{_SUBSCRIPTION}/resourcegroups/{{group}}"
_PROVIDERS = f"{_SUBSCRIPTION}/providers"
_ROLES = "{scope...}/providers/microsoft.authorization"
_LOCATION = f"{_PROVIDERS}/{{namespace}}/locations/{{location}}"
_DELETED_LOGS = "microsoft.operationalinsights/deletedworkspaces"

ROUTES = (
    Route("GET", "subscriptions", authorization.subscriptions),
    Route("GET", f"{_SUBSCRIPTION}/resourcegroups", resources.resource_groups),
    Route("GET", f"{_SUBSCRIPTION}/resources", resources.everything),
    Route("GET", f"{_GROUP}/resources", resources.everything),
    Route("GET", _PROVIDERS, resources.providers),
    Route("GET", f"{_PROVIDERS}/{{namespace}}", resources.provider),
    Route("GET", f"{_ROLES}/roleassignments", authorization.role_assignments),
    Route("GET", f"{_ROLES}/permissions", authorization.permissions),
    Route("GET", f"{_ROLES}/roledefinitions", authorization.role_definitions),
    Route("GET", f"{_ROLES}/roledefinitions/{{name}}", authorization.role_definition),
    Route("GET", f"{_PROVIDERS}/microsoft.keyvault/deletedvaults", subscriptions.deleted_vaults),
    Route(
        "GET",
        f"{_PROVIDERS}/microsoft.keyvault/locations/{{location}}/deletedvaults/{{name}}",
        subscriptions.deleted_vault,
    ),
    Route("GET", f"{_PROVIDERS}/{_DELETED_LOGS}", subscriptions.deleted_log_workspaces),
    Route("GET", f"{_GROUP}/providers/{_DELETED_LOGS}", subscriptions.deleted_log_workspaces),
    Route("GET", f"{_LOCATION}/usages", subscriptions.usages),
    Route("GET", f"{_LOCATION}/quotas", subscriptions.quotas),
    Route("POST", f"{_PROVIDERS}/{{namespace}}/checknameavailability", subscriptions.check_name),
    Route("GET", "{id...}", resources.anything),
)
