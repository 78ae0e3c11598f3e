"""Write down what the providers say about the types bound in this package: the files in ``facts/``.

For maintainers. The schema comes from a directory where ``terraform init`` has installed the four providers, in an
environment without ``ARM_`` variables: what they give a value to, azuredevops does not call required ::

    terraform providers schema -json > schema.json

After binding another type, from the project's root, with the version that ``terraform version`` lists ::

    python -m constructs_lib.bindings.write_facts --add azurerm@4.81.0=schema.json

adds what is bound and not in the facts yet, and leaves the rest as it is. After raising a provider's version, or
to take out types that are no longer bound ::

    python -m constructs_lib.bindings.write_facts azurerm@4.81.0=schema.json azuredevops@1.16.0=schema.json \\
        azapi@2.12.0=schema.json time@0.13.1=schema.json terraform@1.11.4=schema.json

writes everything about the providers named. A facts file can stand for the schema, where nothing new is needed.

A file ``facts/<provider>.json`` has the shape of Terraform's output, cut down to the provider's configuration and
the types in use, without prose. ``provider_selections``, which Terraform's own output does not have, records the
provider's version under the name that ``terraform version -json`` gives it.
"""

import inspect
import json
import re
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from cdktf import TerraformDataSource, TerraformResource

from facts.reader import BUILT_IN, FOLDER, PROVIDERS

_ADD = "--add"
_USAGE = f"usage: python -m constructs_lib.bindings.write_facts [{_ADD}] PROVIDER@VERSION=SCHEMA.json …"
_KNOWN = (*PROVIDERS, BUILT_IN)
_SOURCE = re.compile(rf"({'|'.join(_KNOWN)})@(\d+\.\d+\.\d+)=(.+)")
_PROSE = frozenset({"description", "description_kind", "deprecation_message"})

Types: TypeAlias = Mapping[str, frozenset[str]]
"""Names of types by ``resource_schemas`` and ``data_source_schemas``."""


class FactsError(Exception):
    """The facts cannot be written; the message is one line for the maintainer."""


def bound_types(provider: str) -> Types:
    """Return the types that ``constructs_lib.bindings.<provider>`` has classes for."""
    module = import_module(f"constructs_lib.bindings.{provider}")
    classes = [member for _, member in inspect.getmembers(module, inspect.isclass)]
    return {
        "resource_schemas": _terraform_types(classes, TerraformResource),
        "data_source_schemas": _terraform_types(classes, TerraformDataSource),
    }


def _terraform_types(classes: Sequence[type], base: type) -> frozenset[str]:
    names = {getattr(cls, "TF_RESOURCE_TYPE", "") for cls in classes if issubclass(cls, base)}
    return frozenset(names - {""})  # the shared bases have no type


def facts_of(schema: Any, provider: str, version: str, types: Types) -> dict[str, Any]:
    """Cut the output of ``terraform providers schema -json`` down to one provider's ``types``.

    Raises FactsError if ``schema`` is something else or lacks the provider or one of the types.
    """
    try:
        sources = [source for source in schema["provider_schemas"] if source.endswith(f"/{provider}")]
        if len(sources) != 1:
            raise FactsError(f"holds {len(sources)} schemas of a provider {provider}, not one")
        whole = schema["provider_schemas"][sources[0]]
        return {
            "format_version": schema["format_version"],
            "provider_schemas": {
                sources[0]: {
                    # Terraform itself, which has nothing to configure, says nothing here.
                    "provider": _without_prose({"block": {}, **whole["provider"]}),
                    **{kind: _picked(whole, kind, names) for kind, names in types.items()},
                }
            },
            "provider_selections": {sources[0]: version},
        }
    except (AttributeError, KeyError, TypeError) as error:
        raise FactsError("is not an output of `terraform providers schema -json`") from error


def with_missing_types(recorded: Any, schema: Any, provider: str, version: str) -> dict[str, Any]:
    """Return the ``recorded`` facts, and with them the types that are bound and that they lack, from ``schema``.

    Raises FactsError as :func:`facts_of` does, and if nothing is lacking or the two are of different versions.
    """
    ((source, known),) = recorded["provider_schemas"].items()
    other = recorded["provider_selections"][source]
    if version != other:
        raise FactsError(f"is of {version}, and the facts of {provider} are of {other}: leave {_ADD} out")
    missing = {kind: names - known[kind].keys() for kind, names in bound_types(provider).items()}
    if not any(missing.values()):
        raise FactsError(f"is not needed: the facts of {provider} have every type that is bound")
    (new,) = facts_of(schema, provider, version, missing)["provider_schemas"].values()
    extended = {kind: {**known[kind], **new[kind]} for kind in missing}
    return {**recorded, "provider_schemas": {source: {**known, **extended}}}


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
        sys.exit(f"{path} cannot be read: {error.strerror}")
    except ValueError:
        sys.exit(f"{path} is not JSON")


def main(arguments: Sequence[str], folder: Path = FOLDER) -> None:
    """Write facts files to ``folder``; on an error write none and exit with one line and code 1."""
    adds = list(arguments[:1]) == [_ADD]
    sources = arguments[1:] if adds else arguments
    if not sources:
        sys.exit(_USAGE)
    written: dict[Path, str] = {}
    for source in sources:
        match = _SOURCE.fullmatch(source)
        if not match:
            sys.exit(f"{source}: expected PROVIDER@VERSION=SCHEMA.json with one of {', '.join(_KNOWN)}")
        provider, version, path = match.groups()
        file = folder / f"{provider}.json"
        schema, recorded = _read(Path(path)), _read(file) if adds else None
        try:
            if adds:
                content = with_missing_types(recorded, schema, provider, version)
            else:
                content = facts_of(schema, provider, version, bound_types(provider))
        except FactsError as error:
            sys.exit(f"{path} {error}")
        written[file] = json.dumps(content, indent=1, sort_keys=True) + "\n"
    try:
        for file, text in written.items():
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        sys.exit(f"{file} cannot be written: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
