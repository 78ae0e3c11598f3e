"""Check a whole synthesized stack against what its providers say about their types.

Stricter than Terraform: a string is no number and no bool, nothing deprecated may be set, and no literal may
stand where the provider expects a secret.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TypeAlias

from facts.reader import PROVIDERS, Block, Schema, facts
from tests.interpolation import code_in
from tests.schema_values import Json, article, body_problems

Facts: TypeAlias = Mapping[str, Mapping[str, Schema]]
"""The schemas of the types in use, by kind (``resource``, ``data``, ``provider``) and type."""

DATA_META_ARGUMENTS = {"//", "count", "depends_on", "for_each", "lifecycle", "provider"}
META_ARGUMENTS = {
    "resource": DATA_META_ARGUMENTS | {"connection", "provisioner"},
    "data": DATA_META_ARGUMENTS,
    "provider": {"//", "alias", "version"},
}
CONDITIONS = {"postcondition", "precondition"}
RULES = {"create_before_destroy", "ignore_changes", "prevent_destroy", "replace_triggered_by"}
LIFECYCLE = {"resource": CONDITIONS | RULES, "data": CONDITIONS}

_OURS = "|".join(PROVIDERS)
_STEP = r"\.[A-Za-z_][\w-]*|\.\d+|\.\*|\[[^\[\]]*\]"
_STEPS = re.compile(rf"(?:{_STEP})*")
# The steps are looked ahead at, not consumed: an index may hold another reference.
_REFERENCE = re.compile(
    rf"(?<![\w.-])(?P<data>data\.)?(?P<type>(?:{_OURS})_\w+)\.(?P<name>[\w-]+)(?=(?P<steps>(?:{_STEP})*))"
)
# Arguments whose strings are references without ${…}.
_BARE_REFERENCES = re.compile(r"(^|\.)(depends_on|lifecycle\.replace_triggered_by)\[")
_ESCAPED_REFERENCE = re.compile(rf"\$\$\{{(?:data\.)?(?:{_OURS})_\w+\.")


@cache
def recorded_facts() -> Facts:
    """Return the facts of all providers."""
    known = [facts(provider) for provider in PROVIDERS]
    return {
        "resource": {type_: schema for provider in known for type_, schema in provider.resources.items()},
        "data": {type_: schema for provider in known for type_, schema in provider.data_sources.items()},
        "provider": {provider: facts(provider).provider for provider in PROVIDERS},
    }


def problems(stack: str, config: Mapping[str, Json], types: Facts | None = None) -> list[str]:
    """Return what is wrong with ``config``, the parsed ``cdk.tf.json`` of ``stack``; empty if nothing is."""
    checked = _Stack(config=config, types=recorded_facts() if types is None else types)
    return [f"{stack}: {problem}" for problem in checked.problems()]


@dataclass(frozen=True, kw_only=True)
class _Stack:
    config: Mapping[str, Json]
    types: Facts

    def problems(self) -> Iterator[str]:
        for kind, tf_type, address, body in self._blocks():
            schema = self.types[kind].get(tf_type)
            if schema is None:
                yield f"{address}: no facts about this type; see constructs_lib/bindings/write_facts.py"
                continue
            arguments = {name: value for name, value in body.items() if name not in META_ARGUMENTS[kind]}
            found = [*body_problems(schema.block, arguments), *self._meta_problems(kind, tf_type, body)]
            yield from (f"{address}: {problem}" for problem in found)
        for address, body in self._sections():
            for path, text in _strings(body):
                for problem in self._string_problems(path, text):
                    yield f"{address}: {path}{': ' if path else ''}{problem}"

    def _blocks(self) -> Iterator[tuple[str, str, str, Mapping[str, Json]]]:
        """Yield kind, type, address and body of every block that belongs to one of the providers."""
        for kind, prefix in (("resource", ""), ("data", "data.")):
            for tf_type, instances in self.config.get(kind, {}).items():
                if tf_type.partition("_")[0] in PROVIDERS:
                    for name, body in instances.items():
                        yield kind, tf_type, f"{prefix}{tf_type}.{name}", body
        for provider, bodies in self.config.get("provider", {}).items():
            if provider in PROVIDERS:
                for body in _listed(bodies):
                    yield "provider", provider, f"provider.{provider}", body

    def _sections(self) -> Iterator[tuple[str, Json]]:
        """Yield address and content of everything that may hold a reference."""
        for kind, section in self.config.items():
            if kind in ("resource", "data"):
                for tf_type, instances in section.items():
                    for name, body in instances.items():
                        yield f"{'data.' if kind == 'data' else ''}{tf_type}.{name}", body
            elif kind != "//":
                yield kind, section

    def _meta_problems(self, kind: str, tf_type: str, body: Mapping[str, Json]) -> Iterator[str]:
        provider = body.get("provider")
        if provider is not None and provider not in self._provider_names:
            yield f"provider: {provider} is not configured in this stack"
        if kind == "provider":
            return
        lifecycle = body.get("lifecycle", {})
        yield from (f"lifecycle: {name} is unknown" for name in lifecycle if name not in LIFECYCLE[kind])
        ignored = lifecycle.get("ignore_changes", [])
        for name in [] if ignored == "all" else ignored:
            if problem := self._path_problem(kind, tf_type, f".{name}"):
                yield f"lifecycle.ignore_changes: {problem}"

    @cached_property
    def _provider_names(self) -> set[str]:
        return {
            f"{provider}.{body['alias']}" if "alias" in body else provider
            for provider, bodies in self.config.get("provider", {}).items()
            for body in _listed(bodies)
        }

    def _string_problems(self, path: str, text: str) -> Iterator[str]:
        if "TfToken[" in text:
            yield f"holds a token that was never resolved: {text!r}"
            return
        if _ESCAPED_REFERENCE.search(text):
            yield f"$$ makes a literal of the reference after it: {text!r}"
        try:
            code = code_in(text)
        except ValueError as error:
            yield f"{error}: {text!r}"
            return
        if _BARE_REFERENCES.search(path):
            code = code or text
        for reference in _REFERENCE.finditer(code):
            if problem := self._reference_problem(reference):
                yield f"refers to {reference[0]}{reference['steps']}, but {problem}"

    def _reference_problem(self, reference: re.Match[str]) -> str | None:
        kind = "data" if reference["data"] else "resource"
        body = self.config.get(kind, {}).get(reference["type"], {}).get(reference["name"])
        if body is None:
            return f"this stack has no {reference[0]}"
        steps = reference["steps"]
        if "count" in body or "for_each" in body:
            steps = re.sub(r"^(\[[^\]]*\]|\.\d+)", "", steps)
        return self._path_problem(kind, reference["type"], steps)

    def _path_problem(self, kind: str, tf_type: str, path: str) -> str | None:
        """Say why ``path``, such as ``.identity[0].type``, leads nowhere in a type, or return None."""
        schema = self.types[kind].get(tf_type)
        if schema is None:
            return None  # reported where the type is used
        if not _STEPS.fullmatch(path):
            return f"{path.removeprefix('.')} is not the path of an argument"
        return path_problem(_implied_type(schema.block), re.findall(_STEP, path), tf_type)


def path_problem(tf_type: Json, steps: Sequence[str], where: str) -> str | None:
    """Say why ``steps`` (``.name``, ``[0]``, ``[*]``) lead nowhere in a type, or return None."""
    if not steps or tf_type == "dynamic":
        return None
    step, rest = steps[0], steps[1:]
    named = step.startswith(".") and not step[1:].isdigit() and step != ".*"
    if isinstance(tf_type, str):
        return f"{where} is {article(tf_type)} without {step}"
    constructor, inner = tf_type
    if constructor == "object":
        name = step[1:] if named else step.strip('[]"')
        if name not in inner:
            return f"{where} has no {name}"
        return path_problem(inner[name], rest, f"{where}{step}")
    if constructor == "map":
        return path_problem(inner, rest, f"{where}{step}")
    if named:
        return f"{where} is {article(constructor)} and needs an index before {step}"
    if constructor == "set" and step not in ("[*]", ".*"):
        return f"{where} is a set, which has no index {step}"
    return path_problem(inner, rest, f"{where}{step}")


def _implied_type(block: Block) -> Json:
    """Return the type of the value that a block has when something refers to it."""
    members = {
        name: _repeated(attribute.nested.nesting, attribute.nested) if attribute.nested else attribute.type
        for name, attribute in block.attributes.items()
    }
    members |= {name: _repeated(nested.nesting, nested.block) for name, nested in block.blocks.items()}
    return ["object", members]


def _repeated(nesting: str, block: Block) -> Json:
    inner = _implied_type(block)
    return inner if nesting == "single" else [nesting, inner]


def _strings(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and text of every string inside ``value`` that Terraform reads."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strings(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            if key != "//":
                yield from _strings(item, f"{path}.{key}" if path else key)


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]
