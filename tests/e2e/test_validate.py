"""Terraform's own judgement of every synthesized stack, before anything is deployed.

A construct that forgets a required argument, misspells one or gives a text for a number fails here, with Terraform's
message. That it would is tested too: every resource of every stack is broken in each of these ways, and a few in many
others. What Terraform lets pass is looked for in ``tests/schema.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from facts.reader import Attribute, Block, facts
from tests.e2e.terraform import Json, Terraform
from tests.synthesized import Stack

STACKS = ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"]


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    return Terraform(tmp_path_factory.mktemp("validate"))


def parts(stack: Stack) -> dict[str, Json]:
    """Return a stack with every resource and data source in a part of its own, by ``kind.type.name``."""
    rest = {key: value for key, value in stack.terraform.items() if key not in ("resource", "data")}
    blocks = {
        f"{kind}.{type_}.{name}": {kind: {type_: {name: body}}}
        for kind in ("resource", "data")
        for type_, bodies in stack.terraform.get(kind, {}).items()
        for name, body in bodies.items()
    }
    return {"rest": rest, **blocks}


def report(problems: list[tuple[str, str]]) -> str:
    return "\n".join(f"{part}: {words}" for part, words in problems)


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_is_valid(terraform: Terraform, stacks: dict[str, Stack], name: str) -> None:
    problems = terraform.problems(parts(stacks[name]))
    assert not problems, report(problems)


@pytest.mark.parametrize("name", [*STACKS, "mlops-staging"])
def test_a_stack_with_every_option_is_valid(
    terraform: Terraform, variant: dict[str, Stack], name: str
) -> None:
    problems = terraform.problems(parts(variant[name]))
    assert not problems, report(problems)


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_that_is_closed_to_public_networks_is_valid(
    terraform: Terraform, closed: dict[str, Stack], name: str
) -> None:
    problems = terraform.problems(parts(closed[name]))
    assert not problems, report(problems)


# --- Broken on purpose --------------------------------------------------------------------------------------------

# One argument of a block that is set: the block's body, and the argument's name.
Place = tuple[Json, str]


def places(block: Block, body: Json, fits: Callable[[Attribute], bool]) -> Iterator[Place]:
    """Yield every argument that is set and fits, those of the innermost blocks first."""
    for name, nested in block.blocks.items():
        inner = body.get(name, [])
        for item in inner if isinstance(inner, list) else [inner]:
            yield from places(nested.block, item, fits)
    yield from (
        (body, name) for name, attribute in block.attributes.items() if name in body and fits(attribute)
    )


def without_a_required_argument(block: Block, body: Json) -> str | None:
    for inner, name in places(block, body, lambda attribute: attribute.required):
        del inner[name]
        return f'Missing required argument: The argument "{name}" is required, but no definition was found.'
    return None


def with_a_misspelt_argument(block: Block, body: Json) -> str | None:
    for inner, name in places(block, body, lambda attribute: attribute.configurable):
        inner[f"{name}x"] = inner[name]
        return f'Extraneous JSON object property: No argument or block type is named "{name}x".'
    return None


def with_a_text_for_a_number(block: Block, body: Json) -> str | None:
    for inner, name in places(block, body, lambda attribute: attribute.type == "number"):
        inner[name] = "many"
        return f'Incorrect attribute value type: Inappropriate value for attribute "{name}": a number is required.'
    return None


DEPENDS = ("depends_on", "replace_triggered_by")


def without_references(body: Any) -> Any:
    """Return a body that depends on nothing: what depends on something broken is not judged by Terraform."""
    if isinstance(body, dict):
        return {key: without_references(item) for key, item in body.items() if key not in DEPENDS}
    if isinstance(body, list):
        return [without_references(item) for item in body]
    return "${var.any}" if isinstance(body, str) and "${" in body else body


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize(
    "break_", [without_a_required_argument, with_a_misspelt_argument, with_a_text_for_a_number]
)
def test_terraform_refuses_each_broken_resource(
    terraform: Terraform,
    stacks: dict[str, Stack],
    break_: Callable[[Block, Json], str | None],
    name: str,
) -> None:
    expected: list[tuple[str, str]] = []
    broken = {"rest": {"variable": {**stacks[name].terraform["variable"], "any": {}}}}
    for part, content in parts(stacks[name]).items():
        kind, _, address = part.partition(".")
        if not address:
            broken["rest"] = {**content, **broken["rest"]}
            continue
        type_, _, logical = address.partition(".")
        body = without_references(content[kind][type_][logical])
        known = facts(type_.partition("_")[0])
        words = break_((known.resources if kind == "resource" else known.data_sources)[type_].block, body)
        broken[part] = {kind: {type_: {logical: body}}}
        if words:
            expected.append((part, words))
    problems = terraform.problems(broken)
    missing = set(expected) - set(problems)
    assert expected
    assert not missing, f"not refused:\n{report(sorted(missing))}\n\nrefused:\n{report(problems)}"


# One of each kind of mistake, in resources that are sound without it.
SOUND: Mapping[str, Json] = {
    "azapi_resource": {"type": "Microsoft.A/b@2020-01-01", "name": "a", "parent_id": "/a", "body": {}},
    "azuredevops_check_approval": {
        "project_id": "${var.any}",
        "target_resource_id": "a",
        "target_resource_type": "environment",
        "approvers": ["${var.any}"],
    },
    "azuredevops_variable_group": {"project_id": "${var.any}", "name": "a", "variable": [{"name": "a"}]},
    "azurerm_network_security_group": {"name": "a", "location": "eastus", "resource_group_name": "a"},
    "azurerm_resource_group": {"name": "a", "location": "eastus"},
    "azurerm_storage_account": {
        "name": "sound",
        "location": "eastus",
        "resource_group_name": "a",
        "account_tier": "Standard",
        "account_replication_type": "LRS",
    },
}
Mistake = tuple[str, Json, str]
"""A type, what is changed in a resource of it, and how Terraform's error begins."""


