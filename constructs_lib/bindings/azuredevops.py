"""The ``microsoft/azuredevops`` provider, bound by hand: the types this project uses.

Arguments that take a secret (personal access token, client secret, secret variable values, service principal
keys) are left out on purpose, so that no secret can reach the configuration or the Terraform state.

Source: documentation and source of microsoft/azuredevops 1.16; each class names its page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from cdktf import ITerraformDependable, TerraformProvider, TerraformResourceLifecycle
from constructs import Construct

from constructs_lib.bindings.terraform import BoundDataSource, BoundProvider, BoundResource

CheckTarget: TypeAlias = Literal[
    "endpoint", "environment", "queue", "repository", "securefile", "variablegroup"
]
"""What a check protects; ``endpoint`` is a service connection, ``queue`` an agent pool."""

AuthorizedResource: TypeAlias = Literal["endpoint", "environment", "queue", "repository", "variablegroup"]
"""What a pipeline can be authorized to use."""


class AzuredevopsProvider(BoundProvider):
    """Configuration of ``microsoft/azuredevops``.

    Secrets (personal access token, client secret, certificate, OIDC token) cannot be bound: the credential
    comes from the environment (``AZDO_PERSONAL_ACCESS_TOKEN``, or ``ARM_*``). Prefer a federated one.

    Source: azuredevops documentation, provider index and authentication guides.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops"
    SOURCE: ClassVar[str] = "microsoft/azuredevops"
    VERSION_CONSTRAINT: ClassVar[str] = "~> 1.16"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        org_service_url: str | None = None,
        tenant_id: str | None = None,
        client_id: str | None = None,
        use_cli: bool | None = None,
        use_msi: bool | None = None,
        use_oidc: bool | None = None,
        oidc_azure_service_connection_id: str | None = None,
        alias: str | None = None,
    ) -> None:
        """Configure the provider; ``org_service_url`` is ``https://dev.azure.com/<organization>``.

        Unset arguments are read from ``AZDO_ORG_SERVICE_URL`` and their ``ARM_*`` variables.
        """
        super().__init__(
            scope,
            id_,
            {
                "org_service_url": org_service_url,
                "tenant_id": tenant_id,
                "client_id": client_id,
                "use_cli": use_cli,
                "use_msi": use_msi,
                "use_oidc": use_oidc,
                "oidc_azure_service_connection_id": oidc_azure_service_connection_id,
            },
            alias=alias,
        )


class Project(BoundResource):
    """``azuredevops_project``: a project. Destroying it destroys its repositories and pipelines.

    Source: azuredevops documentation, resource ``azuredevops_project``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_project"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        description: str | None = None,
        visibility: Literal["private", "public"] | None = None,
        version_control: Literal["Git", "Tfvc"] | None = None,
        work_item_template: str | None = None,
        features: Mapping[str, Literal["enabled", "disabled"]] | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Create a project.

        Changing ``version_control`` (default Git) or ``work_item_template`` (default Agile) replaces it.
        ``visibility`` is private unless set. The keys of ``features`` are ``boards``, ``repositories``,
        ``pipelines``, ``testplans`` and ``artifacts``.
        """
        super().__init__(
            scope,
            id_,
            {
                "name": name,
                "description": description,
                "visibility": visibility,
                "version_control": version_control,
                "work_item_template": work_item_template,
                "features": features,
            },
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )


