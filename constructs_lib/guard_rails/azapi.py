"""What azapi may make and ask: bodies are judged as the arguments of an azurerm type would be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from constructs_lib.guard_rails.allowed import (
    AZAPI_ACTION_ARGUMENTS,
    AZAPI_ACTIONS,
    AZAPI_ARGUMENTS,
    AZAPI_BODIES,
    AZAPI_LOOKED_UP,
    AZAPI_OPTIONAL,
    AZAPI_QUERY,
    AZAPI_TYPES,
    META_ARGUMENTS,
)
from constructs_lib.guard_rails.rules import TLS, Body
from constructs_lib.guard_rails.violation import Finding, Findings, Json, kind_of, shown, unlisted
from settings.reading.problems import shorten

# Types that are open to public networks unless they say otherwise.
_OPEN_BY_DEFAULT = re.compile(
    "Microsoft\\.MachineLearningServices/(registries|workspaces|workspaces/onlineEndpoints)@", re.IGNORECASE
)
_TLS = ("minimumtlsversion", "mintlsversion")
# What must be false wherever it stands: it lets in without a name.
_NEVER = ("allowblobpublicaccess", "anonymouspullenabled", "adminuserenabled")
_PUBLIC_IP = "enablenodepublicip"
_ARM_ID = re.compile(r"/subscriptions/[0-9a-fA-F-]{36}/resourceGroups/[^/$%]+(/providers/[^$%]+)?")
_CALLBACK_HOLDER = re.compile(r"\$\{azapi_resource\.[\w-]+\.id\}")


def azapi_is_allowed(type_: str, body: Body) -> Findings:
    """Refuse types, arguments, bodies and questions that are not on the lists."""
    if type_ != "azapi_resource":
        return
    yield from _only(body, AZAPI_ARGUMENTS, type_)
    arm_type = body.get("type")
    if not isinstance(arm_type, str) or arm_type not in AZAPI_TYPES:
        yield unlisted(
            f"the type {shown(arm_type)}",
            ", ".join(AZAPI_TYPES),
            "use azurerm's type, whose arguments are known",
        )
    for name in ("create_query_parameters", "update_query_parameters"):
        given = body.get(name)
        if given is not None and given != {key: list(values) for key, values in AZAPI_QUERY.items()}:
            yield unlisted(f"{name} = {shown(given)}", ", ".join(AZAPI_QUERY), "leave it out")
    if isinstance(arm_type, str) and arm_type in AZAPI_BODIES:
        yield from _holds(arm_type, body.get("body"))
    for name in ("body", "sensitive_body"):
        value = body.get(name)
        if value is not None and not isinstance(value, dict):
            yield Finding(f"{kind_of(value)} as {name}", "an object", "write the properties one by one")
            continue
        for path, item in _leaves(value or {}):
            key = path.rpartition(".")[2].lower()
            if key in _TLS and item not in TLS and item not in ("1.2", "1.3"):
                yield Finding(f"{path} = {shown(item)}", "TLS 1.2 or newer", 'set it to "TLS1_2"')
            if key in _NEVER and item is not False:
                yield Finding(f"{path} = {shown(item)}", "false", "set it to false")
            allowed = AZAPI_TYPES.get(arm_type, ()) if isinstance(arm_type, str) else ()
            if name == "sensitive_body" and path not in allowed:
                yield unlisted(
                    f"{path} in sensitive_body", f"only {', '.join(allowed) or 'none'}", "put it in body"
                )


def azapi_is_closed(type_: str, body: Body) -> Findings:
    """Refuse bodies that public networks reach."""
    if type_ != "azapi_resource":
        return
    arm_type = body.get("type")
    leaves = [leaf for name in ("body", "sensitive_body") for leaf in _leaves(body.get(name) or {})]
    access = [item for path, item in leaves if path.rpartition(".")[2].lower() == "publicnetworkaccess"]
    at_the_top = any(path.lower() == "properties.publicnetworkaccess" for path, _ in leaves)
    if not at_the_top and not (isinstance(arm_type, str) and not _OPEN_BY_DEFAULT.match(arm_type)):
        access.append("the service's default")
    for value in access:
        if value != "Disabled":
            yield Finding(
                f"publicNetworkAccess = {shown(value)}",
                '"Disabled": public networks do not reach this stack',
                'set it to "Disabled", and let a private endpoint lead to it',
            )
    for path, item in leaves:
        key = path.rpartition(".")[2].lower()
        if key == "defaultaction" and item != "Deny":
            yield Finding(f"{path} = {shown(item)}", '"Deny"', f'set {path} to "Deny"')
        if key == _PUBLIC_IP and item is not False:
            yield Finding(
                f"{path} = {shown(item)}",
                "false: public networks do not reach this stack",
                "set it to false: the managed network of the workspace is the way in",
            )


def _holds(arm_type: str, body: Json) -> Findings:
    """Refuse a body that lacks one of its properties, has another value of it, or has more of them."""
    wanted, optional = AZAPI_BODIES[arm_type], AZAPI_OPTIONAL.get(arm_type, ())
    there = list(_leaves(body))
    for path, item in there:
        values = wanted.get(path, ())
        if path not in wanted and path not in optional:
            yield unlisted(
                f"{shorten(path)} in body", f"of {arm_type} only {', '.join((*wanted, *optional))}"
            )
        elif values and not any(type(item) is type(value) and item == value for value in values):
            allowed = " or ".join(map(shown, values))
            yield Finding(f"{path} = {shown(item)}", allowed, f"set it to {allowed}")
    given = {path for path, item in there if item not in (None, "")}
    for path in sorted(wanted.keys() - given):
        yield Finding(f"no {path} in body", f"all of {', '.join(wanted)}", "add it: the default is looser")


def question_is_allowed(type_: str, body: Body) -> Findings:
    """Refuse questions to a service that are not on the list: an answer may hold keys."""
    if type_ == "azapi_resource":
        yield from _look_up_is_allowed(body)
    if type_ != "azapi_resource_action":
        return
    yield from _only(body, AZAPI_ACTION_ARGUMENTS, type_)
    asked = (body.get("type"), body.get("action"))
    known = all(isinstance(item, str) for item in asked) and asked in AZAPI_ACTIONS
    if not known or body.get("method") != AZAPI_ACTIONS[asked]:  # type: ignore[index] # both are texts when known
        yield unlisted(
            f"the action {shown(asked[1])} of {shown(asked[0])}",
            ", ".join(f"{action} of {arm_type}" for arm_type, action in AZAPI_ACTIONS),
        )
    holder = body.get("resource_id")
    if not isinstance(holder, str) or not _CALLBACK_HOLDER.fullmatch(holder):
        yield unlisted(
            f"resource_id = {shown(holder)}", "the id of a resource that azapi makes in this stack"
        )


def _look_up_is_allowed(body: Body) -> Findings:
    yield from _only(body, ("type", "resource_id", "response_export_values"), "azapi_resource")
    arm_type, found = body.get("type"), body.get("resource_id")
    if arm_type not in AZAPI_LOOKED_UP:
        yield unlisted(f"a look-up of the type {shown(arm_type)}", ", ".join(AZAPI_LOOKED_UP))
    if not isinstance(found, str) or not _ARM_ID.fullmatch(found):
        yield Finding(
            f"resource_id = {shown(found)}",
            "the id of a resource group or of what is in one, written out",
            "look up only what the configuration names",
        )
    if body.get("response_export_values") != []:
        yield Finding(
            f"response_export_values = {shown(body.get('response_export_values', 'the default'))}",
            "an empty list: an answer may hold keys",
            "set it to []",
        )


def _only(body: Body, allowed: tuple[str, ...], type_: str) -> Findings:
    for name in body:
        if name not in allowed and name not in META_ARGUMENTS and body[name] is not None:
            yield unlisted(name, f"of the arguments of {type_} only {', '.join(allowed)}")


def _leaves(value: Json) -> Iterator[tuple[str, Json]]:
    """Yield path and value of everything in an object that is no object or list itself; lists add nothing to paths."""
    waiting: list[tuple[str, Json]] = [("", value)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, dict):
            waiting += [(f"{path}.{key}" if path else key, inner) for key, inner in item.items()]
        elif isinstance(item, list):
            waiting += [(path, inner) for inner in item]
        else:
            yield path, item
