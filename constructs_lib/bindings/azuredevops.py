"""The ``microsoft/azuredevops`` provider, bound by hand: the types and arguments this project uses.

Arguments that take a secret (personal access token, client secret, secret variable values, service principal
keys) are left out on purpose, so that no secret can reach the configuration or the Terraform state.

Source: documentation and source of microsoft/azuredevops 1.16; each class starts with the name of its page.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, Required, TypedDict, Unpack

from constructs import Construct

from constructs_lib.bindings.terraform import BoundDataSource, BoundProvider, BoundResource, MetaArguments


class AzuredevopsProvider(BoundProvider):
    """Configuration of ``microsoft/azuredevops``: the documentation's index and its guides of authentication.

    The credential comes from the environment (``AZDO_PERSONAL_ACCESS_TOKEN``, or ``ARM_*``). Prefer a federated
    one. What is left out is read from ``AZDO_ORG_SERVICE_URL`` and ``ARM_TENANT_ID``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops"
    SOURCE: ClassVar[str] = "microsoft/azuredevops"
    VERSION_CONSTRAINT: ClassVar[str] = "~> 1.16"

    class Arguments(TypedDict, total=False):
        org_service_url: str
        """``https://dev.azure.com/<organization>``."""
        tenant_id: str

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


# --- Project, groups, pipelines --------------------------------------------------------------------------------------


class Project(BoundResource):
    """``azuredevops_project``: a project. Destroying it destroys its repositories and pipelines."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_project"

    class Arguments(MetaArguments, total=False):
        name: Required[str]
        visibility: Literal["private", "public"]
        """``private`` unless set."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


class DataAzuredevopsProject(BoundDataSource):
    """``data.azuredevops_project``: an existing project. A missing one fails the plan."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_project"

    class Arguments(TypedDict):
        name: str

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


class DataAzuredevopsProjects(BoundDataSource):
    """``data.azuredevops_projects``: the projects of this name, ``projects``: one, or none where there is none yet."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_projects"

    class Arguments(TypedDict):
        name: str

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


class Group(BoundResource):
    """``azuredevops_group``: a security group of Azure DevOps. Its members are decided elsewhere.

    With ``origin_id`` it is an Entra group, which the organization then knows. **Destroying it deletes the group from
    the whole organization**, with whatever it was allowed there and whoever made it known first: protect it.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_group"

    class Arguments(MetaArguments, total=False):
        display_name: str
        """The name of a group of Azure DevOps itself; not with ``origin_id``."""
        scope: str
        """Id of the project, or left out for the whole organization. Changing it replaces the group."""
        origin_id: str
        """Object id of an Entra group, in lower case, as it is read back. Changing it replaces the group."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)

    @property
    def group_id(self) -> str:
        """Storage key (a UUID), for approvers of a check and for security role assignments."""
        return self.get_string_attribute("group_id")


class GroupMembership(BoundResource):
    """``azuredevops_group_membership``: members of a group. Destroying it takes them out of the group again."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_group_membership"

    class Arguments(MetaArguments, total=False):
        group: Required[str]
        """Descriptor of the group. Changing it replaces the membership."""
        members: Required[Sequence[str]]
        """Descriptors of groups and people."""
        mode: Required[Literal["add"]]
        """Leaves the members alone that others have added. ``overwrite``, which takes them out, is not bound."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


class DataAzuredevopsGroup(BoundDataSource):
    """``data.azuredevops_group``: an existing group, found by its name. It finds no Entra group."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_group"

    class Arguments(TypedDict, total=False):
        name: Required[str]
        project_id: str
        """Left out for a group of the organization."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)

    @property
    def group_id(self) -> str:
        """Storage key (a UUID), for approvers of a check and for security role assignments."""
        return self.get_string_attribute("group_id")


