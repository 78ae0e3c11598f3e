"""Who signs in where, and what becomes of tokens."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from azure.identity import AzureCliCredential, AzurePipelinesCredential, EnvironmentCredential

from client import azure
from client.api import Api
from client.devops import library, projects
from client.errors import NotSignedInError, UnreachableError
from client.services import Services, connect
from client.sign_in import AZURE_SCOPE, DEVOPS_SCOPE, JobToken, job_sign_in, public_sign_in
from client.waiting import Patience
from tests.unit.client.server import AZURE, DEVOPS, ORGANIZATION, SECRET, Reply, Server
from tests.unit.client.test_library import GROUP

PATH = f"{DEVOPS}/_apis/projects/mlops"
GOOD = Reply({"id": "p", "name": "mlops", "state": "wellFormed"})
PAGE = Reply("<html>Sign in</html>", 203)
AZURE_PIPELINES = {
    "SYSTEM_ACCESSTOKEN": "job",
    "SYSTEM_OIDCREQUESTURI": "https://dev.azure.com/oidc",
    "AZURESUBSCRIPTION_CLIENT_ID": "c",
    "AZURESUBSCRIPTION_TENANT_ID": "t",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "s",
}
APPLICATION = {"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c"}


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*AZURE_PIPELINES, *APPLICATION, "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("environment", "for_devops", "for_azure"),
    [
        ({}, AzureCliCredential, AzureCliCredential),
        (APPLICATION, AzureCliCredential, AzureCliCredential),  # As an agent with a managed identity has it.
        (APPLICATION | {"AZURE_CLIENT_SECRET": "x"}, EnvironmentCredential, EnvironmentCredential),
        ({"SYSTEM_ACCESSTOKEN": "job"}, JobToken, AzureCliCredential),
        ({"SYSTEM_ACCESSTOKEN": ""}, AzureCliCredential, AzureCliCredential),
        (
            {"SYSTEM_ACCESSTOKEN": "job", "AZURE_CLIENT_SECRET": "x"} | APPLICATION,
            EnvironmentCredential,
            EnvironmentCredential,
        ),
        (AZURE_PIPELINES, AzurePipelinesCredential, AzurePipelinesCredential),
        (
            AZURE_PIPELINES | APPLICATION | {"AZURE_CLIENT_SECRET": "x"},
            AzurePipelinesCredential,
            AzurePipelinesCredential,
        ),
        (AZURE_PIPELINES | {"SYSTEM_OIDCREQUESTURI": ""}, JobToken, AzureCliCredential),
    ],
)
def test_the_environment_says_who_signs_in(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], for_devops: type, for_azure: type
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for job_token, expected in ((True, for_devops), (False, for_azure)):
        with public_sign_in(job_token=job_token)() as credential:
            assert type(credential) is expected


def api_as_job(server: Server) -> Api:
    sign_in = (job_sign_in, DEVOPS_SCOPE)
    return Api("Azure DevOps", server.url + DEVOPS, sign_in, read_only=False, patience=Patience())


@pytest.fixture
def application(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server again, after the environment was emptied: with the application that signs in there."""
    monkeypatch.setenv("AZURE_TENANT_ID", "11111111-1111-1111-1111-111111111111")
    monkeypatch.setenv("AZURE_CLIENT_ID", "22222222-2222-2222-2222-222222222222")
    monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)
    return server


def test_each_service_gets_a_token_of_its_own(application: Server, services: Services) -> None:
    groups = "/subscriptions/s/resourceGroups"
    application.answer("GET", PATH, GOOD)
    application.lists(AZURE + groups)
    projects.project(services, "mlops")
    projects.project(services, "mlops")
    list(azure.resources(services, groups, "2021-04-01"))
    assert [asked.token for asked in application.calls(PATH)] == [f"Bearer {application.tokens[0]}"] * 2
    assert application.calls(AZURE + groups)[0].token == f"Bearer {application.tokens[1]}"
    assert application.scopes == [DEVOPS_SCOPE, AZURE_SCOPE]


def test_discovery_gets_no_token(application: Server, services: Services) -> None:
    (asked,) = application.calls("/metadata/endpoints")
    assert asked.token == ""
    assert asked.query == {"api-version": "2022-09-01"}


@pytest.mark.parametrize(
    "rejected",
    [
        PAGE,
        Reply({"message": "expired"}, 401),
        Reply({}, 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}),
        Reply(
            "", 302, {"Location": "https://spsprodweu1.vssps.visualstudio.com/_signin?realm=dev.azure.com"}
        ),
        Reply("", 302, {"Location": "https://login.microsoftonline.com/x/oauth2/authorize?client_id=y"}),
    ],
)
def test_a_token_that_is_not_accepted_is_asked_for_anew_once(
    application: Server, services: Services, rejected: Reply
) -> None:
    application.answer("GET", PATH, rejected, GOOD)
    assert projects.project(services, "mlops").name == "mlops"
    assert [asked.token for asked in application.calls(PATH)] == [
        f"Bearer {token}" for token in application.tokens
    ]
    assert len(set(application.tokens)) == 2


