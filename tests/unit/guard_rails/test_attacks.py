"""Each way round the guard-rails that somebody found: refused. Each form that the stacks need: allowed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.guard_rails import GuardRailError, check, violations
from constructs_lib.guard_rails.allowed import (
    AZAPI_LOOKED_UP,
    AZAPI_TYPES,
    DATA_SOURCES,
    FILE,
    PROVIDERS,
    RESOURCES,
    ROLE_ACTIONS,
    ROLE_DATA_ACTIONS,
    SECRETS,
)
from constructs_lib.guard_rails.references import schemas
from files.replacing import LOCK
from tests.project import REPOSITORY, SUBSCRIPTION
from tests.unit.guard_rails.unsafe import MANAGED_IDENTITY_OPERATOR, OWNER, USER_ACCESS_ADMINISTRATOR

TAGS = {"platform", "managed-by", "environment"}
PROD = "mlops-prod"
KEY = "${azurerm_storage_account.storage.primary_access_key}"
GROUP = "network_private_endpoints_security_group"


@pytest.fixture
def prod(written: Path) -> Any:
    """Prod's Terraform, for breaking."""
    return json.loads((written / "stacks" / PROD / "cdk.tf.json").read_text())


def put(path: str, value: Any) -> Callable[[Any], None]:
    """Return a change that puts ``value`` at a path, whose parts are parted by slashes."""
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("/"))

    def change(terraform: Any) -> None:
        node = terraform
        for part in parents:
            node = node[part] if isinstance(part, int) else node.setdefault(part, {})
        node[last] = value

    return change


def both(*changes: Callable[[Any], None]) -> Callable[[Any], None]:
    def change(terraform: Any) -> None:
        for item in changes:
            item(terraform)

    return change


VARIABLE = "resource/azuredevops_variable_group_variable/variables_keyVaultName/value"
GROUP_NAME = "azurerm_resource_group.resource_group.name"
ACCOUNT = "resource/azurerm_storage_account/storage"
RULE = f"resource/azurerm_network_security_group/{GROUP}/security_rule/0"
ACTION_GROUP = "resource/azurerm_monitor_action_group/alerts"
APPROVAL = "resource/azuredevops_check_approval/approval_approval"
ROLE = "resource/azurerm_role_assignment"
SLACK = "resource/azapi_resource/slack"


def give_role(key: str, value: str) -> Callable[[Any], None]:
    def change(terraform: Any) -> None:
        body = next(iter(terraform["resource"]["azurerm_role_assignment"].values()))
        del body["role_definition_id"]
        body[key] = value

    return change


def role(guid: str) -> str:
    return f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{guid}"


OLD_STORAGE = {
    "type": "Microsoft.Storage/storageAccounts@2024-01-01",
    "name": "old",
    "body": {"properties": {"minimumTlsVersion": "TLS1_0", "publicNetworkAccess": "Disabled"}},
    "tags": dict.fromkeys(TAGS, "x"),
}

