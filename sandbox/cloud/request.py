"""What a request to the stand-in cloud carries, and how the cloud refuses one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.cloud.store import Cloud

# How refusals of Azure Resource Manager begin, as azurerm shows them.
BAD_REQUEST = "unexpected status 400 (400 Bad Request) with error:"
NOT_FOUND = "unexpected status 404 (404 Not Found) with error:"
CONFLICT = "unexpected status 409 (409 Conflict) with error:"


class ServiceError(Exception):
    """The service refuses a request, in its own words; ``attribute`` names the argument at fault, if it is one."""

    def __init__(self, message: str, attribute: str | None = None) -> None:
        """Keep the service's words and the argument they are about."""
        super().__init__(message)
        self.attribute = attribute


@dataclass(frozen=True)
class Account:
    """Who asks: the provider's own configuration.

    ``features`` are azurerm's switches, each as ``block.name`` (``key_vault.recover_soft_deleted_key_vaults``), or by
    its name alone where it is in no block.
    """

    subscription_id: str = ""
    tenant_id: str = ""
    organization: str = ""
    features: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """One operation on one type: where it happens, who asks, and of which type."""

    cloud: Cloud
    account: Account
    type: str
