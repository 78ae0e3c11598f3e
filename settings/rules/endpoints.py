"""What the online endpoint must agree on with its environment."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checking.checked import Checked
from settings.checking.explain import show
from settings.models.environment import Environment
from settings.reading.problems import Problem


def prod_endpoint_asks_entra(environment: Checked[Environment]) -> Iterator[Problem]:
    """In prod every caller is somebody in Entra: nobody has a key or token to look after."""
    mode = environment.get("endpoint", "auth_mode")
    if environment.get("tier") == "prod" and mode not in (None, "AADToken"):
        yield environment.problem(
            "endpoint",
            "auth_mode",
            found=f"{show(mode)} in an environment of tier prod",
            allowed="AADToken: callers of prod sign in with Entra, and a role says who they are",
            fix="set it to AADToken, or remove auth_mode",
        )


def endpoint_fits_the_network(environment: Checked[Environment]) -> Iterator[Problem]:
    """Let public networks reach the endpoint exactly where nobody could come through a private endpoint."""
    path = ("endpoint", "public_network_access")
    if not environment.has_keys("endpoint") or not environment.sound(*path):
        return
    public, private = environment.get(*path) is True, environment.get("security", "private_endpoints")
    if public and (private is True or environment.get("tier") == "prod"):
        yield environment.problem(
            *path,
            found="true in a private environment",
            allowed="false: it is reached through the workspace's private endpoint",
            fix="remove it, or set it to false",
        )
    if not public and private is False and environment.get("tier") != "prod":  # prod has a rule of its own
        yield environment.problem(
            *path,
            found="false, with private_endpoints: false",
            allowed="true there: without a private endpoint of the workspace nobody reaches it otherwise",
            fix="set public_network_access to true",
            at_key=not environment.given(*path),
        )
