"""Settings of an environment's online endpoint. Pipelines create it and deploy to it; Terraform makes its identity."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from settings.models.base import Model
from settings.models.markers import AsVariable
from settings.models.texts import EndpointName, VmSize


class Endpoint(Model):
    """The managed online endpoint that pipelines create and deploy models to."""

    name: Annotated[EndpointName, AsVariable("terraform", "onlineEndpointName")]
    """Name of the endpoint: a part of its address, and so unique in its region among all customers of Azure."""
    vm_size: Annotated[VmSize, AsVariable("terraform", "onlineEndpointVmSize")]
    """Size of each instance."""
    instance_count: Annotated[int, Field(ge=1, le=50), AsVariable("terraform", "onlineEndpointInstanceCount")]
    """Instances of each deployment. Blue and green stand side by side while traffic moves."""
    auth_mode: Annotated[
        Literal["AADToken", "AMLToken", "Key"], AsVariable("terraform", "onlineEndpointAuthMode")
    ] = "AADToken"
    """How callers sign in: with Entra and a role, with a token of the workspace, or with a key."""
    public_network_access: Annotated[bool, AsVariable("terraform", "onlineEndpointPublicNetworkAccess")] = (
        False
    )
    """Whether public networks reach the endpoint. True exactly where the environment has no private endpoints."""
