"""Which path of Azure DevOps is answered by what: those of the REST API 7.1, behind the organization.

Each handler's docstring begins with the page of Microsoft's reference, "Azure DevOps Services REST API", that says what
it answers; the specifications are those of MicrosoftDocs/vsts-rest-api-specs.
"""

from __future__ import annotations

from sandbox.rest.calls import Handler, Route
from sandbox.rest.devops import (
    agents,
    checks,
    git,
    library,
    people,
    pipelines,
    projects,
    roles,
    service_endpoints,
)

_TASK = "{project}/_apis/distributedtask"
_REPOSITORY = "{project}/_apis/git/repositories/{repository}"
_THREADS = f"{_REPOSITORY}/pullrequests/{{pull_request}}/threads"


def _reads(forms: dict[str, Handler]) -> tuple[Route, ...]:
    return tuple(Route("GET", form, handler) for form, handler in forms.items())


PROJECTS = (
    *_reads(
        {
            "_apis/projects": projects.projects,
            "_apis/projects/{project}": projects.project,
            "_apis/projects/{project}/teams": projects.teams,
            "_apis/projects/{project}/teams/{team}": projects.team,
            "_apis/projects/{project}/teams/{team}/members": projects.members,
            "_apis/teams": projects.teams,
            f"{_TASK}/variablegroups": library.variable_groups,
            f"{_TASK}/variablegroups/{{id}}": library.variable_group,
            f"{_TASK}/environments": pipelines.environments,
            f"{_TASK}/environments/{{id}}": pipelines.environment,
            "{project}/_apis/pipelines/environments": pipelines.environments,
            "{project}/_apis/pipelines/environments/{id}": pipelines.environment,
            "{project}/_apis/pipelines/checks/configurations": checks.checks,
            "{project}/_apis/pipelines/checks/configurations/{id}": checks.check,
            "{project}/_apis/pipelines/pipelinepermissions/{kind}/{id}": checks.permissions,
            "{project}/_apis/build/definitions": pipelines.definitions,
            "{project}/_apis/build/definitions/{id}": pipelines.definition,
            f"{_TASK}/queues": agents.queues,
            f"{_TASK}/queues/{{id}}": agents.queue,
            "_apis/distributedtask/pools": agents.agent_pools,
            "_apis/distributedtask/pools/{id}/agents": agents.agents_of_pool,
            "_apis/build/resourceusage": agents.resource_usage,
            "{project}/_apis/serviceendpoint/endpoints": service_endpoints.endpoints,
            "{project}/_apis/serviceendpoint/endpoints/{id}": service_endpoints.endpoint,
            "_apis/securityroles/scopes/{scope}/roleassignments/resources/{resource}": roles.assignments,
            "_apis/permissions/{namespace}/{bits}": roles.has_permissions,
            "{project}/_apis/policy/configurations": git.policies,
            "_apis/accesscontrollists/{namespace}": git.access_control_lists,
            "{project}/_apis/git/repositories": git.list_repositories,
            _REPOSITORY: git.get_repository,
            f"{_REPOSITORY}/pullrequests/{{pull_request}}": git.pull_request,
            _THREADS: git.list_threads,
            f"{_THREADS}/{{thread}}": git.get_thread,
        }
    ),
    Route("PUT", "_apis/distributedtask/variablegroups/{id}", library.replace_group),
    Route("POST", _THREADS, git.add_thread),
    Route("PATCH", f"{_THREADS}/{{thread}}", git.change_thread),
    Route("POST", f"{_THREADS}/{{thread}}/comments", git.add_comment),
    Route("PATCH", f"{_THREADS}/{{thread}}/comments/{{comment}}", git.change_comment),
)
"""What ``dev.azure.com`` answers."""

GRAPH = _reads(
    {
        "_apis/graph/groups": people.groups,
        "_apis/graph/groups/{descriptor}": people.group,
        "_apis/graph/serviceprincipals": people.service_principals,
        "_apis/graph/users": people.users,
        "_apis/graph/users/{descriptor}": people.user,
        "_apis/graph/memberships/{descriptor}": people.memberships,
        "_apis/graph/descriptors/{storage_key}": people.descriptor,
        "_apis/graph/storagekeys/{descriptor}": people.storage_key,
        "_apis/identities": people.identities,
    }
)
"""What ``vssps.dev.azure.com`` answers."""
