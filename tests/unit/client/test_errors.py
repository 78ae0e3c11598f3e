"""What a person is told, and that no token is in it."""

from __future__ import annotations

import json
import socket
import traceback
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from client import azure
from client.devops import environments, library, projects, pull_requests
from client.errors import (
    AddressError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    ReadOnlyError,
    RefusedError,
    ServiceError,
    UnexpectedAnswerError,
    UnreachableError,
    one_line,
    without_secrets,
)
from client.services import Services, connect
from client.waiting import Patience
from tests.unit.client.server import AZURE, DEVOPS, ORGANIZATION, SECRET, Reply, Server
from tests.unit.client.test_library import GROUP, LIST

PATH = f"{DEVOPS}/_apis/projects/ml%20ops"
PULL_REQUEST = pull_requests.PullRequest("mlops", "code", 4)


def message(server: Server, services: Services, reply: Reply) -> ServiceError:
    server.answer("GET", LIST, reply)
    with pytest.raises(ServiceError) as failed:
        list(library.variable_groups(services, "mlops", "mlops-dev-variables"))
    return failed.value


def test_a_message_says_what_was_asked_what_was_answered_and_what_to_do(
    server: Server, services: Services
) -> None:
    error = message(server, services, Reply({"message": "TF400: ann needs View library item."}, 403))
    assert type(error) is ForbiddenError
    assert error.status == 403
    assert str(error) == (
        f"GET {server.url}{LIST} (Azure DevOps)\n"
        "    answer: 403 Forbidden: TF400: ann needs View library item.\n"
        "    fix:    give this identity: Library, Reader"
    )


@pytest.mark.parametrize(
    ("status", "kind", "fix"),
    [
        (400, RefusedError, "read what the service says"),
        (404, NotFoundError, "check the name"),
        (405, RefusedError, "read what the service says"),
        (409, ConflictError, "somebody else may be changing it"),
        (412, ConflictError, "somebody else may be changing it"),
        (301, RefusedError, "read what the service says"),
        (302, RefusedError, "read what the service says"),
        (501, RefusedError, "read what the service says"),
    ],
)
def test_each_status_has_its_error(
    server: Server, services: Services, status: int, kind: type[ServiceError], fix: str
) -> None:
    error = message(server, services, Reply({"error": {"code": "Odd", "message": "so it is"}}, status))
    assert type(error) is kind
    assert error.status == status
    assert error.answer.startswith(f"{status} ")
    assert error.answer.endswith(": Odd: so it is")
    assert error.fix.startswith(fix)


@pytest.mark.parametrize(
    "body", ["<html>Not found</html>", [], {"error": "x"}, {"message": 7}, None, "[" * 9000]
)
def test_an_answer_without_words_is_told_by_its_status(
    server: Server, services: Services, body: object
) -> None:
    assert message(server, services, Reply(body, 404)).answer == "404 Not Found"


def test_a_long_answer_is_cut_and_on_one_line(server: Server, services: Services) -> None:
    error = message(server, services, Reply({"message": "first\nsecond\x1b[31m " + "x" * 9000}, 400))
    assert error.answer.startswith("400 Bad Request: first second\\x1b[31m xxx")
    assert len(error.answer) == 400


@pytest.mark.parametrize("body", ["<html>Welcome</html>", "{", "[" * 9000, "\udcff"])
def test_what_is_no_json_is_said(server: Server, services: Services, body: str) -> None:
    server.answer("GET", LIST, Reply(body, 200))
    with pytest.raises(UnexpectedAnswerError, match="200, but not JSON: text/html"):
        list(library.variable_groups(services, "mlops"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"id": None}, "value[1].id is missing"),
        ({"id": "7"}, "value[1].id is not a number"),
        ({"id": True}, "value[1].id is not a number"),
        ({"name": 7}, "value[1].name is not a text"),
        ({"isShared": "no"}, "value[1].isShared is not true or false"),
        ({"variables": []}, "value[1].variables is not an object"),
        ({"variables": {"a": "b"}}, "value[1].variables.a is not an object"),
        ({"variables": {"a": {"value": 7}}}, "value[1].variables.a.value is not a text"),
        ({"modifiedBy": {"displayName": "Ann"}}, "value[1].modifiedBy.id is missing"),
        ({"modifiedOn": "yesterday"}, "value[1].modifiedOn is not a time"),
        ({"variableGroupProjectReferences": {}}, "value[1].variableGroupProjectReferences is not a list"),
        (
            {"variableGroupProjectReferences": [{"name": "x"}]},
            "value[1].variableGroupProjectReferences[0].projectReference is missing",
        ),
    ],
)
def test_a_field_that_is_missing_or_another_is_named_with_its_call(
    server: Server, services: Services, change: dict[str, object], told: str
) -> None:
    server.lists(LIST, GROUP, {**GROUP, **change})
    found = library.variable_groups(services, "mlops")
    assert next(found).id == 7
    with pytest.raises(UnexpectedAnswerError) as failed:
        next(found)
    assert failed.value.answer == told
    assert failed.value.fix.startswith("check the address of the service; if it is right, the service has")
    assert LIST in failed.value.request