ATTACKS: dict[str, tuple[Callable[[Any], None], str]] = {
    # what: (the change, found)
    "a local that aliases a storage key and feeds a variable": (
        both(put("locals/key", KEY), put(VARIABLE, "${local.key}")),
        "locals at the top of the stack",
    ),
    "the variable that a local feeds": (put(VARIABLE, "${local.key}"), "local.key in value"),
    "a local behind something allowed": (
        put(VARIABLE, f"${{{GROUP_NAME}}} and ${{local.key}}"),
        "local.key in value",
    ),
    "one half of the internet": (
        both(
            put(f"{RULE}/source_address_prefix", None), put(f"{RULE}/source_address_prefixes", ["0.0.0.0/1"])
        ),
        "that lets 0.0.0.0/1 in",
    ),
    "both halves of the internet": (
        put(f"{RULE}/source_address_prefixes", ["0.0.0.0/1", "128.0.0.0/1"]),
        "that lets 128.0.0.0/1 in",
    ),
    "allow in lower case": (
        both(put(f"{RULE}/access", "allow"), put(f"{RULE}/source_address_prefix", "*")),
        "that lets * in",
    ),
    "a storage account by azapi with TLS 1.0": (
        put("resource/azapi_resource/old", OLD_STORAGE),
        'properties.minimumTlsVersion = "TLS1_0"',
    ),
    "a type of azapi that azurerm has": (
        put("resource/azapi_resource/old", OLD_STORAGE),
        'the type "Microsoft.Storage/storageAccounts@2024-01-01"',
    ),
    "a type of azapi as an expression": (
        put(f"{SLACK}/type", "${lower(var.slack_webhook_url)}"),
        'the type "${lower',
    ),
    "another query of azapi": (
        put(f"{SLACK}/create_query_parameters", {"skipValidation": ["true"], "listKeys": ["true"]}),
        "create_query_parameters = {",
    ),
    "a query of azapi in a change": (
        put(f"{SLACK}/update_query_parameters", {"restype": ["service"]}),
        "update_query_parameters = {",
    ),
    "a body of azapi as an expression": (
        put(f"{SLACK}/body", "${terraform_data.x.output}"),
        "a text as body",
    ),
    "sensitive_body for what body would not pass with": (
        put(f"{SLACK}/sensitive_body", {"properties": {"publicNetworkAccess": "Enabled"}}),
        "properties.publicNetworkAccess in sensitive_body",
    ),
    "a storage key in sensitive_body": (
        put(f"{SLACK}/sensitive_body/properties/parameters/slackUrl/value", KEY),
        "a secret in sensitive_body.properties.parameters.slackUrl.value",
    ),
    "a local-exec provisioner": (
        put(f"{ACCOUNT}/provisioner", [{"local-exec": {"command": "id"}}]),
        "provisioner",
    ),
    "a connection": (put(f"{ACCOUNT}/connection", {"host": "x"}), "connection"),
    "a dynamic block": (
        put(
            f"{ACCOUNT}/dynamic", {"network_rules": {"for_each": [1], "content": {"default_action": "Allow"}}}
        ),
        "dynamic",
    ),
    "a dynamic block in a block": (
        put(f"{ACCOUNT}/network_rules/dynamic", {"private_link_access": {}}),
        "network_rules.dynamic",
    ),
    "a module": (put("module/keys", {"source": "./keys"}), "module at the top of the stack"),
    "a data source that runs a program": (
        put("data/external/program", {"program": ["sh"]}),
        "the type external, which nothing here knows",
    ),
    "a data source that calls an address": (
        put("data/http/page", {"url": "https://example.com"}),
        "the type http, which nothing here knows",
    ),
    "a whole resource as JSON": (
        put(VARIABLE, "${jsonencode(azurerm_storage_account.storage)}"),
        "the function jsonencode in value",
    ),
    "a whole resource": (
        put(VARIABLE, "${azurerm_storage_account.storage}"),
        "azurerm_storage_account.storage in value, which is more than one attribute",
    ),
    "an output of a key": (
        put("output/key", {"value": KEY, "sensitive": True}),
        "output at the top of the stack",
    ),
    "a key in a tag": (put(f"{ACCOUNT}/tags/key", KEY), "a secret in tags.key"),
    "a key as the name of a tag": (put(f"{ACCOUNT}/tags/{KEY}", "x"), "a secret in tags"),
    "a key in an approval's instructions": (
        put(f"{APPROVAL}/instructions", f"Use {KEY}."),
        "a secret in instructions: azurerm_storage_account.storage.primary_access_key",
    ),
    "a key in an action group": (
        put(f"{ACTION_GROUP}/webhook_receiver/0/service_uri", KEY),
        "a secret in webhook_receiver.service_uri",
    ),
    "the address of Slack in a description": (
        put(f"{APPROVAL}/instructions", "${var.slack_webhook_url}"),
        "a secret in instructions: var.slack_webhook_url",
    ),
    "a key by way of terraform_data": (
        put("resource/terraform_data/alias", {"input": KEY}),
        "a secret in input",
    ),
    "a key by way of for_each": (
        put(f"{ACCOUNT}/for_each", {"a": KEY}),
        "a secret in for_each.a",
    ),
    "a file": (put(VARIABLE, '${file("/etc/passwd")}'), "the function file in value"),
    "a directive": (put(VARIABLE, "%{ if true }x%{ endif }"), "%{, a directive in value"),
    "a here-document": (put(VARIABLE, "${<<EOT\nx\nEOT\n}"), "< in an expression in value"),
    "a template in a text": (put(VARIABLE, '${"${file("x")}"}'), "in an expression in value"),
    "the role Owner": (give_role("role_definition_id", role(OWNER)), "role_definition_id = "),
    "the role User Access Administrator": (
        give_role("role_definition_id", role(USER_ACCESS_ADMINISTRATOR)),
        "role_definition_id = ",
    ),
    "the right to assign the identity of the workspace": (
        both(
            put(f"{ROLE}/x/role_definition_id", role(MANAGED_IDENTITY_OPERATOR)),
            put(f"{ROLE}/x/scope", "${azurerm_user_assigned_identity.workspace_identity.id}"),
            put(
                f"{ROLE}/x/principal_id", "${azurerm_user_assigned_identity.connection_identity.principal_id}"
            ),
        ),
        'Managed Identity Operator on "${azurerm_user_assigned_identity.workspace_identity.id}"',
    ),
    "the role Owner by its name": (
        give_role("role_definition_name", "Owner"),
        'role_definition_name = "Owner"',
    ),
    "a firewall in a list of one": (
        put(f"{ACCOUNT}/network_rules", [{"default_action": "Allow"}]),
        'network_rules.default_action = "Allow"',
    ),
    "two firewalls": (
        put(f"{ACCOUNT}/network_rules", [{"default_action": "Deny"}, {"default_action": "Allow"}]),
        "2 of network_rules",
    ),
    "a security rule that is no list": (
        put(
            f"resource/azurerm_network_security_group/{GROUP}/security_rule",
            {"direction": "Inbound", "access": "Allow", "source_address_prefix": "0.0.0.0/1"},
        ),
        "that lets 0.0.0.0/1 in",
    ),
    "another key to a storage account": (
        put("data/azapi_resource_action/slack_address/action", "listKeys"),
        'the action "listKeys"',
    ),
    "an answer that is not hidden": (
        put("data/azapi_resource_action/slack_address/response_export_values", ["value"]),
        "response_export_values",
    ),
    "a provider that overwrites": (
        put(
            "provider/azurerm/0/features/0/skip_import_check_on_create_and_allow_overwriting_existing_resources",
            True,
        ),
        "skip_import_check_on_create",
    ),
    "a resource in a subscription of others": (
        put(f"{ACCOUNT}/provider", "azurerm.network"),
        "the provider azurerm.network, which is for a subscription of others",
    ),
    "a provider that registers in a subscription of others": (
        lambda terraform: terraform["provider"]["azurerm"].append(
            {**terraform["provider"]["azurerm"][0], "alias": "network"}
        ),
        "the setting resource_providers_to_register",
    ),
    "a provider with a secret": (put("provider/azurerm/0/client_secret", "x"), "the setting client_secret"),
    "an organization elsewhere": (
        put("provider/azuredevops/0/org_service_url", "https://dev.azure.com.example.com/x"),
        "the setting org_service_url",
    ),
    "a provider from elsewhere": (
        put("terraform/required_providers/azurerm/source", "example/azurerm"),
        "the provider azurerm from",
    ),
    "state elsewhere": (put("terraform/backend", {"http": {"address": "https://x"}}), "another backend"),
    "state by a key": (
        put("terraform/backend", {"azurerm": {"access_key": "x"}}),
        "access_key of the backend",
    ),
    "a variable for anything": (put("variable/key", {"type": "string"}), "the variable key"),
    "a secret variable that is shown": (
        put("variable/slack_webhook_url/sensitive", False),
        "sensitive other than on the list",
    ),
    "changes that nobody sees": (
        put(f"{ACCOUNT}/lifecycle", {"ignore_changes": "all"}),
        "all in ignore_changes",
    ),
    "changes of a tag that every resource has": (
        put(f"{ACCOUNT}/lifecycle", {"ignore_changes": ['tags["Managed-By"]']}),
        'tags["Managed-By"] in ignore_changes',
    ),
    "changes of an argument called like a tag": (
        put(f"{ACCOUNT}/lifecycle", {"ignore_changes": ['min_tls_version["a"]']}),
        'min_tls_version["a"] in ignore_changes',
    ),
    "a removal that destroys": (
        put("removed", [{"from": "azurerm_storage_account.storage", "lifecycle": {"destroy": True}}]),
        "lifecycle other than destroy = false",
    ),
    "an import by a key": (
        put("import", [{"to": "azurerm_storage_account.storage", "id": KEY}]),
        "a secret in id",
    ),
    "a key in the message of a check": (
        put("check/x", {"assert": [{"condition": "${true}", "error_message": KEY}]}),
        "a secret in assert.error_message",
    ),
    "a data source in a check": (
        put("check/x", {"data": {"http": {"x": {}}}, "assert": []}),
        "more or less than assert",
    ),
}


