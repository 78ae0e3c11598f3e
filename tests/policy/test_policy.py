"""No check of checkov fails, but for those in ``skips.yaml``; and no skip stands there without need."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from settings.loader import Settings, load_settings
from tests.customizations import add_environment, change_node_counts, close_test, turn_alerts_off
from tests.policy.checkov import Answer, ask_checkov
from tests.policy.skips import FILE, Skip, read_skips, unexpected, unneeded
from tests.project import COMPANY, copy_configuration, fill_in_ids, make_state_storage, replace
from tests.synthesized import Stack, synthesize_to

ENVIRONMENTS = ["dev", "test", "prod"]
STACKS = ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"]
ADVICE = (
    f"Change the construct, or write a skip with its reason into {FILE.name}. "
    "What a check wants: https://www.checkov.io/5.Policy%20Index/terraform.html"
)


@pytest.fixture(scope="module")
def skips(settings: Settings) -> list[Skip]:
    return read_skips(settings)


@pytest.fixture(scope="module")
def answers(stacks: dict[str, Stack], tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """What checkov says of the guide."""
    return ask_checkov(stacks.values(), tmp_path_factory.mktemp("policy"))


def test_no_check_fails_that_is_not_skipped(answers: list[Answer], skips: list[Skip]) -> None:
    failed = unexpected(answers, skips)
    assert not failed, "\n".join([f"{len(failed)} failed checks:", *failed, ADVICE])


def test_every_skip_is_needed(answers: list[Answer], skips: list[Skip]) -> None:
    found = unneeded(answers, skips)
    assert not found, "\n".join([f"Take these out of {FILE.name}, or make them narrower:", *found])


def test_no_check_fails_on_what_a_company_uses(company: dict[str, Stack], tmp_path: Path) -> None:
    skips = read_skips(load_settings(copy_configuration(tmp_path, COMPANY)))
    failed = unexpected(ask_checkov(company.values(), tmp_path), skips)
    assert not failed, "\n".join([f"{len(failed)} failed checks:", *failed, ADVICE])


def test_the_storage_of_the_state_needs_each_skip_of_its_own(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    fill_in_ids(config)
    make_state_storage(config)
    settings = load_settings(config)
    state = synthesize_to(settings, tmp_path / "out")["mlops-state"]
    (tmp_path / "policy").mkdir()
    answers, skips = ask_checkov([state], tmp_path / "policy"), read_skips(settings)
    assert unexpected(answers, skips) == []
    own = [skip for skip in skips if skip.state]
    assert len(own) == 2
    assert unneeded(answers, own) == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_was_evaluated(answers: list[Answer], stack: str) -> None:
    assert [answer for answer in answers if answer.stack == stack and answer.passed]


# --- That these tests can fail -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def broken(stacks: dict[str, Stack]) -> Stack:
    """Prod, opened in several ways."""
    broken = Stack("mlops-prod", copy.deepcopy(stacks["mlops-prod"].terraform))
    broken.at("azurerm_storage_account.storage")["min_tls_version"] = "TLS1_0"
    broken.at("azurerm_storage_account.storage.network_rules")["default_action"] = "Allow"
    broken.at("azurerm_key_vault.key_vault")["purge_protection_enabled"] = False
    broken.at("azurerm_container_registry.container_registry")["anonymous_pull_enabled"] = True
    broken.at("azurerm_machine_learning_workspace.workspace")["public_network_access_enabled"] = True
    return broken


@pytest.fixture(scope="module")
def customized(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """What the README says may be changed, all of it, and a private network that a hub's DNS serves."""
    config = copy_configuration(tmp_path_factory.mktemp("customized"))
    for edit in (change_node_counts, add_environment, turn_alerts_off, close_test):
        edit(config)
    replace(
        config / "environments" / "test.yaml",
        ("  address_space: 10.40.0.0/24\n", "  address_space: 10.40.0.0/24\n  dns_servers: [10.0.0.4]\n"),
    )
    return load_settings(config)


@pytest.fixture(scope="module")
def further(
    broken: Stack, customized: Settings, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Answer]]:
    """What checkov says of prod when it is broken, and of the others when they are customized, by stack."""
    asked = [broken]
    stacks = synthesize_to(customized, tmp_path_factory.mktemp("customized.out"))
    asked += [stack for name, stack in stacks.items() if name not in ("mlops-prod", "mlops-registry")]
    answers = ask_checkov(asked, tmp_path_factory.mktemp("further"))
    return {stack.name: [answer for answer in answers if answer.stack == stack.name] for stack in asked}


@pytest.mark.parametrize("stack", ["mlops-dev", "mlops-test", "mlops-eu-staging"])
def test_a_customized_environment_needs_no_skip_of_its_own(
    further: dict[str, list[Answer]], customized: Settings, skips: list[Skip], stack: str
) -> None:
    assert unexpected(further[stack], read_skips(customized)) == []
    # Those of the guide would not do: what is skipped follows the settings.
    assert unexpected(further[stack], skips) != []


def test_what_is_broken_is_reported(
    further: dict[str, list[Answer]], answers: list[Answer], skips: list[Skip]
) -> None:
    reported = unexpected(further["mlops-prod"], skips)
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


def skip(where: list[str], **unless: bool | int | list[str] | None) -> Skip:
    conditions = {key.replace("__", "."): value for key, value in unless.items()}
    return Skip(reason="A reason that is long enough", where=where, checks=["CKV_1"], unless=conditions)


@pytest.mark.parametrize(
    ("given", "places"),
    [
        (skip(["mlops-dev/*"]), ["mlops-dev/*"]),
        (skip(["*"], security__private_endpoints=True), ["mlops-dev/*", "mlops-test/*"]),
        (
            skip(["a.b", "c.*"], backup__geo_redundant=False),
            [f"mlops-{e}/{a}" for e in ENVIRONMENTS for a in ("a.b", "c.*")],
        ),
        (skip(["*"], compute__scoring_cluster__min_nodes=0), ["mlops-prod/*"]),
        (skip(["*"], compute__training_cluster=None, compute__training_cluster__min_nodes=0), []),
        (skip(["*"], private_network=None, private_network__dns_servers=["10.0.0.4"]), ["mlops-prod/*"]),
    ],
)
def test_a_skip_for_environments_follows_their_settings(
    settings: Settings, given: Skip, places: list[str]
) -> None:
    assert given.among(settings.environments).where == places


def test_a_skip_that_names_no_setting_is_a_mistake(settings: Settings) -> None:
    with pytest.raises(KeyError, match="privat_endpoints"):
        skip(["*"], security__privat_endpoints=True).among(settings.environments)
