"""Tells by its name or form whether a value is probably a secret: it is then neither accepted nor shown."""

from __future__ import annotations

import re
from itertools import pairwise

from settings.reading.problems import KeyPath

_SIGNED_IN = re.compile("://[^/\\s]*@")
_WORDS = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET = {
    *("password", "passwords", "passwd", "passphrase", "pwd", "secret", "secrets", "token", "tokens"),
    *("credential", "credentials", "pat", "sas", "apikey", "accesskey", "accountkey", "sharedkey"),
}
_SECRET_PAIRS = {
    *((owner, "key") for owner in ("api", "access", "account", "shared", "private", "integration")),
    *((owner, "key") for owner in ("primary", "secondary", "master", "storage", "ssh", "encryption")),
    *(("connection", "string"), ("webhook", "url"), ("webhook", "uri")),
}


def looks_secret(name: str) -> bool:
    """Tell whether a variable of this name would probably hold a secret."""
    words = [word.lower() for word in _WORDS.findall(name)]
    return not _SECRET.isdisjoint(words) or not _SECRET_PAIRS.isdisjoint(pairwise(words))


def is_private(path: KeyPath) -> bool:
    """Tell whether the value at this path must not be shown: a variable of one's own, or a likely secret."""
    return "extra_variables" in path or any(looks_secret(part) for part in path if isinstance(part, str))


def has_credentials(text: str) -> bool:
    """Tell whether there is an address in the text that signs in by itself: ``https://user:token@example.com``."""
    return bool(_SIGNED_IN.search(text))
