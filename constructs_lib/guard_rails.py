"""What no stack may do, whatever code or override made it do so: looked for in the Terraform itself.

This reads what Terraform will read, after cdktf has written it and before anybody can deploy it. A cdktf aspect
would see the constructs instead: it misses overrides, and costs a call from Node for every one of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from constructs_lib.azure.provider import ADOPTING
from constructs_lib.tags import NEVER_TAGGED
from facts.reader import BUILT_IN, PROVIDERS, Block, facts
from settings.models.secret_names import looks_secret
from settings.reading.problems import paragraph

Body = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Violation:
    """Something a stack must not do: in which construct, what was found, what is allowed, what to do."""

    path: str
    """The construct's path in the app, such as ``mlops-prod/storage``."""
    address: str
    found: str
    allowed: str
    fix: str

    def __str__(self) -> str:
        """Four lines: the construct and its address, then found, allowed and fix."""
        return paragraph(f"{self.path} ({self.address})", self.found, self.allowed, self.fix)


class GuardRailError(Exception):
    """A stack would do what none may. Holds every violation of every stack."""

    def __init__(self, violations: list[Violation]) -> None:
        """Put all of them into the message."""
        self.violations = violations
        count = len(violations)
        head = f"{count} guard-rail{'s' if count != 1 else ''} in the way. Nothing was written."
        super().__init__("\n\n".join([head, *map(str, violations)]))


def check(outdir: Path, *, private: Iterable[str], tags: Iterable[str]) -> None:
    """Check every stack that cdktf has written to ``outdir``.

    ``private`` names the stacks that public networks must not reach, ``tags`` the tags that every resource has.
    Raises :class:`GuardRailError`.
    """
    closed, wanted = set(private), set(tags)
    found: list[Violation] = []
    for file in sorted(outdir.glob("stacks/*/cdk.tf.json")):
        terraform = json.loads(file.read_text(encoding="utf-8"))
        found += violations(terraform, private=file.parent.name in closed, tags=wanted)
    if found:
        raise GuardRailError(found)


def violations(terraform: Body, *, private: bool, tags: set[str]) -> Iterator[Violation]:
    """Yield everything that one stack must not do."""
    rules: list[Callable[[str, Body], Iterator[_Finding]]] = [
        _is_known,
        _storage_uses_tls,
        _variable_holds_no_key,
        _overwrites_only_azures_own,
        *([_is_closed] if private else []),
        partial(_is_tagged, tags),
    ]
    for type_, bodies in terraform.get("resource", {}).items():
        for name, body in bodies.items():
            for found, allowed, fix in (finding for rule in rules for finding in rule(type_, body)):
                yield Violation(
                    path=body.get("//", {}).get("metadata", {}).get("path", name),
                    address=f"{type_}.{name}",
                    found=found,
                    allowed=allowed,
                    fix=fix,
                )


_Finding = tuple[str, str, str]

# What Azure adds to Application Insights.
_OF_AZURE = ("azurerm_monitor_action_group", "azurerm_monitor_smart_detector_alert_rule")

# Arguments that open a resource to public networks unless they are false.
_OPENING = ("public_network_access_enabled", "node_public_ip_enabled", "ssh_public_access_enabled")
# The same for resources of azapi, which has no schema of theirs: these are open unless they say otherwise.
_OPEN_BY_DEFAULT = re.compile(
    "Microsoft\\.MachineLearningServices/(registries|workspaces|workspaces/onlineEndpoints)@", re.IGNORECASE
)
_ANYWHERE = ("*", "any", "internet", "0.0.0.0/0", "::/0")
_KEY = re.compile(
    "AccountKey=|SharedAccess|[?&]sig=|InstrumentationKey=|-----BEGIN |hooks\\.slack\\.com/"
    "|events\\.(eu\\.)?pagerduty\\.com/"
)


def _is_known(type_: str, _body: Body) -> Iterator[_Finding]:
    if type_ not in _resource_types():
        yield (
            f"the type {type_}, which nothing here knows",
            "types whose arguments are known, for the others cannot be checked",
            "bind it in constructs_lib/bindings, and write down its schema with constructs_lib.bindings.write_facts",
        )