class DataAzuredevopsUsers(BoundDataSource):
    """``data.azuredevops_users``: the people of the organization who sign in by a name: one, or none."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_users"

    class Arguments(TypedDict, total=False):
        principal_name: Required[str]
        """The whole name, whatever the case of its letters. ``data.azuredevops_identity_user`` would take part of it,
        and the first who fits. The build service of a project goes by the project's id."""
        subject_types: Sequence[str]
        """Kinds of people to look among; ``svc`` is services. All kinds unless set."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)

    @property
    def only_id(self) -> str:
        """Storage key (a UUID) of the one who was found, for approvers and role assignments. It is not the object id
        that the person has in Entra."""
        return f"${{one({self.address}.users[*].id)}}"

    @property
    def only_descriptor(self) -> str:
        """Descriptor of the one who was found, for permissions and memberships."""
        return f"${{one({self.address}.users[*].descriptor)}}"


class ServicePrincipalEntitlement(BoundResource):
    """``azuredevops_service_principal_entitlement``: a service principal as a member of the organization.

    Whoever adds one administers the organization. Destroying it takes the member out, with all that it was allowed.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_service_principal_entitlement"

    class Arguments(MetaArguments, total=False):
        origin_id: Required[str]
        """Object id of the service principal in Entra, for a managed identity its principal id. Changing it replaces
        the member."""
        account_license_type: Literal["express", "stakeholder"]
        """Access level: ``express`` (Basic, the default) or ``stakeholder``. Others are not bound."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)

    @property
    def descriptor(self) -> str:
        """Descriptor, for memberships of groups. The id is its storage key, for security role assignments."""
        return self.get_string_attribute("descriptor")


class BuildDefinitionRepository(TypedDict):
    """The ``repository`` block: where the YAML file of a pipeline is."""

    repo_id: str
    """Id of a repository of the project (GUID)."""
    repo_type: Literal["TfsGit"]
    """Azure Repos. Other places need a service connection and are not bound."""
    branch_name: str
    """The default branch, without ``refs/heads/``. The provider's default is ``master``."""
    yml_path: str


class BuildDefinitionCiTrigger(TypedDict):
    """The ``ci_trigger`` block."""

    use_yaml: bool
    """Whether the YAML file says what starts a run. Triggers of the definition itself are not bound."""


class BuildDefinition(BoundResource):
    """``azuredevops_build_definition``: a pipeline, by its YAML file. Variables are not bound: they may be secret.

    Destroying it destroys the history of its runs.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_build_definition"

    class Arguments(MetaArguments, total=False):
        project_id: Required[str]
        """Changing it replaces the pipeline."""
        name: Required[str]
        path: str
        """Its folder, by default the root folder (a backslash)."""
        repository: Required[BuildDefinitionRepository]
        ci_trigger: BuildDefinitionCiTrigger
        job_authorization_scope: Required[Literal["project"]]
        """Who runs sign in as: the project's build service. The provider's default is that of the organization."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)

    @property
    def pipeline_id(self) -> float:
        """The id as a number, which is what ``PipelineAuthorization`` takes."""
        return self.get_number_attribute("id")


class DataAzuredevopsBuildDefinition(BoundDataSource):
    """``data.azuredevops_build_definition``: an existing pipeline."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_build_definition"

    class Arguments(TypedDict, total=False):
        project_id: Required[str]
        name: Required[str]
        path: str
        """Its folder, by default the root folder (a backslash)."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)

    @property
    def pipeline_id(self) -> float:
        """The id as a number, which is what ``PipelineAuthorization`` takes."""
        return self.get_number_attribute("id")


class DataAzuredevopsAgentQueue(BoundDataSource):
    """``data.azuredevops_agent_queue``: an agent pool as a project has it. One that it does not have fails the plan.

    Checks and authorizations go to this queue; the pool is the organization's.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_agent_queue"

    class Arguments(TypedDict):
        project_id: str
        name: str

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


# --- Repositories ----------------------------------------------------------------------------------------------------


class DataAzuredevopsGitRepository(BoundDataSource):
    """``data.azuredevops_git_repository``: an existing repository of a project. A missing one fails the plan."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_git_repository"

    class Arguments(TypedDict):
        project_id: str
        name: str

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


class PolicyScope(TypedDict):
    """The ``scope`` block of a branch policy's settings: one branch of one repository."""

    repository_id: str
    repository_ref: str
    """The full reference, such as ``refs/heads/main``."""
    match_type: Literal["Exact"]


class BuildValidationSettings(TypedDict):
    """The ``settings`` block of a build validation policy."""

    build_definition_id: float
    display_name: str
    valid_duration: float
    """How long a successful run counts once the branch has moved (minutes); 0: until it moves."""
    queue_on_source_update_only: bool
    """Whether a run becomes invalid only by changes of the pull request, and not of the branch."""
    scope: Sequence[PolicyScope]