def test_a_field_of_a_single_thing_is_named_too(server: Server, services: Services) -> None:
    server.answer("GET", PATH, Reply({"id": "p", "name": "ml ops"}))
    with pytest.raises(UnexpectedAnswerError, match=r"ml%20ops \(Azure DevOps\)\n.*answer: state is missing"):
        projects.project(services, "ml ops")


@pytest.mark.parametrize("name", ["a/b", "a?b=c", "a#b", "ä b", "$0"])
def test_a_name_stays_one_part_of_the_path(server: Server, services: Services, name: str) -> None:
    with pytest.raises(NotFoundError):
        projects.project(services, name)
    (asked,) = [asked for asked in server.asked if "_apis" in asked.path]
    assert asked.path.count("/") == 5
    assert list(asked.query) == ["api-version"]


# --- What is not sent at all --------------------------------------------------------------------------


@pytest.fixture
def reading(server: Server) -> Services:
    return connect(ORGANIZATION, services=server.url, read_only=True, patience=Patience(attempts=1))


def test_a_client_that_reads_sends_no_change(server: Server, reading: Services) -> None:
    group = library.VariableGroup(7, "mlops-dev-variables", "Vsts", {})
    changes: list[Callable[[], object]] = [
        lambda: library.replace_variable_group(reading, group),
        lambda: pull_requests.create_thread(reading, PULL_REQUEST, "x"),
        lambda: pull_requests.add_comment(reading, PULL_REQUEST, 1, "x"),
        lambda: pull_requests.update_comment(reading, PULL_REQUEST, 1, 1, "x"),
        lambda: pull_requests.set_thread_status(reading, PULL_REQUEST, 1, "closed"),
    ]
    before = len(server.asked)
    for change in changes:
        with pytest.raises(ReadOnlyError, match="not sent: this command only reads"):
            change()
    assert len(server.asked) == before
    assert server.tokens == []
    reading.close()


def test_a_client_that_reads_may_ask_by_post_for_what_is_listed(server: Server, reading: Services) -> None:
    for resource_type in azure.GLOBAL_NAMES:
        namespace = resource_type.split("/")[0]
        path = f"{AZURE}/subscriptions/s/providers/{namespace}/checkNameAvailability"
        server.answer("POST", path, Reply({"nameAvailable": True}))
        assert azure.name_availability(reading, "s", resource_type, "x").name_available
        (asked,) = server.calls(path)
        assert asked.body == {"name": "x", "type": resource_type}
    reading.close()


@pytest.mark.parametrize(
    "address", ["http://localhost:1", "localhost", "https://", "ftp://x", "https://a@b", "https://a?b=c"]
)
def test_services_are_asked_by_https_only(address: str) -> None:
    with pytest.raises(AddressError, match="not an address that a token may be sent to"):
        connect(ORGANIZATION, services=address)


@pytest.mark.parametrize("field", ["resourceManager", "azureDevOps", "azureDevOpsGraph", "loginEndpoint"])
def test_discovery_may_not_lead_to_http(server: Server, field: str) -> None:
    content = {
        "authentication": {"loginEndpoint": server.url, "audiences": ["https://management.azure.com/"]},
        "resourceManager": server.url,
        "azureDevOps": server.url,
        "azureDevOpsGraph": server.url,
    }
    place = content["authentication"] if field == "loginEndpoint" else content
    assert isinstance(place, dict)
    place[field] = "http://localhost"
    server.answer("GET", "/metadata/endpoints", Reply(content))
    with pytest.raises(AddressError, match="http://localhost"):
        connect(ORGANIZATION, services=server.url)


