"""Services that put a call off, fail for a moment, or do not answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import formatdate

import pytest

from client.devops import environments, projects, pull_requests
from client.errors import UnavailableError, UnreachableError
from client.services import Services, connect
from tests.unit.client.server import DEVOPS, ORGANIZATION, Reply, Server

PATH = f"{DEVOPS}/_apis/projects/mlops"
GOOD = Reply({"id": "p", "name": "mlops", "state": "wellFormed"})
THREADS = f"{DEVOPS}/mlops/_apis/git/repositories/code/pullRequests/4/threads"
PULL_REQUEST = pull_requests.PullRequest("mlops", "code", 4)


def put_off(status: int = 429, **headers: str) -> Reply:
    return Reply(
        {"message": "TF400733: exceeding usage of resource"},
        status,
        {name.replace("_", "-"): value for name, value in headers.items()},
    )


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The pauses that are made, in seconds, without making them."""
    made: list[float] = []
    begin = time.monotonic()
    monkeypatch.setattr("client.waiting.sleep", made.append)
    monkeypatch.setattr("client.waiting.monotonic", lambda: begin + sum(made))
    yield made


@pytest.mark.parametrize("status", [429, 503])
def test_a_call_is_made_again_after_the_time_that_is_asked_for(
    server: Server, services: Services, pauses: list[float], status: int
) -> None:
    server.answer("GET", PATH, put_off(status, Retry_After="0.2"), put_off(status, Retry_After="0.1"), GOOD)
    assert projects.project(services, "mlops").name == "mlops"
    assert pauses == [0.2, 0.1]


def test_the_time_may_be_a_date_or_milliseconds(
    server: Server, services: Services, pauses: list[float]
) -> None:
    past = formatdate(time.time() - 60, usegmt=True)
    server.answer("GET", PATH, put_off(Retry_After=past), put_off(x_ms_retry_after_ms="250"), GOOD)
    assert projects.project(services, "mlops").name == "mlops"
    assert pauses == [0.01, 0.25]


def test_without_a_time_the_pauses_double(server: Server, services: Services, pauses: list[float]) -> None:
    server.answer("GET", PATH, put_off(), put_off(Retry_After="soon"), GOOD)
    assert projects.project(services, "mlops").name == "mlops"
    assert pauses == [0.01, 0.02]


def test_the_moment_at_which_azure_devops_frees_its_limit_is_waited_for(
    server: Server, services: Services, pauses: list[float]
) -> None:
    server.answer("GET", PATH, put_off(X_RateLimit_Reset=str(time.time() + 0.4)), GOOD)
    assert projects.project(services, "mlops").name == "mlops"
    assert len(pauses) == 1
    assert 0 < pauses[0] <= 0.4


def test_a_time_that_is_too_long_is_not_waited_for(
    server: Server, services: Services, pauses: list[float]
) -> None:
    server.answer(
        "GET",
        PATH,
        put_off(Retry_After="3600", X_RateLimit_Resource="Core", X_MS_RateLimit_Remaining_Reads="0"),
    )
    with pytest.raises(UnavailableError) as failed:
        projects.project(services, "mlops")
    assert pauses == []
    assert failed.value.status == 429
    assert failed.value.answer == (
        "429 Too Many Requests: TF400733: exceeding usage of resource (Retry-After: 3600, X-RateLimit-Resource: Core, "
        "X-MS-RateLimit-Remaining-Reads: 0); asked 1 times in 0 seconds"
    )


def test_all_pauses_together_have_an_end(server: Server, services: Services, pauses: list[float]) -> None:
    server.answer("GET", PATH, put_off(Retry_After="0.3"))
    with pytest.raises(UnavailableError, match="asked 2 times in 0 seconds"):
        projects.project(services, "mlops")
    assert pauses == [0.3]


