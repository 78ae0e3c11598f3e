"""Waiting, as hashicorp/time shows it: it is in the state and nowhere else, and the stand-in does not wait."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.cloud.request import Request
from sandbox.services.kind import Kind, Values


class SleepKind(Kind):
    """A wait; its id is the moment at which it was over."""

    def create(self, request: Request, planned: Values) -> Values:
        """Be over at once."""
        return {**planned, "id": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}

    def read(self, request: Request, state: Values) -> Values:
        """Return the state as it is: there is nothing outside of it."""
        return state

    def update(self, request: Request, prior: Values, planned: Values) -> Values:
        """Take other durations without waiting, as the provider does."""
        return planned

    def delete(self, request: Request, prior: Values) -> None:
        """Be over at once."""

    def import_state(self, request: Request, import_id: str) -> Values:
        """Return the state of ``<create duration>,<destroy duration>,<trigger>=<value>,…``."""
        create_duration, _, rest = import_id.partition(",")
        destroy_duration, *triggers = rest.split(",")
        wait = {
            "create_duration": create_duration or None,
            "destroy_duration": destroy_duration or None,
            "triggers": dict(trigger.split("=", 1) for trigger in triggers),
        }
        return self.create(request, wait)
