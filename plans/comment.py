"""The one comment on a pull request in Azure Repos: a later run edits it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from client.devops.pull_requests import (
    PullRequest,
    Thread,
    create_thread,
    set_thread_status,
    threads,
    update_comment,
)
from client.errors import ForbiddenError
from client.services import Services

MARKER = "<!-- What Terraform would change: written by a pipeline, which edits it -->"
"""How the comment is found again. Nobody sees it."""

_VARIABLES = {
    "SYSTEM_COLLECTIONURI": "the organization",
    "SYSTEM_TEAMPROJECT": "the project",
    "BUILD_REPOSITORY_ID": "the repository",
    "SYSTEM_PULLREQUEST_PULLREQUESTID": "the pull request",
}


class CommentError(Exception):
    """There is no pull request to comment on; the message says what is missing."""


def pull_request_of(environment: Mapping[str, str] = os.environ) -> tuple[str, PullRequest]:
    """Return the organization's address and the pull request that a job of Azure Pipelines runs for.

    Raises CommentError.
    """
    missing = [f"{name} ({what})" for name, what in _VARIABLES.items() if not environment.get(name)]
    if missing:
        raise CommentError(
            f"This is no run for a pull request in Azure Repos: {', '.join(missing)} is not set. The build validation "
            "policy of the branch starts one."
        )
    organization, project, repository, number = (environment[name] for name in _VARIABLES)
    if not number.isdecimal():
        raise CommentError(f"SYSTEM_PULLREQUEST_PULLREQUESTID is no number: {number[:20]!r}")
    return organization, PullRequest(project, repository, int(number))


def post(services: Services, pull_request: PullRequest, text: str, *, loses: bool) -> None:
    """Write the comment, or edit the one that an earlier run has written; ``text`` begins with :data:`MARKER`.

    A thread about something that is lost is active: a branch that wants all comments resolved waits for a person. Any
    other one is closed. Raises :class:`client.errors.ServiceError`.
    """
    status = "active" if loses else "closed"
    for thread in threads(services, pull_request):
        if not _is_ours(thread):
            continue
        first = thread.comments[0]
        try:
            if first.content.strip() != text.strip():
                update_comment(services, pull_request, thread.id, first.id, text)
        except ForbiddenError:  # somebody has quoted it
            continue
        if thread.status != status:
            set_thread_status(services, pull_request, thread.id, status)
        return
    create_thread(services, pull_request, text, status=status)


def _is_ours(thread: Thread) -> bool:
    return bool(
        not thread.is_deleted
        and thread.comments
        and not thread.comments[0].is_deleted
        and thread.comments[0].content.startswith(MARKER)
    )
