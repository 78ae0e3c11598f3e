"""Keeps a configuration with placeholder ids from being planned or deployed against real Azure."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import TerraformStack, TerraformVariable, TerraformVariableValidationConfig

VARIABLE = "allow_placeholder_ids"
"""Name of the Terraform variable that lets placeholders pass, where no real service is behind them."""


class PlaceholderGuard:
    """A Terraform variable that is false unless told otherwise, and that every provider waits for.

    Not there at all once all ids are filled in.
    """

    def __init__(self, scope: TerraformStack, *, placeholders: Sequence[str]) -> None:
        """Refuse plans while any of ``placeholders`` (key and place of each) is left."""
        self._active = bool(placeholders)
        if self._active:
            TerraformVariable(
                scope,
                VARIABLE,
                type="bool",
                default=False,
                nullable=False,
                validation=[
                    TerraformVariableValidationConfig(
                        condition=f"${{var.{VARIABLE}}}",
                        error_message="These ids are placeholders, all zeros. Fill them in first: "
                        + "; ".join(placeholders)
                        + ".",
                    )
                ],
            )

    def guard(self, value: str) -> str:
        """Return ``value`` in a form that Terraform only reads when placeholders are allowed."""
        return f'${{var.{VARIABLE} ? "{value}" : null}}' if self._active else value
