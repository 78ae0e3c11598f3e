"""Runs of pipelines, as the documentation's examples have them."""

from __future__ import annotations

from datetime import UTC, datetime

from client.devops.builds import builds, timeline
from client.services import Services
from tests.unit.client.server import DEVOPS, Reply, Server

LIST = f"{DEVOPS}/mlops/_apis/build/builds"
RUN = {
    "id": 41,
    "buildNumber": "20261125.3",
    "status": "inProgress",
    "startTime": "2026-11-25T09:12:31.5Z",
    "definition": {"id": 7, "name": "Deploy", "path": "\\"},
}


def test_runs_are_listed_by_their_status(server: Server, services: Services) -> None:
    server.lists(LIST, RUN, {**RUN, "id": 42, "status": "inProgress", "startTime": None})
    begun, waiting = builds(services, "mlops", "inProgress")
    assert (begun.id, begun.build_number, begun.definition.name) == (41, "20261125.3", "Deploy")
    assert begun.start_time == datetime(2026, 11, 25, 9, 12, 31, 500_000, tzinfo=UTC)
    assert waiting.start_time is None
    assert server.calls(LIST)[0].query == {"statusFilter": "inProgress", "api-version": "7.1"}


def test_a_run_says_which_agent_a_job_is_on_and_nothing_before_it_has_begun(
    server: Server, services: Services
) -> None:
    record = {"id": "j", "type": "Job", "name": "Apply", "state": "inProgress", "workerName": "agent-3"}
    server.answer("GET", f"{LIST}/41/timeline", Reply({"records": [record]}))
    server.answer("GET", f"{LIST}/42/timeline", Reply(None))
    (job,) = timeline(services, "mlops", 41)
    assert (job.type, job.state, job.worker_name, job.start_time) == ("Job", "inProgress", "agent-3", None)
    assert timeline(services, "mlops", 42) == ()
