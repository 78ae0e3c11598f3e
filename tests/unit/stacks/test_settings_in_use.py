"""Every setting does something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

from settings.loader import load_settings
from settings.models.base import Model
from settings.models.declarations import declared
from settings.models.environment import Environment
from settings.models.markers import AsVariable
from settings.models.platform import Platform
from tests.project import COMPANY, copy_configuration, use_every_option
from tests.synthesized import synthesize_to

# The variables of a group that are a user's own: written with the others, which are those of AsVariable.
OWN_VARIABLES = "VariableGroup.extra_variables"

# What only a rule looks at: nothing is made of it.
ONLY_CHECKED = {"Environment.quota", "Platform.version"}


def sections(kind: Any) -> Iterator[type[Model]]:
    """Yield the models that a type is made of."""
    if isinstance(kind, type) and issubclass(kind, Model):
        yield kind
    for part in get_args(kind):
        yield from sections(part)


def to_be_read(model: type[Model]) -> Iterator[str]:
    """Yield every setting that is no section and no variable, by model and field."""
    for name, field in model.model_fields.items():
        inner = list(sections(field.annotation))
        for section in inner:
            yield from to_be_read(section)
        tells_models_apart = name == "type" and get_origin(field.annotation) is Literal
        markers = declared(model).fields[field.alias or name].markers
        variable = any(isinstance(marker, AsVariable) for marker in markers)
        if not (inner or tells_models_apart or variable):
            yield f"{model.__name__}.{name}"


def test_every_setting_is_read_by_a_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = copy_configuration(tmp_path)
    use_every_option(config)
    configurations = [load_settings(config), load_settings(COMPANY)]
    read: set[str] = set()

    def reading(model: Model, name: str) -> Any:
        read.update(f"{part.__name__}.{name}" for part in type(model).__mro__)
        return object.__getattribute__(model, name)

    monkeypatch.setattr(Model, "__getattribute__", reading, raising=False)
    for index, settings in enumerate(configurations):
        synthesize_to(settings, tmp_path / str(index))
    wanted = {*to_be_read(Platform), *to_be_read(Environment)} - {OWN_VARIABLES, *ONLY_CHECKED}
    assert len(wanted) > 50
    assert sorted(wanted - read) == [], "use it in a construct, or mark it with AsVariable"
