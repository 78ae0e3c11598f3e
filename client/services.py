"""Opens the services that a command talks to: the public ones, or those at another address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from client.calls import Call
from client.errors import AddressError

if TYPE_CHECKING:
    from client.api import Api
    from client.sign_in import SignIn
    from client.waiting import Patience

_ORGANIZATION = re.compile(r"https://(?:dev\.azure\.com/([\w-]+)|([\w-]+)\.visualstudio\.com)/?", re.ASCII)
_DISCOVERY = Call("metadata/endpoints", "2022-09-01")


@dataclass(frozen=True)
class Services:
    """Open services. Close them, or use them in a ``with`` statement."""

    organization: str
    """The name of the Azure DevOps organization."""
    devops: Api
    """https://dev.azure.com/<organization>"""
    graph: Api
    """https://vssps.dev.azure.com/<organization>: groups, users and other identities of the organization."""
    azure: Api
    """https://management.azure.com"""

    def close(self) -> None:
        """Close all connections."""
        for api in (self.devops, self.graph, self.azure):
            api.close()

    def __enter__(self) -> Self:
        """Return the services, which are open already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self.close()


@dataclass(frozen=True)
class _Authentication:
    login_endpoint: str
    audiences: tuple[str, ...]


@dataclass(frozen=True)
class _Endpoints:
    """What a cloud says about itself. The last two are of the stand-in alone."""

    authentication: _Authentication
    resource_manager: str
    azure_dev_ops: str
    azure_dev_ops_graph: str


def connect(
    organization_url: str,
    *,
    services: str | None = None,
    read_only: bool = False,
    as_job: bool = False,
    patience: Patience | None = None,
) -> Services:
    """Open the services of an organization. Only with ``services`` is anything asked of them yet.

    Without ``services`` they are the public ones, and :func:`client.sign_in.public_sign_in` says who signs in;
    ``as_job`` signs in to Azure DevOps as the pipeline's job, whoever else the environment has (its
    ``SYSTEM_ACCESSTOKEN`` must be set).

    ``services`` is the address of others, such as the stand-in's. What they are is asked there, as of any cloud of
    Azure: ``GET <services>/metadata/endpoints``, with ``azureDevOps`` and ``azureDevOpsGraph`` besides. The only
    identity there is the application of ``AZURE_TENANT_ID``, ``AZURE_CLIENT_ID`` and ``AZURE_CLIENT_SECRET``, so that
    no token of the real services gets there. ``REQUESTS_CA_BUNDLE`` names the file with the certificate to trust.

    With ``read_only`` whatever would change something raises an error and is not sent.

    Raises :class:`client.errors.ServiceError`: an address without HTTPS or of no organization, services that do not
    answer as they should. A command then ends with exit code 3.

    Source: https://learn.microsoft.com/azure/azure-resource-manager/management/ (``az cloud register`` reads the same)
    """
    # What signs in and sends takes longer to import than all of the rest: only who asks a service waits for it.
    from client.api import Api
    from client.sign_in import AZURE_SCOPE, DEVOPS_SCOPE, job_sign_in, public_sign_in, sign_in_at
    from client.waiting import Patience

    match = _ORGANIZATION.fullmatch(organization_url)
    if not match:
        raise AddressError(
            f"organization {organization_url}",
            "not the address of an organization",
            "write it like https://dev.azure.com/contoso",
        )
    organization = match[1] or match[2]
    patience = patience or Patience()
    if services is None:
        devops, graph = "https://dev.azure.com", "https://vssps.dev.azure.com"
        azure, audience = "https://management.azure.com", AZURE_SCOPE
        azure_sign_in = public_sign_in(job_token=False)
        devops_sign_in: SignIn = job_sign_in if as_job else public_sign_in(job_token=True)
    else:
        found = _discover(Api("service discovery", _https(services), None, read_only=True, patience=patience))
        devops, graph, azure = found.azure_dev_ops, found.azure_dev_ops_graph, found.resource_manager
        audience = found.authentication.audiences[0].rstrip("/") + "/.default"
        azure_sign_in = devops_sign_in = sign_in_at(found.authentication.login_endpoint)

    def api(name: str, address: str, sign_in: SignIn, scope: str) -> Api:
        return Api(name, _https(address), (sign_in, scope), read_only=read_only, patience=patience)

    return Services(
        organization,
        devops=api("Azure DevOps", f"{devops.rstrip('/')}/{organization}", devops_sign_in, DEVOPS_SCOPE),
        graph=api("Azure DevOps Graph", f"{graph.rstrip('/')}/{organization}", devops_sign_in, DEVOPS_SCOPE),
        azure=api("Azure Resource Manager", azure, azure_sign_in, audience),
    )


def _discover(api: Api) -> _Endpoints:
    """Ask services where they are and who signs in to them, and close the connection."""
    try:
        found = api.get(_Endpoints, _DISCOVERY)
    finally:
        api.close()
    _https(found.authentication.login_endpoint)
    return found


def _https(address: str) -> str:
    """Return an address that a token may be sent to. Raises :class:`AddressError` for any other."""
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise AddressError(
            f"services at {address.partition('?')[0]}",
            "not an address that a token may be sent to",
            "write one that begins with https:// and has no user, query or fragment",
        )
    return address
