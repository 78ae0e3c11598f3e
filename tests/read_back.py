"""What was deployed through Terraform's door, read back through the REST door and compared, type by type.

The files of the cloud hold what Terraform wrote. Each text and each number in them has to be in what the service
answers, and each switch where Microsoft's reference has it. What a service does not tell is named here, with why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from facts.reader import facts
from sandbox.cloud.request import Account, Request
from sandbox.cloud.store import Cloud, Resource
from sandbox.services.devops.repositories import PERMISSIONS
from sandbox.services.types import resource_type
from tests.unit.sandbox.rest.visitor import Visitor

_WITHIN = 8
"""From how many letters on a text counts as told when it is a part of another: of an id, of an address."""

KEYS = "a key: only listKeys tells it"
PROVIDER = "the provider's own: no service knows it"
OTHER = "another resource of the service has it"
TWICE = "the same by another name"

UNTOLD: Mapping[str, Mapping[str, str]] = {
    "azuredevops_build_definition": {"ci_trigger": OTHER, "schedules": OTHER},
    "azuredevops_git_permissions": {"permissions": "compared bit by bit", "replace": PROVIDER},
    "azuredevops_git_repository": dict.fromkeys(
        ("disabled", "is_fork", "remote_url", "size", "ssh_url", "url", "web_url"), "nobody asks for it"
    ),
    "azuredevops_service_principal_entitlement": {
        "account_license_type": OTHER,
        "licensing_source": OTHER,
    },
    "azapi_resource": {
        "ignore_casing": PROVIDER,
        "ignore_missing_property": PROVIDER,
        "ignore_null_property": PROVIDER,
        "locks": PROVIDER,
        "replace_triggers_refs": PROVIDER,
        "response_export_values": PROVIDER,
        "schema_validation_enabled": PROVIDER,
        "type": PROVIDER,
    },
    "azuredevops_project": {"features": OTHER},
    "azuredevops_serviceendpoint_azurerm": {"features": PROVIDER, "credentials": KEYS},
    "azuredevops_serviceendpoint_incomingwebhook": {"secret": KEYS},
    "azuredevops_variable_group": {"allow_access": "compared with the permissions of pipelines"},
    "azurerm_application_insights": {
        "daily_data_cap_in_gb": OTHER,
        "daily_data_cap_notifications_disabled": OTHER,
        "daily_data_cap_notifications_enabled": OTHER,
        "ip_masking_enabled": TWICE,
        "local_authentication_enabled": TWICE,
    },
    "azurerm_container_registry": {
        "admin_password": KEYS,
        "admin_username": KEYS,
        "georeplications": OTHER,
    },
    "azurerm_federated_identity_credential": {"parent_id": TWICE},
    "azurerm_key_vault": {"contact": OTHER, "enable_rbac_authorization": TWICE},
    "azurerm_log_analytics_workspace": {
        "local_authentication_enabled": TWICE,
        "primary_shared_key": KEYS,
        "secondary_shared_key": KEYS,
    },
    "azurerm_machine_learning_datastore_blobstorage": {"account_key": KEYS, "shared_access_signature": KEYS},
    "azurerm_private_dns_zone": {"soa_record": OTHER},
    "azurerm_role_assignment": {
        "role_definition_name": PROVIDER,
        "skip_service_principal_aad_check": PROVIDER,
    },
    "azurerm_storage_account": {"queue_properties": "logging and metrics are of the data plane"}
    | {
        name: KEYS
        for place in ("primary", "secondary")
        for name in (
            f"{place}_access_key",
            f"{place}_connection_string",
            f"{place}_blob_connection_string",
        )
    },
    "azurerm_storage_container": {
        "encryption_scope_override_enabled": PROVIDER,
        "resource_manager_id": PROVIDER,
        "url": "the account's address and the name",
    },
}
"""Attributes that a read does not answer, and why."""

# Where a switch is in the body; behind a "!" the opposite, and before an "=" with the word for "on".
SWITCHES: Mapping[str, Mapping[str, str]] = {
    "azurerm_application_insights": {
        "disable_ip_masking": "properties.DisableIpMasking",
        "internet_ingestion_enabled": "properties.publicNetworkAccessForIngestion=Enabled",
        "internet_query_enabled": "properties.publicNetworkAccessForQuery=Enabled",
        "local_authentication_disabled": "properties.DisableLocalAuth",
    },
    "azurerm_container_registry": {
        "admin_enabled": "properties.adminUserEnabled",
        "anonymous_pull_enabled": "properties.anonymousPullEnabled",
        "azuread_authentication_as_arm_policy_enabled": (
            "properties.policies.azureADAuthenticationAsArmPolicy.status=enabled"
        ),
        "data_endpoint_enabled": "properties.dataEndpointEnabled",
        "export_policy_enabled": "properties.policies.exportPolicy.status=enabled",
        "public_network_access_enabled": "properties.publicNetworkAccess=Enabled",
        "zone_redundancy_enabled": "properties.zoneRedundancy=Enabled",
    },
    "azurerm_data_protection_backup_vault": {
        "cross_region_restore_enabled": "properties.featureSettings.crossRegionRestoreSettings.state=Enabled"
    },
    "azurerm_key_vault": {
        "public_network_access_enabled": "properties.publicNetworkAccess=Enabled",
        "purge_protection_enabled": "properties.enablePurgeProtection",
        "rbac_authorization_enabled": "properties.enableRbacAuthorization",
    },
    "azurerm_log_analytics_workspace": {
        "allow_resource_only_permissions": "properties.features.enableLogAccessUsingOnlyResourcePermissions",
        "internet_ingestion_enabled": "properties.publicNetworkAccessForIngestion=Enabled",
        "internet_query_enabled": "properties.publicNetworkAccessForQuery=Enabled",
        "local_authentication_disabled": "properties.features.disableLocalAuth",
    },
    "azurerm_machine_learning_compute_cluster": {
        "local_auth_enabled": "!properties.disableLocalAuth",
        "node_public_ip_enabled": "properties.properties.enableNodePublicIp",
        "ssh_public_access_enabled": "properties.properties.remoteLoginPortPublicAccess=Enabled",
    },
    "azurerm_machine_learning_datastore_blobstorage": {"is_default": "properties.isDefault"},
    "azurerm_machine_learning_workspace": {
        "public_network_access_enabled": "properties.publicNetworkAccess=Enabled"
    },
    "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint": {
        "spark_enabled": "properties.destination.sparkEnabled"
    },
    "azurerm_monitor_action_group": {"enabled": "properties.enabled"},
    "azurerm_monitor_scheduled_query_rules_alert_v2": {
        "auto_mitigation_enabled": "properties.autoMitigate",
        "enabled": "properties.enabled",
        "is_a_legacy_log_analytics_rule": "properties.isALegacyLogAnalyticsRule",
        "is_workspace_alerts_storage_configured": "properties.isWorkspaceAlertsStorageConfigured",
        "skip_query_validation": "properties.skipQueryValidation",
        "workspace_alerts_storage_enabled": "properties.checkWorkspaceAlertsStorageConfigured",
    },
    "azurerm_monitor_smart_detector_alert_rule": {"enabled": "properties.state=Enabled"},
    "azurerm_private_dns_zone_virtual_network_link": {
        "registration_enabled": "properties.registrationEnabled"
    },
    "azurerm_resource_group_policy_assignment": {"enforce": "properties.enforcementMode=Default"},
    "azurerm_route_table": {"bgp_route_propagation_enabled": "!properties.disableBgpRoutePropagation"},
    "azurerm_storage_account": {
        "allow_nested_items_to_be_public": "properties.allowBlobPublicAccess",
        "cross_tenant_replication_enabled": "properties.allowCrossTenantReplication",
        "default_to_oauth_authentication": "properties.defaultToOAuthAuthentication",
        "https_traffic_only_enabled": "properties.supportsHttpsTrafficOnly",
        "infrastructure_encryption_enabled": "properties.encryption.requireInfrastructureEncryption",
        "is_hns_enabled": "properties.isHnsEnabled",
        "large_file_share_enabled": "properties.largeFileSharesState=Enabled",
        "local_user_enabled": "properties.isLocalUserEnabled",
        "public_network_access_enabled": "properties.publicNetworkAccess=Enabled",
        "shared_access_key_enabled": "properties.allowSharedKeyAccess",
    },
    "azurerm_storage_container": {
        "has_immutability_policy": "properties.hasImmutabilityPolicy",
        "has_legal_hold": "properties.hasLegalHold",
    },
    "azurerm_subnet": {
        "default_outbound_access_enabled": "properties.defaultOutboundAccess",
        "private_link_service_network_policies_enabled": "properties.privateLinkServiceNetworkPolicies=Enabled",
    },
    "azuredevops_branch_policy_build_validation": {"blocking": "isBlocking", "enabled": "isEnabled"},
    "azuredevops_check_approval": {"requester_can_approve": "!settings.requesterCannotBeApprover"},
    "azuredevops_check_branch_control": {
        "ignore_unknown_protection_status": "settings.inputs.allowUnknownStatusBranch=true",
        "verify_branch_protection": "settings.inputs.ensureProtectionOfBranch=true",
    },
}


def differences(cloud: Cloud, visitor: Visitor) -> list[str]:
    """Return what the door answers otherwise than the files say, and each type that is not read at all."""
    found = []
    for resource in cloud.resources():
        if _is_gone(cloud, resource):
            continue
        reading = _reading(resource.type)
        if reading is None:
            found.append(f"{resource.type} is not read: say in tests/read_back.py how it is")
            continue
        try:
            answer = reading(visitor, resource)
        except AssertionError as error:
            found.append(f"{resource.type} {resource.name}: {error}")
            continue
        found += [f"{resource.type} {resource.name}: {text}" for text in missing(resource, answer)]
    return sorted(set(found))


def _is_gone(cloud: Cloud, resource: Resource) -> bool:
    """Whether only a file is left of something, for what it was in is gone."""
    if resource.type not in facts(resource.type.partition("_")[0]).resources:
        return False  # it is only looked up
    return resource_type(resource.type).read(Request(cloud, Account(), resource.type), resource.id) is None


def missing(resource: Resource, answer: Any) -> Iterator[str]:
    """Yield what the file of a resource says and an answer does not."""
    untold, switches = UNTOLD.get(resource.type, {}), SWITCHES.get(resource.type, {})
    told = list(_leaves(answer))
    told += [name for text in told if text.startswith("/subscriptions/") for name in text.split("/")]
    for name, value in resource.attributes.items():
        if name in untold:
            continue
        if isinstance(value, bool):
            if name not in switches:
                yield f"{name} is a switch: say in SWITCHES where it is answered"
            elif _switch(answer, switches[name]) != value:
                yield f"{name} is {value} and {switches[name]} is {_switch(answer, switches[name])}"
            continue
        wanted = _DERIVED.get((resource.type, name), lambda _, value: value)(resource.attributes, value)
        for leaf in _leaves(wanted):
            if leaf not in told and not (len(leaf) >= _WITHIN and any(leaf in other for other in told)):
                yield f"{name} is {leaf!r}, and that is nowhere in the answer"


def _leaves(value: Any) -> Iterator[str]:
    """Yield the texts and numbers in a value, and the names of objects, in small letters; switches are left out."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if "/" in name:  # the id of a user-assigned identity
                yield name.lower()
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield f"{value:g}"
    elif isinstance(value, str) and value:
        yield value.lower()


