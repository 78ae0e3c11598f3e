"""Azure's built-in roles."""

from __future__ import annotations

import pytest

from constructs_lib.azure.roles import ROLES, role_definition_id
from sandbox.services.azure.roles import built_in_roles


def test_they_are_azures() -> None:
    assert ROLES.items() <= built_in_roles().items()


def test_their_ids_are_those_that_a_subscription_answers() -> None:
    assert role_definition_id("s", "Reader") == (
        "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
    )
    with pytest.raises(KeyError, match="Nobody"):
        role_definition_id("s", "Nobody")