class Group(BoundResource):
    """``azuredevops_group``: a security group of Azure DevOps, its own or one brought in from Entra ID.

    Source: azuredevops documentation, resource ``azuredevops_group``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_group"

    def __init__(
        self,
        scope_: Construct,
        id_: str,
        *,
        display_name: str | None = None,
        description: str | None = None,
        scope: str | None = None,
        origin_id: str | None = None,
        mail: str | None = None,
        members: Sequence[str] | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Create a group by ``display_name``, or bring one in by ``origin_id`` or ``mail``: one of the three.

        ``scope`` is the id of the project, or left out for the whole organization; it goes with
        ``display_name`` only. Changing it, ``origin_id`` or ``mail`` replaces the group.

        ``members`` are descriptors, not ids. Left out, memberships made elsewhere stay; given, the list is
        complete and others are removed.
        """
        super().__init__(
            scope_,
            id_,
            {
                "display_name": display_name,
                "description": description,
                "scope": scope,
                "origin_id": origin_id,
                "mail": mail,
                "members": members,
            },
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )

    @property
    def descriptor(self) -> str:
        """Descriptor (``vssgp.…``), for memberships and permissions. Checks refuse it: see ``group_id``."""
        return self.get_string_attribute("descriptor")

    @property
    def group_id(self) -> str:
        """Storage key (a UUID), for approvers of a check and for security role assignments."""
        return self.get_string_attribute("group_id")


class Environment(BoundResource):
    """``azuredevops_environment``: a pipeline environment, to which checks are attached.

    Source: azuredevops documentation, resource ``azuredevops_environment``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_environment"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        project_id: str,
        name: str,
        description: str | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Create an environment; changing ``project_id`` replaces it."""
        super().__init__(
            scope,
            id_,
            {"project_id": project_id, "name": name, "description": description},
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )


class CheckApproval(BoundResource):
    """``azuredevops_check_approval``: people who must approve before a pipeline uses the target.

    Source: azuredevops documentation, resource ``azuredevops_check_approval``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_check_approval"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        project_id: str,
        target_resource_id: str,
        target_resource_type: CheckTarget,
        approvers: Sequence[str],
        minimum_required_approvers: float | None = None,
        requester_can_approve: bool | None = None,
        instructions: str | None = None,
        timeout: float | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Create an approval check; changing project or target replaces it.

        ``approvers`` are UUIDs: a user's or group's storage key (``Group.group_id``); descriptors are
        refused. A group is one approver, and any one of its members satisfies it;
        ``minimum_required_approvers`` counts entries and works only with more than one. Two approvers
        therefore take two entries.

        ``requester_can_approve`` is false unless set. ``timeout`` is minutes, 1 to 43200 (the default).
        """
        super().__init__(
            scope,
            id_,
            {
                "project_id": project_id,
                "target_resource_id": target_resource_id,
                "target_resource_type": target_resource_type,
                "approvers": approvers,
                "minimum_required_approvers": minimum_required_approvers,
                "requester_can_approve": requester_can_approve,
                "instructions": instructions,
                "timeout": timeout,
            },
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )


class CheckBranchControl(BoundResource):
    """``azuredevops_check_branch_control``: branches from which a pipeline may use the target.

    Source: azuredevops documentation, resource ``azuredevops_check_branch_control``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_check_branch_control"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        project_id: str,
        target_resource_id: str,
        target_resource_type: CheckTarget,
        display_name: str,
        allowed_branches: str,
        verify_branch_protection: bool | None = None,
        ignore_unknown_protection_status: bool | None = None,
        timeout: float | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Create a branch control check; changing project or target replaces it.

        ``allowed_branches`` is one comma-separated string of full references, such as
        ``refs/heads/main, refs/heads/release/*``. It is required here because the provider's default, ``*``,
        allows every branch. ``verify_branch_protection`` (default false) also asks that the branch be
        protected; ``ignore_unknown_protection_status`` (default false) lets branches pass whose protection
        cannot be read. ``timeout`` is minutes, at least 1, by default 1440.
        """
        super().__init__(
            scope,
            id_,
            {
                "project_id": project_id,
                "target_resource_id": target_resource_id,
                "target_resource_type": target_resource_type,
                "display_name": display_name,
                "allowed_branches": allowed_branches,
                "verify_branch_protection": verify_branch_protection,
                "ignore_unknown_protection_status": ignore_unknown_protection_status,
                "timeout": timeout,
            },
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )


class CheckExclusiveLock(BoundResource):
    """``azuredevops_check_exclusive_lock``: one pipeline run at a time on the target.

    Whether waiting runs queue up or only the latest goes on is set in the pipeline's YAML (``lockBehavior``).

    Source: azuredevops documentation, resource ``azuredevops_check_exclusive_lock``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_check_exclusive_lock"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        project_id: str,
        target_resource_id: str,
        target_resource_type: CheckTarget,
        timeout: float | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Create an exclusive lock; ``timeout`` is minutes, 1 to 43200 (the default).

        Changing project or target replaces it.
        """
        super().__init__(
            scope,
            id_,
            {
                "project_id": project_id,
                "target_resource_id": target_resource_id,
                "target_resource_type": target_resource_type,
                "timeout": timeout,
            },
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )


@dataclass(frozen=True, kw_only=True)
class VariableGroupVariableBlock:
    """A ``variable`` block of a variable group: a plain value, or in a linked group only a secret's name.

    Values are strings and arrive exactly as written (``"0.70"`` stays ``0.70``).
    """

    name: str
    value: str | None = None


@dataclass(frozen=True, kw_only=True)
class VariableGroupKeyVault:
    """The ``key_vault`` block: the vault whose secrets the group lists.

    ``search_depth`` is how many pages of the vault's secrets are searched (provider default 20).
    """

    name: str
    service_endpoint_id: str
    search_depth: float | None = None


class VariableGroup(BoundResource):
    """``azuredevops_variable_group``: a variable group of the Library.

    Every update writes the whole group: variables that somebody added in the Library disappear, and secrets
    that somebody entered there are blanked. For a group that people edit, ignore changes of ``variable`` and
    add each variable as a ``VariableGroupVariable``.

    A group linked to a Key Vault cannot hold plain values, and every secret listed is looked up at apply.

    Source: azuredevops documentation, resource ``azuredevops_variable_group``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_variable_group"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        project_id: str,
        name: str,
        variable: Sequence[VariableGroupVariableBlock],
        description: str | None = None,
        allow_access: bool | None = None,
        key_vault: VariableGroupKeyVault | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Create a variable group with at least one ``variable``; changing ``project_id`` replaces it.

        ``allow_access`` (default false) opens the group to all pipelines. Do not combine it with a
        ``PipelineAuthorization`` for all pipelines: the two then change each other at every apply.
        """
        super().__init__(
            scope,
            id_,
            {
                "project_id": project_id,
                "name": name,
                "description": description,
                "allow_access": allow_access,
                "variable": variable,
                "key_vault": key_vault,
            },
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )


class VariableGroupVariable(BoundResource):
    """``azuredevops_variable_group_variable``: one variable of a group, apart from the others.

    Terraform leaves the group's other variables alone. A variable of this name that already exists in the
    Library makes creating fail; import it as ``<project id>/<group id>/<name>``. Deleting several variables
    of one group at once can lose one of the deletions.

    Source: azuredevops documentation, resource ``azuredevops_variable_group_variable``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_variable_group_variable"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        project_id: str,
        variable_group_id: str,
        name: str,
        value: str,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Create a variable; changing anything but ``value`` replaces it.

        ``value`` is a string and arrives exactly as written. Where people own it, ignore changes of
        ``value``: it is then only the first one.
        """
        super().__init__(
            scope,
            id_,
            {
                "project_id": project_id,
                "variable_group_id": variable_group_id,
                "name": name,
                "value": value,
            },
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )


class SecurityroleAssignment(BoundResource):
    """``azuredevops_securityrole_assignment``: a role of a user or group on one resource.

    Inherited roles, such as the project's administrators, stay.

    Source: azuredevops documentation, resource ``azuredevops_securityrole_assignment``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_securityrole_assignment"

    def __init__(
        self,
        scope_: Construct,
        id_: str,
        *,
        scope: str,
        resource_id: str,
        identity_id: str,
        role_name: str,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Assign a role; changing ``resource_id`` or ``identity_id`` replaces the assignment.

        ``scope`` says what ``resource_id`` is:

        - ``distributedtask.variablegroup``: ``<project id>$<variable group id>``. Join the two with
          ``Fn.join("$", […])``: in an f-string the dollar sign escapes the reference that follows it.
        - ``distributedtask.environmentreferencerole``: ``<project id>_<environment id>``.
        - ``distributedtask.serviceendpointrole``: ``<project id>_<service connection id>``.

        ``identity_id`` is a storage key (``Group.group_id``). ``role_name`` is ``Reader``, ``User`` or
        ``Administrator``; editing a variable group's values takes ``Administrator``.
        """
        super().__init__(
            scope_,
            id_,
            {
                "scope": scope,
                "resource_id": resource_id,
                "identity_id": identity_id,
                "role_name": role_name,
            },
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )


@dataclass(frozen=True, kw_only=True)
class ServiceendpointAzurermCredentials:
    """The ``credentials`` block: client id of the identity used. Key and certificate are not bound."""

    serviceprincipalid: str


@dataclass(frozen=True, kw_only=True)
class ServiceendpointAzurermFeatures:
    """The ``features`` block.

    ``validate`` tries the connection after each create and update; it must be false while the federated
    credential does not exist yet, which is always so when creating.
    """

    validate: bool


class ServiceendpointAzurerm(BoundResource):
    """``azuredevops_serviceendpoint_azurerm``: a service connection to Azure, without a secret.

    With workload identity federation the federated credential comes after the connection and reads its
    issuer and subject. Never compute the two: their format has changed before.

    Source: azuredevops documentation, resource ``azuredevops_serviceendpoint_azurerm``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_serviceendpoint_azurerm"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        project_id: str,
        service_endpoint_name: str,
        azurerm_spn_tenantid: str,
        azurerm_subscription_id: str,
        azurerm_subscription_name: str,
        service_endpoint_authentication_scheme: Literal[
            "WorkloadIdentityFederation", "ManagedServiceIdentity"
        ],
        credentials: ServiceendpointAzurermCredentials | None = None,
        features: ServiceendpointAzurermFeatures | None = None,
        description: str | None = None,
        environment: str | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Create a service connection to one subscription.

        Tenant and subscription are required here: left out, the provider would fill them from ``ARM_*``
        variables of whoever applies. Terraform's ``resource_group`` is not bound, since it conflicts with
        ``credentials``: limit the identity by its role assignments. The scheme ``ServicePrincipal`` is not
        bound because it needs a key. Without ``credentials`` Azure DevOps makes an identity of its own.

        Changing the scheme or ``environment`` (the cloud, default ``AzureCloud``) replaces the connection.
        """
        super().__init__(
            scope,
            id_,
            {
                "project_id": project_id,
                "service_endpoint_name": service_endpoint_name,
                "azurerm_spn_tenantid": azurerm_spn_tenantid,
                "azurerm_subscription_id": azurerm_subscription_id,
                "azurerm_subscription_name": azurerm_subscription_name,
                "service_endpoint_authentication_scheme": service_endpoint_authentication_scheme,
                "credentials": credentials,
                "features": features,
                "description": description,
                "environment": environment,
            },
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )

    @property
    def service_principal_id(self) -> str:
        """Client id of the identity in use."""
        return self.get_string_attribute("service_principal_id")

    @property
    def workload_identity_federation_issuer(self) -> str:
        """Issuer for the federated credential."""
        return self.get_string_attribute("workload_identity_federation_issuer")

    @property
    def workload_identity_federation_subject(self) -> str:
        """Subject for the federated credential."""
        return self.get_string_attribute("workload_identity_federation_subject")