def _switch(answer: Any, place: str) -> Any:
    path, _, word = place.removeprefix("!").partition("=")
    for name in path.split("."):
        answer = answer.get(name) if isinstance(answer, Mapping) else None
    if answer is None:
        return None
    on = str(answer).lower() == word.lower() if word else answer
    return not on if place.startswith("!") else on


def _repository(_: Any, blocks: Any) -> Any:
    return [
        {**block, "branch_name": f"refs/heads/{block['branch_name'].removeprefix('refs/heads/')}"}
        for block in blocks
    ]


def _days(_: Any, rules: Any) -> Any:
    """Return what the rules of a policy do; -1 stands for never, and is not told."""

    def kept(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: kept(item) for name, item in value.items() if item != -1}
        return [kept(item) for item in value] if isinstance(value, list) else value

    return kept(rules)


_SKU = ("account_tier", "account_replication_type")
_DERIVED: Mapping[tuple[str, str], Callable[[Any, Any], Any]] = {
    ("azurerm_storage_account", "account_replication_type"): lambda given, _: "_".join(
        given[name] for name in _SKU
    ),
    ("azurerm_storage_container", "container_access_type"): lambda _, value: (
        "None" if value == "private" else value
    ),
    ("azurerm_machine_learning_datastore_blobstorage", "storage_container_id"): lambda _, value: [
        value.split("/")[index] for index in (2, 4, 8, -1)
    ],
    ("azurerm_resource_group_policy_assignment", "parameters"): lambda _, value: json.loads(value or "{}"),
    ("azurerm_storage_management_policy", "rule"): _days,
    ("azuredevops_group", "scope"): lambda _, value: value and f"TeamProject/{value}",
    ("azuredevops_build_definition", "repository"): _repository,
}
"""What is answered in another form than Terraform has it."""


