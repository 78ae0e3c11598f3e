"""Write down what the providers say about the types bound in this package.

For maintainers, after adding a type to a module of this package or raising a provider's version: in a
directory whose Terraform configuration requires the four providers, run ::

    terraform providers schema -json > schema.json

and then, from the project's root, with the versions that ``terraform version`` lists ::

    python -m constructs_lib.bindings.facts constructs_lib/bindings/schemas \\
        azurerm@4.81.0=schema.json azuredevops@1.16.0=schema.json azapi@2.12.0=schema.json time@0.13.1=schema.json

Each provider named gets one file ``<provider>.json`` in the output directory. It has the shape of Terraform's
output, cut down to the provider's configuration and the types in use, without prose. ``provider_selections``,
which Terraform's own output does not have, records the provider's version under the name that
``terraform version -json`` gives it.
"""

import inspect
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from cdktf import TerraformDataSource, TerraformResource

SCHEMAS = Path(__file__).parent / "schemas"
PROVIDERS = ("azapi", "azuredevops", "azurerm", "time")

_USAGE = "usage: python -m constructs_lib.bindings.facts OUT_DIR PROVIDER@VERSION=SCHEMA.json …"
_SOURCE = re.compile(rf"(?P<provider>{'|'.join(PROVIDERS)})@(?P<version>\d+\.\d+\.\d+)=(?P<path>.+)")
_PROSE = frozenset({"description", "description_kind", "deprecation_message"})


class FactsError(Exception):
    """The facts cannot be written; the message is one line for the maintainer."""


@dataclass(frozen=True, kw_only=True)
class BoundTypes:
    """Terraform types bound by one module of this package."""

    resources: frozenset[str]
    data_sources: frozenset[str]


def bound_types(provider: str) -> BoundTypes:
    """Return the types that ``constructs_lib.bindings.<provider>`` exports classes for."""
    module = import_module(f"constructs_lib.bindings.{provider}")
    classes = [member for _, member in inspect.getmembers(module, inspect.isclass)]
    return BoundTypes(
        resources=_terraform_types(classes, TerraformResource),
        data_sources=_terraform_types(classes, TerraformDataSource),
    )


def _terraform_types(classes: Sequence[type], base: type) -> frozenset[str]:
    names = {getattr(cls, "TF_RESOURCE_TYPE", "") for cls in classes if issubclass(cls, base)}
    return frozenset(names - {""})  # the shared bases have no type


def facts(schema: Mapping[str, Any], provider: str, version: str) -> dict[str, Any]:
    """Cut the output of ``terraform providers schema -json`` down to one provider's types in use.

    Raises FactsError if ``schema`` is something else or lacks the provider or one of the types.
    """
    types = bound_types(provider)
    try:
        addresses = [address for address in schema["provider_schemas"] if address.endswith(f"/{provider}")]
        if len(addresses) != 1:
            raise FactsError(f"holds {len(addresses)} schemas of a provider {provider}, not one")
        whole = schema["provider_schemas"][addresses[0]]
        return {
            "format_version": schema["format_version"],
            "provider_schemas": {
                addresses[0]: {
                    "provider": _without_prose(whole["provider"]),
                    "resource_schemas": _picked(whole, "resource_schemas", types.resources),
                    "data_source_schemas": _picked(whole, "data_source_schemas", types.data_sources),
                }
            },
            "provider_selections": {addresses[0]: version},
        }
    except (AttributeError, KeyError, TypeError) as error:
        raise FactsError("is not an output of `terraform providers schema -json`") from error


def _picked(whole: Mapping[str, Any], kind: str, types: frozenset[str]) -> dict[str, Any]:
    known = whole.get(kind, {})
    if unknown := sorted(types - known.keys()):
        raise FactsError(f"has no {', '.join(unknown)} among its {kind}")
    return {name: _without_prose(known[name]) for name in types}


def _without_prose(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {**schema, "block": _block(schema["block"])}


def _block(block: Mapping[str, Any]) -> dict[str, Any]:
    """Drop the prose of a block. Level by level, because ``description`` is also a name of arguments."""
    kept = {key: value for key, value in block.items() if key not in _PROSE}
    if "attributes" in block:
        kept["attributes"] = {name: _attribute(item) for name, item in block["attributes"].items()}
    if "block_types" in block:
        kept["block_types"] = {name: _without_prose(item) for name, item in block["block_types"].items()}
    return kept


def _attribute(attribute: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in attribute.items() if key not in _PROSE}
    if "nested_type" in attribute:
        kept["nested_type"] = _block(attribute["nested_type"])
    return kept


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FactsError(f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise FactsError("is not JSON") from error


def main(arguments: Sequence[str]) -> None:
    """Write the facts files; on an error write none and exit with one line and code 1."""
    if len(arguments) < 2:
        sys.exit(_USAGE)
    written: dict[Path, str] = {}
    for source in arguments[1:]:
        match = _SOURCE.fullmatch(source)
        if not match:
            sys.exit(f"{source}: expected PROVIDER@VERSION=SCHEMA.json with one of {', '.join(PROVIDERS)}")
        try:
            content = facts(_read(Path(match["path"])), match["provider"], match["version"])
        except FactsError as error:
            sys.exit(f"{match['path']} {error}")
        text = json.dumps(content, indent=1, sort_keys=True) + "\n"
        written[Path(arguments[0]) / f"{match['provider']}.json"] = text
    try:
        for path, text in written.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        sys.exit(f"{path} cannot be written: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
