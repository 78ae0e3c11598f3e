"""Projects and their teams."""

from __future__ import annotations

from sandbox.cloud.store import BrokenFileError, Resource
from sandbox.rest.calls import Answer, Call, Json, RefusedError, paged, skipped
from sandbox.rest.devops.people import GROUP, identity_id, identity_url, reference, subjects
from sandbox.services.devops.core import DEFAULT_GROUPS, state_of
from sandbox.services.devops.devops_resource import PROJECT, find_project, has_owners

LONG_AGO = "2024-01-01T00:00:00Z"
"""When things were made that the cloud does not date."""
_WELL_FORMED = "wellFormed"


def project_of(call: Call) -> Resource:
    """Return the project that a path names, by its name or its id; RefusedError if there is none."""
    found = find_project(call.cloud, call.names["project"])
    if found is None:
        raise RefusedError(
            404,
            "ProjectDoesNotExistWithName",
            f"TF200016: The following project does not exist: {call.names['project']}. Verify that the name of the "
            "project is correct and that the project exists on the specified Azure DevOps Server.",
        )
    return found


def url(call: Call, path: str) -> str:
    """Return the address of something in the organization that is asked."""
    return f"{call.address}/azure-devops/{call.names['organization']}/{path}"


def inside(call: Call, *types: str) -> list[Resource]:
    """Return what a project has of the types, in the order of their numbers; BrokenFileError for another id."""
    project = project_of(call)
    found = [
        item
        for item in call.cloud.resources(*types)
        if item.attributes["project_id"] == project.id and has_owners(call.cloud, item)
    ]
    for item in found:
        if not item.id.isdecimal():
            raise BrokenFileError(
                f'{item.path}: the "id" has to be a number in quotes, such as "3", not {item.id}'
            )
    return sorted(found, key=lambda item: int(item.id))


def one(call: Call, what: str, *types: str) -> Resource:
    """Return the one with the id of a path; RefusedError with the service's word for ``what`` is missing."""
    found = next((item for item in inside(call, *types) if item.id == call.names["id"]), None)
    if found is None:
        raise RefusedError(
            404, f"{what}NotFound", f"There is no {what} with the id {call.names['id']} in the project."
        )
    return found


def projects(call: Call) -> Answer:
    """Core - Projects - List: those that are well formed, unless ``stateFilter`` asks for another state, or for all."""
    wanted = call.query.get("statefilter", _WELL_FORMED).lower()
    found = [item for item in call.cloud.resources(PROJECT) if wanted in ("all", state_of(item).lower())]
    return paged(call, [project_reference(call, item) for item in found])


def project(call: Call) -> Answer:
    """Core - Projects - Get."""
    found = project_of(call)
    body = project_reference(call, found)
    if call.query.get("includecapabilities", "").lower() == "true":
        given = found.attributes
        body["capabilities"] = {
            "versioncontrol": {"sourceControlType": given["version_control"]},
            "processTemplate": {
                "templateName": given["work_item_template"],
                "templateTypeId": given["process_template_id"],
            },
        }
    return Answer(body)


def project_reference(call: Call, project: Resource) -> dict[str, Json]:
    """Return a project as a ``TeamProjectReference``."""
    return {
        "id": project.id,
        "name": project.name,
        "description": project.attributes.get("description") or "",
        "url": url(call, f"_apis/projects/{project.id}"),
        "state": state_of(project),
        "revision": 1,
        "visibility": project.attributes.get("visibility") or "private",
    }


def teams(call: Call) -> Answer:
    """Core - Teams - Get Teams, and Get All Teams where no project is named."""
    within = [project_of(call)] if "project" in call.names else call.cloud.resources(PROJECT)
    return skipped(call, [_team(call, item, team) for item in within for team in _teams(call, item)])


def team(call: Call) -> Answer:
    """Core - Teams - Get."""
    return Answer(_team(call, project_of(call), _named(call)))


def members(call: Call) -> Answer:
    """Core - Teams - Get Team Members With Extended Properties."""
    inside = _named(call).attributes["members"] or []
    known = {item.attributes.get("descriptor") or item.id: item for item in subjects(call.cloud)}
    found = [known[name] for name in inside if name in known]
    return skipped(call, [{"isTeamAdmin": False, "identity": reference(call, item)} for item in found])


def _teams(call: Call, project: Resource) -> list[Resource]:
    """Return the groups of a project that are its teams: all but those that every project has."""
    return [
        item
        for item in call.cloud.resources(GROUP)
        if item.attributes.get("scope") == project.id and item.name not in DEFAULT_GROUPS
    ]


def _named(call: Call) -> Resource:
    wanted, project = call.names["team"].lower(), project_of(call)
    for item in _teams(call, project):
        if wanted in (item.name.lower(), identity_id(item).lower()):
            return item
    raise RefusedError(
        404, "TeamNotFound", f"The team with id '{call.names['team']}' does not exist in {project.name}."
    )


def _team(call: Call, project: Resource, team: Resource) -> Json:
    return {
        "id": identity_id(team),
        "name": team.name,
        "description": team.attributes.get("description") or "",
        "url": url(call, f"_apis/projects/{project.id}/teams/{identity_id(team)}"),
        "identityUrl": identity_url(call, team),
        "projectName": project.name,
        "projectId": project.id,
    }
