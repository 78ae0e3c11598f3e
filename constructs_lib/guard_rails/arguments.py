"""What may stand in a resource or data source: arguments of its type, listed blocks, and what each type takes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from constructs_lib.guard_rails.allowed import (
    ALIASES,
    AZAPI_LEFT_ALONE,
    DATA_SOURCES,
    LIFECYCLE,
    META_ARGUMENTS,
    ONLY_LOOKS,
    OVERWRITING,
    RESOURCES,
    SECRETS,
)
from constructs_lib.guard_rails.expressions import expressions
from constructs_lib.guard_rails.references import Declared, Owner, schemas
from constructs_lib.guard_rails.texts import Text, value_findings
from constructs_lib.guard_rails.violation import Finding, Findings, Json, kind_of, unlisted
from facts.reader import Attribute, Block
from settings.reading.problems import shorten

ADDRESS = re.compile(
    r'(?P<data>data\.)?(?P<type>[a-z]\w*)\.(?P<name>[\w-]+)(\[(\d+|"[^"$%\\]*")\])?', re.ASCII
)
_JUDGED = re.compile(
    r"(public_network_access|node_public_ip|ssh_public_access)_enabled|min_tls_version|network_(rules|acls)"
    r"|security_rule|tags|body|sensitive_body|role_definition_id|permissions|scope|type"
)
_ONE_TAG = re.compile(r'tags\["((?:[^"\\$%]|\\")+)"\]')
_LISTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {"resource": RESOURCES, "data": DATA_SOURCES}


def is_known(section: str, type_: str) -> Findings:
    """Refuse a type that is not on the list."""
    if type_ not in schemas()[section]:
        yield Finding(
            f"the type {type_}, which nothing here knows",
            "types whose arguments are known, for the others cannot be checked",
            "bind it in constructs_lib/bindings, write down its schema with constructs_lib.bindings.write_facts,"
            " and have it added to constructs_lib/guard_rails/allowed.py",
        )
    elif type_ not in _LISTS[section]:
        yield unlisted(f"the type {type_}", "the types on the list", "use one of those")


@dataclass(frozen=True)
class Arguments:
    """Judges the arguments of one resource or data source."""

    declared: Declared
    owner: Owner
    tags: Set[str] = frozenset()
    """The tags that every resource has."""

    def findings(self) -> Findings:
        """Yield what must not stand there."""
        block = schemas()[self.owner.section][self.owner.type].block
        yield from self._block(block, self.owner.body, "", "")

    def _block(self, block: Block, body: Mapping[str, Json], where: str, path: str) -> Findings:
        for name, value in body.items():
            place, inner_path = (f"{where}.{name}", f"{path}.{name}") if where else (name, name)
            if value is None or name == "//":
                continue
            if name in block.attributes:
                yield from self._attribute(block.attributes[name], value, place, inner_path)
            elif name in block.blocks:
                yield from self._nested(block, name, value, place, inner_path)
            elif not where and name in META_ARGUMENTS:
                yield from self._meta(name, value)
            else:
                yield unlisted(f"{shorten(place)}", f"the arguments and blocks of {self.owner.type}")

    def _attribute(self, attribute: Attribute, value: Json, where: str, path: str) -> Findings:
        sink = f"{self.owner.type}.{path}"
        if not attribute.configurable:
            yield unlisted(f"{where}, which the provider sets", f"the arguments of {self.owner.type}")
            return
        if _holds_objects(attribute) and path not in _LISTS[self.owner.section][self.owner.type]:
            yield self._unlisted_block(where)
        elif attribute.sensitive and sink not in SECRETS:
            yield unlisted(f"a secret in {where}", "nothing that has to be kept from anybody")
        else:
            yield from value_findings(value, where, self.declared, Text(self.owner, sink))

    def _nested(self, block: Block, name: str, value: Json, where: str, path: str) -> Findings:
        nested = block.blocks[name]
        items = value if isinstance(value, list) else [value]
        if name != "timeouts" and path not in _LISTS[self.owner.section][self.owner.type]:
            yield self._unlisted_block(where)
            return
        most = 1 if nested.nesting == "single" else nested.max_items
        if most and len(items) > most:
            yield Finding(f"{len(items)} of {where}", f"at most {most}", "leave the others out")
        for item in items:
            if isinstance(item, dict):
                yield from self._block(nested.block, item, where, path)
            else:
                yield Finding(f"{kind_of(item)} as {where}", "a block: an object", "write its arguments")

    def _unlisted_block(self, where: str) -> Finding:
        listed = _LISTS[self.owner.section][self.owner.type]
        return unlisted(f"the block {where}", f"of the blocks only {', '.join((*listed, 'timeouts'))}")

    def _meta(self, name: str, value: Json) -> Findings:
        if name == "depends_on":
            yield from self._addresses(value, name)
        elif name == "provider":
            yield from self._provider(value)
        elif name == "lifecycle":
            yield from self._lifecycle(value)
        elif name == "count":
            if type(value) is not int:
                yield Finding(f"{kind_of(value)} as count", "a number", "write out how many")
        elif isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
            yield from value_findings(value, name, self.declared, Text(self.owner))
        else:
            yield Finding(f"{kind_of(value)} as for_each", "an object of texts", "write out keys and values")

    def _provider(self, value: Json) -> Findings:
        provider = self.owner.type.partition("_")[0]
        if value == "azurerm.adopting" and self.owner.type not in OVERWRITING:
            yield Finding(
                f"the provider {value}, which overwrites what is there",
                f"only {' and '.join(OVERWRITING)}, which Azure may make first",
                "leave the provider out: whatever is there already then stops Terraform",
            )
        elif value in ONLY_LOOKS and self.owner.section == "resource":
            yield Finding(
                f"the provider {value}, which is for a subscription of others",
                "data sources alone: what is there belongs to others, and is only looked up",
                "leave the provider out: what is made is made in the stack's own subscription",
            )
        elif value != provider and not (
            isinstance(value, str) and value in ALIASES and value.startswith(f"{provider}.")
        ):
            yield unlisted("another provider", f"{provider}, or an alias on the list", "leave it out")

    def _lifecycle(self, value: Json) -> Findings:
        if not isinstance(value, dict):
            yield Finding(f"{kind_of(value)} as lifecycle", "an object", "write its arguments")
            return
        for name, item in value.items():
            if name not in LIFECYCLE:
                yield unlisted(f"lifecycle.{shorten(name)}", f"of lifecycle only {', '.join(LIFECYCLE)}")
            elif name in ("precondition", "postcondition"):
                yield from conditions(
                    item, f"lifecycle.{name}", self.declared, self.owner, self_allowed=name == "postcondition"
                )
            elif name == "ignore_changes":
                yield from self._ignored(item)
            elif name == "replace_triggered_by":
                yield from self._addresses(item, name, attributes=True)
            elif not isinstance(item, bool):
                yield Finding(f"{kind_of(item)} as {name}", "true or false", "write one of the two")

    def _ignored(self, value: Json) -> Findings:
        block = schemas()[self.owner.section][self.owner.type].block
        for item in value if isinstance(value, list) else [value]:
            root = re.split(r"[.\[]", item)[0] if isinstance(item, str) else ""
            if root == "tags" and root in block.attributes and self._is_somebody_elses_tag(item):
                continue
            tags_of_datastore = root == "tags" and self.owner.type.startswith(
                "azurerm_machine_learning_datastore"
            )
            arm_type = self.owner.body.get("type") if self.owner.type == "azapi_resource" else ""
            left_alone = item in AZAPI_LEFT_ALONE.get(str(arm_type), ())
            if root not in {*block.attributes, *block.blocks} or (
                _JUDGED.fullmatch(root) and not (tags_of_datastore or left_alone)
            ):
                yield Finding(
                    f"{shorten(str(item))} in ignore_changes",
                    "arguments of the type that no guard-rail looks at: what is refused here must not come back there",
                    "name the one argument that somebody else may change",
                )

    def _is_somebody_elses_tag(self, item: str) -> bool:
        """Whether ``item`` names a single tag that is none of those that every resource has."""
        match = _ONE_TAG.fullmatch(item)
        return match is not None and match[1].lower() not in {tag.lower() for tag in self.tags}

    def _addresses(self, value: Json, where: str, *, attributes: bool = False) -> Findings:
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, str) or not self._is_declared(item, attributes=attributes):
                yield Finding(
                    f"{shorten(str(item))} in {where}", "what this stack declares", "name one of those"
                )

    def _is_declared(self, text: str, *, attributes: bool) -> bool:
        address = ADDRESS.fullmatch(text)
        if address:
            section = "data" if address["data"] else "resource"
            return self.declared.body(section, address["type"], address["name"]) is not None
        read = expressions(f"${{{text}}}") if attributes and ADDRESS.match(text) else None
        return (
            read is not None
            and len(read.references) == 1
            and not self.declared.target(read.references[0], self.owner, self_allowed=False).wrong
        )


def conditions(
    value: Json, where: str, declared: Declared, owner: Owner, *, self_allowed: bool = False
) -> Findings:
    """Judge conditions with their messages, of a resource, a variable or a check."""
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict) or set(item) != {"condition", "error_message"}:
            yield Finding(
                f"{kind_of(item)} as {where}", "condition and error_message", "write both, and no more"
            )
            continue
        for name, text in item.items():
            if isinstance(text, str):
                place = Text(owner, self_allowed=self_allowed, only_judged=name == "condition")
                yield from value_findings(text, f"{where}.{name}", declared, place)
            else:
                yield Finding(f"{kind_of(text)} as {where}.{name}", "a text", "write an expression as a text")


def _holds_objects(attribute: Attribute) -> bool:
    type_ = attribute.type
    while isinstance(type_, list) and type_[0] != "object":
        type_ = type_[1]
    return attribute.nested is not None or isinstance(type_, list)
