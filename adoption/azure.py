"""Looks for what exists in Azure: by its id where the arguments make one, and otherwise in a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from adoption.outcome import Found, Missing, Outcome, Several
from client.azure import Resource, get, resources, role_assignments, role_definitions
from client.errors import NotFoundError
from client.services import Services
from facts.ids import ids

Arguments = Mapping[str, Any]
_Item = TypeVar("_Item")

_ASSOCIATED = {
    "azurerm_subnet_nat_gateway_association": "natGateway",
    "azurerm_subnet_network_security_group_association": "networkSecurityGroup",
    "azurerm_subnet_route_table_association": "routeTable",
}
"""Associations, which are a property of the subnet whose id they have."""
_AUTHORIZATION = "providers/Microsoft.Authorization"


class Azure:
    """Azure, read through the client."""

    def __init__(self, services: Services) -> None:
        """Read from ``services``; nothing is asked yet."""
        self._services = services
        self._read: dict[str, Resource | None] = {}

    def find(self, type_name: str, arguments: Arguments, subscription: str) -> Outcome:
        """Look for what arguments describe.

        Raises :class:`KeyError` with the argument that is not known and that it goes by, and
        :class:`client.errors.ServiceError`.
        """
        match type_name:
            case "azurerm_role_assignment":
                return self._role_assignment(arguments)
            case "azurerm_role_definition":
                return self._role_definition(arguments)
            case "azurerm_federated_identity_credential":
                return self._credential(arguments)
            case "azapi_resource":
                return self._any(arguments)
            case "azurerm_monitor_diagnostic_setting":
                scope, name = arguments["target_resource_id"], arguments["name"]
                asked = f"{scope}/providers/Microsoft.Insights/diagnosticSettings/{name}"
                return self._at(type_name, f"{scope}|{name}", arguments, asked)
            case "azurerm_nat_gateway_public_ip_association":
                return self._address_of_gateway(type_name, arguments)
        resource_id = _id(type_name, arguments, subscription)
        if type_name in _ASSOCIATED:
            subnet = self._get(resource_id, ids(type_name).api_version)
            there = subnet is not None and subnet.properties.get(_ASSOCIATED[type_name])
            return Found(resource_id, {**arguments, "id": resource_id}) if there else Missing()
        return self._at(type_name, resource_id, arguments)

    def _at(self, type_name: str, resource_id: str, arguments: Arguments, asked: str = "") -> Outcome:
        resource = self._get(asked or resource_id, ids(type_name).api_version)
        return Found(resource_id, _attributes(resource_id, arguments, resource)) if resource else Missing()

    def _get(self, resource_id: str, version: str) -> Resource | None:
        key = f"{resource_id}@{version}".lower()
        if key not in self._read:
            try:
                self._read[key] = get(self._services, resource_id, version)
            except NotFoundError:
                self._read[key] = None
        return self._read[key]

    def _any(self, arguments: Arguments) -> Outcome:
        """Find what has the id of parent, type and name; or, as a data source, the id that it is looked up by."""
        kind, _, version = str(arguments["type"]).partition("@")
        resource_id = str(arguments.get("resource_id") or "")
        if not resource_id:
            middle = kind.rpartition("/")[2] if kind.count("/") > 1 else f"providers/{kind}"
            resource_id = f"{arguments['parent_id']}/{middle}/{arguments['name']}"
        resource = self._get(resource_id, version)
        if resource is None:
            return Missing()
        words = {"resource_id": resource_id, "version": version}
        import_id = ids("azapi_resource").import_form.format_map(words)
        return Found(import_id, _attributes(resource_id, arguments, resource))

    def _role_assignment(self, arguments: Arguments) -> Outcome:
        """Find the assignment of the role to the principal on this very scope: its name is a GUID."""
        scope, principal = str(arguments["scope"]), str(arguments["principal_id"])
        role = str(arguments["role_definition_id"]).rpartition("/")[2].lower()
        given = _there(lambda: role_assignments(self._services, scope, principal_id=principal))
        names = [
            item.name
            for item in given
            if item.properties.scope.lower() == scope.lower()
            and item.properties.principal_id.lower() == principal.lower()
            and item.properties.role_definition_id.rpartition("/")[2].lower() == role
        ]
        form = ids("azurerm_role_assignment").arm_id
        return _one(arguments, [form.format_map({**arguments, "name": name}) for name in names])

    def _role_definition(self, arguments: Arguments) -> Outcome:
        """Find the role of one's own with this name: its id is a GUID."""
        scope, name = str(arguments["scope"]), str(arguments["name"])
        roles = _there(lambda: role_definitions(self._services, scope, name))
        guids = [role.name for role in roles if role.properties.type == "CustomRole"]
        form = ids("azurerm_role_definition").import_form
        found = _one(
            arguments, [form.format_map({**arguments, "role_definition_id": guid}) for guid in guids]
        )
        if not isinstance(found, Found):
            return found
        subscription = "/".join(scope.split("/")[:3])
        own = f"{subscription}/{_AUTHORIZATION}/roleDefinitions/{guids[0]}"
        return Found(found.import_id, {**found.attributes, "role_definition_resource_id": own})

    def _credential(self, arguments: Arguments) -> Outcome:
        """Find the credential by its name, or else the one that trusts the same: Azure takes no second one of it."""
        type_name = "azurerm_federated_identity_credential"
        named = self._at(type_name, _id(type_name, arguments, ""), arguments)
        if isinstance(named, Found) or not {"issuer", "subject"} <= set(arguments):
            return named
        identity = str(arguments["user_assigned_identity_id"])
        version = ids(type_name).api_version
        trusted = arguments["issuer"], arguments["subject"]
        every = f"{identity}/federatedIdentityCredentials"
        for item in _there(lambda: resources(self._services, every, version)):
            if (item.properties.get("issuer"), item.properties.get("subject")) == trusted:
                resource_id = _id(type_name, {**arguments, "name": item.name}, "")
                note = (
                    f"It is called {item.name}: Terraform makes it anew, under its name in the configuration."
                )
                return Found(resource_id, _attributes(resource_id, arguments, item), note)
        return named

    def _address_of_gateway(self, type_name: str, arguments: Arguments) -> Outcome:
        gateway = self._get(str(arguments["nat_gateway_id"]), ids(type_name).api_version)
        address = str(arguments["public_ip_address_id"])
        used: Any = gateway.properties.get("publicIpAddresses") if gateway else None
        if any(str(item.get("id")).lower() == address.lower() for item in used or ()):
            return Found(_id(type_name, arguments, ""), arguments)
        return Missing()


