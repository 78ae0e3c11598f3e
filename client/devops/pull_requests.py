"""Threads of comments on pull requests. Documentation: git/pull-request-threads, git/pull-request-thread-comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from client.calls import Call
from client.devops.identities import IdentityRef
from client.services import Services

_THREADS_PATH = "{project}/_apis/git/repositories/{repository}/pullRequests/{pull_request_id}/threads"
_READ = "Repositories, Read"
_WRITE = "Repositories, Contribute to pull requests"
_THREADS = Call(_THREADS_PATH, needs=_READ)
_NEW_THREAD = Call(_THREADS_PATH, needs=_WRITE)
_THREAD = Call(_THREADS_PATH + "/{thread_id}", needs=_WRITE)
_NEW_COMMENT = Call(_THREADS_PATH + "/{thread_id}/comments", needs=_WRITE)
_COMMENT = Call(_THREADS_PATH + "/{thread_id}/comments/{comment_id}", needs=_WRITE)


@dataclass(frozen=True)
class PullRequest:
    """Which pull request is meant. Names and ids are both understood."""

    project: str
    repository: str
    pull_request_id: int

    @property
    def parts(self) -> dict[str, str | int]:
        """The names in the path of its calls."""
        return {
            "project": self.project,
            "repository": self.repository,
            "pull_request_id": self.pull_request_id,
        }


@dataclass(frozen=True)
class Comment:
    """One comment."""

    id: int
    """Counted from 1 within its thread."""
    content: str = ""
    """Markdown. Empty for one that was deleted."""
    comment_type: str = "text"
    """``system`` for those that the service writes."""
    author: IdentityRef | None = None
    is_deleted: bool = False
    parent_comment_id: int = 0
    last_updated_date: datetime | None = None


@dataclass(frozen=True)
class Thread:
    """A thread, with its comments in their order."""

    id: int
    comments: tuple[Comment, ...] = ()
    status: str = ""
    """``active``, ``fixed``, ``wontFix``, ``closed``, ``byDesign``, ``pending``; empty for those of the service."""
    is_deleted: bool = False
    last_updated_date: datetime | None = None


def threads(services: Services, pull_request: PullRequest) -> Iterator[Thread]:
    """List the threads of a pull request. Raises :class:`client.errors.ServiceError`."""
    return services.devops.listed(Thread, _THREADS, None, **pull_request.parts)


def create_thread(
    services: Services, pull_request: PullRequest, content: str, *, status: str = "active"
) -> Thread:
    """Begin a thread with a comment, in Markdown. Raises :class:`client.errors.ServiceError`."""
    body = {"comments": [_comment(content)], "status": status}
    return services.devops.post(Thread, _NEW_THREAD, body, **pull_request.parts)


def set_thread_status(services: Services, pull_request: PullRequest, thread_id: int, status: str) -> Thread:
    """Change a thread's status, such as to ``closed``. Raises :class:`client.errors.ServiceError`."""
    return services.devops.patch(
        Thread, _THREAD, {"status": status}, **pull_request.parts, thread_id=thread_id
    )


def add_comment(services: Services, pull_request: PullRequest, thread_id: int, content: str) -> Comment:
    """Add a comment to a thread. Raises :class:`client.errors.ServiceError`."""
    body = _comment(content)
    return services.devops.post(Comment, _NEW_COMMENT, body, **pull_request.parts, thread_id=thread_id)


def update_comment(
    services: Services, pull_request: PullRequest, thread_id: int, comment_id: int, content: str
) -> Comment:
    """Replace the text of a comment that this identity has written. Raises :class:`client.errors.ServiceError`."""
    return services.devops.patch(
        Comment,
        _COMMENT,
        {"content": content},
        **pull_request.parts,
        thread_id=thread_id,
        comment_id=comment_id,
    )


def _comment(content: str) -> dict[str, object]:
    return {"parentCommentId": 0, "content": content, "commentType": "text"}