@pytest.mark.parametrize("what", ATTACKS)
def test_a_way_round_is_refused(prod: Any, snapshot: SnapshotAssertion, what: str) -> None:
    change, found = ATTACKS[what]
    change(prod)
    refused = list(violations(prod, private=True, tags=TAGS, stack=PROD))
    assert any(found in violation.found for violation in refused), refused
    assert all(violation.path and violation.allowed and violation.fix for violation in refused)
    assert "\n".join(sorted(map(str, refused))) == snapshot


def test_tags_where_azapi_takes_none_are_refused(company: Any) -> None:
    terraform = json.loads(json.dumps(company["mlops-dev"].terraform))
    terraform["resource"]["azapi_resource"]["data_sales_history"]["tags"] = dict.fromkeys(TAGS, "x")
    found = [violation.found for violation in violations(terraform, private=False, tags=TAGS)]
    assert found == ["tags on a type that has none"]


@pytest.mark.parametrize(
    "lifecycle",
    [None, {}, {"prevent_destroy": False}, {"prevent_destroy": "true"}, [{"prevent_destroy": True}]],
)
def test_an_entra_group_that_could_be_destroyed_is_refused(company: Any, lifecycle: Any) -> None:
    terraform = json.loads(json.dumps(company["mlops-registry"].terraform))
    assert list(violations(terraform, private=False, tags=TAGS)) == []
    terraform["resource"]["azuredevops_group"]["entra"]["lifecycle"] = lifecycle
    found = [violation.found for violation in violations(terraform, private=False, tags=TAGS)]
    assert "an Entra group without prevent_destroy" in found