# --- How each type is read ------------------------------------------------------------------------------------------

Reading = Callable[[Visitor, Resource], Any]


def _reading(type_name: str) -> Reading | None:
    return _READINGS.get(type_name) or (_by_id if type_name.startswith(("azurerm_", "azapi_")) else None)


def _by_id(visitor: Visitor, resource: Resource) -> Any:
    return visitor.read(f"{visitor.arm}{resource.id}?api-version=2025-06-01")


def _account(visitor: Visitor, resource: Resource) -> Any:
    """Read a storage account, and its services, which are resources of their own."""
    parts = ("blob", "file", "queue", "table")
    return {
        **_by_id(visitor, resource),
        "services": [
            visitor.read(f"{visitor.arm}{resource.id}/{part}Services/default?api-version=2025-01-01")
            for part in parts
        ],
    }


def _endpoint(visitor: Visitor, resource: Resource) -> Any:
    """Read a private endpoint, and its group of DNS zones."""
    groups = visitor.listed(f"{visitor.arm}{resource.id}/privateDnsZoneGroups?api-version=2024-05-01")
    return {**_by_id(visitor, resource), "groups": groups}


def _diagnostic(visitor: Visitor, resource: Resource) -> Any:
    target, _, name = resource.id.partition("|")
    return visitor.read(f"{visitor.arm}{target}/providers/Microsoft.Insights/diagnosticSettings/{name}")


