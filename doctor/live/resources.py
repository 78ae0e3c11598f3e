"""Checks of Azure: whether what holds data is there, who reaches it, and by what it is opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from client.azure import Resource, deleted_log_analytics_workspaces, deleted_vaults, get
from client.services import Services
from doctor.live.findings import Finding, Rule
from doctor.live.looking import Gone, Looking
from settings.loader import Settings
from settings.models.environment import Environment
from settings.models.platform import Platform

_ENABLED, _DISABLED = "Enabled", "Disabled"
_ALLOW, _DENY = "Allow", "Deny"
_ISOLATED = "Disabled"


@dataclass(frozen=True)
class Kind:
    """A type of Azure, what people call it, and the version of the API that it is read by."""

    word: str
    type: str
    version: str


WORKSPACE = Kind("workspace", "Microsoft.MachineLearningServices/workspaces", "2025-06-01")
REGISTRY = Kind("model registry", "Microsoft.MachineLearningServices/registries", "2025-06-01")
STORAGE = Kind("storage account", "Microsoft.Storage/storageAccounts", "2023-05-01")
VAULT = Kind("key vault", "Microsoft.KeyVault/vaults", "2023-07-01")
IMAGES = Kind("container registry", "Microsoft.ContainerRegistry/registries", "2023-07-01")
LOGS = Kind("Log Analytics workspace", "Microsoft.OperationalInsights/workspaces", "2023-09-01")


@dataclass(frozen=True)
class Expected:
    """One resource, with what its properties have to be. Words are compared without case."""

    kind: Kind
    name: str
    subscription: str
    group: str
    location: str
    stack: str
    properties: Mapping[str, tuple[str, str, Rule]]
    """By a dotted path: the value, what Azure means where it answers nothing, and the rule."""

    @property
    def id(self) -> str:
        """The ARM id."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}/providers/{self.kind.type}/{self.name}"

    @property
    def place(self) -> str:
        """Return what a report calls it."""
        return f"{self.kind.word} {self.name}"


def expected(settings: Settings, environment: str | None = None) -> list[Expected]:
    """Return what the settings expect in Azure, or what one environment of theirs does."""
    platform = settings.platform
    found = [] if environment else list(_shared(platform))
    for one in settings.environments:
        if environment in (None, one.name):
            found += _of_environment(one, f"{platform.stack_prefix}-{one.name}")
    return found


def _shared(platform: Platform) -> Iterator[Expected]:
    registry = platform.registry
    where = (
        registry.subscription_id,
        registry.resource_group,
        registry.location,
        f"{platform.stack_prefix}-registry",
    )
    yield Expected(REGISTRY, registry.name, *where, _public(open_=registry.public_network_access))
    # Pull requests are checked on agents of Microsoft, which no private endpoint reaches.
    yield Expected(STORAGE, platform.shared.storage_account, *where, _storage(open_=True))
    if registry.existing.log_analytics is None:
        yield Expected(LOGS, registry.log_analytics, *where, {})


def _of_environment(environment: Environment, stack: str) -> Iterator[Expected]:
    own, security, network = environment.workspace, environment.security, environment.private_network
    where = (environment.subscription_id, environment.resource_group, environment.location, stack)
    open_ = not security.private_endpoints
    mode = network.isolation_mode if network else _ISOLATED
    yield Expected(
        WORKSPACE,
        own.name,
        *where,
        {
            **_public(open_=open_),
            "managedNetwork.isolationMode": (mode, _ISOLATED, Rule.ISOLATION_MODE),
        },
    )
    yield Expected(STORAGE, own.storage_account, *where, _storage(open_=open_))
    yield Expected(
        VAULT,
        security.key_vault,
        *where,
        {
            **_public(open_=open_),
            "networkAcls.defaultAction": (_ALLOW if open_ else _DENY, _ALLOW, Rule.PUBLIC_ACCESS),
            "enableRbacAuthorization": ("true", "false", Rule.KEYS_ALLOWED),
        },
    )
    yield Expected(
        IMAGES,
        own.container_registry,
        *where,
        {**_public(open_=open_), "adminUserEnabled": ("false", "false", Rule.KEYS_ALLOWED)},
    )
    if environment.existing.log_analytics is None:
        yield Expected(LOGS, own.log_analytics, *where, {})


def _public(*, open_: bool) -> dict[str, tuple[str, str, Rule]]:
    return {"publicNetworkAccess": (_ENABLED if open_ else _DISABLED, _ENABLED, Rule.PUBLIC_ACCESS)}