def _is_closed(type_: str, body: Body) -> Iterator[_Finding]:
    for argument in _OPENING:
        value = body.get(argument, "the provider's default")
        if argument in _arguments(type_) and value is not False:
            yield (
                f"{argument} = {_shown(value)}",
                "false: public networks do not reach this stack",
                f"set {argument} to false, and let a private endpoint lead to it",
            )
    for block in ("network_rules", "network_acls"):
        if block in _arguments(type_):
            action = body.get(block, {}).get("default_action", "the provider's default")
            if action != "Deny":
                yield (
                    f"{block}.default_action = {_shown(action)}",
                    '"Deny"',
                    f'set default_action of {block} to "Deny"',
                )
    if type_ == "azapi_resource":
        given = body.get("body", {}).get("properties", {})
        access = given.get("publicNetworkAccess", "the service's default")
        open_by_default = _OPEN_BY_DEFAULT.match(body.get("type", ""))
        if access != "Disabled" and ("publicNetworkAccess" in given or open_by_default):
            yield (
                f"publicNetworkAccess = {_shown(access)}",
                '"Disabled": public networks do not reach this stack',
                'set it to "Disabled", and let a private endpoint lead to it',
            )
    for rule in body.get("security_rule", ()):
        if rule["direction"] == "Inbound" and rule["access"] == "Allow":
            sources = [rule["source_address_prefix"], *rule["source_address_prefixes"]]
            for source in sources:
                if source.lower() in _ANYWHERE:
                    yield (
                        f"the security rule {rule['name']} that lets {source} in",
                        "inbound rules from ranges or service tags of this network",
                        "name the range it is meant for, such as VirtualNetwork",
                    )


def _storage_uses_tls(type_: str, body: Body) -> Iterator[_Finding]:
    version = body.get("min_tls_version", "the provider's default")
    if type_ == "azurerm_storage_account" and version not in ("TLS1_2", "TLS1_3"):
        yield (
            f"min_tls_version = {_shown(version)}",
            '"TLS1_2" or newer',
            'set min_tls_version to "TLS1_2"',
        )


def _variable_holds_no_key(type_: str, body: Body) -> Iterator[_Finding]:
    if type_ == "azuredevops_variable_group_variable":
        variables = [body]
    elif type_ == "azuredevops_variable_group" and "key_vault" not in body:
        variables = body.get("variable", [])
    else:
        return
    for variable in variables:
        secret = variable.get("is_secret") or any("secret" in argument for argument in variable)
        if secret or _is_key(str(variable.get("value", ""))):
            # The value itself is not shown.
            yield (
                f"a secret in the variable {variable.get('name')}",
                "settings: everybody who may look at the group reads its values",
                "keep it in the key vault, and link it with key_vault_variable_group",
            )


def _is_key(value: str) -> bool:
    if _KEY.search(value):
        return True
    # An expression: whatever name in it stands for a secret, the value has one. That of a Terraform variable is
    # not known here; those of the stacks hold the addresses of channels.
    words = re.findall(r"\w+", value) if "${" in value else []
    return any(word == "var" or word in _sensitive_attributes() or looks_secret(word) for word in words)


def _overwrites_only_azures_own(type_: str, body: Body) -> Iterator[_Finding]:
    if body.get("provider") == f"azurerm.{ADOPTING}" and type_ not in _OF_AZURE:
        yield (
            f"the provider azurerm.{ADOPTING}, which overwrites what is there",
            f"only {' and '.join(_OF_AZURE)}, which Azure may make first",
            "leave the provider out: whatever is there already then stops Terraform",
        )


def _is_tagged(tags: set[str], type_: str, body: Body) -> Iterator[_Finding]:
    if type_ in NEVER_TAGGED:
        if "tags" in body:
            yield (
                "tags on a type that is replaced when they change",
                f"none on {type_}",
                "leave them out: constructs_lib/tags.py says why",
            )
        return
    missing = sorted(tags - set(body.get("tags", {})))
    if "tags" in _arguments(type_) and missing:
        yield (
            f"no tag {', '.join(missing)}",
            f"all of {', '.join(sorted(tags))}",
            "add the resource while the stack is composed: what comes later is not tagged",
        )


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value.endswith("'s default") else json.dumps(value)


@cache
def _resource_types() -> Mapping[str, Block]:
    return {
        type_: schema.block
        for provider in (*PROVIDERS, BUILT_IN)
        for type_, schema in facts(provider).resources.items()
    }


@cache
def _arguments(type_: str) -> frozenset[str]:
    """Return the names of a type's arguments and blocks, as the provider's schema has them."""
    block = _resource_types().get(type_)
    return frozenset({*block.attributes, *block.blocks} if block else ())


@cache
def _sensitive_attributes() -> frozenset[str]:
    """Return the names of the attributes that a provider hides, in whichever type."""
    return frozenset(
        name
        for provider in map(facts, PROVIDERS)
        for schema in (*provider.resources.values(), *provider.data_sources.values())
        for name, attribute in schema.block.attributes.items()
        if attribute.sensitive
    )
