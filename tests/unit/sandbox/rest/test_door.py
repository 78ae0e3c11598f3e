"""Coming in: where the services are, who gets a token, and what is answered without a good one."""

from __future__ import annotations

import time

import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential

from sandbox.cloud.faults import ANSWER, reset_faults
from sandbox.cloud.request import ServiceError
from sandbox.cloud.store import Cloud
from sandbox.rest.server import OpenDoor, open_door
from tests.unit.sandbox.resources import SUBSCRIPTION, TENANT
from tests.unit.sandbox.rest.visitor import DEVOPS, RESOURCE_MANAGER, Visitor


def test_discovery_says_where_everything_is(door: OpenDoor, visitor: Visitor) -> None:
    found = requests.get(f"{door.address}/metadata/endpoints?api-version=2022-09-01", timeout=10).json()
    assert found["authentication"]["loginEndpoint"] == door.address
    assert found["authentication"]["tenant"] == TENANT
    assert "https://management.azure.com/" in found["authentication"]["audiences"]
    assert {visitor.arm, visitor.devops, visitor.graph} == {
        door.address,
        f"{door.address}/azure-devops/contoso",
        f"{door.address}/azure-devops-graph/contoso",
    }


def test_discovery_of_another_version_is_refused(door: OpenDoor, visitor: Visitor) -> None:
    answer = requests.get(f"{door.address}/metadata/endpoints?api-version=2015-01-01", timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidApiVersionParameter")


def test_the_certificate_has_to_be_trusted(door: OpenDoor) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(door.address, timeout=10)


def test_azure_identity_signs_in(visitor: Visitor) -> None:
    subscription = visitor.read(f"{visitor.arm}/subscriptions/{SUBSCRIPTION}")
    assert subscription["tenantId"] == TENANT
    (project,) = visitor.read(f"{visitor.devops}/_apis/projects")["value"]
    assert (project["name"], project["state"]) == ("mlops", "wellFormed")


@pytest.mark.parametrize(
    ("tenant", "client", "secret", "says"),
    [
        (TENANT, "", "wrong", "AADSTS7000215"),
        (TENANT, "00000000-0000-0000-0000-000000000001", "", "AADSTS700016"),
        ("22222222-2222-2222-2222-222222222222", "", "", "AADSTS90002|authority"),
    ],
)
def test_who_is_not_known_gets_no_token(
    door: OpenDoor, visitor: Visitor, tenant: str, client: str, secret: str, says: str
) -> None:
    known = door.directory
    credential = ClientSecretCredential(
        tenant,
        client or known.client_id,
        secret or known.client_secret,
        authority=door.address,
        disable_instance_discovery=True,
    )
    with pytest.raises((ClientAuthenticationError, ValueError), match=says):
        credential.get_token(DEVOPS)


def test_a_token_is_asked_for_a_service_that_is_here(visitor: Visitor) -> None:
    with pytest.raises(ClientAuthenticationError, match="AADSTS70011"):
        visitor.credential.get_token("https://graph.microsoft.com/.default")


@pytest.mark.parametrize("token", ["", "made-up"])
def test_azure_devops_answers_no_good_token_with_a_page_to_sign_in(visitor: Visitor, token: str) -> None:
    answer = visitor.send("GET", f"{visitor.devops}/_apis/projects", token=token)
    assert answer.status_code == 203
    assert answer.headers["content-type"].startswith("text/html")
    assert "Sign In" in answer.text


@pytest.mark.parametrize(
    ("token", "code"), [("", "AuthenticationFailed"), ("made-up", "InvalidAuthenticationToken")]
)
def test_resource_manager_answers_no_good_token_with_401(visitor: Visitor, token: str, code: str) -> None:
    answer = visitor.send("GET", f"{visitor.arm}/subscriptions", token=token)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"].startswith(f'Bearer authorization_uri="{visitor.arm}/{TENANT}"')


def test_a_token_for_one_service_is_none_for_the_other(visitor: Visitor) -> None:
    devops, arm = (visitor.credential.get_token(scope).token for scope in (DEVOPS, RESOURCE_MANAGER))
    assert visitor.send("GET", f"{visitor.arm}/subscriptions", token=devops).status_code == 401
    assert visitor.send("GET", f"{visitor.devops}/_apis/projects", token=arm).status_code == 203


def test_a_token_expires(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_door(cloud, token_seconds=0.3) as door:
        for name, value in door.environment().items():
            monkeypatch.setenv(name, value)
        visitor = Visitor(door.address)
        token = visitor.credential.get_token(RESOURCE_MANAGER).token
        assert visitor.send("GET", f"{visitor.arm}/subscriptions", token=token).status_code == 200
        time.sleep(0.35)
        answer = visitor.send("GET", f"{visitor.arm}/subscriptions", token=token)
        assert answer.json()["error"]["code"] == "ExpiredAuthenticationToken"
        # azure-identity does not keep what is no longer good, and asks again.
        assert visitor.send("GET", f"{visitor.arm}/subscriptions").status_code == 200


def test_the_secret_is_in_no_file(cloud: Cloud, door: OpenDoor) -> None:
    files = [*cloud.folder.rglob("*"), *door.certificate.parent.rglob("*")]
    secret = door.directory.client_secret.encode()
    assert [path for path in files if path.is_file() and secret in path.read_bytes()] == []
    assert secret.decode() not in repr(door)


def test_each_door_has_a_secret_of_its_own_and_leaves_nothing(cloud: Cloud) -> None:
    with open_door(cloud) as first, open_door(cloud) as second:
        assert first.directory.client_secret != second.directory.client_secret
        assert first.address != second.address
    assert not first.certificate.parent.exists()
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(first.address, timeout=1, verify=False)  # noqa: S501  # nobody is there


@pytest.mark.parametrize(
    "path", ["/azure-devops", "/azure-devops/contoso", "/azure-devops-graph/contoso/_apis/x"]
)
def test_a_path_of_nothing_is_answered_in_json(visitor: Visitor, path: str) -> None:
    answer = visitor.send("GET", f"{visitor.arm}{path}")
    assert (answer.status_code, answer.json()["typeKey"]) == (404, "NotFoundException")


def test_writes_that_nobody_needs_are_refused(visitor: Visitor) -> None:
    wrong = [
        ("POST", f"{visitor.devops}/_apis/projects"),
        ("DELETE", f"{visitor.devops}/_apis/distributedtask/variablegroups/1"),
        ("PUT", f"{visitor.arm}/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"),
        ("PATCH", f"{visitor.graph}/_apis/graph/groups/vssgp.x"),
    ]
    for method, url in wrong:
        answer = visitor.send(method, url, {})
        assert answer.status_code == 405, url
        assert "The sandbox does not answer" in answer.text


def test_faults_that_were_asked_for(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ANSWER, "429:2,503:1,403:securityroles")
    with open_door(cloud) as door:
        for name, value in door.environment().items():
            monkeypatch.setenv(name, value)
        visitor = Visitor(door.address)
        url = f"{visitor.devops}/_apis/projects"
        answers = [visitor.send("GET", url) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [429, 429, 503, 200]
        assert [answer.headers.get("Retry-After") for answer in answers] == ["1", "1", "1", None]
        scope = f"{visitor.devops}/_apis/securityroles/scopes/distributedtask.variablegroup"
        forbidden = visitor.send("GET", f"{scope}/roleassignments/resources/x")
        assert (forbidden.status_code, forbidden.json()["typeKey"]) == (403, "ForbiddenException")
        reset_faults(cloud.folder)
        assert visitor.send("GET", url).status_code == 429


@pytest.mark.parametrize("text", ["429", "500:1", "403:", "429:0", "429:2,"])
def test_a_fault_that_means_nothing_is_refused(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv(ANSWER, text)
    with pytest.raises(ServiceError, match="means nothing"), open_door(cloud):
        pass


def test_a_file_with_a_mistake_is_named(cloud: Cloud, visitor: Visitor) -> None:
    (path,) = (cloud.folder / "azuredevops" / "azuredevops_project").glob("*.json")
    path.write_text("{")
    answer = visitor.send("GET", f"{visitor.devops}/_apis/projects")
    assert answer.status_code == 500
    assert str(path) in answer.json()["message"]
