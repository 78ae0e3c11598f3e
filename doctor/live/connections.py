"""Checks of service connections: whether they can sign in, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from client.azure import Resource, resources
from client.devops.service_endpoints import ServiceEndpoint
from client.services import Services
from doctor.live.findings import Finding, Rule
from doctor.live.looking import Looking
from doctor.live.wanted import AZURE, Guarded

_FEDERATED = "WorkloadIdentityFederation"
_RETIRING = "https://vstoken.dev.azure.com/"
"""Azure DevOps stops signing in by this issuer on 1 July 2027. Source: Azure DevOps release notes, and
microsoft/terraform-provider-azuredevops#1573."""
_VERSION = "2023-01-31"
_IDENTITIES = "providers/Microsoft.ManagedIdentity/userAssignedIdentities"


@dataclass(frozen=True)
class Trust:
    """The user-assigned identity behind a connection, and whom its federated credentials trust."""

    identity: str
    """Its name."""
    issuers_and_subjects: tuple[tuple[str, str], ...]


def connection_is_right(item: Guarded, found: ServiceEndpoint) -> Iterator[Finding]:
    """Find a connection of another type, one that is not ready, or that leads elsewhere."""
    if found.type.lower() != item.type:
        yield Finding(
            Rule.MISSING_CONNECTION,
            item.place,
            f"a connection of the type {found.type} has this name",
            f"one of the type {item.type}",
            f"rename that one in Azure DevOps; {item.deploy} makes the right one",
        )
        return
    if not found.is_ready:
        why = str(found.operation_status.get("statusMessage") or found.operation_status.get("state") or "")
        yield Finding(
            Rule.NOT_READY,
            item.place,
            f"not ready{': ' if why else ''}{why}",
            "ready",
            "open it in Project settings, Service connections, and do what stands there",
        )
    subscription = str(found.data.get("subscriptionId") or "")
    if item.type == AZURE and subscription.lower() != item.subscription.lower():
        yield Finding(
            Rule.OTHER_SUBSCRIPTION,
            item.place,
            f"the subscription {subscription or 'of nobody'}",
            f"the subscription {item.subscription}",
            f"{item.deploy} puts it back",
        )


def signs_in_by_federation(item: Guarded, found: ServiceEndpoint) -> Iterator[Finding]:
    """Find a connection to Azure with a secret or certificate, and one whose issuer retires."""
    if found.type.lower() != AZURE:
        return
    scheme = found.authorization.scheme
    if scheme != _FEDERATED:
        yield Finding(
            Rule.NOT_FEDERATED,
            item.place,
            f"signs in by {scheme or 'nothing'}: with a secret or certificate, which expires",
            "workload identity federation",
            "convert it in Project settings, Service connections, Convert; or delete it, take it out of the state and "
            "deploy: docs/azure-devops.md, Deleted or changed by hand",
        )
    elif found.workload_identity_federation_issuer.startswith(_RETIRING):
        yield Finding(
            Rule.RETIRING_ISSUER,
            item.place,
            f"the issuer {found.workload_identity_federation_issuer}, which ends on 1 July 2027",
            "an issuer of Microsoft Entra, https://login.microsoftonline.com/<tenant>/v2.0",
            "add a second federated credential with the new issuer and subject to the identity, then convert the "
            "connection (Project settings, Service connections)",
        )


def identity_trusts_it(item: Guarded, found: ServiceEndpoint, trust: Trust | None) -> Iterator[Finding]:
    """Find a connection whose identity is gone, or has no credential with its issuer and subject."""
    issuer, subject = (
        found.workload_identity_federation_issuer,
        found.workload_identity_federation_subject,
    )
    if not issuer:
        return
    if trust is None:
        yield Finding(
            Rule.NO_CREDENTIAL,
            item.place,
            f"no managed identity of the subscription has its client id, {_client_id(found) or 'which is empty'}",
            "a user-assigned managed identity that the deployment makes",
            f"{item.deploy} makes it",
        )
    elif (issuer, subject) not in trust.issuers_and_subjects:
        yield Finding(
            Rule.NO_CREDENTIAL,
            item.place,
            f"no federated credential of {trust.identity} with the issuer {issuer} and the subject {subject}",
            "one that has both exactly: Microsoft Entra lets nobody else sign in",
            f"{item.deploy} makes it",
        )


class Identities:
    """The user-assigned identities of subscriptions, by client id."""

    def __init__(self, services: Services, looking: Looking) -> None:
        """Nothing is asked yet."""
        self._services, self._looking = services, looking
        self._known: dict[str, dict[str, Resource] | None] = {}

    def trust_of(self, found: ServiceEndpoint, subscription_id: str) -> tuple[bool, Trust | None]:
        """Return whether it could be seen whom the identity behind a connection trusts, and whom; None without one."""
        known = self._of(subscription_id)
        if known is None:
            return False, None
        identity = known.get(_client_id(found).lower())
        if identity is None:
            return True, None
        every = self._looking.every(
            f"the federated credentials of {identity.name}",
            lambda: resources(self._services, f"{identity.id}/federatedIdentityCredentials", _VERSION),
        )
        if every is None:
            return False, None
        pairs = [(str(one.properties.get("issuer")), str(one.properties.get("subject"))) for one in every]
        return True, Trust(identity.name, tuple(pairs))

    def _of(self, subscription_id: str) -> Mapping[str, Resource] | None:
        if subscription_id not in self._known:
            path = f"/subscriptions/{subscription_id}/{_IDENTITIES}"
            found = self._looking.every(
                f"the managed identities of the subscription {subscription_id}",
                lambda: resources(self._services, path, _VERSION),
            )
            self._known[subscription_id] = (
                None if found is None else {str(one.properties.get("clientId")).lower(): one for one in found}
            )
        return self._known[subscription_id]


def _client_id(found: ServiceEndpoint) -> str:
    return str(found.authorization.parameters.get("serviceprincipalid") or "")
