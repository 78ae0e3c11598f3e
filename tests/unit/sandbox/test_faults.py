"""Faults on demand: which create they hit, how often, and what a wrong value of their variables says."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from sandbox.cloud.faults import CRASH_AFTER, DELAY_MS, FAIL_CREATE, KILL_AT, THROTTLE, Faults, reset_faults
from sandbox.cloud.request import ServiceError
from sandbox.cloud.store import Cloud
from tests.project import REPOSITORY
from tests.unit.sandbox.client import Client, RefusedError
from tests.unit.sandbox.resources import SUBSCRIPTION, sign_in

GROUP, IDENTITY = "azurerm_resource_group", "azurerm_user_assigned_identity"


def create(client: Client, name: str, type_name: str = GROUP) -> None:
    place = {} if type_name == GROUP else {"resource_group_name": "rg"}
    client.create(type_name, name=name, location="eastus", **place)


def test_the_third_create_fails_once(azure: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FAIL_CREATE, "3")
    client = sign_in()
    create(client, "a")
    create(client, "b")
    with pytest.raises(
        RefusedError, match=r"asked to fail here by SANDBOX_FAIL_CREATE=3\. Run the same command again"
    ):
        create(client, "c")
    # Another run, in another process: the fault has happened.
    create(sign_in(), "c")


def test_only_creates_of_the_type_are_counted(
    azure: Client, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FAIL_CREATE, f"{IDENTITY}:1")
    client = sign_in()
    create(client, "a")
    with pytest.raises(RefusedError, match="InternalServerError"):
        create(client, "who", IDENTITY)
    assert cloud.resources(IDENTITY) == []
    create(client, "who", IDENTITY)
    reset_faults(cloud.folder)
    with pytest.raises(RefusedError, match="InternalServerError"):
        create(client, "again", IDENTITY)


def test_a_change_is_no_create(azure: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    state = azure.read(GROUP, {"id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"})
    assert state is not None
    monkeypatch.setenv(FAIL_CREATE, "1")
    client = sign_in()
    client.change(GROUP, state, name="rg", location="eastus", tags={"a": "b"})
    client.destroy(GROUP, state)
    with pytest.raises(RefusedError, match="InternalServerError"):
        create(client, "rg")


def test_throttled_writes_are_tried_again_until_they_succeed(
    azure: Client, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(THROTTLE, "3")
    client = sign_in()
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    create(client, "a")
    assert len([seconds for seconds in slept if seconds]) == 3
    assert {item.name for item in cloud.resources(GROUP)} == {"rg", "a"}
    slept.clear()
    create(client, "b")
    assert not any(slept)


def test_a_delay(azure: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DELAY_MS, "80")
    client = sign_in()
    started = time.monotonic()
    create(client, "a")
    assert time.monotonic() - started >= 0.08


def test_a_crash_takes_the_process_and_leaves_nothing_of_the_create(azure: Client, cloud: Cloud) -> None:
    program = textwrap.dedent(
        """
        from tests.unit.sandbox.resources import sign_in
        client = sign_in()
        for name in ("a", "b", "c"):
            client.create("azurerm_resource_group", name=name, location="eastus")
            print(name, flush=True)
        """
    )
    environment = {**os.environ, CRASH_AFTER: "2"}
    command = [sys.executable, "-c", program]
    crashed = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert (crashed.returncode, crashed.stdout) == (1, "a\n")
    assert {item.name for item in cloud.resources(GROUP)} == {"rg", "a"}


@pytest.mark.parametrize(("value", "killed"), [("2", "terraform"), ("group:2", "group")])
def test_a_kill_comes_after_the_write_and_before_the_answer(
    azure: Client, cloud: Cloud, value: str, killed: str
) -> None:
    """A program in Terraform's place starts another one in the provider's."""
    provider = textwrap.dedent(
        """
        from tests.unit.sandbox.resources import sign_in
        client = sign_in()
        for name in ("a", "b", "c"):
            client.create("azurerm_resource_group", name=name, location="eastus")
            print(name, flush=True)
        """
    )
    terraform = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    done = subprocess.run(
        [sys.executable, "-c", terraform, provider],
        cwd=REPOSITORY,
        env={**os.environ, KILL_AT: value},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        start_new_session=True,
    )
    assert done.returncode == -9
    assert done.stdout.startswith("a\n")
    assert "b" in {item.name for item in cloud.resources(GROUP)}, "what Terraform never heard of is there"
    if killed == "group":
        assert done.stdout == "a\n"
        assert {item.name for item in cloud.resources(GROUP)} == {"rg", "a", "b"}


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        (KILL_AT, "often", r"SANDBOX_KILL_AT=often means nothing: give the number of a write, such as"),
        (KILL_AT, "group:0", r"SANDBOX_KILL_AT=group:0 means nothing"),
        (
            FAIL_CREATE,
            "often",
            "SANDBOX_FAIL_CREATE=often means nothing: give the number of a create, such as",
        ),
        (FAIL_CREATE, "0", "SANDBOX_FAIL_CREATE=0 means nothing"),
        (FAIL_CREATE, "-1", "SANDBOX_FAIL_CREATE=-1 means nothing"),
        (CRASH_AFTER, "azurerm_keyvault:1", "the sandbox has no type azurerm_keyvault"),
        (CRASH_AFTER, "vault:1", "the sandbox has no type vault"),
        (THROTTLE, "some", r"SANDBOX_THROTTLE=some means nothing: give a whole number"),
        (
            DELAY_MS,
            "0.5",
            r"SANDBOX_DELAY_MS=0\.5 means nothing: give a whole number, such as SANDBOX_DELAY_MS=500",
        ),
    ],
)
def test_a_value_that_means_nothing_is_refused_before_anything_happens(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(RefusedError, match=message):
        sign_in()


def test_without_the_variables_nothing_is_counted(azure: Client, cloud: Cloud) -> None:
    create(azure, "a")
    assert not (cloud.folder / ".faults.json").exists()
    reset_faults(cloud.folder)


def test_a_delay_is_in_milliseconds(azure: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DELAY_MS, "500")
    client = sign_in()
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    create(client, "a")
    assert slept == [0.5]


def test_counts_that_somebody_broke_are_named(
    azure: Client, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(THROTTLE, "3")
    path = cloud.folder / ".faults.json"
    path.write_text("[]")
    with pytest.raises(RefusedError, match=r"or delete the file: faults that have happened happen again$"):
        create(sign_in(), "a")
    path.write_text('{"SANDBOX_THROTTLE=3": 0}')  # none yet
    create(sign_in(), "a")
    assert json.loads(path.read_text()) == {"SANDBOX_THROTTLE=3": 4}


class Waiting:
    """A gRPC context whose answer is not sent before somebody says so, or that nobody waits for."""

    def __init__(self, *, given_up: bool = False) -> None:
        self._given_up = given_up
        self.answer: Callable[[], None] = lambda: None

    def add_callback(self, callback: Callable[[], None]) -> bool:
        self.answer = callback
        return not self._given_up


def test_a_request_that_nobody_waits_for_any_more_does_nothing(cloud: Cloud) -> None:
    with pytest.raises(ServiceError, match=r"^The request was given up before it reached the service\.$"):
        Faults(cloud).before_write(GROUP, creates=True, context=Waiting(given_up=True))


def test_a_crash_waits_for_what_was_begun_and_lets_nothing_else_begin(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CRASH_AFTER, "1")
    faults, codes, begun = Faults(cloud), queue.Queue[int](), threading.Event()

    def crash(code: int) -> None:
        codes.put(code)
        raise SystemExit

    monkeypatch.setattr(os, "_exit", crash)
    first, second = Waiting(), Waiting()
    for context in (first, second):
        faults.before_write(GROUP, creates=False, context=context)

    def another() -> None:
        faults.before_write(GROUP, creates=False, context=Waiting())
        begun.set()

    def crashing() -> None:
        with suppress(SystemExit):
            faults.before_write(GROUP, creates=True, context=Waiting())

    threading.Thread(target=crashing, daemon=True).start()
    first.answer()
    with pytest.raises(queue.Empty):
        codes.get(timeout=0.2)
    threading.Thread(target=another, daemon=True).start()
    second.answer()
    assert codes.get(timeout=10) == 1
    assert not begun.wait(0.2)
