"""What the arguments of single types must be: closed, by TLS 1.2, tagged, without a secret in a variable."""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import cache
from typing import TypeAlias

from constructs_lib.guard_rails.allowed import AZAPI_NEVER_TAGGED, GIT_PERMISSIONS, NEVER_TAGGED
from constructs_lib.guard_rails.references import schemas
from constructs_lib.guard_rails.violation import Finding, Findings, Json, entries, shown, unlisted

Body: TypeAlias = Mapping[str, Json]

TLS = ("TLS1_2", "TLS1_3")

# Arguments that open a resource to public networks unless they are false.
_OPENING = ("public_network_access_enabled", "node_public_ip_enabled", "ssh_public_access_enabled")
_FIREWALLS = ("network_rules", "network_acls")


def is_closed(type_: str, body: Body) -> Findings:
    """Refuse what public networks reach."""
    for argument in _OPENING:
        value = body.get(argument, "the provider's default")
        if argument in _arguments(type_) and value is not False:
            yield Finding(
                f"{argument} = {shown(value)}",
                "false: public networks do not reach this stack",
                f"set {argument} to false, and let a private endpoint lead to it",
            )
    for block in _FIREWALLS:
        if block in _arguments(type_):
            for rules in entries(body.get(block)) or [{}]:
                action = rules.get("default_action", "the provider's default")
                if action != "Deny":
                    yield Finding(
                        f"{block}.default_action = {shown(action)}",
                        '"Deny"',
                        f'set default_action of {block} to "Deny"',
                    )


def storage_uses_tls(type_: str, body: Body) -> Findings:
    """Refuse storage accounts that take less than TLS 1.2."""
    version = body.get("min_tls_version", "the provider's default")
    if type_ == "azurerm_storage_account" and version not in TLS:
        yield Finding(
            f"min_tls_version = {shown(version)}",
            '"TLS1_2" or newer',
            'set min_tls_version to "TLS1_2"',
        )


def variable_holds_no_secret(type_: str, body: Body) -> Findings:
    """Refuse secret variables of Azure DevOps: they would be in the state, and whoever may plan could read them."""
    if type_ == "azuredevops_variable_group_variable":
        variables = [dict(body)]
    elif type_ == "azuredevops_variable_group" and "key_vault" not in body:
        variables = entries(body.get("variable"))
    else:
        return
    for variable in variables:
        if variable.get("is_secret", False) is not False:
            yield Finding(
                f"a secret in the variable {variable.get('name')}",
                "settings: everybody who may look at the group reads its values",
                "keep it in the key vault, and link it with key_vault_variable_group",
            )


def entra_group_stays(type_: str, body: Body) -> Findings:
    """Refuse an Entra group that Terraform could destroy: it would be gone from the whole organization."""
    if type_ != "azuredevops_group" or (body.get("origin_id") is None and body.get("mail") is None):
        return
    lifecycle = body.get("lifecycle")
    if not isinstance(lifecycle, dict) or lifecycle.get("prevent_destroy") is not True:
        yield Finding(
            "an Entra group without prevent_destroy",
            "prevent_destroy = true: destroying it deletes it from the whole organization",
            "set it in its lifecycle",
        )


def only_comments(type_: str, body: Body) -> Findings:
    """Refuse rights on a repository other than to comment, and to take rights away that somebody gave by hand."""
    if type_ != "azuredevops_git_permissions":
        return
    if body.get("permissions") != GIT_PERMISSIONS:
        yield unlisted(
            f"permissions = {shown(body.get('permissions'))}",
            f"permissions = {shown(dict(GIT_PERMISSIONS))}",
            "leave out what else there is",
        )
    if not isinstance(body.get("repository_id"), str) or body.get("replace") is not False:
        yield Finding(
            "permissions on all repositories, or in the place of others",
            "repository_id, and replace = false",
            "set both",
        )


def is_tagged(tags: Set[str], type_: str, body: Body) -> Findings:
    """Refuse what lacks one of ``tags``, and what must not have any."""
    untagged = type_ == "azapi_resource" and body.get("type") in AZAPI_NEVER_TAGGED
    if untagged or type_ in NEVER_TAGGED:
        if "tags" in body:
            yield Finding(
                "tags on a type that has none"
                if untagged
                else "tags on a type that is replaced when they change",
                f"none on {type_}",
                "leave them out: constructs_lib/guard_rails/allowed.py says why",
            )
        return
    if "tags" not in _arguments(type_):
        return
    given = body.get("tags")
    missing = sorted(tags - given.keys() if isinstance(given, dict) else tags)
    if missing:
        yield Finding(
            f"no tag {', '.join(missing)}",
            f"all of {', '.join(sorted(tags))}",
            "add the resource while the stack is composed: what comes later is not tagged",
        )


@cache
def _arguments(type_: str) -> frozenset[str]:
    """Return the names of a type's arguments and blocks, as the provider's schema has them."""
    schema = schemas()["resource"].get(type_)
    return frozenset({*schema.block.attributes, *schema.block.blocks} if schema else ())
