"""What a stack no longer manages: Terraform forgets it, and it stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from cdktf import TerraformStack


def forget(stack: TerraformStack, addresses: Iterable[str]) -> None:
    """Have Terraform forget what it still has under these addresses, where it would otherwise destroy it.

    Only a plan does that: ``terraform destroy`` ignores it, and destroys what has not been forgotten before.
    """
    removed = _removed(stack)
    removed += [{"from": address, "lifecycle": {"destroy": False}} for address in addresses]
    stack.add_override("removed", removed)


@cache
def _removed(_stack: TerraformStack) -> list[dict[str, Any]]:
    return []