class ServiceendpointIncomingwebhook(BoundResource):
    """``azuredevops_serviceendpoint_incomingwebhook``: a webhook that starts the pipelines that name it.

    Azure DevOps listens at ``https://dev.azure.com/<organization>/_apis/public/distributedtask/webhooks/
    <webhook_name>?api-version=6.0-preview``. The secret that senders sign their requests with is not bound:
    without one, whoever knows the address can start the pipelines. To set one, put it into the environment
    variable ``AZDO_INCOMING_WEBHOOK_SERVICE_CONNECTION_SECRET`` at every apply; it is then in the state.

    Source: documentation and source, resource ``azuredevops_serviceendpoint_incomingwebhook``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_serviceendpoint_incomingwebhook"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        project_id: str,
        service_endpoint_name: str,
        webhook_name: str,
        http_header: str | None = None,
        description: str | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Create an incoming webhook; changing ``project_id`` replaces it.

        ``webhook_name`` is the last part of the address. ``http_header`` names the header that carries the
        request's checksum, if there is a secret. A pipeline names the connection by
        ``service_endpoint_name`` under ``resources: webhooks``.
        """
        super().__init__(
            scope,
            id_,
            {
                "project_id": project_id,
                "service_endpoint_name": service_endpoint_name,
                "webhook_name": webhook_name,
                "http_header": http_header,
                "description": description,
            },
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )


class PipelineAuthorization(BoundResource):
    """``azuredevops_pipeline_authorization``: the right of one pipeline, or of all, to use a resource.

    Source: azuredevops documentation, resource ``azuredevops_pipeline_authorization``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_pipeline_authorization"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        project_id: str,
        resource_id: str,
        type: AuthorizedResource,
        pipeline_id: float | None = None,
        pipeline_project_id: str | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Authorize ``pipeline_id``, or every pipeline of the project if it is left out.

        ``pipeline_project_id`` is the pipeline's project if that is another one. Any change replaces the
        authorization. For all pipelines see also ``VariableGroup``'s ``allow_access``.
        """
        super().__init__(
            scope,
            id_,
            {
                "project_id": project_id,
                "resource_id": resource_id,
                "type": type,
                "pipeline_id": pipeline_id,
                "pipeline_project_id": pipeline_project_id,
            },
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )


class DataAzuredevopsProject(BoundDataSource):
    """``data.azuredevops_project``: an existing project, found by name.

    Source: azuredevops documentation, data source ``azuredevops_project``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_project"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        depends_on: Sequence[ITerraformDependable] | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Look the project up; a missing one fails the plan."""
        super().__init__(scope, id_, {"name": name}, depends_on=depends_on, provider=provider)


class DataAzuredevopsGroup(BoundDataSource):
    """``data.azuredevops_group``: an existing group, found by name.

    Source: azuredevops documentation, data source ``azuredevops_group``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_group"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        project_id: str | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Look the group up in a project, or without ``project_id`` in the organization."""
        super().__init__(
            scope, id_, {"name": name, "project_id": project_id}, depends_on=depends_on, provider=provider
        )

    @property
    def descriptor(self) -> str:
        """Descriptor (``vssgp.…``), for memberships and permissions. Checks refuse it: see ``group_id``."""
        return self.get_string_attribute("descriptor")

    @property
    def group_id(self) -> str:
        """Storage key (a UUID), for approvers of a check and for security role assignments."""
        return self.get_string_attribute("group_id")


class DataAzuredevopsBuildDefinition(BoundDataSource):
    """``data.azuredevops_build_definition``: an existing pipeline, found by name.

    Source: azuredevops documentation, data source ``azuredevops_build_definition``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_build_definition"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        project_id: str,
        name: str,
        path: str | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Look the pipeline up; ``path`` is its folder, by default the root folder (a backslash)."""
        super().__init__(
            scope,
            id_,
            {"project_id": project_id, "name": name, "path": path},
            depends_on=depends_on,
            provider=provider,
        )

    @property
    def pipeline_id(self) -> float:
        """The id as a number, which is what ``PipelineAuthorization`` takes."""
        return self.get_number_attribute("id")