def test_a_refusal_names_the_construct_and_the_file_to_review(prod: Any) -> None:
    put(f"{ACCOUNT}/provisioner", [{"local-exec": {"command": "id"}}])(prod)
    (violation,) = violations(prod, private=True, tags=TAGS, stack=PROD)
    assert violation.path == "mlops-prod/storage"
    assert violation.address == "azurerm_storage_account.storage"
    assert FILE in violation.fix
    assert (REPOSITORY / FILE).is_file()


FORMS: dict[str, Callable[[Any], None]] = {
    "terraform_data": put("resource/terraform_data/x", {"input": "a", "triggers_replace": ["b"]}),
    "a reference to terraform_data": put(VARIABLE, "${terraform_data.workspace_identity_kind.output}"),
    "moved": put(
        "moved", [{"from": "azurerm_storage_account.old", "to": 'azurerm_storage_account.storage["a"]'}]
    ),
    "removed": put("removed", [{"from": "azurerm_storage_account.old", "lifecycle": {"destroy": False}}]),
    "import": put("import", [{"to": "azurerm_storage_account.storage", "id": "/subscriptions/x"}]),
    "import with an id of this stack": put(
        "import",
        [{"to": "azurerm_storage_account.storage", "id": "${azurerm_resource_group.resource_group.id}/x"}],
    ),
    "import by another provider": put(
        "import", [{"to": "azurerm_role_assignment.x", "id": "/x", "provider": "azurerm.registry"}]
    ),
    "a precondition": put(
        f"{ACCOUNT}/lifecycle",
        {"precondition": [{"condition": "${!(1 == 2) && true}", "error_message": "No."}]},
    ),
    "a postcondition": put(
        f"{ACCOUNT}/lifecycle",
        {"postcondition": [{"condition": '${self.name != ""}', "error_message": "No name: ${self.name}."}]},
    ),
    "a secret in a condition": put(
        f"{ACCOUNT}/lifecycle",
        {"precondition": [{"condition": '${var.slack_webhook_url != ""}', "error_message": "None."}]},
    ),
    "a check": put(
        "check/account",
        {"assert": [{"condition": '${azurerm_storage_account.storage.name != ""}', "error_message": "No."}]},
    ),
    "a tag that is a policy's": put(
        f"{ACCOUNT}/lifecycle", {"ignore_changes": ['tags["cost-center"]', 'tags["Cost \\"Center\\""]']}
    ),
    "a part of a private range": put(f"{RULE}/source_address_prefix", "10.1.2.0/24"),
    "Terraform of a certain version": put("terraform/required_version", ">= 1.9"),
}