@pytest.mark.parametrize(
    ("rejected", "told"),
    [
        (PAGE, "203: a page to sign in on, instead of JSON, although it has just been made"),
        (Reply({"message": "no"}, 401), "401: the token is not accepted, although it has just been made: no"),
    ],
)
def test_a_new_token_that_is_not_accepted_either_is_an_error(
    application: Server, services: Services, rejected: Reply, told: str
) -> None:
    application.answer("GET", PATH, rejected)
    with pytest.raises(NotSignedInError) as failed:
        projects.project(services, "mlops")
    assert len(application.calls(PATH)) == 2
    assert failed.value.answer == told
    assert failed.value.status == rejected.status
    assert failed.value.fix.startswith("run az login again, as somebody of the tenant")


def test_a_change_is_sent_again_with_the_new_token(application: Server, services: Services) -> None:
    path = f"{DEVOPS}/_apis/distributedtask/variablegroups/7"
    application.answer("PUT", path, PAGE, Reply(GROUP))
    group = library.VariableGroup(7, "mlops-dev-variables", "Vsts", {"a": library.VariableValue("1")})
    library.replace_variable_group(services, group)
    first, second = application.calls(path)
    assert first.body == second.body
    assert first.token != second.token


def test_a_secret_that_is_wrong_is_said_without_it(application: Server, services: Services) -> None:
    said = f"AADSTS7000215: Invalid client secret provided: {SECRET}."
    application.token_reply = Reply({"error": "invalid_client", "error_description": said}, 401)
    with pytest.raises(NotSignedInError, match=r"there is no token: .*AADSTS7000215.*\*\*\*") as failed:
        projects.project(services, "mlops")
    assert failed.value.fix.startswith(
        "run az login; in a pipeline, and for other ways to sign in, see docs/"
    )
    assert application.secret_seen == SECRET
    assert SECRET not in str(failed.value)
    assert application.calls(PATH) == []


def test_without_an_application_nobody_signs_in_to_other_services(
    server: Server, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither somebody's own token nor that of a job is sent to what stands in the place of the real services."""
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"):
        monkeypatch.delenv(name)
    for name, value in AZURE_PIPELINES.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NotSignedInError, match="there is no token: EnvironmentCredential"):
        projects.project(services, "mlops")
    assert server.calls(PATH) == []


def test_without_az_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with connect(ORGANIZATION) as services, pytest.raises(NotSignedInError) as failed:
        projects.project(services, "mlops")
    assert "there is no token: Azure CLI not found on path" in failed.value.answer
    assert failed.value.fix.startswith("run az login")


def test_a_job_without_its_token_is_told_how_to_get_it() -> None:
    with connect(ORGANIZATION, as_job=True) as services, pytest.raises(NotSignedInError) as failed:
        projects.project(services, "mlops")
    assert "env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)" in failed.value.answer


def test_a_certificate_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in APPLICATION.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AZURE_CLIENT_CERTIFICATE_PATH", "/nowhere/certificate.pem")
    with (
        connect(ORGANIZATION) as services,
        pytest.raises(NotSignedInError, match=r"/nowhere/certificate\.pem"),
    ):
        projects.project(services, "mlops")


def test_a_place_to_sign_in_at_that_is_not_reached_is_no_matter_of_az_login(
    application: Server, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # azure-identity tries again by itself.
    application.token_reply = Reply(broken=True)
    with pytest.raises(UnreachableError, match="no answer"):
        projects.project(services, "mlops")


def test_the_token_of_a_job_signs_in(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    of_job = "eyJ0.the-token-of-the-job.x"
    monkeypatch.setenv("SYSTEM_ACCESSTOKEN", of_job)
    server.answer("GET", PATH, GOOD)
    api = api_as_job(server)
    assert api.get(projects.Project, projects._PROJECT, project="mlops").id == "p"
    api.close()
    assert server.calls(PATH)[0].token == f"Bearer {of_job}"
    assert server.tokens == []


def test_a_password_of_netrc_does_not_take_the_place_of_the_token(
    application: Server, services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login ann password of-git\n")
    monkeypatch.setenv("NETRC", str(netrc))
    application.answer("GET", PATH, GOOD)
    projects.project(services, "mlops")
    assert application.calls(PATH)[0].token == f"Bearer {application.tokens[0]}"


def test_no_log_has_a_token_or_the_secret(
    application: Server, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    application.answer("GET", PATH, PAGE, GOOD)
    with caplog.at_level(logging.DEBUG):
        projects.project(services, "mlops")
    assert "msal" in caplog.text
    assert len(application.tokens) == 2
    for secret in (SECRET, *application.tokens):
        assert secret not in caplog.text
    assert SECRET not in repr(services)


def test_no_representation_shows_a_job_token() -> None:
    assert "secret" not in repr(JobToken("secret"))
