"""The platform's own pipelines: who they are in Azure and Azure DevOps, how they sign in, and where they are approved.

Nobody raises rights by them: what is made here is changed by a person (docs/infrastructure-pipelines.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from constructs_lib.azure.identity import ManagedIdentity
from constructs_lib.azure.pipeline_roles import (
    ENVIRONMENT_ROLES,
    let_apply,
    let_plan,
    planning_role,
)
from constructs_lib.azure.registry import registry_group_id
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.state_roles import StateRoles, let_into_somebodys_container, let_keep_plans
from constructs_lib.devops.approval_environment import add_approval_environment
from constructs_lib.devops.organization_member import OrganizationMember
from constructs_lib.devops.repository import Repository
from constructs_lib.devops.service_connection import ServiceConnection
from settings.models import devops
from settings.models.environment import Environment
from settings.models.infrastructure import (
    PIPELINES,
    InfrastructurePipelines,
    StackPipelines,
    pipeline_name,
    stack_pipelines,
)
from settings.models.platform import AzurermBackend, LocalBackend, Platform
from stacks.base import PlatformStack

_ID = "infrastructure"
"""What the ids start with. Behind it is an underscore where the name of a stack follows, else a hyphen."""
_REGISTRY = "registry"
_READ_ONLY_AND_PRIVATE = ("Reader", "Azure AI Enterprise Network Connection Approver")
"""The roles that an environment's stack gives on the model registry."""
_REGISTRY_ROLES = ("Reader", "Storage Blob Data Reader")
"""The roles that the registry stack gives again and again. A person gives the one that writes models."""


def add_infrastructure_pipelines(
    stack: PlatformStack,
    platform: Platform,
    environments: Sequence[Environment],
    *,
    resource_group: ResourceGroup,
    protect: bool,
) -> None:
    """Add the pipelines, and two identities for each stack: one plans it, one applies what was approved.

    Nothing is added where the configuration names no repository.
    """
    settings = platform.infrastructure_pipelines
    if settings is None:
        return
    prefix = platform.stack_prefix
    repository = Repository(
        stack, f"{_ID}-repository", project=stack.project, name=settings.repository, branch=settings.branch
    )
    pipelines = {
        key: repository.add_pipeline(
            f"{_ID}-pipeline-{key}",
            name=pipeline_name(prefix, key),
            folder=settings.folder,
            yaml=yaml,
            protect=protect,
        )
        for key, yaml in PIPELINES.items()
    }
    repository.must_succeed(pipelines["pull-request"], name=pipeline_name(prefix, "pull-request"))
    repository.let_pipelines_comment()
    names = stack_pipelines(prefix, [environment.name for environment in environments])
    own = [environment.subscription_id for environment in environments]
    if isinstance(platform.backend, AzurermBackend):
        own.append(platform.backend.subscription_id)
    everything = {
        f"subscription_{id_}": f"/subscriptions/{id_}"
        for id_ in sorted({id_.lower() for id_ in (platform.registry.subscription_id, *own)})
    }
    state = _state_roles(stack, platform)
    registry = _Identities(stack, platform, settings, names[0], _REGISTRY, resource_group, state)
    let_plan(
        stack,
        registry.plan_id,
        identity=registry.plan,
        subscription_id=platform.registry.subscription_id,
        reads=everything,
        planning=None,
    )
    let_apply(
        stack,
        registry.apply_id,
        identity=registry.apply,
        subscription_id=platform.registry.subscription_id,
        makes=resource_group.id,
        policies=False,
        hands_on=_REGISTRY_ROLES,
        elsewhere={},
        reads=everything,
    )
    registry.join(administers_project=True)
    registry.connect(platform.registry.subscription_id)
    for environment, called in zip(environments, names[1:], strict=True):
        identities = _Identities(stack, platform, settings, called, environment.name, resource_group, state)
        _let_into_azure(stack, platform, environment, identities)
        identities.join(administers_project=False)
        identities.connect(environment.subscription_id)


def _state_roles(stack: PlatformStack, platform: Platform) -> StateRoles | None:
    """Define the roles on the state, where the platform makes its storage."""
    backend = platform.backend
    if not isinstance(backend, AzurermBackend) or backend.create is None:
        return None
    return StateRoles(stack, f"{_ID}-state", prefix=platform.stack_prefix, backend=backend)