@pytest.mark.parametrize("what", FORMS)
def test_what_stacks_need_is_allowed(prod: Any, what: str) -> None:
    FORMS[what](prod)
    assert list(violations(prod, private=True, tags=TAGS, stack=PROD)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("main.tf", "x"), ("override.tf.json", "{}"), ("a.auto.tfvars", "x"), (".terraformrc", "x")],
)
def test_a_file_beside_the_stack_is_refused(written: Path, tmp_path: Path, name: str, text: str) -> None:
    shutil.copytree(written, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(LOCK))
    (tmp_path / "stacks" / PROD / name).write_text(text)
    with pytest.raises(GuardRailError, match=f"stacks/{PROD}/{name}"):
        check(tmp_path, private=[PROD], tags=TAGS)


@pytest.mark.parametrize(
    "text", ['{"resource": {}, "resource": {}}', "{", "[" * 100_000, "", '"\\ud800', "[1]"]
)
def test_a_file_that_terraform_reads_otherwise_is_refused(written: Path, tmp_path: Path, text: str) -> None:
    shutil.copytree(written, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(LOCK))
    (tmp_path / "stacks" / PROD / "cdk.tf.json").write_text(text)
    with pytest.raises(GuardRailError) as refused:
        check(tmp_path, private=[PROD], tags=TAGS)
    assert all(violation.path == PROD for violation in refused.value.violations)


def test_the_lists_hold_nothing_that_is_not_used(
    stacks: Any, variant: Any, closed: Any, company: Any
) -> None:
    """A type, a secret's way, an azapi type or an action that nothing uses is a door that nobody watches."""
    all_stacks = [stack.terraform for group in (stacks, variant, closed, company) for stack in group.values()]
    used = {
        section: {type_ for t in all_stacks for type_ in t.get(section, {})}
        for section in ("resource", "data")
    }
    assert used == {"resource": set(RESOURCES), "data": set(DATA_SOURCES)}
    assert {provider for t in all_stacks for provider in t["provider"]} == set(PROVIDERS)
    azapi = [body for t in all_stacks for body in t["resource"].get("azapi_resource", {}).values()]
    assert {body["type"] for body in azapi} == set(AZAPI_TYPES)
    found = [body for t in all_stacks for body in t.get("data", {}).get("azapi_resource", {}).values()]
    assert {body["type"] for body in found} == set(AZAPI_LOOKED_UP)
    written = json.dumps(all_stacks)
    assert [action for action in (*ROLE_ACTIONS, *ROLE_DATA_ACTIONS) if action not in written] == []
    assert [name for name in SECRETS if name.split(".")[-1] not in written] == []


def test_every_listed_block_is_one_of_its_type() -> None:
    for section, listed in (("resource", RESOURCES), ("data", DATA_SOURCES)):
        for type_, blocks in listed.items():
            for path in blocks:
                block = schemas()[section][type_].block
                for part in path.split("."):
                    assert part in block.blocks or part in block.attributes, f"{type_}: {path}"
                    if part in block.blocks:
                        block = block.blocks[part].block
