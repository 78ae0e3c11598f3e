"""How a provider signs in as a job of Azure Pipelines: with identity tokens, which live for ten minutes.

Only at a door on this machine, so that no token of a real job leaves it. Anywhere else a provider does without.
Source: hashicorp/go-azure-sdk, ``sdk/auth``: ``auth.go`` (a token that is given comes first),
``ado_pipeline_oidc_authorizer.go``, ``cached_authorizer.go``.
"""

from __future__ import annotations

import json
import os
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from sandbox.cloud.request import ServiceError

_HERE = "https://127.0.0.1:"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_RESOURCE_MANAGER = "https://management.azure.com/.default"
_SECONDS = 30


@dataclass
class Credential:
    """What a provider signs in with; it holds an access token for as long as that is good."""

    environment: Mapping[str, str]
    good_until: float = 0.0
    """When the access token ends, on the monotonic clock (seconds)."""

    @classmethod
    def of_job(cls, environment: Mapping[str, str] = os.environ) -> Credential | None:
        """Return that of the job that runs Terraform; None where there is none, or no door on this machine."""
        authority = environment.get("AZURE_AUTHORITY_HOST", "")
        if environment.get("ARM_USE_OIDC") != "true" or not authority.startswith(_HERE):
            return None
        asked = environment.get("SYSTEM_OIDCREQUESTURI", "").startswith(f"{authority}/")
        return cls(environment) if environment.get("ARM_OIDC_TOKEN") or asked else None

    def use(self) -> None:
        """Sign in where the access token is good no longer. Raises ServiceError, when that is refused."""
        if time.monotonic() < self.good_until:
            return
        begun = time.monotonic()
        given = self.environment
        form = {
            "grant_type": "client_credentials",
            "client_id": given.get("ARM_CLIENT_ID", ""),
            "client_assertion_type": _ASSERTION,
            "client_assertion": given.get("ARM_OIDC_TOKEN") or self._identity_token(),
            "scope": _RESOURCE_MANAGER,
        }
        url = f"{given['AZURE_AUTHORITY_HOST']}/{given.get('ARM_TENANT_ID', '')}/oauth2/v2.0/token"
        answer = _post("clientCredentialsToken", url, urlencode(form).encode())
        self.good_until = begun + answer["expires_in"]

    def _identity_token(self) -> str:
        connection = self.environment.get("ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "")
        query = urlencode({"api-version": "7.1", "serviceConnectionId": connection})
        url = f"{self.environment['SYSTEM_OIDCREQUESTURI']}?{query}"
        job_token = self.environment.get("SYSTEM_ACCESSTOKEN", "")
        return str(_post("adoPipelineAssertion", url, b"", Authorization=f"Bearer {job_token}")["oidcToken"])


def _post(what: str, url: str, body: bytes, **headers: str) -> dict[str, Any]:
    """Return what is answered. Raises ServiceError in the provider's words; none of them holds a token."""
    opener = build_opener(ProxyHandler({}), HTTPSHandler(context=ssl.create_default_context()))
    try:
        with opener.open(Request(url, body, headers), timeout=_SECONDS) as response:  # noqa: S310  # of this machine
            answer: dict[str, Any] = json.load(response)
    except HTTPError as error:
        said = error.read().decode(errors="replace")
        raise ServiceError(f"{what}: received HTTP status {error.code} with response: {said}") from None
    except URLError as error:
        raise ServiceError(f"{what}: cannot request token: {error.reason}") from None
    return answer
