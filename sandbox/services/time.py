"""Waiting, as hashicorp/time shows it: it is in Terraform's state and nowhere else, and the stand-in does not wait."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.cloud.request import Request
from sandbox.cloud.store import Resource
from sandbox.services.resource_type import Arguments, ResourceType
from sandbox.services.rules import ProviderRules, Value

_DURATION = Value(
    pattern=r"^[0-9]+(\.[0-9]+)?(ms|s|m|h)$", says="must be a number immediately followed by ms, s, m or h"
)


class Sleep(ResourceType, type_name="time_sleep"):
    """A wait; its id is the moment at which it was over."""

    rules = ProviderRules(
        force_new=("triggers",), values={"create_duration": _DURATION, "destroy_duration": _DURATION}
    )
    only_in_state = True

    def new_id(self, request: Request, arguments: Arguments) -> str:
        """Return the moment: the wait is over at once."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def store(self, request: Request, resource: Resource) -> Resource:
        """Write nothing."""
        return resource

    def imported(self, request: Request, text: str) -> Resource:
        """Return what ``<create duration>,<destroy duration>,<trigger>=<value>,…`` says."""
        create_duration, _, rest = text.partition(",")
        destroy_duration, *triggers = rest.split(",")
        arguments = {
            "create_duration": create_duration or None,
            "destroy_duration": destroy_duration or None,
            "triggers": dict(trigger.split("=", 1) for trigger in triggers),
        }
        return self.create(request, arguments)
