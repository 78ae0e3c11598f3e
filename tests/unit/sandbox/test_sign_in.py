"""How a provider signs in as a job of Azure Pipelines, at a door on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from sandbox.cloud.request import ServiceError
from sandbox.cloud.store import Cloud
from sandbox.provider.sign_in import Credential
from sandbox.rest.server import OpenDoor, open_door

LIFETIME = 1.0
"""Seconds: the door says of tokens how many whole ones they live."""


@pytest.fixture
def door(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenDoor]:
    with open_door(cloud, token_seconds=LIFETIME) as opened:
        monkeypatch.setenv("SSL_CERT_FILE", str(opened.certificate))
        yield opened


def job(door: OpenDoor, **more: str) -> dict[str, str]:
    """Return the environment of Terraform in a job."""
    return {
        **door.environment(),
        **door.job(),
        "ARM_USE_OIDC": "true",
        "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID": "of the plan",
        "ARM_CLIENT_ID": door.directory.client_id,
        "ARM_TENANT_ID": door.directory.tenant,
        **more,
    }


def credential(environment: dict[str, str]) -> Credential:
    found = Credential.of_job(environment)
    assert found
    return found


def test_a_provider_asks_for_a_new_token_when_the_old_one_has_ended(door: OpenDoor) -> None:
    signed_in = credential(job(door))
    signed_in.use()
    first = signed_in.good_until
    assert 0 < first - time.monotonic() <= LIFETIME
    signed_in.use()
    assert signed_in.good_until == first, "a good one is used again"
    time.sleep(LIFETIME)
    signed_in.use()
    assert signed_in.good_until >= first + LIFETIME


def test_a_token_that_was_given_once_is_refused_when_it_has_ended(door: OpenDoor) -> None:
    given = str(door.directory.identity_token(f"Bearer {door.directory.job_token}").body["oidcToken"])
    signed_in = credential(job(door, ARM_OIDC_TOKEN=given))
    signed_in.use()
    time.sleep(LIFETIME)
    with pytest.raises(
        ServiceError, match=r"clientCredentialsToken: received HTTP status 401 .*AADSTS700024"
    ) as said:
        signed_in.use()
    assert given not in str(said.value)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            {"SYSTEM_ACCESSTOKEN": "of another job"},
            "adoPipelineAssertion: received HTTP status 401 .*TF400813",
        ),
        ({"SYSTEM_ACCESSTOKEN": ""}, "adoPipelineAssertion: received HTTP status 401 .*TF400813"),
        ({"ARM_OIDC_TOKEN": "made-up"}, "AADSTS50027"),
        ({"ARM_CLIENT_ID": "another"}, "AADSTS700016"),
        ({"ARM_TENANT_ID": "another"}, "AADSTS90002"),
    ],
)
def test_who_may_not_come_in_is_told_why(door: OpenDoor, wrong: dict[str, str], says: str) -> None:
    with pytest.raises(ServiceError, match=says):
        credential(job(door, **wrong)).use()


def test_an_access_token_is_no_identity_token(door: OpenDoor) -> None:
    form = (
        f"grant_type=client_credentials&client_id={door.directory.client_id}"
        f"&client_secret={door.directory.client_secret}&scope=https://management.azure.com/.default"
    )
    access = door.directory.token(door.directory.tenant, form.encode(), door.address).body["access_token"]
    with pytest.raises(ServiceError, match="AADSTS50027"):
        credential(job(door, ARM_OIDC_TOKEN=str(access))).use()


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com"},
        {"AZURE_AUTHORITY_HOST": ""},
        {"SYSTEM_OIDCREQUESTURI": "https://dev.azure.com/contoso/oidctoken"},
        {"ARM_USE_OIDC": ""},
    ],
)
def test_no_token_of_a_real_job_is_sent_anywhere(door: OpenDoor, elsewhere: dict[str, str]) -> None:
    assert Credential.of_job(job(door, **elsewhere)) is None


def test_a_door_that_is_closed_is_said(cloud: Cloud) -> None:
    with open_door(cloud) as door:
        environment = job(door)
    with pytest.raises(ServiceError, match="adoPipelineAssertion: cannot request token: "):
        credential(environment).use()