class BranchPolicyBuildValidation(BoundResource):
    """``azuredevops_branch_policy_build_validation``: a pipeline that must succeed before a pull request completes."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_branch_policy_build_validation"

    class Arguments(MetaArguments, total=False):
        project_id: Required[str]
        """Changing it replaces the policy."""
        enabled: bool
        """True unless set."""
        blocking: bool
        """True unless set."""
        settings: Required[BuildValidationSettings]

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


class GitPermissions(BoundResource):
    """``azuredevops_git_permissions``: what one principal may do with a repository. Others keep what they may do."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_git_permissions"

    class Arguments(MetaArguments, total=False):
        project_id: Required[str]
        repository_id: Required[str]
        """Required here because without it the permissions hold for all repositories of the project."""
        principal: Required[str]
        """Descriptor of a group, a person or a service. Changing it replaces the permissions."""
        permissions: Required[Mapping[str, Literal["Allow", "Deny", "NotSet"]]]
        replace: Required[bool]
        """False leaves the principal's other permissions alone. The provider's default is true."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


# --- Environments and checks -----------------------------------------------------------------------------------------


class Environment(BoundResource):
    """``azuredevops_environment``: a pipeline environment, to which checks are attached."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_environment"

    class Arguments(MetaArguments, total=False):
        project_id: Required[str]
        """Changing it replaces the environment."""
        name: Required[str]

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


class CheckArguments(MetaArguments, total=False):
    """What every check takes. Changing any of it replaces the check."""

    project_id: Required[str]
    target_resource_id: Required[str]
    target_resource_type: Required[
        Literal["endpoint", "environment", "queue", "repository", "securefile", "variablegroup"]
    ]
    """``endpoint`` is a service connection, ``queue`` an agent pool."""


class Check(BoundResource):
    """What every check is. Subclass it for each kind; never use it as it is."""


class CheckApproval(Check):
    """``azuredevops_check_approval``: people who must approve before a pipeline uses the target."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_check_approval"

    class Arguments(CheckArguments, total=False):
        approvers: Required[Sequence[str]]
        """UUIDs: a user's or group's storage key (``Group.group_id``); descriptors are refused. A group is one
        approver, and any one of its members satisfies it."""
        minimum_required_approvers: float
        """Counts entries of ``approvers``, and works only with more than one: two approvers take two entries."""
        requester_can_approve: bool
        """False unless set."""
        instructions: str
        timeout: float
        """Minutes, 1 to 43200 (the default)."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


