"""What of a value may be seen: whoever reads a pull request may not be whom a secret is for."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from facts.reader import PROVIDERS, Block, facts
from settings.models.secret_names import has_credentials, looks_secret
from settings.reading.problems import printable

SENSITIVE, SECRET_LOOKING, UNKNOWN = "(sensitive value)", "(looks like a secret)", "(known after apply)"

_LONGEST = 400
_SECRET_FORMS = re.compile(
    r"-----BEGIN |\beyJ[\w-]{8,}\.[\w-]{4,}|[?&;]sig=|\b(?:Account|SharedAccess)Key=|\bSharedAccessSignature\b"
    r"|\bBearer [\w.~+/-]{16,}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bxox[abprs]-[\w-]{10,}"
    r"|hooks\.slack\.com/(?:services|workflows|triggers)/|events\.pagerduty\.com/\S*integration/"
    r"|\.webhook\.office\.com/|\bpassword=|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==|\b[\w~.-]{3}[78]Q~[\w~.-]{31,}"
    r"|(?<![A-Za-z0-9])(?:[a-z2-7]{52}|[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
"""Private keys, signed tokens, addresses with a signature, connection strings, keys of storage accounts, client secrets
of Entra, tokens of Azure DevOps, GitHub, Slack, PagerDuty and Teams."""

_COMMAND = re.compile(r"##(?=vso\[|\[)|^:(?=:[\w-])", re.MULTILINE | re.IGNORECASE)


def harmless(text: str) -> str:
    """Return a line of text that no pipeline takes for a command to it, with what cannot be seen as its escape."""
    return _COMMAND.sub(lambda found: f"{found[0]} ", printable(text))


def shown(value: Any, key: str = "") -> str:
    """Return a value as Terraform's language has it, cut if it is very long; not one that looks like a secret."""
    if value and not isinstance(value, bool) and (looks_secret(key) or _has_secret(value)):
        return SECRET_LOOKING
    text = harmless(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def without_secrets(text: str) -> str:
    """Return what a program printed, line by line, without those that hold what looks like a secret."""
    lines = text.splitlines()
    return "\n".join(SECRET_LOOKING if _looks_like_secret(line) else harmless(line) for line in lines)


def _has_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return any(
            (looks_secret(key) and not isinstance(item, bool | None)) or _has_secret(item)
            for key, item in value.items()
        )
    if isinstance(value, list):
        return any(map(_has_secret, value))
    return isinstance(value, str) and _looks_like_secret(value)


def _looks_like_secret(text: str) -> bool:
    return has_credentials(text) or bool(_SECRET_FORMS.search(text))


@cache
def sensitive_arguments(provider: str, type_name: str) -> Any:
    """Return what the schema marks sensitive, in the form of ``before_sensitive`` of a plan; of any other type nothing.

    ``provider`` is an address such as ``registry.terraform.io/hashicorp/azurerm``.
    """
    name = provider.rpartition("/")[2]
    if name not in PROVIDERS or type_name not in facts(name).resources:
        return {}
    return _marks(facts(name).resources[type_name].block)


def _marks(block: Block) -> dict[str, Any]:
    marks: dict[str, Any] = {}
    for name, attribute in block.attributes.items():
        marks[name] = (
            True
            if attribute.sensitive or attribute.write_only
            else attribute.nested and _marks(attribute.nested)
        )
    for name, nested in block.blocks.items():
        marks[name] = _marks(nested.block)
    return {name: mark for name, mark in marks.items() if mark}
