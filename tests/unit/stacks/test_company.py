"""What a company asks for beyond the guide: its example uses every key of the configuration that there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from settings.models.declarations import Declaration, declared
from settings.models.environment import Environment
from settings.models.platform import Platform
from tests.project import COMPANY, GUIDE
from tests.synthesized import Stack

Key = tuple[str, str]
"""The name of a model, and a key of it."""

ELSEWHERE: set[Key] = {
    # It changes the name of every stack: tests/unit/stacks/test_options.py, tests/unit/deployment/test_state.py.
    ("Platform", "stack_prefix"),
    # A place of the user's own: tests/unit/settings/test_variables.py.
    ("VariableGroup", "extra_variables"),
    # Its secrets must be in a vault that is there already: tests/project.py, use_every_option.
    ("Environment", "key_vault_variable_group"),
    *(("KeyVaultVariableGroup", key) for key in ("name", "permissions", "secrets", "used_by")),
    # Instead of what the company has: tests/project.py, use_every_option.
    ("AzurermBackend", "container"),
    ("Pipeline", "folder"),
    *(("Monitoring", key) for key in ("application_insights_keys", "daily_log_quota", "storage_reads")),
    # Beside the hosts of feeds: tests/unit/stacks/test_package_feeds.py.
    ("PrivateNetwork", "outbound_fqdns"),
    # The owner's roles: tests/unit/stacks/test_data_sources.py.
    ("DataSource", "assign_roles"),
}
"""Keys that neither the guide nor the company has, each with where it is tried instead."""


def keys(declaration: Declaration) -> Iterator[Key]:
    if declaration.model:
        yield from ((declaration.model.__name__, key) for key in declaration.fields)
    inner = [*declaration.fields.values(), *declaration.choices.values(), declaration.entries]
    for part in (part for part in inner if part):
        yield from keys(part)


def used(declaration: Declaration, value: Any) -> Iterator[Key]:
    if isinstance(value, dict):
        chosen = declaration.choices.get(str(value.get("type")), declaration)
        if chosen.model:
            yield from ((chosen.model.__name__, key) for key in value)
        for key, entry in value.items():
            inner = chosen.inside(key)
            yield from used(inner, entry) if inner else ()
    elif isinstance(value, list) and declaration.entries:
        for entry in value:
            yield from used(declaration.entries, entry)


def used_in(folder: Path) -> set[Key]:
    yaml = YAML(typ="safe")
    found = set(used(declared(Platform), yaml.load(folder / "platform.yaml")))
    for file in (folder / "environments").iterdir():
        found.update(used(declared(Environment), yaml.load(file)))
    return found


def test_the_example_and_the_guide_together_use_every_key() -> None:
    every = {*keys(declared(Platform)), *keys(declared(Environment))}
    assert every - used_in(GUIDE) - used_in(COMPANY) == ELSEWHERE


def test_the_example_is_accepted(company: dict[str, Stack]) -> None:
    assert sorted(company) == ["mlops-dev", "mlops-prod", "mlops-registry", "mlops-state", "mlops-test"]
