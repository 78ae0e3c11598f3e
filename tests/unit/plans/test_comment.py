"""The one comment on a pull request, and the environments that ask somebody, at the sandbox's second door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from client.devops.pull_requests import (
    Comment,
    PullRequest,
    Thread,
    add_comment,
    create_thread,
    set_thread_status,
    threads,
)
from client.errors import ForbiddenError
from client.services import Services, connect
from plans import comment
from plans.comment import MARKER, CommentError, post, pull_request_of
from sandbox.cloud.store import Cloud
from sandbox.rest.server import open_door
from sandbox.services.devops.git import add_pull_request
from sandbox.services.seed import seed

ORGANIZATION = "https://dev.azure.com/contoso"


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    cloud = Cloud(tmp_path / "cloud")
    seed(cloud.folder, subscriptions=[])
    return cloud


@pytest.fixture
def services(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with open_door(cloud) as door:
        for name, value in door.environment().items():
            monkeypatch.setenv(name, value)
        with connect(ORGANIZATION, services=door.address) as opened:
            yield opened


@pytest.fixture
def pull_request(cloud: Cloud) -> PullRequest:
    with cloud.locked():
        (project,) = cloud.resources("azuredevops_project")
    return PullRequest("mlops", "mlops", int(add_pull_request(cloud, project.id, source="a").id))


def contents(services: Services, pull_request: PullRequest) -> list[tuple[str, str]]:
    return [(thread.status, thread.comments[0].content) for thread in threads(services, pull_request)]


def test_a_later_run_edits_the_comment(services: Services, pull_request: PullRequest) -> None:
    create_thread(services, pull_request, "Looks good")
    post(services, pull_request, f"{MARKER}\none", loses=True)
    (_, ours) = threads(services, pull_request)
    add_comment(services, pull_request, ours.id, "Is that meant?")
    post(services, pull_request, f"{MARKER}\ntwo", loses=False)
    assert contents(services, pull_request) == [("active", "Looks good"), ("closed", f"{MARKER}\ntwo")]
    post(services, pull_request, f"{MARKER}\ntwo", loses=True)
    assert contents(services, pull_request)[1][0] == "active"


def test_a_thread_that_a_person_closed_is_opened_again_by_a_loss(
    services: Services, pull_request: PullRequest
) -> None:
    post(services, pull_request, f"{MARKER}\none", loses=True)
    (ours,) = threads(services, pull_request)
    set_thread_status(services, pull_request, ours.id, "wontFix")
    post(services, pull_request, f"{MARKER}\none", loses=True)
    assert contents(services, pull_request) == [("active", f"{MARKER}\none")]


@pytest.mark.parametrize(
    "thread",
    [
        Thread(7, (Comment(1, f"{MARKER}\none"),), is_deleted=True),
        Thread(7, (Comment(1, f"{MARKER}\none", is_deleted=True),)),
        Thread(7, (Comment(1, f"See {MARKER}"),)),
        Thread(7),
    ],
)
def test_what_is_deleted_or_of_a_person_is_left_alone(
    services: Services, pull_request: PullRequest, monkeypatch: pytest.MonkeyPatch, thread: Thread
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(comment, "threads", lambda *_: [thread])
        post(services, pull_request, f"{MARKER}\ntwo", loses=True)
    assert contents(services, pull_request) == [("active", f"{MARKER}\ntwo")]


def test_what_may_not_be_edited_is_followed_by_another(
    services: Services, pull_request: PullRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> None:
        raise ForbiddenError("PATCH comment", "403", "ask", status=403)

    post(services, pull_request, f"{MARKER}\none", loses=True)
    monkeypatch.setattr(comment, "update_comment", forbidden)
    post(services, pull_request, f"{MARKER}\ntwo", loses=True)
    assert [text for _, text in contents(services, pull_request)] == [f"{MARKER}\none", f"{MARKER}\ntwo"]
    post(services, pull_request, f"{MARKER}\ntwo", loses=False)
    assert contents(services, pull_request)[1] == ("closed", f"{MARKER}\ntwo"), "it needs no edit"


def test_elsewhere_there_is_no_pull_request() -> None:
    variables = {
        "SYSTEM_COLLECTIONURI": "https://dev.azure.com/contoso/",
        "SYSTEM_TEAMPROJECT": "mlops",
        "BUILD_REPOSITORY_ID": "mlops",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
    }
    assert pull_request_of(variables) == (variables["SYSTEM_COLLECTIONURI"], PullRequest("mlops", "mlops", 7))
    with pytest.raises(
        CommentError, match=r"SYSTEM_PULLREQUEST_PULLREQUESTID \(the pull request\) is not set"
    ):
        pull_request_of({**variables, "SYSTEM_PULLREQUEST_PULLREQUESTID": ""})
    with pytest.raises(CommentError, match=r"no number: '\.\./7'"):
        pull_request_of({**variables, "SYSTEM_PULLREQUEST_PULLREQUESTID": "../7"})
