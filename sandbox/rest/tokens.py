"""Who may come in: an application of a directory, its secret, and the tokens that it gets for it.

The forms are those of the Microsoft identity platform, as msal (in azure-identity) uses them: OpenID Connect
discovery, and the client credentials flow ("Microsoft identity platform and the OAuth 2.0 client credentials flow"),
with a secret or with the identity token of a job of Azure Pipelines.
Nothing is stored: the secret and the tokens end with the process.
"""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import parse_qs

from sandbox.rest.calls import Answer, Json

AZURE_DEVOPS = "499b84ac-1321-427f-aa17-267ca6975798"
"""The application id of Azure DevOps, for which tokens are asked."""
RESOURCE_MANAGER = ("https://management.azure.com", "https://management.core.windows.net")
_HOUR = 3600
_JOB = "azure-pipelines-job"
"""What an identity token is for: to be given for an access token."""


class Standing(Enum):
    """What is to be said of a token."""

    GOOD = "good"
    MISSING = "missing"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Directory:
    """A tenant with one application; its tokens live for ``lifetime`` seconds."""

    tenant: str
    client_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    client_secret: str = field(default_factory=secrets.token_urlsafe, repr=False)
    job_token: str = field(default_factory=secrets.token_urlsafe, repr=False)
    """The token of a job of Azure Pipelines, which lives as long as the job."""
    lifetime: float = _HOUR
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)

    def configuration(self, address: str, tenant: str) -> Answer:
        """Answer OpenID Connect discovery."""
        if not self._is_ours(tenant):
            return self._no_tenant(tenant)
        base = f"{address}/{self.tenant}"
        return Answer(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "issuer": f"{base}/v2.0",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                "response_types_supported": ["code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "profile", "offline_access"],
            }
        )

    def token(self, tenant: str, form: bytes, own: str) -> Answer:
        """Answer who asks for a token; ``own`` is the door's address, which stands for Azure Resource Manager too."""
        if not self._is_ours(tenant):
            return self._no_tenant(tenant)
        given = {name: values[0] for name, values in parse_qs(form.decode(errors="replace")).items()}
        if given.get("grant_type") != "client_credentials":
            return _error(
                400,
                "unsupported_grant_type",
                "AADSTS70003: The app requested an unsupported grant type. The sandbox knows client_credentials.",
            )
        if given.get("client_id", "").lower() != self.client_id:
            return _error(
                400,
                "unauthorized_client",
                f"AADSTS700016: Application with identifier '{given.get('client_id', '')}' was not found in the "
                f"directory '{self.tenant}'.",
            )
        refusal = self._refusal(given)
        if refusal:
            return _error(401, "invalid_client", refusal)
        audience = _audience(given.get("scope", ""), own)
        if audience is None:
            return _error(
                400,
                "invalid_scope",
                f"AADSTS70011: The value of 'scope' is not valid: {given.get('scope', '')}.",
            )
        seconds = int(self.lifetime)
        return Answer(
            {
                "token_type": "Bearer",
                "expires_in": seconds,
                "ext_expires_in": seconds,
                "access_token": self._new_token(audience),
            }
        )

    def identity_token(self, authorization: str) -> Answer:
        """Answer a job of Azure Pipelines that asks for an identity token with its own token.

        Source: Azure DevOps REST 7.1, "Oidctoken - Create".
        """
        if not secrets.compare_digest(authorization.encode(), f"Bearer {self.job_token}".encode()):
            return Answer({"message": "TF400813: The user is not authorized to access this resource."}, 401)
        return Answer({"oidcToken": self._new_token(_JOB)})

    def standing(self, authorization: str, audience: str) -> Standing:
        """Say what the header ``Authorization`` is worth to a service, which is known by its ``audience``."""
        scheme, _, text = authorization.partition(" ")
        if scheme.lower() != "bearer" or not text:
            return Standing.MISSING if not authorization else Standing.UNKNOWN
        for_whom, until = self._tokens.get(text.strip(), ("", 0.0))
        if for_whom != audience:
            return Standing.UNKNOWN
        return Standing.GOOD if time.monotonic() < until else Standing.EXPIRED

    def _new_token(self, audience: str) -> str:
        text = secrets.token_urlsafe(48)
        self._tokens[text] = (audience, time.monotonic() + self.lifetime)
        return text

    def _refusal(self, given: Mapping[str, str]) -> str:
        """Say why an application does not get in with its secret or identity token; nothing if it does."""
        if "client_assertion" not in given:
            secret = given.get("client_secret", "").encode()
            good = secrets.compare_digest(secret, self.client_secret.encode())
            return "" if good else "AADSTS7000215: Invalid client secret provided."
        return {
            Standing.GOOD: "",
            Standing.EXPIRED: "AADSTS700024: Client assertion is not within its valid time range.",
        }.get(
            self.standing(f"Bearer {given['client_assertion']}", _JOB),
            "AADSTS50027: JWT token is invalid or malformed.",
        )

    def variables(self, address: str) -> Mapping[str, str]:
        """Return the environment variables by which azure-identity signs in here (``EnvironmentCredential``)."""
        return {
            "AZURE_AUTHORITY_HOST": address,
            "AZURE_TENANT_ID": self.tenant,
            "AZURE_CLIENT_ID": self.client_id,
            "AZURE_CLIENT_SECRET": self.client_secret,
        }

    def _is_ours(self, tenant: str) -> bool:
        return tenant.lower() == self.tenant.lower()

    def _no_tenant(self, tenant: str) -> Answer:
        return _error(400, "invalid_tenant", f"AADSTS90002: Tenant '{tenant}' not found.")


def _audience(scope: str, own: str) -> str | None:
    """Return what a scope is for: Azure DevOps's application id, or Azure Resource Manager's first address."""
    for item in scope.split():
        wanted = item.removesuffix("/.default").rstrip("/").lower()
        if wanted in (AZURE_DEVOPS, "https://app.vssps.visualstudio.com"):
            return AZURE_DEVOPS
        if wanted in (*RESOURCE_MANAGER, own.lower()):
            return RESOURCE_MANAGER[0]
    return None


def _error(status: int, code: str, description: str) -> Answer:
    body: Json = {"error": code, "error_description": description, "correlation_id": str(uuid.uuid4())}
    return Answer(body, status)