def _let_into_azure(
    stack: PlatformStack, platform: Platform, environment: Environment, identities: _Identities
) -> None:
    """Give the identities of an environment their roles on what it holds, and on the model registry."""
    subscription = f"/subscriptions/{environment.subscription_id}"
    group = environment.existing.resource_group
    registry = registry_group_id(platform.registry)
    reads = {"subscription": subscription, "registry": registry}
    let_plan(
        stack,
        identities.plan_id,
        identity=identities.plan,
        subscription_id=environment.subscription_id,
        reads=reads,
        planning=planning_role(
            stack,
            f"{_ID}_{environment.name}_planning",
            stack=identities.called.stack,
            scope_id=group or subscription,
        ),
    )
    let_apply(
        stack,
        identities.apply_id,
        identity=identities.apply,
        subscription_id=environment.subscription_id,
        # The stack makes its own resource group, unless others have: nothing smaller than the subscription is there.
        makes=group or subscription,
        policies=True,
        hands_on=ENVIRONMENT_ROLES,
        elsewhere={"registry": (registry, _READ_ONLY_AND_PRIVATE)},
        reads=reads,
    )


class _Identities:
    """The two identities of a stack, and how they sign in."""

    def __init__(
        self,
        stack: PlatformStack,
        platform: Platform,
        settings: InfrastructurePipelines,
        called: StackPipelines,
        key: str,
        resource_group: ResourceGroup,
        state: StateRoles | None,
    ) -> None:
        self._stack, self._platform, self._settings = stack, platform, settings
        self.called = called
        self._id = f"{_ID}_{key}"
        self.plan_id, self.apply_id = f"{self._id}_plan", f"{self._id}_apply"
        self.plan = ManagedIdentity(stack, self.plan_id, resource_group=resource_group, name=called.plan)
        self.apply = ManagedIdentity(stack, self.apply_id, resource_group=resource_group, name=called.apply)
        self._let_into_state(platform.backend, state)

    def join(self, *, administers_project: bool) -> None:
        """Make both members of the organization: one reads, the other administers the project or what it creates."""
        member = partial(OrganizationMember, self._stack, project=self._stack.project)
        license_ = self._settings.license
        plan = member(
            f"{self.plan_id}_member",
            principal_id=self.plan.principal_id,
            license_=license_,
            group="Readers",
        )
        plan.give_role("Reader")
        apply = member(
            f"{self.apply_id}_member",
            principal_id=self.apply.principal_id,
            license_=license_,
            group="Project Administrators" if administers_project else "Readers",
        )
        if not administers_project:
            apply.give_role("Creator")

    def connect(self, subscription_id: str) -> None:
        """Add a connection for each, and the environment in which plans are approved.

        All pipelines plan. Only the deployment applies, from one branch and with an approval.
        """
        prefix, branches = self._platform.stack_prefix, (self._settings.branch,)
        deploy = pipeline_name(prefix, "deploy")
        gate = devops.ApprovalEnvironment(
            name=self.called.environment,
            used_by=(deploy,),
            approvers=self._settings.approvers,
            minimum_approvers=self._settings.minimum_approvers,
            timeout=self._settings.timeout,
            instructions=f"Change {self.called.stack}? Its plan is attached to the run: look at what is replaced and "
            "destroyed.",
            branches=branches,
            verify_branch_protection=True,
        )
        add_approval_environment(self._stack, self._id, project=self._stack.project, settings=gate)
        for id_, identity, connection, approval in (
            (
                self.plan_id,
                self.plan,
                devops.ServiceConnection(
                    name=self.called.plan, used_by=tuple(pipeline_name(prefix, key) for key in PIPELINES)
                ),
                None,
            ),
            (
                self.apply_id,
                self.apply,
                devops.ServiceConnection(
                    name=self.called.apply,
                    used_by=(deploy,),
                    branches=branches,
                    verify_branch_protection=True,
                ),
                gate,
            ),
        ):
            ServiceConnection(
                self._stack,
                f"{id_}_connection",
                project=self._stack.project,
                settings=connection,
                identity=identity,
                tenant_id=self._stack.tenant_id,
                subscription_id=subscription_id,
                approval=approval,
            )

    def _let_into_state(self, backend: LocalBackend | AzurermBackend, state: StateRoles | None) -> None:
        """Let one read the state of the stack, and the other write it, where it is in Azure.

        A plan goes the other way: whoever plans puts it down, and whoever applies picks it up.
        """
        if not isinstance(backend, AzurermBackend):
            return
        stack, container = self._stack, self.called.stack
        if state is None or backend.create is None:
            let = partial(let_into_somebodys_container, stack, backend=backend)
            let(self.plan_id, identity=self.plan, write=False)
            let(self.apply_id, identity=self.apply, write=True)
            return
        state.let_read(self.plan_id, identity=self.plan, container=container)
        state.let_write(self.apply_id, identity=self.apply, container=container)
        keep = partial(
            let_keep_plans,
            stack,
            backend=backend,
            account=backend.create.plan_storage_account,
            container=container,
        )
        keep(self.plan_id, identity=self.plan, write=True)
        keep(self.apply_id, identity=self.apply, write=False)
