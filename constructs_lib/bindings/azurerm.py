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
from cdktf_cdktf_provider_azurerm.container_registry import (
    ContainerRegistry,
)
from cdktf_cdktf_provider_azurerm.data_azurerm_subscription import (
    DataAzurermSubscription,
)
from cdktf_cdktf_provider_azurerm.data_azurerm_user_assigned_identity import (
    DataAzurermUserAssignedIdentity,
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
from cdktf_cdktf_provider_azurerm.machine_learning_compute_cluster import (
    MachineLearningComputeCluster,
    MachineLearningComputeClusterIdentity,
    MachineLearningComputeClusterScaleSettings,
)
from cdktf_cdktf_provider_azurerm.machine_learning_workspace import (
    MachineLearningWorkspace,
    MachineLearningWorkspaceIdentity,
    MachineLearningWorkspaceManagedNetwork,
)
from cdktf_cdktf_provider_azurerm.provider import (
    AzurermProvider,
    AzurermProviderFeatures,
    AzurermProviderFeaturesKeyVault,
    AzurermProviderFeaturesMachineLearning,
    AzurermProviderFeaturesResourceGroup,
    AzurermProviderFeaturesStorage,
)
from cdktf_cdktf_provider_azurerm.resource_group import (
    ResourceGroup,
)
from cdktf_cdktf_provider_azurerm.role_assignment import (
    RoleAssignment,
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
from cdktf_cdktf_provider_azurerm.user_assigned_identity import (
    UserAssignedIdentity,
)
