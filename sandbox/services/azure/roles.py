"""Azure's built-in roles, by name: the ones that a platform for machine learning grants."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("roles.json")


@cache
def built_in_roles() -> Mapping[str, str]:
    """Return each role's name and the last part of its definition's id, the same for every customer."""
    table: dict[str, str] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return table


def role_definition_id(subscription_id: str, name: str) -> str | None:
    """Return the id of a role's definition as a subscription sees it, or None if no role has that name."""
    guid = built_in_roles().get(name)
    if guid is None:
        return None
    return f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{guid}"


def role_name(definition_id: str) -> str:
    """Return the name of the role that a definition's id stands for, or nothing if it is no built-in role."""
    guid = definition_id.rpartition("/")[2].lower()
    return next((name for name, known in built_in_roles().items() if known == guid), "")
