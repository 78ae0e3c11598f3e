"""A stack that would do what none may is refused, with the construct's path and the remedy."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.guard_rails import GuardRailError, check, violations
from files.replacing import LOCK
from settings.loader import Settings
from stacks.synthesis import synthesize
from tests.synthesized import Stack

DATASTORE = "azurerm_machine_learning_datastore_blobstorage"
TAGS = {"platform", "managed-by", "environment"}
PROD = "mlops-prod"


@pytest.fixture
def prod(written: Path) -> Any:
    """Prod's Terraform, for breaking."""
    return json.loads((written / "stacks" / PROD / "cdk.tf.json").read_text())


def account(terraform: Any) -> Any:
    return terraform["resource"]["azurerm_storage_account"]["storage"]


def variable(terraform: Any) -> Any:
    return terraform["resource"]["azuredevops_variable_group_variable"]["variables_keyVaultName"]


def rules(terraform: Any) -> Any:
    groups = terraform["resource"]["azurerm_network_security_group"]
    return groups["network_private_endpoints_security_group"]["security_rule"]


def opened(terraform: Any, type_: str, name: str) -> Any:
    return terraform["resource"][type_][name]


BREAKS: dict[str, tuple[Callable[[Any], Any], str, str, str]] = {
    # what: (the change, path, found, fix)
    "open storage": (
        lambda t: account(t).update(public_network_access_enabled=True),
        "mlops-prod/storage",
        "public_network_access_enabled = true",
        "set public_network_access_enabled to false",
    ),
    "storage left to the provider's default": (
        lambda t: account(t).pop("public_network_access_enabled"),
        "mlops-prod/storage",
        "public_network_access_enabled = the provider's default",
        "set public_network_access_enabled to false",
    ),
    "an open vault": (
        lambda t: opened(t, "azurerm_key_vault", "key_vault").update(public_network_access_enabled=True),
        "mlops-prod/key_vault",
        "public_network_access_enabled = true",
        "private endpoint",
    ),
    "an open workspace": (
        lambda t: opened(t, "azurerm_machine_learning_workspace", "workspace").pop(
            "public_network_access_enabled"
        ),
        "mlops-prod/workspace",
        "public_network_access_enabled = the provider's default",
        "private endpoint",
    ),
    "nodes with public addresses": (
        lambda t: opened(t, "azurerm_machine_learning_compute_cluster", "scoring_cluster").pop(
            "node_public_ip_enabled"
        ),
        "mlops-prod/scoring_cluster",
        "node_public_ip_enabled = the provider's default",
        "set node_public_ip_enabled to false",
    ),
    "a firewall that lets everybody in": (
        lambda t: account(t)["network_rules"].update(default_action="Allow"),
        "mlops-prod/storage",
        'network_rules.default_action = "Allow"',
        'set default_action of network_rules to "Deny"',
    ),
    "no firewall at all": (
        lambda t: opened(t, "azurerm_key_vault", "key_vault").pop("network_acls"),
        "mlops-prod/key_vault",
        "network_acls.default_action = the provider's default",
        'set default_action of network_acls to "Deny"',
    ),
    "a security rule for the whole internet": (
        lambda t: rules(t)[0].update(source_address_prefix="Internet"),
        "mlops-prod/network_private_endpoints_security_group",
        "the security rule AllowHttpsFromNetwork that lets Internet in",
        "such as VirtualNetwork",
    ),
    "a security rule for every address, in a list": (
        lambda t: rules(t)[0].update(
            source_address_prefix="", source_address_prefixes=["10.0.0.0/8", "::/0"]
        ),
        "mlops-prod/network_private_endpoints_security_group",
        "the security rule AllowHttpsFromNetwork that lets ::/0 in",
        "such as VirtualNetwork",
    ),
    "a security rule for the internet, in small letters": (
        lambda t: rules(t)[0].update(source_address_prefix="internet"),
        "mlops-prod/network_private_endpoints_security_group",
        "the security rule AllowHttpsFromNetwork that lets internet in",
        "such as VirtualNetwork",
    ),
    "an open registry of models": (
        lambda t: t["resource"]["azapi_resource"].update(
            models={
                "type": "Microsoft.MachineLearningServices/registries@2025-12-01",
                "body": {"properties": {}},
                "tags": dict.fromkeys(TAGS, "x"),
            }
        ),
        "models",
        "publicNetworkAccess = the service's default",
        'set it to "Disabled"',
    ),
    "an open endpoint": (
        lambda t: t["resource"]["azapi_resource"].update(
            scoring={
                "type": "Microsoft.MachineLearningServices/workspaces/onlineEndpoints@2025-12-01",
                "body": {"properties": {"publicNetworkAccess": "enabled"}},
                "tags": dict.fromkeys(TAGS, "x"),
            }
        ),
        "scoring",
        'publicNetworkAccess = "enabled"',
        'set it to "Disabled"',
    ),
    "a type that nothing is known of": (
        lambda t: t["resource"].update(
            azurerm_storage_account_network_rules={"rules": {"default_action": "Allow"}}
        ),
        "rules",
        "the type azurerm_storage_account_network_rules, which nothing here knows",
        "constructs_lib.bindings.write_facts",
    ),
    "old TLS": (
        lambda t: account(t).update(min_tls_version="TLS1_0"),
        "mlops-prod/storage",
        'min_tls_version = "TLS1_0"',
        'set min_tls_version to "TLS1_2"',
    ),
    "no word about TLS": (
        lambda t: account(t).pop("min_tls_version"),
        "mlops-prod/storage",
        "min_tls_version = the provider's default",
        'set min_tls_version to "TLS1_2"',
    ),
    "an access key in a variable": (
        lambda t: variable(t).update(value="${azurerm_storage_account.storage.primary_access_key}"),
        "mlops-prod/variables_keyVaultName",
        "a secret in value: azurerm_storage_account.storage.primary_access_key",
        "key_vault_variable_group",
    ),
    "a connection string in a variable": (
        lambda t: variable(t).update(value="DefaultEndpointsProtocol=https;AccountKey=c2VjcmV0"),
        "mlops-prod/variables_keyVaultName",
        "a secret in value",
        "key_vault_variable_group",
    ),
    "a connection string of telemetry in a variable": (
        lambda t: variable(t).update(value="InstrumentationKey=00000000-0000;IngestionEndpoint=https://a/"),
        "mlops-prod/variables_keyVaultName",
        "a secret in value",
        "key_vault_variable_group",
    ),
    "the address of a channel in a variable": (
        lambda t: variable(t).update(value="${var.pagerduty_webhook_url}"),
        "mlops-prod/variables_keyVaultName",
        "a secret in value: var.pagerduty_webhook_url",
        "key_vault_variable_group",
    ),
    "a secret of a key vault in a variable": (
        lambda t: variable(t).update(value="${data.azurerm_key_vault_secret.scoring.value}"),
        "mlops-prod/variables_keyVaultName",
        "data.azurerm_key_vault_secret.scoring.value in value, which the stack does not declare",
        "allowed.py",
    ),
    "an instrumentation key in a variable": (
        lambda t: variable(t).update(
            value="${azurerm_application_insights.monitoring_application_insights.instrumentation_key}"
        ),
        "mlops-prod/variables_keyVaultName",
        "a secret in value: azurerm_application_insights.",
        "key_vault_variable_group",
    ),
    "an answer that the provider hides in a variable": (
        lambda t: variable(t).update(
            value="${data.azapi_resource_action.slack_address.sensitive_output.value}"
        ),
        "mlops-prod/variables_keyVaultName",
        "a secret in value: data.azapi_resource_action.slack_address.sensitive_output.value",
        "key_vault_variable_group",
    ),
    "a secret variable": (
        lambda t: variable(t).update({"secret_value": "hunter2"}),
        "mlops-prod/variables_keyVaultName",
        "a secret in secret_value",
        "constructs_lib/guard_rails/allowed.py",
    ),
    "a variable that is marked secret": (
        lambda t: variable(t).update(is_secret=True),
        "mlops-prod/variables_keyVaultName",
        "a secret in the variable keyVaultName",
        "key_vault_variable_group",
    ),
    "no tags": (
        lambda t: account(t).pop("tags"),
        "mlops-prod/storage",
        "no tag environment, managed-by, platform",
        "while the stack is composed",
    ),
    "one tag missing": (
        lambda t: account(t)["tags"].pop("platform"),
        "mlops-prod/storage",
        "no tag platform",
        "while the stack is composed",
    ),
    "a provider that overwrites what is there": (
        lambda t: account(t).update(provider="azurerm.adopting"),
        "mlops-prod/storage",
        "which overwrites what is there",
        "leave the provider out",
    ),
    "tags on a datastore": (
        lambda t: t["resource"][DATASTORE]["datasets_datastore"].update(tags=dict.fromkeys(TAGS, "x")),
        "mlops-prod/datasets_datastore",
        "tags on a type that is replaced when they change",
        "constructs_lib/guard_rails/allowed.py says why",
    ),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_broken_stack_is_refused_with_path_and_remedy(
    prod: Any, snapshot: SnapshotAssertion, what: str
) -> None:
    change, path, found, fix = BREAKS[what]
    change(prod)
    refused = list(violations(prod, private=True, tags=TAGS))
    assert {violation.path for violation in refused} == {path}
    (violation,) = [violation for violation in refused if found in violation.found]
    assert fix in violation.fix
    assert "hunter2" not in str(refused)
    assert "c2VjcmV0" not in str(refused)
    assert "\n".join(sorted(map(str, refused))) == snapshot


def test_what_is_written_passes(stacks: dict[str, Stack]) -> None:
    for name, stack in stacks.items():
        assert list(violations(stack.terraform, private=name == PROD, tags=TAGS)) == []


def test_dev_is_not_private(stacks: dict[str, Stack]) -> None:
    assert list(violations(stacks["mlops-dev"].terraform, private=True, tags=TAGS))


def test_an_open_registry_is_refused_where_it_must_be_shut(stacks: dict[str, Stack]) -> None:
    refused = violations(stacks["mlops-registry"].terraform, private=True, tags=TAGS)
    found = {violation.address: violation.found for violation in refused}
    assert found["azapi_resource.registry"] == 'publicNetworkAccess = "Enabled"'


def test_the_report_names_everything_at_once(written: Path, prod: Any, tmp_path: Path) -> None:
    shutil.copytree(written, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(LOCK))
    account(prod).update(min_tls_version="TLS1_1", public_network_access_enabled=True)
    (tmp_path / "stacks" / PROD / "cdk.tf.json").write_text(json.dumps(prod))
    with pytest.raises(GuardRailError) as refused:
        check(tmp_path, private=[PROD], tags=TAGS)
    report = str(refused.value)
    assert report.startswith("2 guard-rails in the way. Nothing was written.\n\nmlops-prod/storage ")
    assert len(re.findall("^mlops-prod/storage \\(azurerm_storage_account.storage\\)$", report, re.M)) == 2


def test_a_refused_stack_leaves_the_earlier_output_alone(
    settings: Settings, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(written, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(LOCK))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    monkeypatch.setattr("stacks.base.tag_everything", lambda *_, **__: None)
    with pytest.raises(GuardRailError, match="no tag environment"):
        synthesize(settings, str(tmp_path))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before
