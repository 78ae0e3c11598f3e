"""Service connections, as they are read and as they are wanted."""

from __future__ import annotations

from typing import Any

from client.devops.service_endpoints import EndpointAuthorization, ServiceEndpoint
from doctor.live.connections import Trust, connection_is_right, identity_trusts_it, signs_in_by_federation
from tests.unit.doctor.live.made import guarded, said

SUBSCRIPTION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
ITEM = guarded(kind="endpoint", name="Azure-MLOps-Dev", type="azurerm", subscription=SUBSCRIPTION)
ISSUER, SUBJECT = "https://login.microsoftonline.com/tenant/v2.0", "/eid1/c/pub/t/x/a/y/sc/o/e"


def endpoint(
    *, scheme: str = "WorkloadIdentityFederation", issuer: str = ISSUER, **given: Any
) -> ServiceEndpoint:
    parameters = {
        "serviceprincipalid": "client",
        "workloadIdentityFederationIssuer": issuer,
        "workloadIdentityFederationSubject": SUBJECT if issuer else "",
    }
    words = {"type": "azurerm", "is_ready": True, "data": {"subscriptionId": SUBSCRIPTION.upper()}}
    authorization = EndpointAuthorization(scheme, parameters)
    return ServiceEndpoint("id", "Azure-MLOps-Dev", authorization=authorization, **{**words, **given})


def test_a_connection_as_it_should_be() -> None:
    trust = Trust("mlops-dev-workspace-connection", (("other", "other"), (ISSUER, SUBJECT)))
    assert said(connection_is_right(ITEM, endpoint())) == []
    assert said(signs_in_by_federation(ITEM, endpoint())) == []
    assert said(identity_trusts_it(ITEM, endpoint(), trust)) == []


def test_another_type() -> None:
    assert said(connection_is_right(ITEM, endpoint(type="github"))) == [
        ("missing-connection", "a connection of the type github has this name")
    ]
    assert said(signs_in_by_federation(ITEM, endpoint(type="github", scheme="Token"))) == []


def test_not_ready() -> None:
    status = {"state": "Failed", "statusMessage": "AADSTS700016"}
    assert said(connection_is_right(ITEM, endpoint(is_ready=False, operation_status=status))) == [
        ("not-ready", "not ready: AADSTS700016")
    ]
    assert said(connection_is_right(ITEM, endpoint(is_ready=False))) == [("not-ready", "not ready")]


def test_another_subscription() -> None:
    assert said(connection_is_right(ITEM, endpoint(data={}))) == [
        ("other-subscription", "the subscription of nobody")
    ]
    webhook = guarded(kind="endpoint", type="incomingwebhook")
    assert said(connection_is_right(webhook, endpoint(type="incomingwebhook", data={}))) == []


def test_a_secret_or_certificate() -> None:
    assert said(signs_in_by_federation(ITEM, endpoint(scheme="ServicePrincipal", issuer=""))) == [
        ("not-federated", "signs in by ServicePrincipal: with a secret or certificate, which expires")
    ]


def test_the_issuer_that_retires() -> None:
    issuer = "https://vstoken.dev.azure.com/organization"
    assert said(signs_in_by_federation(ITEM, endpoint(issuer=issuer))) == [
        ("retiring-issuer", f"the issuer {issuer}, which ends on 1 July 2027")
    ]


def test_an_identity_that_does_not_trust_it() -> None:
    for pairs in ((), (("other", SUBJECT),), ((ISSUER, "other"),)):
        ((rule, found),) = said(identity_trusts_it(ITEM, endpoint(), Trust("identity", pairs)))
        assert rule == "no-credential"
        assert found.startswith("no federated credential of identity with the issuer")
    assert said(identity_trusts_it(ITEM, endpoint(), None)) == [
        ("no-credential", "no managed identity of the subscription has its client id, client")
    ]
    # Without federation nobody has to trust it.
    assert said(identity_trusts_it(ITEM, endpoint(issuer=""), None)) == []
