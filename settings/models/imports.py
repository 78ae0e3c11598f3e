"""``imports/<stack>.yaml``: what exists already, and is to come into the state of a stack."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from settings.models.base import Model
from settings.models.text_rules import Matches

ResourceAddress = Annotated[
    str,
    Matches(
        r'[a-z][a-z0-9_]{0,99}\.[A-Za-z_][A-Za-z0-9_-]{0,149}(?:\[(?:[0-9]{1,9}|"[^"$%\\]{1,149}")\])?',
        "the address of a resource, as terraform state list shows it",
        example="azurerm_key_vault.key_vault",
    ),
]
"""The address of a resource of a stack, with its key where there are several: ``azuredevops_group.team["leads"]``."""

ImportId = Annotated[
    str,
    Field(min_length=1, max_length=2000),
    Matches(
        r"[!-~](?:[ -~]*[!-~])?",
        "an id without a blank at its ends",
        fix="copy the id that terraform import takes",
    ),
]
"""What ``terraform import`` takes for a resource of the type. Source: Import, in the provider's page of the type."""


class Imports(Model):
    """The whole of a file ``config/imports/<stack>.yaml``."""

    imports: dict[ResourceAddress, ImportId]
    """Ids of what exists, each by the address that it is to have in the state."""
