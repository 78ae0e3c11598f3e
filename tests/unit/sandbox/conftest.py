"""A stand-in cloud for each test, and providers that are signed in to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.cloud.store import CLOUD_VARIABLE, Cloud
from sandbox.services.seed import seed
from tests.unit.sandbox.client import Client
from tests.unit.sandbox.resources import SUBSCRIPTION, TENANT, sign_in


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """A cloud with one subscription and one project."""
    folder = tmp_path / "cloud"
    monkeypatch.setenv(CLOUD_VARIABLE, str(folder))
    return seed(folder, subscriptions=[SUBSCRIPTION], tenant_id=TENANT)


@pytest.fixture
def azure(cloud: Cloud) -> Client:
    """azurerm with its default features, and the resource group ``rg``."""
    client = sign_in()
    client.create("azurerm_resource_group", name="rg", location="eastus")
    return client


@pytest.fixture
def azapi(azure: Client) -> Client:
    """azapi in the same subscription."""
    return Client("azapi")


@pytest.fixture
def devops(cloud: Cloud) -> Client:
    """azuredevops."""
    return Client("azuredevops", org_service_url="https://dev.azure.com/contoso")


@pytest.fixture
def project_id(devops: Client) -> str:
    """The id of the project that every cloud has."""
    return str(devops.look_up("azuredevops_project", name="mlops")["id"])
