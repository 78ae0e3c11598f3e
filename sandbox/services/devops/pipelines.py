"""Pipelines: their environments, the checks in front of what they use, and their authorizations."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import BrokenFileError, Cloud, Resource
from sandbox.services.devops.devops_resource import (
    DevOpsDataSource,
    DevOpsResource,
    UniqueName,
    is_guid,
)
from sandbox.services.resource_type import Arguments
from sandbox.services.rules import IS_UUID, ProviderRules, Value

_ROOT = "\\"


class ExistingPipeline(DevOpsDataSource, type_name="azuredevops_build_definition"):
    """A pipeline that is there already.

    The provider asks for the root folder by naming none, so that any folder fits; another folder stands for those in it
    too. The state holds the folder in which the pipeline was found (microsoft/azuredevops 1.16.0,
    ``build/data_build_definition.go``; REST specification of ``build`` 7.2, ``path``: "under this folder").
    """

    missing = "Build Definition with name {name} does not exist in project {project_id} in {path} path"
    several = "Multiple build definitions with name {name} found in project {project_id}"
    as_found = ("name", "path")

    def wanted(self, request: Request, given: Arguments) -> Arguments:
        """Return what the one that is looked up has to have: the folder counts, set or not."""
        return {"path": _ROOT, **given}

    def _fits(self, resource: Resource, wanted: Arguments) -> bool:
        folder, found = f"{wanted['path']}\\".lower(), f"{resource.attributes['path']}\\".lower()
        inside = wanted["path"] == _ROOT or found.startswith(folder)
        return inside and super()._fits(
            resource, {name: value for name, value in wanted.items() if name != "path"}
        )


class ExistingAgentQueue(DevOpsDataSource, type_name="azuredevops_agent_queue"):
    """An agent pool that the project has already.

    Source: microsoft/azuredevops 1.16.0, ``taskagent/data_agent_queue.go``.
    """

    missing = "getting agent queue by name: Unable to find agent queues with name: {name}"


AGENTS = "agents"
"""Where the file of a queue names the agents of its pool."""
NEW_AGENT: Mapping[str, Any] = {"name": "agent-1", "status": "online", "enabled": True, "version": "4.260.0"}


def pools(cloud: Cloud) -> dict[int, str]:
    """Return the names of the organization's agent pools by their numbers, as the queues of projects know them."""
    queues = cloud.resources("azuredevops_agent_queue")
    return {int(item.attributes["agent_pool_id"]): item.name for item in queues}


def agents(cloud: Cloud, pool: int) -> list[Mapping[str, Any]]:
    """Return the agents of a pool; BrokenFileError if somebody wrote something else into the file of a queue."""
    found = []
    for queue in cloud.resources("azuredevops_agent_queue"):
        if int(queue.attributes["agent_pool_id"]) == pool:
            for agent in queue.contents.get(AGENTS, []):
                match agent:
                    case {"name": str(), "status": "online" | "offline", "enabled": bool(), "version": str()}:
                        found.append(agent)
                    case _:
                        raise BrokenFileError(
                            f'{queue.path}: each of "{AGENTS}" has to look like {NEW_AGENT}'
                        )
    return found


class Environment(DevOpsResource, type_name="azuredevops_environment"):
    """An environment that pipelines deploy to."""

    number_series = "environments"
    import_wants = "a number"
    unique_name = UniqueName(
        argument="name",
        within="project_id",
        says="Environment with name {name} already exists in the project.",
    )
    rules = ProviderRules(force_new=("project_id",), values={"project_id": IS_UUID})


_TARGETS = Value(one_of=("endpoint", "environment", "queue", "repository", "securefile", "variablegroup"))


class _Check(DevOpsResource):
    """A check in front of something that pipelines use. All kinds share their numbers."""

    number_series = "checks"
    known_by = ("project_id", "target_resource_type", "target_resource_id")

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the check of ``<projectId>/<checkId>``; ServiceError for another form.

        microsoft/azuredevops 1.16.0, ``approvalsandchecks/common_check.go``.
        """
        parts = text.split("/")
        if len(parts) != 2:
            raise ServiceError(f'unexpected ID format ("{text}"), expected: <projectId>/<checkId>')
        if not is_guid(parts[0]):
            raise ServiceError(f"project ID must be a UUID, got: {parts[0]}")
        if not parts[1].isdecimal():
            raise ServiceError(f"check ID must be an integer, got: {parts[1]}")
        return super().imported(request, text)

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return its version."""
        return {"version": 1}


class ApprovalCheck(_Check, type_name="azuredevops_check_approval"):
    """People who have to approve."""

    rules = ProviderRules(
        force_new=("project_id", "target_resource_id", "target_resource_type"),
        defaults={"requester_can_approve": False, "timeout": 43200},
        values={
            "approvers": IS_UUID,
            "project_id": IS_UUID,
            "target_resource_type": _TARGETS,
            "timeout": Value(between=(1, 43200)),
        },
    )


