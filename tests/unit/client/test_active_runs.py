"""Which runs may have taken a lock and are still active: what ``mlops unlock`` asks before it lifts one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cli.runs import active_runs
from deployment.backend import Lock
from settings.loader import Settings
from tests.unit.client.server import DEVOPS, Reply, Server
from tests.unit.client.test_builds import LIST, RUN

LOCK = Lock(
    id="8f1a",
    who="AzDevOps@agent-3",
    operation="OperationTypeApply",
    created="2026-11-25 09:12:40.197866 +0000 UTC",
    path="mlops-dev/mlops-dev.tfstate",
)
JOB = {
    "id": "j",
    "type": "Job",
    "name": "Apply",
    "state": "inProgress",
    "workerName": "agent-3",
    "startTime": "2026-11-25T09:12:32Z",
}
FOUND = "Deploy 20261125.3 (https://dev.azure.com/contoso/mlops/_build/results?buildId=41)"


@pytest.fixture
def ours(settings: Settings, server: Server) -> Settings:
    """The guide in the organization of the server, which has one run with one job."""
    server.lists(LIST, RUN)
    server.answer("GET", f"{DEVOPS}/mlops/_apis/build/builds/41/timeline", Reply({"records": [JOB]}))
    devops = settings.platform.azure_devops.model_copy(
        update={"organization_url": "https://dev.azure.com/contoso"}
    )
    return replace(settings, platform=settings.platform.model_copy(update={"azure_devops": devops}))


def changed(server: Server, **changes: Any) -> None:
    record = {**JOB, **changes}
    server.answer("GET", f"{LIST}/41/timeline", Reply({"records": [record]}))


def test_a_job_on_the_machine_that_the_lock_names(ours: Settings, server: Server) -> None:
    # Runs that are being cancelled are active too, and each is named once for each of its states.
    assert set(active_runs(LOCK, ours, server.url)) == {FOUND}
    assert [asked.query["statusFilter"] for asked in server.calls(LIST)] == ["inProgress", "cancelling"]


@pytest.mark.parametrize("worker", ["Azure Pipelines 4", "Hosted Agent"])
def test_a_machine_of_microsofts_may_be_any(ours: Settings, server: Server, worker: str) -> None:
    changed(server, workerName=worker)
    assert FOUND in active_runs(replace(LOCK, who="AzDevOps@runnervmabc"), ours, server.url)


@pytest.mark.parametrize(
    "changes",
    [
        {"workerName": "agent-4"},
        {"state": "completed"},
        {"state": "pending", "startTime": None},
        {"startTime": "2026-11-25T09:12:41Z"},
        {"type": "Task"},
    ],
    ids=["another machine", "it has ended", "it has not begun", "it began later", "a part of a job"],
)
def test_any_other_run_has_not_taken_it(ours: Settings, server: Server, changes: dict[str, Any]) -> None:
    changed(server, **changes)
    assert active_runs(LOCK, ours, server.url) == []


def test_a_time_that_cannot_be_read_rules_no_run_out(ours: Settings, server: Server) -> None:
    assert FOUND in active_runs(replace(LOCK, created="unknown"), ours, server.url)
