"""The Azure Machine Learning workspace with its storage, vault, registry, monitoring and identities."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from cdktf import ITerraformDependable, Precondition, TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.container_registry import ContainerRegistry
from constructs_lib.azure.identity import ManagedIdentity, RoleAssignments
from constructs_lib.azure.key_vault import KeyVault
from constructs_lib.azure.monitoring import Monitoring
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.storage import StorageAccount, StorageContainer
from constructs_lib.bindings import azurerm, terraform

ROLE_PROPAGATION = "5m"
"""How long new role assignments may take to reach what checks them (Terraform duration)."""

_USER_ASSIGNED = (
    ("storage", "Contributor"),
    ("storage", "Storage Blob Data Contributor"),
    ("key_vault", "Contributor"),
    ("key_vault", "Key Vault Administrator"),
    ("container_registry", "Contributor"),
    ("application_insights", "Contributor"),
)
"""What a user-assigned identity needs before the workspace is there. Source: Azure Machine Learning, "Set up
authentication to other services", the table of roles for a workspace with a user-assigned identity."""

_REACHED_PRIVATELY = ("storage", "key_vault", "container_registry")
_APPROVER = "Azure AI Enterprise Network Connection Approver"


class Workspace:
    """An Azure Machine Learning workspace that reaches everything it stands on by managed identity.

    Storage, key vault, container registry and Application Insights are always given: what Azure creates by
    itself would later plan a replacement of the workspace.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        name: str,
        storage: StorageAccount,
        key_vault: KeyVault,
        container_registry: ContainerRegistry,
        monitoring: Monitoring,
        identity: Literal["system_assigned", "user_assigned"],
        isolation_mode: Literal["Disabled", "AllowInternetOutbound", "AllowOnlyApprovedOutbound"],
        public_network_access: bool,
        image_build_cluster: str | None = None,
        private_registry_group_id: str | None = None,
    ) -> None:
        """Create the workspace and give its identity the roles it needs.

        A user-assigned identity gets all of them here, what it stands on first. A system-assigned one gets them from
        Azure, and only what Azure leaves out from here: a second assignment of the same role would be refused. Azure
        makes it Azure AI Administrator of the whole resource group, so choose it where nothing else is in the group.

        ``isolation_mode`` other than Disabled puts compute into the workspace's own, managed virtual network;
        Azure never lets it get looser again. ``image_build_cluster`` names the cluster that builds
        images: a container registry without public access cannot. ``private_registry_group_id`` is the
        ARM id of the shared model registry's resource group, where the managed network needs a private endpoint to it.
        """
        targets = {
            "storage": storage.id,
            "key_vault": key_vault.id,
            "container_registry": container_registry.id,
            "application_insights": monitoring.application_insights_id,
        }
        managed_network = isolation_mode != "Disabled"
        # What else the managed network has a private endpoint to: Azure itself lets no workspace accept that one.
        elsewhere = (
            [("shared_registry", private_registry_group_id, _APPROVER)]
            if managed_network and private_registry_group_id
            else []
        )
        own_identity: ManagedIdentity | None = None
        waits: list[ITerraformDependable] = []
        if identity == "user_assigned":
            own_identity = ManagedIdentity(
                scope, f"{id_}_identity", resource_group=resource_group, name=f"{name}-identity"
            )
            roles = [(target, targets[target], role) for target, role in _USER_ASSIGNED]
            if managed_network:
                roles += [(target, targets[target], _APPROVER) for target in _REACHED_PRIVATELY]
            # Azure makes the default datastores with the workspace; without these roles they are missing for good.
            waits = [
                RoleAssignments(
                    scope,
                    f"{id_}_roles",
                    principal_id=own_identity.principal_id,
                    subscription_id=resource_group.subscription_id,
                    roles=[*roles, *elsewhere],
                ).wait_for_propagation(ROLE_PROPAGATION)
            ]
        # Remembers the kind that the workspace was made with, as long as it has the same name and place.
        kind = terraform.Data(
            scope,
            f"{id_}_identity_kind",
            input=identity,
            triggers_replace=[resource_group.name, name],
            lifecycle=TerraformResourceLifecycle(ignore_changes=["input"]),
        )
        self._workspace = azurerm.MachineLearningWorkspace(
            scope,
            id_,
            name=name,
            resource_group_name=resource_group.name_reference,
            location=resource_group.location,
            kind="Default",
            storage_account_id=targets["storage"],
            key_vault_id=targets["key_vault"],
            container_registry_id=targets["container_registry"],
            application_insights_id=targets["application_insights"],
            identity=azurerm.MachineLearningWorkspaceIdentity(
                type="UserAssigned" if own_identity else "SystemAssigned",
                identity_ids=[own_identity.id] if own_identity else None,
            ),
            primary_user_assigned_identity=own_identity.id if own_identity else None,
            # Left out where there is none: Azure may answer nothing then, and what the provider adds to a block that
            # was not there replaces the workspace. For the same reason no argument says what Azure does anyway.
            managed_network=(
                None
                if isolation_mode == "Disabled"
                else azurerm.MachineLearningWorkspaceManagedNetwork(isolation_mode=isolation_mode)
            ),
            public_network_access_enabled=public_network_access,
            image_build_compute_name=image_build_cluster,
            depends_on=waits or None,
            # A managed network goes with the workspace, which has been seen to outlast the 30 minutes that azurerm
            # waits (Azure/terraform-provider-azapi#731); making a workspace has too (AVM's module asks for an hour).
            timeouts={"create": "60m", "update": "60m", "delete": "120m"},
            # What Azure answers here must never plan anything: the first one replaces the workspace.
            lifecycle=TerraformResourceLifecycle(
                precondition=[_keeps_its_kind(kind, name, identity)],
                ignore_changes=["managed_network[0].provision_on_creation_enabled", "serverless_compute"],
            ),
        )
        # azurerm 4.77 and later: datastores by identity, since the storage account has no keys.
        self._workspace.add_override("storage_account_access_type", "Identity")
        if own_identity:
            self.principal_id = own_identity.principal_id
            waits.append(
                RoleAssignments(
                    scope,
                    f"{id_}_own_roles",
                    principal_id=self.principal_id,
                    subscription_id=resource_group.subscription_id,
                    roles=[("workspace", self.id, "Contributor")],
                ).wait_for_propagation(ROLE_PROPAGATION)
            )
        else:
            self.principal_id = self._workspace.identity.principal_id
            assignments = RoleAssignments(
                scope,
                f"{id_}_roles",
                principal_id=self.principal_id,
                subscription_id=resource_group.subscription_id,
                roles=elsewhere,
            )
            if managed_network:
                waits.append(assignments.wait_for_propagation(ROLE_PROPAGATION, given_with={id_: self.id}))
        self.ready: list[ITerraformDependable] = [self._workspace, *waits]
        """What compute and outbound rules wait for: they make the managed network, which needs the roles."""

        self.data_identity = (
            "WorkspaceUserAssignedIdentity" if own_identity else "WorkspaceSystemAssignedIdentity"
        )
        """Azure's word for the identity that datastores are read with."""

    @cached_property
    def id(self) -> str:
        """ARM id of the workspace."""
        return self._workspace.id

    @cached_property
    def default_container(self) -> str:
        """Name of the container that Azure makes for the workspace's default datastore."""
        return f"azureml-blobstore-{self._workspace.workspace_id}"

    @property
    def dependable(self) -> ITerraformDependable:
        """The workspace, for what must wait until it is there."""
        return self._workspace


