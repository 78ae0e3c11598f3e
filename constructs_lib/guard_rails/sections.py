"""What may stand at the top of a stack beside resources: state, providers, variables, moves, imports, checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from constructs_lib.guard_rails.allowed import (
    ALIASES,
    BACKENDS,
    PROVIDERS,
    REQUIRED_PROVIDERS,
    RESOURCES,
    SECTIONS,
    VARIABLES,
)
from constructs_lib.guard_rails.arguments import ADDRESS, conditions
from constructs_lib.guard_rails.references import Declared, Owner
from constructs_lib.guard_rails.texts import Text, literal, value_findings
from constructs_lib.guard_rails.violation import Finding, Findings, Json, entries, kind_of, shown, unlisted
from settings.reading.problems import shorten

Placed: TypeAlias = Iterator[tuple[str, Finding]]
"""What was found, with the address that it was found at."""

_VERSION = re.compile(r"(~>|=|>=)? ?\d+(\.\d+){0,2}")
_GUARDED = re.compile(r'\$\{var\.allow_placeholder_ids \? "([^"\\$%]*)" : null\}')


def section_findings(name: str, value: Json, declared: Declared) -> Placed:
    """Judge one top-level section that holds no resources."""
    judge = _JUDGES.get(name)
    if judge is None:
        yield (
            shorten(name),
            unlisted(
                f"{shorten(name)} at the top of the stack", f"of the sections only {', '.join(SECTIONS)}"
            ),
        )
    else:
        yield from judge(value, declared)


def _terraform(value: Json, _declared: Declared) -> Placed:
    for name, item in _members("terraform", value):
        where = f"terraform.{name}"
        if name == "backend":
            yield from _at(where, _backend(item))
        elif name == "required_providers":
            for provider, wanted in _members(where, item):
                yield from _at(f"{where}.{provider}", _required(provider, wanted))
        elif name != "required_version" or not (isinstance(item, str) and _VERSION.fullmatch(item)):
            yield where, unlisted(where, "backend, required_providers and required_version")
    if not isinstance(value, dict):
        yield "terraform", _no_object(value)


def _backend(value: Json) -> Findings:
    if not isinstance(value, dict) or len(value) != 1 or not set(value) <= set(BACKENDS):
        yield unlisted("another backend", " or ".join(BACKENDS), "keep the state in one of those")
        return
    ((kind, settings),) = value.items()
    if not isinstance(settings, dict):
        yield _no_object(settings)
        return
    for name, item in settings.items():
        if name not in BACKENDS[kind]:
            yield unlisted(f"{name} of the backend", ", ".join(BACKENDS[kind]))
        yield from literal(item, name)


def _required(provider: str, value: Json) -> Findings:
    version = value.get("version") if isinstance(value, dict) else None
    if (
        not isinstance(version, str)
        or not _VERSION.fullmatch(version)
        or provider not in REQUIRED_PROVIDERS
        or value != {"source": REQUIRED_PROVIDERS[provider], "version": version}
    ):
        yield unlisted(
            f"the provider {shorten(provider)} from {shown(value)}", f"source and version of {_SOURCES}"
        )


def _provider(value: Json, declared: Declared) -> Placed:
    for name, given in _members("provider", value):
        address = f"provider.{name}"
        if name not in PROVIDERS:
            yield address, unlisted(f"the provider {shorten(name)}", ", ".join(PROVIDERS))
            continue
        for body in given if isinstance(given, list) else [given]:
            yield from _at(address, _provider_settings(name, body))
            yield from _at(address, value_findings(body, name, declared, Text(Owner(section="provider"))))
    if not isinstance(value, dict):
        yield "provider", _no_object(value)


def _provider_settings(name: str, body: Json) -> Findings:
    if not isinstance(body, dict):
        yield _no_object(body)
        return
    given = dict(_flattened({key: item for key, item in body.items() if key != "//"}))
    alias = given.pop("alias", None)
    wanted = dict(PROVIDERS[name])
    if alias is not None:
        if f"{name}.{alias}" not in ALIASES:
            yield unlisted(f"the alias {shown(alias)}", ", ".join(ALIASES))
            return
        wanted |= ALIASES[f"{name}.{alias}"]
    for setting in sorted(given.keys() | wanted.keys()):
        allowed = wanted.get(setting)
        if not _fits(given.get(setting), allowed):
            yield unlisted(
                f"the setting {shorten(setting)} = {shown(given.get(setting, 'the default'))}"
                if allowed is not None
                else f"the setting {shorten(setting)}",
                "none" if allowed is None else allowed if isinstance(allowed, str) else shown(allowed),
                "set what is allowed",
            )


def _fits(value: Json, allowed: Json) -> bool:
    if isinstance(allowed, str):
        guarded = _GUARDED.fullmatch(value) if isinstance(value, str) else None
        text = guarded[1] if guarded else value
        return isinstance(text, str) and re.fullmatch(allowed, text, re.IGNORECASE) is not None
    if isinstance(value, list):
        return value == list(allowed or ())
    return any(value is item or (isinstance(value, str) and value == item) for item in allowed or ())


def _flattened(value: Mapping[str, Json], path: str = "") -> Iterator[tuple[str, Json]]:
    """Yield path and value of every setting; the one block of a list is written without a number."""
    waiting: list[tuple[str, Json]] = [(path, value)]
    while waiting:
        place, item = waiting.pop()
        if isinstance(item, list) and len(item) == 1:
            item = item[0]
        if isinstance(item, dict) and item:
            waiting += [(f"{place}.{key}" if place else key, inner) for key, inner in item.items()]
        elif item is not None and (place or item):
            yield place, item


def _variable(value: Json, declared: Declared) -> Placed:
    for name, body in _members("variable", value):
        address = f"variable.{name}"
        if name not in VARIABLES:
            yield address, unlisted(f"the variable {shorten(name)}", ", ".join(VARIABLES))
        elif not isinstance(body, dict):
            yield address, _no_object(body)
        else:
            fixed = VARIABLES[name]
            for key in sorted(body.keys() | fixed.keys()):
                item = body.get(key)
                if key == "validation":
                    yield from _at(address, conditions(item, key, declared, Owner(section="variable")))
                elif key == "description":
                    yield from _at(address, literal(item, key))
                elif key != "//" and (
                    key not in fixed or type(item) is not type(fixed[key]) or item != fixed[key]
                ):
                    wanted = ", ".join(f"{name} = {shown(item)}" for name, item in fixed.items())
                    yield (
                        address,
                        unlisted(f"{shorten(key)} other than on the list", wanted, "set what is allowed"),
                    )
    if not isinstance(value, dict):
        yield "variable", _no_object(value)


def _moved(value: Json, _declared: Declared) -> Placed:
    yield from _addressed("moved", value, ("from", "to"))


def _removed(value: Json, _declared: Declared) -> Placed:
    yield from _addressed("removed", value, ("from",), "lifecycle")
    for body in entries(value):
        lifecycle = body.get("lifecycle")
        if (
            not isinstance(lifecycle, dict)
            or set(lifecycle) != {"destroy"}
            or lifecycle["destroy"] is not False
        ):
            yield (
                "removed",
                unlisted("lifecycle other than destroy = false", "what is removed here stays", "set it"),
            )


def _import(value: Json, declared: Declared) -> Placed:
    yield from _addressed("import", value, ("to",), "id", "provider")
    for body in entries(value):
        if not isinstance(body.get("id"), str):
            yield (
                "import",
                Finding(f"{kind_of(body.get('id'))} as id", "a text", "write the id of what exists"),
            )
        yield from _at(
            "import", value_findings(body.get("id"), "id", declared, Text(Owner(section="import")))
        )
        provider = body.get("provider", "azurerm")
        if not isinstance(provider, str) or provider not in {*PROVIDERS, *ALIASES}:
            yield "import", unlisted("another provider", "a provider or an alias on the list")


def _addressed(name: str, value: Json, addresses: tuple[str, ...], *others: str) -> Placed:
    """Judge blocks with addresses of resources, whose type is on the list."""
    for body in value if isinstance(value, list) else [value]:
        if not isinstance(body, dict):
            yield name, _no_object(body)
            continue
        for key in sorted({*body, *addresses} - {"//"}):
            item = body.get(key)
            match = ADDRESS.fullmatch(item) if isinstance(item, str) else None
            if key in addresses and (match is None or match["data"] or match["type"] not in RESOURCES):
                yield name, Finding(f"{shown(item)} as {key}", "the address of a resource", "write type.name")
            elif key not in (*addresses, *others):
                yield name, unlisted(f"{name}.{shorten(key)}", ", ".join((*addresses, *others)))


def _check(value: Json, declared: Declared) -> Placed:
    for name, body in _members("check", value):
        if not isinstance(body, dict) or set(body) - {"//"} != {"assert"}:
            yield f"check.{name}", unlisted("more or less than assert", "assert", "leave the rest out")
        else:
            found = conditions(body["assert"], "assert", declared, Owner(section="check"))
            yield from _at(f"check.{name}", found)
    if not isinstance(value, dict):
        yield "check", _no_object(value)


def _at(address: str, findings: Findings) -> Placed:
    for finding in findings:
        yield address, finding


def _members(_name: str, value: Json) -> list[tuple[str, Json]]:
    return list(value.items()) if isinstance(value, dict) else []


def _no_object(value: Json) -> Finding:
    return Finding(
        f"{kind_of(value)} where an object belongs", "the form that cdktf writes", "write an object"
    )


_SOURCES = ", ".join(REQUIRED_PROVIDERS.values())
_JUDGES: Mapping[str, Callable[[Json, Declared], Placed]] = {
    "terraform": _terraform,
    "provider": _provider,
    "variable": _variable,
    "moved": _moved,
    "removed": _removed,
    "import": _import,
    "check": _check,
    "//": lambda _value, _declared: iter(()),
}
