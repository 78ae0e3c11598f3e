"""What every settings model shares: frozen, strict, no unknown keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen part of the configuration. Nothing is converted: ``"4"`` is not the number 4.

    A model knows its keys, and for each key the kind and range of its value; the docstring of a field becomes its
    description in the JSON Schema. Rules across keys are in :mod:`settings.rules`, because they are checked even
    where other keys of the same model are wrong.
    """

    # Keys that people may look for and that are refused, each with the reason.
    refused: ClassVar[Mapping[str, str]] = {}

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        defer_build=True,  # saves start-up time: only the two file models are validated by themselves
    )
