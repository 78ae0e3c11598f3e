"""What a guard-rail says, word for word: of each wrong shape, at each place of a stack where one may stand.

After a change that is meant: ``make generate``, and read the difference in ``__snapshots__``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.guard_rails import violations
from constructs_lib.guard_rails.texts import too_deep
from tests.unit.guard_rails.test_attacks import ACCOUNT, PROD, TAGS, VARIABLE, put

HERE = "azurerm_storage_account.storage"
SLACK_VARIABLE = "variable/slack_webhook_url"
CONDITION = {"condition": "${1 == 1}", "error_message": "No."}

# A path in the stack, and what is put there.
SHAPES: dict[str, tuple[str, Any]] = {
    # --- Resources
    "a type that nothing knows": ("resource/aws_s3_bucket/x", {}),
    "a data source that nothing knows": ("data/aws_s3_bucket/x", {}),
    "a data source in the place of a resource": ("resource/azurerm_client_config/x", {}),
    "an unknown argument": (f"{ACCOUNT}/colour", "red"),
    "an unknown argument in a block": (f"{ACCOUNT}/network_rules/colour", "red"),
    "what the provider sets": (f"{ACCOUNT}/primary_location", "eastus"),
    "an unlisted block": (f"{ACCOUNT}/static_website", {}),
    "an unlisted block in a block": (f"{ACCOUNT}/network_rules/private_link_access", {}),
    "two blocks where one may be": (f"{ACCOUNT}/network_rules", [{"default_action": "Deny"}] * 2),
    "a text for a block": (f"{ACCOUNT}/network_rules", "x"),
    "a secret in an argument": (VARIABLE, "AccountKey=c2VjcmV0"),
    "a secret in a sensitive argument": (f"{VARIABLE.rpartition('/')[0]}/secret_value", "x"),
    # --- What every resource may have
    "a count that is a text": (f"{ACCOUNT}/count", "2"),
    "for_each over a list": (f"{ACCOUNT}/for_each", ["a"]),
    "for_each over numbers": (f"{ACCOUNT}/for_each", {"a": 1}),
    "another provider": (f"{ACCOUNT}/provider", "azapi"),
    "a provider that is no text": (f"{ACCOUNT}/provider", 1),
    "the provider that overwrites": (f"{ACCOUNT}/provider", "azurerm.adopting"),
    "depends_on nothing": (f"{ACCOUNT}/depends_on", ["azurerm_storage_account.nothing"]),
    "depends_on a number": (f"{ACCOUNT}/depends_on", 1),
    "lifecycle as a text": (f"{ACCOUNT}/lifecycle", "x"),
    "lifecycle with another argument": (f"{ACCOUNT}/lifecycle", {"forget": True}),
    "prevent_destroy as a text": (f"{ACCOUNT}/lifecycle", {"prevent_destroy": "true"}),
    "all tags ignored": (f"{ACCOUNT}/lifecycle", {"ignore_changes": ["tags"]}),
    "one of the platform's tags ignored": (
        f"{ACCOUNT}/lifecycle",
        {"ignore_changes": ['tags["Platform"]']},
    ),
    "a thing of another type ignored": (f"{ACCOUNT}/lifecycle", {"ignore_changes": "colour"}),
    "a number ignored": (f"{ACCOUNT}/lifecycle", {"ignore_changes": [1]}),
    "the firewall ignored": (f"{ACCOUNT}/lifecycle", {"ignore_changes": ["network_rules[0].bypass"]}),
    "a body of azapi ignored": ("resource/azapi_resource/slack/lifecycle", {"ignore_changes": ["body"]}),
    "replaced by nothing": (
        f"{ACCOUNT}/lifecycle",
        {"replace_triggered_by": ["terraform_data.nothing.output"]},
    ),
    "a condition without a message": (
        f"{ACCOUNT}/lifecycle",
        {"precondition": [{"condition": "${1 == 1}"}]},
    ),
    "a condition that is a text": (f"{ACCOUNT}/lifecycle", {"precondition": "x"}),
    "a condition that is true": (
        f"{ACCOUNT}/lifecycle",
        {"precondition": CONDITION | {"condition": True}},
    ),
    "self before there is one": (
        f"{ACCOUNT}/lifecycle",
        {"precondition": CONDITION | {"condition": '${self.name != ""}'}},
    ),
    "a secret in a message": (
        f"{ACCOUNT}/lifecycle",
        {"postcondition": CONDITION | {"error_message": "${self.primary_access_key}"}},
    ),
    # --- Texts
    "a reference to nothing": (VARIABLE, "${azurerm_key_vault.nothing.name}"),
    "a reference to a whole resource": (VARIABLE, f"${{{HERE}}}"),
    "an attribute that is not there": (VARIABLE, f"${{{HERE}.colour}}"),
    "a key of an account": (VARIABLE, f"${{{HERE}.primary_access_key}}"),
    "a directive": (VARIABLE, "%{ if true }a%{ endif }"),
    "a hidden expression": (VARIABLE, "$${a}"),
    "another function": (VARIABLE, '${file("x")}'),
    "an expression without an end": (VARIABLE, f"${{{HERE}.name"),
    "an expression with something behind it": (VARIABLE, f"${{{HERE}.name 1}}"),
    "a list without an end": (VARIABLE, "${[1, 2}"),
    # --- The rest of a stack
    "another section": ("output", {"x": {"value": 1}}),
    "terraform as a text": ("terraform", "x"),
    "another setting of terraform": ("terraform/cloud", {}),
    "a version that is none": ("terraform/required_version", "any"),
    "another backend": ("terraform/backend", {"s3": {}}),
    "two backends": ("terraform/backend", {"local": {}, "azurerm": {}}),
    "a backend as a list": ("terraform/backend", {"local": []}),
    "a backend with a secret": ("terraform/backend", {"azurerm": {"access_key": "x"}}),
    "a backend by an expression": ("terraform/backend", {"local": {"path": "${path.root}"}}),
    "a backend by a list": ("terraform/backend", {"local": {"path": []}}),
    "a provider from elsewhere": (
        "terraform/required_providers/azurerm",
        {"source": "evil/azurerm", "version": "4.81.0"},
    ),
    "a provider without a version": (
        "terraform/required_providers/azurerm",
        {"source": "hashicorp/azurerm"},
    ),
    "a further provider": (
        "terraform/required_providers/http",
        {"source": "hashicorp/http", "version": "1.0"},
    ),
    "providers as a text": ("provider", "x"),
    "settings of a further provider": ("provider/http", [{}]),
    "settings of a provider as a text": ("provider/azapi", ["x"]),
    "another alias": ("provider/azapi", [{"alias": "other"}]),
    "another setting of a provider": ("provider/azapi", [{"skip_provider_registration": False}]),
    "a further variable": ("variable/other", {"type": "string"}),
    "a variable as a text": (SLACK_VARIABLE, "x"),
    "a variable that is not sensitive": (f"{SLACK_VARIABLE}/sensitive", False),
    "a variable with a default": (f"{SLACK_VARIABLE}/default", "x"),
    "a default that counts as empty": (f"{SLACK_VARIABLE}/default", False),
    "a description by an expression": (f"{SLACK_VARIABLE}/description", "${timestamp()}"),
    "a description with a secret": (f"{SLACK_VARIABLE}/description", "https://hooks.slack.com/services/x"),
    "a validation as a text": (f"{SLACK_VARIABLE}/validation", "x"),
    "moved as a text": ("moved", "x"),
    "moved from nowhere": ("moved", [{"to": HERE}]),
    "moved from a data source": ("moved", [{"from": "data.azurerm_client_config.x", "to": HERE}]),
    "moved from another type": ("moved", [{"from": "aws_s3_bucket.x", "to": HERE}]),
    "moved with something else": ("moved", [{"from": HERE, "to": HERE, "id": "x"}]),
    "removed and destroyed": ("removed", [{"from": HERE, "lifecycle": {"destroy": True}}]),
    "removed without a word": ("removed", {"from": HERE}),
    "import of a number": ("import", [{"to": HERE, "id": 1}]),
    "import by a further provider": ("import", [{"to": HERE, "id": "x", "provider": "http"}]),
    "import of a secret": ("import", [{"to": HERE, "id": f"${{{HERE}.primary_access_key}}"}]),
    "import of many": ("import", [{"to": HERE, "id": "x", "for_each": ["a"]}]),
    "checks as a text": ("check", "x"),
    "a check as a list": ("check/x", []),
    "a check with something else": ("check/x", {"assert": [CONDITION], "data": {}}),
    "a check that asserts a text": ("check/x", {"assert": "x"}),
}


@pytest.fixture
def prod(written: Path) -> Any:
    return json.loads((written / "stacks" / PROD / "cdk.tf.json").read_text())


@pytest.mark.parametrize(("path", "value"), SHAPES.values(), ids=SHAPES)
def test_of_a_wrong_shape(prod: Any, snapshot: SnapshotAssertion, path: str, value: Any) -> None:
    put(path, value)(prod)
    refused = sorted(map(str, violations(prod, private=True, tags=TAGS, stack=PROD)))
    assert refused
    assert "\n".join(refused) == snapshot


WHOLE: dict[str, Any] = {
    "a text": "x",
    "resources that are a text": {"resource": "x"},
    "a type that is a list": {"resource": {"azurerm_storage_account": []}},
    "a resource that is a number": {"resource": {"azurerm_storage_account": {"storage": 1}}},
    "variables as a text": {"variable": "x"},
}


@pytest.mark.parametrize("whole", WHOLE)
def test_of_what_is_no_stack(snapshot: SnapshotAssertion, whole: str) -> None:
    assert "\n".join(map(str, violations(WHOLE[whole], private=True, tags=TAGS))) == snapshot


def test_of_what_is_too_deep(snapshot: SnapshotAssertion) -> None:
    def nested(levels: int) -> Any:
        value: Any = "x"
        for level in range(levels):
            value = {"a": value} if level % 2 else [value]
        return value

    assert not too_deep(nested(39))
    assert too_deep(nested(40))
    (violation,) = violations({"//": nested(40)}, private=True, tags=TAGS)
    assert str(violation) == snapshot
