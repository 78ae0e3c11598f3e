"""Terraform's own judgement of every synthesized stack, before anything is deployed.

A construct that forgets a required argument, misspells one or gives a text for a number fails here, with Terraform's
message. That it would is tested too: every resource of every stack is broken in each of these ways.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from facts.reader import Attribute, Block, facts
from tests.e2e.terraform import Json, Terraform
from tests.synthesized import Stack
from tests.unit.stacks import conftest as options

STACKS = ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"]


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    return Terraform(tmp_path_factory.mktemp("validate"))


variant = options.variant
"""The stacks of a second configuration, with every option."""


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


@pytest.mark.parametrize("name", ["mlops-registry", "mlops-prod", "mlops-staging"])
def test_a_stack_with_every_option_is_valid(
    terraform: Terraform, variant: dict[str, Stack], name: str
) -> None:
    problems = terraform.problems(parts(variant[name]))
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


def without_references(body: Any) -> Any:
    """Return a body that depends on nothing: what depends on something broken is not judged by Terraform."""
    if isinstance(body, dict):
        return {key: without_references(item) for key, item in body.items() if key != "depends_on"}
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


def test_an_argument_of_the_wrong_shape(terraform: Terraform, stacks: dict[str, Stack]) -> None:
    """A list for a text and a text for a block are refused as well, and so is a type that the facts lack."""
    broken: Any = copy.deepcopy(parts(stacks["mlops-dev"]))
    body = broken["resource.azurerm_resource_group.resource_group"]["resource"]["azurerm_resource_group"]
    body["resource_group"]["location"] = ["eastus"]
    broken["unknown"] = {"resource": {"azurerm_no_such_thing": {"a": {}}}}
    problems = dict(terraform.problems(broken))
    assert "string required" in problems["resource.azurerm_resource_group.resource_group"]
    assert problems["unknown"].startswith("Invalid resource type")