class CheckBranchControl(Check):
    """``azuredevops_check_branch_control``: branches from which a pipeline may use the target."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_check_branch_control"

    class Arguments(CheckArguments, total=False):
        display_name: Required[str]
        allowed_branches: Required[str]
        """One text of full references, such as ``refs/heads/main, refs/heads/release/*``. Required here because the
        provider's default, ``*``, allows every branch."""
        verify_branch_protection: bool
        """Ask that the branch be protected too (default false)."""
        ignore_unknown_protection_status: bool
        """Let branches pass whose protection cannot be read (default false)."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


class CheckExclusiveLock(Check):
    """``azuredevops_check_exclusive_lock``: one pipeline run at a time on the target.

    Whether waiting runs queue up or only the latest goes on is set in the pipeline's YAML (``lockBehavior``).
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_check_exclusive_lock"

    class Arguments(CheckArguments, total=False):
        timeout: float
        """Minutes, 1 to 43200 (the default)."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


# --- Variable groups -------------------------------------------------------------------------------------------------


class VariableGroupVariableBlock(TypedDict, total=False):
    """A ``variable`` block of a variable group: a plain value, or in a linked group only a secret's name."""

    name: Required[str]
    value: str
    """Arrives exactly as written: ``"0.70"`` stays ``0.70``."""


class VariableGroupKeyVault(TypedDict):
    """The ``key_vault`` block: the vault whose secrets the group lists."""

    name: str
    service_endpoint_id: str


class VariableGroup(BoundResource):
    """``azuredevops_variable_group``: a variable group of the Library.

    Every update writes the whole group: variables that somebody added in the Library disappear, and secrets
    that somebody entered there are blanked. For a group that people edit, ignore changes of ``variable`` and
    add each variable as a ``VariableGroupVariable``.

    A group linked to a Key Vault cannot hold plain values, and every secret listed is looked up at apply.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_variable_group"

    class Arguments(MetaArguments, total=False):
        project_id: Required[str]
        """Changing it replaces the group."""
        name: Required[str]
        description: str
        variable: Required[Sequence[VariableGroupVariableBlock]]
        """At least one."""
        key_vault: VariableGroupKeyVault

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


class VariableGroupVariable(BoundResource):
    """``azuredevops_variable_group_variable``: one variable of a group, apart from the others.

    Terraform leaves the group's other variables alone. A variable of this name that already exists in the
    Library makes creating fail; import it as ``<project id>/<group id>/<name>``. A deletion writes the whole group as
    it was read before, so that whatever else is written to the group at the same time can be lost: let each variable
    depend on another. Changing anything but ``value`` replaces the variable.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_variable_group_variable"

    class Arguments(MetaArguments, total=False):
        project_id: Required[str]
        variable_group_id: Required[str]
        name: Required[str]
        value: Required[str]
        """Arrives exactly as written. Where people own it, ignore changes of it: it is then only the first one."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


# --- Service connections ---------------------------------------------------------------------------------------------


class ServiceendpointAzurermCredentials(TypedDict):
    """The ``credentials`` block. Key and certificate are not bound."""

    serviceprincipalid: str
    """Client id of the identity used."""


class ServiceendpointAzurermFeatures(TypedDict):
    """The ``features`` block."""

    validate: bool
    """Try the connection after each create and update. It must be false while the federated credential does not exist
    yet, which is always so when creating."""


class ServiceendpointAzurerm(BoundResource):
    """``azuredevops_serviceendpoint_azurerm``: a service connection to one Azure subscription, without a secret.

    With workload identity federation the federated credential comes after the connection and reads its
    issuer and subject. Never compute the two: their format has changed before.

    Tenant and subscription are required here: left out, the provider would fill them from ``ARM_*`` variables of
    whoever applies. Terraform's ``resource_group`` is not bound, since it conflicts with ``credentials``: limit
    the identity by its role assignments.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_serviceendpoint_azurerm"

    class Arguments(MetaArguments, total=False):
        project_id: Required[str]
        service_endpoint_name: Required[str]
        azurerm_spn_tenantid: Required[str]
        azurerm_subscription_id: Required[str]
        azurerm_subscription_name: Required[str]
        service_endpoint_authentication_scheme: Required[Literal["WorkloadIdentityFederation"]]
        """``ServicePrincipal`` is not bound because it needs a key."""
        credentials: ServiceendpointAzurermCredentials
        """Left out, Azure DevOps makes an identity of its own."""
        features: ServiceendpointAzurermFeatures

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)

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
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_serviceendpoint_incomingwebhook"

    class Arguments(MetaArguments, total=False):
        project_id: Required[str]
        """Changing it replaces the webhook."""
        service_endpoint_name: Required[str]
        """What a pipeline names under ``resources: webhooks``."""
        webhook_name: Required[str]
        """The last part of the address."""
        description: str

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


# --- Who may use what ------------------------------------------------------------------------------------------------


class SecurityroleAssignment(BoundResource):
    """``azuredevops_securityrole_assignment``: a role of a user or group on one resource.

    Inherited roles, such as the project's administrators, stay.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_securityrole_assignment"

    class Arguments(MetaArguments, total=False):
        scope: Required[str]
        """What ``resource_id`` is:

        - ``distributedtask.variablegroup``: ``<project id>$<variable group id>``. Join the two with
          ``Fn.join("$", […])``: in an f-string the dollar sign escapes the reference that follows it.
        - ``distributedtask.environmentreferencerole``: ``<project id>_<environment id>``.
        - ``distributedtask.serviceendpointrole``: ``<project id>_<service connection id>``.
        - ``distributedtask.library``: all variable groups of a project, ``<project id>$0``.
        - ``distributedtask.globalenvironmentreferencerole``: all environments of a project, its id.
        - ``distributedtask.project.serviceendpointrole``: all service connections of a project, its id.
        """
        resource_id: Required[str]
        """Changing it replaces the assignment."""
        identity_id: Required[str]
        """A storage key (``Group.group_id``). Changing it replaces the assignment."""
        role_name: Required[str]
        """``Reader``, ``User`` or ``Administrator``; editing a variable group's values takes ``Administrator``."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


class PipelineAuthorization(BoundResource):
    """``azuredevops_pipeline_authorization``: the right of a pipeline to use a resource. Any change replaces it."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azuredevops_pipeline_authorization"

    class Arguments(MetaArguments, total=False):
        project_id: Required[str]
        resource_id: Required[str]
        type: Required[Literal["endpoint", "environment", "queue", "repository", "variablegroup"]]
        pipeline_id: Required[float]
        """Required here because without it every pipeline of the project may use the resource."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)
