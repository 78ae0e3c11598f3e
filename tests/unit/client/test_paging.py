"""Lists that come in pages."""

from __future__ import annotations

import pytest

from client import azure
from client.api import origin
from client.devops import environments, graph, projects
from client.errors import UnexpectedAnswerError
from client.services import Services
from tests.unit.client.server import AZURE, DEVOPS, GRAPH, Reply, Server

ENVIRONMENTS = f"{DEVOPS}/mlops/_apis/distributedtask/environments"
GROUPS = "/subscriptions/s/resourceGroups"


def page(*ids: int, then: str | None = None) -> Reply:
    headers = {"x-ms-continuationtoken": then} if then else {}
    return Reply({"value": [{"id": number, "name": f"e{number}"} for number in ids]}, headers=headers)


def test_the_header_of_azure_devops_leads_to_the_next_page(server: Server, services: Services) -> None:
    server.answer("GET", ENVIRONMENTS, page(1, 2, then="a b&c"), page(3, then="d"), page(4))
    found = environments.environments(services, "mlops", "e*")
    assert [environment.id for environment in found] == [1, 2, 3, 4]
    assert [asked.query for asked in server.calls(ENVIRONMENTS)] == [
        {"name": "e*", "api-version": "7.1"},
        {"name": "e*", "continuationToken": "a b&c", "api-version": "7.1"},
        {"name": "e*", "continuationToken": "d", "api-version": "7.1"},
    ]


def test_a_page_is_asked_for_when_it_is_needed(server: Server, services: Services) -> None:
    server.answer("GET", ENVIRONMENTS, page(1, 2, then="next"), page(3))
    found = environments.environments(services, "mlops")
    assert server.calls(ENVIRONMENTS) == []
    assert [next(found).id, next(found).id] == [1, 2]
    assert len(server.calls(ENVIRONMENTS)) == 1


@pytest.mark.parametrize("token", ["second", ["second"]])
def test_a_token_in_the_body_leads_to_the_next_page(
    server: Server, services: Services, token: object
) -> None:
    path = f"{GRAPH}/_apis/graph/groups"
    one, two = ({"descriptor": f"vssgp.{name}", "displayName": name} for name in ("one", "two"))
    server.answer("GET", path, Reply({"value": [one], "continuationToken": token}), Reply({"value": [two]}))
    assert [group.display_name for group in graph.groups(services)] == ["one", "two"]
    assert server.calls(path)[1].query["continuationToken"] == "second"


def test_the_next_link_of_azure_is_followed_as_it_is(server: Server, services: Services) -> None:
    link = f"{server.url}{AZURE}{GROUPS}?api-version=2021-04-01&$skiptoken=x%2Fy"
    one, two = ({"id": f"{GROUPS}/{name}", "name": name, "location": "eastus"} for name in ("one", "two"))
    server.answer(
        "GET",
        AZURE + GROUPS,
        Reply({"value": [one], "nextLink": link}),
        Reply({"value": [two], "nextLink": ""}),
    )
    assert [group.name for group in azure.resources(services, GROUPS, "2021-04-01")] == ["one", "two"]
    assert server.calls(AZURE + GROUPS)[1].query == {"api-version": "2021-04-01", "$skiptoken": "x/y"}
    assert server.calls(AZURE + GROUPS)[1].token == f"Bearer {server.tokens[0]}"


@pytest.mark.parametrize(
    "link", ["https://elsewhere.example/subscriptions", "http://{host}/azure/subscriptions", "/subscriptions"]
)
def test_a_next_link_to_another_host_is_refused(server: Server, services: Services, link: str) -> None:
    link = link.format(host=server.url.removeprefix("https://"))
    server.answer("GET", AZURE + GROUPS, Reply({"value": [], "nextLink": link}))
    with pytest.raises(
        UnexpectedAnswerError, match=r"the next page is at another host.*the token is not sent there"
    ):
        list(azure.resources(services, GROUPS, "2021-04-01"))
    assert len(server.calls(AZURE + GROUPS)) == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://management.azure.com:443/x?y", ("https", "management.azure.com", 443)),
        ("https://Management.Azure.com", ("https", "management.azure.com", 443)),
        ("https://management.azure.com@elsewhere/", ("https", "elsewhere", 443)),
        ("https://management.azure.com:8443/", ("https", "management.azure.com", 8443)),
        ("https://management.azure.com:99999/", ("https", None, None)),
        ("//management.azure.com/", ("", "management.azure.com", 443)),
    ],
)
def test_an_address_is_of_the_same_host_by_scheme_name_and_port(
    url: str, expected: tuple[object, ...]
) -> None:
    assert origin(url) == expected


def test_pages_that_lead_back_are_an_error(server: Server, services: Services) -> None:
    server.answer("GET", ENVIRONMENTS, page(1, then="a"), page(2, then="b"), page(1, then="a"))
    with pytest.raises(
        UnexpectedAnswerError, match="the same continuationToken came twice: the pages have no end"
    ):
        list(environments.environments(services, "mlops"))
    assert len(server.calls(ENVIRONMENTS)) == 3


TEAMS = f"{DEVOPS}/_apis/projects/mlops/teams"


def teams(begin: int, end: int) -> Reply:
    return Reply({"value": [{"id": str(number), "name": f"t{number}"} for number in range(begin, end)]})


def test_teams_come_in_pages_by_skip(server: Server, services: Services) -> None:
    server.answer("GET", TEAMS, teams(0, 100), teams(100, 200), teams(200, 200))
    assert len({team.id for team in projects.teams(services, "mlops")}) == 200
    assert [(asked.query["$top"], asked.query["$skip"]) for asked in server.calls(TEAMS)] == [
        ("100", "0"),
        ("100", "100"),
        ("100", "200"),
    ]


def test_a_service_that_does_not_skip_is_an_error(server: Server, services: Services) -> None:
    server.answer("GET", TEAMS, teams(0, 100))
    with pytest.raises(UnexpectedAnswerError, match="the same page came twice"):
        list(projects.teams(services, "mlops"))
    assert len(server.calls(TEAMS)) == 2


@pytest.mark.parametrize("body", [{"items": []}, {"value": {}}, [], None])
def test_what_is_no_list_is_an_error(server: Server, services: Services, body: object) -> None:
    server.answer("GET", ENVIRONMENTS, Reply(body))
    with pytest.raises(UnexpectedAnswerError, match="value is missing, or not a list"):
        list(environments.environments(services, "mlops"))
