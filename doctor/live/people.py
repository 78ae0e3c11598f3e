"""Who is who in the organization, and who is in a team: nested groups too, Entra groups as far as they show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from client.devops import graph
from client.devops.identities import IdentityRef
from client.services import Services
from doctor.live.looking import Looking


@dataclass(frozen=True)
class Members:
    """Who is in a group, at any depth."""

    people: frozenset[str]
    """Names that people, and applications, sign in with or are shown by."""
    hidden: tuple[str, ...] = ()
    """Names of Entra groups in it, whose members Azure DevOps does not show."""


class People:
    """The groups of a project and the users of its organization. Members are asked for when somebody needs them."""

    def __init__(self, services: Services, looking: Looking, project_id: str) -> None:
        """Read groups and users; what cannot be seen is noted in ``looking``."""
        self._services, self._looking = services, looking
        scope = looking.see("the groups of the project", lambda: graph.descriptor(services, project_id))
        found = (
            looking.every("the groups of the project", lambda: graph.groups(services, scope))
            if scope
            else None
        )
        self.groups = None if found is None else {group.display_name.lower(): group for group in found}
        """The groups of the project by their names in lower case; None where they could not be seen."""
        users = looking.every("the users of the organization", lambda: graph.users(services))
        self._user_names = {user.descriptor: user.principal_name or user.display_name for user in users or ()}
        descriptors = {name: group.descriptor for name, group in (self.groups or {}).items()}
        descriptors.update({name.lower(): descriptor for descriptor, name in self._user_names.items()})
        self._descriptors = descriptors
        self._ids: dict[str, str] = {}
        self._members: dict[str, Members | None] = {}

    def find_ids(self, names: Iterable[str]) -> None:
        """Ask for the storage keys of teams and people, all at once: checks and roles name those."""
        wanted = [self._descriptors[name.lower()] for name in names if name.lower() in self._descriptors]
        found = self._looking.every(
            "the ids of teams and people",
            lambda: graph.identities(self._services, subject_descriptors=wanted),
        )
        self._ids.update({item.subject_descriptor: item.id for item in found or ()})

    def id(self, name: str) -> str | None:
        """Return the storage key of a team or person; None where it is not known."""
        return self._ids.get(self._descriptors.get(name.lower(), ""))

    def descriptor(self, name: str) -> str | None:
        """Return the descriptor of a team or person; None where there is none of that name."""
        return self._descriptors.get(name.lower())

    def members_of(self, identity: IdentityRef) -> Members | None:
        """Return who is behind an identity: roles name some by their storage key alone."""
        descriptor = identity.descriptor or self._descriptor_of(identity)
        return self.members(descriptor) if descriptor else None

    def _descriptor_of(self, identity: IdentityRef) -> str:
        found = self._looking.every(
            f"who {identity.display_name or identity.id} is",
            lambda: graph.identities(self._services, ids=[identity.id]),
        )
        return found[0].subject_descriptor if found else ""

    def members(self, descriptor: str) -> Members | None:
        """Return who is in a group; of a person that one alone. None where that could not be seen."""
        if descriptor not in self._members:
            self._members[descriptor] = self._expand(descriptor)
        return self._members[descriptor]

    def _expand(self, descriptor: str) -> Members | None:
        people: set[str] = set()
        hidden: list[str] = []
        waiting, seen = [descriptor], {descriptor}
        while waiting:
            one = waiting.pop()
            if graph.is_entra_group(one):
                hidden.append(self._name(one))
            elif graph.is_group(one):
                name = f"the members of {self._name(one)}"
                found = self._looking.every(name, partial(graph.members, self._services, one))
                if found is None:
                    return None
                below = [item.member_descriptor for item in found]
                waiting += [item for item in below if item not in seen]
                seen.update(below)
            else:
                people.add(self._user_names.get(one) or self._shown(one))
        return Members(frozenset(people), tuple(sorted(hidden)))

    def _shown(self, descriptor: str) -> str:
        """Return what Azure DevOps calls somebody who is no user: an application, the service of a build."""
        found = self._looking.every(
            "who is in a group",
            lambda: graph.identities(self._services, subject_descriptors=[descriptor]),
        )
        return (found[0].provider_display_name if found else "") or descriptor

    def _name(self, descriptor: str) -> str:
        known = {group.descriptor: group.display_name for group in (self.groups or {}).values()}
        if descriptor in known:
            return known[descriptor]
        found = self._looking.see("a group", lambda: graph.group(self._services, descriptor))
        return found.display_name if found else descriptor
