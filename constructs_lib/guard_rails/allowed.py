"""What a stack may contain: everything that is not on these lists is refused.

This is the file to review. Whoever adds to it says why in the commit, and a test that tries every unsafe change
(``tests/unit/guard_rails/test_unsafe_changes.py``) says whether the guard-rails still hold. Beside these lists stand
the providers' schemas (``facts/``): an argument has to be one of its type, and a reference has to lead to an attribute
of a type that the stack declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FILE = "constructs_lib/guard_rails/allowed.py"

SECTIONS = (
    "//",
    "terraform",
    "provider",
    "variable",
    "data",
    "resource",
    "moved",
    "removed",
    "import",
    "check",
)
"""The top-level keys. No locals, outputs and modules: each would lead a value past what looks at it."""

RESOURCES: Mapping[str, tuple[str, ...]] = {
    "azapi_resource": ("identity",),
    "azuredevops_branch_policy_build_validation": ("settings", "settings.scope"),
    "azuredevops_build_definition": ("ci_trigger", "repository"),
    "azuredevops_check_approval": (),
    "azuredevops_check_branch_control": (),
    "azuredevops_check_exclusive_lock": (),
    "azuredevops_environment": (),
    "azuredevops_git_permissions": (),
    "azuredevops_group": (),
    "azuredevops_group_membership": (),
    "azuredevops_pipeline_authorization": (),
    "azuredevops_project": (),
    "azuredevops_securityrole_assignment": (),
    "azuredevops_service_principal_entitlement": (),
    "azuredevops_serviceendpoint_azurerm": ("credentials", "features"),
    "azuredevops_serviceendpoint_incomingwebhook": (),
    "azuredevops_variable_group": ("key_vault", "variable"),
    "azuredevops_variable_group_variable": (),
    "azurerm_application_insights": (),
    "azurerm_consumption_budget_resource_group": ("notification", "time_period"),
    "azurerm_container_registry": (),
    "azurerm_data_protection_backup_instance_blob_storage": (),
    "azurerm_data_protection_backup_policy_blob_storage": (),
    "azurerm_data_protection_backup_vault": ("identity",),
    "azurerm_federated_identity_credential": (),
    "azurerm_key_vault": ("network_acls",),
    "azurerm_log_analytics_workspace": (),
    "azurerm_log_analytics_workspace_table": (),
    "azurerm_machine_learning_compute_cluster": ("identity", "scale_settings"),
    "azurerm_machine_learning_datastore_blobstorage": (),
    "azurerm_machine_learning_workspace": ("identity", "managed_network"),
    "azurerm_machine_learning_workspace_network_outbound_rule_fqdn": (),
    "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint": (),
    "azurerm_management_lock": (),
    "azurerm_monitor_action_group": ("email_receiver", "logic_app_receiver", "webhook_receiver"),
    "azurerm_monitor_diagnostic_setting": ("enabled_log",),
    "azurerm_monitor_private_link_scope": (),
    "azurerm_monitor_private_link_scoped_service": (),
    "azurerm_monitor_scheduled_query_rules_alert_v2": (
        "action",
        "criteria",
        "criteria.dimension",
        "criteria.failing_periods",
    ),
    "azurerm_monitor_smart_detector_alert_rule": ("action_group",),
    "azurerm_nat_gateway": (),
    "azurerm_nat_gateway_public_ip_association": (),
    "azurerm_network_security_group": ("security_rule",),
    "azurerm_private_dns_zone": (),
    "azurerm_private_dns_zone_virtual_network_link": (),
    "azurerm_private_endpoint": ("private_dns_zone_group", "private_service_connection"),
    "azurerm_public_ip": (),
    "azurerm_resource_group": (),
    "azurerm_resource_group_policy_assignment": ("identity",),
    "azurerm_role_assignment": (),
    "azurerm_role_definition": ("permissions",),
    "azurerm_route": (),
    "azurerm_route_table": (),
    "azurerm_storage_account": (
        "blob_properties",
        "blob_properties.container_delete_retention_policy",
        "blob_properties.delete_retention_policy",
        "network_rules",
    ),
    "azurerm_storage_container": (),
    "azurerm_storage_management_policy": (
        "rule",
        "rule.actions",
        "rule.actions.base_blob",
        "rule.actions.snapshot",
        "rule.actions.version",
        "rule.filters",
    ),
    "azurerm_subnet": (),
    "azurerm_subnet_nat_gateway_association": (),
    "azurerm_subnet_network_security_group_association": (),
    "azurerm_subnet_route_table_association": (),
    "azurerm_user_assigned_identity": (),
    "azurerm_virtual_network": (),
    "terraform_data": (),
    "time_sleep": (),
}
"""The resource types, and of each the blocks, and the arguments that are objects. ``timeouts`` goes without saying."""

DATA_SOURCES: Mapping[str, tuple[str, ...]] = {
    "azapi_resource": (),
    "azapi_resource_action": (),
    "azuredevops_agent_queue": (),
    "azuredevops_build_definition": (),
    "azuredevops_git_repository": (),
    "azuredevops_group": (),
    "azuredevops_project": (),
    "azuredevops_projects": (),
    "azuredevops_users": (),
    "azurerm_client_config": (),
    "azurerm_subscription": (),
    "azurerm_user_assigned_identity": (),
    "azurerm_virtual_network": (),
}
"""The same for data sources."""

NEVER_TAGGED = ("azurerm_machine_learning_datastore_blobstorage",)
"""Types without tags, though they take them: azurerm replaces a datastore whose tags change (``TagsForceNew``), and
jobs that name it fail until it is back."""

META_ARGUMENTS = ("//", "count", "depends_on", "for_each", "lifecycle", "provider")
"""What a resource or data source takes whatever its type. No ``provisioner``, ``connection`` and ``dynamic``."""

LIFECYCLE = (
    *("create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by"),
    *("precondition", "postcondition"),
)

FUNCTIONS = (
    "can",
    "contains",
    "formatdate",
    "join",
    "length",
    "lower",
    "one",
    "plantimestamp",
    "regex",
    "startswith",
)
"""The functions of Terraform. None of them reads a file or shows what is marked sensitive."""

VARIABLES: Mapping[str, Mapping[str, Any]] = {
    "allow_placeholder_ids": {"type": "bool", "default": False, "nullable": False},
    "pagerduty_webhook_url": {"type": "string", "default": "", "nullable": False, "sensitive": True},
    "slack_webhook_url": {"type": "string", "default": "", "nullable": False, "sensitive": True},
}
"""The variables, with the arguments that they must have. They also take a description and validations."""

SECRETS: Mapping[str, tuple[str, ...]] = {
    "azapi_resource.sensitive_body": ("var.slack_webhook_url",),
    "azurerm_monitor_action_group.logic_app_receiver.callback_url": (
        "data.azapi_resource_action.sensitive_output",
    ),
    "azurerm_monitor_action_group.webhook_receiver.service_uri": ("var.pagerduty_webhook_url",),
}
"""The arguments that a secret may go to, and which one. Terraform hides it there, in plans too.

