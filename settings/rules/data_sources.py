"""Data of others, each under a name and from a place of its own."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checking.checked import Checked
from settings.models.environment import Environment
from settings.reading.problems import Problem

_TAKEN = {
    **dict.fromkeys(("datasets", "predictions"), "is the datastore of what retention limits"),
    **dict.fromkeys(
        ("workspaceartifactstore", "workspaceblobstore", "workspacefilestore", "workspaceworkingdirectory"),
        "is one of the datastores that Azure makes with the workspace",
    ),
}


def data_sources_are_new(environment: Checked[Environment]) -> Iterator[Problem]:
    """Give no datastore a name that is taken, and name no container twice, nor the workspace's own account."""
    own = environment.get("workspace", "storage_account")
    seen: dict[tuple[str, str], str] = {}
    # By the account's name, which no other account has: its id, and where it stands.
    first: dict[str, tuple[str, str]] = {}
    for path in environment.children("data_sources"):
        name = str(path[-1])
        account, container = environment.get(*path, "storage_account"), environment.get(*path, "container")
        if name in _TAKEN:
            yield environment.problem(
                *path,
                found=f"the name {name}, which {_TAKEN[name]}",
                allowed="another name: it becomes a datastore of the workspace",
                fix="choose another name",
                at_key=True,
            )
        if account and account.endswith(f"/{own}"):
            yield environment.problem(
                *path,
                "storage_account",
                found=f"{own}, the storage account of the workspace itself",
                allowed="an account of others: jobs use the workspace's own by the datastores that it has",
                fix="name another account, or remove this entry",
            )
        if account:
            short = account.rpartition("/")[2]
            known, where = first.setdefault(short, (account, name))
            if known != account:
                yield environment.problem(
                    *path,
                    "storage_account",
                    found=f"another id of {short} than in data_sources.{where}",
                    allowed="one id for each account, with the same capitals: its name is global in Azure",
                    fix="copy the id from the account's properties (Endpoints) in the Azure portal to both",
                )
                continue
        if account and container:
            place = account, container
            if place in seen:
                yield environment.problem(
                    *path,
                    "container",
                    found=f"{container}, like data_sources.{seen[place]}",
                    allowed="each container once: Azure refuses the same role a second time",
                    fix="remove one of the two",
                )
            seen.setdefault(place, name)
