"""What is there before the first deployment: subscriptions, people, and an Azure DevOps project with pipelines."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sandbox.cloud.request import Account, Request
from sandbox.cloud.store import Cloud, Resource
from sandbox.services.azure import arm
from sandbox.services.azure.hub import add, add_network
from sandbox.services.devops.core import AGILE, DEFAULT_GROUPS
from sandbox.services.devops.devops_resource import USER, find_project
from sandbox.services.devops.git import PULL_REQUEST, add_pull_request, first_repository
from sandbox.services.devops.pipelines import AGENTS, NEW_AGENT
from sandbox.services.types import resource_type

# The pipelines that the platform's guide names, each with its folder.
DEFAULT_PIPELINES: Mapping[str, str] = dict.fromkeys(
    ("Training", "Promotion", "Test Deployment", "Prod Deployment", "PR Validation"), "\\"
)
PLACEHOLDER_ID = "00000000-0000-0000-0000-000000000000"

_GROUPS = "Microsoft.Resources/resourceGroups@2024-03-01"
_FEATURES = ("artifacts", "boards", "pipelines", "repositories", "testplans")


def seed(
    cloud_folder: Path,
    *,
    project: str | None = "mlops",
    pipelines: Mapping[str, str] = DEFAULT_PIPELINES,
    subscriptions: Iterable[str] = (PLACEHOLDER_ID,),
    tenant_id: str = PLACEHOLDER_ID,
    subnets: Iterable[str] = (),
    users: Iterable[str] = (),
    people: Iterable[str] = (),
    containers: Iterable[str] = (),
    groups: Iterable[str] = (),
    existing: Mapping[str, str] = MappingProxyType({}),
    agent_pools: Iterable[str] = (),
    pull_requests: Iterable[str] = (),
    repositories: Iterable[str] = (),
) -> Cloud:
    """Create what is not there yet, and return the cloud.

    ``subscriptions`` are GUIDs, ``subnets`` and ``containers`` ids of subnets and of blob containers that others have,
    with what these lie in. ``existing`` are other resources of theirs: the type of each by its id, as azapi names it.
    ``users`` are the GUIDs of people whom checks and roles may name, ``people`` the names by which others sign in.
    Without a ``project`` that is all; with one, ``pipelines`` maps the names of its pipelines to their folders (``\\``
    is the root), ``groups`` are teams and ``agent_pools`` pools beside its default ones, ``repositories`` are names and
    ``pull_requests`` branches that somebody asks to merge into main.
    """
    cloud = Cloud(cloud_folder)
    with cloud.locked():
        for subscription in subscriptions:
            add(
                cloud,
                "azurerm_subscription",
                f"/subscriptions/{subscription}",
                _subscription(subscription, tenant_id),
            )
        for subnet in subnets:
            network, _, name = subnet.rpartition("/subnets/")
            add_network(cloud, network, location="eastus", subnets=[name])
        for resource_id, type_ in existing.items():
            _add_existing(cloud, resource_id, type_)
        for user in users:
            add(cloud, USER, user, {"name": user})
        for name in people:
            add(cloud, USER, str(uuid.uuid5(uuid.NAMESPACE_URL, name)), _person(name))
        for container in containers:
            _add_container(cloud, container, tenant_id)
        if project is not None:
            home = find_project(cloud, project) or _new_project(cloud, project)
            for name, folder in pipelines.items():
                _add_pipeline(cloud, home.id, name, folder)
            for group in groups:
                _add_group(cloud, home.id, group)
            for pool in agent_pools:
                _add_agent_queue(cloud, home.id, pool)
            for repository in repositories:
                _add_repository(cloud, home, repository)
            for branch in pull_requests:
                if not _is_there(cloud, PULL_REQUEST, {"source_branch": branch, "project_id": home.id}):
                    add_pull_request(cloud, home.id, source=branch)
    return cloud


def _add_existing(cloud: Cloud, resource_id: str, type_: str) -> None:
    """Add a resource and the groups that it is in, as far as they are not there: whatever type made them."""
    there = arm.index(cloud)
    for place in (*arm.ancestors(resource_id)[1:], resource_id):
        if place.lower() not in there:
            attributes = {
                "type": type_ if place == resource_id else _GROUPS,
                "name": place.rpartition("/")[2],
                "parent_id": arm.ancestors(place)[-1],
                "location": "eastus",
            }
            cloud.write(Resource("azapi_resource", place, attributes))


def _add_container(cloud: Cloud, container: str, tenant_id: str) -> None:
    """Add a container and what it lies in, with no more than what is said of others' things here."""
    parts = container.split("/")
    subscription, group, account = ("/".join(parts[:length]) for length in (3, 5, 9))
    add(cloud, "azurerm_subscription", subscription, _subscription(parts[2], tenant_id))
    add(cloud, "azurerm_resource_group", group, {"name": parts[4]})
    add(cloud, "azurerm_storage_account", account, {"name": parts[8], "resource_group_name": parts[4]})
    add(
        cloud,
        "azurerm_storage_container",
        container,
        {"name": parts[-1], "storage_account_id": account},
    )


