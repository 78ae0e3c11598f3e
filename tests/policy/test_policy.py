"""No check of checkov fails, but for those in ``skips.yaml``; and no skip stands there without need."""

from __future__ import annotations

import copy

import pytest

from tests.policy.checkov import Answer, ask_checkov
from tests.policy.skips import FILE, Skip, read_skips, unexpected, unneeded
from tests.synthesized import Stack

STACKS = ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"]
ADVICE = (
    f"Change the construct, or write a skip with its reason into {FILE.name}. "
    "What a check wants: https://www.checkov.io/5.Policy%20Index/terraform.html"
)


@pytest.fixture(scope="module")
def skips() -> list[Skip]:
    return read_skips()


@pytest.fixture(scope="module")
def answers(stacks: dict[str, Stack], tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """What checkov says of the checked-in configuration."""
    return ask_checkov(stacks.values(), tmp_path_factory.mktemp("policy"))


def test_no_check_fails_that_is_not_skipped(answers: list[Answer], skips: list[Skip]) -> None:
    failed = unexpected(answers, skips)
    assert not failed, "\n".join([f"{len(failed)} failed checks:", *failed, ADVICE])


def test_every_skip_is_needed(answers: list[Answer], skips: list[Skip]) -> None:
    found = unneeded(answers, skips)
    assert not found, "\n".join([f"Take these out of {FILE.name}, or make them narrower:", *found])


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_was_evaluated(answers: list[Answer], stack: str) -> None:
    assert [answer for answer in answers if answer.stack == stack and answer.passed]


# --- That these tests can fail -----------------------------------------------------------------------------


def test_what_is_broken_is_reported(
    stacks: dict[str, Stack],
    answers: list[Answer],
    skips: list[Skip],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    broken = Stack("mlops-prod", copy.deepcopy(stacks["mlops-prod"].terraform))
    broken.at("azurerm_storage_account.storage")["min_tls_version"] = "TLS1_0"
    broken.at("azurerm_storage_account.storage.network_rules")["default_action"] = "Allow"
    broken.at("azurerm_key_vault.key_vault")["purge_protection_enabled"] = False
    broken.at("azurerm_container_registry.container_registry")["anonymous_pull_enabled"] = True
    broken.at("azurerm_machine_learning_workspace.workspace")["public_network_access_enabled"] = True
    reported = unexpected(ask_checkov([broken], tmp_path_factory.mktemp("broken")), skips)
    before = unexpected(answers, skips)
    assert [line.partition(":")[0] for line in reported if line not in before] == [
        "CKV2_AZURE_49 at mlops-prod/azurerm_machine_learning_workspace.workspace",
        "CKV_AZURE_110 at mlops-prod/azurerm_key_vault.key_vault",
        "CKV_AZURE_138 at mlops-prod/azurerm_container_registry.container_registry",
        "CKV_AZURE_144 at mlops-prod/azurerm_machine_learning_workspace.workspace",
        "CKV_AZURE_35 at mlops-prod/azurerm_storage_account.storage",
        "CKV_AZURE_42 at mlops-prod/azurerm_key_vault.key_vault",
        "CKV_AZURE_44 at mlops-prod/azurerm_storage_account.storage",
    ]


def answer(check: str, stack: str, *, passed: bool) -> Answer:
    return Answer(check, stack, "azurerm_key_vault.vault", passed, "Title of the check", ("argument",))


@pytest.mark.parametrize(
    ("check", "where", "why"),
    [
        ("CKV_1", "prod/*", "passes at prod/azurerm_key_vault.vault"),
        ("CKV_1", "*", "passes at prod/azurerm_key_vault.vault"),
        ("CKV_1", "dev/azurerm_storage_account.*", "is not evaluated there"),
        ("CKV_2", "dev/*", "is not evaluated there"),
    ],
)
def test_a_skip_that_nothing_needs_is_reported(check: str, where: str, why: str) -> None:
    said = [answer("CKV_1", "dev", passed=False), answer("CKV_1", "prod", passed=True)]
    needed = Skip(reason="A reason that is long enough", where=["dev/azurerm_key_vault.*"], checks=["CKV_1"])
    useless = needed.model_copy(update={"where": [where], "checks": [check]})
    assert unneeded(said, [needed, useless]) == [
        f"{check} at {where}: {why} (skipped because: A reason that is long enough)"
    ]


def test_a_failed_check_is_reported_with_what_it_looks_at() -> None:
    assert unexpected([answer("CKV_1", "dev", passed=False), answer("CKV_2", "dev", passed=True)], []) == [
        "CKV_1 at dev/azurerm_key_vault.vault: Title of the check (looks at argument)"
    ]
