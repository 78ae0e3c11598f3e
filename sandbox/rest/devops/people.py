"""Groups and people as the APIs of Azure DevOps name them: by descriptor, by the id of their identity, by reference."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator

from sandbox.cloud.store import Cloud, Resource
from sandbox.rest.calls import Answer, Call, Json, RefusedError, listed, paged
from sandbox.services.devops.devops_resource import PROJECT, SERVICE, USER

GROUP = "azuredevops_group"


def identity_id(subject: Resource) -> str:
    """Return the id of the identity of a group or a person (its storage key), which roles and approvals name."""
    return str(subject.attributes["group_id"]) if subject.type == GROUP else subject.id


def descriptor_of(subject: Resource) -> str:
    """Return the descriptor of a group or a person."""
    given = subject.id if subject.type == GROUP else subject.attributes.get("descriptor")
    return str(given or f"aad.{uuid.UUID(subject.id).hex}")


def subjects(cloud: Cloud) -> Iterator[Resource]:
    """Yield all groups, people and service principals."""
    for type_name in (GROUP, USER, SERVICE):
        yield from cloud.resources(type_name)


def identity_url(call: Call, subject: Resource) -> str:
    """Return the address of the identity of a group or a person."""
    place = f"{call.address}/azure-devops-graph/{call.names['organization']}"
    return f"{place}/_apis/Identities/{identity_id(subject)}"


def reference(call: Call, subject: Resource) -> Json:
    """Return a group or a person as an ``IdentityRef``."""
    group = subject.type == GROUP
    unique = subject.attributes.get("principal_name") or subject.name
    return {
        "displayName": unique if group else subject.attributes.get("display_name") or subject.name,
        "id": identity_id(subject),
        "uniqueName": unique,
        "descriptor": descriptor_of(subject),
        "url": identity_url(call, subject),
        **({"isContainer": True} if group else {}),
    }


def reference_by_id(call: Call, wanted: str) -> Json:
    """Return the identity with an id as an ``IdentityRef``; of one that is gone, the id alone is known."""
    found = next((item for item in subjects(call.cloud) if identity_id(item) == wanted), None)
    return reference(call, found) if found else {"id": wanted, "displayName": wanted}


def author(name: str) -> Json:
    """Return whoever the sandbox writes for as an ``IdentityRef``."""
    key = uuid.uuid5(uuid.NAMESPACE_URL, name)
    return {
        "displayName": name,
        "id": str(key),
        "uniqueName": f"{name.partition(' ')[0].lower()}@sandbox.invalid",
    }


def groups(call: Call) -> Answer:
    """Graph - Groups - List: all, or those of a project by its descriptor; an Entra group is in no project."""
    scope = call.query.get("scopedescriptor")
    project = _project_of(call, scope) if scope else None
    found = call.cloud.resources(GROUP)
    kept = [item for item in found if project is None or item.attributes.get("scope") == project]
    return paged(call, [_group(call, item) for item in kept])


def group(call: Call) -> Answer:
    """Graph - Groups - Get."""
    found = _subject(call, call.names["descriptor"])
    if found.type != GROUP:
        raise _unknown(call.names["descriptor"])
    return Answer(_group(call, found))


def users(call: Call) -> Answer:
    """Graph - Users - List."""
    return paged(call, [_user(call, item) for item in call.cloud.resources(USER)])


def user(call: Call) -> Answer:
    """Graph - Users - Get."""
    found = _subject(call, call.names["descriptor"])
    if found.type != USER:
        raise _unknown(call.names["descriptor"])
    return Answer(_user(call, found))


def service_principals(call: Call) -> Answer:
    """Graph - Service Principals - List."""
    return paged(
        call,
        [
            {
                "subjectKind": "servicePrincipal",
                "originId": item.attributes["origin_id"],
                "origin": item.attributes["origin"],
                "displayName": item.attributes["display_name"],
                "descriptor": item.attributes["descriptor"],
            }
            for item in call.cloud.resources(SERVICE)
        ],
    )


def memberships(call: Call) -> Answer:
    """Graph - Memberships - List: up to the groups that a subject is in, or down to the members of a group.

    Who is in an Entra group only Entra knows: down from one there is nobody.
    """
    subject = descriptor_of(_subject(call, call.names["descriptor"]))
    pairs = [
        (item.id, member)
        for item in call.cloud.resources(GROUP)
        for member in item.attributes["members"] or []
    ]
    down = call.query.get("direction", "up").lower() == "down"
    found = [(container, member) for container, member in pairs if (container if down else member) == subject]
    links = [{"containerDescriptor": container, "memberDescriptor": member} for container, member in found]
    return listed(links)


def descriptor(call: Call) -> Answer:
    """Graph - Descriptors - Get: the descriptor of a storage key, which a project has too."""
    key = call.names["storage_key"].lower()
    found = next((item for item in subjects(call.cloud) if identity_id(item).lower() == key), None)
    if found:
        return Answer({"value": descriptor_of(found)})
    project = call.cloud.find(key, PROJECT)
    if project:
        return Answer({"value": f"scp.{base64.urlsafe_b64encode(project.id.encode()).decode().rstrip('=')}"})
    raise RefusedError(
        404, "StorageKeyNotFound", f"VS860018: There is no subject with the storage key '{key}'."
    )


def storage_key(call: Call) -> Answer:
    """Graph - Storage Keys - Get."""
    return Answer({"value": identity_id(_subject(call, call.names["descriptor"]))})


def identities(call: Call) -> Answer:
    """Identities - Read Identities: by ``identityIds``, ``subjectDescriptors`` or ``descriptors``."""
    wanted = {
        item.lower()
        for name in ("identityids", "subjectdescriptors", "descriptors")
        for item in call.query.get(name, "").split(",")
        if item
    }
    if not wanted:
        raise RefusedError(
            400, "InvalidArgument", "Name identities: identityIds, subjectDescriptors or descriptors."
        )
    return listed(
        [
            {
                "id": identity_id(item),
                "subjectDescriptor": descriptor_of(item),
                "descriptor": descriptor_of(item),
                "providerDisplayName": reference(call, item)["displayName"],
                "isActive": True,
                "isContainer": item.type == GROUP,
                "members": [],
                "memberOf": [],
                "properties": {},
            }
            for item in subjects(call.cloud)
            if wanted & {identity_id(item).lower(), descriptor_of(item).lower()}
        ]
    )


def _group(call: Call, group: Resource) -> Json:
    given = group.attributes
    return {
        "subjectKind": given["subject_kind"],
        "description": given["description"],
        "domain": given["domain"],
        "principalName": given["principal_name"],
        "mailAddress": given["mail"] or None,
        "origin": given["origin"],
        "originId": given["origin_id"],
        "displayName": given["display_name"],
        "url": given["url"],
        "descriptor": group.id,
    }


def _user(call: Call, user: Resource) -> Json:
    given = user.attributes
    return {
        "subjectKind": "user",
        "principalName": given.get("principal_name") or user.name,
        "mailAddress": given.get("mail_address") or "",
        "origin": given.get("origin") or "aad",
        "originId": given.get("origin_id") or user.id,
        "displayName": given.get("display_name") or user.name,
        "descriptor": descriptor_of(user),
    }


def _subject(call: Call, wanted: str) -> Resource:
    found = next(
        (item for item in subjects(call.cloud) if descriptor_of(item).lower() == wanted.lower()), None
    )
    if found is None:
        raise _unknown(wanted)
    return found


def _unknown(descriptor: str) -> RefusedError:
    return RefusedError(
        404, "GraphSubjectNotFound", f"VS403325: The subject '{descriptor}' could not be found."
    )


def _project_of(call: Call, scope: str) -> str:
    kind, _, text = scope.partition(".")
    if kind == "scp":
        try:
            return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        except ValueError:
            pass
    raise RefusedError(400, "InvalidArgument", f"VS860001: '{scope}' is not the descriptor of a project.")
