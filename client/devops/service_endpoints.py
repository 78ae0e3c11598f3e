"""Service connections, which the API calls service endpoints. Documentation: serviceendpoint/endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from client.calls import Call
from client.devops.identities import IdentityRef, ProjectReference
from client.services import Services

_LIST = Call("{project}/_apis/serviceendpoint/endpoints", needs="Service connections, Reader")
_GET = Call("{project}/_apis/serviceendpoint/endpoints/{endpoint_id}", needs="Service connections, Reader")


@dataclass(frozen=True)
class EndpointAuthorization:
    """How a connection signs in. Values that are secret are None."""

    scheme: str = ""
    """``WorkloadIdentityFederation``; ``ServicePrincipal`` has a secret or certificate."""
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class ServiceEndpointProjectReference:
    """A project that sees the connection, and how it is called there."""

    project_reference: ProjectReference
    name: str = ""
    description: str = ""


@dataclass(frozen=True)
class ServiceEndpoint:
    """A service connection."""

    id: str
    name: str
    type: str
    """``azurerm`` for one to Azure Resource Manager."""
    url: str = ""
    description: str = ""
    authorization: EndpointAuthorization = EndpointAuthorization()
    data: Mapping[str, object] = field(default_factory=dict)
    """For one to Azure ``subscriptionId``, ``subscriptionName``, ``creationMode`` and others."""
    is_ready: bool = False
    is_shared: bool = False
    owner: str = ""
    created_by: IdentityRef | None = None
    operation_status: Mapping[str, object] = field(default_factory=dict)
    """``state`` and ``statusMessage``: why one that is not ready is not."""
    service_endpoint_project_references: tuple[ServiceEndpointProjectReference, ...] = ()

    @property
    def creation_mode(self) -> str:
        """``Manual`` or ``Automatic``; empty for other types."""
        return str(self.data.get("creationMode") or "")

    @property
    def workload_identity_federation_issuer(self) -> str:
        """The issuer that the federated credential has to name; empty without federation."""
        return str(self.authorization.parameters.get("workloadIdentityFederationIssuer") or "")

    @property
    def workload_identity_federation_subject(self) -> str:
        """The subject that the federated credential has to name; empty without federation."""
        return str(self.authorization.parameters.get("workloadIdentityFederationSubject") or "")


def service_endpoints(services: Services, project: str) -> Iterator[ServiceEndpoint]:
    """List the service connections of a project, failed ones too. Raises :class:`client.errors.ServiceError`."""
    return services.devops.listed(ServiceEndpoint, _LIST, {"includeFailed": "true"}, project=project)


def service_endpoint(services: Services, project: str, endpoint_id: str) -> ServiceEndpoint:
    """Read one service connection. Raises :class:`client.errors.NotFoundError` where there is none."""
    return services.devops.get(ServiceEndpoint, _GET, project=project, endpoint_id=endpoint_id)