def naming(text: str, words: str) -> Mistake:
    return "azurerm_resource_group", {"name": text}, words


MISTAKES: Mapping[str, list[Mistake]] = {
    # Terraform judges nothing until it could read everything.
    "reading": [
        (
            "azurerm_resource_group",
            {"lifecycle": {"ignore_change": ["name"]}},
            "Extraneous JSON object property",
        ),
        ("azurerm_resource_group", {"lifecycle": {"ignore_changes": ["the name"]}}, "Invalid expression"),
    ],
    "judging": [
        # Shapes
        ("azurerm_no_such_thing", {}, "Invalid resource type"),
        ("azurerm_resource_group", {"location": ["eastus"]}, "Incorrect attribute value type"),
        ("azurerm_resource_group", {"tags": ["a"]}, "Incorrect attribute value type"),
        ("azuredevops_check_approval", {"approvers": "a"}, "Incorrect attribute value type"),
        ("azuredevops_check_approval", {"approvers": {"a": "b"}}, "Incorrect attribute value type"),
        ("azuredevops_check_approval", {"timeout": True}, "Incorrect attribute value type"),
        ("azuredevops_check_approval", {"requester_can_approve": 1}, "Incorrect attribute value type"),
        ("azurerm_network_security_group", {"security_rule": [{}]}, "Incorrect attribute value type"),
        ("azapi_resource", {"retry": [{}]}, "Incorrect attribute value type"),
        ("azapi_resource", {"retry": {}}, "Incorrect attribute value type"),
        # Blocks
        ("azuredevops_variable_group", {"variable": []}, "Insufficient variable blocks"),
        ("azuredevops_variable_group", {"variable": None}, "Insufficient variable blocks"),
        ("azuredevops_variable_group", {"key_vault": [{}, {}]}, "Too many key_vault blocks"),
        ("azurerm_resource_group", {"timeouts": [{}, {}]}, "Duplicate timeouts block"),
        ("azurerm_storage_account", {"identity": "a"}, "Incorrect JSON value type"),
        ("azurerm_storage_account", {"identity": {}}, "Missing required argument"),
        ("azurerm_resource_group", {"provisioners": []}, "Extraneous JSON object property"),
        # References
        ("azurerm_resource_group", {"depends_on": ["azurerm_subnet.a"]}, "Reference to undeclared resource"),
        ("azurerm_resource_group", {"lifecycle": {"ignore_changes": ["size"]}}, "Unsupported attribute"),
        naming("${azurerm_subnet.a.id}", "Reference to undeclared resource"),
        naming("${data.azurerm_resource_group.sound.id}", "Reference to undeclared resource"),
        naming("${var.no_such_variable}", "Reference to undeclared input variable"),
        naming('a ${upper("b") != "" ? azurerm_subnet.a.id : null} c', "Reference to undeclared resource"),
        naming('${join("-", ["}", "${azurerm_subnet.a.id}"])}', "Reference to undeclared resource"),
        naming(
            "${azurerm_resource_group.sound.tags[azurerm_subnet.a.id]}", "Reference to undeclared resource"
        ),
        naming("%{ if azurerm_subnet.a.id == 1 }a%{ endif }", "Reference to undeclared resource"),
        naming("${{ a = azurerm_subnet.a.id }}", "Reference to undeclared resource"),
        naming("${azurerm_resource_group.sound.size}", "Unsupported attribute"),
        naming("${azurerm_resource_group.sound.id.size}", "Unsupported attribute"),
        naming("${azurerm_resource_group.sound[0].id}", "Unexpected resource instance key"),
        naming("${azurerm_storage_account.sound.identity.type}", "Invalid operation"),
        naming("${azurerm_storage_account.sound.identity[0].size}", "Unsupported attribute"),
        naming("${azuredevops_check_approval.sound.approvers.first}", "Unsupported attribute"),
        naming("${azuredevops_variable_group.sound.variable[0].value}", "Cannot index a set value"),
        naming("${azurerm_network_security_group.sound.security_rule[0].name}", "Invalid index"),
        naming("${azapi_resource.sound.retry.size}", "Unsupported attribute"),
        # Texts
        naming("${TfToken[TOKEN.1]}", "Invalid reference"),
        naming("${azurerm_resource_group.sound.id", "Unclosed template interpolation sequence"),
        naming('${join("-, [1])}', "Unterminated template string"),
    ],
}