class BranchControlCheck(_Check, type_name="azuredevops_check_branch_control"):
    """Branches that a run may come from."""

    rules = ProviderRules(
        force_new=("project_id", "target_resource_id", "target_resource_type"),
        defaults={
            "allowed_branches": "*",
            "display_name": "Managed by Terraform",
            "ignore_unknown_protection_status": False,
            "timeout": 1440,
            "verify_branch_protection": False,
        },
        values={
            "project_id": IS_UUID,
            "target_resource_type": _TARGETS,
            "timeout": Value(between=(1, 2147483647)),
        },
    )


class ExclusiveLockCheck(_Check, type_name="azuredevops_check_exclusive_lock"):
    """One run at a time."""

    rules = ProviderRules(
        force_new=("project_id", "target_resource_id", "target_resource_type"),
        defaults={"timeout": 43200},
        values={
            "project_id": IS_UUID,
            "target_resource_type": _TARGETS,
            "timeout": Value(between=(1, 43200)),
        },
    )


_AUTHORIZING = 0.02
"""How long the service takes to authorize a pipeline (seconds)."""


class PipelineAuthorization(DevOpsResource, type_name="azuredevops_pipeline_authorization"):
    """A pipeline that may use something, or all of them."""

    rules = ProviderRules(
        force_new=("project_id", "pipeline_project_id", "resource_id", "type", "pipeline_id"),
        values={"type": Value(one_of=("endpoint", "queue", "variablegroup", "environment", "repository"))},
    )

    _in_flight: ClassVar[set[str]] = set()

    def create(self, request: Request, arguments: Arguments) -> Resource:
        """Authorize the pipeline; refused while another is being authorized on the same thing.

        The service answers one of two requests with an internal error, which the provider does not try again
        (microsoft/terraform-provider-azuredevops#875 and #1448).
        """
        opened = f"{arguments['type']} {arguments['resource_id']}"
        if opened in self._in_flight:
            raise ServiceError(
                "creating authorized resource: TF400898: An Internal Error Occurred. Activity Id: "
                f"{uuid.uuid4()}."
            )
        self._in_flight.add(opened)
        try:
            request.cloud.let_others_in(_AUTHORIZING)
            return super().create(request, arguments)
        finally:
            self._in_flight.remove(opened)

    def read(self, request: Request, resource_id: str) -> Resource | None:
        """Find the authorization. One that is gone while others are left has no pipeline, and Terraform replaces it.

        The provider reads all that a thing is opened to, and looks for the pipeline in it; only an empty answer counts
        as gone (microsoft/azuredevops 1.16.0, ``build/resource_pipeline_authorization.go``).
        """
        found = super().read(request, resource_id)
        place, _, pipeline = resource_id.partition(";")
        if found or not pipeline:
            return found
        left = [item for item in request.cloud.resources(self.name) if item.id.startswith(f"{place};")]
        if not left or super().read(request, left[0].id) is None:
            return None
        return Resource(self.name, resource_id, {**left[0].attributes, "pipeline_id": None})

    def new_id(self, request: Request, arguments: Arguments) -> str:
        """Return the provider's id: what is opened, and for which pipeline."""
        text = f"{arguments['project_id']}/{arguments['type']}/{arguments['resource_id']}"
        if arguments.get("pipeline_project_id"):
            text += f";pipeline_project_id={arguments['pipeline_project_id']}"
        if arguments.get("pipeline_id"):
            text += f";pipeline_id={int(arguments['pipeline_id'])}"
        return text

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the authorization; ServiceError for another form.

        microsoft/azuredevops 1.16.0, ``build/resource_pipeline_authorization.go``.
        """
        base, *options = text.split(";")
        if len(base.split("/")) != 3:
            raise ServiceError(
                f"invalid id, expect base part to be `<project_id>/<type>/<resource_id>`, got={base}"
            )
        for option in options:
            key, sign, value = option.partition("=")
            if not sign:
                raise ServiceError(f"invalid id, expect optional part to be `<key>=<value>`, got={option}")
            if key not in ("pipeline_project_id", "pipeline_id"):
                raise ServiceError(f"invalid id, unknown optional key {key}")
            if key == "pipeline_id" and not value.isdecimal():
                raise ServiceError(f'strconv.Atoi: parsing "{value}": invalid syntax')
        return self.read(request, text)

    def import_id(self, resource: Resource) -> str:
        """Return its id, which says all of it."""
        return resource.id

    def existing(self, request: Request, arguments: Arguments) -> Resource | None:
        """Return the authorization of the same pipeline on the same thing."""
        if not all(isinstance(arguments.get(name), str) for name in ("project_id", "type", "resource_id")):
            return None
        # The provider's own reading takes another pipeline's for one without a pipeline.
        return super().read(request, self.new_id(request, arguments))
