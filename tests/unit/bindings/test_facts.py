"""The bindings: they have what the facts have and what the constructs use, and nothing else."""

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from typing import Any, get_args, is_typeddict

import pytest
from cdktf import TerraformDataSource, TerraformProvider, TerraformResource

from constructs_lib.bindings.terraform import MetaArguments
from constructs_lib.bindings.write_facts import bound_types
from facts.reader import BUILT_IN, PROVIDERS, Block, facts
from tests.project import REPOSITORY

CONSTRUCTS = REPOSITORY / "constructs_lib"
COMMAND = "constructs_lib/bindings/write_facts.py says how to write the facts"
BY_HAND = ["azapi", "azuredevops", "terraform", "time"]
NOT_ARGUMENTS = {
    "alias",
    "connection",
    "count",
    "depends_on",
    "for_each",
    "id",
    "lifecycle",
    "provider",
    "provisioners",
}
SECRETS = {
    "client_certificate",
    "client_certificate_password",
    "client_secret",
    "oidc_request_token",
    "oidc_token",
    "personal_access_token",
    "secret",
    "secret_value",
}


def bound_classes(provider: str) -> Iterator[tuple[type, Block]]:
    """Yield every class that is bound, and what the facts say about its type."""
    known = facts(provider)
    module = import_module(f"constructs_lib.bindings.{provider}")
    for _, cls in inspect.getmembers(module, inspect.isclass):
        tf_type = getattr(cls, "TF_RESOURCE_TYPE", "")
        if not tf_type:
            continue  # what the bound ones are made from
        if issubclass(cls, TerraformProvider):
            yield cls, known.provider.block
        elif issubclass(cls, TerraformResource):
            yield cls, known.resources[tf_type].block
        elif issubclass(cls, TerraformDataSource):
            yield cls, known.data_sources[tf_type].block


def bound_by_hand(provider: str) -> Iterator[tuple[str, Any, Block]]:
    """Yield the arguments of every type and block bound by hand: the name to call, the TypedDict, the facts."""
    for cls, block in bound_classes(provider):
        # of __init__: jsii's metaclass hides it behind a call that takes anything
        *_, last = inspect.signature(vars(cls)["__init__"]).parameters.values()
        if last.kind is inspect.Parameter.VAR_KEYWORD:
            (arguments,) = get_args(last.annotation)
            yield cls.__name__, arguments, block
            yield from blocks_in(arguments, block)
        else:
            assert provider == "time", f"{cls.__name__} takes no arguments"


def blocks_in(arguments: Any, block: Block) -> Iterator[tuple[str, Any, Block]]:
    for name, annotation in arguments.__annotations__.items():
        for inner in typed_dicts(annotation):
            nested = block.blocks[name].block if name in block.blocks else block.attributes[name].nested
            assert nested, f"{name} is no block"
            yield inner.__name__, inner, nested
            yield from blocks_in(inner, nested)


def typed_dicts(annotation: Any) -> Iterator[Any]:
    if is_typeddict(annotation):
        yield annotation
    for inner in get_args(annotation):
        yield from typed_dicts(inner)


def arguments_in_use(provider: str) -> dict[str, set[str]]:
    """Return the arguments that constructs give to each class and block of a provider."""
    used: dict[str, set[str]] = defaultdict(set)
    for path in CONSTRUCTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)) if module == provider:
                    used[name] |= {str(keyword.arg) for keyword in node.keywords}
    return used


@pytest.mark.parametrize("provider", [*PROVIDERS, BUILT_IN])
def test_the_facts_hold_exactly_the_bound_types(provider: str) -> None:
    types = bound_types(provider)
    assert facts(provider).resources.keys() == types["resource_schemas"], COMMAND
    assert facts(provider).data_sources.keys() == types["data_source_schemas"], COMMAND


@pytest.mark.parametrize("provider", BY_HAND)
def test_arguments_bound_by_hand_are_those_of_the_facts(provider: str) -> None:
    for called, arguments, block in bound_by_hand(provider):
        own = arguments.__annotations__.keys() - MetaArguments.__annotations__
        assert own <= {*block.attributes, *block.blocks}, f"{called}; {COMMAND}"
        required = {name for name, attribute in block.attributes.items() if attribute.required}
        required |= {name for name, nested in block.blocks.items() if nested.min_items}
        assert required <= arguments.__required_keys__, called


@pytest.mark.parametrize("provider", BY_HAND)
def test_arguments_bound_by_hand_are_used(provider: str) -> None:
    used = arguments_in_use(provider)
    assert used
    for called, arguments, _ in bound_by_hand(provider):
        own = arguments.__annotations__.keys() - MetaArguments.__annotations__
        assert own - used[called] == set(), f"no construct gives these to {called}"


@pytest.mark.parametrize("provider", BY_HAND)
def test_no_secret_can_be_bound(provider: str) -> None:
    for called, arguments, block in bound_by_hand(provider):
        secrets = SECRETS | {name for name, attribute in block.attributes.items() if attribute.sensitive}
        assert arguments.__annotations__.keys() & secrets == set(), called


def test_every_argument_of_azurerm_is_in_the_facts() -> None:
    classes = list(bound_classes("azurerm"))
    assert classes
    for cls, block in classes:
        parameters = inspect.signature(vars(cls)["__init__"]).parameters.values()
        arguments = {item.name for item in parameters if item.kind is inspect.Parameter.KEYWORD_ONLY}
        assert arguments, cls.__name__
        # without underscores: cdktf writes on_30_days as on30_days
        spelled = {name.replace("_", "") for name in (*block.attributes, *block.blocks)}
        unknown = {name for name in arguments - NOT_ARGUMENTS if name.replace("_", "") not in spelled}
        assert unknown == set(), f"{cls.__name__}; {COMMAND}"


def test_every_class_of_azurerm_that_is_loaded_is_used() -> None:
    bound = re.findall(r"^    (\w+),$", (CONSTRUCTS / "bindings" / "azurerm.py").read_text(), re.M)
    code = "".join(path.read_text() for path in CONSTRUCTS.rglob("[!_]*.py"))
    assert bound
    assert [name for name in bound if not re.search(rf"\bazurerm\.{name}\b", code)] == []