A secret is a sensitive variable, an attribute that the schema marks sensitive or whose name says so, and what a service
answers to azapi, which may be anything.
"""

PLAIN_ANSWERS = ("terraform_data.output",)
"""Attributes of any type that are no secret. This one is what was given to ``input``."""

_COMPUTES = "Microsoft.MachineLearningServices/workspaces/computes@2025-12-01"

AZAPI_TYPES: Mapping[str, tuple[str, ...]] = {
    "Microsoft.Logic/workflows@2019-05-01": ("properties.parameters.slackUrl.value",),
    "Microsoft.MachineLearningServices/registries@2025-12-01": (),
    "Microsoft.MachineLearningServices/workspaces/datastores@2025-12-01": (),
    _COMPUTES: (),
    "Microsoft.MachineLearningServices/workspaces/outboundRules@2025-12-01": (),
}
"""The types that azapi may make, and of each what may stand in ``sensitive_body``. What azurerm has is azurerm's,
but for datastores: its type for blobs cannot name the subscription of an account."""

AZAPI_NEVER_TAGGED = (
    "Microsoft.MachineLearningServices/workspaces/datastores@2025-12-01",
    "Microsoft.MachineLearningServices/workspaces/outboundRules@2025-12-01",
)
"""Those of them that have no tags: azapi refuses a plan with any."""

AZAPI_QUERY: Mapping[str, tuple[str, ...]] = {"skipValidation": ("true",)}
"""What may stand behind the address of a request."""

AZAPI_ARGUMENTS = (
    *("type", "name", "parent_id", "location", "body", "sensitive_body", "identity", "tags"),
    *("ignore_casing", "timeouts", "create_query_parameters", "update_query_parameters"),
)
"""No ``response_export_values``: the answer of a service may hold keys."""

AZAPI_BODIES: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    _COMPUTES: {
        "properties.computeType": ("ComputeInstance",),
        "properties.computeLocation": (),
        "properties.disableLocalAuth": (True,),
        "properties.properties.vmSize": (),
        "properties.properties.applicationSharingPolicy": ("Personal",),
        "properties.properties.computeInstanceAuthorizationType": ("personal",),
        "properties.properties.personalComputeInstanceSettings.assignedUser.objectId": (),
        "properties.properties.personalComputeInstanceSettings.assignedUser.tenantId": (),
        "properties.properties.sshSettings.sshPublicAccess": ("Disabled",),
        "properties.properties.enableNodePublicIp": (False, True),
        "properties.properties.idleTimeBeforeShutdown": (),
    },
}
"""The bodies that hold these properties, all of them, with one of these values (none: any), and no others.

