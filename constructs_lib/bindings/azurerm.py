"""The azurerm types this project uses: the only module that imports the azurerm package.

To use another type, add its import here and import it from here. Whole, the package takes 8 seconds to load;
the call below makes Python and jsii load only the submodules named in this file.
"""
# ruff: noqa: E402, F401 - the imports are for others to use, and the call has to come before the imports that it is for

from constructs_lib.bindings import assembly as _assembly

_assembly.prepare(__file__)

from cdktf_cdktf_provider_azurerm.application_insights import (
    ApplicationInsights,
)
from cdktf_cdktf_provider_azurerm.consumption_budget_resource_group import (
    ConsumptionBudgetResourceGroup,
    ConsumptionBudgetResourceGroupNotification,
    ConsumptionBudgetResourceGroupTimePeriod,
)
from cdktf_cdktf_provider_azurerm.container_registry import (
    ContainerRegistry,
)
from cdktf_cdktf_provider_azurerm.data_azurerm_client_config import (
    DataAzurermClientConfig,
)
from cdktf_cdktf_provider_azurerm.data_azurerm_subscription import (
    DataAzurermSubscription,
)
from cdktf_cdktf_provider_azurerm.data_azurerm_user_assigned_identity import (
    DataAzurermUserAssignedIdentity,
)
from cdktf_cdktf_provider_azurerm.data_azurerm_virtual_network import (
    DataAzurermVirtualNetwork,
)
from cdktf_cdktf_provider_azurerm.data_protection_backup_instance_blob_storage import (
    DataProtectionBackupInstanceBlobStorage,
)
from cdktf_cdktf_provider_azurerm.data_protection_backup_policy_blob_storage import (
    DataProtectionBackupPolicyBlobStorage,
)
from cdktf_cdktf_provider_azurerm.data_protection_backup_vault import (
    DataProtectionBackupVault,
    DataProtectionBackupVaultIdentity,
)
from cdktf_cdktf_provider_azurerm.federated_identity_credential import (
    FederatedIdentityCredential,
)
from cdktf_cdktf_provider_azurerm.key_vault import (
    KeyVault,
    KeyVaultNetworkAcls,
)
from cdktf_cdktf_provider_azurerm.log_analytics_workspace import (
    LogAnalyticsWorkspace,
)
from cdktf_cdktf_provider_azurerm.log_analytics_workspace_table import (
    LogAnalyticsWorkspaceTable,
)
from cdktf_cdktf_provider_azurerm.machine_learning_compute_cluster import (
    MachineLearningComputeCluster,
    MachineLearningComputeClusterIdentity,
    MachineLearningComputeClusterScaleSettings,
)
from cdktf_cdktf_provider_azurerm.machine_learning_datastore_blobstorage import (
    MachineLearningDatastoreBlobstorage,
)
from cdktf_cdktf_provider_azurerm.machine_learning_workspace import (
    MachineLearningWorkspace,
    MachineLearningWorkspaceIdentity,
    MachineLearningWorkspaceManagedNetwork,
)
from cdktf_cdktf_provider_azurerm.machine_learning_workspace_network_outbound_rule_fqdn import (
    MachineLearningWorkspaceNetworkOutboundRuleFqdn,
)
from cdktf_cdktf_provider_azurerm.machine_learning_workspace_network_outbound_rule_private_endpoint import (
    MachineLearningWorkspaceNetworkOutboundRulePrivateEndpoint,
)
from cdktf_cdktf_provider_azurerm.management_lock import (
    ManagementLock,
)
from cdktf_cdktf_provider_azurerm.monitor_action_group import (
    MonitorActionGroup,
    MonitorActionGroupEmailReceiver,
    MonitorActionGroupLogicAppReceiver,
    MonitorActionGroupWebhookReceiver,
)
from cdktf_cdktf_provider_azurerm.monitor_diagnostic_setting import (
    MonitorDiagnosticSetting,
    MonitorDiagnosticSettingEnabledLog,
)
from cdktf_cdktf_provider_azurerm.monitor_private_link_scope import (
    MonitorPrivateLinkScope,
)
from cdktf_cdktf_provider_azurerm.monitor_private_link_scoped_service import (
    MonitorPrivateLinkScopedService,
)
from cdktf_cdktf_provider_azurerm.monitor_scheduled_query_rules_alert_v2 import (
    MonitorScheduledQueryRulesAlertV2,
    MonitorScheduledQueryRulesAlertV2Action,
    MonitorScheduledQueryRulesAlertV2Criteria,
    MonitorScheduledQueryRulesAlertV2CriteriaDimension,
    MonitorScheduledQueryRulesAlertV2CriteriaFailingPeriods,
)
from cdktf_cdktf_provider_azurerm.monitor_smart_detector_alert_rule import (
    MonitorSmartDetectorAlertRule,
    MonitorSmartDetectorAlertRuleActionGroup,
)
from cdktf_cdktf_provider_azurerm.nat_gateway import (
    NatGateway,
)
from cdktf_cdktf_provider_azurerm.nat_gateway_public_ip_association import (
    NatGatewayPublicIpAssociation,
)
from cdktf_cdktf_provider_azurerm.network_security_group import (
    NetworkSecurityGroup,
    NetworkSecurityGroupSecurityRule,
)
from cdktf_cdktf_provider_azurerm.private_dns_zone import (
    PrivateDnsZone,
)
from cdktf_cdktf_provider_azurerm.private_dns_zone_virtual_network_link import (
    PrivateDnsZoneVirtualNetworkLink,
)
from cdktf_cdktf_provider_azurerm.private_endpoint import (
    PrivateEndpoint,
    PrivateEndpointPrivateDnsZoneGroup,
    PrivateEndpointPrivateServiceConnection,
)
from cdktf_cdktf_provider_azurerm.provider import (
    AzurermProvider,
    AzurermProviderFeatures,
    AzurermProviderFeaturesKeyVault,
    AzurermProviderFeaturesMachineLearning,
    AzurermProviderFeaturesResourceGroup,
    AzurermProviderFeaturesStorage,
)
from cdktf_cdktf_provider_azurerm.public_ip import (
    PublicIp,
)
from cdktf_cdktf_provider_azurerm.resource_group import (
    ResourceGroup,
)
from cdktf_cdktf_provider_azurerm.resource_group_policy_assignment import (
    ResourceGroupPolicyAssignment,
    ResourceGroupPolicyAssignmentIdentity,
)
from cdktf_cdktf_provider_azurerm.role_assignment import (
    RoleAssignment,
)
from cdktf_cdktf_provider_azurerm.role_definition import (
    RoleDefinition,
    RoleDefinitionPermissions,
)
from cdktf_cdktf_provider_azurerm.route import (
    Route,
)
from cdktf_cdktf_provider_azurerm.route_table import (
    RouteTable,
)
from cdktf_cdktf_provider_azurerm.storage_account import (
    StorageAccount,
    StorageAccountBlobProperties,
    StorageAccountBlobPropertiesContainerDeleteRetentionPolicy,
    StorageAccountBlobPropertiesDeleteRetentionPolicy,
    StorageAccountNetworkRules,
)
from cdktf_cdktf_provider_azurerm.storage_container import (
    StorageContainer,
)
from cdktf_cdktf_provider_azurerm.storage_management_policy import (
    StorageManagementPolicy,
    StorageManagementPolicyRule,
    StorageManagementPolicyRuleActions,
    StorageManagementPolicyRuleActionsBaseBlob,
    StorageManagementPolicyRuleActionsSnapshot,
    StorageManagementPolicyRuleActionsVersion,
    StorageManagementPolicyRuleFilters,
)
from cdktf_cdktf_provider_azurerm.subnet import (
    Subnet,
)
from cdktf_cdktf_provider_azurerm.subnet_nat_gateway_association import (
    SubnetNatGatewayAssociation,
)
from cdktf_cdktf_provider_azurerm.subnet_network_security_group_association import (
    SubnetNetworkSecurityGroupAssociation,
)
from cdktf_cdktf_provider_azurerm.subnet_route_table_association import (
    SubnetRouteTableAssociation,
)
from cdktf_cdktf_provider_azurerm.user_assigned_identity import (
    UserAssignedIdentity,
)
from cdktf_cdktf_provider_azurerm.virtual_network import (
    VirtualNetwork,
)