def _person(name: str) -> dict[str, str]:
    return {
        "name": name,
        "principal_name": name,
        "display_name": name.partition("@")[0],
        "mail_address": name,
        "descriptor": f"aad.{uuid.uuid5(uuid.NAMESPACE_DNS, name).hex}",
        "origin": "aad",
        "origin_id": str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
    }


def _subscription(subscription: str, tenant_id: str) -> dict[str, Any]:
    return {
        "subscription_id": subscription,
        "display_name": f"Subscription {subscription}",
        "tenant_id": tenant_id,
        "state": "Enabled",
        "location_placement_id": "Public_2014-09-01",
        "quota_id": "EnterpriseAgreement_2014-09-01",
        "spending_limit": "Off",
        "tags": {},
    }


def _new_project(cloud: Cloud, name: str) -> Resource:
    project = Resource(
        "azuredevops_project",
        str(uuid.uuid4()),
        {
            "name": name,
            "description": "",
            "visibility": "private",
            "version_control": "Git",
            "work_item_template": "Agile",
            "process_template_id": AGILE,
            "features": dict.fromkeys(_FEATURES, "enabled"),
        },
    )
    project = cloud.write(project)
    for group in (*DEFAULT_GROUPS, f"{name} Team"):
        _add_group(cloud, project.id, group)
    return project


def _add_group(cloud: Cloud, project_id: str, name: str) -> None:
    attributes = {"display_name": name, "scope": project_id}
    if _is_there(cloud, "azuredevops_group", attributes):
        return
    group = resource_type("azuredevops_group")
    group.create(Request(cloud, Account(), group.name), {**attributes, "description": ""})


def _add_pipeline(cloud: Cloud, project_id: str, name: str, folder: str) -> None:
    attributes = {"name": name, "path": folder, "project_id": project_id}
    if _is_there(cloud, "azuredevops_build_definition", attributes):
        return
    details = {
        "agent_pool_name": "Azure Pipelines",
        "queue_status": "enabled",
        "revision": 1,
        "job_authorization_scope": "projectCollection",
        "repository": [
            {
                "branch_name": "main",
                "github_enterprise_url": "",
                "repo_id": first_repository(project_id),
                "repo_type": "TfsGit",
                "report_build_status": True,
                "service_connection_id": "",
                "url": "",
                "yml_path": "azure-pipelines.yml",
            }
        ],
    }
    number = str(cloud.next_number("pipelines", "azuredevops_build_definition"))
    cloud.write(Resource("azuredevops_build_definition", number, {**attributes, **details}))


def _add_agent_queue(cloud: Cloud, project_id: str, name: str) -> None:
    attributes = {"name": name, "project_id": project_id}
    if _is_there(cloud, "azuredevops_agent_queue", attributes):
        return
    number = cloud.next_number("agent queues", "azuredevops_agent_queue")
    pool = {"agent_pool_id": number + 10}  # a number of the organization's
    agent = {AGENTS: [dict(NEW_AGENT)]}
    cloud.write(Resource("azuredevops_agent_queue", str(number), {**attributes, **pool}, agent))


def _add_repository(cloud: Cloud, project: Resource, name: str) -> None:
    attributes = {"name": name, "project_id": project.id}
    if _is_there(cloud, "azuredevops_git_repository", attributes):
        return
    number = str(uuid.uuid4())
    url = f"https://dev.azure.com/_apis/git/repositories/{number}"
    details = {"default_branch": "refs/heads/main", "is_fork": False, "size": 1, "disabled": False}
    urls = dict.fromkeys(("remote_url", "ssh_url", "url", "web_url"), url)
    cloud.write(Resource("azuredevops_git_repository", number, {**attributes, **details, **urls}))


def _is_there(cloud: Cloud, type_name: str, attributes: Mapping[str, Any]) -> bool:
    return any(attributes.items() <= resource.attributes.items() for resource in cloud.resources(type_name))