@pytest.fixture(scope="module")
def sound(stacks: dict[str, Stack]) -> dict[str, Json]:
    """The sound resources, with the providers and variables of a stack, and one more variable to refer to."""
    prod = stacks["mlops-prod"].terraform
    return {
        "rest": {
            "terraform": prod["terraform"],
            "provider": prod["provider"],
            "variable": {**prod["variable"], "any": {}},
        },
        "resources": {"resource": {type_: {"sound": body} for type_, body in SOUND.items()}},
    }


def test_what_is_sound_is_valid(terraform: Terraform, sound: dict[str, Json]) -> None:
    assert terraform.problems(sound) == []


@pytest.mark.parametrize("when", MISTAKES)
def test_terraform_refuses_each_kind_of_mistake(
    terraform: Terraform, sound: dict[str, Json], when: str
) -> None:
    broken = {
        f"mistake {number}": {"resource": {type_: {f"mistake_{number}": {**SOUND.get(type_, {}), **change}}}}
        for number, (type_, change, _) in enumerate(MISTAKES[when])
    }
    found = dict(terraform.problems({**sound, **broken}))
    for (part, content), (_, _, words) in zip(broken.items(), MISTAKES[when], strict=True):
        assert found.get(part, "nothing").startswith(words), content


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"output": {"id": {"value": "${azurerm_subnet.a.id}"}}}, "Reference to undeclared resource"),
        ({"provider": {"azurerm": [{"features": {}, "colour": "a"}]}}, "Extraneous JSON object property"),
        (
            {"data": {"azurerm_subscription": {"a": {"lifecycle": {"prevent_destroy": True}}}}},
            "Invalid data resource lifecycle argument",
        ),
        (
            {"resource": {"azurerm_resource_group": {"a": {"provider": "azurerm.second"}}}},
            "Provider configuration not present",
        ),
    ],
)
def test_terraform_refuses_mistakes_in_other_sections(
    terraform: Terraform, sound: dict[str, Json], change: Json, words: str
) -> None:
    found = terraform.problems({**sound, "rest": {**sound["rest"], **change}})
    assert [text for _, text in found if text.startswith(words)], report(found)
