"""Makes unsafe changes to every place of a stack: a text that must not stand there, a block, a setting, a role."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from constructs_lib.guard_rails.allowed import ALIASES, AZAPI_LEFT_ALONE, PROVIDERS, RESOURCES, SECRETS
from facts.reader import BUILT_IN, Block, Schema, facts
from facts.reader import PROVIDERS as PROVIDER_NAMES

Json = Any
Path = tuple[Any, ...]

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
USER_ACCESS_ADMINISTRATOR = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
MANAGED_IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
ROLE_BASED_ACCESS_CONTROL_ADMINISTRATOR = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"

SCHEMAS: Mapping[str, Mapping[str, Schema]] = {
    "resource": {
        name: item for known in (*PROVIDER_NAMES, BUILT_IN) for name, item in facts(known).resources.items()
    },
    "data": {
        name: item
        for known in (*PROVIDER_NAMES, BUILT_IN)
        for name, item in facts(known).data_sources.items()
    },
}

# Texts that must stand nowhere, not even in a condition.
NOWHERE = (
    '${file("/etc/passwd")}',
    '${filebase64("key.pem")}',
    '${templatefile("x", {})}',
    "${jsonencode(azurerm_storage_account.storage)}",
    "${nonsensitive(var.slack_webhook_url)}",
    "${local.key}",
    "${module.keys.key}",
    "${data.http.page.response_body}",
    "${data.external.program.result}",
    "${terraform.workspace}",
    "${path.module}",
    "${count.index}",
    "${var.key}",
    "${azurerm_storage_account.nobody.id}",
    '${["a" for x in ["b"]]}',
    '${{"a" = "b"}}',
    '${"${var.slack_webhook_url}"}',
    "${<<EOT\nx\nEOT\n}",
    "%{ if true }x%{ endif }",
    "%%{x}",
    "$${x}",
    "${",
    "${}",
    "${1 + 1}",
    "${~ var.slack_webhook_url ~}",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b==",
    "https://x.blob.core.windows.net/y?sv=2024&sig=abc",
    "https://hooks.slack.com/services/T0/B0/x",
    "https://events.pagerduty.com/integration/x/enqueue",
    "-----BEGIN PRIVATE KEY-----",
    "InstrumentationKey=x;IngestionEndpoint=y",
)


class Change(NamedTuple):
    """An unsafe change of one resource or data source: what it is, and the body that comes of it."""

    what: str
    section: str
    type: str
    name: str
    body: Json


def bodies(terraform: Json) -> Iterator[tuple[str, str, str, Json]]:
    """Yield section, type, name and body of each resource and data source."""
    for section in ("resource", "data"):
        for type_, named in terraform.get(section, {}).items():
            for name, body in named.items():
                yield section, type_, name, body


def holds_secrets(section: str, type_: str) -> list[str]:
    """Return the attributes of a type that its provider fills in and hides."""
    attributes = SCHEMAS[section][type_].block.attributes
    return [name for name, item in attributes.items() if item.sensitive and not item.configurable]


def secrets(terraform: Json) -> list[str]:
    """Return a reference to every secret of a stack, and to whole resources with one."""
    found = [
        f"${{var.{name}}}" for name, body in terraform.get("variable", {}).items() if body.get("sensitive")
    ]
    for section, type_, name, _ in bodies(terraform):
        address = f"data.{type_}.{name}" if section == "data" else f"{type_}.{name}"
        hidden = holds_secrets(section, type_)
        found += [f"${{{address}.{item}}}" for item in hidden]
        if hidden:
            key = f"{address}.{hidden[0]}"
            found += [f"${{{address}}}", f"${{{address}[*].id}}", f"${{{key}.x.y}}", f"a-${{{key}}}-b"]
            found += [f'${{join("", ["a", {key}])}}', f'${{true ? {key} : "a"}}']
    return found


def text_places(value: Json, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every text, but for what cdktf notes for itself."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from text_places(item, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            if key != "//":
                yield from text_places(item, (*path, key))


def replaced(value: Json, path: Path, new: Json) -> Json:
    """Return a copy with something else at one place; what is not on the way there is shared."""
    if not path:
        return new
    whole = copy.copy(value)
    if len(path) == 1:
        whole[path[0]] = new
    else:
        whole[path[0]] = replaced(value[path[0]], path[1:], new)
    return whole


def without(value: Json, path: Path) -> Json:
    """Return a copy without what stands at one place."""
    *parent, key = path
    node = copy.copy(at(value, tuple(parent)))
    del node[key]
    return replaced(value, tuple(parent), node)


def kind_of_place(path: Path) -> Path:
    """Return a path without its numbers: places that only differ by those are of one kind."""
    return tuple(step for step in path if not isinstance(step, int))


def unsafe_texts(hidden: list[str], section: str, type_: str, body: Json, path: Path) -> Iterator[str]:
    """Yield the texts that must not stand at ``path`` of a body."""
    yield from NOWHERE
    if "postcondition" not in path:
        yield "${self.id}"
    if "for_each" not in body:
        yield "${each.value}"
    if path[-1] == "condition":
        return  # only true or false comes of it
    sink = ".".join((type_, *kind_of_place(path)))
    allowed = next((given for name, given in SECRETS.items() if sink.startswith(name)), ())
    for text in hidden:
        source = text.strip("${}")
        if section == "data" or not any(
            source == item or (item.startswith("data.") and "sensitive_output" in text) for item in allowed
        ):
            yield text


def block_places(block: Block, body: Json, path: Path = ()) -> Iterator[tuple[Block, Path]]:
    """Yield every block in a body, itself among them."""
    yield block, path
    for name, nested in block.blocks.items():
        inner = body.get(name)
        for index, item in enumerate(inner if isinstance(inner, list) else [inner]):
            if isinstance(item, dict):
                place = (*path, name, index) if isinstance(inner, list) else (*path, name)
                yield from block_places(nested.block, item, place)


def at(body: Json, path: Path) -> Json:
    """Return what stands at a path."""
    for key in path:
        body = body[key]
    return body


def unsafe_arguments(section: str, type_: str, body: Json) -> Iterator[tuple[str, Json]]:
    """Yield bodies with something that must not stand in any resource, or in a block of it."""
    top = SCHEMAS[section][type_].block
    listed = RESOURCES.get(type_, ()) if section == "resource" else ()
    for block, path in block_places(top, body):
        extra: dict[str, Json] = {
            "provisioner": {"local-exec": {"command": "id"}},
            "connection": {"type": "ssh"},
            "dynamic": {"network_rules": {"for_each": ["a"], "content": {"default_action": "Allow"}}},
            "no_such_argument": "x",
        }
        if not path:
            extra |= {
                "lifecycle": [
                    {"ignore_changes": "all"},
                    {"ignore_changes": ["all"]},
                    {"ignore_changes": ["tags"]} if not leaves_tags(type_, body) else "all",
                    {"action_trigger": {"events": ["after_create"], "actions": ["x"]}},
                    {"postcondition": {"condition": "${true}", "error_message": '${file("x")}'}},
                    {"precondition": {"condition": '${fileexists("x")}', "error_message": "x"}},
                    {"replace_triggered_by": ["azurerm_nobody.x"]},
                    {"prevent_destroy": "${local.x}"},
                    [{"prevent_destroy": True}],
                ],
                "provider": ["azurerm.other", "${azurerm.adopting}", "http", 1, ["azurerm.adopting"]],
                "count": ["${length(local.x)}", "1", True],
                "for_each": ["${local.x}", ["a"], {"a": ["b"]}, {"a": "${local.x}"}, {"${local.x}": "b"}],
                "depends_on": [["azurerm_nobody.x"], "x", [1], ["module.x"]],
            }
            if not type_.endswith("datastore_blobstorage"):
                extra["lifecycle"] += [
                    {"ignore_changes": [tag]} for tag in ('tags["environment"]', 'tags["a${file(1)}"]')
                ]
            if type_ not in ("azurerm_monitor_action_group", "azurerm_monitor_smart_detector_alert_rule"):
                extra["provider"].append("azurerm.adopting")
        for name, nested in block.blocks.items():
            dotted = ".".join(kind_of_place((*path, name)))
            if name != "timeouts" and dotted not in listed:
                extra[name] = [{}, [{}], [{"dynamic": {}}]]
            elif nested.max_items == 1 and name != "timeouts":
                given = at(body, path).get(name, {})
                extra[name] = [[given, given], "${local.x}", [[given]], 1, {"dynamic": {}}, [{"x": 1}]]
        for name, attribute in block.attributes.items():
            sink = f"{type_}.{'.'.join(kind_of_place((*path, name)))}"
            if not attribute.configurable or (attribute.sensitive and sink not in SECRETS):
                extra[name] = ["x", {"a": "b"}]
        for name, values in extra.items():
            for value in values if isinstance(values, list) else [values]:
                yield f"{name} = {value!r} in {path}", replaced(body, (*path, name), value)


def leaves_tags(type_: str, body: Json) -> bool:
    """Tell whether the tags of a resource may be ignored."""
    return type_.endswith("datastore_blobstorage") or (
        type_ == "azapi_resource" and "tags" in AZAPI_LEFT_ALONE.get(body["type"], ())
    )


def unsafe_roles(type_: str, body: Json) -> Iterator[tuple[str, Json]]:
    """Yield role assignments and definitions that give too much."""
    scope: Json
    given: Json
    if type_ == "azurerm_role_assignment":
        prefix = body["role_definition_id"].rpartition("/")[0]
        for role in (OWNER, USER_ACCESS_ADMINISTRATOR, ROLE_BASED_ACCESS_CONTROL_ADMINISTRATOR):
            for given in (f"{prefix}/{role}", f"{prefix}/{role}".upper(), role):
                if given != body["role_definition_id"]:
                    yield f"the role {given}", replaced(body, ("role_definition_id",), given)
        if ROLE_BASED_ACCESS_CONTROL_ADMINISTRATOR in body["role_definition_id"]:
            yield from unsafe_conditions(body)
        for principal in ("x", "${azurerm_user_assigned_identity.connection_identity.principal_id}"):
            whole = {
                "scope": "/subscriptions/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
                "principal_id": principal,
            }
            yield f"a whole subscription for {principal}", {**body, **whole}
        if "endpoint_identity" not in body["scope"]:
            operator = replaced(body, ("role_definition_id",), f"{prefix}/{MANAGED_IDENTITY_OPERATOR}")
            yield "the role Managed Identity Operator", operator
            for identity in ("workspace_identity", "connection_identity"):
                scope = f"${{azurerm_user_assigned_identity.{identity}.id}}"
                yield f"that role on {identity}", replaced(operator, ("scope",), scope)
        for name in ("Owner", "owner", "Contributor"):
            yield (
                f"the role {name}",
                replaced(without(body, ("role_definition_id",)), ("role_definition_name",), name),
            )
        for scope in (
            "/",
            "/subscriptions/x",
            "/providers/Microsoft.Management/managementGroups/x",
            ["x"],
            None,
        ):
            yield f"the scope {scope}", replaced(body, ("scope",), scope)
    if type_ == "azurerm_role_definition":
        for key in ("actions", "data_actions", "not_actions", "not_data_actions"):
            for given in (["*"], "*", ["Microsoft.Authorization/*"], ["*/read"], [1]):
                yield f"{key} {given}", replaced(body, ("permissions", 0, key), given)
        yield "the subscription", replaced(body, ("assignable_scopes",), ["/subscriptions/x"])


def unsafe_conditions(body: Json) -> Iterator[tuple[str, Json]]:
    """Yield assignments of the right to hand on roles that let more be handed on, or let others do so."""
    condition = body["condition"]
    for given in (
        None,
        "",
        "true",
        f"{condition} OR true",
        condition.replace("AND", "OR"),
        condition.replace("}", f", {OWNER}}}"),
        condition.replace("}", f", {ROLE_BASED_ACCESS_CONTROL_ADMINISTRATOR}}}"),
        condition.partition(" AND ")[0],
        condition.replace("GuidEquals", "GuidNotEquals"),
        [condition],
    ):
        yield f"condition = {given!r}", replaced(body, ("condition",), given)
    yield "no condition", without(body, ("condition",))
    yield "another version", replaced(body, ("condition_version",), "1.0")
    for other in (
        "x",
        "${azurerm_user_assigned_identity.infrastructure_dev_plan.principal_id}",
        "${azurerm_user_assigned_identity.shared_identity.principal_id}",
        f"{body['principal_id']}x",
    ):
        yield f"for {other}", replaced(body, ("principal_id",), other)


def unsafe_repositories(type_: str, body: Json) -> Iterator[tuple[str, Json]]:
    """Yield rights on repositories that change code, or that take what others may do."""
    if type_ != "azuredevops_git_permissions":
        return
    given: Json
    for given in (
        {"GenericContribute": "Allow"},
        {**body["permissions"], "PullRequestBypassPolicy": "Allow"},
        {"PullRequestContribute": "allow"},
        {},
        None,
        "x",
    ):
        yield f"permissions = {given!r}", replaced(body, ("permissions",), given)
    for given in (True, "false", None):
        yield f"replace = {given!r}", replaced(body, ("replace",), given)
    yield "no replace", without(body, ("replace",))
    yield "every repository", without(body, ("repository_id",))


def unsafe_settings(type_: str, body: Json) -> Iterator[tuple[str, Json]]:
    """Yield bodies that open a resource, take old TLS or lose a tag; for a stack that is closed."""
    value: Json
    given: Json
    for name in ("public_network_access_enabled", "node_public_ip_enabled", "ssh_public_access_enabled"):
        if name in SCHEMAS["resource"][type_].block.attributes:
            for value in (True, "false", None, "${var.allow_placeholder_ids}", 0, [], {}):
                yield f"{name} = {value!r}", replaced(body, (name,), value)
            yield f"no {name}", without(body, (name,))
    if "min_tls_version" in body:
        for value in ("TLS1_0", "TLS1_1", "tls1_2", None, ["TLS1_2"], "${local.tls}"):
            yield f"min_tls_version = {value!r}", replaced(body, ("min_tls_version",), value)
        yield "no min_tls_version", without(body, ("min_tls_version",))
    for name in ("network_rules", "network_acls"):
        if name in body:
            block = at(body, (name,))
            for value in ("Allow", "deny", None, ["Deny"], "${local.x}"):
                opened = {**block, "default_action": value}
                for given in (opened, [opened], [block, opened]):
                    yield f"{name} = {given!r}", replaced(body, (name,), given)
            for given in ([], [{}], {}, None, "x", 1, [["x"]]):
                yield f"{name} = {given!r}", replaced(body, (name,), given)
            yield f"no {name}", without(body, (name,))
    if "tags" in body:
        for given in ({}, [], None, "x", "${local.tags}", {"platform": "x"}):
            yield f"tags = {given!r}", replaced(body, ("tags",), given)
        yield "no tags", without(body, ("tags",))
    if "is_secret" in SCHEMAS["resource"][type_].block.attributes:
        for given in (True, "true", "${local.x}"):
            yield f"is_secret = {given!r}", replaced(body, ("is_secret",), given)


def unsafe_security_rules(type_: str, body: Json) -> Iterator[tuple[str, Json]]:
    """Yield security groups that let in more than private networks."""
    given: Json
    if type_ != "azurerm_network_security_group":
        return
    public: list[list[Json]] = [
        *(["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0/0"], ["::/0"], ["*"], ["Internet"], ["internet"], ["ANY"]),
        *(["8.0.0.0/7"], ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/1"], ["::/1", "8000::/1"], ["9.0.0.0/7"]),
        *(
            ["AzureCloud"],
            ["1.2.3.4"],
            ["10.0.0.1-250.0.0.0"],
            ["10.0.0.0/7"],
            ["172.16.0.0/11"],
            ["${local.x}"],
        ),
        *([""], [None], [1], [["10.0.0.0/8", "0.0.0.0/0"]], [{}]),
    ]
    for index, rule in enumerate(body["security_rule"]):
        for access in ("Allow", "allow", "ALLOW", "${local.x}", None, 1):
            for direction in ("Inbound", "inbound", None, ["Inbound"]):
                for sources in public:
                    given = {**rule, "access": access, "direction": direction, "source_address_prefix": "*"}
                    listed = {**given, "source_address_prefix": "", "source_address_prefixes": sources}
                    alone = {**given, "source_address_prefix": sources[0], "source_address_prefixes": []}
                    for new in (listed, alone):
                        changed = replaced(body, ("security_rule", index), new)
                        yield f"{access} {direction} {sources}", changed
        alone = {**rule, "access": "Allow", "direction": "Inbound", "source_address_prefix": "0.0.0.0/1"}
        for given in (alone, [alone], [[alone]], "x", 1, ["x"]):
            yield f"security_rule = {given!r}", replaced(body, ("security_rule",), given)


def unsafe_azapi(type_: str, body: Json, *, closed: bool) -> Iterator[tuple[str, Json]]:
    """Yield what azapi must not make or ask."""
    key = '${"AccountKey"}'
    if type_ == "azapi_resource":
        open_storage = {"properties": {"minimumTlsVersion": "TLS1_0", "publicNetworkAccess": "Enabled"}}
        opened = (
            {"properties": {"publicNetworkAccess": "Disabled", "PublicNetworkAccess": "Enabled"}},
            {"properties": {"publicNetworkAccess": "Disabled", "networkAcls": {"defaultAction": "Allow"}}},
        )
        for given in (
            *("${local.type}", 'Microsoft.Storage/${"storageAccounts"}@2024-01-01', None, ["x"], 1, ""),
            *(
                "Microsoft.Storage/storageAccounts@2024-01-01",
                "Microsoft.Authorization/roleAssignments@2022-04-01",
            ),
            *(
                "Microsoft.MachineLearningServices/workspaces@2025-12-01",
                body["type"].upper(),
                body["type"] + " ",
            ),
        ):
            yield f"the type {given!r}", replaced(body, ("type",), given)
            yield f"{given!r} with old TLS", {**body, "type": given, "body": open_storage}
        for given in (
            open_storage,
            "x",
            [open_storage],
            {"properties": {"nested": [{"MinimumTlsVersion": "1.0"}], "publicNetworkAccess": "Disabled"}},
            {"properties": {"publicNetworkAccess": "${local.x}"}},
            {"properties": {"publicNetworkAccess": "Disabled", "a": {"allowBlobPublicAccess": True}}},
            *(opened if closed else ()),
        ):
            yield f"body {given!r}", replaced(body, ("body",), given)
        for given in (
            {"properties": {"publicNetworkAccess": "Enabled"}},
            {"a": key},
            "x",
            [1],
            {"a": {"b": 1}},
        ):
            yield f"sensitive_body {given!r}", replaced(body, ("sensitive_body",), given)
        for name in ("create_query_parameters", "update_query_parameters"):
            for given in (
                {},
                {"skipValidation": ["false"]},
                {"x": ["true"]},
                {"skipValidation": "true"},
                "x",
                [1],
            ):
                yield f"{name} {given!r}", replaced(body, (name,), given)
        for name in ("response_export_values", "replace_triggers_external_values", "ignore_body_changes"):
            yield name, replaced(body, (name,), ["*"])
    if type_ == "azapi_resource" and "resource_id" in body:
        yield "a look-up of anything", {**body, "type": "Microsoft.KeyVault/vaults/secrets@2023-07-01"}
        yield (
            "a look-up of what something computes",
            {**body, "resource_id": "${azurerm_key_vault.key_vault.id}"},
        )
        yield "a look-up by a child", {**body, "resource_id": f"{body['resource_id']}/x$y"}
        yield "a look-up with its answer", {**body, "response_export_values": ["*"]}
        yield "a look-up with all answers", {k: v for k, v in body.items() if k != "response_export_values"}
        yield "a look-up with a header", {**body, "headers": {"a": "b"}}
    if type_ == "azapi_resource_action":
        for name, given in {
            "action": "listKeys",
            "method": "GET",
            "type": "Microsoft.Storage/storageAccounts@2024-01-01",
            "resource_id": "/subscriptions/x",
            "response_export_values": ["*"],
            "body": {},
        }.items():
            yield f"{name} = {given!r}", replaced(body, (name,), given)


def unsafe_workstations(body: Json, *, closed: bool) -> Iterator[tuple[str, Json]]:
    """Yield compute instances that somebody else gets into, or that nobody stops."""
    value: Json
    outer: Path = ("body", "properties")
    inner: Path = (*outer, "properties")
    for path, values in {
        (*outer, "computeType"): ("AmlCompute", "computeinstance", None, True),
        (*outer, "disableLocalAuth"): (False, "true", 1, None),
        (*outer, "resourceId"): ("x",),
        (*inner, "applicationSharingPolicy"): ("Shared", "personal", ""),
        (*inner, "computeInstanceAuthorizationType"): ("shared", "Personal", ""),
        (*inner, "sshSettings", "sshPublicAccess"): ("Enabled", "NotSpecified", None),
        (*inner, "sshSettings", "adminPublicKey"): ("ssh-rsa x",),
        (*inner, "sshsettings"): ({"sshPublicAccess": "Enabled"},),
        (*inner, "enableNodePublicIp"): ("false", None, 0, *((True,) if closed else ())),
        (*inner, "EnableNodePublicIp"): (True,),
        (*inner, "enableRootAccess"): (True,),
        (*inner, "setupScripts"): ({"scripts": {"startupScript": {"scriptData": "x"}}},),
        (*inner, "customServices"): ([{"name": "x"}],),
        (*inner, "idleTimeBeforeShutdown"): ("", None),
        (*inner, "personalComputeInstanceSettings", "assignedUser", "objectId"): ("", None),
    }.items():
        for value in values:
            yield f"{path[-1]} = {value!r}", replaced(body, path, value)
    for path in (
        (*outer, "disableLocalAuth"),
        (*inner, "sshSettings"),
        (*inner, "enableNodePublicIp"),
        (*inner, "idleTimeBeforeShutdown"),
        (*inner, "personalComputeInstanceSettings"),
        (*inner, "applicationSharingPolicy"),
        ("body",),
    ):
        yield f"no {path[-1]}", without(body, path)


def unsafe_changes(terraform: Json, *, closed: bool, seen: set[Path]) -> Iterator[Change]:
    """Yield every unsafe change at each kind of place of a stack that is not in ``seen``, which is added to."""
    hidden = secrets(terraform)
    for section, type_, name, body in bodies(terraform):
        for path in text_places(body):
            kind = (section, type_, *kind_of_place(path))
            if kind not in seen:
                seen.add(kind)
                for text in unsafe_texts(hidden, section, type_, body, path):
                    yield Change(f"{text!r} at {path}", section, type_, name, replaced(body, path, text))
                    if path[:-1] and "//" not in path and path[0] in ("tags", "body"):
                        keyed = replaced(body, (*path[:-1], text), "x") if isinstance(path[-1], str) else None
                        if keyed is not None:
                            yield Change(f"{text!r} as a key at {path}", section, type_, name, keyed)
        places = {kind_of_place(place) for _, place in block_places(SCHEMAS[section][type_].block, body)}
        arm_type = body["type"] if type_ == "azapi_resource" else ""
        shape = (section, type_, arm_type, closed, "condition" in body, *sorted(places))
        if shape not in seen:
            seen.add(shape)
            changes = [unsafe_arguments(section, type_, body), unsafe_azapi(type_, body, closed=closed)]
            if "/computes@" in arm_type:
                changes.append(unsafe_workstations(body, closed=closed))
            if section == "resource":
                changes += [unsafe_roles(type_, body), unsafe_security_rules(type_, body)]
                changes.append(unsafe_repositories(type_, body))
                changes += [unsafe_settings(type_, body)] if closed else []
            for what, new in (item for group in changes for item in group):
                yield Change(what, section, type_, name, new)


def unsafe_providers(terraform: Json) -> Iterator[tuple[str, Json]]:
    """Yield stacks whose providers are set otherwise."""
    value: Json
    for provider, configurations in terraform["provider"].items():
        schema = facts(provider).provider.block
        for index, given in enumerate(configurations):
            where = ("provider", provider, index)
            for name in schema.attributes.keys() - {"alias"}:
                for value in ("x", True, ["x"]):
                    if given.get(name) is not value:
                        yield f"{provider}.{name} = {value!r}", replaced(terraform, (*where, name), value)
            for path in _leaves(given):
                yield f"no {path} of {provider}", without(terraform, (*where, *path))
                if not isinstance(at(given, path), bool):
                    yield f"another {path} of {provider}", replaced(terraform, (*where, *path), "${local.x}")
                elif path[-1] != "purge_soft_deleted_workspace_on_destroy":
                    value = not at(given, path)
                    yield f"{path} = {value} of {provider}", replaced(terraform, (*where, *path), value)
            if f"{provider}.{given.get('alias')}" not in ALIASES:
                yield f"an alias of {provider}", replaced(terraform, (*where, "alias"), "other")
        for value in ({"x": "y"}, "x", 1, [1], [[{}]]):
            yield f"{provider} = {value!r}", replaced(terraform, ("provider", provider), value)
    assert set(terraform["provider"]) <= set(PROVIDERS)


def _leaves(value: Json, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in ("//", "alias"):
                yield from _leaves(item, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        yield path