Of a machine that one person uses: nobody else gets in, there is no SSH, no password, no script of ours runs on it, and
it stops when nobody uses it.
"""

AZAPI_OPTIONAL: Mapping[str, tuple[str, ...]] = {
    _COMPUTES: tuple(
        f"properties.properties.schedules.computeStartStop.{name}"
        for name in ("action", "status", "triggerType", "cron.expression", "cron.timeZone")
    ),
}
"""What those bodies may hold beside that."""

AZAPI_LEFT_ALONE: Mapping[str, tuple[str, ...]] = {_COMPUTES: ("body", "tags")}
"""What ``ignore_changes`` may name of a type, though a guard-rail looks at it. Azure takes no change of a compute
instance but those that its user makes in Studio."""

AZAPI_ACTIONS: Mapping[tuple[str, str], str] = {
    ("Microsoft.Logic/workflows@2019-05-01", "triggers/alert/listCallbackUrl"): "POST",
}
"""What may be asked of a service: type and action, and the method."""

AZAPI_LOOKED_UP = (
    "Microsoft.Insights/actionGroups@2023-01-01",
    "Microsoft.OperationalInsights/workspaces@2023-09-01",
    "Microsoft.Resources/resourceGroups@2024-03-01",
)
"""The types of things of others that may be looked up: whether they are there, and nothing of their properties."""

AZAPI_ACTION_ARGUMENTS = ("type", "resource_id", "action", "method", "sensitive_response_export_values")

ROLE_ACTIONS = (
    "Microsoft.Logic/workflows/triggers/listCallbackUrl/action",
    "Microsoft.MachineLearningServices/registries/assets/read",
    "Microsoft.MachineLearningServices/registries/assets/write",
    "Microsoft.MachineLearningServices/registries/read",
)
"""What roles of our own may allow. The built-in roles are in ``constructs_lib/azure/roles.py``: a list as short."""

ROLE_DATA_ACTIONS = tuple(
    f"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/{action}"
    for action in ("add/action", "read", "write")
)
"""What they may allow with data: state is read and written, and never deleted."""

ROLE_SCOPES: Mapping[str, str] = {
    "Managed Identity Operator": "${azurerm_user_assigned_identity.endpoint_identity.id}",
}
"""Built-in roles that may be given on one resource only. Whoever may assign an identity acts with all of its roles."""

PIPELINE_IDENTITY = (
    r"\$\{azurerm_user_assigned_identity\.infrastructure_[a-z0-9-]+_(?P<does>plan|apply)\.principal_id\}"
)
"""The identities of the platform's own pipelines: what they plan and apply may be a whole subscription's."""

SUBSCRIPTION_ROLES: Mapping[str, tuple[str, ...]] = {
    "plan": (
        "Reader",
        "${azurerm_role_definition.infrastructure_<environment>_planning.role_definition_resource_id}",
    ),
    "apply": (
        *("Contributor", "Locks Contributor", "Reader", "Resource Policy Contributor"),
        "Role Based Access Control Administrator",
    ),
}
"""The roles that they may have on a subscription. Nobody else has any there."""

SUBSCRIPTION_ACTIONS = ("Microsoft.Logic/workflows/triggers/listCallbackUrl/action",)
"""What a role of our own may allow in a whole subscription."""

GIT_PERMISSIONS: Mapping[str, str] = {"PullRequestContribute": "Allow"}
"""What may be given on a repository: to comment, and nothing that changes code."""

INBOUND_TAGS = ("VirtualNetwork",)
"""Service tags that a security rule may let in."""

INBOUND_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
"""Ranges of which a security rule may let parts in: those that are not routed on the internet."""

OVERWRITING = ("azurerm_monitor_action_group", "azurerm_monitor_smart_detector_alert_rule")
"""What may overwrite what is there: what Azure adds to Application Insights, and may make first."""

REQUIRED_PROVIDERS: Mapping[str, str] = {
    "azapi": "azure/azapi",
    "azuredevops": "microsoft/azuredevops",
    "azurerm": "hashicorp/azurerm",
    "time": "hashicorp/time",
}

BACKENDS: Mapping[str, tuple[str, ...]] = {
    "local": ("path",),
    "azurerm": (
        *("tenant_id", "subscription_id", "resource_group_name", "storage_account_name", "container_name"),
        *("key", "use_azuread_auth"),
    ),
}
"""Where the state may be, and what may be said of it. Nothing that signs in."""

_GUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_AZURE: Mapping[str, Any] = {"tenant_id": _GUID, "subscription_id": _GUID}

PROVIDERS: Mapping[str, Mapping[str, Any]] = {
    "azapi": _AZURE,
    "azuredevops": {"tenant_id": _GUID, "org_service_url": r"https://dev\.azure\.com/[\w%.~-]+/?"},
    "azurerm": {
        **_AZURE,
        "storage_use_azuread": (True,),
        "resource_provider_registrations": ("none",),
        "resource_providers_to_register": (
            "Microsoft.AlertsManagement",
            "Microsoft.Authorization",
            "Microsoft.Cdn",
            "Microsoft.Compute",
            "Microsoft.Consumption",
            "Microsoft.ContainerRegistry",
            "Microsoft.DataProtection",
            "Microsoft.KeyVault",
            "Microsoft.Logic",
            "Microsoft.MachineLearningServices",
            "Microsoft.ManagedIdentity",
            "Microsoft.Network",
            "Microsoft.OperationalInsights",
            "Microsoft.PolicyInsights",
            "Microsoft.Storage",
            "microsoft.insights",
        ),
        "features.key_vault.purge_soft_delete_on_destroy": (False,),
        "features.key_vault.recover_soft_deleted_key_vaults": (True,),
        "features.machine_learning.purge_soft_deleted_workspace_on_destroy": (False, True),
        "features.resource_group.prevent_deletion_if_contains_resources": (True,),
        "features.storage.data_plane_available": (False,),
    },
    "time": {},
}
"""The settings of each provider, all of them needed: what they may be, or the form of an id or address.

Nothing that signs in: credentials come from the environment.
"""

ALIASES: Mapping[str, Mapping[str, Any]] = {
    "azurerm.registry": {},
    "azurerm.adopting": {
        "features.skip_import_check_on_create_and_allow_overwriting_existing_resources": (True,)
    },
    "azurerm.network": {"resource_providers_to_register": ()},
}
"""Further configurations of a provider, and the settings that they have beside it."""

ONLY_LOOKS = ("azurerm.network",)
"""Configurations of a provider for subscriptions of others, where nothing is made and nothing registered."""
