"""``mlops`` as a whole: how it is called, what its help says, what its exit codes mean, what the docs show of it."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from cli.__main__ import app
from cli.exit_codes import ExitCode
from doctor.findings import Kind
from doctor.live.findings import Rule
from tests import transcripts
from tests.project import REPOSITORY

DOCS = REPOSITORY / "docs"
PIPENV = {"PIPENV_VENV_IN_PROJECT": "1", "PIPENV_IGNORE_VIRTUALENVS": "1", "PIPENV_VERBOSITY": "-1"}


def pipenv(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the Pipenv that the set-up installs."""
    return subprocess.run(
        [".tools/bin/pipenv", *words],
        cwd=REPOSITORY,
        env={**os.environ, **PIPENV},
        capture_output=True,
        text=True,
        check=False,
    )


def commands(group: object = None, *names: str) -> Iterator[tuple[str, ...]]:
    group = group or get_command(app)
    assert isinstance(group, TyperGroup)
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *names, name)
        else:
            yield (*names, name)


COMMANDS = list(commands())


def rows(page: str, head: str) -> list[list[str]]:
    """Return the rows of the table of a page that starts with this head."""
    table = (DOCS / page).read_text().partition(f"| {head} |")[2].partition("\n\n")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    assert lines
    return lines


def test_pipenv_runs_it_and_the_lock_still_fits() -> None:
    assert tomllib.loads((REPOSITORY / "Pipfile").read_text())["scripts"] == {"mlops": "python -m cli"}
    locked = pipenv("verify")
    assert locked.returncode == 0, locked.stdout + locked.stderr
    done = pipenv("run", "mlops", "validate", "guide")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("guide: no mistakes. Environments: dev, test, prod.\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_an_example(command: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*command, "--help"], prog_name="mlops")
    assert done.exit_code == 0
    assert done.stdout.startswith(f"Usage: mlops {' '.join(command)} ")
    assert f"\n  Example: mlops {' '.join(command)} " in done.stdout
    assert not re.search(r"[╭│╰\x1b\x08]", done.stdout), "plain text, also where there is no terminal"


def test_every_command_that_signs_in_has_the_same_option_for_other_services() -> None:
    said = dict[str, str]()
    for command in COMMANDS:
        options = CliRunner().invoke(app, [*command, "--help"]).stdout.partition("\nOptions:\n")[2]
        for option in re.findall(r"^  --services .*(?:\n {5,}.*)*", options, re.MULTILINE):
            said[" ".join(command)] = " ".join(option.split())
    assert sorted(said) == [
        *("adopt", "doctor live", "library", "plans comment", "plans gates"),
        *("pull", "recover", "report", "unlock"),
    ]
    assert set(said.values()) == {
        "--services ADDRESS Other services than the public ones, such as the sandbox's. [env var: MLOPS_SERVICES]"
    }


def test_every_command_is_in_the_table() -> None:
    words = [" ".join(command) for command in COMMANDS if command[0] != "plans"]
    last = [word for word in words if word in ("diff", "deploy", "destroy", "bootstrap", "unlock")]
    first = [word for word in words if word not in last]
    assert [row[0] for row in rows("commands.md", "command")] == [
        f"`mlops {word}`" for word in (*first, "plans …", *last)
    ]


def test_every_command_of_the_pipelines_is_in_their_table() -> None:
    named = [row[0].strip("`").split()[1:3] for row in rows("commands.md", "pipelines' command")]
    assert sorted(named) == sorted(list(command) for command in COMMANDS if command[0] == "plans")


def test_every_exit_code_is_in_the_table_and_in_the_help() -> None:
    assert [int(row[0]) for row in rows("commands.md", "code")] == list(ExitCode)
    said = CliRunner().invoke(app, ["--help"]).stdout
    assert [int(code) for code in re.findall(r"^    (\d)  ", said, re.MULTILINE)] == list(ExitCode)


def test_every_kind_of_finding_is_in_the_table() -> None:
    assert rows("commands.md", "finding") == [[f"`{kind.id}`", kind.meaning] for kind in Kind]
    assert rows("commands.md", "live finding") == [[f"`{rule.id}`", rule.meaning] for rule in Rule]


@pytest.mark.parametrize("page", transcripts.PAGES, ids=lambda page: page.name)
def test_the_transcripts_are_what_the_commands_print(page: Path) -> None:
    text = page.read_text()
    assert "\n```console\n$ " in text
    assert transcripts.render(text) == text, "make generate writes them anew"


CHECKS = {
    "Variable not found": 4,
    "Wrong value being used": 4,
    "Service connection not working": 4,
}
"""The entries of the guide's section Troubleshooting, and how many checks each has."""


def test_each_check_of_the_guide_has_its_command_or_its_steps() -> None:
    table = rows("troubleshooting.md", "entry")
    assert {entry: [row[0] for row in table].count(entry) for entry in CHECKS} == CHECKS
    assert len(table) == sum(CHECKS.values())
    text = (DOCS / "troubleshooting.md").read_text()
    kinds = {kind.id for kind in (*Kind, *Rule)}
    for _, _, by in table:
        assert by.startswith(("`mlops doctor pipelines`: `", "`mlops doctor live`: `"))
        assert set(re.findall(r"`([a-z]+-[a-z-]+)`", by)) <= kinds
        for anchor in re.findall(r"\(#([a-z-]+)\)", by):
            headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
            assert anchor in [
                re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-") for heading in headings
            ]
    assert sum("doctor pipelines" in by for *_, by in table) == 7  # as the page says
    for entry in CHECKS:
        assert f"\n## {entry}\n" in text


def test_every_kind_that_a_transcript_shows_is_one() -> None:
    text = "".join(page.read_text() for page in transcripts.PAGES)
    shown = set(re.findall(r"^azure-pipelines\.yml:\d+: (\S+)$", text, re.MULTILINE))
    assert len(shown) > 8
    assert shown <= {kind.id for kind in Kind}
    live = set(re.findall(r"^[a-z].* .*: ([a-z-]+)\n    found: ", text, re.MULTILINE)) - shown
    assert len(live) > 8
    assert live <= {rule.id for rule in Rule}
