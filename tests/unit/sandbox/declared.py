"""What a declaration says of its type, as a row of ``declared.yaml``: what is left out is as for every type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sandbox.services.data_source import DataSource
from sandbox.services.resource_type import ResourceType

TABLE = Path(__file__).with_name("declared.yaml")
# Of classes: what the declarations of resources and of data sources may set.
_OF_A_RESOURCE = (
    *("arm_id", "lies_in", "import_form", "import_wants", "number_series", "global_name", "unique_name"),
    *("known_by", "in_use", "soft_delete", "borrows_id", "upper_case", "unchecked", "computed_anew"),
    *("provider_asks_first", "only_in_state", "provider_lost", "unchangeable"),
)
_OF_A_DATA_SOURCE = ("missing", "several", "as_found", "other_names")
_MADE_UP = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}|[0-9]{9,}|\d{4}-\d\d-\d\dT[\d:.]+Z"
)


def row(declaration: ResourceType) -> dict[str, Any]:
    """Return what a type's declaration says, and what the provider does by itself."""
    said = {name: getattr(declaration, name, None) for name in _OF_A_RESOURCE} | declaration.rules._asdict()
    return {name: plain(value) for name, value in said.items() if value}


def row_of_data_source(declaration: DataSource) -> dict[str, Any]:
    """Return what the declaration of a data source says."""
    said = {name: getattr(declaration, name) for name in _OF_A_DATA_SOURCE}
    return {name: plain(value) for name, value in said.items() if value}


def plain(value: Any) -> Any:
    """Return a value as YAML has it; of what is made up anew each time, only that it is."""
    if isinstance(value, str):
        return _MADE_UP.sub("<made up>", value)
    if hasattr(value, "_asdict"):
        value = {name: item for name, item in value._asdict().items() if item not in ((), None, "")}
    elif hasattr(value, "__dataclass_fields__"):
        value = {name: getattr(value, name) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


@cache
def table() -> dict[str, Any]:
    """Return all rows: resources by their types, data sources by ``data.`` before their types."""
    rows: dict[str, Any] = YAML(typ="safe").load(TABLE)
    return rows


def written(rows: dict[str, Any]) -> str:
    """Return rows as the table has them."""
    yaml = YAML(typ="safe")
    yaml.width, yaml.sort_base_mapping_type_on_output = 110, False  # type: ignore[assignment]  # untyped
    out = StringIO()
    yaml.dump(rows, out)
    return out.getvalue()