def _keeps_its_kind(kind: terraform.Data, name: str, identity: str) -> Precondition:
    """Refuse another kind of identity before anything is touched.

    Roles would be planned for the identity that is not there yet, and refused halfway ("inconsistent final plan").
    """
    made_with = f"${{{kind.address}.output}}"
    return Precondition(
        condition=f'${{{kind.address}.output == "{identity}"}}',
        error_message=(
            f"The workspace {name} was made with managed_identity {made_with}, and Azure does not turn one kind of "
            f"identity into the other. Set it back to {made_with}, or give the workspace another name: it is then "
            "replaced, and what is in it is lost."
        ),
    )


def add_datastore(
    scope: TerraformStack,
    id_: str,
    *,
    workspace: Workspace,
    container: StorageContainer,
    description: str,
) -> None:
    """Add a container that jobs read and write by its name in the workspace, with an identity and no key.

    The datastore has the container's name. It is replaced when anything changes but its description and its tags, which
    are left as they are; the data stays.
    """
    azurerm.MachineLearningDatastoreBlobstorage(
        scope,
        id_,
        # Azure allows letters, digits and underscores.
        name=container.name.replace("-", "_"),
        description=description,
        workspace_id=workspace.id,
        storage_container_id=container.id,
        service_data_auth_identity=workspace.data_identity,
        lifecycle=TerraformResourceLifecycle(ignore_changes=["description", "tags"]),
    )
