"""The facts about the providers' types, and the bindings: each has what the other has."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from cdktf import TerraformDataSource, TerraformProvider, TerraformResource

from constructs_lib.bindings.write_facts import bound_types
from facts.reader import PROVIDERS, Block, facts
from tests.conftest import REPOSITORY

COMMAND = "constructs_lib/bindings/write_facts.py says how to write the facts"
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
        if cls.__module__ in ("cdktf", "constructs_lib.bindings.terraform"):
            continue  # what the bound ones are made from
        tf_type = getattr(cls, "TF_RESOURCE_TYPE", "")
        if issubclass(cls, TerraformProvider):
            yield cls, known.provider.block
        elif issubclass(cls, TerraformResource):
            yield cls, known.resources[tf_type].block
        elif issubclass(cls, TerraformDataSource):
            yield cls, known.data_sources[tf_type].block


def keyword_arguments(cls: type) -> set[str]:
    # of __init__: jsii's metaclass hides it behind a call that takes anything
    parameters = inspect.signature(vars(cls)["__init__"]).parameters.values()
    names = {item.name for item in parameters if item.kind is inspect.Parameter.KEYWORD_ONLY}
    assert names, cls.__name__
    return names


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_facts_hold_exactly_the_bound_types(provider: str) -> None:
    types = bound_types(provider)
    assert facts(provider).resources.keys() == types["resource_schemas"], COMMAND
    assert facts(provider).data_sources.keys() == types["data_source_schemas"], COMMAND


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_argument_of_a_bound_class_is_in_the_facts(provider: str) -> None:
    classes = list(bound_classes(provider))
    assert classes
    for cls, block in classes:
        # without underscores: cdktf writes on_30_days as on30_days
        spelled = {name.replace("_", "") for name in (*block.attributes, *block.blocks)}
        arguments = keyword_arguments(cls) - NOT_ARGUMENTS
        unknown = {name for name in arguments if name.replace("_", "") not in spelled}
        assert unknown == set(), f"{cls.__name__}; {COMMAND}"


@pytest.mark.parametrize("provider", ["azapi", "azuredevops", "time"])
def test_no_secret_can_be_bound(provider: str) -> None:
    for cls, block in bound_classes(provider):
        secrets = SECRETS | {name for name, attribute in block.attributes.items() if attribute.sensitive}
        assert keyword_arguments(cls) & secrets == set(), cls.__name__


def test_every_class_of_azurerm_that_is_loaded_is_used() -> None:
    constructs = REPOSITORY / "constructs_lib"
    bound = re.findall(r"^    (\w+),$", (constructs / "bindings" / "azurerm.py").read_text(), re.M)
    code = "".join(path.read_text() for path in constructs.rglob("[!_]*.py"))
    assert bound
    assert [name for name in bound if not re.search(rf"\bazurerm\.{name}\b", code)] == []