def test_a_service_that_takes_long_to_say_no_is_not_asked_for_ever(
    server: Server, services: Services, pauses: list[float]
) -> None:
    def slowly(token: str) -> Reply:
        pauses.append(0.45)  # For so long nothing came.
        return put_off(502)

    server.echo = slowly
    with pytest.raises(UnavailableError, match="asked 2 times in 1 seconds"):
        projects.project(services, "mlops")


def test_unless_told_otherwise_the_client_waits_a_minute_and_a_half(
    server: Server, pauses: list[float]
) -> None:
    server.answer("GET", PATH, put_off())
    with connect(ORGANIZATION, services=server.url) as services, pytest.raises(UnavailableError):
        projects.project(services, "mlops")
    assert pauses == [1, 2, 4, 8, 16]
    pauses.clear()
    server.answer("GET", PATH, put_off(Retry_After="91"))
    with connect(ORGANIZATION, services=server.url) as services, pytest.raises(UnavailableError):
        projects.project(services, "mlops")
    assert pauses == []


def test_where_nothing_answers_nobody_waits_long(pauses: list[float]) -> None:
    with pytest.raises(UnreachableError):
        connect(ORGANIZATION, services="https://127.0.0.1:1")
    assert pauses == [1, 2]


def test_a_certificate_that_is_not_trusted_is_not_tried_again(
    server: Server, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(UnreachableError, match="certificate is not trusted"):
        connect(ORGANIZATION, services=server.url)
    assert pauses == []


def test_a_call_is_made_three_times_at_most(server: Server, services: Services) -> None:
    server.answer("GET", PATH, put_off(503))
    with pytest.raises(UnavailableError, match=r"503 Service Unavailable.*asked 3 times") as failed:
        projects.project(services, "mlops")
    assert failed.value.status == 503
    assert failed.value.fix.startswith("try again in some minutes")
    assert len(server.calls(PATH)) == 3


def test_a_change_that_was_put_off_is_sent_again(server: Server, services: Services) -> None:
    server.answer("POST", THREADS, put_off(), Reply({"id": 1}))
    assert pull_requests.create_thread(services, PULL_REQUEST, "Plan").id == 1
    first, second = server.calls(THREADS)
    assert first.body == second.body


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_change_that_may_have_been_made_is_not_sent_again(
    server: Server, services: Services, status: int
) -> None:
    server.answer("POST", THREADS, put_off(status, Retry_After="0"))
    with pytest.raises(UnavailableError, match="asked 1 times"):
        pull_requests.create_thread(services, PULL_REQUEST, "Plan")
    assert len(server.calls(THREADS)) == 1


@pytest.mark.parametrize("status", [408, 500, 502, 504])
def test_what_reads_is_sent_again_after_any_failure(server: Server, services: Services, status: int) -> None:
    server.answer("GET", PATH, put_off(status), GOOD)
    assert projects.project(services, "mlops").name == "mlops"


def test_a_page_in_the_middle_is_waited_for_too(server: Server, services: Services) -> None:
    path = f"{DEVOPS}/mlops/_apis/distributedtask/environments"
    first = Reply({"value": [{"id": 1, "name": "a"}]}, headers={"x-ms-continuationtoken": "t"})
    server.answer("GET", path, first, put_off(Retry_After="0.1"), Reply({"value": [{"id": 2, "name": "b"}]}))
    assert [one.id for one in environments.environments(services, "mlops")] == [1, 2]


def test_a_connection_that_breaks_is_made_again_for_what_reads(server: Server, services: Services) -> None:
    server.answer("GET", PATH, Reply(broken=True), GOOD)
    assert projects.project(services, "mlops").name == "mlops"


def test_a_connection_that_breaks_ends_a_change(server: Server, services: Services) -> None:
    server.answer("POST", THREADS, Reply(broken=True))
    with pytest.raises(UnreachableError, match="no answer"):
        pull_requests.create_thread(services, PULL_REQUEST, "Plan")
    assert len(server.calls(THREADS)) == 1
