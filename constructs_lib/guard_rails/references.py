"""Finds what a reference leads to: a variable or an attribute that the stack declares, and whether that is a secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from constructs_lib.guard_rails.allowed import PLAIN_ANSWERS, VARIABLES
from constructs_lib.guard_rails.expressions import Key, Reference
from constructs_lib.guard_rails.violation import Json
from facts.reader import BUILT_IN, PROVIDERS, Block, Schema, facts
from settings.models.secret_names import looks_secret

_PRIMITIVE = ("string", "number", "bool")


@cache
def schemas() -> Mapping[str, Mapping[str, Schema]]:
    """Return what the facts know of each type, by section: ``resource`` and ``data``."""
    known = [facts(provider) for provider in (*PROVIDERS, BUILT_IN)]
    return {
        "resource": {type_: schema for provider in known for type_, schema in provider.resources.items()},
        "data": {type_: schema for provider in known for type_, schema in provider.data_sources.items()},
    }


@dataclass(frozen=True)
class Target:
    """What a reference leads to."""

    secret: str = ""
    """The secret that it is, as ``allowed.SECRETS`` names it; empty when it is none."""
    wrong: str = ""
    """Why it leads nowhere; empty when it leads somewhere."""
    judged_only: bool = False
    """Whether it may stand in a condition all the same, of which nothing but true or false comes."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The resource or data source that a reference stands in; of a variable or a provider only the section."""

    section: str
    type: str = ""
    body: Mapping[str, Json] = field(default_factory=dict)


class Declared:
    """What one stack declares."""

    def __init__(self, terraform: Mapping[str, Json]) -> None:
        """Look at the parsed ``cdk.tf.json`` of the stack, whatever its shape."""
        self._terraform = terraform
        self._known: dict[Reference, Target] = {}

    def body(self, section: str, type_: str, name: str) -> Json:
        """Return what is declared under that address; None when it is no object, or nothing."""
        value: Json = self._terraform
        for key in (section, type_, name):
            value = value.get(key) if isinstance(value, dict) else None
        return value if isinstance(value, dict) else None

    def target(self, reference: Reference, owner: Owner, *, self_allowed: bool) -> Target:
        """Find what ``reference``, which stands in ``owner``, leads to."""
        root, *rest = reference.steps
        if root == "self":
            schema = schemas().get(owner.section, {}).get(owner.type)
            if schema is None or not self_allowed:
                return Target(wrong="which only a postcondition knows")
            return _attribute(schema.block, rest, _prefix(owner.section, owner.type))
        if root == "each":
            known = "for_each" in owner.body and rest in (["key"], ["value"])
            return Target() if known else Target(wrong="which only a resource with for_each knows")
        if reference not in self._known:
            self._known[reference] = self._elsewhere(root, rest)
        return self._known[reference]

    def _elsewhere(self, root: str, rest: Sequence[str]) -> Target:
        if root == "var":
            if len(rest) != 1 or rest[0] not in VARIABLES or not self._is_variable(rest[0]):
                return Target(wrong="which is no variable of the stack")
            return Target(secret=f"var.{rest[0]}" if VARIABLES[rest[0]].get("sensitive") else "")
        section, address = ("data", rest) if root == "data" else ("resource", [root, *rest])
        if len(address) < 2 or any(isinstance(step, Key) for step in address[:2]):
            return Target(wrong="which is no attribute of a resource")
        type_, name, *attribute = address
        schema = schemas()[section].get(type_)
        body = self.body(section, type_, name)
        if schema is None or body is None:
            return Target(wrong="which the stack does not declare")
        if attribute and isinstance(attribute[0], Key):
            if "for_each" not in body and "count" not in body:
                return Target(wrong="which has one of a resource that there is one of")
            attribute = attribute[1:]
        return _attribute(schema.block, attribute, _prefix(section, type_))

    def _is_variable(self, name: str) -> bool:
        variables = self._terraform.get("variable")
        return isinstance(variables, dict) and name in variables


def _prefix(section: str, type_: str) -> str:
    return f"data.{type_}" if section == "data" else type_


def _attribute(block: Block, steps: Sequence[str], path: str) -> Target:
    """Follow ``steps`` into ``block`` to an attribute that holds no others."""
    for at, step in enumerate(steps):
        if isinstance(step, Key):  # which of several blocks
            continue
        if step in block.blocks:
            path, block = f"{path}.{step}", block.blocks[step].block
            continue
        attribute = block.attributes.get(step)
        if attribute is None:
            return Target(wrong=f"for {path} has no {step}")
        path = f"{path}.{step}"
        secret = attribute.sensitive or attribute.write_only or looks_secret(step)
        if attribute.nested is not None:
            block = attribute.nested
            continue
        target = _inside(attribute.type, steps[at + 1 :], path)
        return Target(secret=path) if secret and not target.wrong else target
    return Target(wrong="which is more than one attribute: whatever is in it would go along")


def _inside(type_: Json, steps: Sequence[str], path: str) -> Target:
    """Follow ``steps`` into an attribute of ``type_``, as the schema writes it."""
    if type_ == "dynamic":
        return Target(secret="" if path in PLAIN_ANSWERS else path)
    for step in steps:
        if isinstance(type_, str):
            return Target(wrong=f"for nothing is inside of {path}")
        constructor, inner = type_
        if constructor == "object":
            if step not in inner:
                return Target(wrong=f"for {path} has no {step}")
            path, type_ = f"{path}.{step}", inner[step]
            if looks_secret(step):
                return Target(secret=path)
        else:
            type_ = inner
    while not isinstance(type_, str) and type_[0] != "object":
        type_ = type_[1]
    if type_ not in _PRIMITIVE:
        return Target(
            wrong="which is more than one attribute: whatever is in it would go along", judged_only=True
        )
    return Target()