def _custom_role(visitor: Visitor, resource: Resource) -> Any:
    """Read a role by the id that assignments name it by; that it can be assigned where it lies is in its properties."""
    return visitor.read(f"{visitor.arm}{resource.attributes['role_definition_resource_id']}")


def _part(name: str, argument: str) -> Reading:
    """Read a connection of two resources as the property that the first one has of the second."""

    def read(visitor: Visitor, resource: Resource) -> Any:
        body = visitor.read(f"{visitor.arm}{resource.id.partition('|')[0]}")
        found = body["properties"].get(name) or {}
        wanted = resource.attributes[argument].lower()
        items = found if isinstance(found, list) else [found]
        return [body["id"], *(item["id"] for item in items if item.get("id", "").lower() == wanted)]

    return read


def _in_project(form: str) -> Reading:
    """Read something by a path behind its project, with words in braces from its attributes, and its id."""

    def read(visitor: Visitor, resource: Resource) -> Any:
        return visitor.read(f"{visitor.devops}/{form.format_map({**resource.attributes, 'id': resource.id})}")

    return read


_CHECK = _in_project("{project_id}/_apis/pipelines/checks/configurations/{id}?$expand=settings")


def _group(visitor: Visitor, resource: Resource) -> Any:
    down = visitor.read(f"{visitor.graph}/_apis/graph/memberships/{resource.id}?direction=down")["value"]
    key = visitor.read(f"{visitor.graph}/_apis/graph/storagekeys/{resource.id}")["value"]
    group = visitor.read(f"{visitor.graph}/_apis/graph/groups/{resource.id}")
    return {**group, "key": key, "members": [item["memberDescriptor"] for item in down]}


def _membership(visitor: Visitor, resource: Resource) -> Any:
    group = resource.attributes["group"]
    links = visitor.read(f"{visitor.graph}/_apis/graph/memberships/{group}?direction=down")["value"]
    return {"links": links, "mode": resource.attributes["mode"]}  # the mode is the provider's own


def _variable_group(visitor: Visitor, resource: Resource) -> Any:
    place = f"{visitor.devops}/{resource.attributes['project_id']}/_apis"
    body = visitor.read(f"{place}/distributedtask/variablegroups/{resource.id}")
    expected = {
        name: {"value": None, "isSecret": True} if item.get("isSecret") else {"value": item["value"]}
        for name, item in resource.contents["variables"].items()
    }
    linked = bool(resource.attributes.get("key_vault"))
    assert linked or body["variables"] == expected, resource.name
    assert body["variables"].keys() == expected.keys(), resource.name
    opened = visitor.read(f"{place}/pipelines/pipelinepermissions/variablegroup/{resource.id}")
    assert resource.attributes["allow_access"] <= ("allPipelines" in opened), resource.name
    search_depth = [block.get("search_depth") for block in resource.attributes["key_vault"] or []]
    return {**body, "searchDepth": search_depth}  # how far the provider looks for secrets


def _authorization(visitor: Visitor, resource: Resource) -> Any:
    given = resource.attributes
    path = f"{given['project_id']}/_apis/pipelines/pipelinepermissions/{given['type']}/{given['resource_id']}"
    body = visitor.read(f"{visitor.devops}/{path}")
    pipelines = [
        item["id"] for item in body["pipelines"] if item["authorized"] and item["id"] == given["pipeline_id"]
    ]
    assert pipelines or given["pipeline_id"] is not None or body["allPipelines"]["authorized"]
    return {**body, "pipelines": pipelines, "project": given["project_id"]}


