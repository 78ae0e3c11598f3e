"""What is seen while it happens: on a terminal, in a file, without colours, in 80 columns."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from deployment.output import Output
from deployment.view import View
from tests.unit.deployment.printed import DEPLOYED, FAILED, STACKS


def show(console: Console, text: str, seconds_a_line: float = 1) -> str:
    now = [0.0]
    output = Output(STACKS, clock=lambda: now[0])
    with View(console).following("Deploying", output) as shown:
        for line in text.split("\n"):
            now[0] += seconds_a_line
            output.read(line)
            shown.update()
        output.end(failed="Error:" in text)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_elsewhere_than_on_a_terminal_each_step_is_a_line() -> None:
    printed = show(Console(file=io.StringIO()), DEPLOYED)
    assert printed == (
        "Deploying ...\n"
        "    0:01  mlops-registry  initializing\n"
        "    0:04  mlops-registry  planning\n"
        "    0:09  mlops-registry  applying: 2 to add, 0 to change, 0 to destroy\n"
        "    0:13  mlops-registry  done: 2 added, 0 changed, 0 destroyed\n"
    )


def test_what_takes_long_is_heard_of_now_and_then() -> None:
    lines = show(Console(file=io.StringIO()), FAILED, seconds_a_line=20).split("\n")
    assert "    2:20  mlops-dev       1 of 4 changes made" in lines
    assert "    3:20  mlops-dev       failed" in lines


def test_on_a_terminal_a_table_stays() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, _environ={"TERM": "xterm"})
    printed = show(console, FAILED)
    assert "\x1b[?25l" in printed  # the cursor is hidden while it changes
    table = printed.rpartition("Deploying")[2]
    rows = [row for row in table.split("\n") if "mlops-" in row]
    assert [row.split()[0] for row in rows] == STACKS


@pytest.mark.parametrize(
    "environment", [{"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "TERM": "dumb"}]
)
def test_no_colours_where_none_are_wanted(environment: dict[str, str]) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, _environ=environment)
    printed = show(console, FAILED)
    assert re.search(r"\x1b\[[0-9;]*[34][0-7]m", printed) is None  # \x1b[31m is red
    if environment["TERM"] == "dumb":
        assert "\x1b" not in printed


def test_a_table_fits_into_80_columns() -> None:
    console = Console(file=io.StringIO(), width=80)
    output = Output(STACKS, clock=lambda: 0.0)
    address = (
        "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint.outbound_storage_queue"
    )
    output.read("mlops-prod  Plan: 173 to add, 0 to change, 0 to destroy.")
    output.read(f"mlops-prod  {address} (x): Creating...")
    with View(console).following("Deploying", output) as shown:
        console.print(shown.table())
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().split("\n")
    assert max(map(len, lines)) <= 80
    assert any("0 of 173  azurerm_machine_learning" in line and line.endswith("…") for line in lines)
    assert len(lines) < 12  # one row for each stack


def test_a_title_stays_on_its_line() -> None:
    console = Console(file=io.StringIO(), width=80)
    output = Output(["a"], clock=lambda: 0.0)
    with View(console).following("Deploying mlops-registry", output) as shown:
        console.print(shown.table())
    assert isinstance(console.file, io.StringIO)
    assert "Deploying mlops-registry  0:00\na  waiting" in console.file.getvalue()


def test_a_step_leaves_nothing_behind_where_there_is_no_terminal() -> None:
    console = Console(file=io.StringIO())
    with View(console).step("Synthesizing ..."):
        pass
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == ""