def test_discovery_that_lacks_azure_devops_names_the_field(server: Server) -> None:
    content = {"authentication": {"loginEndpoint": "x", "audiences": ["y"]}, "resourceManager": "z"}
    server.answer("GET", "/metadata/endpoints", Reply(content))
    with pytest.raises(UnexpectedAnswerError, match="azureDevOps is missing"):
        connect(ORGANIZATION, services=server.url)


@pytest.mark.parametrize(
    "url", ["http://dev.azure.com/contoso", "https://dev.azure.com", "https://tfs.contoso.com/x", ""]
)
def test_an_organization_is_one_of_azure_devops_services(url: str) -> None:
    with pytest.raises(AddressError, match=r"write it like https://dev\.azure\.com/contoso"):
        connect(url)


@pytest.mark.parametrize("url", ["https://dev.azure.com/contoso/", "https://contoso.visualstudio.com"])
def test_without_other_services_they_are_the_public_ones(url: str) -> None:
    with connect(url) as services:
        assert services.organization == "contoso"
        assert services.devops.address == "https://dev.azure.com/contoso"
        assert services.graph.address == "https://vssps.dev.azure.com/contoso"
        assert services.azure.address == "https://management.azure.com"


# --- What is not reached ------------------------------------------------------------------------------


def test_a_certificate_that_is_not_trusted_is_named_with_what_to_set(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(UnreachableError) as failed:
        connect(ORGANIZATION, services=server.url)
    assert "its certificate is not trusted" in failed.value.answer
    assert failed.value.fix.startswith("let REQUESTS_CA_BUNDLE name a file with the certificate")
    assert server.asked == []


def test_a_name_that_nobody_knows_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*args: object, **more: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(UnreachableError, match=r"no answer.*Name or service not known") as failed:
        connect(
            ORGANIZATION, services="https://nowhere.invalid", patience=Patience(first_pause=0.01, attempts=2)
        )
    assert "check the name, the network and the proxy" in failed.value.fix


# --- No token in any message --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 203, 302, 400, 401, 403, 404, 409, 418, 429, 500, 503])
def test_no_error_repeats_a_token_that_a_service_echoes(
    server: Server, services: Services, status: int
) -> None:
    def echo(header: str) -> Reply:
        token = header.removeprefix("Bearer ")
        words = {"message": f"your header was {token}, your secret {SECRET}", "code": token}
        headers = {"Location": f"/?t={token}"} | {"X-RateLimit-Resource": token, "Retry-After": "0.01"}
        headers["Content-Type"] = f"text/{token}"
        return Reply("no JSON " + token if status == 200 else words, status, headers)

    server.echo = echo
    with pytest.raises(ServiceError) as failed:
        projects.project(services, "ml ops")
    assert server.tokens
    told = "".join(traceback.format_exception(failed.value)) + repr(failed.value)
    for secret in (SECRET, *server.tokens):
        assert secret not in told


@given(token=st.text(alphabet=st.characters(codec="ascii", categories=("L", "N")), min_size=8, max_size=60))
def test_what_is_known_to_be_secret_is_not_repeated(token: str) -> None:
    text = without_secrets(f"a {token} b Bearer {token} c", token)
    assert token not in text.replace("Bearer", "").replace("***", "")


@given(parts=st.lists(st.text(alphabet="abcXYZ019-_", min_size=6, max_size=40), min_size=1, max_size=3))
def test_what_looks_like_a_token_is_not_repeated(parts: list[str]) -> None:
    token = "eyJ" + ".".join(parts)
    assert without_secrets(f"got <{token}> from it") == "got <***> from it"
    assert parts[-1] not in ServiceError(token, token, token).args[0]


@given(text=st.text())
def test_a_line_is_one_printable_line(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert len(line) <= 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*GROUP, "value", "nextLink", "continuationToken", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(body=JSON | st.fixed_dictionaries({"value": st.lists(JSON)}) | st.text())
def test_any_answer_is_read_or_is_an_error_of_the_family(
    server: Server, services: Services, body: object
) -> None:
    """Never a traceback of another kind, whatever a service or a proxy sends."""
    try:
        json.dumps(body).encode()
    except UnicodeEncodeError:
        return
    for path in (LIST, f"{DEVOPS}/mlops/_apis/distributedtask/environments"):
        server.answer("GET", path, Reply(body))
    for found in (library.variable_groups(services, "mlops"), environments.environments(services, "mlops")):
        try:
            for one in found:
                assert isinstance(one.id, int)
        except ServiceError as error:
            assert error.answer
