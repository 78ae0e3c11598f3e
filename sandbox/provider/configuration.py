"""The providers' own configuration: who asks, and which folder is the cloud."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.cloud.request import Account, ServiceError
from sandbox.cloud.store import CLOUD_VARIABLE, Cloud
from sandbox.services.azure.resource_providers import NAMESPACES, register


def cloud_folder() -> Path:
    """Return the folder that SANDBOX_CLOUD names; ServiceError if it names none."""
    folder = os.environ.get(CLOUD_VARIABLE, "")
    if not Path(folder).is_absolute():
        raise ServiceError(
            f"This is an offline stand-in for the provider, and {CLOUD_VARIABLE} does not name its cloud: set it to "
            f"the absolute path of a folder, or install the real provider."
        )
    return Path(folder)


def account(provider: str, config: Mapping[str, Any]) -> Account:
    """Return who asks, by the provider's arguments and, like the real one, by the environment."""
    subscription = _argument(config, "subscription_id", "ARM_SUBSCRIPTION_ID")
    organization = _argument(config, "org_service_url", "AZDO_ORG_SERVICE_URL")
    if provider == "azurerm" and not subscription:
        raise ServiceError(
            "`subscription_id` is a required provider property when performing a plan/apply operation",
            "subscription_id",
        )
    if provider == "azuredevops" and not organization:
        raise ServiceError("the url of the Azure DevOps is required", "org_service_url")
    return Account(
        subscription_id=subscription,
        tenant_id=_argument(config, "tenant_id", "ARM_TENANT_ID"),
        organization=organization,
        features=_features(config),
    )


def register_namespaces(cloud: Cloud, who: Account, config: Mapping[str, Any]) -> None:
    """Register what azurerm registers when it is configured: its own set unless that is off, and what it is told."""
    registers_its_own = config.get("resource_provider_registrations") != "none"
    wanted = config.get("resource_providers_to_register") or ()
    with cloud.locked():
        register(cloud, who.subscription_id, NAMESPACES if registers_its_own else wanted)


def _argument(config: Mapping[str, Any], name: str, variable: str) -> str:
    value = config.get(name)
    return value if isinstance(value, str) and value else os.environ.get(variable, "")


def _features(config: Mapping[str, Any]) -> dict[str, bool]:
    features: dict[str, bool] = {}
    for item in config.get("features") or []:
        features |= {name: value for name, value in item.items() if isinstance(value, bool)}
        for block_name, blocks in item.items():
            for block in blocks if isinstance(blocks, list) else []:
                for name, value in block.items():
                    if isinstance(value, bool):
                        features[f"{block_name}.{name}"] = value
    return features
