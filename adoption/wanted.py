"""What is to exist, as the synthesized Terraform of a stack says it: each resource and data source with its body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deployment.stacks import Stack
from facts.ids import IDS

_META = ("//", "count", "depends_on", "for_each", "lifecycle", "provider")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
ONLY_IN_STATE = ("terraform_data", "time_sleep")
"""Types that no service knows: Terraform makes them anew."""


@dataclass(frozen=True)
class Wanted:
    """A resource or a data source; one of several (``for_each``) has its key and its value."""

    type: str
    name: str
    body: Mapping[str, Any]
    """Its arguments, references in them unresolved."""
    data: bool = False
    key: str = ""
    each: str = ""
    provider: str = ""
    """The alias of the provider that it is asked of; empty: the provider without one."""

    @property
    def address(self) -> str:
        """The address in the state, as ``terraform state list`` shows it."""
        key = f"[{json.dumps(self.key)}]" if self.key else ""
        return f"{'data.' * self.data}{self.type}.{self.name}{key}"


class Terraform:
    """What the Terraform of a stack describes."""

    def __init__(self, stack: Stack) -> None:
        """Read the resources and data sources of ``stack``."""
        self.stack = stack.name
        self._content = stack.terraform
        self._every = {
            wanted.address: wanted for data in (False, True) for wanted in _every(stack.terraform, data=data)
        }

    @property
    def resources(self) -> list[Wanted]:
        """The resources that a service knows and that can be imported."""
        return [
            wanted
            for wanted in self._every.values()
            if not wanted.data and wanted.type not in ONLY_IN_STATE and IDS[wanted.type].import_form
        ]

    @property
    def every(self) -> list[Wanted]:
        """All resources and data sources."""
        return list(self._every.values())

    def at(self, address: str) -> Wanted | None:
        """Return what has an address; None for one that the stack does not have."""
        return self._every.get(address)

    def subscription(self, wanted: Wanted) -> str:
        """Return the subscription (GUID) in which its provider works; empty for a provider without."""
        configured = self._content.get("provider", {}).get(wanted.type.partition("_")[0], [])
        found = (item for item in configured if item.get("alias", "") == wanted.provider)
        text = next((item.get("subscription_id") or "" for item in found), "")
        # One that is not filled in yet stands in a condition on a variable.
        guid = _GUID.search(text)
        return guid[0] if guid else ""


def _every(content: Mapping[str, Any], *, data: bool) -> Iterator[Wanted]:
    for type_name, bodies in content.get("data" if data else "resource", {}).items():
        for name, body in bodies.items():
            if body.get("count") == 0:
                continue
            provider = str(body.get("provider", "")).partition(".")[2]
            arguments = {argument: value for argument, value in body.items() if argument not in _META}
            for key, value in body["for_each"].items() if "for_each" in body else [("", "")]:
                yield Wanted(type_name, name, arguments, data, key, str(value), provider)
