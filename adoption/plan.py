"""What a plan after the imports would lose: each attribute that forces it, and the setting that would avoid it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adoption.references import addresses
from adoption.setting import Setting, settings_behind
from adoption.wanted import Terraform
from plans.changes import Change, Changes, Field
from settings.loader import Settings


@dataclass(frozen=True)
class Cause:
    """An attribute that forces a replacement."""

    field: Field
    """What exists (``before``) and what the configuration says (``after``)."""
    settings: tuple[Setting, ...]
    """Where the configuration says so, as far as that can be told."""


@dataclass(frozen=True)
class Loss:
    """Something that holds what cannot be made again, and that the plan replaces or destroys."""

    change: Change
    causes: tuple[Cause, ...]


def losses(
    settings: Settings, environment: str, terraform: Terraform, changes: Changes, plan: Mapping[str, Any]
) -> list[Loss]:
    """Return what the plan of a stack would lose; ``plan`` is what ``terraform show -json`` printed of it."""
    planned = {item["address"]: item["change"] for item in plan.get("resource_changes", ())}
    found = []
    for change in changes.losing:
        paths = planned.get(change.address, {}).get("replace_paths", ())
        values = {_dotted(path): _configured(terraform, change.address, planned, path) for path in paths}
        causes = []
        for field in (field for field in change.fields if field.replaces):
            behind = (
                setting
                for path, configured in values.items()
                if _within(field.path, path) or _within(path, field.path)
                for value in configured
                for setting in settings_behind(settings, environment, change.address, field.path, value)
            )
            causes.append(Cause(field, tuple(dict.fromkeys(behind))))
        found.append(Loss(change, tuple(causes)))
    return found


def _configured(
    terraform: Terraform, address: str, planned: Mapping[str, Any], path: Sequence[Any]
) -> list[Any]:
    """Return what the configuration makes of an attribute; of what is not known yet, the names of what it refers to."""
    value = planned[address].get("after")
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            value = None
    if value is not None:
        return [value]
    wanted = terraform.at(address)
    text = wanted.body.get(path[0]) if wanted else None
    return list(_names(terraform, text))


def _names(terraform: Terraform, value: Any) -> Iterator[str]:
    """Yield the names of the resources that an argument refers to."""
    for address in addresses(value):
        wanted = terraform.at(address)
        if wanted and isinstance(wanted.body.get("name"), str):
            yield wanted.body["name"]


def _within(path: str, other: str) -> bool:
    return path == other or path.startswith((f"{other}.", f"{other}["))


def _dotted(path: Sequence[Any]) -> str:
    """Write a path as :class:`plans.changes.Field` does."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