def _id(type_name: str, arguments: Arguments, subscription: str) -> str:
    """Return the id that the arguments make. KeyError with the one that is not known."""
    group = f"/subscriptions/{subscription}/resourceGroups/{arguments.get('resource_group_name')}"
    if "{group}" in ids(type_name).arm_id and "resource_group_name" not in arguments:
        raise KeyError("resource_group_name")
    return ids(type_name).arm_id.format_map({**arguments, "subscription": subscription, "group": group})


def _there(ask: Callable[[], Iterable[_Item]]) -> list[_Item]:
    """Return what a call lists; nothing where that in which it lists is not there."""
    try:
        return list(ask())
    except NotFoundError:
        return []


def _one(arguments: Arguments, import_ids: list[str]) -> Outcome:
    if len(import_ids) > 1:
        return Several(import_ids)
    return Found(import_ids[0], {**arguments, "id": import_ids[0]}) if import_ids else Missing()


def _attributes(resource_id: str, arguments: Arguments, resource: Resource) -> dict[str, Any]:
    """Return the attributes that others refer to, by Terraform's names."""
    properties = {_snake(name): value for name, value in resource.properties.items()}
    identity = [{"principal_id": resource.identity.get("principalId")}] if resource.identity else []
    return {**properties, **arguments, "id": resource_id, "identity": identity}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