def _role(visitor: Visitor, resource: Resource) -> Any:
    given = resource.attributes
    path = f"_apis/securityroles/scopes/{given['scope']}/roleassignments/resources/{given['resource_id']}"
    rows = visitor.read(f"{visitor.devops}/{path}")["value"]
    return {
        "rows": [
            row
            for row in rows
            if row["access"] == "assigned" and row["identity"]["id"] == given["identity_id"]
        ],
        "resource": given["resource_id"],
    }


def _user(visitor: Visitor, resource: Resource) -> Any:
    descriptor = visitor.read(f"{visitor.graph}/_apis/graph/descriptors/{resource.id}")["value"]
    return visitor.read(f"{visitor.graph}/_apis/graph/users/{descriptor}")


def _queue(visitor: Visitor, resource: Resource) -> Any:
    given = resource.attributes
    queue = visitor.read(f"{visitor.devops}/{given['project_id']}/_apis/distributedtask/queues/{resource.id}")
    pool = queue["pool"]["id"]
    agents = visitor.read(f"{visitor.devops}/_apis/distributedtask/pools/{pool}/agents")["value"]
    assert [item["name"] for item in agents] == [item["name"] for item in resource.contents.get("agents", [])]
    return queue


def _policy(visitor: Visitor, resource: Resource) -> Any:
    project = resource.attributes["project_id"]
    found = visitor.listed(f"{visitor.devops}/{project}/_apis/policy/configurations")
    return {
        "project": project,
        "found": next(item for item in found if item["id"] == int(resource.id)),
        **found[0],
    }


def _git_permissions(visitor: Visitor, resource: Resource) -> Any:
    """Read the bits of a principal, and name them."""
    given = resource.attributes
    url = f"{visitor.devops}/_apis/accesscontrollists/2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87"
    (found,) = visitor.read(f"{url}?token={resource.id.rpartition('/')[0]}")["value"]
    ace = found["acesDictionary"][given["principal"]]
    for word in ("allow", "deny"):
        names = {name for bit, name in enumerate(PERMISSIONS) if ace[word] & 1 << bit}
        assert names == {name for name, value in given["permissions"].items() if value.lower() == word}
    return found


def _service_principal(visitor: Visitor, resource: Resource) -> Any:
    found = visitor.listed(f"{visitor.graph}/_apis/graph/serviceprincipals")
    return next(item for item in found if item["originId"] == resource.attributes["origin_id"])


_READINGS: Mapping[str, Reading] = {
    "azuredevops_branch_policy_build_validation": _policy,
    "azuredevops_git_permissions": _git_permissions,
    "azuredevops_git_repository": _in_project("{project_id}/_apis/git/repositories/{id}"),
    "azuredevops_service_principal_entitlement": _service_principal,
    "azuredevops_agent_queue": _queue,
    "azuredevops_build_definition": _in_project("{project_id}/_apis/build/definitions/{id}"),
    "azuredevops_check_approval": _CHECK,
    "azuredevops_check_branch_control": _CHECK,
    "azuredevops_check_exclusive_lock": _CHECK,
    "azuredevops_environment": _in_project("{project_id}/_apis/distributedtask/environments/{id}"),
    "azuredevops_group": _group,
    "azuredevops_group_membership": _membership,
    "azuredevops_pipeline_authorization": _authorization,
    "azuredevops_project": _in_project("_apis/projects/{id}?includeCapabilities=true"),
    "azuredevops_securityrole_assignment": _role,
    "azuredevops_serviceendpoint_azurerm": _in_project("{project_id}/_apis/serviceendpoint/endpoints/{id}"),
    "azuredevops_serviceendpoint_incomingwebhook": _in_project(
        "{project_id}/_apis/serviceendpoint/endpoints/{id}"
    ),
    "azuredevops_user": _user,
    "azuredevops_variable_group": _variable_group,
    "azurerm_monitor_diagnostic_setting": _diagnostic,
    "azurerm_nat_gateway_public_ip_association": _part("publicIpAddresses", "public_ip_address_id"),
    "azurerm_private_endpoint": _endpoint,
    "azurerm_role_definition": _custom_role,
    "azurerm_storage_account": _account,
    "azurerm_subnet_nat_gateway_association": _part("natGateway", "nat_gateway_id"),
    "azurerm_subnet_network_security_group_association": _part(
        "networkSecurityGroup", "network_security_group_id"
    ),
    "azurerm_subnet_route_table_association": _part("routeTable", "route_table_id"),
}
