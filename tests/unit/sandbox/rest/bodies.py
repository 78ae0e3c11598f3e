"""The body that the door answers for a resource with given attributes, which need not be in a cloud."""

from __future__ import annotations

from typing import Any

from sandbox.cloud.store import Cloud, Resource
from sandbox.rest.azure.bodies import SHAPES
from sandbox.rest.azure.shape import body_by
from tests.unit.sandbox.resources import GROUP


def body(cloud: Cloud, type_name: str, arm_type: str, **attributes: Any) -> dict[str, Any]:
    """Return the body of a resource of a type of azurerm and of ARM, which is called ``it``."""
    return body_at(cloud, type_name, f"{GROUP}/providers/{arm_type}/it", **attributes)


def body_at(cloud: Cloud, type_name: str, resource_id: str, **attributes: Any) -> dict[str, Any]:
    """Return the body of a resource with an id."""
    return body_by(SHAPES[type_name], cloud, Resource(type_name, resource_id, attributes))
