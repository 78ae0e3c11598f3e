"""Where the tokens come from. There is no personal access token anywhere: Entra ID signs in, or the pipeline's job."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Self

from azure.core.credentials import AccessTokenInfo, SupportsTokenInfo, TokenRequestOptions
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, HTTPPolicy
from azure.core.rest import HttpRequest, HttpResponse
from azure.identity import (
    AzureCliCredential,
    AzurePipelinesCredential,
    CredentialUnavailableError,
    EnvironmentCredential,
)

DEVOPS_SCOPE = "499b84ac-1321-427f-aa17-267ca6975798/.default"
"""Azure DevOps as an application of Entra ID."""
AZURE_SCOPE = "https://management.azure.com/.default"

SignIn = Callable[[], SupportsTokenInfo]
"""Makes a credential without a token yet."""

_CONNECTION = (
    "AZURESUBSCRIPTION_CLIENT_ID",
    "AZURESUBSCRIPTION_TENANT_ID",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
)
_APPLICATION_SECRETS = ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH")
_CLI_SECONDS = 60
"""How long the az command may take: its first run on a machine is slow."""
_SECRETS = (
    "SYSTEM_ACCESSTOKEN",
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_PASSWORD",
)


class JobToken:
    """The token of a pipeline's job, as a credential. It holds as long as the job runs."""

    def __init__(self, token: str) -> None:
        """Keep the token, where no ``repr`` shows it."""
        self._token = token

    def get_token_info(self, *scopes: str, options: TokenRequestOptions | None = None) -> AccessTokenInfo:
        """Return the token. Nobody but the job's end makes it expire."""
        return AccessTokenInfo(self._token, int(time.time()) + 3600)

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def __enter__(self) -> Self:
        """Return the credential."""
        return self

    def __exit__(self, *args: object) -> None:
        """Do nothing: there is no connection."""


def _is_set(*names: str) -> bool:
    return all(os.environ.get(name) for name in names)


def public_sign_in(*, job_token: bool) -> SignIn:
    """Choose how to sign in to the public services, by what the environment has.

    1. In a job of Azure Pipelines that has its service connection (``SYSTEM_ACCESSTOKEN``, ``SYSTEM_OIDCREQUESTURI``
       and the ``AZURESUBSCRIPTION_*`` that the task AzureCLI@2 sets): as that connection.
    2. With ``AZURE_TENANT_ID``, ``AZURE_CLIENT_ID`` and a secret or certificate: as that application.
    3. With ``SYSTEM_ACCESSTOKEN``, where ``job_token`` says that the service takes it (Azure DevOps): as the job.
    4. Otherwise as whoever has signed in with ``az login``.

    Source: https://learn.microsoft.com/python/api/azure-identity/azure.identity.azurepipelinescredential
    """
    if _is_set("SYSTEM_ACCESSTOKEN", "SYSTEM_OIDCREQUESTURI", *_CONNECTION):
        client_id, tenant_id, connection_id = (os.environ[name] for name in _CONNECTION)
        return lambda: AzurePipelinesCredential(
            tenant_id=tenant_id,
            client_id=client_id,
            service_connection_id=connection_id,
            system_access_token=os.environ["SYSTEM_ACCESSTOKEN"],
        )
    if any(_is_set("AZURE_TENANT_ID", "AZURE_CLIENT_ID", secret) for secret in _APPLICATION_SECRETS):
        return EnvironmentCredential
    if job_token and _is_set("SYSTEM_ACCESSTOKEN"):
        return job_sign_in
    return lambda: AzureCliCredential(process_timeout=_CLI_SECONDS)


def job_sign_in() -> JobToken:
    """Sign in as the pipeline's job. Raises CredentialUnavailableError without ``SYSTEM_ACCESSTOKEN``."""
    if not _is_set("SYSTEM_ACCESSTOKEN"):
        raise CredentialUnavailableError(
            "SYSTEM_ACCESSTOKEN is not set. A step gets it by env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)"
        )
    return JobToken(os.environ["SYSTEM_ACCESSTOKEN"])


def sign_in_at(login_endpoint: str) -> SignIn:
    """Sign in at another place than Microsoft's, only as the application that the environment names.

    Neither a token of ``az login`` nor that of a job is sent there: both are good for the real services.
    """
    return lambda: EnvironmentCredential(authority=login_endpoint, disable_instance_discovery=True)


def known_secrets() -> list[str]:
    """Return the secrets of the environment, which no message may repeat."""
    return [os.environ[name] for name in _SECRETS if os.environ.get(name)]


class SignInPolicy(HTTPPolicy[HttpRequest, HttpResponse]):
    """Gives each request a token, and asks for a new one, once, when the service does not accept it."""

    def __init__(self, sign_in: SignIn, scope: str, rejected: Callable[[HttpResponse], bool]) -> None:
        """Sign in for ``scope``; ``rejected`` tells an answer to a token that is not accepted."""
        super().__init__()
        self._sign_in = sign_in
        self._scope = scope
        self._rejected = rejected
        self._credential: SupportsTokenInfo | None = None
        self._bearer: BearerTokenCredentialPolicy[HttpRequest, HttpResponse] | None = None

    def close(self) -> None:
        """Forget the token, and close the connection to where it came from."""
        if self._credential is not None:
            self._credential.close()
        self._credential = self._bearer = None

    def send(self, request: PipelineRequest[HttpRequest]) -> PipelineResponse[HttpRequest, HttpResponse]:
        """Send the request with a token; with one that has just been made if the first is not accepted."""
        response = self._send(request)
        if self._rejected(response.http_response):
            # A credential keeps its tokens, the one that was rejected too: only a new one asks again.
            self.close()
            request.http_request.headers.pop("Authorization", None)
            response = self._send(request)
        return response

    def _send(self, request: PipelineRequest[HttpRequest]) -> PipelineResponse[HttpRequest, HttpResponse]:
        if self._bearer is None:
            try:
                self._credential = self._sign_in()
            except (ValueError, OSError) as error:  # A variable of no use, a certificate that is not there.
                raise CredentialUnavailableError(str(error)) from None
            self._bearer = BearerTokenCredentialPolicy(self._credential, self._scope)
            self._bearer.next = self.next
        return self._bearer.send(request)