def _storage(*, open_: bool) -> dict[str, tuple[str, str, Rule]]:
    return {
        **_public(open_=open_),
        "networkAcls.defaultAction": (_ALLOW if open_ else _DENY, _ALLOW, Rule.PUBLIC_ACCESS),
        "allowSharedKeyAccess": ("false", "true", Rule.KEYS_ALLOWED),
        "allowBlobPublicAccess": ("false", "false", Rule.PUBLIC_ACCESS),
    }


@dataclass(frozen=True)
class Deleted:
    """Something that was deleted and keeps its name."""

    kind: Kind
    name: str
    id: str
    """The ARM id that it had."""
    location: str


@dataclass(frozen=True)
class Azure:
    """What there is of what is expected. What could not be seen is in neither."""

    there: tuple[tuple[Expected, Resource], ...]
    missing: tuple[Expected, ...]
    deleted: tuple[Deleted, ...]


def read_azure(services: Services, looking: Looking, wanted: list[Expected]) -> Azure:
    """Read it. Raises :class:`client.errors.ServiceError` where nothing can be read."""
    there, missing = [], []
    for one in wanted:
        found = looking.find(f"the {one.place}", partial(get, services, one.id, one.kind.version))
        if isinstance(found, Resource):
            there.append((one, found))
        elif found is Gone.GONE:
            missing.append(one)
    subscriptions = dict.fromkeys(one.subscription for one in wanted)
    deleted = [item for subscription in subscriptions for item in _deleted(services, looking, subscription)]
    return Azure(tuple(there), tuple(missing), tuple(deleted))


def _deleted(services: Services, looking: Looking, subscription: str) -> Iterator[Deleted]:
    vaults = looking.every(
        f"deleted key vaults of the subscription {subscription}",
        lambda: deleted_vaults(services, subscription),
    )
    for item in vaults or ():
        yield Deleted(
            VAULT, item.name, str(item.properties.get("vaultId")), str(item.properties.get("location"))
        )
    logs = looking.every(
        f"deleted Log Analytics workspaces of the subscription {subscription}",
        lambda: deleted_log_analytics_workspaces(services, subscription),
    )
    for item in logs or ():
        yield Deleted(LOGS, item.name, item.id, item.location)


def missing_resource(one: Expected) -> Finding:
    """Say that a resource is missing."""
    return Finding(
        Rule.MISSING_RESOURCE,
        one.place,
        f"nothing of this name in the resource group {one.group}",
        f"one in the subscription {one.subscription}",
        f"make deploy STACK={one.stack} makes it; see first who deleted it, and whether it can be restored",
    )


def properties_are_right(one: Expected, found: Resource) -> Iterator[Finding]:
    """Find who reaches a resource, and what opens it, otherwise than the configuration says."""
    for path, (wanted, absent, rule) in one.properties.items():
        value: Any = found.properties
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        text = absent if value is None else str(value)
        if text.lower() != wanted.lower():
            yield Finding(
                rule,
                one.place,
                f"{path} is {_word(text)}",
                f"{path} is {_word(wanted)}",
                f"change the configuration if this is meant; make deploy STACK={one.stack} puts it back",
            )


def names_are_free_again(one: Expected, deleted: tuple[Deleted, ...]) -> Iterator[Finding]:
    """Find what was deleted and keeps the name of something that is missing.

    Terraform restores a key vault or Log Analytics workspace that lay in the same place; any other blocks the name.
    """
    for item in deleted:
        if item.kind is not one.kind or item.name.lower() != one.name.lower():
            continue
        same = item.id.lower() == one.id.lower() and _region(item.location) == one.location
        if same:
            yield Finding(
                Rule.NOTE_DELETED,
                one.place,
                "deleted, and kept for some days",
                "nothing to do: the next deployment restores it with all that is in it",
                "purge it before the deployment if it is to be empty and has no purge protection",
            )
        elif one.kind is VAULT:
            yield Finding(
                Rule.DELETED_NAME,
                one.place,
                f"a deleted key vault keeps the name: {item.id} in {item.location}",
                "a name that is free in all of Azure",
                "purge it (az keyvault purge), if it has no purge protection, or choose another name",
            )


def _region(text: str) -> str:
    """Return a region as the configuration writes it: Azure says ``East US`` at times."""
    return text.replace(" ", "").lower()


def _word(text: str) -> str:
    return text.lower() if text in ("True", "False") else text
