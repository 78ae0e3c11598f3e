"""``mlops adopt`` and ``mlops recover``: what they write, what they end with, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from adoption.outcome import Found, Outcome, Several
from adoption.search import Search
from cli import adopt
from cli.__main__ import app
from client.errors import NotSignedInError
from deployment.stacks import Stack
from deployment.state import StateError
from plans.terraform import TerraformError
from tests.project import copy_configuration, fill_in_ids

OUTCOMES: dict[str, Outcome] = {
    "azurerm_key_vault.key_vault": Found("/vault"),
    "azurerm_storage_account.storage": Found("/storage"),
}
IMPORTS = Path("config/imports/mlops-dev.yaml")


class Platform:
    """The stacks and services of a test, and what is asked of them."""

    def __init__(self) -> None:
        self.outcomes = dict(OUTCOMES)
        self.held: frozenset[str] = frozenset()
        self.plan: Mapping[str, Any] | Exception = {"resource_changes": []}
        self.connected: list[tuple[str, str | None, bool]] = []
        self.unreachable: Exception | None = None

    @contextmanager
    def connect(self, organization: str, *, services: str | None, read_only: bool) -> Iterator[None]:
        self.connected.append((organization, services, read_only))
        if self.unreachable:
            raise self.unreachable
        yield None

    def stacks(self) -> list[Stack]:
        return [Stack(f"mlops-{name}", Path(), {}) for name in ("registry", "dev")]


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    fill_in_ids(copy_configuration(tmp_path))
    platform = Platform()

    class Planning:
        def __init__(self, stack: Stack) -> None:
            self.stack = stack

        def plan(self) -> Mapping[str, Any]:
            if isinstance(platform.plan, Exception):
                raise platform.plan
            return platform.plan

        def forget_plan(self) -> None:
            platform.held |= {"forgotten"}

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLOPS_SERVICES", raising=False)
    monkeypatch.setattr(adopt, "_synthesized", platform.stacks)
    monkeypatch.setattr(adopt, "connect", platform.connect)
    monkeypatch.setattr(adopt, "held", lambda stack: platform.held)
    monkeypatch.setattr(adopt, "Planning", Planning)
    monkeypatch.setattr(Search, "run", lambda self: dict(platform.outcomes))
    monkeypatch.setattr(adopt, "DevOps", lambda opened: None)
    return platform


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_what_is_found_is_written_down_and_nothing_but_that_is_written(platform: Platform) -> None:
    before = {path for path in Path().rglob("*") if path.is_file()}
    done = run("adopt", "mlops-dev", "--no-plan")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("mlops-dev: 2 exist, 0 do not.\n")
    assert {path for path in Path().rglob("*") if path.is_file()} - before == {IMPORTS}
    assert 'azurerm_key_vault.key_vault: "/vault"\n' in IMPORTS.read_text()
    assert platform.connected == [("https://dev.azure.com/contoso", None, True)], "it only reads"


def test_other_services_can_be_named(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    run("adopt", "mlops-dev", "--no-plan", "--services", "https://127.0.0.1:1")
    monkeypatch.setenv("MLOPS_SERVICES", "https://127.0.0.1:2")
    run("recover", "mlops-dev", "--no-plan")
    assert [services for _, services, _ in platform.connected] == [
        "https://127.0.0.1:1",
        "https://127.0.0.1:2",
    ]


def test_recover_passes_over_what_the_state_holds(platform: Platform) -> None:
    platform.held = frozenset({"azurerm_key_vault.key_vault"})
    done = run("recover", "mlops-dev", "--no-plan", "--json")
    (result,) = json.loads(done.stdout)["stacks"]
    assert result["found"] == {"azurerm_storage_account.storage": "/storage"}
    assert "key_vault" not in IMPORTS.read_text()
    (result,) = json.loads(run("adopt", "mlops-dev", "--no-plan", "--json").stdout)["stacks"]
    assert set(result["found"]) == set(OUTCOMES)


def test_all_stacks_if_none_is_named(platform: Platform) -> None:
    found = json.loads(run("adopt", "--no-plan", "--json").stdout)["stacks"]
    assert [result["stack"] for result in found] == ["mlops-registry", "mlops-dev"]


def test_nothing_is_found(platform: Platform) -> None:
    platform.outcomes = {}
    done = run("adopt", "mlops-dev", "--no-plan")
    assert (done.exit_code, IMPORTS.exists()) == (0, False)


def lost() -> dict[str, Any]:
    change = {
        "actions": ["delete", "create"],
        "before": {"name": "by-hand"},
        "after": {"name": "mlops-dev-keyvault"},
        "replace_paths": [["name"]],
        "importing": {"id": "/vault"},
    }
    address = "azurerm_key_vault.key_vault"
    item = {"address": address, "mode": "managed", "type": "azurerm_key_vault", "name": "key_vault"}
    return {
        "resource_changes": [
            {**item, "provider_name": "registry.terraform.io/hashicorp/azurerm", "change": change}
        ]
    }


def test_a_plan_that_loses_something_ends_with_1_and_its_file_is_deleted(platform: Platform) -> None:
    platform.plan = lost()
    done = run("adopt", "mlops-dev")
    assert done.exit_code == 1
    assert "fix:     set security.key_vault (config/environments/dev.yaml, line " in done.stdout
    assert "forgotten" in platform.held


def test_so_does_something_that_is_there_twice(platform: Platform) -> None:
    platform.outcomes["azuredevops_check_approval.approval"] = Several(["p/1", "p/2"])
    assert run("adopt", "mlops-dev", "--no-plan").exit_code == 1
    assert "azuredevops_check_approval.approval" not in IMPORTS.read_text()


def test_a_plan_that_fails_ends_with_3(platform: Platform) -> None:
    platform.plan = TerraformError("Error: no such group")
    done = run("adopt", "mlops-dev")
    assert done.exit_code == 3
    assert "mlops-dev cannot be planned with the imports:\n  Error: no such group\n" in done.stdout
    assert "forgotten" in platform.held


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            NotSignedInError("GET a", "401", "run az login"),
            "GET a\n    answer: 401\n    fix:    run az login\n",
        ),
        (StateError("the state is damaged"), "the state is damaged\n"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    platform: Platform, error: Exception, told: str
) -> None:
    platform.unreachable = error
    done = run("adopt")
    assert (done.exit_code, done.stderr, done.stdout) == (3, told, "")
    assert not IMPORTS.exists()


def test_a_file_that_cannot_be_added_to(platform: Platform) -> None:
    IMPORTS.parent.mkdir()
    IMPORTS.write_text("imports: []\n")
    done = run("adopt", "mlops-dev", "--no-plan")
    assert done.exit_code == 3
    assert IMPORTS.read_text() == "imports: []\n"


def test_a_stack_that_there_is_not(platform: Platform) -> None:
    done = run("adopt", "mlops-tset")
    assert (done.exit_code, done.stderr) == (
        2,
        "Error: There is no stack mlops-tset, only mlops-registry, mlops-dev.\n",
    )
    assert platform.connected == []


def test_ids_that_are_not_filled_in(platform: Platform, tmp_path: Path) -> None:
    """Without them there is nowhere to look; the stand-in takes them."""
    done = run("adopt", "--no-plan", "--services", "https://127.0.0.1:1")
    assert done.exit_code == 0
    other = tmp_path / "other"
    other.mkdir()
    copy_configuration(other)
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(other)
        done = run("adopt", "--no-plan")
    assert done.exit_code == 3
    assert done.stderr.startswith("Error: 6 placeholders to fill in before a deployment:\n")


def test_a_synthesis_that_says_what_is_wrong_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.py").write_text("raise SystemExit(1)\n")
    with pytest.raises(typer.Exit) as ended:
        adopt._synthesized()
    assert ended.value.exit_code == 3
