"""Waiting, as hashicorp/time shows it: it is in Terraform's state and nowhere else, and the stand-in does not wait."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.cloud.request import Request, ServiceError
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
        """Return what ``<create duration>,<destroy duration>`` says; ServiceError for another form.

        hashicorp/time 0.13.1, ``provider/resource_time_sleep.go``.
        """
        durations = text.split(",")
        if len(durations) != 2 or not any(durations):
            raise ServiceError(
                f'Unexpected format of ID ("{text}"), expected CREATEDURATION,DESTROYDURATION where at least one '
                "value is non-empty"
            )
        arguments: Arguments = {
            "create_duration": durations[0] or None,
            "destroy_duration": durations[1] or None,
            "triggers": {},
        }
        return self.create(request, arguments)
